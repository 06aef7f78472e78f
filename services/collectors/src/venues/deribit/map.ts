import type { Price } from '@breakwater/models/core';
import { isPrice, isQty, ratio } from '@breakwater/models/core';
import { numberedBook, tradeEvent } from '../../events.ts';
import { asText, isRecord, parseJson, parseNonNegative, parsePositive, parseSigned, readSequence, readTime } from '../../numbers.ts';
import type { ParsedFrame, RejectReason, TickerEvent, VenueEvent } from '../../venue.ts';
import { channelKey } from '../../venue.ts';
import { deribitKindOf } from './instruments.ts';

/** Notifications and answers of Deribit's JSON-RPC sockets to events. Source: https://docs.deribit.com/articles/notifications and the pages of the channels, read 2026-11-27. */

/** Channels that exist and are not carried: best quotes and grouped books (the book has them), figures of indices, candles, states of the platform. */
const NOT_CARRIED = new Set([
  'quote', 'incremental_ticker', 'deribit_price_index', 'deribit_price_ranking', 'deribit_price_statistics', 'deribit_volatility_index', 'estimated_expiration_price',
  'markprice', 'perpetual', 'instrument', 'platform_state', 'announcements', 'chart', 'block_rfq', 'block_trade_confirmations', 'rfq',
]);

/** What a `test_request` wants back. Source: https://docs.deribit.com/api-reference/session-management/public-set_heartbeat, read 2026-11-27. */
const SIGN_OF_LIFE = '{"jsonrpc":"2.0","id":0,"method":"public/test","params":{}}';

const rejected = (reason: RejectReason, detail: string): ParsedFrame => ({ kind: 'rejected', reason, detail });
/** Instruments that combine others are listed nowhere here, and their prices may be zero or negative: what cannot be carried of them is let go. */
const unfit = (name: string, channel: string, detail: string): ParsedFrame => (deribitKindOf(name) === 'combo' ? { kind: 'ignored', channel: `${channel}.combo` } : rejected('bad-number', detail));

/**
 * One frame of a Deribit socket, whatever its market type: subscriptions decide what comes, and symbols tell the market types apart.
 * Amounts are in US dollars on inverse contracts and in base coins elsewhere. Cost: one JSON.parse and O(levels).
 */
export function parseDeribitFrame(text: string): ParsedFrame {
  const frame = parseJson(text);
  if (frame === undefined) return rejected('not-json', text.slice(0, 80));
  if (!isRecord(frame)) return rejected('unknown-shape', 'not an object');
  // The first version of the protocol, switched off in 2020.
  if ('notifications' in frame) return rejected('legacy-format', 'v1 notifications');
  const params = frame['params'];
  if (frame['method'] === 'heartbeat') return heartbeat(params);
  if (frame['method'] !== 'subscription') return 'result' in frame || 'error' in frame ? answer(frame) : rejected('unknown-shape', Object.keys(frame).slice(0, 8).join(','));
  if (!isRecord(params) || typeof params['channel'] !== 'string') return rejected('missing-field', 'params.channel');
  return notification(params['channel'], params['data']);
}

function heartbeat(params: unknown): ParsedFrame {
  const type = isRecord(params) ? params['type'] : undefined;
  if (type === 'heartbeat') return { kind: 'control', control: 'heartbeat' };
  return type === 'test_request' ? { kind: 'control', control: 'heartbeat', detail: type, reply: SIGN_OF_LIFE } : rejected('unknown-shape', 'heartbeat');
}

function answer(frame: Record<string, unknown>): ParsedFrame {
  const { result, error } = frame;
  if (error !== undefined) {
    const detail = isRecord(error) ? `${String(readSequence(error['code']) ?? asText(error['code']))} ${asText(error['message'])}` : 'error';
    return { kind: 'control', control: 'refused', detail: detail.slice(0, 200) };
  }
  if (isRecord(result) && 'version' in result) return { kind: 'control', control: 'pong' };
  if (!Array.isArray(result)) return { kind: 'control', control: 'acknowledgement' };
  const channels: readonly unknown[] = result;
  return { kind: 'control', control: 'acknowledgement', channels: channels.map((c) => keyOf(asText(c))) };
}

/** `book.BTC-PERPETUAL.100ms` as the key of a channel. */
function keyOf(channel: string): string {
  const [name = '', symbol = ''] = channel.split('.');
  return name === 'book' || name === 'trades' || name === 'ticker' ? channelKey(name, symbol) : channel;
}

function notification(channel: string, data: unknown): ParsedFrame {
  const end = channel.indexOf('.');
  const name = end < 0 ? channel : channel.slice(0, end);
  switch (name) {
    case 'book':
      // `book.<instrument>.<group>.<depth>.<interval>` has fewer levels, as a whole each time.
      if (channel.split('.', 4).length > 3) return { kind: 'ignored', channel: 'book.grouped' };
      return isRecord(data) ? readBook(data) : rejected('unknown-shape', 'book data');
    case 'trades':
      return Array.isArray(data) ? readTrades(data) : rejected('unknown-shape', 'trades data');
    case 'ticker':
      return isRecord(data) ? readTicker(data) : rejected('unknown-shape', 'ticker data');
    default:
      return NOT_CARRIED.has(name) ? { kind: 'ignored', channel: name } : rejected('unknown-shape', `channel ${channel.slice(0, 60)}`);
  }
}

function readBook(data: Record<string, unknown>): ParsedFrame {
  const symbol = data['instrument_name'];
  if (typeof symbol !== 'string' || symbol === '') return rejected('missing-field', 'instrument_name');
  const eventTime = readTime(data['timestamp']);
  if (eventTime === undefined) return rejected('bad-time', 'timestamp');
  const last = readSequence(data['change_id']);
  if (last === undefined) return rejected('missing-field', 'change_id');
  const previous = data['prev_change_id'] === undefined || data['prev_change_id'] === null ? undefined : readSequence(data['prev_change_id']);
  if (previous === undefined && data['prev_change_id'] !== undefined && data['prev_change_id'] !== null) return rejected('bad-number', 'prev_change_id');
  const bids = readChanges(data['bids']);
  const asks = readChanges(data['asks']);
  if (bids === undefined || asks === undefined) return unfit(symbol, 'book', 'levels');
  // Only the first notification has no predecessor (frames before `type` was added); a book that was empty until now is printed with 0 for it.
  const snapshot = data['type'] === 'snapshot' || previous === undefined || previous === 0;
  return { kind: 'events', events: [numberedBook(symbol, eventTime, snapshot, bids, asks, undefined, last, previous)] };
}

/** `[action, price, amount]` rows as alternating price and amount, 0 for what is deleted; undefined when malformed. */
function readChanges(rows: unknown): number[] | undefined {
  if (!Array.isArray(rows)) return undefined;
  const list: readonly unknown[] = rows;
  const out: number[] = [];
  for (const row of list) {
    if (!Array.isArray(row)) return undefined;
    const change: readonly unknown[] = row;
    const action = change[0];
    const price = parsePositive(change[1]);
    const amount = parseNonNegative(change[2]);
    if (Number.isNaN(price) || Number.isNaN(amount) || (action !== 'new' && action !== 'change' && action !== 'delete')) return undefined;
    out.push(price, action === 'delete' ? 0 : amount);
  }
  return out;
}

/**
 * Trades; `liquidation` marks those whose maker (`M`), taker (`T`) or both (`MT`) were being liquidated, so every liquidation in the market is told.
 * Source: https://docs.deribit.com/subscriptions/trades/tradesinstrument_nameinterval, read 2026-11-27.
 */
function readTrades(rows: readonly unknown[]): ParsedFrame {
  const events: VenueEvent[] = [];
  for (const row of rows) {
    if (!isRecord(row)) return rejected('unknown-shape', 'trades');
    const symbol = row['instrument_name'];
    if (typeof symbol !== 'string' || symbol === '') return rejected('missing-field', 'instrument_name');
    const eventTime = readTime(row['timestamp']);
    if (eventTime === undefined) return rejected('bad-time', 'timestamp');
    const price = parsePositive(row['price']);
    const qty = parsePositive(row['amount']);
    if (!isPrice(price) || !isQty(qty)) return unfit(symbol, 'trades', 'price, amount');
    const side = row['direction'];
    if (side !== 'buy' && side !== 'sell') return rejected('missing-field', 'direction');
    const id = asText(row['trade_id']);
    events.push(tradeEvent(symbol, eventTime, id === '' ? undefined : id, price, qty, side));
    const liquidated = row['liquidation'];
    if (liquidated === undefined || liquidated === null || liquidated === 'none') continue;
    if (liquidated !== 'M' && liquidated !== 'T' && liquidated !== 'MT') return rejected('unknown-shape', 'liquidation');
    const maker = side === 'buy' ? 'sell' : 'buy';
    const orders: readonly ('buy' | 'sell')[] = liquidated === 'T' ? [side] : liquidated === 'M' ? [maker] : [side, maker];
    for (const order of orders) events.push({ kind: 'liquidation', symbol, eventTime, ...(id === '' ? {} : { id: `${id} ${order}` }), price, qty, side: order, disclosure: 'complete' });
  }
  return { kind: 'events', events };
}

/** Figures of futures and perpetuals. `current_funding` is the rate of now, expressed for eight hours and paid continuously, so there is no time of payment. */
function readTicker(data: Record<string, unknown>): ParsedFrame {
  const symbol = data['instrument_name'];
  if (typeof symbol !== 'string' || symbol === '') return rejected('missing-field', 'instrument_name');
  const kind = deribitKindOf(symbol);
  // Of options only the books are carried.
  if (kind === 'option') return { kind: 'ignored', channel: 'ticker.option' };
  const eventTime = readTime(data['timestamp']);
  if (eventTime === undefined) return rejected('bad-time', 'timestamp');
  const ticker: { -readonly [K in keyof TickerEvent]: TickerEvent[K] } = { kind: 'ticker', symbol, eventTime };
  for (const [key, field] of [['last', 'last_price'], ['mark', 'mark_price'], ['index', 'index_price']] as const) {
    const price = optionalPrice(data[field], kind === 'combo');
    if (price === 'bad') return rejected('bad-number', field);
    if (price !== undefined) ticker[key] = price;
  }
  const interest = data['open_interest'];
  if (interest !== undefined && interest !== null) {
    const qty = parseNonNegative(interest);
    if (!isQty(qty)) return rejected('bad-number', 'open_interest');
    ticker.openInterest = qty;
  }
  const funding = data['current_funding'];
  if (funding !== undefined && funding !== null) {
    const rate = parseSigned(funding);
    if (Number.isNaN(rate)) return rejected('bad-number', 'current_funding');
    ticker.fundingRate = ratio(rate);
  }
  return { kind: 'events', events: [ticker] };
}

/** A price that may be absent: undefined when missing, null or 0 (no price is 0), and for what may be negative when it is; `bad` when it is no number. */
function optionalPrice(v: unknown, mayBeNegative: boolean): Price | undefined | 'bad' {
  if (v === undefined || v === null) return undefined;
  const n = parseSigned(v);
  if (n === 0 || (mayBeNegative && n < 0)) return undefined;
  return isPrice(n) ? n : 'bad';
}
