import type { OutboxEntry } from '@breakwater/platform/store';

/** A way to reach one recipient, as a port. */
export interface Notifier {
  /** The recipient's name in the outbox. */
  readonly name: string;
  /**
   * Delivers one revision of a warning. Resolves when the recipient has it for good; rejects otherwise, with a `BreakwaterError` whose
   * code says whether another try can help and, where the recipient said so, after how long. The same entry may come again after a
   * crash: `deliveryId` names it, so that a receiver can tell.
   */
  deliver(entry: OutboxEntry, signal: AbortSignal): Promise<void>;
}

/** The id under which a revision is delivered, the same on every try: `<warning id>#<revision>`. */
export function deliveryId(entry: Pick<OutboxEntry, 'warning'>): string {
  return `${entry.warning.id}#${String(entry.warning.revision)}`;
}
