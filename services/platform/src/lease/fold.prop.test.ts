import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { createLeaseFold, MAX_TTL_MS, type LeaseEntry, type LeaseFold, type Written } from './fold.ts';

const start = epochMs(1_790_000_000_000);
const step = fc.record({
  by: fc.integer({ min: 0, max: 3 }), kind: fc.constantFrom<LeaseEntry['kind']>('claim', 'claim', 'claim', 'release'),
  ttlMs: fc.integer({ min: 1, max: 3_000 }), afterMs: fc.integer({ min: -50, max: 2_000 }),
  /** How many entries the writer is behind when it writes; it may not know anything yet. */
  behind: fc.option(fc.integer({ min: 0, max: 5 })),
});

/** A log, and what a reader that has it all knows after each entry. */
function play(steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]) {
  const fold = createLeaseFold(0, epochMs(start - 10_000));
  const views: ReturnType<LeaseFold['view']>[] = [fold.view('x')];
  const log: Written[] = [];
  const held: { readonly holder: string; readonly term: number; readonly from: number; until: number }[] = [];
  let at: number = start;
  for (const [offset, { by, kind, ttlMs, afterMs, behind }] of steps.entries()) {
    at += afterMs;
    const view = behind === null ? undefined : views[Math.max(0, views.length - 1 - behind)];
    const written: Written = { entry: { kind, name: 'x', holder: `h${by}`, ttlMs, ...(view === undefined ? {} : { view }) }, offset, at: epochMs(at) };
    log.push(written);
    fold.take(written);
    const now = fold.view('x');
    views.push(now);
    const { lease = null, at: time = start } = now ?? {};
    const last = held.at(-1);
    if (lease !== null && last?.term === lease.term) last.until = lease.until;
    else if (lease !== null) held.push({ holder: lease.holder, term: lease.term, from: time, until: lease.until });
  }
  return { fold, log, views, held, at };
}

describe('fold of the log of leases', () => {
  it('property: nobody holds while another does, and terms only rise', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { held } = play(steps);
      for (const [i, span] of held.entries()) {
        const following = held[i + 1];
        if (following === undefined) continue;
        expect(following.from).toBeGreaterThanOrEqual(span.until);
        expect(following.term).toBeGreaterThan(span.term);
      }
    }), { numRuns: 500 });
  });

  it('property: a lease that has run out goes to whoever claims it', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { fold, log, views } = play(steps);
      const later = epochMs((views.at(-1)?.at ?? start) + 3_001);
      fold.take({ entry: { kind: 'claim', name: 'x', holder: 'new', ttlMs: 10 }, offset: log.length, at: later });
      expect(fold.answer('x', 'new')).toMatchObject({ held: true, until: later + 10 });
    }));
  });

  it('property: a reader that begins in the middle knows nothing or the same as one that has read it all', () => {
    let agreed = 0;
    fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 120 }), fc.nat(), (steps, pick) => {
      const { log, views } = play(steps);
      const from = pick % log.length;
      const late = createLeaseFold(from, log[from]?.at ?? start);
      for (const written of log.slice(from)) {
        late.take(written);
        const [known, seen] = [views[written.offset + 1], late.view('x')];
        if (seen === undefined) {
          expect(late.answer('x', written.entry.holder).held).toBe(false);
          continue;
        }
        agreed++;
        // A lease that ran out long ago, and that nobody told of, may be forgotten.
        const [live, alive] = [known?.lease ?? null, seen.lease].map((lease) => (lease !== null && lease.until > written.at ? lease : null));
        expect(alive).toEqual(live);
      }
    }), { numRuns: 1_000 });
    expect(agreed).toBeGreaterThan(1_000);
  });

  it('grants nothing before everything that was forgotten must have run out, where nobody tells', () => {
    const late = createLeaseFold(500, start);
    const claim = (offset: number, after: number): void => late.take({ entry: { kind: 'claim', name: 'x', holder: 'a', ttlMs: 1_000 }, offset, at: epochMs(start + after) });
    claim(500, 0);
    expect(late.answer('x', 'a')).toEqual({ held: false, term: 0, until: start + MAX_TTL_MS });
    claim(501, MAX_TTL_MS - 1);
    expect(late.answer('x', 'a').held).toBe(false);
    claim(502, MAX_TTL_MS);
    expect(late.answer('x', 'a')).toEqual({ held: true, term: 503, until: start + MAX_TTL_MS + 1_000 });
  });

  it('lets an older holder lose what it writes after its time', () => {
    const fold = createLeaseFold(0, start);
    const put = (kind: LeaseEntry['kind'], holder: string, offset: number, after: number): ReturnType<LeaseFold['answer']> => {
      fold.take({ entry: { kind, name: 'x', holder, ttlMs: 1_000 }, offset, at: epochMs(start + after) });
      return fold.answer('x', holder);
    };
    expect(put('claim', 'a', 0, 0)).toEqual({ held: true, term: 1, until: start + 1_000 });
    expect(put('claim', 'b', 1, 999)).toEqual({ held: false, term: 1, until: start + 1_000 });
    expect(put('claim', 'b', 2, 1_000)).toEqual({ held: true, term: 3, until: start + 2_000 });
    // It was paused and does not know yet.
    expect(put('claim', 'a', 3, 1_500)).toEqual({ held: false, term: 3, until: start + 2_000 });
    put('release', 'a', 4, 1_500);
    // A clock that goes back does not make a lease longer.
    expect(put('claim', 'b', 5, 0)).toEqual({ held: true, term: 3, until: start + 2_500 });
    put('release', 'b', 6, 1_600);
    expect(put('claim', 'a', 7, 1_600)).toEqual({ held: true, term: 8, until: start + 2_600 });
  });
});
