import { afterAll, describe, it } from '@jest/globals';
import { createRng } from '@breakwater/models/core';
import { sleep } from '../../clock/index.ts';
import { createSystemClock } from '../../clock/system.ts';
import type { KafkaBus, KafkaBusOptions } from '../../bus/kafka.ts';
import { createKafkaBus } from '../../bus/kafka.ts';
import { silentLog } from '../../log.ts';
import { createKafkaLeases, type KafkaLeases, type KafkaLeasesOptions } from '../../lease/kafka.ts';
import { createKafkaStates, type KafkaStatesOptions } from '../../state/kafka.ts';
import type { StateStore } from '../../state/index.ts';
import { describeBus, describeJournal, describeLeases, describeStates, type JournalPlace } from '../../suites/index.ts';
import type { SharedJournal } from '../../store/index.ts';
import { createKafkaJournal, type KafkaJournalOptions } from '../../store/journal-kafka.ts';

/** A broker under test, as `infra/dev` starts it. */
export interface BrokerUnderTest {
  readonly brokers: readonly string[];
  readonly own: boolean;
  stop(): Promise<void>;
  kill(): Promise<void>;
  restart(): Promise<void>;
  pause(): void;
  resume(): void;
}

let made = 0;
/** Makes buses with topics of their own on a broker. */
export function busesOn(broker: BrokerUnderTest): (options?: Partial<KafkaBusOptions>) => KafkaBus {
  const run = `test-${process.pid}-${createSystemClock().now().toString(36)}`;
  return (options = {}) => createKafkaBus({
    prefix: `${run}-${made++}.`, assets: ['OM', 'ARB', 'SOL', 'DOGE', 'APE', 'UNI', 'LDO', 'CRV'], partitions: 4, bufferLimit: 100_000, clock: createSystemClock(), rng: createRng(made), log: silentLog,
    connection: { brokers: broker.brokers, clientId: 'breakwater-test', log: silentLog }, ...options,
  });
}

/** Makes places for leases on a broker, each of its own unless a prefix is given. */
export function leasesOn(broker: BrokerUnderTest): (options?: Partial<KafkaLeasesOptions>) => KafkaLeases {
  const run = `leases-${process.pid}-${createSystemClock().now().toString(36)}`;
  return (options = {}) => createKafkaLeases({
    prefix: `${run}-${made++}.`, clock: createSystemClock(), rng: createRng(made), connection: { brokers: broker.brokers, clientId: 'breakwater-test', log: silentLog }, ...options,
  });
}

/** Makes journals on a broker. */
export function journalsOn(broker: BrokerUnderTest): (prefix: string, options?: Partial<KafkaJournalOptions>) => SharedJournal {
  return (prefix, options = {}) => createKafkaJournal({
    prefix, clock: createSystemClock(), rng: createRng(made++), connection: { brokers: broker.brokers, clientId: 'breakwater-test', log: silentLog }, ...options,
  });
}

/** A place where one process after the other is the writer of a journal. */
function journalPlace(open: ReturnType<typeof journalsOn>, prefix: string): JournalPlace {
  let term = 0;
  return {
    open: async () => {
      const shared = open(prefix);
      const journal = await shared.take({ term: ++term, address: '', held: () => true, signal: new AbortController().signal });
      return { ...journal, close: () => shared.close() };
    },
    dispose: () => undefined,
  };
}

/** Makes places for snapshots on a broker. */
export function statesOn(broker: BrokerUnderTest): (prefix: string, options?: Partial<KafkaStatesOptions>) => StateStore {
  return (prefix, options = {}) => createKafkaStates({ prefix, clock: createSystemClock(), rng: createRng(made++), connection: { brokers: broker.brokers, clientId: 'breakwater-test', log: silentLog }, ...options });
}

/** What is held against every version of the broker; skipped where there is none. */
export function describeKafka(version: string, broker: BrokerUnderTest | undefined): void {
  afterAll(() => broker?.stop());
  if (broker === undefined) {
    describe(`Kafka ${version}`, () => it.skip('needs a broker', () => undefined));
    return;
  }
  const make = busesOn(broker);
  describeBus(`Kafka ${version}`, () => make(), 4);
  const leases = leasesOn(broker);
  describeLeases(`Kafka ${version}`, async () => {
    const own = leases();
    return { leases: own, pass: (ms) => sleep(createSystemClock(), ms), close: () => own.close() };
  });
  const states = statesOn(broker);
  describeStates(`Kafka ${version}`, () => {
    const prefix = `states-${process.pid}-${createSystemClock().now().toString(36)}-${made++}.`;
    return () => states(prefix);
  }, 3);
  const journals = journalsOn(broker);
  describeJournal(`Kafka ${version}`, () => journalPlace(journals, `journal-${process.pid}-${createSystemClock().now().toString(36)}-${made++}.`), 6);
}
