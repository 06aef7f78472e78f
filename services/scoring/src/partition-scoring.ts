import type { Subscription } from '@breakwater/platform/bus';
import type { StateStore } from '@breakwater/platform/state';
import type { AlignerStats } from './aligner.ts';
import { openPartition, type ScoredPartition } from './partition.ts';
import type { Scoring, ScoringDeps } from './stage.ts';
import { createTickPublisher } from './tick-publisher.ts';

/** Ticks are not forced before sources had this long to connect and read their books, as in one process. */
const startGraceMs = 10_000;

/**
 * The stage as one of several workers that share the partitions of `assets`. What a worker must not lose is in the logs and in snapshots of each partition, none of it here: a worker's death costs
 * the time until its partitions are with others and read again from their snapshots.
 */
export function createPartitionScoring(deps: Omit<ScoringDeps, 'journal' | 'states' | 'activity'> & { readonly states: StateStore }): Scoring {
  const { bus, clock } = deps;
  const publisher = createTickPublisher(deps);
  const open = new Set<ScoredPartition>();
  /** Counts of partitions that went elsewhere. */
  let gone: Omit<AlignerStats, 'buffered'> = { late: 0, forced: 0, ahead: 0 };
  let subscription: Subscription | undefined;
  let isStopped = false;
  return {
    start: async () => {
      const startedAt = clock.now();
      subscription = bus.subscribePartitions({
        group: 'scoring',
        open: async (partition) => {
          const scored = await openPartition({ ...deps, publisher, startedAt, startGraceMs }, partition);
          open.add(scored);
          return {
            from: scored.from, handler: (batch, next) => scored.handler(batch, next),
            close: async (reason) => {
              await scored.close(reason);
              open.delete(scored);
              const { late, forced, ahead } = scored.stats();
              gone = { late: gone.late + late, forced: gone.forced + forced, ahead: gone.ahead + ahead };
            },
          };
        },
        // What stopping cuts off is no failure.
        onError: (error) => (isStopped ? undefined : deps.onFatal(error)),
      });
    },
    stop: async () => {
      isStopped = true;
      await subscription?.stop();
    },
    // The log of an asset has its place among the partitions, on which all workers agree from the start.
    follow: async () => undefined,
    stats: () => {
      const all = [...open].map((scored) => scored.stats());
      const sum = (of: (stats: AlignerStats) => number): number => all.reduce((total, stats) => total + of(stats), 0);
      return { buffered: sum((s) => s.buffered), late: gone.late + sum((s) => s.late), forced: gone.forced + sum((s) => s.forced), ahead: gone.ahead + sum((s) => s.ahead), scores: publisher.published() };
    },
  };
}
