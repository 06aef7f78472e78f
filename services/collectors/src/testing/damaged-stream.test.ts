import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { BookSync } from '../book/sync.ts';
import { createRangeSync } from '../book/range-rule.ts';
import type { DamagedStream } from './damaged-stream.ts';
import { expectTruthUnderDamage } from './damaged-stream.ts';
import { arrivalsOf, makeRangeWorld, rangeAges, rangeFaults, rangeSteps } from './range-world.ts';

const check = (createSync: () => BookSync, more: Partial<DamagedStream> = {}, lose: boolean = true): void =>
  expectTruthUnderDamage(fc.tuple(rangeSteps, rangeFaults, rangeAges), ([list, plan, ages]) => {
    const world = makeRangeWorld(list);
    return { sync: createSync(), arrivals: arrivalsOf(world, lose ? plan : ['snapshot'], ages), truth: (e) => world.bookAt(e.last ?? 0), ...more };
  }, { runs: 400, seed: 20261127 });

describe('the check of a book rule by damaged streams', () => {
  it('passes a right rule, and fails one that applies whatever comes, that applies nothing, or that says it is synchronised when it is not', () => {
    expect(() => check(() => createRangeSync())).not.toThrow();
    expect(() => check(() => ({ next: (event) => ({ kind: 'apply', events: [event] }), reset: () => undefined, synced: () => true }))).toThrow(/Property failed/);
    expect(() => check(() => ({ next: () => ({ kind: 'hold' }), reset: () => undefined, synced: () => false }))).toThrow(/\b1000\b/);
    expect(() => check(() => ({ ...createRangeSync(), synced: () => true }))).toThrow(/Property failed/);
  });

  it('fails a book that goes back, and streams without a break', () => {
    expect(() => check(() => createRangeSync(), { grows: { what: (e) => -(e.last ?? 0), until: 'while-synchronised' } })).toThrow(/Property failed/);
    expect(() => check(() => createRangeSync(), {}, false)).toThrow(/\b100\b/);
  });
});
