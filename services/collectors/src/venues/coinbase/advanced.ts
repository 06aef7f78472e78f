import type { EpochMs } from '@breakwater/models/core';
import { isPrice, isQty } from '@breakwater/models/core';
import { numberedBook, tradeEvent } from '../../events.ts';
import { asText, isRecord, parseNonNegative, parsePositive, readSequence } from '../../numbers.ts';
import type { BookEvent, ParsedFrame, TradeEvent, VenueEvent } from '../../venue.ts';
import type { Failure } from './read.ts';
import { eventsOf, failure, optionalPrice, readIso, readRate, rejected } from './read.ts';

/**
 * Frames of the market data socket of Advanced Trade to events.
 * Source: https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels and .../api-reference/advanced-trade-api/advanced-trade-asyncapi.json,
 * read 2026-11-27.
 */

/** Channels that exist and are not carried. `ticker_batch` says less of the same, more rarely. */
const IGNORED: ReadonlySet<string> = new Set(['candles', 'status', 'ticker_batch', 'user', 'futures_balance_summary']);

/**
 * One frame: `sequence_num` counts all frames of the connection from 0, whatever their channel. Books are stamped with the time of the frame, which the venue
 * prints to the nanosecond. Cost: O(levels).
 */
export function parseAdvanced(frame: Readonly<Record<string, unknown>>): ParsedFrame {
  const channel = asText(frame['channel']);
  const entries = frame['events'];
  if (!Array.isArray(entries)) return rejected('unknown-shape', `channel ${channel.slice(0, 40)} without events`);
  const frameNumber = readSequence(frame['sequence_num']);
  if (frameNumber === undefined) return rejected('bad-number', 'sequence_num');
  const parsed = carry(channel, frame, entries);
  return parsed.kind === 'rejected' ? parsed : { ...parsed, frameNumber };
}

function carry(channel: string, frame: Readonly<Record<string, unknown>>, entries: readonly unknown[]): ParsedFrame {
  if (IGNORED.has(channel)) return { kind: 'ignored', channel };
  if (channel === 'heartbeats') return { kind: 'control', control: 'heartbeat' };
  if (channel === 'subscriptions') return { kind: 'control', control: 'acknowledgement', channels: subscriptions(entries) };
  const sentAt = readIso(frame['timestamp']);
  if (sentAt === undefined) return rejected('bad-time', 'timestamp');
  switch (channel) {
    case 'l2_data': return eventsOf(entries, (entry) => readBook(entry, sentAt));
    case 'market_trades': return eventsOf(entries, readTrades);
    case 'ticker': return eventsOf(entries, (entry) => readTickers(entry, sentAt));
    default: return rejected('unknown-shape', `channel ${channel.slice(0, 40)}`);
  }
}

/** What stands subscribed, as `channel:product`. */
function subscriptions(entries: readonly unknown[]): readonly string[] {
  return entries.flatMap((entry) => {
    const of = isRecord(entry) ? entry['subscriptions'] : undefined;
    return isRecord(of) ? Object.entries(of).flatMap(([name, products]) => (Array.isArray(products) ? products.map((p: unknown) => `${name}:${asText(p)}`) : [])) : [];
  });
}

function readBook(entry: unknown, eventTime: EpochMs): readonly BookEvent[] | Failure {
  if (!isRecord(entry) || !Array.isArray(entry['updates'])) return failure('unknown-shape', 'l2_data');
  const symbol = asText(entry['product_id']);
  const type = entry['type'];
  if (symbol === '' || (type !== 'snapshot' && type !== 'update')) return failure('missing-field', 'product_id, type');
  const updates: readonly unknown[] = entry['updates'];
  const bids: number[] = [];
  const asks: number[] = [];
  for (const update of updates) {
    if (!isRecord(update)) return failure('unknown-shape', 'updates');
    const price = parsePositive(update['price_level']);
    const qty = parseNonNegative(update['new_quantity']);
    const side = update['side'];
    if (side !== 'bid' && side !== 'offer') return failure('missing-field', 'side');
    // NaN is the only value unequal to itself.
    if (price !== price || qty !== qty) return failure('bad-number', 'price_level, new_quantity');
    // A snapshot replaces everything: nothing is to be removed by it.
    if (qty > 0 || type === 'update') (side === 'bid' ? bids : asks).push(price, qty);
  }
  return [numberedBook(symbol, eventTime, type === 'snapshot', bids, asks, undefined, eventTime)];
}

/** `side` is the maker's: a sale at the ask is a taker's purchase. A subscription first brings recent trades; they keep their ids, by which repeats are told. */
function readTrades(entry: unknown): readonly TradeEvent[] | Failure {
  if (!isRecord(entry) || !Array.isArray(entry['trades'])) return failure('unknown-shape', 'market_trades');
  const trades: readonly unknown[] = entry['trades'];
  const out: TradeEvent[] = [];
  for (const trade of trades) {
    if (!isRecord(trade)) return failure('unknown-shape', 'trades');
    const symbol = asText(trade['product_id']);
    const id = asText(trade['trade_id']);
    const maker = trade['side'];
    if (symbol === '' || id === '' || (maker !== 'BUY' && maker !== 'SELL')) return failure('missing-field', 'product_id, trade_id, side');
    const eventTime = readIso(trade['time']);
    if (eventTime === undefined) return failure('bad-time', 'time');
    const price = parsePositive(trade['price']);
    const qty = parsePositive(trade['size']);
    if (!isPrice(price) || !isQty(qty)) return failure('bad-number', 'price, size');
    out.push(tradeEvent(symbol, eventTime, id, price, qty, maker === 'BUY' ? 'sell' : 'buy'));
  }
  return out;
}

function readTickers(entry: unknown, eventTime: EpochMs): readonly VenueEvent[] | Failure {
  if (!isRecord(entry) || !Array.isArray(entry['tickers'])) return failure('unknown-shape', 'ticker');
  const tickers: readonly unknown[] = entry['tickers'];
  const out: VenueEvent[] = [];
  for (const ticker of tickers) {
    if (!isRecord(ticker)) return failure('unknown-shape', 'tickers');
    const symbol = asText(ticker['product_id']);
    if (symbol === '') return failure('missing-field', 'product_id');
    const last = optionalPrice(ticker['price']);
    if (last === 'bad') return failure('bad-number', 'price');
    if (last !== undefined) out.push({ kind: 'ticker', symbol, eventTime, last });
    const rate = readRate(symbol, ticker['best_bid'], ticker['best_ask'], eventTime);
    if (rate !== undefined) out.push(rate);
  }
  return out;
}
