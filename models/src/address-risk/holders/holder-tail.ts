import type { HolderBlock } from './holder-table.ts';

/** Blocks that are not in the chunks yet, as text in segments: a block more writes the last segment again, not all of them. */
export interface HolderTail {
  push(block: HolderBlock): void;
  /** Takes the last block away, which is above all that were let go of. */
  pop(): void;
  /** Blocks up to `number` are in the chunks: segments of nothing else are gone. */
  drop(number: number): void;
  /** Blocks up to `number` are never taken away: the text of full segments of nothing else is not kept once it is written. */
  settle(number: number): void;
  /** The number of the first segment, and how many there are. */
  first(): number;
  segments(): number;
  /** Segments changed since the last call of `written`, as text; an empty one where the segment is gone. */
  changed(): ReadonlyMap<number, string>;
  written(): void;
}

/** A segment is full with so many transfers, about 30 kB of text. */
const SEGMENT_TRANSFERS = 256;

interface Segment {
  /** The text of each block; empty once it is let go of. */
  blocks: { readonly number: number; readonly transfers: number; readonly text: string }[];
  transfers: number;
  /** The last block of those that were let go of. */
  last: number;
}

/** Makes an empty tail, whose first segment has the number `from`. */
export function createTail(from: number): HolderTail {
  const segments: Segment[] = [];
  const dirty = new Set<number>();
  let first = from;
  // Of the segments, those that were let go of.
  let released = 0;
  const lastOf = (segment: Segment): number => segment.blocks.at(-1)?.number ?? segment.last;
  return {
    push: (block) => {
      let last = segments.at(-1);
      if (last === undefined || last.transfers >= SEGMENT_TRANSFERS) {
        last = { blocks: [], transfers: 0, last: -1 };
        segments.push(last);
      }
      last.blocks.push({ number: block.number, transfers: block.transfers.length, text: writeBlock(block) });
      last.transfers += block.transfers.length;
      dirty.add(first + segments.length - 1);
    },
    pop: () => {
      const last = segments.at(-1);
      if (last === undefined) return;
      dirty.add(first + segments.length - 1);
      last.transfers -= last.blocks.pop()?.transfers ?? 0;
      if (last.blocks.length === 0) segments.pop();
    },
    drop: (number) => {
      let gone = 0;
      for (const segment of segments) {
        if (lastOf(segment) > number) break;
        dirty.add(first + gone++);
      }
      segments.splice(0, gone);
      first += gone;
      released = Math.max(0, released - gone);
    },
    settle: (number) => {
      for (let segment = segments[released]; segment !== undefined; segment = segments[released]) {
        if (segment.transfers < SEGMENT_TRANSFERS || lastOf(segment) > number || dirty.has(first + released)) return;
        segment.last = lastOf(segment);
        segment.blocks = [];
        released++;
      }
    },
    first: () => first,
    segments: () => segments.length,
    changed: () => new Map([...dirty].sort((x, y) => x - y).map((index): [number, string] => {
      const segment = segments[index - first];
      return [index, segment === undefined ? '' : `[${segment.blocks.map(({ text }) => text).join(',')}]`];
    })),
    written: () => dirty.clear(),
  };
}

function writeBlock({ number, at, transfers }: HolderBlock): string {
  return JSON.stringify([number, at, transfers.map(({ from, to, amount }) => [from, to, amount.toString()])]);
}

/** The blocks of a segment. Throws on a text that is none. */
export function readSegment(text: string): readonly HolderBlock[] {
  const blocks = JSON.parse(text) as readonly (readonly [number, number, readonly (readonly [string, string, string])[]])[];
  return blocks.map(([number, at, transfers]) => ({ number, at, transfers: transfers.map(([from, to, amount]) => ({ from, to, amount: BigInt(amount) })) }));
}
