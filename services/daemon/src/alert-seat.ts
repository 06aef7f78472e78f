import { createAlerting, createDelivery, createHeartbeatMaker } from '@breakwater/alerting';
import type { LiveView } from '@breakwater/alerting/api';
import { defined } from '@breakwater/models/core';
import { messageOf } from '@breakwater/platform/errors';
import { modelVersion } from '@breakwater/scoring';
import type { Adapters, Faces, RecipientsOf } from './adapters.ts';
import { createAlertHolder, type ActiveAlert, type AlertTerm } from './alert-holder.ts';
import type { Config } from './config.ts';
import { isFenced } from './stale-lease.ts';

/** What the alert stage of this process is made of. */
export interface AlertSeatDeps {
  readonly adapters: Adapters;
  readonly config: Config;
  readonly view: LiveView;
  readonly recipientsOf: RecipientsOf;
  readonly log: (stage: string) => Adapters['log'];
  readonly signal: AbortSignal;
  readonly onFatal: (error: unknown) => void;
  /** Work that ends with the signal; what it rejects with before that is fatal. */
  readonly run: (work: Promise<void>) => void;
}

/** The place of this process among the instances of the alert stage: the only one, or one that is active in turn with others. */
export interface AlertSeat extends Pick<Faces, 'acknowledge' | 'latestHeartbeat' | 'activeAt'> {
  /** Resolves when alerting runs, or, among several, when this one stands by. */
  start(): Promise<void>;
  /** Resolves when alerting runs here. */
  ready(): Promise<void>;
  /** Goes on under another config, now and in every later turn. */
  follow(next: Config): Promise<void>;
  /** Call after the signal aborted. */
  stop(): Promise<void>;
}

/** Alerting and all it drives, for one turn. */
interface RunningAlert extends ActiveAlert {
  follow(next: Config): Promise<void>;
}

/** Rules, lifecycle, outbox; then each recipient at its own pace, and a sign of life to all: everything is read from the journal of the turn and written to it. */
async function startTurn({ adapters, view, recipientsOf, log }: AlertSeatDeps, config: Config, { journal, signal, held, metrics }: AlertTerm, onError: (error: unknown) => void): Promise<RunningAlert> {
  const { bus, clock, rng, activity, tracer } = adapters;
  const recipients = recipientsOf(view, { config, journal, metrics });
  const { notifiers } = recipients;
  const delivery = createDelivery({ journal, notifiers, clock, rng: rng.fork('delivery'), activity, log: log('deliver'), metrics, tracer, config: config.alerting.delivery, signal, held });
  const names = notifiers.map((notifier) => notifier.name);
  const alerting = createAlerting({ bus, journal, clock, activity, log: log('alert'), metrics, tracer, config: config.alerting, recipients: names, signal, onCommitted: () => delivery.wake(), onError });
  const heartbeat = createHeartbeatMaker({
    bus, journal, clock, activity, log: log('alert'), metrics, config: config.alerting.heartbeat, view, modelVersion, signer: defined(adapters.signer, 'a signer of heartbeats'),
    onHeartbeat: (beat) => delivery.heartbeat(beat),
  });
  /** Closes what a reload that met the end of the turn left. */
  const left: (() => Promise<void>)[] = [];
  const running = [delivery.run(), recipients.run(signal)].map((work) => work.catch((error: unknown) => (signal.aborted ? undefined : onError(error))));
  try {
    await alerting.restore();
    // An asset that was taken out of the config while nothing ran has warnings that would stay open for a day.
    await alerting.follow({ config: config.alerting, recipients: names, watched: (asset) => Object.hasOwn(config.assets, asset) });
    await heartbeat.start();
  } catch (error) {
    // The turn ended before it had begun: nothing of it may go on taking scores, which are for whoever has the next.
    await alerting.stop();
    await heartbeat.stop();
    await recipients.close();
    throw error;
  }
  return {
    acknowledge: (...of) => alerting.acknowledge(...of), latestHeartbeat: () => heartbeat.latest(),
    follow: async (next) => {
      const followed = recipients.follow(next);
      try {
        // Nothing more goes into the outbox of whoever is gone before it is emptied.
        await alerting.follow({ config: next.alerting, recipients: followed.notifiers.map((notifier) => notifier.name), watched: (asset) => Object.hasOwn(next.assets, asset) });
        await delivery.follow(followed.notifiers);
      } catch (error) {
        left.push(() => followed.retire());
        if (!signal.aborted && held() && !isFenced(error)) throw error;
        // It ends now, if it has not: the next one begins under the config that this one did not take over any more.
        if (isFenced(error)) onError(error);
        log('alert').warn('config not followed to its end: the turn is over', { error: messageOf(error) });
        return;
      }
      await followed.retire();
    },
    stop: async () => {
      await alerting.stop();
      await heartbeat.stop();
      await Promise.all(running);
      for (const retire of left) await retire();
      await recipients.close();
    },
  };
}

/** Makes the seat: alone where the adapters name no other instances. */
export function createAlertSeat(deps: AlertSeatDeps): AlertSeat {
  const { adapters, signal, onFatal } = deps;
  let { config } = deps;
  let active: RunningAlert | undefined;
  let waiting: (() => void)[] = [];
  // A turn begins under one config, and follows the next after that.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };
  const begin = (term: AlertTerm, onError: (error: unknown) => void): Promise<RunningAlert> => inTurn(async () => {
    const own = await startTurn(deps, config, term, onError);
    active = own;
    for (const wake of waiting.splice(0)) wake();
    return {
      ...own,
      stop: async () => {
        if (active === own) active = undefined;
        await own.stop();
      },
    };
  });
  const shared = {
    ready: () => (active === undefined ? new Promise<void>((resolve) => (waiting = [...waiting, resolve])) : Promise.resolve()),
    follow: (next: Config) => inTurn(async () => {
      config = next;
      await active?.follow(next);
    }),
  };
  if (adapters.instances === undefined) {
    let only: RunningAlert | undefined;
    return {
      ...shared,
      acknowledge: (...of) => defined(only, 'alerting, which is started before anybody is served').acknowledge(...of), latestHeartbeat: () => only?.latestHeartbeat() ?? null, activeAt: () => null,
      start: async () => {
        only = await begin({ term: 0, journal: adapters.journal, signal, held: () => true, metrics: adapters.metrics }, (error) => (signal.aborted ? undefined : onFatal(error)));
      },
      stop: async () => only?.stop(),
    };
  }
  const holder = createAlertHolder({ ...adapters.instances, log: deps.log('alert'), metrics: adapters.metrics, signal }, begin);
  return {
    ...shared,
    acknowledge: (...of) => holder.acknowledge(...of), latestHeartbeat: () => holder.latestHeartbeat(), activeAt: () => holder.status().address,
    start: async () => deps.run(holder.run()),
    // The holder ends its turn with the signal, and the pipeline waits for it.
    stop: async () => undefined,
  };
}
