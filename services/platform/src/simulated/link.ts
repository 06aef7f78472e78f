import type { Clock } from '../clock/index.ts';

/** One direction of a connection: what is pushed arrives later, in order. */
export interface Link {
  push(fn: () => void): void;
  /** Forgets what is under way. */
  close(): void;
}

/** What a link is made of. */
export interface LinkOptions {
  readonly clock: Clock;
  /** The delay of the next delivery, milliseconds. */
  readonly latency: () => number;
  /** Until when nothing arrives, milliseconds since the epoch; checked when a delivery is due. */
  readonly heldUntil: () => number;
  /** Called once when more than `LINK_CAPACITY` deliveries wait; the link is closed. */
  readonly onOverflow: () => void;
}

/** Deliveries that may wait in one direction; a server with so long a backlog cuts its client off. */
export const LINK_CAPACITY = 100_000;

/** Makes an idle link. One timer waits for the head of the queue, so a held link costs nothing. */
export function createLink(options: LinkOptions): Link {
  const { clock } = options;
  let queue: { readonly at: number; readonly fn: () => void }[] = [];
  let head = 0;
  let lastAt = 0;
  let closed = false;
  let cancel: (() => void) | undefined;

  const arm = (): void => {
    const next = queue[head];
    if (next === undefined || cancel !== undefined || closed) return;
    cancel = clock.after(Math.max(0, next.at - clock.now()), deliver);
  };
  const deliver = (): void => {
    cancel = undefined;
    const held = options.heldUntil();
    if (held > clock.now()) {
      cancel = clock.after(held - clock.now(), deliver);
      return;
    }
    for (;;) {
      const next = queue[head];
      if (next === undefined || next.at > clock.now() || isClosed()) break;
      head++;
      next.fn();
    }
    if (head > 1_024 || head === queue.length) {
      queue = queue.slice(head);
      head = 0;
    }
    arm();
  };
  // Read through a function: a delivery may close the link.
  const isClosed = (): boolean => closed;
  return {
    push: (fn) => {
      if (closed) return;
      if (queue.length - head >= LINK_CAPACITY) {
        closed = true;
        cancel?.();
        queue = [];
        head = 0;
        options.onOverflow();
        return;
      }
      lastAt = Math.max(lastAt, clock.now() + options.latency());
      queue.push({ at: lastAt, fn });
      arm();
    },
    close: () => {
      closed = true;
      cancel?.();
      queue = [];
      head = 0;
    },
  };
}
