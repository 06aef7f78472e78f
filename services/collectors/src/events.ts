import type { CurrencyCode, EpochMs, Price, Qty, Ratio, UsdRate } from '@breakwater/models/core';
import type { PairRate } from '@breakwater/models/market';
import type { PrintedBytes } from './book/printed-side.ts';

/** Something a venue said about one of its markets (by venue symbol), in our units but not yet tied to an asset. */
export type VenueEvent = BookEvent | TradeEvent | TickerEvent | IndexEvent | LiquidationEvent | AccountEvent | RateEvent | CrossRateEvent;

interface EventStamp {
  readonly symbol: string;
  /** As the frame prints it, where an older protocol names the market otherwise; only for the interchange form. */
  readonly printedSymbol?: string | undefined;
  readonly eventTime: EpochMs;
}

/** A change or snapshot of a book, not yet checked by the venue's rule. Levels alternate price, quantity; in any order; quantity 0 removes. */
export interface BookEvent extends EventStamp {
  readonly kind: 'book';
  /** `live` is the stream the rule applies to; `deep` a polled snapshot used only below the live levels; `seed` the polled snapshot that the rule itself needs (with `snapshot` false a part of it, which some rules complete a book from). */
  readonly origin: 'live' | 'deep' | 'seed';
  readonly snapshot: boolean;
  /** Of a deep snapshot: 0 (or absent) is the finest the venue gives, each next one coarser and used only below the last level of the one before. */
  readonly layer?: number;
  readonly bids: readonly number[];
  readonly asks: readonly number[];
  /** The venue's sequence numbers; which exist differs by venue. Absent is not 0. */
  readonly first?: number | undefined;
  readonly last?: number | undefined;
  readonly previous?: number | undefined;
  readonly checksum?: number | undefined;
  /** Levels a side that the stream keeps, where a frame says so and the venue does not remove what falls out of it. */
  readonly depth?: number | undefined;
  /** The levels as printed, kept only where a checksum needs them: alternating price, quantity. */
  readonly printedBids?: readonly string[] | undefined;
  readonly printedAsks?: readonly string[] | undefined;
  /** The same from the byte decoder, instead of texts; good only while the event is handed on. */
  readonly printed?: { readonly bids: PrintedBytes; readonly asks: PrintedBytes } | undefined;
}
export interface TradeEvent extends EventStamp {
  readonly kind: 'trade';
  readonly id?: string | undefined;
  readonly price: Price;
  readonly qty: Qty;
  /** What the venue prints as its size, where that counts something else (a value); only for the interchange form. */
  readonly printedQty?: Qty;
  readonly side: 'buy' | 'sell';
}
export interface TickerEvent extends EventStamp {
  readonly kind: 'ticker';
  readonly last?: Price | undefined;
  readonly mark?: Price | undefined;
  readonly index?: Price | undefined;
  /** Of one side. */
  readonly openInterest?: Qty | undefined;
  /** What the venue prints as its open interest, where that is not of one side; only for the interchange form. */
  readonly printedOpenInterest?: Qty | undefined;
  readonly fundingRate?: Ratio | undefined;
  readonly nextFundingRate?: Ratio | undefined;
  readonly fundingTime?: EpochMs | undefined;
  /** What archives carry as the rates of a frame, where that is not relative to the price; only for the interchange form. */
  readonly printedFundingRate?: Ratio | undefined;
  readonly printedNextFundingRate?: Ratio | undefined;
}
/**
 * An index price that several markets share: told as their ticker to all of them that are watched (`Venue.indexName`). `symbol` is the index as the venue
 * names it; `perpetual` the market named after it, where one is, for the interchange form, which knows no list of markets.
 */
export interface IndexEvent extends EventStamp {
  readonly kind: 'index';
  readonly price: Price;
  readonly perpetual?: string;
}
export interface LiquidationEvent extends EventStamp {
  readonly kind: 'liquidation';
  /** Tells repeats apart, where the venue sends its last ones again to a new subscription. Not published. */
  readonly id?: string;
  readonly price: Price;
  readonly qty: Qty;
  /** What the venue prints as its size, where that counts something else (a value); only for the interchange form. */
  readonly printedQty?: Qty;
  readonly side: 'buy' | 'sell';
  readonly disclosure: 'complete' | 'sampled';
}
/** Every position of an account, whatever its markets. `symbol` is the account: its address in lower case. */
export interface AccountEvent extends EventStamp {
  readonly kind: 'account';
  readonly positions: readonly AccountPosition[];
}
/** A position of an account in one market, by venue symbol. */
export interface AccountPosition {
  readonly symbol: string;
  /** Signed, in the instrument's unit; above zero a long, never 0. */
  readonly qty: number;
  readonly entryPrice: Price;
  /** Margin held for it, quote currency. */
  readonly marginUsed: number;
  readonly leverage: 'cross' | 'isolated';
  /** As the venue says it; null when no price would. */
  readonly liquidationPrice: Price | null;
  /** The same by the venue's published rules from the rest of the answer: a check of both. Null when no price would, absent where the answer does not say enough. */
  readonly ownLiquidationPrice?: number | null;
  /** Value at the mark, quote currency, >= 0. */
  readonly value: number;
}
/** US dollars for one unit of a quote currency. `symbol` is what it was read from. */
export interface RateEvent extends EventStamp {
  readonly kind: 'rate';
  readonly currency: CurrencyCode;
  readonly usd: UsdRate;
}
/** What one unit of a quote currency is worth in another, from the best bid and ask of the spot market `symbol` between them. */
export interface CrossRateEvent extends EventStamp {
  readonly kind: 'rate.cross';
  readonly rate: PairRate;
}

/** A live change or snapshot that sequence numbers prove. Frequent events have one form each, whatever a venue gives: what they all pass through then meets one kind of object. */
export function numberedBook(
  symbol: string, eventTime: EpochMs, snapshot: boolean, bids: readonly number[], asks: readonly number[], first: number | undefined, last: number | undefined, previous?: number,
): BookEvent {
  return { kind: 'book', symbol, eventTime, origin: 'live', snapshot, bids, asks, first, last, previous, checksum: undefined, printed: undefined, printedBids: undefined, printedAsks: undefined, depth: undefined, printedSymbol: undefined };
}

/** The same of one that a checksum proves, or nothing yet, with its levels as printed. */
export function printedBook(
  symbol: string, eventTime: EpochMs, snapshot: boolean, bids: readonly number[], asks: readonly number[], checksum: number | undefined,
  { printed, printedBids, printedAsks, depth, printedSymbol }: Pick<BookEvent, 'printed' | 'printedBids' | 'printedAsks' | 'depth' | 'printedSymbol'>,
): BookEvent {
  return { kind: 'book', symbol, eventTime, origin: 'live', snapshot, bids, asks, first: undefined, last: undefined, previous: undefined, checksum, printed, printedBids, printedAsks, depth, printedSymbol };
}

/** A trade, in the one form of all. */
export function tradeEvent(symbol: string, eventTime: EpochMs, id: string | undefined, price: Price, qty: Qty, side: TradeEvent['side']): TradeEvent {
  return { kind: 'trade', symbol, eventTime, id, price, qty, side };
}
