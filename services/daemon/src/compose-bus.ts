import { hostname } from 'node:os';
import type { BookMessage } from '@breakwater/contracts';
import type { Rng } from '@breakwater/models/core';
import type { Activity } from '@breakwater/platform/activity';
import type { Bus } from '@breakwater/platform/bus';
import { createKafkaBus, type KafkaBusOptions } from '@breakwater/platform/bus/kafka';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { createSystemClock } from '@breakwater/platform/clock/system';
import type { Lifecycle } from '@breakwater/platform/lifecycle';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';
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
    // Brokers, sessions and waits go by real time, also in a drill.
    connection: kafkaConnection(kafka, deps.stage, log), prefix: `${kafka.prefix}.`, assets: Object.keys(config.assets), clock: createSystemClock(), rng: deps.rng, log, activity, metrics,
    // A stage that starts for the first time, or died before it had handled anything, has missed nothing that is kept.
    bufferLimit: queueLimit, start: 'earliest', onConflated,
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
