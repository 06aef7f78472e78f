import type { ReserveEventMessage, TransferMessage } from '@breakwater/contracts';

/** What a chain moves on for only when it would be found again. */
export type ChainEvent = TransferMessage | ReserveEventMessage;

/** A message that came so long before a saved tick is in what was saved with it, whatever its way took: far more than messages are held for their order or wait at a bus [A]. */
const surelyFoldedMs = 600_000;

/**
 * Of the messages received before a restart, in their order, those to fold again onto a state saved with `lastTick` (undefined where none was saved: all). What that state surely has is left out: a reserve's events are kept
 * only as they came in and as they were undone, so that folding old ones again would bring back what is no more. An event of a reserve that came and was undone is only undone. O(n).
 */
export function foundAgain(received: readonly ChainEvent[], lastTick: number | undefined): readonly ChainEvent[] {
  const fresh = lastTick === undefined ? received : received.filter(({ eventTime, receivedAt }) => Math.max(eventTime, receivedAt) > lastTick - surelyFoldedMs);
  const undoneAt = new Map<string, number>();
  for (const [i, message] of fresh.entries()) if (message.kind === 'reserve.event' && message.state === 'reverted') undoneAt.set(keyOf(message), i);
  return fresh.filter((message, i) => message.kind !== 'reserve.event' || message.state === 'reverted' || (undoneAt.get(keyOf(message)) ?? -1) < i);
}

const keyOf = ({ chain, tx, logIndex, blockHash }: ReserveEventMessage): string => `${chain}/${tx}/${String(logIndex)}/${blockHash}`;
