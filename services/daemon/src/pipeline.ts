/**
 * THE WHOLE SYSTEM ON ONE SCREEN, left to right:
 *
 *   venues, chains -> collect -> bus -> score -> bus -> alert -> outbox -> notifiers
 *                                                    \-> live view -> API, console, heartbeat
 *
 * The three stages never call each other; they meet on the bus. Everything they stand on (time, network, bus, store) is passed in, so this
 * same function runs in production, in a drill against simulated venues, and in the simulation tests.
 */
import { setMaxListeners } from 'node:events';
import { createAlerting, createDelivery, createHeartbeatMaker } from '@breakwater/alerting';
import { createLiveView, type LiveView } from '@breakwater/alerting/api';
import { createCollector, nativeFeeds } from '@breakwater/collectors';
import type { Publish } from '@breakwater/platform/bus';
import { createScoring, modelVersion } from '@breakwater/scoring';
import type { Adapters, Recipients } from './adapters.ts';
import { createChainFeeds } from './chain-feeds.ts';
import type { Config } from './config.ts';
import { registerPipelineMetrics } from './pipeline-metrics.ts';
import { expectedSources, scoringSettings, watchedChains } from './settings.ts';

/** The running system. */
export interface Pipeline {
  /** Starts every stage, the last one first, so that nothing is published before somebody listens. */
  start(): Promise<void>;
  /** Stops the stages in the order of the flow; what was promised is in the store. */
  stop(): Promise<void>;
  status(): PipelineStatus;
}

/** What the stages have done since the start. */
export interface PipelineStatus {
  readonly scores: number;
  readonly lateMessages: number;
  readonly forcedTicks: number;
  readonly markets: number;
}

/** Wires collect, score and alert together. `recipientsOf` makes the recipients, who may ask the live view. `onFatal` is told of what a stage cannot recover from; the process should then end and be started again. */
export function createPipeline(adapters: Adapters, config: Config, recipientsOf: (view: LiveView) => Recipients, onFatal: (error: unknown) => void): Pipeline {
  const { bus, journal, series, clock, activity, metrics, rng, network } = adapters;
  const stopping = new AbortController();
  const { signal } = stopping;
  // Every socket, poll and wait of every stage listens to the one signal that stops them.
  setMaxListeners(0, signal);
  const log = (stage: string): Adapters['log'] => adapters.log.with({ stage });

  const publish: Publish = (topic, message) => bus.publish(topic, message);

  // 1. COLLECT: frames and logs in, messages out.
  const collector = createCollector({ feeds: nativeFeeds, config, network, clock, rng: rng.fork('venues'), publish, log: log('collect'), metrics, signal });
  const chains = createChainFeeds({ adapters, config, log: log('collect'), signal });
  adapters.onConflated((message) => {
    const { source, seq, receivedAt, asset, instrument } = message;
    const about = { kind: 'feed.health', source, seq, eventTime: receivedAt, receivedAt, asset, instrument, channel: 'book' } as const;
    publish('global', { ...about, status: 'resyncing', reason: 'queue-full' });
    // It comes anew once its stage has caught up: into a queue that is full it would only push out another one's updates.
    void bus.idle().then(() => {
      if (collector.republish(instrument)) publish('global', { ...about, eventTime: clock.now(), receivedAt: clock.now(), status: 'ok', reason: 'republished' });
    });
  });

  // 2. SCORE: every asset at every tick of event time.
  const scoring = createScoring({ bus, journal, series, clock, activity, log: log('score'), config: scoringSettings(config), sources: expectedSources(config), onFatal });

  // What everybody who looks from outside sees.
  const { assets, tickEveryMs } = scoringSettings(config);
  const view = createLiveView({ bus, journal, clock, log: log('view'), assets: assets.map(({ asset }) => asset), sources: expectedSources(config), chains: watchedChains(config), tickEveryMs });
  registerPipelineMetrics(metrics, { collector, scoring, view, bus, clock });
  const recipients = recipientsOf(view);
  const { notifiers } = recipients;

  // 3. ALERT: rules, lifecycle, outbox; then each recipient at its own pace, and a sign of life to all.
  const delivery = createDelivery({ journal, notifiers, clock, rng: rng.fork('delivery'), activity, log: log('deliver'), metrics, config: config.alerting.delivery, signal });
  const names = notifiers.map((notifier) => notifier.name);
  const alerting = createAlerting({ bus, journal, clock, activity, log: log('alert'), metrics, config: config.alerting, recipients: names, signal, onCommitted: () => delivery.wake(), onError: onFatal });
  const heartbeat = createHeartbeatMaker({
    bus, journal, clock, activity, log: log('alert'), metrics, config: config.alerting.heartbeat, view, modelVersion, signer: adapters.signer,
    onHeartbeat: (beat) => delivery.heartbeat(beat),
  });

  let stopServing = async (): Promise<void> => undefined;
  const running: Promise<void>[] = [];
  const run = (work: Promise<void>): void => void running.push(work.catch((error: unknown) => (signal.aborted ? undefined : onFatal(error))));
  return {
    start: async () => {
      await view.start();
      stopServing = await adapters.serve({ view, acknowledge: (...of) => alerting.acknowledge(...of), latestHeartbeat: () => heartbeat.latest() });
      run(delivery.run());
      run(recipients.run(signal));
      await alerting.restore();
      await heartbeat.start();
      await scoring.start();
      for (const chain of chains) run(chain.run());
      run(collector.run());
    },
    stop: async () => {
      stopping.abort();
      await stopServing();
      await scoring.stop();
      await alerting.stop();
      await heartbeat.stop();
      await view.stop();
      await Promise.all(running);
    },
    status: () => ({
      scores: scoring.stats().scores, lateMessages: scoring.stats().late, forcedTicks: scoring.stats().forced,
      markets: collector.status().reduce((n, feed) => n + (feed.watched?.length ?? 0), 0),
    }),
  };
}
