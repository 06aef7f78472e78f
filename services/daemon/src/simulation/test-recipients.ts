import { createFileNotifier, createMemoryFile, deliveryId, type Notifier } from '@breakwater/alerting';
import type { Rng } from '@breakwater/models/core';
import { BreakwaterError } from '@breakwater/platform/errors';

/** How the recipients fail now. */
export interface RecipientFaults {
  fails: boolean;
  losesAcks: boolean;
  hangs: boolean;
  fileFails: boolean;
}

/** The receivers of warnings: a file and a recorder. They outlive daemons. */
export interface Recipients {
  readonly faults: RecipientFaults;
  readonly counts: { failed: number; lostAcks: number; hung: number; fileFailed: number };
  /** Notifiers of one daemon; `point` is where it may die. */
  notifiers(point: (name: string) => void): readonly Notifier[];
  /** The machine of the daemon died: what was not synced may be gone. */
  crash(): void;
  /** `<id>#<revision>` of every delivery by recipient, in order, repeats included; throws when the file holds a line that is not whole. */
  received(): ReadonlyMap<string, readonly string[]>;
}

/** Makes recipients that have received nothing. */
export function createRecipients(rng: Rng): Recipients {
  const file = createMemoryFile();
  const recorded: string[] = [];
  const faults: RecipientFaults = { fails: false, losesAcks: false, hangs: false, fileFails: false };
  const counts = { failed: 0, lostAcks: 0, hung: 0, fileFailed: 0 };
  const recorder = (): Notifier => ({
    name: 'recorder',
    deliver: async (entry, signal) => {
      if (faults.fails && rng.chance(0.6)) {
        counts.failed++;
        throw new BreakwaterError('delivery-failed', 'recorder: not now', rng.chance(0.3) ? { retryAfterMs: 4_000 } : {});
      }
      if (faults.hangs && rng.chance(0.5)) {
        counts.hung++;
        await new Promise<void>((_resolve, reject) => signal.addEventListener('abort', () => reject(new BreakwaterError('aborted', 'recorder: hung')), { once: true }));
      }
      recorded.push(deliveryId(entry));
      if (faults.losesAcks && rng.chance(0.5)) {
        counts.lostAcks++;
        throw new BreakwaterError('delivery-failed', 'recorder: the acknowledgement was lost');
      }
    },
  });
  return {
    faults, counts,
    notifiers: (point) => {
      const writer = createFileNotifier({ path: 'warnings.jsonl', open: file.open });
      const failing: Notifier = {
        name: writer.name,
        deliver: async (entry, signal) => {
          if (faults.fileFails && rng.chance(0.5)) {
            counts.fileFailed++;
            file.failNextAppend(rng.int(900));
          }
          await writer.deliver(entry, signal);
        },
      };
      return [failing, recorder()].map((notifier) => ({
        name: notifier.name,
        deliver: async (entry, signal) => {
          point('before delivery');
          await notifier.deliver(entry, signal);
          point('after delivery');
        },
      }));
    },
    crash: () => file.crash(rng.next()),
    received: () => {
      const lines = file.text().split('\n').filter((line) => line !== '');
      return new Map([['file', lines.map((line) => (JSON.parse(line) as { readonly id: string }).id)], ['recorder', recorded]]);
    },
  };
}
