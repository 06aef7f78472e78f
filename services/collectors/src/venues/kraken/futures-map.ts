import type { EpochMs, Price } from '@breakwater/models/core';
import { isPrice, isQty, ratio } from '@breakwater/models/core';
import { numberedBook } from '../../events.ts';
import { asText, isRecord, parseJson, parseNonNegative, parsePositive, parseSigned, readSequence, readTime } from '../../numbers.ts';
import type { ParsedFrame, RejectReason, TickerEvent, VenueEvent } from '../../venue.ts';
import { channelKey } from '../../venue.ts';

/** Frames of Kraken's derivatives socket to events. Source: https://docs.kraken.com/api/docs/futures-api/websocket/book, /trade, /ticker, /heartbeat, read 2026-11-27. */

/** Feeds that exist and are not carried: a shorter ticker, and what concerns an account. */
const NOT_CARRIED = /^(?:ticker_lite|fills|open_orders|open_orders_verbose|open_positions?|balances|account_log|account_balances_and_margins|deposits_withdrawals|notifications_auth)(?:_snapshot)?$/;

const rejected = (reason: RejectReason, detail: string): ParsedFrame => ({ kind: 'rejected', reason, detail });

/** One frame of the derivatives socket. Quantities are in contracts: US dollars on inverse markets (`PI_`, `FI_`), base units on linear ones (`PF_`, `FF_`). Cost: one JSON.parse and O(levels). */
export function parseKrakenFuturesFrame(text: string, receivedAt: EpochMs): ParsedFrame {
  const frame = parseJson(text);
  if (frame === undefined) return rejected('not-json', text.slice(0, 80));
  if (!isRecord(frame)) return rejected('unknown-shape', 'not an object');
  const event = frame['event'];
  if (event !== undefined) return control(asText(event).trim(), frame);
  const feed = frame['feed'];
  if (typeof feed !== 'string') return rejected('unknown-shape', Object.keys(frame).slice(0, 8).join(','));
  if (NOT_CARRIED.test(feed)) return { kind: 'ignored', channel: feed };
  switch (feed) {
    case 'heartbeat':
      return { kind: 'control', control: 'heartbeat' };
    case 'book_snapshot':
    case 'book':
      return readBook(frame, feed === 'book_snapshot', receivedAt);
    case 'trade':
      return readTrades([frame]);
    case 'trade_snapshot':
      return readHistory(frame);
    case 'ticker':
      return readTicker(frame);
    default:
      return rejected('unknown-shape', `feed ${feed.slice(0, 40)}`);
  }
}

function control(event: string, frame: Record<string, unknown>): ParsedFrame {
  const feed = asText(frame['feed']);
  const products: readonly unknown[] = Array.isArray(frame['product_ids']) ? frame['product_ids'] : [];
  const channels = products.length === 0 ? {} : { channels: products.map((p) => keyOf(feed, asText(p))) };
  switch (event) {
    case 'info':
      return { kind: 'control', control: 'welcome' };
    case 'pong':
      return { kind: 'control', control: 'pong' };
    case 'subscribed':
    case 'unsubscribed':
      return { kind: 'control', control: 'acknowledgement', ...channels };
    case 'subscribed_failed':
    case 'unsubscribed_failed':
    case 'error':
      return { kind: 'control', control: 'refused', ...channels, detail: `${event} ${asText(frame['message'])}`.trim().slice(0, 200) };
    case 'alert':
      // The request before it was dropped: too many a second. Source: nautilus_trader#4093, read 2026-11-27.
      if (frame['message'] === 'rate_limited') return { kind: 'control', control: 'refused', detail: 'alert rate_limited' };
      return { kind: 'control', control: 'notice', detail: asText(frame['message']).slice(0, 200) };
    case 'challenge':
      return { kind: 'control', control: 'notice', detail: asText(frame['message']).slice(0, 200) };
    default:
      return rejected('unknown-shape', `event ${event.slice(0, 40)}`);
  }
}

/** The key of a feed: `trade` is `trades` here. */
function keyOf(feed: string, product: string): string {
  return feed === 'book' || feed === 'ticker' ? channelKey(feed, product) : feed === 'trade' ? channelKey('trades', product) : `${feed}:${product}`;
}

/**
 * A snapshot has both sides; a change is one level, whose quantity is absolute and 0 when it goes. Quantities below zero have been seen by others who record
 * the venue (tardis-node, src/mappers/cryptofacilities.ts, read 2026-11-27): they stand for none, since a frame that is let go would break the book.
 */
function readBook(frame: Record<string, unknown>, snapshot: boolean, receivedAt: EpochMs): ParsedFrame {
  const symbol = frame['product_id'];
  if (typeof symbol !== 'string' || symbol === '') return rejected('missing-field', 'product_id');
  // Frames recorded before `timestamp` was added have none.
  const eventTime = frame['timestamp'] === undefined ? receivedAt : readTime(frame['timestamp']);
  if (eventTime === undefined) return rejected('bad-time', 'timestamp');
  const last = readSequence(frame['seq']);
  if (last === undefined) return rejected('missing-field', 'seq');
  const side = frame['side'];
  if (!snapshot && side !== 'buy' && side !== 'sell') return rejected('missing-field', 'side');
  const bids = snapshot ? readRows(frame['bids']) : side === 'buy' ? readRows([frame]) : [];
  const asks = snapshot ? readRows(frame['asks']) : side === 'sell' ? readRows([frame]) : [];
  if (bids === undefined || asks === undefined) return rejected('bad-number', 'levels');
  return { kind: 'events', events: [numberedBook(symbol, eventTime, snapshot, bids, asks, undefined, last)] };
}

function readRows(rows: unknown): readonly number[] | undefined {
  if (!Array.isArray(rows)) return undefined;
  const list: readonly unknown[] = rows;
  const out: number[] = [];
  for (const row of list) {
    if (!isRecord(row)) return undefined;
    const price = parsePositive(row['price']);
    const qty = parseSigned(row['qty']);
    if (Number.isNaN(price) || Number.isNaN(qty)) return undefined;
    out.push(price, Math.max(0, qty));
  }
  return out;
}

/** The last trades, newest first, sent to each new subscription: their ids tell which are known. */
function readHistory(frame: Record<string, unknown>): ParsedFrame {
  const rows: readonly unknown[] | undefined = Array.isArray(frame['trades']) ? frame['trades'] : undefined;
  return rows === undefined ? rejected('missing-field', 'trades') : readTrades([...rows].reverse());
}

/**
 * Trades; `side` is the taker's. `type` says which were the liquidation of a taker, so every one in the market is told; what is left of a position goes to
 * other traders outside of it (`assignment`, `termination`).
 */
function readTrades(rows: readonly unknown[]): ParsedFrame {
  const events: VenueEvent[] = [];
  for (const row of rows) {
    if (!isRecord(row)) return rejected('unknown-shape', 'trade');
    const symbol = row['product_id'];
    if (typeof symbol !== 'string' || symbol === '') return rejected('missing-field', 'product_id');
    const eventTime = readTime(row['time']);
    if (eventTime === undefined) return rejected('bad-time', 'time');
    const price = parsePositive(row['price']);
    const qty = parsePositive(row['qty']);
    if (!isPrice(price) || !isQty(qty)) return rejected('bad-number', 'price, qty');
    const side = row['side'];
    if (side !== 'buy' && side !== 'sell') return rejected('missing-field', 'side');
    const uid = asText(row['uid']);
    const id = uid === '' ? {} : { id: uid };
    events.push({ kind: 'trade', symbol, eventTime, ...id, price, qty, side });
    if (row['type'] === 'liquidation') events.push({ kind: 'liquidation', symbol, eventTime, ...id, price, qty, side, disclosure: 'complete' });
  }
  return { kind: 'events', events };
}

/** Rates: ours, relative to the price; the same in currency (`absolute`), and the name of what is printed of them. */
const RATES = [
  { key: 'fundingRate', field: 'relative_funding_rate', absolute: 'funding_rate', printed: 'printedFundingRate' },
  { key: 'nextFundingRate', field: 'relative_funding_rate_prediction', absolute: 'funding_rate_prediction', printed: 'printedNextFundingRate' },
] as const;
/** Until then archives carry the rate in currency. Source: tardis-node, src/mappers/cryptofacilities.ts, read 2026-11-27; the day on which the venue changed how it is computed. */
const RELATIVE_SINCE = Date.UTC(2022, 8, 29);

/**
 * The figures of a market, all in each frame. Rates are those relative to the spot price (the others are in currency), for an hour; of a perpetual a rate that
 * is not there is zero ("if zero, field is not populated") unless the one in currency is there, as in frames from before relative ones were added, which
 * do not say it. Of a dated contract there is none.
 */
function readTicker(frame: Record<string, unknown>): ParsedFrame {
  const symbol = frame['product_id'];
  if (typeof symbol !== 'string' || symbol === '') return rejected('missing-field', 'product_id');
  const eventTime = readTime(frame['time']);
  if (eventTime === undefined) return rejected('bad-time', 'time');
  const ticker: { -readonly [K in keyof TickerEvent]: TickerEvent[K] } = { kind: 'ticker', symbol, eventTime };
  for (const [key, field] of [['last', 'last'], ['mark', 'markPrice'], ['index', 'index']] as const) {
    const price = optionalPrice(frame[field]);
    if (price === 'bad') return rejected('bad-number', field);
    if (price !== undefined) ticker[key] = price;
  }
  const interest = frame['openInterest'];
  if (interest !== undefined && interest !== null) {
    const qty = parseNonNegative(interest);
    if (!isQty(qty)) return rejected('bad-number', 'openInterest');
    ticker.openInterest = qty;
  }
  for (const { key, field, absolute, printed } of RATES) {
    const inCurrency = frame[absolute] === undefined ? 0 : parseSigned(frame[absolute]);
    const rate = frame[field] === undefined ? 0 : parseSigned(frame[field]);
    if (Number.isNaN(inCurrency) || Number.isNaN(rate)) return rejected('bad-number', field);
    if (frame[absolute] !== undefined && eventTime < RELATIVE_SINCE) ticker[printed] = ratio(inCurrency);
    if (frame[field] !== undefined || (frame['tag'] === 'perpetual' && inCurrency === 0)) ticker[key] = ratio(rate);
  }
  // The page says the time until then, and what is sent is the time then: anything else is left out.
  const fundingTime = readTime(frame['next_funding_rate_time']);
  if (fundingTime !== undefined) ticker.fundingTime = fundingTime;
  return { kind: 'events', events: [ticker] };
}

/** A price that may be absent: undefined when missing or 0 (no price is 0), `bad` when it is no number. */
function optionalPrice(v: unknown): Price | undefined | 'bad' {
  if (v === undefined || v === null) return undefined;
  const n = parseNonNegative(v);
  if (n === 0) return undefined;
  return isPrice(n) ? n : 'bad';
}
