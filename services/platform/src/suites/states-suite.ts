import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { StateStore } from '../state/index.ts';

/** Tests that every place for snapshots passes. `open` gives another view of the same place each time; `fresh` begins a new place. */
export function describeStates(name: string, fresh: () => () => StateStore, runs = 20): void {
  describe(`states: ${name}`, () => {
    const opened: StateStore[] = [];
    const place = (): (() => StateStore) => {
      const open = fresh();
      return () => {
        const own = open();
        opened.push(own);
        return own;
      };
    };
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((states) => states.close()));
    });

    it('gives the last snapshot of each partition to whoever asks, and none where there is none', async () => {
      const open = place();
      const [one, other] = [open(), open()];
      expect(await one.newest(0)).toBeUndefined();
      await one.save(0, { position: 5, text: 'five' });
      await one.save(7, { position: 1, text: 'a\nb\u{1F30A}' });
      await one.save(0, { position: 6, text: 'six' });
      expect([await other.newest(0), await other.newest(7), await other.newest(1)]).toEqual([{ position: 6, text: 'six' }, { position: 1, text: 'a\nb\u{1F30A}' }, undefined]);
      // The last one written, also where it is of an earlier position: the log may have begun anew.
      await other.save(0, { position: 2, text: '' });
      expect(await one.newest(0)).toEqual({ position: 2, text: '' });
      expect(await open().newest(0)).toEqual({ position: 2, text: '' });
    });

    it('property: is a map of what was written last', async () => {
      const step = fc.record({ partition: fc.nat(3), position: fc.nat(1e9), text: fc.string({ unit: 'grapheme', maxLength: 200 }) });
      await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const states = place()();
        const expected = new Map<number, { position: number; text: string }>();
        for (const { partition, ...state } of steps) {
          await states.save(partition, state);
          expected.set(partition, state);
        }
        for (const partition of [0, 1, 2, 3]) expect(await states.newest(partition)).toEqual(expected.get(partition));
      }), { numRuns: runs });
    });
  });
}
