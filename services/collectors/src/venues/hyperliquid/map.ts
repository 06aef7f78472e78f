import type { EpochMs } from '@breakwater/models/core';
import { isPrice, isQty, price, ratio } from '@breakwater/models/core';
import { asText, isRecord, parseJson, parseNonNegative, parsePositive, parseSigned, readTime } from '../../numbers.ts';
import type { BookEvent, ParsedFrame, RejectReason, TradeEvent } from '../../venue.ts';

/**
 * Frames of Hyperliquid's socket and its `l2Book` answers to events.
 * Source: https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/websocket/subscriptions, read 2026-11-21.
 */

/** Channels that exist and are not carried: contexts of spot pairs, the top of the book, mid prices, candles, and what belongs to one user. */
const IGNORED: ReadonlySet<string> = new Set([
  'activeSpotAssetCtx', 'bbo', 'allMids', 'candle', 'notification', 'webData2', 'webData3', 'orderUpdates', 'user', 'userFills', 'userFundings',
  'userNonFundingLedgerUpdates', 'activeAssetData', 'userTwapSliceFills', 'userTwapHistory', 'post', 'outcomeMetaUpdates', 'allDexsAssetCtxs', 'assetCtxs', 'spotAssetCtxs', 'allDexsClearinghouseState', 'clearinghouseState', 'openOrders', 'spotState', 'twapStates',
]);

const rejected = (reason: RejectReason, detail: string): ParsedFrame => ({ kind: 'rejected', reason, detail });

/**
 * One frame of the socket. After a subscription the venue first repeats recent trades in one ordinary frame; they keep their ids and times, by which
 * repeats can be told. `activeAssetCtx` carries no time and is stamped `receivedAt`. Cost: one JSON.parse and O(levels).
 */
export function parseHyperliquidFrame(text: string, receivedAt: EpochMs): ParsedFrame {
  if (text.startsWith('Websocket connection established')) return { kind: 'control', control: 'welcome' };
  const frame = parseJson(text);
  if (frame === undefined) return rejected('not-json', text.slice(0, 80));
  if (!isRecord(frame)) return rejected('unknown-shape', 'not an object');
  const channel = frame['channel'];
  const data = frame['data'];
  switch (channel) {
    case 'l2Book':
      return parseBook(data, 'live');
    case 'trades':
      return parseTrades(data);
    case 'activeAssetCtx':
      return parseContext(data, receivedAt);
    case 'pong':
      return { kind: 'control', control: 'pong' };
    case 'subscriptionResponse':
      return acknowledgement(data);
    case 'error':
      return { kind: 'control', control: 'refused', detail: asText(data).slice(0, 200) };
    default:
      if (typeof channel === 'string' && IGNORED.has(channel)) return { kind: 'ignored', channel };
      return rejected('unknown-shape', typeof channel === 'string' ? `channel ${channel.slice(0, 40)}` : Object.keys(frame).slice(0, 8).join(','));
  }
}

/** An answer to the info request `l2Book`, a coarser and so wider view when `nSigFigs` was given, as a deep snapshot of `layer` (0 the finest). */
export function parseHyperliquidDepth(body: string, layer: number): ParsedFrame {
  const answer = parseJson(body);
  return answer === undefined ? rejected('not-json', body.slice(0, 80)) : parseBook(answer, 'deep', layer);
}

function acknowledgement(data: unknown): ParsedFrame {
  const subscription = isRecord(data) ? data['subscription'] : undefined;
  if (!isRecord(subscription)) return { kind: 'control', control: 'acknowledgement' };
  return { kind: 'control', control: 'acknowledgement', channels: [`${asText(subscription['type'])}:${asText(subscription['coin'])}`] };
}

function parseBook(data: unknown, origin: BookEvent['origin'], layer?: number): ParsedFrame {
  if (!isRecord(data)) return rejected('unknown-shape', 'l2Book');
  const symbol = data['coin'];
  const eventTime = readTime(data['time']);
  const sides = data['levels'];
  if (typeof symbol !== 'string' || symbol === '') return rejected('missing-field', 'coin');
  if (eventTime === undefined) return rejected('bad-time', 'time');
  if (!Array.isArray(sides) || sides.length !== 2) return rejected('missing-field', 'levels');
  const bids = readSide(sides[0]);
  const asks = readSide(sides[1]);
  if (bids === undefined || asks === undefined) return rejected('bad-number', 'levels');
  return { kind: 'events', events: [{ kind: 'book', origin, snapshot: true, symbol, eventTime, bids, asks, ...(layer === undefined ? {} : { layer }) }] };
}

/** Levels `{px, sz, n}` as one flat list of alternating price and quantity; undefined when malformed. */
function readSide(v: unknown): number[] | undefined {
  if (!Array.isArray(v)) return undefined;
  const rows: readonly unknown[] = v;
  const out: number[] = [];
  for (const row of rows) {
    if (!isRecord(row)) return undefined;
    const px = parsePositive(row['px']);
    const sz = parseNonNegative(row['sz']);
    if (Number.isNaN(px) || Number.isNaN(sz)) return undefined;
    out.push(px, sz);
  }
  return out;
}

function parseTrades(data: unknown): ParsedFrame {
  if (!Array.isArray(data)) return rejected('unknown-shape', 'trades');
  const rows: readonly unknown[] = data;
  const events: TradeEvent[] = [];
  for (const row of rows) {
    if (!isRecord(row)) return rejected('unknown-shape', 'trades');
    const symbol = row['coin'];
    const eventTime = readTime(row['time']);
    const side = row['side'];
    const p = parsePositive(row['px']);
    const q = parsePositive(row['sz']);
    if (typeof symbol !== 'string' || symbol === '') return rejected('missing-field', 'coin');
    if (eventTime === undefined) return rejected('bad-time', 'time');
    // The aggressor's side: B bought, A (ask) sold.
    if (side !== 'B' && side !== 'A') return rejected('missing-field', 'side');
    if (!isPrice(p) || !isQty(q)) return rejected('bad-number', 'px, sz');
    const id = row['tid'];
    events.push({ kind: 'trade', symbol, eventTime, ...(typeof id === 'number' ? { id: String(id) } : {}), price: p, qty: q, side: side === 'B' ? 'buy' : 'sell' });
  }
  return { kind: 'events', events };
}

/** Mark, oracle (as index), open interest (base units, one side) and the funding rate of the running hour. */
function parseContext(data: unknown, receivedAt: EpochMs): ParsedFrame {
  const ctx = isRecord(data) ? data['ctx'] : undefined;
  const symbol = isRecord(data) ? data['coin'] : undefined;
  if (!isRecord(ctx) || typeof symbol !== 'string' || symbol === '') return rejected('missing-field', 'coin, ctx');
  const mark = parsePositive(ctx['markPx']);
  const index = parsePositive(ctx['oraclePx']);
  const openInterest = parseNonNegative(ctx['openInterest']);
  const funding = parseSigned(ctx['funding']);
  if (Number.isNaN(mark) || Number.isNaN(index) || !isQty(openInterest) || Number.isNaN(funding)) return rejected('bad-number', 'markPx, oraclePx, openInterest, funding');
  return {
    kind: 'events',
    events: [{ kind: 'ticker', symbol, eventTime: receivedAt, mark: price(mark), index: price(index), openInterest, fundingRate: ratio(funding) }],
  };
}
