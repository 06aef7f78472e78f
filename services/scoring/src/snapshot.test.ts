import { describe, expect, it } from '@jest/globals';
import { marketSnapshot, type MarketSnapshot } from '@breakwater/contracts';
import { assetId, currencyCode, defined, epochMs, instrumentId, sourceId } from '@breakwater/models/core';
import { answerStress, assetResponse, parseSnapshot, type StressCase } from '@breakwater/models/cascade';
import { totalTriggerLots } from '@breakwater/models/market';
import { effectiveFloor } from '@breakwater/models/settlement';
import { createAssetState, fold, type AssetState } from './asset-state.ts';
import { centralNetwork } from './asset-figures.ts';
import { computeScore, type Computed } from './compute-score.ts';
import { scoringDefaults, type ReserveTerms, type ScoringConfig } from './config.ts';
import { modelAsset } from './modelled-market.ts';
import { createRates } from './rates.ts';
import { floorBidOf } from './reserve/reserve-score.ts';
import { reserve } from './reserve/test-reserve.ts';
import { snapshotOf } from './snapshot.ts';
import { book, instrument, ladder, rate, ticker } from './testing/messages.ts';

const t0 = Date.UTC(2025, 3, 13, 12);
const om = assetId('OM');
const now = epochMs(t0 + 1_000);
const config: ScoringConfig = { ...scoringDefaults, assets: [{ asset: om }] };
const rates = createRates(config.staleAfterMs);
rates.fold(rate('okx:spot', t0, 0.99973));
rates.fold(rate('okx:spot', t0, 1.00012, 'USDC'));
rates.fold(rate('okx:spot', t0, 60_000, 'BTC'));

/** Perpetuals of two currencies and an inverse one, a spot market whose asks are gone, and positions of a venue whose book was never read. */
function worldOf(openInterest: number): AssetState {
  const state = createAssetState();
  // Positions were opened above the present price too, so that some are close to their end.
  for (let hour = 24; hour >= 1; hour--) state.history.add({ at: epochMs(t0 - hour * 3_600_000), price: 6 + 0.02 * hour, ignitionUsd: null, depth2pctUsd: null, complete: true });
  const deep = ladder(6, 150, 0.004, 20_000);
  const thin = ladder(6.004, 90, 0.006, 9_001);
  fold(state, instrument('binance', t0));
  fold(state, book('binance', t0, deep.bids, deep.asks));
  fold(state, ticker('binance', t0, 6, openInterest));
  fold(state, instrument('hyperliquid', t0, { quote: currencyCode('USDC'), tickSize: 0.0001, lotSize: 0.1 }));
  fold(state, book('hyperliquid', t0, thin.bids, thin.asks));
  fold(state, ticker('hyperliquid', t0, 6.003, openInterest / 2));
  fold(state, instrument('okx', t0, { marketKind: 'inverse', contractSize: 10 }));
  fold(state, book('okx', t0, ladder(6, 80, 0.005, 4_000).bids, ladder(6, 80, 0.005, 4_000).asks));
  fold(state, ticker('okx', t0, 6, openInterest / 8));
  fold(state, instrument('kraken', t0, { marketKind: 'spot', quote: currencyCode('USD') }));
  fold(state, book('kraken', t0, ladder(6.001, 60, 0.01, 7_000).bids, []));
  fold(state, instrument('bybit', t0));
  fold(state, ticker('bybit', t0, 6, openInterest / 4));
  return state;
}

interface Taken { readonly score: Computed; readonly document: MarketSnapshot; readonly read: StressCase }
/** The score, and the document as it comes out of a daemon. */
function taken(state: AssetState, terms?: ReserveTerms): Taken {
  const asset = { asset: om, ...(terms === undefined ? {} : { reserve: terms }) };
  const modelled = modelAsset(state, rates, now, config, undefined, floorBidOf(state, rates, asset, now));
  const score = computeScore(state, rates, asset, now, config, modelled);
  const document = JSON.parse(JSON.stringify(snapshotOf(om, now, defined(centralNetwork(modelled), 'a network').system, config.ignitionGap))) as MarketSnapshot;
  const read = parseSnapshot(marketSnapshot.parse(document));
  if (!read.ok) throw new Error(JSON.stringify(read.error.slice(0, 5)));
  return { score, document, read: read.value };
}

describe('a snapshot that was taken away', () => {
  it.each([[8_000_000], [30_000_000]])('gives the threshold, the landing and the reproduction number of the score, at %d units of open interest', (openInterest) => {
    const { score, read } = taken(worldOf(openInterest));
    const answer = answerStress(read);
    expect(score.network?.reproduction.value ?? 0).toBeGreaterThan(0);
    expect(answer.network.reproductionNumber).toBe(score.network?.reproduction.value);
    expect(answer.markets.map(({ id }) => answer.network.venueReproduction[id])).toEqual(score.network?.markets.map(({ reproduction }) => reproduction));
    const response = assetResponse(read.system, { ignitionGap: read.ignitionGap, timesIgnition: 3, fallOfInterest: 0.3 });
    expect(score.ignitionUsd).not.toBeNull();
    expect(response?.ignitionQuote).toBe(score.ignitionUsd?.value);
    expect(response?.landingPrice).toBe(score.landingPrice?.value);
    expect(response?.amplification).toBe(score.amplification?.value);
  });
  it('joins all books in dollars on one grid, by arbitrage with the deepest and by marks half of spot, and keeps every position', () => {
    const { document, read } = taken(worldOf(2_000_000));
    expect(document.markets.map(({ id, kind }) => [id.split(':')[0], kind])).toEqual([['binance', 'linear'], ['hyperliquid', 'linear'], ['kraken', 'spot'], ['okx', 'linear']]);
    expect(new Set(document.markets.map(({ tickSize, lotSize }) => `${String(tickSize)} ${String(lotSize)}`)).size).toBe(1);
    expect(document.edges).toHaveLength(6);
    expect(document.edges?.every(({ from, to }) => from.startsWith('binance') !== to.startsWith('binance'))).toBe(true);
    expect(Object.keys(document.marks ?? {}).map((id) => id.split(':')[0])).toEqual(['binance', 'hyperliquid', 'okx']);
    expect(Object.values(Object.values(document.marks ?? {})[0]?.weights ?? {})).toEqual([0.5, 0.5]);
    expect(document.hedges).toEqual([]);
    // The venue without a book: its longs are with those of the deepest book, and no position is lost for being worth nothing at its end.
    const lots = ({ system }: StressCase): number => totalTriggerLots(defined(system.markets[0], 'the deepest').longTriggers);
    const without = worldOf(2_000_000);
    without.markets.delete(instrumentId('bybit', 'perp', 'OMUSDT'));
    expect(lots(read)).toBeGreaterThan(1.2 * lots(taken(without).read));
    expect(document.markets.every(({ longTriggers = [] }) => longTriggers.every(([, , bankruptcy]) => bankruptcy > 0))).toBe(true);
  });
  it('has the floor of a reserve among its bids, whole, so that a stress of it stops there too', () => {
    const terms: ReserveTerms = { chain: sourceId('eip155:56'), staleAfterMs: 300_000, haircut: 0.02, fear: 1.64, volatility: 0.6, latencySeconds: 900, capitalUsd: 1e9 };
    const state = worldOf(30_000_000);
    // 2,000 BTC of 60,000 dollars behind 30 M tokens: 4 dollars before haircut and fear.
    fold(state, reserve(t0, 2_000n, 30_000_000n));
    const floor = effectiveFloor(4, terms);
    const [without, held] = [taken(state), taken(state, terms)];
    const bid = (of: Taken): number => Math.max(0, ...of.document.markets.flatMap(({ bids }) => bids.filter(([price]) => Math.abs(price / floor - 1) < 1e-3).map(([, qty]) => qty)));
    // All that is outstanding: redeemers have capital for more, and no maker takes any of it back.
    expect(bid(held)).toBeGreaterThan(0.999 * 30_000_000);
    expect(bid(held)).toBeLessThan(1.02 * 30_000_000);
    expect(bid(without)).toBeLessThan(1_000_000);
    // A sale of more than is bid above the floor, answered by the engine of `breakwater stress`.
    const deepest = held.document.markets.reduce((a, b) => (bid({ ...held, document: { ...held.document, markets: [b] } }) > 1e7 ? b : a));
    const landing = ({ document }: Taken): number => {
      const read = parseSnapshot({ ...document, shocks: [{ market: deepest.id, side: 'sell', qty: 6_000_000 }] });
      if (!read.ok) throw new Error(JSON.stringify(read.error.slice(0, 5)));
      return answerStress(read.value).markets.find(({ id }) => id === deepest.id)?.price ?? NaN;
    };
    expect(landing(without)).toBeLessThan(floor - 0.1);
    expect(landing(held)).toBeCloseTo(floor, 2);
    expect(held.score.landingPrice?.value ?? NaN).toBeGreaterThan(without.score.landingPrice?.value ?? NaN);
  });
  it('has an ask of nothing where there are none, and none at or below the best bid', () => {
    const state = worldOf(2_000_000);
    fold(state, book('hyperliquid', t0, [6, 100, 5.99, 200], [5.995, 10, 6.01, 20]));
    const { document } = taken(state);
    const [, crossed, oneSided] = document.markets;
    expect(oneSided?.asks).toEqual([[(oneSided?.bids[0]?.[0] ?? NaN) + (oneSided?.tickSize ?? NaN), 0].map((x) => expect.closeTo(x, 9))]);
    // 6.01 at 1.00012 dollars, and what is assumed beyond it.
    expect(crossed?.asks[0]?.[0]).toBeCloseTo(6.0107, 3);
  });
});
