import type { EpochMs, Price } from '@breakwater/models/core';
import { isPrice, isQty, ratio } from '@breakwater/models/core';
import { numberedBook, printedBook, tradeEvent } from '../../events.ts';
import { readCrossQuote } from '../../cross-quote.ts';
import { asText, isRecord, parseJson, parseNonNegative, parsePositive, parseSigned, printedLevels, readLevels, readSequence, readTime } from '../../numbers.ts';
import type { BookEvent, LiquidationEvent, ParsedFrame, RatePair, RejectReason, TickerEvent, TradeEvent, VenueEvent } from '../../venue.ts';
import type { BitgetMarket } from './instruments.ts';
import { bitgetMarketOf, bitgetSymbol } from './instruments.ts';

/**
 * Frames of Bitget's public sockets and answers of its REST books to events. Read are the third version of the API (`topic`, `symbol`) and the second (`channel`,
 * `instId`), which are both served, and of the first the books, which have the form of the second's.
 * Source: https://www.bitget.com/api-doc/uta/websocket/public and https://www.bitget.com/api-doc/contract/websocket/public, read 2026-11-27.
 */

/** Channels that exist and are not carried: the top of the same book, candles, auctions. */
const IGNORED = /^(?:books1|books5|rpi-books\d*|candle\w*|kline|auction|index-price|adl-noti)$/;
/** The best levels alone, whole in each frame: 15 in the second version, 50 in the third. */
const PARTIAL = /^books(?:15|50)$/;

type Json = Readonly<Record<string, unknown>>;
interface Failure {
  readonly reason: RejectReason;
  readonly detail: string;
}
const rejected = (reason: RejectReason, detail: string): ParsedFrame => ({ kind: 'rejected', reason, detail });
const failure = (reason: RejectReason, detail: string): Failure => ({ reason, detail });

/** What a frame is about. */
interface Topic {
  readonly market: BitgetMarket;
  readonly channel: string;
  readonly symbol: string;
  readonly version: 1 | 2 | 3;
  readonly snapshot: boolean;
  /** When the venue sent the frame; stamps rows that carry no time. */
  readonly sentAt: EpochMs | undefined;
}

/**
 * One frame of a Bitget public socket. One socket serves every market type, so frames about another one are `ignored` as `other-market:<channel>`.
 * Cost: one JSON.parse and O(levels).
 */
export function parseBitgetFrame(market: BitgetMarket, text: string): ParsedFrame {
  return parse(market, text, false);
}

function parse(market: BitgetMarket, text: string, quoted: boolean): ParsedFrame {
  if (text === 'pong') return { kind: 'control', control: 'pong' };
  const frame = parseJson(text);
  if (frame === undefined) return rejected('not-json', text.slice(0, 80));
  if (!isRecord(frame)) return rejected('unknown-shape', 'not an object');
  if (typeof frame['event'] === 'string') return control(frame['event'], frame);
  const arg = frame['arg'];
  const data = frame['data'];
  if (!isRecord(arg)) return frame['op'] === 'unsubscribe' ? { kind: 'control', control: 'acknowledgement' } : rejected('unknown-shape', Object.keys(frame).slice(0, 8).join(','));
  const channel = asText(arg['topic'] ?? arg['channel']);
  if (channel === '' || !Array.isArray(data)) return rejected('unknown-shape', Object.keys(frame).slice(0, 8).join(','));
  if (!quoted && data.some(hasLongSequence)) return parse(market, withSequencesQuoted(text), true);
  return carry(market, channel, arg, frame, data);
}

function carry(market: BitgetMarket, channel: string, arg: Json, frame: Json, data: readonly unknown[]): ParsedFrame {
  if (IGNORED.test(channel)) return { kind: 'ignored', channel };
  const printed = asText(arg['symbol'] ?? arg['instId']);
  const type = asText(arg['instType']);
  const version = 'topic' in arg ? 3 : /^(?:sp|mc)$/i.test(type) ? 1 : 2;
  // The first version printed trades as lists and tickers under other names, and is not served any more.
  if (version === 1 && channel !== 'books' && !PARTIAL.test(channel)) return rejected('legacy-format', `v1 ${channel.slice(0, 40)}`);
  if (bitgetMarketOf(type, printed) !== market) return { kind: 'ignored', channel: `other-market:${channel.slice(0, 40)}` };
  const action = frame['action'];
  if (action !== 'snapshot' && action !== 'update') return rejected('missing-field', 'action');
  const topic: Topic = { market, channel, symbol: bitgetSymbol(printed), version, snapshot: action === 'snapshot', sentAt: readTime(frame['ts']) };
  const out: VenueEvent[] = [];
  for (const row of data) {
    if (!isRecord(row)) return rejected('unknown-shape', channel.slice(0, 40));
    const read = readRow(topic, row);
    if (read === undefined) return rejected('unknown-shape', `channel ${channel.slice(0, 40)}`);
    if ('reason' in read) return { kind: 'rejected', ...read };
    if (read.kind !== 'nothing') out.push(read);
  }
  return { kind: 'events', events: out };
}

/** A row that says nothing that is carried. */
const NOTHING = { kind: 'nothing' } as const;
type Read = VenueEvent | Failure | typeof NOTHING;

/** The event of one row, a failure, or undefined for a channel that does not exist. */
function readRow(topic: Topic, row: Json): Read | undefined {
  if (topic.symbol === '' && topic.channel !== 'liquidation') return failure('missing-field', 'symbol');
  switch (topic.channel) {
    case 'books': return readBook(topic, row);
    case 'books15':
    case 'books50': return readPartial(topic, row);
    case 'trade':
    case 'publicTrade': return topic.version === 3 ? readTrade(topic, row, 'T', 'p', 'v', 'S', 'i') : readTrade(topic, row, 'ts', 'price', 'size', 'side', 'tradeId');
    case 'ticker': return readTicker(topic, row);
    case 'liquidation': return readLiquidation(row);
    default: return undefined;
  }
}

function control(event: string, frame: Json): ParsedFrame {
  const arg = frame['arg'];
  const channels = isRecord(arg) ? { channels: [`${asText(arg['topic'] ?? arg['channel'])}:${asText(arg['symbol'] ?? arg['instId'] ?? arg['instType'])}`] } : {};
  switch (event) {
    case 'subscribe':
    case 'unsubscribe':
      return { kind: 'control', control: 'acknowledgement', ...channels };
    case 'error': {
      const code = frame['code'];
      return { kind: 'control', control: 'refused', ...channels, detail: `${typeof code === 'number' ? code : asText(code)} ${asText(frame['msg'])}`.slice(0, 200) };
    }
    default:
      return rejected('unknown-shape', `event ${event.slice(0, 40)}`);
  }
}

/** Sequence numbers of some markets have nineteen digits, more than a JSON number holds. */
function hasLongSequence(row: unknown): boolean {
  return isRecord(row) && (isLong(row['seq']) || isLong(row['pseq']));
}
const isLong = (v: unknown): boolean => typeof v === 'number' && Number.isInteger(v) && !Number.isSafeInteger(v);
const withSequencesQuoted = (text: string): string => text.replace(/"(p?seq)"\s*:\s*(\d+)(?=\s*[,}])/g, '"$1":"$2"');

/** Digits of a sequence number that are kept: consecutive ones differ in their last digits, and fifteen always fit a double exactly. */
const SEQUENCE_DIGITS = 15;

function readSeq(v: unknown): number | undefined {
  if (typeof v === 'string') return /^\d{1,20}$/.test(v) ? Number(v.slice(-SEQUENCE_DIGITS)) : undefined;
  const n = readSequence(v);
  return n === undefined || n < 0 ? undefined : n % 10 ** SEQUENCE_DIGITS;
}

type Sides = Pick<BookEvent, 'eventTime' | 'bids' | 'asks'>;
function readSides(topic: Topic, row: Json): Sides | Failure {
  const eventTime = readTime(row['ts']) ?? topic.sentAt;
  if (eventTime === undefined) return failure('bad-time', 'ts');
  const bids = readLevels(row['b'] ?? row['bids']);
  const asks = readLevels(row['a'] ?? row['asks']);
  if (bids === undefined || asks === undefined) return failure('bad-number', 'levels');
  return { eventTime, bids, asks };
}

function readBook(topic: Topic, row: Json): BookEvent | Failure {
  const sides = readSides(topic, row);
  if ('reason' in sides) return sides;
  const { eventTime, bids, asks } = sides;
  if (row['pseq'] !== undefined) {
    const last = readSeq(row['seq']);
    const previous = readSeq(row['pseq']);
    return last === undefined || previous === undefined ? failure('bad-number', 'seq, pseq') : numberedBook(topic.symbol, eventTime, topic.snapshot, bids, asks, undefined, last, previous);
  }
  // Without the number of the frame before, the checksum is the proof, and needs the levels as printed.
  const checksum = row['checksum'];
  if (typeof checksum !== 'number' || !Number.isInteger(checksum)) return failure('missing-field', 'pseq, checksum');
  return printedBook(topic.symbol, eventTime, topic.snapshot, bids, asks, checksum, { printedBids: printedLevels(row['b'] ?? row['bids']), printedAsks: printedLevels(row['a'] ?? row['asks']) });
}

function readPartial(topic: Topic, row: Json): BookEvent | Failure {
  if (!topic.snapshot) return failure('unknown-shape', `${topic.channel} update`);
  const sides = readSides(topic, row);
  return 'reason' in sides ? sides : numberedBook(topic.symbol, sides.eventTime, true, sides.bids, sides.asks, undefined, undefined);
}

/** Base units of a value in the quote currency. Rounded to twelve figures, which removes what the division adds. */
const unitsOf = (value: number, price: number): number => Number((value / price).toPrecision(12));

/**
 * `side` is the taker's ("taker orders"). A subscription first brings recent trades as a snapshot; they keep their ids, by which repeats are told. Sizes are in base
 * units, but those of coin-margined contracts in the third version, whose "unit is quote coin".
 * Source: https://www.bitget.com/api-doc/uta/websocket/public/New-Trades-Channel (and .../uta/public/Fills, which says the same), read 2026-11-27.
 */
function readTrade(topic: Topic, row: Json, ...[time, p, v, s, i]: readonly [string, string, string, string, string]): TradeEvent | Failure {
  const eventTime = readTime(row[time]);
  if (eventTime === undefined) return failure('bad-time', time);
  const price = parsePositive(row[p]);
  const size = parsePositive(row[v]);
  const valued = topic.version === 3 && topic.market === 'coin';
  const qty = valued ? unitsOf(size, price) : size;
  if (!isPrice(price) || !isQty(size) || !isQty(qty) || qty === 0) return failure('bad-number', `${p}, ${v}`);
  const side = row[s];
  if (side !== 'buy' && side !== 'sell') return failure('missing-field', s);
  const id = row[i];
  const trade = tradeEvent(topic.symbol, eventTime, typeof id === 'string' && id !== '' ? id : undefined, price, qty, side);
  return valued ? { ...trade, printedQty: size } : trade;
}

/** Names of the figures in the second and in the third version. `holdingAmount` and `openInterest` count base units. */
const FIGURES = {
  2: { last: 'lastPr', openInterest: 'holdingAmount' },
  3: { last: 'lastPrice', openInterest: 'openInterest' },
} as const;

function readTicker(topic: Topic, row: Json): Read {
  const names = FIGURES[topic.version === 3 ? 3 : 2];
  const eventTime = readTime(row['ts']) ?? topic.sentAt;
  if (eventTime === undefined) return failure('bad-time', 'ts');
  const ticker: { -readonly [K in keyof TickerEvent]: TickerEvent[K] } = { kind: 'ticker', symbol: topic.symbol, eventTime };
  const last = optionalPrice(row[names.last]);
  if (last === 'bad') return failure('bad-number', names.last);
  if (last !== undefined) ticker.last = last;
  if (topic.market !== 'spot') {
    const problem = readFutures(row, names.openInterest, ticker);
    if (problem !== undefined) return problem;
  }
  return Object.keys(ticker).length > 3 ? ticker : NOTHING;
}

function readFutures(row: Json, openInterestName: string, ticker: { -readonly [K in keyof TickerEvent]: TickerEvent[K] }): Failure | undefined {
  const mark = optionalPrice(row['markPrice']);
  const index = optionalPrice(row['indexPrice']);
  if (mark === 'bad' || index === 'bad') return failure('bad-number', 'markPrice, indexPrice');
  if (mark !== undefined) ticker.mark = mark;
  if (index !== undefined) ticker.index = index;
  if (hasValue(row[openInterestName])) {
    const openInterest = parseNonNegative(row[openInterestName]);
    if (!isQty(openInterest)) return failure('bad-number', openInterestName);
    ticker.openInterest = openInterest;
  }
  // Deliveries pay no funding; they print 0 for it, and 0 or nothing for its time.
  const delivery = row['symbolType'] === 2 || row['symbolType'] === '2' || hasValue(row['deliveryTime']) || row['nextFundingTime'] === '0';
  if (delivery || !hasValue(row['fundingRate'])) return undefined;
  const rate = parseSigned(row['fundingRate']);
  if (Number.isNaN(rate)) return failure('bad-number', 'fundingRate');
  ticker.fundingRate = ratio(rate);
  if (!hasValue(row['nextFundingTime'])) return undefined;
  const fundingTime = readTime(row['nextFundingTime']);
  if (fundingTime === undefined) return failure('bad-time', 'nextFundingTime');
  ticker.fundingTime = fundingTime;
  return undefined;
}

/**
 * A liquidation, at most the largest of each side of a market in a second. `side` is the position's ("buy: long position liquidation"), so the order's is
 * the other one. `amount` is a value in the quote currency, which the page does not say: in recorded frames it is a whole number of lots only after
 * division by the price (13.70319 at 0.1649 is 83.1, 143.330431857868 at 0.500280739469 is 286.5).
 * Source: https://www.bitget.com/api-doc/uta/websocket/public/Liquidation-Channel, read 2026-11-27.
 */
function readLiquidation(row: Json): LiquidationEvent | Failure {
  const symbol = asText(row['symbol']);
  const position = row['side'];
  if (symbol === '' || (position !== 'buy' && position !== 'sell')) return failure('missing-field', 'symbol, side');
  const eventTime = readTime(row['ts']);
  if (eventTime === undefined) return failure('bad-time', 'ts');
  const price = parsePositive(row['price']);
  const amount = parsePositive(row['amount']);
  const qty = unitsOf(amount, price);
  if (!isPrice(price) || !isQty(amount) || !isQty(qty) || qty === 0) return failure('bad-number', 'price, amount');
  return { kind: 'liquidation', symbol, eventTime, price, qty, printedQty: amount, side: position === 'buy' ? 'sell' : 'buy', disclosure: 'sampled' };
}

/**
 * An answer of `/api/v2/spot/market/merge-depth` or `/api/v2/mix/market/merge-depth`, levels joined to coarser steps, as a deep snapshot of `layer` (0 the
 * finest asked for). Source: https://www.bitget.com/api-doc/contract/market/Get-Merge-Depth, read 2026-11-27.
 */
export function parseBitgetDepth(body: string, symbol: string, layer: number): ParsedFrame {
  const root = parseJson(body);
  if (!isRecord(root)) return rejected('not-json', body.slice(0, 80));
  const data = root['data'];
  if (root['code'] !== '00000' || !isRecord(data)) return rejected('unknown-shape', (asText(root['msg']) || 'no data').slice(0, 200));
  const eventTime = readTime(data['ts']);
  if (eventTime === undefined) return rejected('bad-time', 'ts');
  const bids = readLevels(data['bids']);
  const asks = readLevels(data['asks']);
  if (bids === undefined || asks === undefined) return rejected('bad-number', 'levels');
  return { kind: 'events', events: [{ kind: 'book', origin: 'deep', snapshot: true, layer, symbol, eventTime, bids, asks }] };
}

/**
 * An answer of `/api/v3/market/tickers` as the rate of the pair's currency, at the ticker's own time or else that of the answer; an empty side is an empty
 * text. Source: https://www.bitget.com/api-doc/uta/public/Tickers, read 2026-11-27.
 */
export function parseBitgetQuote(body: string, pair: RatePair): ParsedFrame {
  const root = parseJson(body);
  if (!isRecord(root)) return rejected('not-json', body.slice(0, 80));
  const data = root['data'];
  const row: unknown = Array.isArray(data) ? data[0] : undefined;
  if (root['code'] !== '00000' || !isRecord(row)) return rejected('unknown-shape', (asText(root['msg']) || 'no data').slice(0, 200));
  const symbol = asText(row['symbol']);
  if (symbol !== pair.symbol) return rejected('unknown-symbol', `${symbol.slice(0, 40)} for ${pair.symbol}`);
  const eventTime = readTime(row['ts'] ?? root['requestTime']);
  return eventTime === undefined ? rejected('bad-time', 'ts') : readCrossQuote(pair, row['bid1Price'], row['ask1Price'], eventTime);
}

const hasValue = (v: unknown): boolean => v !== undefined && v !== null && v !== '';

/** A price that may be absent: undefined when missing, empty or 0 (no price is 0), `bad` when it is no number. */
function optionalPrice(v: unknown): Price | undefined | 'bad' {
  if (!hasValue(v)) return undefined;
  const n = parseNonNegative(v);
  if (n === 0) return undefined;
  return isPrice(n) ? n : 'bad';
}
