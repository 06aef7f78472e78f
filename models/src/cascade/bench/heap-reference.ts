import { at } from '../../market/index.ts';
import type { CascadeMarket } from '../cascade-market.ts';

/** One position of its own. */
interface Position {
  readonly tick: number;
  readonly lots: number;
}

/**
 * What a sale of `shockLots` ends at when positions are liquidated one at a time from a heap, the highest trigger first, and the price is read anew from the whole book after each, as one would
 * write it down: for measuring against. `positions` may be many a tick; withdrawal must have been taken off. O(positions (levels + log positions)).
 */
export function heapReference(market: CascadeMarket, positions: readonly Position[], shockLots: number): { readonly tick: number; readonly liquidatedLots: number } {
  const heap: Position[] = [];
  for (const position of positions) push(heap, position);
  let liquidatedLots = 0;
  for (;;) {
    const tick = priceAfter(market, shockLots + liquidatedLots);
    const next = heap[0];
    if (next === undefined || next.tick < tick) return { tick, liquidatedLots };
    pop(heap);
    liquidatedLots += next.lots;
  }
}

function priceAfter({ bids }: CascadeMarket, lots: number): number {
  let left = lots;
  let level = 0;
  for (; level < bids.ticks.length - 1; level++) {
    left -= at(bids.lots, level);
    if (left <= 0) break;
  }
  return at(bids.ticks, level);
}

function push(heap: Position[], position: Position): void {
  heap.push(position);
  for (let i = heap.length - 1; i > 0; ) {
    const parent = (i - 1) >> 1;
    if (!swapIfHigher(heap, i, parent)) return;
    i = parent;
  }
}

function pop(heap: Position[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  for (let i = 0; ; ) {
    const [left, right] = [2 * i + 1, 2 * i + 2];
    const child = (heap[right]?.tick ?? -1) > (heap[left]?.tick ?? -1) ? right : left;
    if (child >= heap.length || !swapIfHigher(heap, child, i)) return;
    i = child;
  }
}

/** Swaps an entry with its parent when its trigger is the higher one. */
function swapIfHigher(heap: Position[], child: number, parent: number): boolean {
  const [a, b] = [heap[child], heap[parent]];
  if (a === undefined || b === undefined || a.tick <= b.tick) return false;
  heap[child] = b;
  heap[parent] = a;
  return true;
}
