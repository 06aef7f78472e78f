import type { ScoreMessage } from '@breakwater/contracts';
import type { AssetId, EpochMs } from '@breakwater/models/core';
import { sourceId } from '@breakwater/models/core';
import type { Bus } from '@breakwater/platform/bus';
import type { Clock } from '@breakwater/platform/clock';
import { messageOf } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { SeriesStore } from '@breakwater/platform/store';
import { noTracer, tickPlace, type Tracer } from '@breakwater/platform/trace';
import { centralNetwork } from './asset-figures.ts';
import type { ScoringConfig } from './config.ts';
import type { ScoredTick } from './scorer.ts';
import { seriesPoints } from './series-points.ts';
import { snapshotOf } from './snapshot.ts';

/** Tells what ticks gave. */
export interface TickPublisher {
  /** Publishes the scores of a tick durably, now and then the joined markets they came from, and stores their points. Rejects when the scores were not taken. */
  publish(due: ScoredTick): Promise<void>;
  /** Scores published since the start. */
  published(): number;
}

/** Makes a publisher; one for all partitions of a process. */
export function createTickPublisher(deps: { readonly bus: Bus; readonly series: SeriesStore; readonly clock: Clock; readonly log: Log; readonly config: ScoringConfig; readonly tracer?: Tracer | undefined }): TickPublisher {
  const { bus, clock, log, config, tracer = noTracer } = deps;
  const snapshotAt = new Map<AssetId, EpochMs>();
  /** Assets of which published liquidations last said something else than the engine. */
  const disagreeing = new Set<AssetId>();
  let snapshotSeq = 0;
  let seq = 0;
  let count = 0;

  /** Now and then the joined markets that the figures came from, for whoever wants to compute them again. */
  const publishSnapshots = ({ at, scores: computed, modelled }: ScoredTick): void => {
    for (const [i, { asset, inputHash }] of computed.entries()) {
      const last = snapshotAt.get(asset);
      if (last !== undefined && at - last < config.snapshotEveryMs) continue;
      const network = centralNetwork(modelled[i] ?? []);
      if (network === undefined) continue;
      const document = snapshotOf(asset, at, network.system, config.ignitionGap);
      snapshotAt.set(asset, at);
      bus.publish('snapshots', { kind: 'snapshot', source: sourceId('scoring.snapshots'), seq: snapshotSeq++, eventTime: at, receivedAt: clock.now(), asset, document, inputHash });
    }
  };
  /** A disagreement says that a model is wrong, not that the market is in danger: it is for whoever runs the system, once when it begins and once when it ends. */
  const tellDisagreements = (scores: readonly ScoreMessage[]): void => {
    for (const { asset, hawkes, network } of scores) {
      if (hawkes === null || hawkes === undefined || hawkes.disagreement === disagreeing.has(asset)) continue;
      const { branching: { value: branching }, events } = hawkes;
      const figures = { asset, branching, reproduction: network?.reproduction.value, events };
      if (hawkes.disagreement) {
        disagreeing.add(asset);
        log.warn('model alarm: liquidations that were published do not breed others as the engine says', figures);
      } else {
        disagreeing.delete(asset);
        log.info('model alarm over: published liquidations and the engine agree again', figures);
      }
    }
  };
  const publish = async (due: ScoredTick): Promise<void> => {
    const published = due.scores.map((score): ScoreMessage => ({ ...score, seq: seq++, receivedAt: clock.now() }));
    if (due.lagging.length > 0) log.debug('tick did not wait for every source', { at: new Date(due.at).toISOString(), lagging: due.lagging.join(' ') });
    tellDisagreements(published);
    await bus.publishDurable('scores', published);
    count += published.length;
    publishSnapshots(due);
    try {
      // Before the tick counts as done: one that is repeated writes its points again, one that is done has them.
      await deps.series.append(published.flatMap((score, i) => seriesPoints(score, due.modelled[i] ?? [], config.staleAfterMs)));
    } catch (error) {
      // Series are for looking back; a warning never depends on them.
      log.error('series not stored', { reason: messageOf(error) });
    }
  };
  return {
    publish: async (due) => {
      const spans = tracer.enabled ? due.scores.map(({ asset }) => ({ asset, span: tracer.start('tick', tickPlace(asset, due.at)) })) : [];
      await publish(due).finally(() => {
        for (const { asset, span } of spans) span.end({ asset, at: due.at, lagging: due.lagging.length });
      });
    },
    published: () => count,
  };
}
