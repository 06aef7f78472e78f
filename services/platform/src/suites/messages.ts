import type { AssetMessage, BookMessage, TradeMessage, WarningMessage, WatermarkMessage } from '@breakwater/contracts';
import { assetId, epochMs, instrumentId, price, qty, sourceId, usd, venueId, warningId } from '@breakwater/models/core';

/** 2025-04-13T18:00:00Z, a moment for tests. */
export const testTime = epochMs(1_744_567_200_000);

function stamp(seq: number) {
  return { source: sourceId('binance:usdm'), seq, eventTime: epochMs(testTime + seq), receivedAt: epochMs(testTime + seq + 5) };
}

/** A trade of `asset`; `seq` also orders it in time. */
export function testTrade(seq: number, asset = 'OM'): TradeMessage {
  return { kind: 'trade', ...stamp(seq), asset: assetId(asset), instrument: instrumentId('binance', 'usdm', `${asset}USDT`), price: price(6.1), qty: qty(2), side: 'sell' };
}

/** A book message of `asset` with one bid at `at` of size `size`. */
export function testBook(seq: number, asset = 'OM', options: { readonly snapshot?: boolean; readonly at?: number; readonly size?: number } = {}): BookMessage {
  const { snapshot = false, at = 6, size = 1 } = options;
  return { kind: 'book', ...stamp(seq), asset: assetId(asset), instrument: instrumentId('binance', 'usdm', `${asset}USDT`), snapshot, bids: [at, size], asks: [] };
}

/** A watermark of `source`. */
export function testWatermark(seq: number, source = 'binance:usdm'): WatermarkMessage {
  return { kind: 'watermark', ...stamp(seq), source: sourceId(source) };
}

/** A revision of a warning; `number` makes its id. */
export function testWarning(number: number, revision = 1, changes: Partial<WarningMessage> = {}): WarningMessage {
  const asset = changes.asset ?? assetId('OM');
  return {
    kind: 'warning', ...stamp(revision), source: sourceId('alert'), asset, id: warningId(`BW-${asset}-20250413-${number.toString(16).padStart(8, '0')}`), revision,
    state: 'firing', severity: 'critical', warning: 'cascade.ignition', onset: testTime, horizonSeconds: 900,
    price: { value: price(6.1), low: price(6), high: price(6.2), status: 'exact' }, ignitionUsd: { value: usd(1e6), low: usd(5e5), high: usd(2e6), status: 'inferred' },
    landingPrice: null, amplification: null, trigger: null, depositsUsd: usd(1.2e6),
    reasons: [{ code: 'deposits', usd: usd(1.2e6), windowSeconds: 900, count: 3 }], inputs: [{ name: 'book', status: 'exact', ageMs: 120 }],
    venues: [{ venue: venueId('binance'), ignitionUsd: usd(1e6), status: 'exact' }], modelVersion: '1', inputHash: 'sha256:00', ...changes,
  };
}

/** What identifies a message in the tests' expectations. */
export function labelOf(message: AssetMessage): string {
  return `${message.asset} ${message.kind} ${message.seq}`;
}

