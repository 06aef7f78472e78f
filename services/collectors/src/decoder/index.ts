import type { EpochMs, Ratio } from '@breakwater/models/core';
import { currencyCode, usdRate } from '@breakwater/models/core';
import type { Price, Qty } from '@breakwater/models/core';
import type { BookEvent, TickerEvent } from '../events.ts';
import { numberedBook, printedBook } from '../events.ts';
import type { ParsedFrame } from '../venue.ts';
import { compile } from './compile.ts';
import { marksLevels } from './generate.ts';
import type { Found, Memory } from './memory.ts';
import { createMemory, Reg, tradeOf } from './memory.ts';
import { enter, room } from './room.ts';
import type { BookShape, FrameShape, FrameShapes, TickerShape } from './shapes.ts';
import { createTexts } from './texts.ts';

export type * from './shapes.ts';

/** Reads frames that have one of a venue's shapes straight from their bytes. */
export interface Decoder {
  /**
   * What `parseFrame` would say of the frame, or undefined when its bytes are not exactly one of the shapes: then `parseFrame` must be asked. Never throws. About a
   * nanosecond a byte.
   */
  decode(bytes: Uint8Array, receivedAt: EpochMs): ParsedFrame | undefined;
  /** What the frame decoded last was: known without a look at its events, which come in many forms. */
  kind(): FrameShape['kind'];
}

/**
 * Makes the decoder of one market type. Compiles the shapes; throws for a mistake in one. `named` gives the text that a symbol is known by elsewhere: one text that
 * is the same object everywhere is compared at once.
 */
export function createDecoder({ shapes, symbols, renamed }: FrameShapes, named: (symbol: string) => string = (symbol) => symbol): Decoder {
  const readFrame = compile(shapes);
  const texts = createTexts((text) => (symbols === undefined || symbols.test(text) ? named(text) : ''));
  const oldTexts = createTexts((text) => {
    const symbol = renamed?.(text);
    return symbol === undefined ? '' : named(symbol);
  });
  const memory: Memory = createMemory(texts, oldTexts, marksLevels(shapes));
  const proofs = shapes.map(proofOf);
  const ignored = shapes.map((shape): ParsedFrame => ({ kind: 'ignored', channel: shape.kind === 'ignored' ? shape.channel : shape.kind === 'ticker' ? (shape.ignoredWithoutFigures ?? '') : '' }));
  let kind: FrameShape['kind'] = 'ignored';
  return {
    kind: () => kind,
    decode: (bytes, receivedAt) => {
      if (!enter(bytes)) return undefined;
      const { found } = memory;
      if (found.trades.length > 0) found.trades = [];
      const number = readFrame(bytes.length, memory);
      // A place that no list has would make every look-up of one slow.
      const shape = number < 0 ? undefined : shapes[number];
      if (shape === undefined) return undefined;
      const meaning = meaningOf(shape, found, receivedAt, memory.marks, ignored[number]);
      // A venue that numbers its books goes on doing so: what proves nothing is not kept. The first frame without numbers is left to the plain path.
      if (proofs[number] === 'numbers') memory.marks = false;
      else if (proofs[number] === 'checksum' && !memory.marks) {
        memory.marks = true;
        return undefined;
      }
      kind = meaning === ignored[number] ? 'ignored' : shape.kind;
      if (meaning === undefined || (found.has & bit(Reg.FrameNumber)) === 0) return meaning;
      return { ...meaning, frameNumber: found.numbers[Reg.FrameNumber] ?? NaN } as ParsedFrame;
    },
  };
}

/** By what a book with a checksum is proven: by its sequence numbers where it has some beside it. */
function proofOf(shape: FrameShape): 'numbers' | 'checksum' | undefined {
  if (shape.kind !== 'book' || !/<(?:checksum|unsignedChecksum)>/.test(shape.frame)) return undefined;
  return shape.frame.includes('<seq>') ? 'numbers' : 'checksum';
}

function meaningOf(shape: FrameShape, found: Found, receivedAt: EpochMs, marked: boolean, ignored: ParsedFrame | undefined): ParsedFrame | undefined {
  if (shape.symbols !== undefined && !shape.symbols.test(found.symbol)) return undefined;
  switch (shape.kind) {
    case 'book': {
      const event = shape.level === undefined ? changeOf(shape, found, receivedAt) : bookOf(shape, found, receivedAt, marked);
      return event === undefined ? undefined : { kind: 'events', events: [event] };
    }
    case 'trade':
      return { kind: 'events', events: shape.row === undefined ? [tradeOf(found, found.buy)] : found.trades };
    case 'ticker':
      return tickerFrame(shape, found, receivedAt, ignored);
    case 'ignored':
      return ignored;
  }
}

const NONE: readonly number[] = [];
const bit = (register: number): number => 1 << register;
const timeOf = (found: Found, receivedAt: EpochMs): EpochMs => ((found.has & bit(Reg.Time)) === 0 ? receivedAt : (found.numbers[Reg.Time] as EpochMs));

/** A frame that is one change of a level; a price of 0 stands for no level. */
function changeOf(shape: BookShape, found: Found, receivedAt: EpochMs): BookEvent {
  const { numbers, symbol, bid } = found;
  const price = numbers[Reg.Price] ?? NaN;
  const level = price === 0 ? NONE : [price, numbers[Reg.Qty] ?? NaN];
  const last = numbers[Reg.Seq];
  return numberedBook(symbol, timeOf(found, receivedAt), false, bid ? level : NONE, bid ? NONE : level, shape.seqIsRange === true ? last : undefined, last);
}

function bookOf(shape: BookShape, found: Found, receivedAt: EpochMs, marked: boolean): BookEvent | undefined {
  const { numbers, has, symbol } = found;
  const eventTime = timeOf(found, receivedAt);
  const { snapshot } = found;
  const bids = found.bidCount === 0 ? NONE : found.bids.slice(0, found.bidCount);
  const asks = found.askCount === 0 ? NONE : found.asks.slice(0, found.askCount);
  if (shape.timeIsSequence === true) return snapshot && (removes(bids) || removes(asks)) ? undefined : numberedBook(symbol, eventTime, snapshot, bids, asks, undefined, eventTime);
  const last = (has & bit(Reg.Seq)) === 0 ? undefined : numbers[Reg.Seq];
  const first = (has & bit(Reg.First)) === 0 ? undefined : numbers[Reg.First];
  const previous = (has & bit(Reg.Previous)) === 0 ? undefined : numbers[Reg.Previous];
  // Small numbers are where venues hide special meanings.
  if (previous === 0 || previous === 1) return undefined;
  // A checksum beside sequence numbers proves nothing that they do not.
  if (last !== undefined) return first !== undefined && last < first ? undefined : numberedBook(symbol, eventTime, snapshot, bids, asks, first, last, previous);
  if ((has & NUMBERED) !== 0) return undefined;
  const checksum = (has & bit(Reg.Checksum)) === 0 ? undefined : (numbers[Reg.Checksum] ?? NaN);
  // A CRC-32 has 32 bits.
  if (checksum !== undefined && checksum > 0xffff_ffff) return undefined;
  const { words } = room;
  // A snapshot without a checksum is what the checksums after it are of.
  const printed = marked ? { bids: { words, marks: found.bidMarks.places }, asks: { words, marks: found.askMarks.places } } : undefined;
  return printedBook(symbol, eventTime, snapshot, bids, asks, checksum, { printed, depth: shape.depth });
}

/** Whether levels are removed, which a snapshot has no use for. */
function removes(levels: readonly number[]): boolean {
  for (let i = 1; i < levels.length; i += 2) if (levels[i] === 0) return true;
  return false;
}

const NUMBERED = (1 << Reg.Seq) | (1 << Reg.First) | (1 << Reg.Previous);

function tickerFrame(shape: TickerShape, found: Found, receivedAt: EpochMs, ignored: ParsedFrame | undefined): ParsedFrame | undefined {
  const { numbers, has, symbol } = found;
  if ((has & FIGURES) === 0) return shape.ignoredWithoutFigures === undefined ? undefined : ignored;
  const eventTime = timeOf(found, receivedAt);
  // Every member at once: tickers then have one form, whichever figures a frame brings.
  const event: { -readonly [K in keyof TickerEvent]: TickerEvent[K] } = {
    kind: 'ticker', symbol, eventTime, last: undefined, mark: undefined, index: undefined, openInterest: undefined, printedOpenInterest: undefined, fundingRate: undefined, nextFundingRate: undefined, fundingTime: undefined,
  };
  if ((has & bit(Reg.Last)) !== 0) event.last = numbers[Reg.Last] as Price;
  if ((has & bit(Reg.Mark)) !== 0) event.mark = numbers[Reg.Mark] as Price;
  if ((has & bit(Reg.Index)) !== 0) event.index = numbers[Reg.Index] as Price;
  if ((has & OPEN_INTEREST) !== 0) {
    const [one, both] = [numbers[Reg.OpenInterest], numbers[Reg.BothSides]];
    event.openInterest = ((has & bit(Reg.OpenInterest)) === 0 ? both : one) as Qty;
    if ((has & OPEN_INTEREST) === OPEN_INTEREST) {
      // Equal numbers may be printed in two ways.
      if (one === both) return undefined;
      event.printedOpenInterest = both as Qty;
    }
  }
  if ((has & bit(Reg.Funding)) !== 0) event.fundingRate = numbers[Reg.Funding] as Ratio;
  if ((has & bit(Reg.NextFunding)) !== 0) event.nextFundingRate = numbers[Reg.NextFunding] as Ratio;
  if ((has & bit(Reg.FundingTime)) !== 0) event.fundingTime = numbers[Reg.FundingTime] as EpochMs;
  const currency = shape.rates === undefined ? undefined : ratesOf(shape.rates).get(symbol);
  const usd = currency === undefined ? NaN : dollarsOf(found);
  if (currency === undefined || usd !== usd) return { kind: 'events', events: [event] };
  return { kind: 'events', events: [event, { kind: 'rate', symbol, eventTime, currency: currencyCode(currency), usd: usdRate(usd) }] };
}

/** The dollars that a ticker gives for a currency; NaN for none. */
function dollarsOf({ numbers, has }: Found): number {
  if ((has & bit(Reg.UsdIndex)) !== 0) return (has & bit(Reg.Last)) === 0 ? NaN : (numbers[Reg.UsdIndex] ?? NaN) / (numbers[Reg.Last] ?? NaN);
  const [bid, ask] = [numbers[Reg.Bid] ?? NaN, numbers[Reg.Ask] ?? NaN];
  return (has & QUOTES) === QUOTES && bid <= ask ? (bid + ask) / 2 : NaN;
}

const QUOTES = (1 << Reg.Bid) | (1 << Reg.Ask);

/** A table of a shape as a map: texts made from bytes are slow names of properties. */
const maps = new WeakMap<object, ReadonlyMap<string, string>>();
function ratesOf(rates: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const held = maps.get(rates) ?? new Map(Object.entries(rates));
  maps.set(rates, held);
  return held;
}

const OPEN_INTEREST = (1 << Reg.OpenInterest) | (1 << Reg.BothSides);
const FIGURES = (1 << Reg.Last) | (1 << Reg.Mark) | (1 << Reg.Index) | OPEN_INTEREST | (1 << Reg.Funding) | (1 << Reg.NextFunding) | (1 << Reg.FundingTime);
