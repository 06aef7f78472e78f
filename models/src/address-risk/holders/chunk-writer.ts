/** Chunks as they were at one moment, each by its number; the text is made when it is asked for. */
export type FrozenChunks = ReadonlyMap<number, () => string>;

/**
 * Writes many chunks a few at a time. Each chunk has two places, used in turn: until the last one is written those of before stand, so that whoever stops in between reads the state of before and loses
 * nothing.
 */
export interface ChunkWriter {
  /** Chunks that are still to be written. */
  left(): number;
  /** Begins with what was frozen. Only when nothing is left. */
  begin(frozen: FrozenChunks): void;
  /** Adds at most `most` texts to `parts`. With the last one the new places stand, and those of before are emptied: then it says true. */
  step(most: number, parts: Map<string, string>): boolean;
  /** Which place of each chunk stands, one character a chunk. */
  sides(): string;
}

/** The names of the two places of a chunk. */
const SIDES = ['a', 'b'] as const;

/** The names of the places that stand, by `sides`. */
export function chunkNames(sides: string): readonly string[] {
  return sides.split('').map((side, chunk) => `${side}${chunk}`);
}

/** Makes a writer. `from` says which places stand. */
export function createChunkWriter(from: string): ChunkWriter {
  let sides = from;
  let frozen: (readonly [chunk: number, text: () => string])[] = [];
  let at = 0;
  const other = (chunk: number): string => (sides[chunk] === SIDES[0] ? SIDES[1] : SIDES[0]);
  return {
    left: () => frozen.length - at,
    begin: (chunks) => {
      frozen = [...chunks];
      at = 0;
    },
    step: (most, parts) => {
      for (const end = Math.min(frozen.length, at + most); at < end; at++) {
        const [chunk, text] = frozen[at] ?? [0, () => ''];
        parts.set(`${other(chunk)}${chunk}`, text());
      }
      if (at < frozen.length) return false;
      const next = sides.split('');
      for (const [chunk] of frozen) {
        if (sides[chunk] !== undefined) parts.set(`${sides[chunk]}${chunk}`, '');
        next[chunk] = other(chunk);
      }
      sides = next.join('');
      frozen = [];
      at = 0;
      return true;
    },
    sides: () => sides,
  };
}
