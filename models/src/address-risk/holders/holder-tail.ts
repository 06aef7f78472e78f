import type { HolderBlock } from './holder-table.ts';

/** Blocks that are not in the chunks yet, as text in segments: a block more writes the last segment again, not all of them. */
export interface HolderTail {
  push(block: HolderBlock): void;
  /** Takes the last block away. */
  pop(): void;
  clear(): void;
  segments(): number;
  /** Segments changed since the last call of `written`, as text; an empty one where the segment is gone. */
  changed(): ReadonlyMap<number, string>;
  written(): void;
}

/** A segment is full with so many transfers, about 30 kB of text. */
const SEGMENT_TRANSFERS = 256;

/** Makes an empty tail. */
export function createTail(): HolderTail {
  const segments: { blocks: HolderBlock[]; transfers: number }[] = [];
  const dirty = new Set<number>();
  return {
    push: (block) => {
      let last = segments.at(-1);
      if (last === undefined || last.transfers >= SEGMENT_TRANSFERS) {
        last = { blocks: [], transfers: 0 };
        segments.push(last);
      }
      last.blocks.push(block);
      last.transfers += block.transfers.length;
      dirty.add(segments.length - 1);
    },
    pop: () => {
      const last = segments.at(-1);
      if (last === undefined) return;
      dirty.add(segments.length - 1);
      last.transfers -= last.blocks.pop()?.transfers.length ?? 0;
      if (last.blocks.length === 0) segments.pop();
    },
    clear: () => {
      segments.forEach((_segment, index) => dirty.add(index));
      segments.length = 0;
    },
    segments: () => segments.length,
    changed: () => new Map([...dirty].sort((x, y) => x - y).map((index): [number, string] => {
      const segment = segments[index];
      return [index, segment === undefined ? '' : JSON.stringify(segment.blocks.map(({ number, at, transfers }) => [number, at, transfers.map(({ from, to, amount }) => [from, to, amount.toString()])]))];
    })),
    written: () => dirty.clear(),
  };
}

/** The blocks of a segment. Throws on a text that is none. */
export function readSegment(text: string): readonly HolderBlock[] {
  const blocks = JSON.parse(text) as readonly (readonly [number, number, readonly (readonly [string, string, string])[]])[];
  return blocks.map(([number, at, transfers]) => ({ number, at, transfers: transfers.map(([from, to, amount]) => ({ from, to, amount: BigInt(amount) })) }));
}
