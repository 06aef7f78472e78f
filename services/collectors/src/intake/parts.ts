import type { TickerMessage } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import type { WatchedInstrument } from '../registry.ts';
import type { Source } from '../source.ts';
import type { TickerEvent } from '../venue.ts';

/** Adds one to a counter of a table. */
export function count(table: Record<string, number>, key: string): void {
  table[key] = (table[key] ?? 0) + 1;
}

/** Counters by key for what most frames are: found in a map, which costs less than a property whose name is known only when running. */
export interface Tally {
  add(key: string): void;
  table(): Record<string, number>;
}

/** Makes a tally of nothing. */
export function createTally(): Tally {
  const counts = new Map<string, { n: number }>();
  return {
    add: (key) => {
      const held = counts.get(key);
      if (held === undefined) counts.set(key, { n: 1 });
      else held.n++;
    },
    table: () => Object.fromEntries([...counts].map(([key, { n }]) => [key, n])),
  };
}

/** The counters that are above zero. */
export function positive(table: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(table).filter(([, n]) => n > 0));
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Stands in a text for bytes that are not UTF-8, and marks the order of bytes at the beginning of some; either may also have been sent. */
const REPLACEMENT = '\ufffd';
const BYTE_ORDER_MARK = 0xfeff;

/** The text of a frame, or undefined when it is not UTF-8. */
export function decodeFrame(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString();
  // Nearly all frames are ASCII, in which neither can be found, and are turned to text once.
  if (!text.includes(REPLACEMENT) && text.charCodeAt(0) !== BYTE_ORDER_MARK) return text;
  try {
    return strictUtf8.decode(buffer);
  } catch {
    return undefined;
  }
}

/** `levels` with prices falling (`direction` -1) or rising (1); the list itself when it is so already, as most venues send it. */
export function bestFirst(levels: readonly number[], direction: -1 | 1): readonly number[] {
  const order = orderOf(levels, direction);
  if (order === 'best-first') return levels;
  if (order === 'worst-first') return backwards(levels);
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0; i + 1 < levels.length; i += 2) pairs.push([levels[i] ?? NaN, levels[i + 1] ?? NaN]);
  return pairs.sort((a, b) => (a[0] - b[0]) * direction).flat();
}

function orderOf(levels: readonly number[], direction: -1 | 1): 'best-first' | 'worst-first' | 'mixed' {
  if (levels.length < 4) return 'best-first';
  const backward = ((levels[2] ?? NaN) - (levels[0] ?? NaN)) * direction < 0;
  const sign = backward ? -direction : direction;
  // Of equal prices the later one counts, so turning them round would change what is said.
  for (let i = 2; i < levels.length; i += 2) {
    const step = ((levels[i] ?? NaN) - (levels[i - 2] ?? NaN)) * sign;
    if (step < 0 || (backward && step === 0)) return 'mixed';
  }
  return backward ? 'worst-first' : 'best-first';
}

function backwards(levels: readonly number[]): readonly number[] {
  const out = levels.slice();
  for (let i = 0, j = levels.length - 2; j >= 0; i += 2, j -= 2) {
    out[i] = levels[j] ?? NaN;
    out[i + 1] = levels[j + 1] ?? NaN;
  }
  return out;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type FigureName = 'last' | 'mark' | 'index' | 'openInterest' | 'fundingRate' | 'nextFundingRate' | 'fundingTime';
type Figures = Pick<TickerEvent, FigureName>;

/** The message of a ticker: only the fields that the venue sent. */
export function tickerMessage(event: Figures & { readonly eventTime: EpochMs }, source: Source, watched: WatchedInstrument, receivedAt: EpochMs): TickerMessage {
  const { eventTime, last, mark, index, openInterest, fundingRate, fundingTime } = event;
  const { asset, id: instrument } = watched;
  // Derivatives have all of these as a rule: at once they cost a third of what they cost one by one.
  if (last !== undefined && mark !== undefined && index !== undefined && openInterest !== undefined && fundingRate !== undefined && fundingTime !== undefined && event.nextFundingRate === undefined) {
    return { kind: 'ticker', source: source.id, seq: source.nextSeq(), eventTime, receivedAt, asset, instrument, last, mark, index, openInterest, fundingRate, fundingTime };
  }
  const message: Mutable<TickerMessage> = { kind: 'ticker', source: source.id, seq: source.nextSeq(), eventTime, receivedAt, asset, instrument };
  putFigures(message, event);
  return message;
}

/** Puts the figures that an event has over those held, which may be of a message or of a ticker that frames change piece by piece. */
export function putFigures(held: Mutable<Pick<TickerMessage, FigureName>> | Mutable<Figures>, event: Figures): void {
  if (event.last !== undefined) held.last = event.last;
  if (event.mark !== undefined) held.mark = event.mark;
  if (event.index !== undefined) held.index = event.index;
  if (event.openInterest !== undefined) held.openInterest = event.openInterest;
  if (event.fundingRate !== undefined) held.fundingRate = event.fundingRate;
  if (event.nextFundingRate !== undefined) held.nextFundingRate = event.nextFundingRate;
  if (event.fundingTime !== undefined) held.fundingTime = event.fundingTime;
}
