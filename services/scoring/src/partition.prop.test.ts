import { describe, expect, it } from '@jest/globals';
import { assetId, epochMs } from '@breakwater/models/core';
import type { PartitionMessage } from '@breakwater/platform/bus';
import { silentLog } from '@breakwater/platform/log';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import { createMemoryStates } from '@breakwater/platform/state/memory';
import fc from 'fast-check';
import { scoringDefaults, type ScoringConfig } from './config.ts';
import { openPartition, type PartitionDeps } from './partition.ts';
import { createScorer, type HeldScorer, type ScoredTick, type Scorer } from './scorer.ts';
import { marketStream, streamSources } from './testing/stream.ts';
import type { TickPublisher } from './tick-publisher.ts';

const from = 1_700_000_000_000;
const assets = ['OM', 'ARB'];
/** No tick is forced, and a snapshot may be taken after every batch. */
const config: ScoringConfig = { ...scoringDefaults, assets: assets.map((asset) => ({ asset: assetId(asset), float: 1e9 })), latenessMs: 1e12, stateEveryMs: 1, catchUpMs: Infinity };

/** A score takes some 20 ms, and each run has dozens. */
const RUNS = 6;

/** Scores by tick and asset, as text: equal to the last bit or not at all. */
type Told = Map<string, string>;
function tell(told: Told, { at, scores }: Pick<ScoredTick, 'at' | 'scores'>, isKnown: (key: string, text: string) => void = () => undefined): void {
  for (const score of scores) {
    const [key, text] = [`${at - from} ${score.asset}`, JSON.stringify(score)];
    isKnown(key, text);
    told.set(key, text);
  }
}

/** What one process says that reads everything without a break; or, at each of the places in `cuts`, hands what it holds to another. */
function inOneProcess(log: readonly PartitionMessage[], cuts: readonly number[] = []): Told {
  const begin = (held?: HeldScorer): Scorer => {
    const scorer = createScorer(config, epochMs(from), { startGraceMs: 10_000, held });
    for (const asset of config.assets) scorer.watch(asset);
    return scorer;
  };
  let scorer = begin();
  for (const source of streamSources) scorer.aligner.expect(source);
  const told: Told = new Map();
  for (const [place, message] of log.entries()) {
    if (cuts.includes(place)) scorer = begin(JSON.parse(JSON.stringify(scorer.hold())) as HeldScorer);
    scorer.push(message);
    if (message.kind !== 'watermark' && message.kind !== 'feed.health') continue;
    for (let due = scorer.due(epochMs(0)); due !== undefined; due = scorer.due(epochMs(0))) tell(told, due);
  }
  return told;
}

/** A life of a worker: how many batches it lives, whether it leaves in order, how many scores it gets out in its last batch if not, and which batches are noted as handled. */
interface Life {
  readonly batches: number;
  readonly end: 'leaves' | 'dies' | 'is cut off while telling';
  readonly commits: readonly boolean[];
}
const life: fc.Arbitrary<Life> = fc.record({ batches: fc.integer({ min: 0, max: 12 }), end: fc.constantFrom('leaves', 'dies', 'is cut off while telling'), commits: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }) });

/** Workers that come after each other on one log. Every score any of them tells must be the one that is expected. */
async function inLives(log: readonly PartitionMessage[], lives: readonly Life[], size: (batch: number) => number, expected: Told, saves: readonly boolean[]): Promise<Told> {
  const clock = createSimulatedClock({ start: epochMs(from) });
  const states = createMemoryStates();
  const told: Told = new Map();
  let handled: number | undefined;
  let batchNo = 0;
  for (const { batches, end, commits } of [...lives, { batches: Infinity, end: 'leaves' as const, commits: [true] }]) {
    let isCut = false;
    const publisher: TickPublisher = {
      publish: async (due) => {
        if (isCut) throw new Error('cut off');
        tell(told, due, (key, text) => expect([key, text]).toEqual([key, expected.get(key)]));
      },
      published: () => 0,
    };
    const deps: PartitionDeps = {
      clock, config, log: silentLog, sources: streamSources, publisher, startedAt: clock.now(), startGraceMs: 10_000,
      bus: { publish: () => expect('a tick').toBe('not forced here') },
      // Some are never written.
      states: { ...states, save: async (...of) => (saves[batchNo % saves.length] === false ? undefined : states.save(...of)) },
    };
    const reader = await openPartition(deps, { partition: 0, holds: () => true, handled, kept: { from: 0, until: log.length } });
    let position = reader.from ?? 0;
    let broken = false;
    for (let batch = 0; batch < batches && position < log.length && !broken; batch++, batchNo++) {
      isCut = end === 'is cut off while telling' && batch === batches - 1;
      const next = Math.min(log.length, position + size(batchNo));
      await clock.advanceTo(epochMs(clock.now() + 5));
      try {
        await reader.handler(log.slice(position, next), next);
        position = next;
        if (commits[batch % commits.length] === true) handled = Math.max(handled ?? 0, next);
      } catch {
        broken = true;
      }
    }
    // One that was cut off may still think that it leaves in order.
    if (end !== 'dies') await reader.close('stopped');
    else await reader.close('moved');
  }
  return told;
}

describe('what a scorer holds', () => {
  it('lets another go on with the same figures from any place in the log', () => {
    for (const seed of [1, 2]) {
      const log = marketStream({ seed, assets, from, seconds: 6, levels: 5 });
      expect([...inOneProcess(log, [30 + seed * 7, 60 + seed * 9, 100 + seed * 3])]).toEqual([...inOneProcess(log)]);
    }
  }, 60_000);
});

describe('scores of a partition', () => {
  it('are those of one process that reads everything without a break, whoever holds it, from whatever snapshot, however it ends', async () => {
    await fc.assert(fc.asyncProperty(
      fc.nat(1e6), fc.array(life, { maxLength: 4 }), fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }), fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
      async (seed, lives, sizes, saves) => {
        const log = marketStream({ seed, assets, from, seconds: 6, levels: 5 });
        const expected = inOneProcess(log);
        expect(expected.size).toBe(2 * 6);
        const told = await inLives(log, lives, (batch) => sizes[batch % sizes.length] ?? 1, expected, saves);
        expect([...told.keys()].sort()).toEqual([...expected.keys()].sort());
      },
    ), { numRuns: RUNS, endOnFailure: true });
  }, 120_000);
});
