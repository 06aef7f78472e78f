/**
 * THE WHOLE SYSTEM ON ONE SCREEN, left to right:
 *
 *   venues, chains -> collect -> bus -> score -> bus -> alert -> outbox -> notifiers
 *                                                    \-> live view -> API, console, heartbeat
 *
 * The three stages never call each other; they meet on the bus, so that a process may run all of them or one. Everything they stand on (time, network,
 * bus, store) is passed in, so this same function runs in production, in a drill against simulated venues, and in the simulation tests.
 */
import { setMaxListeners } from 'node:events';
import { createWarningSeries } from '@breakwater/alerting';
import { createLiveView } from '@breakwater/alerting/api';
import { BreakwaterError } from '@breakwater/platform/errors';
import { createScoring } from '@breakwater/scoring';
import type { Adapters, Pipeline, RecipientsOf } from './adapters.ts';
import { createAlertSeat } from './alert-seat.ts';
import { createCollectSeat } from './collect-seat.ts';
import type { Config } from './config.ts';
import { healConflated } from './heal-conflated.ts';
import { registerPipelineMetrics } from './pipeline-metrics.ts';
import { expectedSources, scoringSettings, watchedChains } from './settings.ts';
import { allStages, type Stage } from './stages.ts';

/** What each stage is wired with. */
interface Ground {
  readonly adapters: Adapters;
  readonly config: Config;
  readonly signal: AbortSignal;
  readonly log: (stage: string) => Adapters['log'];
  readonly onFatal: (error: unknown) => void;
  /** Work that ends with the signal; what it rejects with before that is fatal. */
  readonly run: (work: Promise<void>) => void;
}

/** 1. COLLECT: frames and logs in, messages out (`collect-seat.ts`). */
function wireCollect(ground: Ground) {
  const seat = createCollectSeat(ground);
  healConflated(ground.adapters, seat);
  return { seat, start: async () => seat.start(), follow: (next: Config) => seat.follow(next), stop: async () => undefined };
}

/** 2. SCORE: every asset at every tick of event time. */
function wireScore({ adapters, config, log, onFatal }: Ground) {
  const { bus, journal, series, states, clock, activity, tracer } = adapters;
  const scoring = createScoring({ bus, journal, series, states, clock, activity, tracer, log: log('score'), config: scoringSettings(config), sources: expectedSources(config), onFatal });
  return { scoring, start: () => scoring.start(), follow: (next: Config) => scoring.follow(scoringSettings(next).assets), stop: () => scoring.stop() };
}

/** 3. ALERT: rules, lifecycle, outbox, recipients and a sign of life to all (`alert-seat.ts`), and what everybody who looks from outside sees. */
function wireAlert(ground: Ground, recipientsOf: RecipientsOf) {
  const { adapters, config, log } = ground;
  const { bus, series, clock, instances } = adapters;
  const { assets, tickEveryMs } = scoringSettings(config);
  const view = createLiveView({ bus, journal: instances?.journal.copy ?? adapters.journal, clock, log: log('view'), assets: assets.map(({ asset }) => asset), sources: expectedSources(config), chains: watchedChains(config), tickEveryMs });
  const seat = createAlertSeat({ ...ground, view, recipientsOf });
  const warningSeries = createWarningSeries({ bus, series, log: log('alert') });
  return {
    view, seat,
    faces: { view, acknowledge: seat.acknowledge, latestHeartbeat: seat.latestHeartbeat, activeAt: seat.activeAt },
    begin: () => view.start(),
    start: async () => {
      warningSeries.start();
      await seat.start();
    },
    follow: (next: Config) => seat.follow(next),
    stop: async () => {
      await seat.stop();
      await warningSeries.stop();
      await view.stop();
    },
  };
}

/** Wires the stages of this process together, all of them by default. `onFatal` is told of what a stage cannot recover from; the process should then end and be started again. */
export function createPipeline(adapters: Adapters, config: Config, recipientsOf: RecipientsOf, onFatal: (error: unknown) => void, stages: readonly Stage[] = allStages): Pipeline {
  const stopping = new AbortController();
  const { signal } = stopping;
  // Every socket, poll and wait of every stage listens to the one signal that stops them.
  setMaxListeners(0, signal);
  const running: Promise<void>[] = [];
  const ground: Ground = {
    adapters, config, signal, onFatal, log: (stage) => adapters.log.with({ stage }),
    run: (work) => void running.push(work.catch((error: unknown) => (signal.aborted ? undefined : onFatal(error)))),
  };
  const collect = stages.includes('collect') ? wireCollect(ground) : undefined;
  const score = stages.includes('score') ? wireScore(ground) : undefined;
  const alert = stages.includes('alert') ? wireAlert(ground, recipientsOf) : undefined;
  registerPipelineMetrics(adapters.metrics, { collector: collect?.seat, scoring: score?.scoring, view: alert?.view, bus: adapters.bus, clock: adapters.clock });
  let stopServing = async (): Promise<void> => undefined;
  let onStarted = (): void => undefined;
  const started = new Promise<void>((resolve) => (onStarted = resolve));
  let onNeverStarted: (error: unknown) => void = () => undefined;
  const neverStarted = new Promise<never>((_resolve, reject) => (onNeverStarted = reject));
  // Only whoever waits for the start is told.
  neverStarted.catch(() => undefined);
  const begin = async (): Promise<void> => {
    await alert?.begin();
    stopServing = await adapters.serve(alert?.faces);
    for (const stage of [alert, score, collect]) await stage?.start();
    onStarted();
  };
  return {
    // The last one first, so that nothing is published before somebody listens.
    start: () => begin().catch((error: unknown) => {
      onNeverStarted(error);
      throw error;
    }),
    ready: async () => {
      await started;
      await alert?.seat.ready();
      await collect?.seat.ready();
    },
    stop: async () => {
      stopping.abort();
      onNeverStarted(new BreakwaterError('aborted', 'config not followed: the stages were stopped before they had started'));
      await stopServing();
      for (const stage of [collect, score, alert]) await stage?.stop();
      await Promise.all(running);
    },
    // Whoever reads knows of an asset before anything of it is published; warnings of one that is gone end when nothing is scored any more.
    follow: async (next) => {
      // It is served before everything has started.
      await Promise.race([started, neverStarted]);
      alert?.view.follow({ assets: scoringSettings(next).assets.map(({ asset }) => asset), sources: expectedSources(next), chains: watchedChains(next) });
      for (const stage of [score, alert, collect]) await stage?.follow(next);
    },
    status: () => {
      const { scores, late: lateMessages, forced: forcedTicks } = score?.scoring.stats() ?? { scores: 0, late: 0, forced: 0 };
      return { scores, lateMessages, forcedTicks, markets: collect?.seat.status().reduce((n, feed) => n + (feed.watched?.length ?? 0), 0) ?? 0 };
    },
  };
}
