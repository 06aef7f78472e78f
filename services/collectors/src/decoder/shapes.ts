/**
 * How a venue prints its frequent frames, as data. A shape is the text of a frame with holes in it: everything outside `<...>` stands as it is printed.
 * A frame that differs from every shape in any byte, or whose hole holds anything unusual (an escape, an exponent, a leading zero, a zero price, a text
 * beyond ASCII), is left to the venue's `parseFrame`; so a shape need not cover everything, and cannot change what a frame means.
 *
 * | hole | stands for |
 * |---|---|
 * | `<symbol>` | the venue's symbol; all of a frame are the same; `<oldSymbol>` one that an older protocol prints, known by its name of now (`renamed`) |
 * | `<time>` | milliseconds since the epoch, 13 digits, `<decimalTime>` with or without decimals; `<iso>` a moment as in `2026-08-09T21:05:48.464857Z`. A shape without one is stamped with the time of receipt |
 * | `<nanos>` | nanoseconds since the epoch, 19 digits |
 * | `<latest>` | seconds since the epoch with decimals, as in `1618678142.557535`, of a level; the latest is the time of the frame |
 * | `<seq>`, `<firstSeq>`, `<previousSeq>`, `<checksum>` | the numbers of a book event; `<unsignedChecksum>` and `<unsignedPreviousSeq>` are never below 0 |
 * | `<frameNumber>` | the number of the frame on its connection |
 * | `<bids>`, `<asks>` | no or more levels of the shape's `level`, with commas between them; `<levels>` where each level names its side |
 * | `<price>`, `<qty>`, `<id>` | of a level or a trade; an `<id>` outside quotes is a whole number; `<signedQty>` of a trade, above zero when a buyer took, in quotes or not |
 * | `<priceOrNone>`, `<rising>` | of a level: a price whose 0 stands for no level; a number that never falls from level to level |
 * | `<trades>` | one or more rows of the shape's `row`, with commas between them |
 * | `<last>`, `<mark>`, `<index>`, `<openInterest>`, `<bothSides>` (open interest of both sides), `<funding>`, `<nextFunding>`, `<fundingTime>` (`<fundingSeconds>` in whole seconds), `<usdIndex>`, `<bestBid>`, `<bestAsk>` | figures of a ticker |
 * | `<fields>` | one or more members of an object in any order, each one of the shape's `fields`, none twice |
 * | `<snapshot:a\|b>`, `<buy:a\|b>`, `<bid:a\|b>`, `<gone:a\|b\|c>` | one of some words; the first says that it is a snapshot, that a buyer took, that the level is a bid, that it is removed; `<snapshot:a>` always says it |
 * | `<a\|b\|c>` | one of some words without a meaning |
 * | `<*>` | inside quotes any text up to what follows, outside them any JSON value; `<**>` no or more of those with commas between them |
 * | `<rest>` | of a frame that is not carried: whatever stands up to the text that ends it, which may be damaged and is not looked at; that text has no holes |
 */
export interface FrameShapes {
  readonly shapes: readonly FrameShape[];
  /** Symbols that the market type answers for, where a socket carries others too; frames of others are left to `parseFrame`. */
  readonly symbols?: RegExp;
  /** The symbol of now for one that an older protocol prints; undefined for what is none. */
  readonly renamed?: (printed: string) => string | undefined;
}

/** One form of a frame. */
export type FrameShape = BookShape | TradeShape | TickerShape | IgnoredShape;

interface Shape {
  /** The text of the frame. */
  readonly frame: string;
  /** The members that `<fields>` may hold: the text of each value by key. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Which of them must come; of trades everything that a trade is read from. */
  readonly required?: readonly string[];
  /** Which symbols the shape is of, where the frames of others mean something else. */
  readonly symbols?: RegExp;
}

/** A change or snapshot of a book. */
export interface BookShape extends Shape {
  readonly kind: 'book';
  /** The text of one level; absent where the frame itself is one change of a level. */
  readonly level?: string;
  /** True where the `<seq>` of such a change is both ends of a range. */
  readonly seqIsRange?: boolean;
  /** Levels a side that the stream keeps, where a snapshot without numbers says so. */
  readonly depth?: number;
  /** True where the time of a frame is also its sequence number. */
  readonly timeIsSequence?: boolean;
}

/** Trades. */
export interface TradeShape extends Shape {
  readonly kind: 'trade';
  /** The text of one trade, where the frame has `<trades>`; absent where the frame itself is one. */
  readonly row?: string;
}

/** Figures of a market. */
export interface TickerShape extends Shape {
  readonly kind: 'ticker';
  /** Channel under which a frame without any figure is ignored; without it such a frame is left to `parseFrame`. */
  readonly ignoredWithoutFigures?: string;
  /** Currencies by symbol whose dollars are `<usdIndex>` over `<last>`, or else the middle of `<bestBid>` and `<bestAsk>` where they are not crossed. */
  readonly rates?: Readonly<Record<string, string>>;
}

/** A frame that is not carried, told without reading it. */
export interface IgnoredShape extends Shape {
  readonly kind: 'ignored';
  /** The channel that `parseFrame` names. */
  readonly channel: string;
}
