import type { BookMessage, ClusterFacts, CrossRateMessage, DeepBookMessage, FeedHealthMessage, HoldersMessage, InstrumentMessage, LabelReviewMessage, LiquidationMessage, RateMessage, TickerMessage, TradeMessage, TransferMessage, WatermarkMessage } from '@breakwater/contracts';
import { assetId, chainId, currencyCode, epochMs, instrumentId, price, qty, ratio, sourceId, usdRate, venueId } from '@breakwater/models/core';

/** Messages for tests of this package, with the fields that do not matter filled in. */

let seq = 0;
const asset = assetId('OM');

/** An instrument of `venue`, perpetual unless `spot`; ticks of 0.001, lots of 1. */
export function instrument(venue: string, at: number, over: Partial<InstrumentMessage> = {}): InstrumentMessage {
  return {
    kind: 'instrument', source: sourceId(`${venue}:perp`), seq: seq++, eventTime: epochMs(at), receivedAt: epochMs(at), asset, instrument: instrumentId(venue, 'perp', 'OMUSDT'),
    venue: venueId(venue), symbol: 'OMUSDT', marketKind: 'linear', base: currencyCode('OM'), quote: currencyCode('USDT'), settle: currencyCode('USDT'),
    tickSize: 0.001, lotSize: 1, contractSize: 1, multiplier: 1, maxLeverage: 50, ...over,
  };
}

/** A snapshot (or update) of the perpetual's book. */
export function book(venue: string, at: number, bids: readonly number[], asks: readonly number[], snapshot = true): BookMessage {
  return { kind: 'book', source: sourceId(`${venue}:perp`), seq: seq++, eventTime: epochMs(at), receivedAt: epochMs(at), asset, instrument: instrumentId(venue, 'perp', 'OMUSDT'), snapshot, bids, asks };
}

/** Mark price and open interest of the perpetual. */
export function ticker(venue: string, at: number, mark: number, openInterest: number): TickerMessage {
  return {
    kind: 'ticker', source: sourceId(`${venue}:perp`), seq: seq++, eventTime: epochMs(at), receivedAt: epochMs(at), asset, instrument: instrumentId(venue, 'perp', 'OMUSDT'),
    mark: price(mark), openInterest: qty(openInterest),
  };
}

/** A trade of the perpetual. */
export function trade(venue: string, at: number, at$: number, size: number, side: TradeMessage['side'] = 'sell'): TradeMessage {
  return { kind: 'trade', source: sourceId(`${venue}:perp`), seq: seq++, eventTime: epochMs(at), receivedAt: epochMs(at), asset, instrument: instrumentId(venue, 'perp', 'OMUSDT'), price: price(at$), qty: qty(size), side };
}

/** A forced order of the perpetual: of a long position where it sells. */
export function liquidation(venue: string, at: number, at$: number, size: number, side: LiquidationMessage['side'] = 'sell'): LiquidationMessage {
  return { ...trade(venue, at, at$, size, side), kind: 'liquidation', disclosure: 'sampled' };
}

/** The rate of a currency in dollars, USDT by default. */
export function rate(source: string, at: number, usd: number, currency = 'USDT'): RateMessage {
  return { kind: 'rate', source: sourceId(source), seq: seq++, eventTime: epochMs(at), receivedAt: epochMs(at), currency: currencyCode(currency), usd: usdRate(usd) };
}

/** The rate of `currency` in `against`: a middle, sold and bought `spread` around it. */
export function crossRate(source: string, at: number, currency: string, against: string, middle: number, spread = 0): CrossRateMessage {
  return {
    kind: 'rate.cross', source: sourceId(source), seq: seq++, eventTime: epochMs(at), receivedAt: epochMs(at), currency: currencyCode(currency), against: currencyCode(against),
    price: price(middle), low: price(middle - spread / 2), high: price(middle + spread / 2),
  };
}

/** A transfer of `units` from the issuer to an exchange. */
export function transfer(tx: string, at: number, units: number, over: Partial<TransferMessage> = {}): TransferMessage {
  return {
    kind: 'transfer', source: sourceId('eip155:1'), seq: seq++, eventTime: epochMs(at), receivedAt: epochMs(at), asset, chain: chainId('eip155:1'), token: '0xt', from: '0xa', to: '0xb',
    amount: '1', units, block: 1, blockHash: '0x1', tx, logIndex: 0, state: 'included', fromLabel: 'issuer:mantra', toLabel: 'exchange:okx', ...over,
  };
}

/** A change of health of a book. */
export function health(venue: string, at: number, status: FeedHealthMessage['status']): FeedHealthMessage {
  return {
    kind: 'feed.health', source: sourceId(`${venue}:perp`), seq: seq++, eventTime: epochMs(at), receivedAt: epochMs(at), channel: 'book', status, reason: 'sequence-gap', asset,
    instrument: instrumentId(venue, 'perp', 'OMUSDT'),
  };
}

/** A book around `mid`: `count` levels a side, `step` apart, `size` units each. */
export function ladder(mid: number, count: number, step: number, size: number): { bids: number[]; asks: number[] } {
  const levels = (sign: 1 | -1): number[] => Array.from({ length: count }, (_, i) => [Math.round((mid + sign * step * (i + 0.5)) * 1e6) / 1e6, size]).flat();
  return { bids: levels(-1), asks: levels(1) };
}

/** A promise of the venue's source. */
export function watermark(venue: string, at: number): WatermarkMessage {
  return { kind: 'watermark', source: sourceId(`${venue}:perp`), seq: seq++, eventTime: epochMs(at), receivedAt: epochMs(at) };
}

/** The whole source of a venue went down or came back. */
export function socket(venue: string, at: number, status: FeedHealthMessage['status']): FeedHealthMessage {
  return { kind: 'feed.health', source: sourceId(`${venue}:perp`), seq: seq++, eventTime: epochMs(at), receivedAt: epochMs(at), channel: 'socket', status, reason: 'socket-closed' };
}

/** A polled deep snapshot of the perpetual. */
export function deepBook(venue: string, at: number, bids: readonly number[], asks: readonly number[], layer?: number): DeepBookMessage {
  return {
    kind: 'book.deep', source: sourceId(`${venue}:perp`), seq: seq++, eventTime: epochMs(at), receivedAt: epochMs(at), asset, instrument: instrumentId(venue, 'perp', 'OMUSDT'), bids, asks,
    ...(layer === undefined ? {} : { layer }),
  };
}

/** One owner of addresses, of whom nothing special is known unless `over` says so. */
export function owner(cluster: string, units: number, over: Partial<ClusterFacts> = {}): ClusterFacts {
  return {
    cluster, label: cluster.includes(':') ? cluster : null, confidence: ratio(cluster.includes(':') ? 0.9 : 0), disputed: false, addressCount: 1, addresses: [cluster.includes(':') ? `0x${cluster}` : cluster], links: [],
    units, supplyShare: ratio(Math.min(1, units / 1e9)), floatShare: ratio(Math.min(1, units / 4e8)), depositsDayUnits: 0, depositsWeekUnits: 0, venuesWeek: [], depositPropensity: ratio(0.2), fanIn: 3, fanOut: 4, dormancyDays: 10,
    ageDays: 400, issuerScore: ratio(cluster.startsWith('issuer:') ? 1 : 0), ...over,
  };
}

/** Who holds the asset: a supply of a billion, 400 million of it float. */
export function holders(at: number, clusters: readonly ClusterFacts[], over: Partial<HoldersMessage> = {}): HoldersMessage {
  return {
    kind: 'holders', source: sourceId('eip155:1'), seq: seq++, eventTime: epochMs(at), receivedAt: epochMs(at), asset, chain: chainId('eip155:1'), block: 1, blockHash: '0x1', complete: true, holders: 1_000, supplyUnits: 1e9,
    effectiveFloatUnits: 4e8, apart: { exchanges: 1e8, bridges: 0, locked: 3e8, burnt: 0, issuer: 2e8, dormant: 0 }, concentration: { gini: ratio(0.9), hhi: ratio(0.04), effectiveHolders: 25, nakamoto: 7 }, clusters, ...over,
  };
}

/** A look back at what a changed label says of two days. */
export function review(at: number, over: Partial<LabelReviewMessage> = {}): LabelReviewMessage {
  const day = Math.floor(at / 86_400_000) * 86_400_000;
  return {
    kind: 'label.review', source: sourceId('eip155:1'), seq: seq++, eventTime: epochMs(at), receivedAt: epochMs(at), asset, chain: chainId('eip155:1'), changes: [{ address: '0xa', from: null, to: 'issuer:mantra' }], changeCount: 1,
    days: [{ day: epochMs(day - 86_400_000), depositsBefore: 5, depositsAfter: 5, issuerBefore: 0, issuerAfter: 5 }, { day: epochMs(day), depositsBefore: 1, depositsAfter: 1, issuerBefore: 0, issuerAfter: 1 }],
    owners: [{ cluster: 'issuer:mantra', before: 0, after: 6 }], ...over,
  };
}
