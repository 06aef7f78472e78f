import type { Price, Qty, Ratio, Result } from '@breakwater/models/core';
import { currencyCode, epochMs, err, isPrice, isQty, ok } from '@breakwater/models/core';
import type { TickerEvent, TradeEvent, VenueInstrument } from '../../venue.ts';

/** A market of ccxt's unified list (https://docs.ccxt.com/#/?id=market-structure, read 2026-11), tied to its unified symbol. */
export interface CcxtMarket {
  /** ccxt's unified symbol, e.g. `OM/USDT:USDT`; what its methods take. */
  readonly unified: string;
  readonly type: 'spot' | 'swap';
  readonly listing: VenueInstrument;
}

/** Why a market of the list is not used. */
export type MarketReject = 'not-a-market' | 'other-type' | 'no-contract-size';

/** ccxt's `precisionMode`: decimal places 2, significant digits 3, tick size 4 (js/src/base/functions/number.js, 4.5.84). */
const DECIMAL_PLACES = 2;
const TICK_SIZE = 4;
/** The step assumed where an exchange gives none: the smallest that exchanges print. */
const SMALLEST_STEP = 1e-8;

/** Turns a market of `exchange.markets` into an instrument. `precisionMode` is the exchange's. */
export function toMarket(raw: unknown, precisionMode: number): Result<CcxtMarket, MarketReject> {
  const market = record(raw);
  const type = market['spot'] === true ? 'spot' : market['swap'] === true ? 'swap' : undefined;
  if (type === undefined) return err('other-type');
  const [unified, symbol, base, quote] = [market['symbol'], market['id'], market['base'], market['quote']];
  if (typeof unified !== 'string' || typeof symbol !== 'string' || typeof base !== 'string' || typeof quote !== 'string') return err('not-a-market');
  const contractSize = type === 'spot' ? 1 : number(market['contractSize']);
  if (contractSize === undefined || contractSize <= 0) return err('no-contract-size');
  const precision = record(market['precision']);
  const maxLeverage = number(record(record(market['limits'])['leverage'])['max']);
  return ok({
    unified, type,
    listing: {
      symbol, marketKind: type === 'spot' ? 'spot' : market['inverse'] === true ? 'inverse' : 'linear',
      base: currencyCode(base), quote: currencyCode(quote), settle: currencyCode(typeof market['settle'] === 'string' ? market['settle'] : quote),
      tickSize: step(precision['price'], precisionMode), lotSize: step(precision['amount'], precisionMode), contractSize,
      ...(maxLeverage === undefined || maxLeverage <= 0 ? {} : { maxLeverage }),
      trading: market['active'] !== false, dated: false,
    },
  });
}

function step(value: unknown, mode: number): number {
  const given = number(value);
  if (given === undefined) return SMALLEST_STEP;
  if (mode === TICK_SIZE) return given > 0 ? given : SMALLEST_STEP;
  // Significant digits say nothing of the step at a given price.
  return mode === DECIMAL_PLACES ? Number(`1e${-given}`) : SMALLEST_STEP;
}

/** Why a book is not published. `crossed-book` and `unordered-levels` mean that it was put together wrongly. */
export type BookProblem = 'crossed-book' | 'unordered-levels' | 'bad-number' | 'empty-book';

/** A checked book. Levels alternate price and quantity, best first; `eventTime` is the exchange's, when it says one. */
export interface CcxtBook {
  readonly bids: readonly number[];
  readonly asks: readonly number[];
  readonly eventTime?: number;
}

/** Copies the best `maxLevels` of a live ccxt book, checked: finite, positive, sorted, not crossed. */
export function toBook(raw: unknown, maxLevels: number): Result<CcxtBook, BookProblem> {
  const book = record(raw);
  const bids = side(book['bids'], maxLevels, -1);
  if (!bids.ok) return bids;
  const asks = side(book['asks'], maxLevels, 1);
  if (!asks.ok) return asks;
  const [bid, ask] = [bids.value[0], asks.value[0]];
  if (bid === undefined && ask === undefined) return err('empty-book');
  if (bid !== undefined && ask !== undefined && bid >= ask) return err('crossed-book');
  const eventTime = number(book['timestamp']);
  return ok({ bids: bids.value, asks: asks.value, ...(eventTime === undefined || eventTime <= 0 ? {} : { eventTime }) });
}

function side(raw: unknown, maxLevels: number, direction: 1 | -1): Result<readonly number[], BookProblem> {
  if (!Array.isArray(raw)) return err('bad-number');
  const levels: number[] = [];
  let before = direction === 1 ? 0 : Infinity;
  for (const level of raw.slice(0, maxLevels) as readonly unknown[]) {
    const [price, qty] = Array.isArray(level) ? (level as readonly unknown[]) : [];
    if (typeof price !== 'number' || typeof qty !== 'number' || !isPrice(price) || !isQty(qty)) return err('bad-number');
    if ((price - before) * direction <= 0) return err('unordered-levels');
    before = price;
    if (qty > 0) levels.push(price, qty);
  }
  return ok(levels);
}

/** Turns a trade (https://docs.ccxt.com/#/?id=trade-structure) of a market into an event; the error names the field. `side` is the taker's. */
export function toTrade(raw: unknown, symbol: string): Result<TradeEvent, 'bad-number' | 'bad-time' | 'missing-field'> {
  const trade = record(raw);
  const [price, qty, eventTime, way] = [number(trade['price']), number(trade['amount']), number(trade['timestamp']), trade['side']];
  if (price === undefined || !isPrice(price) || qty === undefined || !isQty(qty)) return err('bad-number');
  if (eventTime === undefined || eventTime <= 0) return err('bad-time');
  if (way !== 'buy' && way !== 'sell') return err('missing-field');
  const id = trade['id'];
  return ok({ kind: 'trade', symbol, eventTime: epochMs(eventTime), price, qty, side: way, ...(typeof id === 'string' && id !== '' ? { id } : {}) });
}

/** What a ticker message says besides its stamps. */
export type TickerFields = Omit<TickerEvent, 'kind' | 'symbol' | 'eventTime'>;

/** Turns a funding rate (https://docs.ccxt.com/#/?id=funding-rate-structure) into the fields it has; empty when it has none. */
export function toFunding(raw: unknown): TickerFields {
  const funding = record(raw);
  const [mark, index, rate, next, time] = ['markPrice', 'indexPrice', 'fundingRate', 'nextFundingRate', 'fundingTimestamp'].map((name) => number(funding[name]));
  return {
    ...(mark !== undefined && isPrice(mark) ? { mark: mark satisfies Price } : {}),
    ...(index !== undefined && isPrice(index) ? { index: index satisfies Price } : {}),
    ...(rate === undefined ? {} : { fundingRate: rate as Ratio }),
    ...(next === undefined ? {} : { nextFundingRate: next as Ratio }),
    ...(time === undefined || time <= 0 ? {} : { fundingTime: epochMs(time) }),
  };
}

/** Open interest in the instrument's unit (contracts); undefined when its unit cannot be told. `price` is a recent price of the market. */
export function toOpenInterest(raw: unknown, listing: VenueInstrument, unit: 'auto' | 'contracts' | 'base', price: number | undefined): Qty | undefined {
  const interest = record(raw);
  const amount = number(interest['openInterestAmount']);
  const value = number(interest['openInterestValue']);
  const contracts = (): number | undefined => {
    if (unit === 'contracts' || listing.contractSize === 1 && listing.marketKind !== 'inverse') return amount;
    if (unit === 'base' && listing.marketKind !== 'inverse') return amount === undefined ? undefined : amount / listing.contractSize;
    if (value === undefined) return undefined;
    if (listing.marketKind === 'inverse') return value / listing.contractSize;
    return price === undefined ? undefined : value / (price * listing.contractSize);
  };
  const found = contracts();
  return found !== undefined && isQty(found) ? found : undefined;
}

/** What came of an error of ccxt: a reason from a closed list, and whether the same call may succeed later. */
export interface CcxtFailure {
  readonly reason: CcxtReason;
  readonly retry: boolean;
}
/** Why a channel failed. A closed list; also the `reason` of `feed.health`. */
export type CcxtReason =
  | 'authentication' | 'not-supported' | 'bad-symbol' | 'bad-request' | 'restricted-location' | 'rate-limited' | 'request-timeout' | 'exchange-unavailable'
  | 'checksum-mismatch' | 'sequence-gap' | 'network' | 'socket-closed' | 'bad-answer' | 'exchange-error' | 'failed';

/** ccxt's error classes (js/src/base/errors.js, 4.5.84) by name; the nearest ancestor listed decides. */
const FAILURES: Readonly<Record<string, CcxtFailure>> = {
  AuthenticationError: { reason: 'authentication', retry: false },
  NotSupported: { reason: 'not-supported', retry: false },
  BadSymbol: { reason: 'bad-symbol', retry: false },
  BadRequest: { reason: 'bad-request', retry: false },
  ArgumentsRequired: { reason: 'bad-request', retry: false },
  RestrictedLocation: { reason: 'restricted-location', retry: false },
  InvalidProxySettings: { reason: 'bad-request', retry: false },
  DDoSProtection: { reason: 'rate-limited', retry: true },
  RateLimitExceeded: { reason: 'rate-limited', retry: true },
  RequestTimeout: { reason: 'request-timeout', retry: true },
  ExchangeNotAvailable: { reason: 'exchange-unavailable', retry: true },
  ChecksumError: { reason: 'checksum-mismatch', retry: true },
  InvalidNonce: { reason: 'sequence-gap', retry: true },
  NetworkError: { reason: 'network', retry: true },
  ExchangeClosedByUser: { reason: 'socket-closed', retry: true },
  UnsubscribeError: { reason: 'socket-closed', retry: true },
  BadResponse: { reason: 'bad-answer', retry: true },
  ExchangeError: { reason: 'exchange-error', retry: true },
};

/** Maps anything ccxt throws. Unknown errors are `failed` and tried again. */
export function toFailure(error: unknown): CcxtFailure {
  for (let at: unknown = typeof error === 'object' ? Object.getPrototypeOf(error) : null; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
    const name = (at as { readonly constructor?: { readonly name?: string } }).constructor?.name;
    const failure = name === undefined ? undefined : FAILURES[name];
    if (failure !== undefined) return failure;
  }
  return { reason: 'failed', retry: true };
}

function record(raw: unknown): Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null ? (raw as Readonly<Record<string, unknown>>) : {};
}

function number(raw: unknown): number | undefined {
  return typeof raw === 'number' && Number.isFinite(raw) ? raw : undefined;
}
