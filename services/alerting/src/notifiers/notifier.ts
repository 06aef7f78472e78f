import type { HeartbeatMessage, SignedHeartbeat } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import type { OutboxEntry } from '@breakwater/platform/store';

/** A way to reach one recipient, as a port. */
export interface Notifier {
  /** The recipient's name in the outbox. */
  readonly name: string;
  /**
   * What an entry that failed holds back until it is delivered: later revisions of its own warning (`warning`, the default), or
   * everything later (`all`), for recipients that read top to bottom.
   */
  readonly order?: 'warning' | 'all';
  /** The earliest time at which the recipient may be given something more, by its rate limits. Asked before each delivery; waiting is no failed try. */
  notBefore?(now: EpochMs): EpochMs;
  /**
   * Delivers one revision of a warning. Resolves when the recipient has it for good; rejects otherwise, with a `BreakwaterError` whose
   * code says whether another try can help and, where the recipient said so, after how long. The same entry may come again after a
   * crash: `deliveryId` names it, so that a receiver can tell.
   */
  deliver(entry: OutboxEntry, signal: AbortSignal): Promise<void>;
  /** Sends a sign of life. A failure is counted and not tried again: the next one replaces it. Absent where people read. */
  heartbeat?(beat: Heartbeat, signal: AbortSignal): Promise<void>;
}

/** A sign of life, and the same with its signature. */
export interface Heartbeat {
  readonly message: HeartbeatMessage;
  readonly signed: SignedHeartbeat;
}

/** The id under which a revision is delivered, the same on every try: `<warning id>#<revision>`. */
export function deliveryId(entry: Pick<OutboxEntry, 'warning'>): string {
  return `${entry.warning.id}#${String(entry.warning.revision)}`;
}
