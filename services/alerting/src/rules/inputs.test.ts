import { describe, expect, it } from '@jest/globals';
import { sampleScore } from '../testing/sample.ts';
import { noMemory, observeInputs, ofGroups } from './inputs.ts';

describe('observeInputs', () => {
  it('tells an input that dropped out from one that was never there', () => {
    const never = observeInputs(noMemory, sampleScore({ out: { 'book.okx': 'missing' } }));
    expect(never.view.dropped).toEqual([]);
    const first = observeInputs(noMemory, sampleScore({ at: 0 }));
    const gone = observeInputs(first.memory, sampleScore({ at: 60, out: { 'book.okx': 'stale' } }));
    expect(gone.view.dropped).toEqual(['book.okx']);
    const unlisted = observeInputs(first.memory, sampleScore({ at: 60, inputs: [{ name: 'book.okx', status: 'exact' }] }));
    expect(unlisted.view.dropped).toEqual(['book.binance', 'positions.binance', 'positions.okx', 'transfers.eip155:1']);
    const back = observeInputs(gone.memory, sampleScore({ at: 120 }));
    expect(back.view.dropped).toEqual([]);
  });
  it('keeps the threshold of the last score that had all inputs', () => {
    const first = observeInputs(noMemory, sampleScore({ threshold: 10 }));
    const gone = observeInputs(first.memory, sampleScore({ at: 60, threshold: 2, out: { 'book.okx': 'stale' } }));
    expect(gone.view.sound?.ignitionUsd).toBe(10e6);
    expect(gone.memory.sound?.ignitionUsd).toBe(10e6);
  });
  it('takes a loss for granted after 25 h and a gain after 24 h', () => {
    const first = observeInputs(noMemory, sampleScore({ out: { 'book.okx': 'missing' } }));
    expect(first.view.gained).toContain('book.binance');
    const day = observeInputs(first.memory, sampleScore({ at: 86_400 }));
    expect(day.view.gained).toEqual(['book.okx']);
    const still = observeInputs(day.memory, sampleScore({ at: 86_400 + 89_999, out: { 'book.okx': 'stale' } }));
    expect(still.view.dropped).toEqual(['book.okx']);
    expect(observeInputs(day.memory, sampleScore({ at: 86_400 + 90_000, out: { 'book.okx': 'stale' } })).view.dropped).toEqual([]);
  });
  it('remembers a bounded number of inputs', () => {
    const inputs = Array.from({ length: 500 }, (_, i) => ({ name: `book.v${i}`, status: 'exact' as const }));
    expect(Object.keys(observeInputs(noMemory, sampleScore({ inputs })).memory.seen)).toHaveLength(256);
  });
  it('counts an input of unknown group for every rule', () => {
    expect(ofGroups(['book.okx', 'weather.sea', 'transfers.eip155:1'], ['book'])).toEqual(['book.okx', 'weather.sea']);
  });
});
