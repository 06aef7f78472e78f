import type { EpochMs } from '@breakwater/models/core';
import { currencyCode, isPrice, isQty, usdRate } from '@breakwater/models/core';
import { pairRate } from '@breakwater/models/market';
import { printedBook } from '../../events.ts';
import { readCrossQuote } from '../../cross-quote.ts';
import { asText, isRecord, parseJson, parseNonNegative, parsePositive, readTime } from '../../numbers.ts';
import type { ParsedFrame, RatePair, RejectReason, VenueEvent } from '../../venue.ts';
import { channelKey } from '../../venue.ts';
import { parseKrakenV1 } from './map-v1.ts';
import { isKeyOf } from './names.ts';

/**
 * Frames of Kraken's spot sockets to events. The second version of the protocol is subscribed; the first (arrays) is still served, "maintained for existing
 * clients", and read as well. Source: https://docs.kraken.com/exchange/api-reference/spot-websocket and the pages of the channels, read 2026-11-27.
 */

/** Channels that exist and are not carried: candles, single orders, reference data, what concerns an account. */
const NOT_CARRIED = new Set(['ohlc', 'level3', 'instrument', 'executions', 'balances']);

/** Markets that give the US dollars of a currency that markets are quoted in. */
export const DOLLAR_MARKETS: ReadonlyMap<string, string> = new Map([['USDT/USD', 'USDT'], ['USDC/USD', 'USDC'], ['EUR/USD', 'EUR'], ['GBP/USD', 'GBP']]);

const rejected = (reason: RejectReason, detail: string): ParsedFrame => ({ kind: 'rejected', reason, detail });
/** A failure while reading one entry of a frame; it rejects the whole frame. */
interface Failure {
  readonly reason: RejectReason;
  readonly detail: string;
}
const failure = (reason: RejectReason, detail: string): Failure => ({ reason, detail });

/** The numbers of a book's levels as texts, so that what the checksum covers is what was printed. Nothing else of a frame has these names before a number. */
const LEVEL_NUMBERS = /"(price|qty)"(\s*:\s*)(-?\d[\d.eE+-]*)/g;

/** One frame of a spot socket of either version. Cost: one JSON.parse and O(levels); a search and a copy more for a book of the second version. */
export function parseKrakenFrame(text: string, receivedAt: EpochMs): ParsedFrame {
  const isBook = text.startsWith('{"channel":"book"');
  let frame = parseJson(isBook ? withTexts(text) : text);
  if (frame === undefined) return rejected('not-json', text.slice(0, 80));
  if (Array.isArray(frame)) return parseKrakenV1(frame, receivedAt);
  if (!isRecord(frame)) return rejected('unknown-shape', 'not an object');
  if (!isBook && frame['channel'] === 'book') frame = parseJson(withTexts(text));
  if (!isRecord(frame)) return rejected('not-json', text.slice(0, 80));
  if ('event' in frame) return parseKrakenV1Event(frame);
  const channel = frame['channel'];
  if (typeof channel !== 'string') return answer(frame);
  return push(channel, frame['type'], frame['data'], receivedAt);
}

function withTexts(text: string): string {
  return text.replace(LEVEL_NUMBERS, '"$1"$2"$3"');
}

function answer(frame: Record<string, unknown>): ParsedFrame {
  const method = frame['method'];
  if (method === 'pong') return { kind: 'control', control: 'pong' };
  const error = asText(frame['error'] ?? frame['Error']);
  const result = isRecord(frame['result']) ? frame['result'] : {};
  const symbol = asText(result['symbol'] ?? frame['symbol']);
  const name = asText(result['channel']);
  const channels = name === '' ? {} : { channels: [symbol === '' ? name : keyOf(name, symbol)] };
  if (error !== '' || frame['success'] === false) return { kind: 'control', control: 'refused', ...channels, detail: `${error} ${symbol}`.trim().slice(0, 200) };
  if ((method === 'subscribe' || method === 'unsubscribe') && frame['success'] === true) return { kind: 'control', control: 'acknowledgement', ...channels };
  return rejected('unknown-shape', Object.keys(frame).slice(0, 8).join(','));
}

/** The key of a channel: `trade` is `trades` here. */
function keyOf(name: string, symbol: string): string {
  return name === 'book' || name === 'ticker' ? channelKey(name, symbol) : name === 'trade' ? channelKey('trades', symbol) : `${name}:${symbol}`;
}

/** Frames of the first version that carry no data. */
function parseKrakenV1Event(frame: Record<string, unknown>): ParsedFrame {
  const event = frame['event'];
  const status = asText(frame['status']);
  switch (event) {
    case 'heartbeat':
      return { kind: 'control', control: 'heartbeat' };
    case 'pong':
      return { kind: 'control', control: 'pong' };
    case 'systemStatus':
      return { kind: 'control', control: 'notice', detail: status.slice(0, 200) };
    case 'error':
      return { kind: 'control', control: 'refused', detail: asText(frame['errorMessage']).slice(0, 200) };
    case 'subscriptionStatus': {
      const channels = { channels: [keyOf(asText(frame['channelName']).split('-')[0] ?? '', asText(frame['pair']))] };
      if (status === 'error') return { kind: 'control', control: 'refused', ...channels, detail: asText(frame['errorMessage']).slice(0, 200) };
      return { kind: 'control', control: 'acknowledgement', ...channels };
    }
    default:
      return rejected('unknown-shape', `event ${asText(event).slice(0, 40)}`);
  }
}

function push(channel: string, type: unknown, data: unknown, receivedAt: EpochMs): ParsedFrame {
  if (channel === 'heartbeat') return { kind: 'control', control: 'heartbeat' };
  if (NOT_CARRIED.has(channel)) return { kind: 'ignored', channel };
  if (!Array.isArray(data)) return rejected('unknown-shape', `${channel.slice(0, 40)} data`);
  const rows: readonly unknown[] = data;
  if (channel === 'status') return { kind: 'control', control: 'notice', detail: isRecord(rows[0]) ? asText(rows[0]['system']).slice(0, 200) : '' };
  if (channel !== 'book' && channel !== 'trade' && channel !== 'ticker') return rejected('unknown-shape', `channel ${channel.slice(0, 40)}`);
  if (type !== 'snapshot' && type !== 'update') return rejected('missing-field', 'type');
  const out: VenueEvent[] = [];
  for (const row of rows) {
    if (!isRecord(row)) return rejected('unknown-shape', channel);
    const symbol = row['symbol'];
    if (typeof symbol !== 'string' || symbol === '') return rejected('missing-field', 'symbol');
    const eventTime = readRfc3339(row['timestamp'], receivedAt);
    if (eventTime === undefined) return rejected('bad-time', 'timestamp');
    const stamp = { symbol, eventTime };
    const read = channel === 'book' ? readBook(row, stamp, type === 'snapshot') : channel === 'trade' ? readTrade(row, stamp) : readTicker(row, stamp);
    if ('reason' in read) return { kind: 'rejected', ...read };
    for (const event of read) out.push(event);
  }
  return { kind: 'events', events: out };
}

interface Stamp {
  readonly symbol: string;
  readonly eventTime: EpochMs;
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

/** A moment as the protocol prints it (microseconds are cut off); `otherwise` where there is none, as on the snapshots of before; undefined when it is no time. */
function readRfc3339(v: unknown, otherwise: EpochMs): EpochMs | undefined {
  if (v === undefined) return otherwise;
  return typeof v === 'string' && RFC3339.test(v) ? readTime(Math.floor(Date.parse(v))) : undefined;
}

function readBook(row: Record<string, unknown>, stamp: Stamp, snapshot: boolean): readonly VenueEvent[] | Failure {
  const bids = readLevels(row['bids']);
  const asks = readLevels(row['asks']);
  if (bids === undefined || asks === undefined) return failure('bad-number', 'levels');
  const checksum = row['checksum'];
  if (typeof checksum !== 'number' || !Number.isInteger(checksum) || checksum < 0 || checksum > 0xffff_ffff) return failure('missing-field', 'checksum');
  return [printedBook(stamp.symbol, stamp.eventTime, snapshot, bids.numbers, asks.numbers, checksum, { printedBids: bids.printed, printedAsks: asks.printed })];
}

/** `{price, qty}` rows, as numbers and as printed; undefined when malformed or absent. */
function readLevels(rows: unknown): { readonly numbers: readonly number[]; readonly printed: readonly string[] } | undefined {
  if (!Array.isArray(rows)) return undefined;
  const list: readonly unknown[] = rows;
  const numbers: number[] = [];
  const printed: string[] = [];
  for (const row of list) {
    if (!isRecord(row)) return undefined;
    const { price, qty } = row;
    if (typeof price !== 'string' || typeof qty !== 'string') return undefined;
    const p = parsePositive(price);
    const q = parseNonNegative(qty);
    if (p !== p || q !== q) return undefined;
    numbers.push(p, q);
    printed.push(price, qty);
  }
  return { numbers, printed };
}

function readTrade(row: Record<string, unknown>, stamp: Stamp): readonly VenueEvent[] | Failure {
  if (row['timestamp'] === undefined) return failure('bad-time', 'timestamp');
  const price = parsePositive(row['price']);
  const qty = parsePositive(row['qty']);
  const side = row['side'];
  if (!isPrice(price) || !isQty(qty)) return failure('bad-number', 'price, qty');
  if (side !== 'buy' && side !== 'sell') return failure('missing-field', 'side');
  const id = row['trade_id'];
  return [{ kind: 'trade', ...stamp, ...(typeof id === 'number' && Number.isSafeInteger(id) ? { id: String(id) } : {}), price, qty, side }];
}

/** The last price, which is 0 where nothing traded for a day; and of the dollar markets the rate, the middle of the best quotes. */
function readTicker(row: Record<string, unknown>, stamp: Stamp): readonly VenueEvent[] | Failure {
  const last = parseNonNegative(row['last']);
  if (Number.isNaN(last) && row['last'] !== undefined) return failure('bad-number', 'last');
  const out: VenueEvent[] = [];
  if (isPrice(last)) out.push({ kind: 'ticker', ...stamp, last });
  const currency = DOLLAR_MARKETS.get(stamp.symbol);
  if (currency === undefined) return out;
  const [bid, ask] = [parseNonNegative(row['bid']), parseNonNegative(row['ask'])];
  if (Number.isNaN(bid) || Number.isNaN(ask)) return failure('bad-number', 'bid, ask');
  // Empty, crossed or wide quotes are no rate; the ticker stands.
  const rate = pairRate({ base: currencyCode(currency), quote: currencyCode('USD') }, currencyCode(currency), bid, ask);
  if (rate.ok) out.push({ kind: 'rate', ...stamp, currency: currencyCode(currency), usd: usdRate(rate.value.price) });
  return out;
}

/**
 * An answer of `/0/public/Ticker?pair=...` as the rate of the pair's currency, at the time of its receipt, since it has none. The answer is keyed by the
 * venue's own name of the pair. Source: https://docs.kraken.com/api/docs/rest-api/get-ticker-information, read 2026-11-27.
 */
export function parseKrakenQuote(body: string, pair: RatePair, receivedAt: EpochMs): ParsedFrame {
  const root = parseJson(body);
  if (root === undefined) return rejected('not-json', body.slice(0, 80));
  if (!isRecord(root)) return rejected('unknown-shape', 'ticker answer');
  const errors: readonly unknown[] = Array.isArray(root['error']) ? root['error'] : [];
  if (errors.length > 0 || !isRecord(root['result'])) return rejected('unknown-shape', (asText(errors[0]) || 'ticker answer').slice(0, 200));
  const [entry, ...others] = Object.entries(root['result']);
  if (entry === undefined || others.length > 0 || !isRecord(entry[1])) return rejected('missing-field', 'ticker result');
  if (!isKeyOf(entry[0], pair.symbol)) return rejected('unknown-symbol', `${entry[0].slice(0, 40)} for ${pair.symbol}`);
  return readCrossQuote(pair, bestOf(entry[1]['b']), bestOf(entry[1]['a']), receivedAt);
}

/** The price of `[price, whole lots, lots]`. */
function bestOf(v: unknown): unknown {
  return Array.isArray(v) ? (v as readonly unknown[])[0] : v;
}
