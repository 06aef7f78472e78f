import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import type { BookEvent } from '../../venue.ts';
import { createBinanceSync, MAX_HELD } from './sync.ts';

const at = epochMs(1_700_000_000_000);
const diff = (first: number, last: number, previous?: number, bids: readonly number[] = [], asks: readonly number[] = []): BookEvent => ({
  kind: 'book', origin: 'live', snapshot: false, symbol: 'X', eventTime: at, bids, asks, first, last, ...(previous === undefined ? {} : { previous }),
});
const seed = (last: number, bids: readonly number[] = [], asks: readonly number[] = []): BookEvent => ({ kind: 'book', origin: 'seed', snapshot: true, symbol: 'X', eventTime: at, bids, asks, last });

describe('Binance spot order-book rule', () => {
  it('holds differences, drops what the snapshot covers and merges the rest into it', () => {
    const sync = createBinanceSync('spot');
    // The example of the answer key: GNTBTC.
    expect(sync.next(diff(41603407, 41603413, undefined, [2246, 1215, 2245, 2673]))).toEqual({ kind: 'hold' });
    expect(sync.next(diff(41603414, 41603418, undefined, [2248, 114, 2246, 375], [2253, 3945]))).toEqual({ kind: 'hold' });
    expect(sync.synced()).toBe(false);
    const step = sync.next(seed(41603417, [2248, 114, 2246, 370, 2245, 2673], [2253, 3945, 2256, 50641]));
    expect(step).toEqual({ kind: 'apply', events: [{ ...seed(41603417), last: 41603418, bids: [2248, 114, 2246, 375, 2245, 2673], asks: [2253, 3945, 2256, 50641] }] });
    expect(sync.synced()).toBe(true);
    // Overlaps what is applied and leaves no hole: quantities are absolute.
    const next = diff(41603417, 41603419, undefined, [], [2257, 0]);
    expect(sync.next(next)).toEqual({ kind: 'apply', events: [next] });
    expect(sync.next(next)).toEqual({ kind: 'drop', reason: 'duplicate' });
    expect(sync.next(diff(41603410, 41603412))).toEqual({ kind: 'drop', reason: 'old' });
    expect(sync.next(diff(41603421, 41603425))).toEqual({ kind: 'break', reason: 'sequence-gap' });
    expect(sync.synced()).toBe(false);
    expect(sync.next(diff(41603426, 41603427))).toEqual({ kind: 'hold' });
    // Too old for what is held: once more. Then one that fits.
    expect(sync.next(seed(41603419))).toEqual({ kind: 'break', reason: 'no-snapshot' });
    expect(sync.next(seed(41603422)).kind).toBe('apply');
    expect(sync.next(diff(41603428, 41603428)).kind).toBe('apply');
  });

  it('removes levels of quantity 0 when merging', () => {
    const sync = createBinanceSync('spot');
    sync.next(diff(11, 12, undefined, [100, 0], [101, 5]));
    const step = sync.next(seed(10, [100, 1, 99, 2], [101, 1]));
    expect(step.kind === 'apply' ? [step.events[0]?.bids, step.events[0]?.asks] : []).toEqual([[99, 2], [101, 5]]);
  });

  it('is bounded while it waits, and starts anew after a reset', () => {
    const sync = createBinanceSync('spot');
    for (let i = 1; i <= MAX_HELD; i++) expect(sync.next(diff(i, i)).kind).toBe('hold');
    expect(sync.next(diff(MAX_HELD + 1, MAX_HELD + 1))).toEqual({ kind: 'drop', reason: 'overflow' });
    // The first one fell out, so a snapshot before it no longer joins.
    expect(sync.next(seed(0))).toEqual({ kind: 'break', reason: 'no-snapshot' });
    expect(sync.next(seed(1)).kind).toBe('apply');
    sync.reset();
    expect(sync.synced()).toBe(false);
    expect(sync.next(diff(9_000, 9_001))).toEqual({ kind: 'hold' });
  });
});

describe('Binance USD-M order-book rule', () => {
  it('wants the first difference to reach over lastUpdateId and then pu to equal the previous u', () => {
    const sync = createBinanceSync('usdm');
    expect(sync.next(diff(90, 95, 80)).kind).toBe('hold');
    expect(sync.next(diff(97, 105, 95)).kind).toBe('hold');
    // U 97 <= 100 <= u 105.
    const step = sync.next(seed(100));
    expect(step.kind === 'apply' ? step.events.map((e) => e.last) : []).toEqual([105]);
    expect(sync.next(diff(120, 130, 105)).kind).toBe('apply');
    // In sequence by number, not by pu.
    expect(sync.next(diff(131, 140, 129))).toEqual({ kind: 'break', reason: 'sequence-gap' });
  });

  it('accepts a snapshot whose id lies between two differences of the symbol', () => {
    const sync = createBinanceSync('usdm');
    // Ids are shared by all symbols: nothing of this one happened between 95 and 110, so the book at 100 is the book at 95.
    expect(sync.next(diff(110, 112, 95)).kind).toBe('hold');
    expect(sync.next(seed(100)).kind).toBe('apply');
    expect(sync.next(diff(115, 118, 112)).kind).toBe('apply');
  });

  it('asks for another snapshot when differences between it and the stream are missing', () => {
    const sync = createBinanceSync('usdm');
    expect(sync.next(diff(110, 112, 105)).kind).toBe('hold');
    expect(sync.next(seed(100))).toEqual({ kind: 'break', reason: 'no-snapshot' });
    expect(sync.synced()).toBe(false);
    // A later snapshot joins with what was held.
    const step = sync.next(seed(111));
    expect(step.kind === 'apply' ? step.events[0]?.last : undefined).toBe(112);
  });

  it('takes a snapshot before any difference', () => {
    const sync = createBinanceSync('usdm');
    expect(sync.next(seed(100)).kind).toBe('apply');
    expect(sync.next(diff(90, 99, 85))).toEqual({ kind: 'drop', reason: 'old' });
    expect(sync.next(diff(101, 104, 100)).kind).toBe('apply');
    expect(sync.next(seed(50))).toEqual({ kind: 'drop', reason: 'old' });
  });
});
