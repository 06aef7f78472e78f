import { describe, expect, it } from '@jest/globals';
import type { LiquidationMessage, TickerMessage } from '@breakwater/contracts';
import { assetId, epochMs, instrumentId, price, qty, sourceId, usdRate } from '@breakwater/models/core';
import { createAssetState, fold, type AssetState } from './asset-state.ts';
import { liquidationSummary } from './liquidations.ts';
import { holdAsset, restoreAsset, type HeldAsset } from './saved-state.ts';
import { health, instrument } from './testing/messages.ts';

const START = 1_786_320_000_000;
const HOUR = 3_600_000;
let seq = 0;
const liquidation = (venue: string, at: number, size: number, over: Partial<LiquidationMessage> = {}): LiquidationMessage => ({
  kind: 'liquidation', source: sourceId(`${venue}:perp`), seq: seq++, eventTime: epochMs(at), receivedAt: epochMs(at), asset: assetId('OM'), instrument: instrumentId(venue, 'perp', 'OMUSDT'),
  price: price(5), qty: qty(size), side: 'sell', disclosure: 'sampled', ...over,
});
const rate = { usd: usdRate(1), low: usdRate(1), high: usdRate(1), status: 'exact', ageMs: 0 } as const;
const summary = (state: AssetState, at: number) => liquidationSummary([...state.markets.values()].map((market) => ({ state: market, rate })), epochMs(at));

describe('liquidations of the last hour', () => {
  it('are exact where a venue publishes all, and end after an hour', () => {
    const state = createAssetState();
    fold(state, instrument('bybit', START));
    fold(state, liquidation('bybit', START + HOUR, 200, { disclosure: 'complete' }));
    fold(state, liquidation('bybit', START + HOUR + 60_000, 100, { disclosure: 'complete', side: 'buy' }));
    expect(summary(state, START + HOUR + 120_000)).toEqual({ windowSeconds: 3_600, observedUsd: 1_500, total: { value: 1_500, low: 1_500, high: 1_500, status: 'exact' }, longShare: 2 / 3, undisclosed: [] });
    expect(summary(state, START + 2 * HOUR + 60_000)?.observedUsd).toBe(500);
    expect(summary(state, START + 3 * HOUR)?.observedUsd).toBe(0);
  });

  it('are inferred, with a band, where a venue shows one order a second', () => {
    const state = createAssetState();
    fold(state, instrument('binance', START));
    // 30 of the 60 seconds of one minute, each of 1,000 dollars.
    for (let second = 0; second < 60; second += 2) fold(state, liquidation('binance', START + HOUR + second * 1_000, 200));
    const found = summary(state, START + HOUR + 120_000);
    expect(found?.observedUsd).toBe(30_000);
    expect(found?.total.status).toBe('inferred');
    // 41.09 orders: 1/31 + ... + 1/60 a second, see the model's own test.
    expect(found?.total.value).toBeCloseTo(41_093, -1);
    expect(found?.total.low).toBeGreaterThan(30_000);
    expect(found?.total.high ?? 0).toBeGreaterThan(found?.total.value ?? Infinity);
  });

  it('are drawn from how far the mark went where it is heard, also after a restart', () => {
    const state = createAssetState();
    fold(state, instrument('binance', START));
    let mark = 5;
    const step = (second: number, fall: number): void => {
      mark *= 1 - fall;
      const ticker: TickerMessage = { kind: 'ticker', source: sourceId('binance:perp'), seq: seq++, eventTime: epochMs(START + HOUR + second * 1_000), receivedAt: epochMs(START + HOUR + second * 1_000), asset: assetId('OM'), instrument: instrumentId('binance', 'perp', 'OMUSDT'), mark: price(mark) };
      fold(state, ticker);
    };
    // Small steps into new ground meet an order in one second of five; five steps that are twenty times as large must have met about four in each.
    for (let second = 0; second < 100; second++) {
      step(second, 0.0002);
      if (second % 5 === 0) fold(state, liquidation('binance', START + HOUR + second * 1_000 + 100, 200));
    }
    for (let second = 100; second < 105; second++) {
      step(second, 0.004);
      fold(state, liquidation('binance', START + HOUR + second * 1_000 + 100, 200));
    }
    const found = summary(state, START + HOUR + 120_000);
    expect(found?.observedUsd).toBe(25_000);
    expect(found?.total.value).toBeGreaterThan(33_000);
    expect(found?.total.low).toBeGreaterThan(25_000);
    expect(found?.total.high ?? 0).toBeGreaterThan(found?.total.value ?? Infinity);
    const restored = restoreAsset(JSON.parse(JSON.stringify(holdAsset(state))) as HeldAsset);
    expect(summary(restored, START + HOUR + 120_000)).toEqual(found);
  });

  it('have no upper end where every second had one, or the largest alone is shown, and the sum has none then', () => {
    const state = createAssetState();
    for (const venue of ['binance', 'bybit', 'bitget']) fold(state, instrument(venue, START));
    for (let second = 0; second < 60; second++) fold(state, liquidation('binance', START + HOUR + second * 1_000, 200));
    fold(state, liquidation('bybit', START + HOUR, 100, { disclosure: 'complete' }));
    fold(state, liquidation('bitget', START + HOUR, 100));
    const found = summary(state, START + HOUR + 120_000);
    expect(found?.total.high).toBeNull();
    expect(found?.observedUsd).toBe(61_000);
    expect(found?.total.low).toBe(found?.total.value);
    expect(found?.total.value ?? 0).toBeGreaterThan(180_000);
  });

  it('name the markets that publish none, count from when one listens, and are stale while a feed is', () => {
    const state = createAssetState();
    fold(state, instrument('hyperliquid', START));
    fold(state, instrument('bybit', START));
    expect(summary(state, START + 60_000)).toEqual({ windowSeconds: 60, observedUsd: 0, total: { value: 0, low: 0, high: 0, status: 'exact' }, longShare: null, undisclosed: ['hyperliquid:perp:OMUSDT'] });
    fold(state, { ...health('bybit', START + 70_000, 'silent'), channel: 'liquidations' });
    expect(summary(state, START + 80_000)?.total.status).toBe('stale');
    const spot = createAssetState();
    fold(spot, instrument('bybit', START, { marketKind: 'spot' }));
    expect(summary(spot, START)).toBeNull();
  });

  it('count contracts of an inverse market by their fixed amount, and never hold more than an hour', () => {
    const state = createAssetState();
    fold(state, instrument('bybit', START, { marketKind: 'inverse', contractSize: 1 }));
    for (let minute = 0; minute < 600; minute++) fold(state, liquidation('bybit', START + minute * 60_000, 10, { disclosure: 'complete' }));
    expect(summary(state, START + 600 * 60_000)?.observedUsd).toBe(600);
    // An order from hours ago is not kept.
    fold(state, liquidation('bybit', START, 1_000_000, { disclosure: 'complete' }));
    expect(summary(state, START + 600 * 60_000)?.observedUsd).toBe(600);
  });
});
