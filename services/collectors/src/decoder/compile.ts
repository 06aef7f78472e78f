import { readerSource } from './generate.ts';
import type { Memory } from './memory.ts';
import { end, makeRoom, readIdNumber, readIdText, readSignedQty, readSymbol, tradeOf } from './memory.ts';
import { readDecimalMillis, readNanos, readWholeSeconds } from './read-times.ts';
import { readDecimal, readInteger, readIso, readMillis, readSeconds, readSigned, readText, skipValue, skipValues } from './read.ts';
import { room } from './room.ts';
import type { FrameShape } from './shapes.ts';

/** Reads the `length` bytes in the room; the number of the shape that they are, or -1. Allocates nothing but ids and trades. */
export type ReadFrame = (length: number, memory: Memory) => number;

/** What generated readers call and read from: constants of theirs, which are not looked up again at each use. */
const HELPERS = {
  end, makeRoom, readIdNumber, readIdText, readSignedQty, readSymbol, tradeOf, readDecimalMillis, readNanos, readWholeSeconds, readDecimal, readInteger, readIso, readMillis, readSeconds, readSigned, readText,
  skipValue, skipValues, bytes: room.bytes, words: room.words,
};

/** By their shapes: every decoder of a market type reads with the same code, which is then compiled by the engine once. */
const readers = new WeakMap<readonly FrameShape[], ReadFrame>();

/**
 * Compiles shapes to code, once: a text of JavaScript that compares words and calls readers, which the engine compiles as if it were written by hand. Where code may not be made from texts
 * (`--disallow-code-generation-from-strings`) the reader knows no frame, and all are left to the plain path. Throws for a mistake in a shape.
 */
export function compile(shapes: readonly FrameShape[]): ReadFrame {
  const held = readers.get(shapes);
  if (held !== undefined) return held;
  const source = readerSource(shapes);
  let reader: ReadFrame;
  try {
    // Only names of ours and numbers stand in the text: nothing that a venue sends gets into it.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
    reader = new Function('helpers', `'use strict';\nconst { ${Object.keys(HELPERS).join(', ')} } = helpers;\n${source}`)(HELPERS) as ReadFrame;
  } catch (error) {
    if (!(error instanceof EvalError)) throw error;
    reader = () => -1;
  }
  readers.set(shapes, reader);
  return reader;
}
