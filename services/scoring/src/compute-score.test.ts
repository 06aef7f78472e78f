import { describe, expect, it } from '@jest/globals';
import type { InputStatus } from '@breakwater/contracts';
import { assetId, epochMs, ratio } from '@breakwater/models/core';
import { createAssetState, fold, type AssetState } from './asset-state.ts';
import { computeScore, type Computed } from './compute-score.ts';
import { scoringDefaults, type ScoringConfig } from './config.ts';
import { createRates, type Rates } from './rates.ts';
import { book, health, instrument, ladder, rate, ticker, transfer } from './testing/messages.ts';

const t0 = Date.UTC(2025, 3, 13, 12);
const config: ScoringConfig = { ...scoringDefaults, assets: [{ asset: assetId('OM'), float: 1e9 }] };
const levels = ladder(6, 150, 0.004, 20_000);

function market(state: AssetState, venue: string, openInterest = 2_000_000): void {
  fold(state, instrument(venue, t0));
  fold(state, book(venue, t0, levels.bids, levels.asks));
  if (openInterest > 0) fold(state, ticker(venue, t0, 6, openInterest));
}
function ratesAt(usd: number): Rates {
  const rates = createRates(config.staleAfterMs);
  rates.fold(rate('okx:spot', t0, usd));
  return rates;
}
function score(state: AssetState, rates: Rates = ratesAt(1), at = t0 + 1_000): Computed {
  return computeScore(state, rates, { asset: assetId('OM'), float: 1e9 }, epochMs(at), config);
}
const statusOf = (computed: Computed, name: string): InputStatus | undefined => computed.inputs.find((input) => input.name.startsWith(name))?.status;

describe('a score', () => {
  it('has a threshold inside its band, below the price, and a landing inside its band', () => {
    const state = createAssetState();
    market(state, 'binance');
    const s = score(state);
    expect(s.price?.value).toBeCloseTo(5.998, 6);
    expect(s.ignitionUsd).not.toBeNull();
    const { low, value, high } = s.ignitionUsd ?? { low: NaN, value: NaN, high: NaN };
    expect(low).toBeLessThanOrEqual(value);
    expect(value).toBeLessThanOrEqual(high);
    expect(s.landingPrice?.value ?? NaN).toBeLessThan(5.998);
    expect(s.landingPrice?.status).toBe('inferred');
    // 30 levels of 20,000 units lie within 2 % of 5.998 (5.878 and above): 5.998, 5.994, ..., 5.882.
    expect(s.depth2pctUsd ?? NaN).toBeLessThanOrEqual(30 * 20_000 * 5.998);
    expect(s.depth2pctUsd ?? NaN).toBeGreaterThan(0.5 * 30 * 20_000 * 5.882);
    expect(s.openInterestUsd).toBeCloseTo(2_000_000 * 5.998, 0);
  });
  it('has a response curve whose cliff is the threshold and the landing, and a band around it', () => {
    const state = createAssetState();
    market(state, 'binance');
    const s = score(state);
    const curve = s.response ?? null;
    const ignition = s.ignitionUsd?.value ?? NaN;
    expect(curve?.price).toBeCloseTo(5.998, 2);
    const cliff = curve?.central.findIndex((step) => Math.abs(step.saleUsd - ignition) < 1e-6 * ignition) ?? -1;
    expect(cliff).toBeGreaterThanOrEqual(0);
    expect(curve?.central[cliff + 1]?.price).toBeCloseTo(s.landingPrice?.value ?? NaN, 9);
    // A sale is never better for the price with forced sales than without, nor under worse assumptions.
    const at = (steps: readonly { readonly saleUsd: number; readonly price: number }[] | undefined): number => steps?.find((step) => step.saleUsd >= 1.01 * ignition)?.price ?? 0;
    expect(at(curve?.central)).toBeLessThan(at(curve?.withoutForced));
    expect(at(curve?.pessimistic)).toBeLessThanOrEqual(at(curve?.central));
    for (const steps of [curve?.central, curve?.optimistic, curve?.withoutForced]) expect(steps?.length ?? 0).toBeLessThanOrEqual(113);
    // Nobody draws more than three times the threshold, but for the step that crosses it.
    expect(curve?.central.at(-2)?.saleUsd ?? 0).toBeLessThanOrEqual(3 * ignition);
  });
  it('names the largest deposits of the day, oldest first, at most 24', () => {
    const state = createAssetState();
    market(state, 'binance');
    for (let i = 0; i < 30; i++) fold(state, transfer(`0x${String(i)}`, t0 - 60_000 * (30 - i), 1_000 * (1 + ((i * 7) % 30))));
    const recent = score(state).deposits.recent ?? [];
    expect(recent.length).toBe(24);
    expect(Math.min(...recent.map((t) => t.units))).toBe(7_000);
    expect([...recent].sort((a, b) => a.eventTime - b.eventTime)).toEqual(recent);
  });
  it('ignites at nothing without positions, and says that open interest is missing', () => {
    const state = createAssetState();
    market(state, 'binance', 0);
    const s = score(state);
    expect(s.ignitionUsd).toBeNull();
    expect(statusOf(s, 'openInterest.binance')).toBe('missing');
    expect(s.markets[0]?.status).toBe('missing');
  });
  it('converts at the live rate: at 0.9 dollars a USDT every dollar figure is a tenth smaller', () => {
    const state = createAssetState();
    market(state, 'binance');
    const par = score(state).markets[0];
    const depegged = score(state, ratesAt(0.9)).markets[0];
    expect((depegged?.ignitionUsd?.value ?? NaN) / (par?.ignitionUsd?.value ?? NaN)).toBeCloseTo(0.9, 9);
    expect((depegged?.price ?? NaN) / (par?.price ?? NaN)).toBeCloseTo(0.9, 9);
  });
  it('says that a rate is missing and widens the band instead of taking a stablecoin for a dollar', () => {
    const state = createAssetState();
    market(state, 'binance');
    const s = score(state, createRates(config.staleAfterMs));
    expect(statusOf(s, 'rate.USDT')).toBe('missing');
    expect(s.ignitionUsd?.status).toBe('missing');
    const known = score(state);
    expect((s.ignitionUsd?.high ?? 0) - (s.ignitionUsd?.low ?? 0)).toBeGreaterThan((known.ignitionUsd?.high ?? 0) - (known.ignitionUsd?.low ?? 0));
  });
  it('adds venues up, and leaves the depth of a broken book out of the centre while its positions stay', () => {
    const state = createAssetState();
    market(state, 'binance');
    const one = score(state);
    market(state, 'bybit');
    const two = score(state);
    expect(two.depth2pctUsd ?? NaN).toBeCloseTo(2 * (one.depth2pctUsd ?? NaN), 3);
    fold(state, health('bybit', t0 + 500, 'resyncing'));
    const broken = score(state);
    expect(statusOf(broken, 'book.bybit')).toBe('stale');
    expect(broken.ignitionUsd?.value ?? 0).toBeLessThan(two.ignitionUsd?.value ?? NaN);
    expect(broken.ignitionUsd?.high ?? 0).toBeGreaterThan(broken.ignitionUsd?.value ?? NaN);
    fold(state, book('bybit', t0 + 800, levels.bids, levels.asks));
    expect(score(state).ignitionUsd).toEqual(two.ignitionUsd);
  });
  it('does not bring a broken book back on word alone: only its snapshot does', () => {
    const state = createAssetState();
    market(state, 'binance');
    fold(state, health('binance', t0 + 100, 'resyncing'));
    fold(state, health('binance', t0 + 200, 'ok'));
    expect(statusOf(score(state), 'book.binance')).toBe('stale');
  });
  it('counts deposits of the window once, and a reverted one no more', () => {
    const state = createAssetState();
    market(state, 'binance');
    fold(state, transfer('0x1', t0 - 3_600_000, 20_000_000));
    fold(state, transfer('0x2', t0 - 60_000, 900_000));
    fold(state, transfer('0x2', t0 - 30_000, 900_000, { state: 'final' }));
    const s = score(state);
    expect(s.deposits.horizon).toMatchObject({ units: 900_000, count: 1 });
    expect(s.deposits.day.units).toBe(20_900_000);
    expect(s.issuerFloatShare).toBeCloseTo(0.0209, 12);
    expect(s.deposits.largest).toMatchObject({ tx: '0x2', state: 'final', eventTime: t0 - 60_000 });
    fold(state, transfer('0x2', t0 - 10_000, 900_000, { state: 'reverted' }));
    const after = score(state);
    expect(after.deposits.horizon.count).toBe(0);
    expect(after.reverted).toMatchObject([{ tx: '0x2' }]);
    expect(score(state).reverted).toEqual([]);
  });
  it('is the same, hash included, for the same fold; another book has another hash', () => {
    const build = (): AssetState => {
      const state = createAssetState();
      market(state, 'binance');
      market(state, 'okx');
      return state;
    };
    const state = build();
    expect(score(state)).toEqual(score(build()));
    fold(state, book('okx', t0 + 100, [5.9, 0], [], false));
    fold(state, book('okx', t0 + 100, [5.998, 1_999], [], false));
    expect(score(state).inputHash).not.toBe(score(build()).inputHash);
  });
  it('an incremental book gives the score of the snapshot it equals', () => {
    const state = createAssetState();
    market(state, 'binance');
    fold(state, book('binance', t0 + 100, [5.998, 0, 5.5, 777], [6.002, 5], false));
    const bids = levels.bids.slice(2);
    const whole = createAssetState();
    market(whole, 'binance');
    const at = bids.findIndex((x, i) => i % 2 === 0 && x < 5.5);
    fold(whole, book('binance', t0 + 100, [...bids.slice(0, at), 5.5, 777, ...bids.slice(at)], [6.002, 5, ...levels.asks.slice(2)]));
    expect(score(state)).toEqual(score(whole));
  });
  it('a deeper book raises the threshold and more positions lower it', () => {
    const threshold = (size: number, openInterest: number): number => {
      const state = createAssetState();
      const l = ladder(6, 150, 0.004, size);
      fold(state, instrument('binance', t0));
      fold(state, book('binance', t0, l.bids, l.asks));
      fold(state, ticker('binance', t0, 6, openInterest));
      return score(state).ignitionUsd?.value ?? Infinity;
    };
    expect(threshold(40_000, 8e6)).toBeGreaterThan(threshold(20_000, 8e6));
    expect(threshold(20_000, 40e6)).toBeLessThan(threshold(20_000, 1e6));
  });
  it('takes 1000X contracts for what they are', () => {
    const state = createAssetState();
    const scaled = (xs: readonly number[]): number[] => xs.map((x, i) => (i % 2 === 0 ? Math.round(x * 1e6) / 1e3 : x / 1_000));
    fold(state, instrument('binance', t0, { multiplier: 1_000, tickSize: 1, lotSize: 0.001 }));
    fold(state, book('binance', t0, scaled(levels.bids), scaled(levels.asks)));
    fold(state, ticker('binance', t0, 6_000, 2_000));
    const plain = createAssetState();
    market(plain, 'binance');
    expect(score(state).ignitionUsd?.value ?? NaN).toBeCloseTo(score(plain).ignitionUsd?.value ?? NaN, 0);
    expect(ratio(score(state).price?.value ?? NaN)).toBeCloseTo(5.998, 9);
  });
});
