import { writeSync } from 'node:fs';
import { createAlerting, createDelivery, deliveryId, type Notifier } from '@breakwater/alerting';
import { alertingConfig, type AlertingConfig } from '@breakwater/alerting/config';
import { createRng } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createKafkaBus } from '@breakwater/platform/bus/kafka';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { BreakwaterError } from '@breakwater/platform/errors';
import { createKafkaLeases } from '@breakwater/platform/lease/kafka';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createKafkaJournal } from '@breakwater/platform/store/journal-kafka';
import { createAlertHolder } from './alert-holder.ts';

/** Assets whose scores instances of a test take. */
export const alertAssets = ['OM', 'ARB', 'SOL', 'TIA'] as const;
/** Recipients of a test. */
export const alertRecipients = ['committee', 'exchange'] as const;

/** Settings that give a revision for nearly every score. */
export function alertSettings(): AlertingConfig {
  return alertingConfig.parse({ rules: { cascadeIgnition: { clearForSeconds: 0 } }, lifecycle: { updateEverySeconds: 1 } });
}

/** One instance of the alert stage, and who it is. */
export interface AlertInstanceTerms {
  readonly brokers: readonly string[];
  readonly prefix: string;
  readonly name: string;
  /** Where warnings are posted to. */
  readonly receiver: string;
}

/** Runs one until the process ends. Prints `active <term>` and `standby`. What it holds is in Kafka and in memory: it has no disk. */
export async function runAlertInstance({ brokers, prefix, name, receiver }: AlertInstanceTerms): Promise<void> {
  const clock = createSystemClock();
  const rng = createRng(process.pid);
  const connection = { brokers, clientId: name, log: silentLog };
  // The least that brokers take by default: what a dead holder had of the scores is dealt anew after it.
  const bus = createKafkaBus({ connection, prefix, assets: alertAssets, partitions: 4, clock, rng, log: silentLog, bufferLimit: 10_000, start: 'earliest', timing: { sessionTimeoutMs: 6_000 } });
  const leases = createKafkaLeases({ connection, prefix, clock, rng });
  const journal = createKafkaJournal({ connection, prefix, clock, rng });
  const activity = createActivity();
  const config = alertSettings();
  const never = new AbortController().signal;
  const holder = createAlertHolder({ leases, journal, instance: `${name}-${process.pid}`, address: name, clock, log: silentLog, metrics: createMetrics(), signal: never }, async (term, onError) => {
    const notifiers = alertRecipients.map((recipient): Notifier => ({
      name: recipient,
      deliver: async (entry, signal) => {
        const answer = await fetch(receiver, { method: 'POST', signal, body: JSON.stringify({ by: name, term: term.term, recipient, id: deliveryId(entry), warning: entry.warning }) }).catch((error: unknown) => {
          throw new BreakwaterError('delivery-failed', 'not taken', { cause: error });
        });
        if (!answer.ok) throw new BreakwaterError('delivery-failed', `answered ${answer.status}`);
      },
    }));
    const { signal, held, metrics } = term;
    const delivery = createDelivery({ journal: term.journal, notifiers, clock, rng, activity, log: silentLog, metrics, config: config.delivery, signal, held });
    const alerting = createAlerting({ bus, journal: term.journal, clock, activity, log: silentLog, metrics, config, recipients: alertRecipients, signal, onCommitted: () => delivery.wake(), onError });
    const running = delivery.run().catch(onError);
    await alerting.restore();
    writeSync(1, `active ${term.term}\n`);
    return {
      acknowledge: (...of) => alerting.acknowledge(...of), latestHeartbeat: () => null,
      stop: async () => {
        await alerting.stop();
        await running;
        writeSync(1, 'standby\n');
      },
    };
  });
  await holder.run();
}
