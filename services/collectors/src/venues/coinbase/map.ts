import type { EpochMs } from '@breakwater/models/core';
import { isPrice, isQty } from '@breakwater/models/core';
import { numberedBook, tradeEvent } from '../../events.ts';
import { readCrossQuote } from '../../cross-quote.ts';
import { asText, isRecord, parseJson, parseNonNegative, parsePositive } from '../../numbers.ts';
import type { ParsedFrame, RatePair, VenueEvent } from '../../venue.ts';
import { parseAdvanced } from './advanced.ts';
import { optionalPrice, readIso, readRate, rejected } from './read.ts';

/**
 * Frames of the public feed of Coinbase Exchange, and answers of Advanced Trade's REST books, to events.
 * Source: https://docs.cdp.coinbase.com/exchange/websocket-feed/channels, read 2026-11-27.
 */

/** Messages that exist and are not carried: orders one by one, lists, auctions, requests for quotes. */
const IGNORED: ReadonlySet<string> = new Set(['received', 'open', 'done', 'change', 'activate', 'noop', 'level3', 'status', 'auction', 'auctionfeed', 'rfq_match', 'balance']);

type Json = Readonly<Record<string, unknown>>;

/** One frame of either public socket of Coinbase's spot markets: Advanced Trade's have a `channel`, Exchange's a `type`. `receivedAt` stamps what carries no time. Cost: one JSON.parse and O(levels). */
export function parseCoinbaseFrame(text: string, receivedAt: EpochMs): ParsedFrame {
  const frame = parseJson(text);
  if (frame === undefined) return rejected('not-json', text.slice(0, 80));
  if (!isRecord(frame)) return rejected('unknown-shape', 'not an object');
  if (typeof frame['channel'] === 'string' && frame['type'] === undefined) return parseAdvanced(frame);
  const type = frame['type'];
  switch (type) {
    case 'subscriptions': return { kind: 'control', control: 'acknowledgement', channels: subscriptions(frame['channels']) };
    case 'heartbeat': return { kind: 'control', control: 'heartbeat' };
    case 'error': return { kind: 'control', control: 'refused', detail: `${asText(frame['message'])} ${asText(frame['reason'])}`.trim().slice(0, 200) };
    case 'snapshot': return snapshot(frame, receivedAt);
    case 'l2update': return update(frame, receivedAt);
    case 'match':
    case 'last_match': return match(frame);
    case 'ticker': return ticker(frame);
    default:
      if (typeof type === 'string' && IGNORED.has(type)) return { kind: 'ignored', channel: type };
      return rejected('unknown-shape', typeof type === 'string' ? `type ${type.slice(0, 40)}` : Object.keys(frame).slice(0, 8).join(','));
  }
}

/** What stands subscribed, as `channel:product`. */
function subscriptions(v: unknown): readonly string[] {
  if (!Array.isArray(v)) return [];
  const channels: readonly unknown[] = v;
  return channels.flatMap((channel) => {
    const products = isRecord(channel) ? channel['product_ids'] : undefined;
    return isRecord(channel) && Array.isArray(products) ? products.map((p: unknown) => `${asText(channel['name'])}:${asText(p)}`) : [];
  });
}

/** A size below zero as the venue printed it in 2021 (`0.-10000`), for a level that has nothing to show. */
const BELOW_ZERO = /^\d+\.-\d+$/;

/** A size of a level: below zero is nothing; NaN when it is no number. */
function readSize(v: unknown): number {
  return typeof v === 'string' && BELOW_ZERO.test(v) ? 0 : parseNonNegative(v);
}

/** The whole book, `[price, size]` a level; `time` was added later. */
function snapshot(frame: Json, receivedAt: EpochMs): ParsedFrame {
  const symbol = asText(frame['product_id']);
  if (symbol === '') return rejected('missing-field', 'product_id');
  const bids = readSide(frame['bids']);
  const asks = readSide(frame['asks']);
  if (bids === undefined || asks === undefined) return rejected('bad-number', 'levels');
  const time = readIso(frame['time']);
  return { kind: 'events', events: [numberedBook(symbol, time ?? receivedAt, true, bids, asks, undefined, time)] };
}

function readSide(v: unknown): number[] | undefined {
  if (!Array.isArray(v)) return undefined;
  const rows: readonly unknown[] = v;
  const out: number[] = [];
  for (const row of rows) {
    if (!Array.isArray(row)) return undefined;
    const price = parsePositive(row[0]);
    const size = readSize(row[1]);
    if (Number.isNaN(price) || Number.isNaN(size)) return undefined;
    if (size > 0) out.push(price, size);
  }
  return out;
}

/** Changes `[side, price, size]` with absolute sizes, 0 removes. Some frames of 2019 carry the year 1 for a time. */
function update(frame: Json, receivedAt: EpochMs): ParsedFrame {
  const symbol = asText(frame['product_id']);
  if (symbol === '' || !Array.isArray(frame['changes'])) return rejected('missing-field', 'product_id, changes');
  const changes: readonly unknown[] = frame['changes'];
  const bids: number[] = [];
  const asks: number[] = [];
  for (const change of changes) {
    if (!Array.isArray(change)) return rejected('unknown-shape', 'changes');
    const parts: readonly unknown[] = change;
    const [side, printedPrice, printedSize] = parts;
    const price = parsePositive(printedPrice);
    const size = readSize(printedSize);
    if (side !== 'buy' && side !== 'sell') return rejected('missing-field', 'side');
    if (Number.isNaN(price) || Number.isNaN(size)) return rejected('bad-number', 'changes');
    (side === 'buy' ? bids : asks).push(price, size);
  }
  const time = readIso(frame['time']);
  if (time === undefined && !asText(frame['time']).startsWith('0001-')) return rejected('bad-time', 'time');
  return { kind: 'events', events: [numberedBook(symbol, time ?? receivedAt, false, bids, asks, undefined, time)] };
}

/** `side` is the maker's ("if the side is sell this indicates the maker was a sell order"), so the taker's is the other one. `last_match` repeats the last trade to a new subscription, with its id. */
function match(frame: Json): ParsedFrame {
  const symbol = asText(frame['product_id']);
  const id = frame['trade_id'];
  const maker = frame['side'];
  if (symbol === '' || typeof id !== 'number' || !Number.isSafeInteger(id) || (maker !== 'buy' && maker !== 'sell')) return rejected('missing-field', 'product_id, trade_id, side');
  const eventTime = readIso(frame['time']);
  if (eventTime === undefined) return rejected('bad-time', 'time');
  const price = parsePositive(frame['price']);
  const qty = parsePositive(frame['size']);
  if (!isPrice(price) || !isQty(qty)) return rejected('bad-number', 'price, size');
  return { kind: 'events', events: [tradeEvent(symbol, eventTime, String(id), price, qty, maker === 'buy' ? 'sell' : 'buy')] };
}

/** The last trade's price, and with the best quotes the rate of a currency. A product that never traded has no time. */
function ticker(frame: Json): ParsedFrame {
  const symbol = asText(frame['product_id']);
  if (symbol === '') return rejected('missing-field', 'product_id');
  const last = optionalPrice(frame['price']);
  if (last === 'bad') return rejected('bad-number', 'price');
  const eventTime = readIso(frame['time']);
  if (eventTime === undefined) return last === undefined || frame['time'] === undefined ? { kind: 'events', events: [] } : rejected('bad-time', 'time');
  const events: VenueEvent[] = last === undefined ? [] : [{ kind: 'ticker', symbol, eventTime, last }];
  const rate = readRate(symbol, frame['best_bid'], frame['best_ask'], eventTime);
  return { kind: 'events', events: rate === undefined ? events : [...events, rate] };
}

/**
 * An answer of `/api/v3/brokerage/market/product_book` as the rate of the pair's currency. Source: https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/public/get-public-product-book,
 * read 2026-11-27.
 */
export function parseCoinbaseQuote(body: string, pair: RatePair): ParsedFrame {
  const root = parseJson(body);
  if (!isRecord(root)) return rejected('not-json', body.slice(0, 80));
  const book = root['pricebook'];
  if (!isRecord(book)) return rejected('unknown-shape', asText(root['message']) || 'no pricebook');
  const symbol = asText(book['product_id']);
  if (symbol !== pair.symbol) return rejected('unknown-symbol', `${symbol.slice(0, 40)} for ${pair.symbol}`);
  const eventTime = readIso(book['time']);
  if (eventTime === undefined) return rejected('bad-time', 'time');
  const best = (side: unknown): unknown => {
    const level: unknown = Array.isArray(side) ? side[0] : undefined;
    // An empty side is an empty list.
    return isRecord(level) ? level['price'] : Array.isArray(side) && side.length === 0 ? '' : undefined;
  };
  return readCrossQuote(pair, best(book['bids']), best(book['asks']), eventTime);
}
