import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import type { BookEvent } from '../../venue.ts';
import { createHyperliquidSync } from './sync.ts';

const frame = (n: number): BookEvent => ({ kind: 'book', origin: 'live', snapshot: true, symbol: 'X', eventTime: epochMs(1e12 + n), bids: [n + 1, 1], asks: [n + 2, 1] });

describe('Hyperliquid order-book rule', () => {
  it('under any order, losses and repeats the book is the newest whole book that came', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { minLength: 1, maxLength: 60 }), (arrivals) => {
        const sync = createHyperliquidSync();
        let book: BookEvent | undefined;
        let newest = -1;
        expect(sync.synced()).toBe(false);
        for (const n of arrivals) {
          const step = sync.next(frame(n));
          if (step.kind === 'apply') book = step.events.at(-1);
          if (n <= newest) expect(step).toEqual({ kind: 'drop', reason: n === newest ? 'duplicate' : 'old' });
          newest = Math.max(newest, n);
          expect(book).toEqual(frame(newest));
          expect(sync.synced()).toBe(true);
        }
        sync.reset();
        expect(sync.synced()).toBe(false);
        // After a reconnect an older book may be all there is.
        expect(sync.next(frame(0)).kind).toBe('apply');
      }),
      { numRuns: 300, seed: 20261121 },
    );
  });
});
