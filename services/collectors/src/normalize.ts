import type { EpochMs, Result } from '@breakwater/models/core';
import { defined, epochMs, err, ok } from '@breakwater/models/core';
import { isRecord } from './numbers.ts';
import type { ControlKind, RejectReason, TickerEvent, Venue, VenueEvent } from './venue.ts';

/** Names of market types in files of recorded messages, and ours. */
const EXCHANGES: Readonly<Record<string, string | readonly string[]>> = {
  'binance': 'binance:spot', 'binance-futures': 'binance:usdm', 'bybit': 'bybit:linear', 'bybit-spot': 'bybit:spot',
  'okex': 'okx:spot', 'okex-swap': 'okx:swap', 'hyperliquid': 'hyperliquid:perp',
  'gate-io': 'gate:spot', 'gate-io-futures': 'gate:usdt', 'kucoin': 'kucoin:spot', 'kucoin-futures': 'kucoin:futures',
  'binance-delivery': 'binance:coinm', 'okex-futures': 'okx:futures',
  'deribit': 'deribit:inverse', 'kraken': 'kraken:spot', 'cryptofacilities': 'kraken:futures',
  // One file has the frames of several market types, which say whose they are.
  'bitget': 'bitget:spot', 'bitget-futures': ['bitget:usdt', 'bitget:usdc', 'bitget:coin'],
  'coinbase': 'coinbase:spot', 'coinbase-international': 'coinbase:intx',
};
/** Recordings of one market type that bear names of their own. */
const RECORDINGS: Readonly<Record<string, string>> = {
  'okex-futures-X-Perp': 'okex-futures', 'okex-USDC-contracts-before-and-after-index-migration': 'okex-swap',
  'bitget-v3': 'bitget', 'bitget-futures-v3': 'bitget-futures',
};

/** A level in the interchange form. Amount 0 removes. */
export interface NormalLevel {
  readonly price: number;
  readonly amount: number;
}
/**
 * A message in the interchange form of market-data archives: amounts in the venue's unit, times in ISO 8601, `side` of a liquidation that of
 * its order. Ticker fields are those present in the frame.
 */
export type NormalMessage = { readonly symbol: string; readonly exchange: string; /** Null when the frame carries no time of its own. */ readonly timestamp: string | null } & (
  | { readonly type: 'trade'; readonly id: string | null; readonly price: number; readonly amount: number; readonly side: 'buy' | 'sell' }
  | { readonly type: 'book_change'; readonly isSnapshot: boolean; readonly bids: readonly NormalLevel[]; readonly asks: readonly NormalLevel[] }
  | ({ readonly type: 'derivative_ticker' } & NormalTicker)
  | { readonly type: 'ticker'; readonly lastPrice?: number }
  | { readonly type: 'liquidation'; readonly price: number; readonly amount: number; readonly side: 'buy' | 'sell' }
  | { readonly type: 'index'; readonly indexPrice: number }
  | { readonly type: 'rate'; readonly currency: string; readonly usd: number }
  | { readonly type: 'cross_rate'; readonly currency: string; readonly against: string; readonly price: number; readonly low: number; readonly high: number }
);
/** Fields of a derivative ticker; each only when the frame has it. */
export interface NormalTicker {
  readonly lastPrice?: number;
  readonly openInterest?: number;
  readonly fundingRate?: number;
  readonly fundingTimestamp?: string;
  readonly predictedFundingRate?: number;
  readonly indexPrice?: number;
  readonly markPrice?: number;
}

/** What one input became: its messages, or why there are none. */
export interface Normalized {
  readonly index: number;
  readonly messages: readonly NormalMessage[];
  readonly control?: ControlKind;
  readonly ignored?: string;
  readonly rejected?: RejectReason;
  readonly detail?: string;
}

/**
 * Parses messages of one exchange (`binance-futures`, `bybit`, `okex-swap`, `hyperliquid`, ... or a source such as `bybit:spot`) through the
 * same maps as live frames, each by itself: no book is kept, no sequence checked. Each message is the text of a frame or its JSON value, or that with
 * the time of its recording (`{localTimestamp, message}`). An index price is told to the perpetual named after the index, or else by itself.
 * Fails for an exchange without a built-in feed. `receivedAt` stands for "no time of its own": what is stamped with it has a null timestamp.
 */
export function normalizeMessages(named: string, messages: readonly unknown[], venues: readonly Venue[], receivedAt: EpochMs = epochMs(0)): Result<readonly Normalized[], string> {
  const exchange = RECORDINGS[named] ?? named;
  const sources = [EXCHANGES[exchange] ?? exchange].flat();
  const candidates = venues.filter((v) => sources.includes(v.source));
  if (candidates.length === 0) return err(`no built-in feed for ${named}${/option/i.test(named) ? ' (options are not carried)' : ''}; known: ${[...Object.keys(EXCHANGES)].join(', ')}`);
  return ok(messages.map((message, index) => normalizeOne(candidates, exchange, message, index, receivedAt)));
}

function normalizeOne(candidates: readonly Venue[], exchange: string, recorded: unknown, index: number, receivedAt: EpochMs): Normalized {
  const message = isRecord(recorded) && 'localTimestamp' in recorded && 'message' in recorded ? recorded['message'] : recorded;
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  const read = candidates.map((venue) => ({ marketType: venue.marketType, parsed: venue.parseFrame(text, receivedAt) }));
  const { marketType, parsed } = defined(read.find((r) => !(r.parsed.kind === 'ignored' && r.parsed.channel.startsWith('other-market:'))) ?? read[0], 'a candidate');
  switch (parsed.kind) {
    case 'events': return { index, messages: parsed.events.flatMap((event) => (event.kind === 'account' || !saysSomething(event) ? [] : [toNormal(event, exchange, marketType, receivedAt)])) };
    case 'control': return { index, messages: [], control: parsed.control, ...(parsed.detail === undefined ? {} : { detail: parsed.detail }) };
    case 'ignored': return { index, messages: [], ignored: parsed.channel };
    case 'rejected': return { index, messages: [], rejected: parsed.reason, detail: parsed.detail };
  }
}

/** Positions of accounts come as answers alone, and have no interchange form. */
function toNormal(event: Exclude<VenueEvent, { kind: 'account' }>, exchange: string, marketType: string, receivedAt: EpochMs): NormalMessage {
  const head = { symbol: event.printedSymbol ?? event.symbol, exchange, timestamp: event.eventTime === receivedAt ? null : iso(event.eventTime) };
  switch (event.kind) {
    case 'book': return { type: 'book_change', ...head, isSnapshot: event.snapshot, bids: toLevels(event.bids), asks: toLevels(event.asks) };
    case 'trade': return { type: 'trade', ...head, id: event.id ?? null, price: event.price, amount: event.printedQty ?? event.qty, side: event.side };
    case 'liquidation': return { type: 'liquidation', ...head, price: event.price, amount: event.printedQty ?? event.qty, side: event.side };
    case 'index': return event.perpetual === undefined ? { type: 'index', ...head, indexPrice: event.price } : { type: 'derivative_ticker', ...head, symbol: event.perpetual, indexPrice: event.price };
    case 'rate': return { type: 'rate', ...head, currency: event.currency, usd: event.usd };
    case 'rate.cross': return { type: 'cross_rate', ...head, ...event.rate };
    case 'ticker':
      if (marketType === 'spot') return { type: 'ticker', ...head, ...(event.last === undefined ? {} : { lastPrice: event.last }) };
      return { type: 'derivative_ticker', ...head, ...toTicker(event) };
  }
}

function toTicker(event: TickerEvent): NormalTicker {
  const fundingRate = event.printedFundingRate ?? event.fundingRate;
  const predictedFundingRate = event.printedNextFundingRate ?? event.nextFundingRate;
  return {
    ...(event.last === undefined ? {} : { lastPrice: event.last }),
    ...openInterestOf(event),
    ...(fundingRate === undefined ? {} : { fundingRate }),
    ...(event.fundingTime === undefined ? {} : { fundingTimestamp: iso(event.fundingTime) }),
    ...(predictedFundingRate === undefined ? {} : { predictedFundingRate }),
    ...(event.index === undefined ? {} : { indexPrice: event.index }),
    ...(event.mark === undefined ? {} : { markPrice: event.mark }),
  };
}

/** The interchange form has the figure as the venue prints it, by the convention of each venue. */
function openInterestOf(event: TickerEvent): NormalTicker {
  const openInterest = event.printedOpenInterest ?? event.openInterest;
  return openInterest === undefined ? {} : { openInterest };
}

/** An update of a book that changes no level only carries the sequence on. */
function saysSomething(event: VenueEvent): boolean {
  return event.kind !== 'book' || event.snapshot || event.bids.length > 0 || event.asks.length > 0;
}

function toLevels(flat: readonly number[]): NormalLevel[] {
  const out: NormalLevel[] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) out.push({ price: flat[i] ?? NaN, amount: flat[i + 1] ?? NaN });
  return out;
}

function iso(time: EpochMs): string {
  return new Date(time).toISOString();
}
