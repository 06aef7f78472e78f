import type { EpochMs, Ratio } from '@breakwater/models/core';
import { currencyCode, isPrice, isQty, ratio, usdRate } from '@breakwater/models/core';
import { numberedBook, printedBook, tradeEvent } from '../../events.ts';
import { readCrossQuote } from '../../cross-quote.ts';
import { asText, isRecord, parseJson, parseNonNegative, parsePositive, parseSigned, printedLevels, readLevels, readOptionalPrice, readSequence, readTime } from '../../numbers.ts';
import type { BookEvent, LiquidationEvent, ParsedFrame, RatePair, RejectReason, TickerEvent, TradeEvent, VenueEvent } from '../../venue.ts';
import type { OkxMarket } from './instruments.ts';
import { OKX_TYPE, okxMarketOf } from './instruments.ts';

/** Frames of OKX's v5 public sockets and answers of its REST books to events. Source: https://www.okx.com/docs-v5/en/, read 2026-11-21 and 2026-11-27. */

/** Channels that exist and are not carried: fewer levels of the same book, candles, bands, lists, trades beside the book; and ratios of accounts that recorders made of REST answers. */
const IGNORED = /^(?:bbo-tbt|books5|books-elp|books-rpi|books50-l2-tbt|price-limit|instruments|status|estimated-price|opt-summary|option-trades|adl-warning|economic-calendar|call-auction-details|block-tickers|public-(?:struc-)?block-trades|(?:long-short|taker-volume)[a-z-]*|.*candle.*)$/;

/** Index tickers that give the US dollars of a currency that markets are quoted in. */
const RATE_CURRENCY: ReadonlyMap<string, string> = new Map([['USDT-USD', 'USDT'], ['USDC-USD', 'USDC'], ['BTC-USD', 'BTC'], ['ETH-USD', 'ETH']]);

/**
 * Until then BTC's and ETH's USDC contracts followed the dollar index. Announced 2023-03-24 for 6 April ("OKX to adjust indexes on USDC margin, perpetual
 * swaps, and futures", wikibit.com/ru/notice/bdetail/202303247984842641.html, read 2026-11-27); recorded streams have it from this moment on.
 */
const USDC_INDEX_SINCE = Date.UTC(2023, 3, 10, 8, 40);

const rejected = (reason: RejectReason, detail: string): ParsedFrame => ({ kind: 'rejected', reason, detail });
/** A failure while reading one entry of a frame; it rejects the whole frame. */
interface Failure {
  readonly reason: RejectReason;
  readonly detail: string;
}
const failure = (reason: RejectReason, detail: string): Failure => ({ reason, detail });

/**
 * One frame of an OKX public socket. One socket serves every market type, so frames about another one are `ignored` as
 * `other-market:<channel>`. Index tickers speak of an index (`BTC-USDT`), which every contract on it follows; spot and swaps read `USDT-USD`, `USDC-USD`,
 * `BTC-USD` and `ETH-USD` as rates too. Cost: one JSON.parse and O(levels).
 */
export function parseOkxFrame(market: OkxMarket, text: string, receivedAt: EpochMs): ParsedFrame {
  if (text === 'pong') return { kind: 'control', control: 'pong' };
  const frame = parseJson(text);
  if (frame === undefined) return rejected('not-json', text.slice(0, 80));
  if (!isRecord(frame)) return rejected('unknown-shape', 'not an object');
  const event = frame['event'];
  if (typeof event === 'string') return control(event, frame);
  if ('table' in frame) return rejected('legacy-format', `v3 ${asText(frame['table']).slice(0, 40)}`);
  const arg = frame['arg'];
  const channel = isRecord(arg) ? arg['channel'] : undefined;
  const data = frame['data'];
  if (!isRecord(arg) || typeof channel !== 'string' || !Array.isArray(data)) return rejected('unknown-shape', Object.keys(frame).slice(0, 8).join(','));
  return carry(market, channel, arg, frame['action'], data, receivedAt);
}

function carry(market: OkxMarket, channel: string, arg: Record<string, unknown>, action: unknown, data: readonly unknown[], receivedAt: EpochMs): ParsedFrame {
  if (IGNORED.test(channel)) return { kind: 'ignored', channel };
  const symbol = arg['instId'];
  if (isOther(market, channel, symbol, arg['instType'])) return { kind: 'ignored', channel: `other-market:${channel}` };
  const out: VenueEvent[] = [];
  for (const row of data) {
    if (!isRecord(row)) return rejected('unknown-shape', channel);
    const read = readRow(market, channel, typeof symbol === 'string' ? symbol : '', action, row, receivedAt);
    if (read === undefined) return rejected('unknown-shape', `channel ${channel.slice(0, 40)}`);
    if ('reason' in read) return { kind: 'rejected', ...read };
    for (const event of read) out.push(event);
  }
  return { kind: 'events', events: out };
}

/** Whether a frame belongs to another market type of the venue. */
function isOther(market: OkxMarket, channel: string, symbol: unknown, type: unknown): boolean {
  // All liquidations of a type are one subscription.
  if (typeof symbol !== 'string') return typeof type === 'string' && type !== OKX_TYPE[market];
  if (channel === 'index-tickers') return market === 'spot' && !RATE_CURRENCY.has(symbol);
  return okxMarketOf(symbol) !== market;
}

/** Events of one entry, a failure, or undefined for a channel that does not exist. */
function readRow(market: OkxMarket, channel: string, symbol: string, action: unknown, row: Record<string, unknown>, receivedAt: EpochMs): readonly VenueEvent[] | Failure | undefined {
  switch (channel) {
    case 'books':
    case 'books-l2-tbt':
      return one(readBook(symbol, action, row));
    case 'trades':
    case 'trades-all':
      return one(readTrade(row));
    case 'tickers':
      return readTicker(row);
    case 'mark-price':
      return readMark(row);
    case 'index-tickers':
      return readIndex(market, row);
    case 'open-interest':
      return readOpenInterest(row);
    case 'funding-rate':
      return readFunding(row, receivedAt);
    case 'liquidation-orders':
      return readLiquidations(row['instId'], row['details']);
    // What recorders made of REST answers: one detail a row.
    case 'liquidations':
      return readLiquidations(symbol, [row]);
    default:
      return undefined;
  }
}

const one = (read: VenueEvent | Failure): readonly VenueEvent[] | Failure => ('reason' in read ? read : [read]);

function control(event: string, frame: Record<string, unknown>): ParsedFrame {
  const arg = frame['arg'];
  const key = isRecord(arg) ? `${asText(arg['channel'])}:${asText(arg['instId'] ?? arg['instType'])}` : undefined;
  const channels = key === undefined ? {} : { channels: [key] };
  switch (event) {
    case 'subscribe':
    case 'unsubscribe':
      return { kind: 'control', control: 'acknowledgement', ...channels };
    case 'error':
      return { kind: 'control', control: 'refused', ...channels, detail: `${asText(frame['code'])} ${asText(frame['msg'])}`.slice(0, 200) };
    // Sent before the venue closes a socket for an upgrade (code 64008), and counts of connections.
    case 'notice':
    case 'channel-conn-count':
    case 'channel-conn-count-error':
      return { kind: 'control', control: 'notice', detail: (asText(frame['msg']) || event).slice(0, 200) };
    default:
      return rejected('unknown-shape', `event ${event.slice(0, 40)}`);
  }
}

function readBook(symbol: string, action: unknown, row: Record<string, unknown>): BookEvent | Failure {
  const eventTime = readTime(row['ts']);
  if (symbol === '') return failure('missing-field', 'instId');
  if (eventTime === undefined) return failure('bad-time', 'ts');
  if (action !== 'snapshot' && action !== 'update') return failure('missing-field', 'action');
  const bids = readLevels(row['bids']);
  const asks = readLevels(row['asks']);
  if (bids === undefined || asks === undefined) return failure('bad-number', 'levels');
  const snapshot = action === 'snapshot';
  if (row['seqId'] !== undefined) {
    const last = readSequence(row['seqId']);
    const previous = readSequence(row['prevSeqId']);
    if (last === undefined || previous === undefined) return failure('bad-number', 'seqId, prevSeqId');
    return numberedBook(symbol, eventTime, snapshot, bids, asks, undefined, last, previous);
  }
  // Recorded before sequence numbers existed: the checksum is the only check, and needs the levels as printed.
  const checksum = row['checksum'];
  if (typeof checksum !== 'number') return failure('missing-field', 'seqId');
  return printedBook(symbol, eventTime, snapshot, bids, asks, checksum, { printedBids: printedLevels(row['bids']), printedAsks: printedLevels(row['asks']) });
}

function readTrade(row: Record<string, unknown>): TradeEvent | Failure {
  const stamp = readStamp(row);
  if ('reason' in stamp) return stamp;
  const price = parsePositive(row['px']);
  const qty = parsePositive(row['sz']);
  const side = row['side'];
  if (!isPrice(price) || !isQty(qty)) return failure('bad-number', 'px, sz');
  if (side !== 'buy' && side !== 'sell') return failure('missing-field', 'side');
  const id = row['tradeId'];
  return tradeEvent(stamp.symbol, stamp.eventTime, typeof id === 'string' ? id : undefined, price, qty, side);
}

function readTicker(row: Record<string, unknown>): readonly VenueEvent[] | Failure {
  const stamp = readStamp(row);
  if ('reason' in stamp) return stamp;
  const last = readOptionalPrice(row['last']);
  if (last === 'bad') return failure('bad-number', 'last');
  return last === undefined ? [] : [{ kind: 'ticker', ...stamp, last }];
}

function readMark(row: Record<string, unknown>): readonly VenueEvent[] | Failure {
  const stamp = readStamp(row);
  if ('reason' in stamp) return stamp;
  const mark = readOptionalPrice(row['markPx']);
  if (mark === 'bad') return failure('bad-number', 'markPx');
  return mark === undefined ? [] : [{ kind: 'ticker', ...stamp, mark }];
}

function readIndex(market: OkxMarket, row: Record<string, unknown>): readonly VenueEvent[] | Failure {
  const stamp = readStamp(row);
  if ('reason' in stamp) return stamp;
  const index = readOptionalPrice(row['idxPx']);
  if (index === 'bad') return failure('bad-number', 'idxPx');
  if (index === undefined) return [];
  const currency = RATE_CURRENCY.get(stamp.symbol);
  const rates: readonly VenueEvent[] = currency === undefined || market === 'futures' ? [] : [{ kind: 'rate', ...stamp, currency: currencyCode(currency), usd: usdRate(index) }];
  // A stablecoin's index is a rate and nothing else; spot markets follow none.
  if (market === 'spot' || currency === 'USDT' || currency === 'USDC') return rates;
  return [...indicesAt(stamp.symbol, stamp.eventTime).map((symbol): VenueEvent => ({ kind: 'index', symbol, eventTime: stamp.eventTime, price: index, ...(market === 'swap' ? { perpetual: `${symbol}-SWAP` } : {}) })), ...rates];
}

/** What the contracts that followed an index at a moment are taken to follow: itself, but for those in USDC before `USDC_INDEX_SINCE`. */
function indicesAt(symbol: string, at: EpochMs): readonly string[] {
  const [, base, quote] = /^(BTC|ETH)-(USDC?)$/.exec(symbol) ?? [];
  if (at >= USDC_INDEX_SINCE || base === undefined) return [symbol];
  return quote === 'USD' ? [symbol, `${base}-USDC`] : [];
}

/** `oi` is in contracts, the instrument's own unit. */
function readOpenInterest(row: Record<string, unknown>): readonly VenueEvent[] | Failure {
  const stamp = readStamp(row);
  if ('reason' in stamp) return stamp;
  const openInterest = parseNonNegative(row['oi']);
  return isQty(openInterest) ? [{ kind: 'ticker', ...stamp, openInterest }] : failure('bad-number', 'oi');
}

function readFunding(row: Record<string, unknown>, receivedAt: EpochMs): readonly VenueEvent[] | Failure {
  const symbol = row['instId'];
  if (typeof symbol !== 'string' || symbol === '') return failure('missing-field', 'instId');
  const fundingRate = optionalRatio(row['fundingRate']);
  // Empty where the venue settles the current period's rate.
  const nextFundingRate = optionalRatio(row['nextFundingRate']);
  if (fundingRate === 'bad' || nextFundingRate === 'bad') return failure('bad-number', 'fundingRate');
  const fundingTime = readTime(row['fundingTime']);
  const event: TickerEvent = {
    kind: 'ticker', symbol,
    // `ts` was added later; recorded frames have none.
    eventTime: readTime(row['ts']) ?? receivedAt,
    ...(fundingRate === undefined ? {} : { fundingRate }),
    ...(nextFundingRate === undefined ? {} : { nextFundingRate }),
    ...(fundingTime === undefined ? {} : { fundingTime }),
  };
  return [event];
}

/** Liquidations of one contract: at most one a second is pushed, so totals are lower bounds. `bkPx` is the bankruptcy price, `sz` is in contracts. */
function readLiquidations(symbol: unknown, list: unknown): readonly VenueEvent[] | Failure {
  if (typeof symbol !== 'string' || symbol === '') return failure('missing-field', 'instId');
  if (!Array.isArray(list)) return failure('missing-field', 'details');
  const details: readonly unknown[] = list;
  const out: LiquidationEvent[] = [];
  for (const detail of details) {
    if (!isRecord(detail)) return failure('unknown-shape', 'details');
    const eventTime = readTime(detail['ts']);
    if (eventTime === undefined) return failure('bad-time', 'details.ts');
    const price = parsePositive(detail['bkPx']);
    const qty = parsePositive(detail['sz']);
    const side = detail['side'];
    if (!isPrice(price) || !isQty(qty)) return failure('bad-number', 'details.bkPx, details.sz');
    if (side !== 'buy' && side !== 'sell') return failure('missing-field', 'details.side');
    out.push({ kind: 'liquidation', symbol, eventTime, price, qty, side, disclosure: 'sampled' });
  }
  return out;
}

/**
 * An answer of `/api/v5/market/books` (`seed`, up to 400 levels, with `seqId`) or `/api/v5/market/books-full` (`deep`, up to 5,000, without)
 * as a snapshot of `symbol`'s book.
 */
export function parseOkxDepth(body: string, symbol: string, origin: 'seed' | 'deep'): ParsedFrame {
  const root = parseJson(body);
  if (!isRecord(root)) return rejected('not-json', body.slice(0, 80));
  const data = root['data'];
  const row: unknown = Array.isArray(data) ? data[0] : undefined;
  if (root['code'] !== '0' || !isRecord(row)) return rejected('unknown-shape', (asText(root['msg']) || 'no data').slice(0, 200));
  const eventTime = readTime(row['ts']);
  if (eventTime === undefined) return rejected('bad-time', 'ts');
  const bids = readLevels(row['bids']);
  const asks = readLevels(row['asks']);
  if (bids === undefined || asks === undefined) return rejected('bad-number', 'levels');
  const last = readSequence(row['seqId']);
  return { kind: 'events', events: [{ kind: 'book', origin, snapshot: true, symbol, eventTime, bids, asks, ...(last === undefined ? {} : { last }) }] };
}

/**
 * An answer of `/api/v5/market/ticker` as the rate of the pair's currency, at the ticker's own time; an empty side is an empty text. `/market/exchange-rate`
 * would not do: it has the yuan alone, averaged over two weeks. Nor do index tickers: no list says which there are, while spot markets are listed with their state.
 * Source: https://www.okx.com/docs-v5/en/#order-book-trading-market-data-get-ticker, read 2026-11-27.
 */
export function parseOkxQuote(body: string, pair: RatePair): ParsedFrame {
  const root = parseJson(body);
  if (!isRecord(root)) return rejected('not-json', body.slice(0, 80));
  const data = root['data'];
  const row: unknown = Array.isArray(data) ? data[0] : undefined;
  if (root['code'] !== '0' || !isRecord(row)) return rejected('unknown-shape', (asText(root['msg']) || 'no data').slice(0, 200));
  const stamp = readStamp(row);
  if ('reason' in stamp) return { kind: 'rejected', ...stamp };
  return stamp.symbol === pair.symbol ? readCrossQuote(pair, row['bidPx'], row['askPx'], stamp.eventTime) : rejected('unknown-symbol', `${stamp.symbol.slice(0, 40)} for ${pair.symbol}`);
}

function readStamp(row: Record<string, unknown>): { readonly symbol: string; readonly eventTime: EpochMs } | Failure {
  const symbol = row['instId'];
  if (typeof symbol !== 'string' || symbol === '') return failure('missing-field', 'instId');
  const eventTime = readTime(row['ts']);
  return eventTime === undefined ? failure('bad-time', 'ts') : { symbol, eventTime };
}

function optionalRatio(v: unknown): Ratio | undefined | 'bad' {
  if (v === undefined || v === null || v === '') return undefined;
  const n = parseSigned(v);
  return Number.isNaN(n) ? 'bad' : ratio(n);
}
