import { describe, expect, it } from '@jest/globals';
import type { Leases } from '../lease/index.ts';

/** A fresh place for leases and a way to let time pass there. */
export interface LeasesPlace {
  readonly leases: Leases;
  readonly pass: (ms: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What every adapter of `Leases` keeps. */
export function describeLeases(name: string, open: () => Promise<LeasesPlace>): void {
  describe(`leases: ${name}`, () => {
    const use = async (test: (place: LeasesPlace) => Promise<void>): Promise<void> => {
      const place = await open();
      try {
        await test(place);
      } finally {
        await place.close();
      }
    };

    it('give a lease to one holder at a time and let it be kept', () => use(async ({ leases, pass }) => {
      const first = await leases.claim('feeds', 'a', 2_000);
      expect(first.held).toBe(true);
      expect((await leases.claim('feeds', 'b', 2_000)).held).toBe(false);
      await pass(1_500);
      const kept = await leases.claim('feeds', 'a', 2_000);
      expect(kept).toMatchObject({ held: true, term: first.term });
      await pass(1_500);
      expect((await leases.claim('feeds', 'b', 2_000)).held).toBe(false);
      // Another name is another lease.
      expect((await leases.claim('alerts', 'b', 2_000)).held).toBe(true);
    }));

    it('end when they are not kept, with a new term for whoever is next', () => use(async ({ leases, pass }) => {
      const first = await leases.claim('feeds', 'a', 1_000);
      await pass(1_100);
      const second = await leases.claim('feeds', 'b', 1_000);
      expect(second.held).toBe(true);
      expect(second.term).toBeGreaterThan(first.term);
      expect((await leases.claim('feeds', 'a', 1_000)).held).toBe(false);
      await pass(1_100);
      // Its own lease too, once it has run out: somebody else may have had it.
      expect((await leases.claim('feeds', 'b', 1_000)).term).toBeGreaterThan(second.term);
    }));

    it('can be given back by their holder alone', () => use(async ({ leases }) => {
      await leases.claim('feeds', 'a', 60_000);
      await leases.release('feeds', 'b');
      expect((await leases.claim('feeds', 'b', 1_000)).held).toBe(false);
      await leases.release('feeds', 'a');
      expect((await leases.claim('feeds', 'b', 1_000)).held).toBe(true);
    }));

    it('go to exactly one of many who ask at once', () => use(async ({ leases }) => {
      const claims = await Promise.all(Array.from({ length: 20 }, (_, i) => leases.claim('feeds', `holder-${i}`, 10_000)));
      expect(claims.filter((claim) => claim.held)).toHaveLength(1);
    }));
  });
}
