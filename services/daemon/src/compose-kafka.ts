import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { BookMessage } from '@breakwater/contracts';
import type { Rng } from '@breakwater/models/core';
import type { Activity } from '@breakwater/platform/activity';
import type { Bus } from '@breakwater/platform/bus';
import { createKafkaBus, type KafkaBusOptions } from '@breakwater/platform/bus/kafka';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { createKafkaLeases } from '@breakwater/platform/lease/kafka';
import type { Lifecycle } from '@breakwater/platform/lifecycle';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';
import type { StateStore } from '@breakwater/platform/state';
import { createKafkaStates } from '@breakwater/platform/state/kafka';
import { createKafkaJournal } from '@breakwater/platform/store/journal-kafka';
import type { AlertInstances, CollectShard } from './adapters.ts';
import type { Config, KafkaConfig } from './config.ts';
import type { StageChoice } from './stages.ts';

/** What a bus is opened with. */
export interface BusDeps {
  readonly config: Config;
  readonly stage: StageChoice;
  readonly activity: Activity;
  readonly rng: Rng;
  readonly lifecycle: Lifecycle;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Told of every book that went wrong because an update was left out. */
  readonly onConflated: (message: BookMessage) => void;
}

/** The bus of the config. */
export interface OpenBus {
  readonly bus: Bus;
  /** Whether what it stands on answered last. */
  readonly isConnected: () => boolean;
}

/** Messages waiting for a stage, or for the brokers, before the oldest book updates are conflated. */
const queueLimit = 200_000;

/** Opens the bus of the config: Kafka where brokers are named, else this process's memory. Brokers that are away are no error: messages wait, within a bound. */
export function openBus(deps: BusDeps): OpenBus {
  const { config, activity, lifecycle, metrics, log } = deps;
  const onConflated = (message: BookMessage): void => {
    log.warn('book update left out: a stage is slower than its input', { instrument: message.instrument });
    deps.onConflated(message);
  };
  const { kafka } = config.bus;
  if (kafka === undefined) {
    const bus = createMemoryBus({ activity, queueLimit, onConflated });
    lifecycle.onClose('bus', () => bus.close());
    return { bus, isConnected: () => true };
  }
  const bus = createKafkaBus({
    ...sharedOn(kafka, deps.stage, log), assets: Object.keys(config.assets), rng: deps.rng, log, activity, metrics,
    // A stage that starts for the first time, or died before it had handled anything, has missed nothing that is kept.
    bufferLimit: queueLimit, start: 'earliest', onConflated,
    // Whoever stands by for alerting waits for the session of the one before: Kafka's least.
    ...(deps.stage === 'alert' ? { timing: { sessionTimeoutMs: 6_000 } } : {}),
  });
  lifecycle.onClose('bus', () => bus.close());
  return { bus, isConnected: () => bus.health().connected };
}

/** How the brokers of the config are spoken to. */
export function kafkaConnection(kafka: KafkaConfig, as: string, log: Log): KafkaBusOptions['connection'] {
  const { brokers, ssl, sasl } = kafka;
  return {
    brokers, clientId: `breakwater-${as}-${hostname()}`, log, tls: ssl,
    ...(sasl === undefined ? {} : { sasl: { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password.reveal() } }),
  };
}

/** What is opened on the Kafka of the config. */
export interface KafkaDeps {
  readonly config: Config;
  readonly rng: Rng;
  readonly lifecycle: Lifecycle;
  readonly log: Log;
}

/** Where this process can be asked from other machines; empty where it is not served to them. */
function addressOf({ alerting: { api } }: Config, port: number | undefined): string {
  const isLocal = /^(127\.|localhost$|::1$)/.test(api.host);
  return !api.enabled || isLocal ? '' : `${api.tls === undefined ? 'http' : 'https'}://${/^(0\.0\.0\.0|::)$/.test(api.host) ? hostname() : api.host}:${port ?? api.port}/`;
}

/** What instances of the alert stage share on the Kafka of the config: a lease, and a journal that only its holder can write. Undefined where the stages meet in memory. */
export function openInstances(deps: KafkaDeps & { readonly port: number | undefined; readonly address: string | undefined }): AlertInstances | undefined {
  const { config, rng, lifecycle } = deps;
  const { kafka } = config.bus;
  if (kafka === undefined) return undefined;
  const shared = sharedOn(kafka, 'alert', deps.log);
  const { clock } = shared;
  const journal = createKafkaJournal({ ...shared, rng: rng.fork('journal') });
  lifecycle.onClose('journal', () => journal.close());
  const leases = createKafkaLeases({ ...shared, rng: rng.fork('leases') });
  lifecycle.onClose('leases', () => leases.close());
  return { leases, journal, instance: randomUUID(), address: deps.address ?? addressOf(config, deps.port), clock };
}

/** What processes that collect the same venues share on the Kafka of the config: a lease, and a journal of how far chains were read. Undefined where the stages meet in memory. */
export function openShard(deps: KafkaDeps & { readonly index: number }): CollectShard | undefined {
  const { config, index, rng, lifecycle } = deps;
  const { kafka } = config.bus;
  if (kafka === undefined) return undefined;
  const shared = sharedOn(kafka, `collect-${index}`, deps.log);
  const { watermarkEveryMs, watermarkDelayMs, shards } = config.collect;
  const journal = createKafkaJournal({ ...shared, prefix: `${shared.prefix}collect-${index}.`, rng: rng.fork('journal of collecting') });
  lifecycle.onClose('journal of collecting', () => journal.close());
  const leases = createKafkaLeases({ ...shared, rng: rng.fork('leases of collecting') });
  lifecycle.onClose('leases of collecting', () => leases.close());
  // Two watermarks of a holder that lives.
  return { index, count: shards, leases, journal, holder: randomUUID(), clock: shared.clock, listenMs: 2 * watermarkEveryMs + watermarkDelayMs };
}

/** Where workers of the score stage leave what they hold of a partition for whoever holds it next. Undefined where the stages meet in memory. */
export function openStates({ config, rng, lifecycle, log }: KafkaDeps): StateStore | undefined {
  const { kafka } = config.bus;
  if (kafka === undefined) return undefined;
  const states = createKafkaStates({ ...sharedOn(kafka, 'score', log), rng: rng.fork('states') });
  lifecycle.onClose('states', () => states.close());
  return states;
}

/** What is the same for everything on the Kafka of the config. Leases, sessions and commits go by real time, also in a drill. */
function sharedOn(kafka: KafkaConfig, as: string, log: Log): { readonly connection: KafkaBusOptions['connection']; readonly prefix: string; readonly clock: ReturnType<typeof createSystemClock> } {
  return { connection: kafkaConnection(kafka, as, log), prefix: `${kafka.prefix}.`, clock: createSystemClock() };
}
