import { describe, expect, it } from '@jest/globals';
import { inputOf } from '@breakwater/contracts';
import { cannedDetail, cannedHistories, cannedTerms } from '../testing/canned.ts';
import { provenanceOf, type FigureKind, type Source } from './provenance.ts';

const [om] = cannedTerms;
const critical = cannedHistories()[0]?.revisions.at(-1);
if (om === undefined || critical === undefined) throw new Error('no canned data');
const { score, summary } = cannedDetail(om);
if (score === null) throw new Error('no score');
const kinds: readonly FigureKind[] = ['price', 'moveHour', 'ignitionUsd', 'landingPrice', 'amplification', 'reproduction', 'margin', 'plausibleSaleUsd', 'depth2pctUsd', 'openInterestUsd', 'extendedShare', 'forcedShare', 'depositsUsd'];
const groupsOf = (kind: FigureKind, source: Source): readonly string[] => [...new Set(provenanceOf(kind, source).inputs.map(({ name }) => inputOf(name).group))].sort();

describe('where a figure came from', () => {
  const source: Source = { kind: 'score', score, summary };
  it('has its value, the inputs it rests on, the model and the hash', () => {
    for (const kind of kinds) {
      const provenance = provenanceOf(kind, source);
      expect([kind, provenance.text === null]).toEqual([kind, false]);
      expect(provenance).toMatchObject({ at: score.eventTime, modelVersion: score.modelVersion, inputHash: score.inputHash });
      expect(provenance.inputs.length).toBeGreaterThan(0);
      expect(provenance.how).toMatch(/\.$/);
    }
    expect(provenanceOf('ignitionUsd', source).text).toEqual({ value: '$4.1 m', band: '3.2 to 5.6' });
  });
  it('lists only what a figure rests on, the worst first', () => {
    expect(groupsOf('price', source)).toEqual(['book', 'rate']);
    expect(groupsOf('depositsUsd', source)).toEqual(['transfers']);
    expect(groupsOf('margin', source)).toEqual(['book', 'positions', 'rate', 'transfers']);
    expect(provenanceOf('ignitionUsd', source).inputs[0]).toMatchObject({ status: 'stale' });
  });
  it('keeps to the venue of a market taken alone', () => {
    const market = score.markets.find(({ venue }) => venue === 'okx');
    if (market === undefined) throw new Error('no market');
    const { inputs, title } = provenanceOf('ignitionUsd', { kind: 'market', score, market });
    expect(inputs.filter(({ name }) => !name.startsWith('rate.')).every(({ name }) => inputOf(name).place === 'okx')).toBe(true);
    expect(title).toBe('Ignition threshold, OKX swap OM-USDT-SWAP');
  });
  it('speaks of the revision where a warning is asked', () => {
    expect(provenanceOf('depositsUsd', { kind: 'warning', warning: critical })).toMatchObject({ of: `${critical.id}, revision 3`, at: critical.eventTime, text: { value: '$3.6 m' } });
    expect(provenanceOf('margin', { kind: 'warning', warning: critical }).text).toBeNull();
    const { network } = score;
    if (network === null || network === undefined) throw new Error('no network');
    expect(provenanceOf('reproduction', { kind: 'warning', warning: { ...critical, reproduction: network.reproduction } }).text).toEqual({ value: '0.76', band: '0.2 to 1.9' });
    expect(provenanceOf('reproduction', { kind: 'warning', warning: { ...critical, reproduction: null } }).text).toBeNull();
  });
});
