import { expect } from '@jest/globals';
import fc from 'fast-check';
import type { BookSync } from '../book/sync.ts';
import type { BookEvent } from '../events.ts';
import type { ParsedFrame } from '../venue.ts';

/** Sizes by price. */
export type Levels = ReadonlyMap<number, number>;
/** What happens to each frame of a stream: half pass, others are lost, repeated or swapped with the one before, and a venue's own faults (`more`) put snapshots between. For streams of up to `frames`. */
export function damagePlan(more: readonly string[], frames: number = 30): fc.Arbitrary<string[]> {
  return fc.array(fc.constantFrom('pass', 'pass', 'pass', 'lose', 'repeat', 'swap', ...more), { minLength: frames, maxLength: frames });
}

/** The frames as they arrive under a plan, `begin` before them. `between` gives what a fault of the venue puts before or after a frame; before and after a lost one nothing comes. */
export function arrive(
  frames: readonly BookEvent[], plan: readonly string[],
  between: (fault: string, frame: BookEvent, at: number) => { readonly before?: BookEvent; readonly after?: BookEvent }, begin: readonly BookEvent[] = [],
): readonly BookEvent[] {
  const arrivals = [...begin];
  frames.forEach((frame, at) => {
    const fault = plan[at] ?? 'pass';
    if (fault === 'lose') return;
    const { before, after } = between(fault, frame, at);
    if (before !== undefined) arrivals.push(before);
    arrivals.push(frame);
    if (after !== undefined) arrivals.push(after);
    if (fault === 'repeat') arrivals.push(frame);
    if (fault === 'swap') arrivals.push(...arrivals.splice(-2).reverse());
  });
  return arrivals;
}

/** A damaged stream, the rule that is given it, and what is true. */
export interface DamagedStream {
  readonly sync: BookSync;
  readonly arrivals: readonly BookEvent[];
  /** The bids that the venue had where an applied event ends. */
  readonly truth: (applied: BookEvent) => Levels | undefined;
  /** What must not fall from one step to the next, at whose end a reader sees the book: ever, or only `while-synchronised` (the book after a break may be an older one). Absent where a sequence may begin anew at any time. */
  readonly grows?: { readonly what: (applied: BookEvent) => number; readonly until: 'ever' | 'while-synchronised' };
}

/**
 * Plays `runs` damaged streams, seeded, through the venue's rule and expects after every applied event the bids that the venue had there, and the rule to
 * be synchronised exactly when it says so. Also that the streams were not empty of what matters: books applied, and breaks.
 */
export function expectTruthUnderDamage<T>(cases: fc.Arbitrary<T>, streamOf: (drawn: T) => DamagedStream, { runs, seed, least = { applied: 1_000, breaks: 100 } }: {
  readonly runs: number;
  readonly seed: number;
  readonly least?: { readonly applied: number; readonly breaks: number };
}): void {
  const seen = { applied: 0, breaks: 0 };
  fc.assert(
    fc.property(cases, (drawn) => {
      const counts = follow(streamOf(drawn));
      seen.applied += counts.applied;
      seen.breaks += counts.breaks;
    }),
    { numRuns: runs, seed },
  );
  expect(seen.applied).toBeGreaterThan(least.applied);
  expect(seen.breaks).toBeGreaterThan(least.breaks);
}

function follow({ sync, arrivals, truth, grows }: DamagedStream): { readonly applied: number; readonly breaks: number } {
  let applied = 0;
  let breaks = 0;
  let book = new Map<number, number>();
  let reached = -Infinity;
  for (const arrival of arrivals) {
    const inUse = sync.synced();
    const step = sync.next(arrival);
    if (step.kind === 'break') breaks++;
    if (step.kind === 'break' || step.kind === 'hold') expect(sync.synced()).toBe(false);
    if (step.kind !== 'apply') continue;
    expect(sync.synced()).toBe(true);
    for (const event of step.events) {
      book = play(book, event);
      applied++;
      expect(sorted(book)).toEqual(sorted(truth(event) ?? new Map()));
    }
    const end = step.events.at(-1);
    if (grows === undefined || end === undefined) continue;
    if (inUse || grows.until === 'ever') expect(grows.what(end)).toBeGreaterThanOrEqual(reached);
    reached = grows.what(end);
  }
  return { applied, breaks };
}

/** The bids after an event. `book` may be changed. */
export function play(book: Map<number, number>, event: BookEvent): Map<number, number> {
  const next = event.snapshot ? new Map<number, number>() : book;
  for (let i = 0; i + 1 < event.bids.length; i += 2) {
    if (event.bids[i + 1] === 0) next.delete(event.bids[i] ?? 0);
    else next.set(event.bids[i] ?? 0, event.bids[i + 1] ?? 0);
  }
  return next;
}

/** Levels in the order of price. */
export const sorted = (book: Levels): [number, number][] => [...book].sort(([a], [b]) => a - b);

/** The book event that a frame was read as; throws when it is none. */
export function bookOf(parsed: ParsedFrame): BookEvent {
  const event = parsed.kind === 'events' ? parsed.events[0] : undefined;
  if (event?.kind !== 'book') throw new Error(`not a book: ${JSON.stringify(parsed)}`);
  return event;
}
