import { describe, expect, it } from '@jest/globals';
import type { ScoreMessage } from '@breakwater/contracts';
import { createSlowFigures } from './slow-figures.ts';

const at = (seconds: number, change: object = {}): ScoreMessage => ({ kind: 'score', asset: 'OM', eventTime: seconds * 1_000, ...change }) as unknown as ScoreMessage;
const hawkes = { branching: { value: 0.4, low: 0.3, high: 0.5, status: 'inferred' }, events: 80, disagreement: false };

describe('figures that are told now and then', () => {
  it('are kept for the scores between', () => {
    const figures = createSlowFigures();
    figures.take(at(30, { hawkes, tail: null }));
    expect(figures.within(at(31))).toEqual(at(31, { hawkes, tail: null }));
    // Holders and ways to settle are told as seldom as the tail.
    figures.take(at(30, { addresses: null, settlement: { chains: [] } }));
    expect(figures.within(at(31))).toEqual(at(31, { hawkes, tail: null, addresses: null, settlement: { chains: [] } }));
  });
  it('give way to what is told anew, also when that is nothing', () => {
    const figures = createSlowFigures();
    figures.take(at(30, { hawkes }));
    const later = at(60, { hawkes: null });
    expect(figures.within(later)).toBe(later);
    figures.take(later);
    expect(figures.within(at(61)).hawkes).toBeNull();
  });
  it('are dropped when they have not been told for a while', () => {
    const figures = createSlowFigures();
    figures.take(at(30, { hawkes, tail: null }));
    expect(figures.within(at(120))).toEqual(at(120, { hawkes, tail: null }));
    // The tail is told every half minute, the other once in five.
    expect(figures.within(at(121))).toEqual(at(121, { hawkes }));
    expect(figures.within(at(930)).hawkes).toBe(hawkes);
    expect(figures.within(at(931)).hawkes).toBeUndefined();
  });
});
