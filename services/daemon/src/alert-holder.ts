import type { Alerting, HeartbeatMaker } from '@breakwater/alerting';
import type { Clock } from '@breakwater/platform/clock';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import type { Leases } from '@breakwater/platform/lease';
import type { HeldLease, LeaseTiming } from '@breakwater/platform/lease/keep';
import { whileHolding } from '@breakwater/platform/lease/keep';
import type { Log } from '@breakwater/platform/log';
import { registeredOnce, type Metrics } from '@breakwater/platform/metrics';
import type { Journal, SharedJournal } from '@breakwater/platform/store';
import { isFenced, staleLease } from './stale-lease.ts';

/** One turn of being the active instance. */
export interface AlertTerm {
  /** Counts up from turn to turn, over all instances. */
  readonly term: number;
  /** Everything of this turn is read and written here. Once it is over writes are rejected with `fenced`. */
  readonly journal: Journal;
  /** Aborts when the turn is over: nothing is sent after it. */
  readonly signal: AbortSignal;
  /** Whether the turn lasts, asked of the clock: for what must not be done by an instance that was paused. */
  readonly held: () => boolean;
  /** The metrics of the process, which what is made anew for every turn may register again. */
  readonly metrics: Metrics;
}

/** What runs during a turn. */
export interface ActiveAlert {
  readonly acknowledge: Alerting['acknowledge'];
  readonly latestHeartbeat: HeartbeatMaker['latest'];
  /** Ends it, after the turn's signal aborted. */
  stop(): Promise<void>;
}

/** Where an instance stands. */
export interface AlertHolderStatus {
  readonly active: boolean;
  /** Of the turn that the journal knows last, whoever has it; null before the first. */
  readonly term: number | null;
  /** Where that instance can be reached; null before the first turn, and when it did not say. */
  readonly address: string | null;
}

/** The alert stage among several instances of it. */
export interface AlertHolder {
  /**
   * Waits for the lease, runs what `activate` makes while it is held, and waits again, until `signal` aborts. Rejects with what a turn cannot recover from; the lease was then
   * given back, so that another instance goes on.
   */
  run(): Promise<void>;
  /** Of the turn that runs here; rejects with `standby` when there is none. */
  readonly acknowledge: Alerting['acknowledge'];
  /** Of the turn that runs here; null when there is none. */
  readonly latestHeartbeat: HeartbeatMaker['latest'];
  status(): AlertHolderStatus;
}

/** What standing by and taking over needs. */
export interface AlertHolderDeps {
  readonly leases: Leases;
  readonly journal: SharedJournal;
  /** The name of this process, which no other ever has. */
  readonly instance: string;
  /** Where this instance can be reached, for people and for the others; may be empty. */
  readonly address: string;
  /** Of the machine: leases go by real time. */
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly signal: AbortSignal;
  readonly timing?: LeaseTiming;
}

/** The lease of whoever is active. */
export const alertLease = 'alerting';

/**
 * One instance is active: the holder of the lease `alerting`. Taking over is, in this order: the lease; the journal, which shuts out the instance before and is read to its end; then
 * `activate`, which restores alerting and delivery from it and only then takes scores, from where the group has committed. `activate` is told of errors of a turn through
 * `onError`; one that says that the turn is over ends it and nothing else.
 */
export function createAlertHolder(deps: AlertHolderDeps, activate: (term: AlertTerm, onError: (error: unknown) => void) => Promise<ActiveAlert>): AlertHolder {
  const { journal, log } = deps;
  const metrics = registeredOnce(deps.metrics);
  const active = metrics.gauge('breakwater_alert_active', 'Whether this instance of the alert stage is the active one (1) or stands by (0)');
  const turns = metrics.counter('breakwater_alert_turns_total', 'Turns as the active instance of the alert stage that began in this process');
  active.set({}, 0);
  let present: ActiveAlert | undefined;

  const serve = async (lease: HeldLease): Promise<void> => {
    const over = new AbortController();
    const failures: unknown[] = [];
    const end = (): void => over.abort();
    const isOver = (): boolean => over.signal.aborted;
    const onError = (error: unknown): void => {
      // What fails because the turn is over is no failure.
      if (!isOver() && !isFenced(error)) failures.push(error);
      end();
    };
    const held = (): boolean => !isOver() && lease.held();
    lease.signal.addEventListener('abort', end, { once: true });
    if (lease.signal.aborted) end();
    let alert: ActiveAlert | undefined;
    let own: Journal | undefined;
    try {
      own = await journal.take({ term: lease.term, address: deps.address, held, signal: over.signal });
      alert = await activate({ term: lease.term, journal: own, signal: over.signal, held, metrics }, onError);
      present = alert;
      active.set({}, 1);
      turns.inc({});
      log.info('alert-active', { term: lease.term });
      if (!isOver()) await new Promise<void>((resolve) => over.signal.addEventListener('abort', () => resolve(), { once: true }));
    } catch (error) {
      onError((own === undefined && isFenced(error) ? staleLease(alertLease, { term: lease.term, held }, journal.writer()) : undefined) ?? error);
    } finally {
      present = undefined;
      active.set({}, 0);
      end();
      lease.signal.removeEventListener('abort', end);
      await alert?.stop().catch((error: unknown) => log.warn('alert-not-stopped', { term: lease.term, error: messageOf(error) }));
      // Its producer would keep the process from ending.
      await own?.close();
      log.info('alert-standby', { term: lease.term });
    }
    if (failures.length > 0) throw failures[0];
  };
  return {
    run: () => whileHolding({ ...deps, name: alertLease, holder: deps.instance }, serve),
    acknowledge: async (...of) => {
      if (present === undefined) throw new BreakwaterError('standby', 'acknowledgement not taken: this instance is not the active one');
      return present.acknowledge(...of);
    },
    latestHeartbeat: () => present?.latestHeartbeat() ?? null,
    status: () => {
      const writer = journal.writer();
      return { active: present !== undefined, term: writer?.term ?? null, address: writer === null || writer.address === '' ? null : writer.address };
    },
  };
}
