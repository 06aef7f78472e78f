import { describe, expect, it } from '@jest/globals';
import { assetId, defined, epochMs } from '@breakwater/models/core';
import { totalLots, totalTriggerLots, type Ladder } from '@breakwater/models/market';
import { createAssetState, fold, type AssetState } from './asset-state.ts';
import { computeScore } from './compute-score.ts';
import { scoringDefaults, type ScoringConfig } from './config.ts';
import { modelMarket, type MarketModel } from './market-model.ts';
import { createRates } from './rates.ts';
import { book, deepBook, health, instrument, ladder, rate, ticker } from './testing/messages.ts';

const t0 = 1_700_000_000_000;
const config: ScoringConfig = { ...scoringDefaults, assets: [{ asset: assetId('OM') }] };

type Folded = Parameters<typeof fold>[1];

function stateOf(...messages: readonly Folded[]): AssetState {
  const state = createAssetState();
  for (const message of messages) fold(state, message);
  return state;
}
const rates = createRates(120_000);
rates.fold(rate('okx:spot', t0, 1));
function model(state: AssetState, at = t0 + 1_000): MarketModel {
  const [market] = state.markets.values();
  const held = defined(market, 'a market');
  return modelMarket(held, epochMs(at), config, rates.at(defined(held.definition, 'a definition').quote, epochMs(at)), state.history);
}
/** Lots by tick, the first `count` levels. */
const levelsOf = ({ ticks, lots }: Ladder, count: number): number[][] => [...ticks.subarray(0, count)].map((tick, i) => [tick, lots[i] ?? NaN]);
const score = (state: AssetState): ReturnType<typeof computeScore> => computeScore(state, rates, { asset: assetId('OM') }, epochMs(t0 + 1_000), config);

describe('the book of a market', () => {
  const live = [instrument('binance', t0), book('binance', t0, [6, 10, 5.99, 20], [6.01, 5, 6.02, 6])];
  it('has deep levels below the live ones only, finer layers first', () => {
    const state = stateOf(...live,
      // Coarser first: what counts is the layer.
      deepBook('binance', t0, [5.99, 999, 5.97, 70, 5.9, 80, 5.5, 90], [6.02, 999, 6.5, 60], 1),
      deepBook('binance', t0, [6, 888, 5.99, 888, 5.98, 30, 5.97, 40], [6.01, 888, 6.03, 50]));
    const { bids, asks } = model(state).variants.value;
    expect(levelsOf(bids, 6)).toEqual([[6_000, 10], [5_990, 20], [5_980, 30], [5_970, 40], [5_900, 80], [5_500, 90]]);
    expect(levelsOf(asks, 4)).toEqual([[6_010, 5], [6_020, 6], [6_030, 50], [6_500, 60]]);
    expect(model(state).lastKnownBid).toBe(5.5);
  });
  it('is extended beyond the last known level, more in the optimistic end', () => {
    const { variants } = model(stateOf(...live));
    const beyond = (ladderOf: Ladder): number => totalLots(ladderOf) - 30;
    expect(beyond(variants.low.bids)).toBeGreaterThan(0);
    // 0.1, 0.5 and 1 times the known density, in whole lots.
    expect(beyond(variants.value.bids) / beyond(variants.high.bids)).toBeCloseTo(0.5, 3);
    expect(beyond(variants.low.bids) / beyond(variants.high.bids)).toBeCloseTo(0.1, 3);
  });
  it('has no deep snapshot that is too old', () => {
    const state = stateOf(...live, deepBook('binance', t0, [5, 70], []));
    expect(model(state, t0 + config.deepStaleAfterMs).lastKnownBid).toBe(5);
    expect(model(state, t0 + config.deepStaleAfterMs + 1).lastKnownBid).toBe(5.99);
  });
  it('that is not current is left out of the pessimistic end and the centre, kept in the optimistic end, and its positions stay', () => {
    const current = stateOf(...live, ticker('binance', t0, 6, 100_000));
    const stale = stateOf(...live, ticker('binance', t0, 6, 100_000), health('binance', t0 + 10, 'resyncing'));
    const { variants, bookStatus } = model(stale);
    expect(bookStatus).toBe('stale');
    expect([variants.low, variants.value].map((v) => v.bids.ticks.length + v.asks.ticks.length)).toEqual([0, 0]);
    expect(variants.high).toEqual(model(current).variants.high);
    for (const variant of ['low', 'value', 'high'] as const) expect(variants[variant].longTriggers).toEqual(model(current).variants[variant].longTriggers);
    expect(totalTriggerLots(variants.value.longTriggers)).toBeGreaterThan(0);
  });
  it('says how much of the fall to the landing rests on what was not seen', () => {
    // Seen down to 5.9 only, while 40 % of the float is levered: the landing lies far below.
    const shallow = ladder(6, 25, 0.004, 20_000);
    const base = [instrument('binance', t0), ticker('binance', t0, 6, 40_000_000)];
    const some = score(stateOf(...base, book('binance', t0, shallow.bids, shallow.asks)));
    expect(some.landingPrice?.value ?? NaN).toBeLessThan(5.9);
    const share = (5.902 - (some.landingPrice?.value ?? NaN)) / (5.998 - (some.landingPrice?.value ?? NaN));
    expect(some.extendedShare).toBeCloseTo(share, 6);
    expect(some.extendedShare ?? NaN).toBeGreaterThan(0.5);
    // A wall is seen at 3: the fall ends there at the latest, and nothing of it rests on inference.
    const walled = score(stateOf(...base, book('binance', t0, [...shallow.bids, 3, 1e9], shallow.asks)));
    expect(walled.landingPrice?.value).toBe(3);
    expect(walled.extendedShare).toBe(0);
  });
});

describe('units', () => {
  it('of 1000X contracts are one unit of the asset: a thousandth of the price, a thousand times the quantity', () => {
    const m = model(stateOf(instrument('binance', t0, { multiplier: 1_000, tickSize: 1, lotSize: 2 }), book('binance', t0, [6_000, 10, 5_990, 20], [6_010, 5]), ticker('binance', t0, 6_000, 50)));
    expect(m.best).toBe(6);
    expect(m.openInterestUnits).toBe(50_000);
    expect([m.variants.value.tickSize, m.variants.value.lotSize]).toEqual([0.001, 2_000]);
    // 10 contracts of 1,000 are 5 lots of 2,000.
    expect(levelsOf(m.variants.value.bids, 2)).toEqual([[6_000, 5], [5_990, 10]]);
    expect(totalTriggerLots(m.variants.value.longTriggers)).toBeLessThanOrEqual(25);
  });
  it('of linear contracts are contract sizes of the asset', () => {
    const m = model(stateOf(instrument('okx', t0, { contractSize: 10 }), book('okx', t0, [6, 3], [6.01, 1]), ticker('okx', t0, 6, 7)));
    expect(m.openInterestUnits).toBe(70);
    expect([m.variants.value.lotSize, ...levelsOf(m.variants.value.bids, 1)]).toEqual([10, [6_000, 3]]);
  });
  it('of inverse contracts stay contracts of dollars, their open interest is base units at the mark', () => {
    const m = model(stateOf(instrument('okx', t0, { marketKind: 'inverse', contractSize: 100 }), book('okx', t0, [5, 300, 4.99, 10], [5.01, 1]), ticker('okx', t0, 5, 2_000)));
    // 2,000 contracts of 100 dollars at 5 dollars.
    expect(m.openInterestUnits).toBe(40_000);
    expect(m.variants.value).toMatchObject({ kind: 'inverse', contractSize: 100, lotSize: 1 });
    expect(levelsOf(m.variants.value.bids, 1)).toEqual([[5_000, 300]]);
    const s = score(stateOf(instrument('okx', t0, { marketKind: 'inverse', contractSize: 100 }), book('okx', t0, [5, 300], [5.01, 1]), ticker('okx', t0, 5, 2_000)));
    // A dollar contract is worth its face at any price.
    expect(s.depth2pctUsd).toBe(30_000);
    expect(s.openInterestUsd).toBe(200_000);
  });
});

describe('the hash of the inputs', () => {
  const base = [instrument('binance', t0), book('binance', t0, [6, 10, 5.99, 20], [6.01, 5]), ticker('binance', t0, 6, 1_000)];
  const fine = deepBook('binance', t0, [5, 70], []);
  const coarse = deepBook('binance', t0, [4, 70], [], 1);
  const hash = (...messages: readonly Folded[]): string => score(stateOf(...messages)).inputHash;
  it('does not depend on the order in which independent inputs came, nor on sequence numbers', () => {
    const other = [instrument('okx', t0), book('okx', t0, [6, 1], [6.01, 5])];
    const one = hash(...base, fine, coarse, ...other);
    expect(hash(...other, ...base, coarse, fine)).toBe(one);
    expect(hash(...[...base, fine, coarse, ...other].map((m) => ({ ...m, seq: m.seq + 1_000, receivedAt: epochMs(t0 + 5) })))).toBe(one);
    expect(one).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
  it('changes with every input that a figure rests on', () => {
    const [definition, , marks] = base as [ReturnType<typeof instrument>, ReturnType<typeof book>, ReturnType<typeof ticker>];
    const hashes = [
      hash(...base), hash(...base, fine), hash(...base, coarse), hash({ ...definition, maxLeverage: 20 }, ...base.slice(1)), hash({ ...definition, multiplier: 10 }, ...base.slice(1)),
      hash(...base.slice(0, 2), { ...marks, openInterest: ticker('binance', t0, 6, 1_001).openInterest ?? marks.openInterest }),
      hash(...base.slice(0, 2), ticker('binance', t0, 6.1, 1_000)), hash(...base, book('binance', t0, [6, 11], [], false)),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
