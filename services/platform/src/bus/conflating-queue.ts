import type { BookMessage, Message } from '@breakwater/contracts';
import { defined } from '@breakwater/models/core';

/** What happened to messages on the way to one subscriber group. Mutated by the queue, so that counts outlive it. */
export interface QueueCounters {
  /** Book messages left out to make room. */
  conflated: number;
  /** Messages accepted beyond the limit because nothing could make room for them. */
  exceeded: number;
}

/** A queue that makes room for new messages, when it is full, by leaving out order-book updates and nothing else. */
export interface ConflatingQueue<M extends Message> {
  push(message: M): void;
  /** Removes and returns everything, oldest first. */
  take(): M[];
  size(): number;
}

/** Terms of a conflating queue. */
export interface ConflatingQueueOptions {
  /** Messages held before room is made, > 0. */
  readonly limit: number;
  readonly counters: QueueCounters;
  /**
   * Told of the first update left out of a book that is wrong from there on. Without it nothing is ever left out and the queue
   * exceeds its limit instead: a book must not go wrong silently.
   */
  readonly onConflated?: ((message: BookMessage) => void) | undefined;
}

/**
 * Makes an empty queue. Rules when it is full, in this order:
 *
 * 1. A snapshot replaces every queued book message of its instrument. Nothing is lost: the snapshot says it all.
 * 2. The oldest queued book message of the same instrument makes room, and with it every later one up to the next queued snapshot:
 *    sizes are absolute, so updates after a missing one would build a book that never was. When a snapshot follows, nothing is lost.
 *    When none does, the book stays as it was: `onConflated` is called once, and updates are left out until a snapshot arrives.
 * 3. The same with the instrument that has the oldest book message of all.
 * 4. An update of a book with nothing queued is left out itself, as in 2. Any other message is accepted beyond the limit and counted.
 *
 * Trades, liquidations, transfers, tickers, deep books, scores, warnings and health are never left out. Cost: constant; a full queue
 * is indexed once between two `take`s, in time linear in its length.
 */
export function createConflatingQueue<M extends Message>(options: ConflatingQueueOptions): ConflatingQueue<M> {
  const { limit, counters, onConflated } = options;
  /** Messages in order; undefined where one was left out. */
  let slots: (M | undefined)[] = [];
  let live = 0;
  /** Positions of queued book messages by instrument, oldest first; kept only while the queue has been full since the last `take`. */
  let index: Map<string, number[]> | undefined;
  /** Instruments whose book is wrong until their next snapshot. */
  const broken = new Set<string>();

  const remember = (message: M | undefined, position: number): void => {
    if (index === undefined || message?.kind !== 'book') return;
    const positions = index.get(message.instrument);
    if (positions === undefined) index.set(message.instrument, [position]);
    else positions.push(position);
  };
  const buildIndex = (): Map<string, number[]> => {
    slots = slots.filter((slot) => slot !== undefined);
    index = new Map();
    slots.forEach(remember);
    return index;
  };
  const bookAt = (position: number): BookMessage => {
    const message: Message | undefined = slots[position];
    if (message?.kind !== 'book') throw new Error('the index of a queue points at something else than a book message');
    return message;
  };
  const leaveOut = (position: number): void => {
    slots[position] = undefined;
    live--;
    counters.conflated++;
  };
  const oldestInstrument = (books: ReadonlyMap<string, readonly number[]>): string | undefined => {
    let oldest: string | undefined;
    let first = Infinity;
    for (const [instrument, positions] of books) {
      const head = defined(positions[0], 'position of an indexed book message');
      if (head < first) [oldest, first] = [instrument, head];
    }
    return oldest;
  };
  /** Leaves out the oldest book messages of an instrument up to its next snapshot; returns the first of them when that loses anything. */
  const leaveOutRun = (books: Map<string, number[]>, instrument: string): BookMessage | undefined => {
    const positions = defined(books.get(instrument), 'an indexed instrument');
    const first = bookAt(defined(positions[0], 'position of an indexed book message'));
    const next = positions.findIndex((position, i) => i > 0 && bookAt(position).snapshot);
    const run = next < 0 ? positions : positions.slice(0, next);
    run.forEach(leaveOut);
    if (next >= 0) {
      books.set(instrument, positions.slice(next));
      return undefined;
    }
    books.delete(instrument);
    broken.add(instrument);
    return first;
  };
  /** Makes room for `incoming`; returns whether it is to be queued, and the first update of a book gone wrong. */
  const makeRoom = (incoming: M): { readonly queue: boolean; readonly wrong?: BookMessage | undefined } => {
    const books = index === undefined || slots.length > 2 * live + limit ? buildIndex() : index;
    if (incoming.kind === 'book' && incoming.snapshot) {
      const superseded = books.get(incoming.instrument);
      if (superseded !== undefined) {
        superseded.forEach(leaveOut);
        books.delete(incoming.instrument);
        return { queue: true };
      }
    }
    const same = 'instrument' in incoming && incoming.instrument !== undefined && books.has(incoming.instrument) ? incoming.instrument : undefined;
    // An update whose book has nothing queued gives way itself before another book does.
    if (same === undefined && incoming.kind === 'book' && !incoming.snapshot && books.size === 0) {
      broken.add(incoming.instrument);
      counters.conflated++;
      return { queue: false, wrong: incoming };
    }
    const instrument = same ?? oldestInstrument(books);
    if (instrument === undefined) {
      counters.exceeded++;
      return { queue: true };
    }
    const wrong = leaveOutRun(books, instrument);
    if (wrong !== undefined && incoming.kind === 'book' && incoming.instrument === instrument) {
      counters.conflated++;
      return { queue: false, wrong };
    }
    return { queue: true, wrong };
  };
  const append = (message: M): void => {
    remember(message, slots.length);
    slots.push(message);
    live++;
  };
  const pushCarefully = (message: M): void => {
    if (onConflated === undefined) {
      counters.exceeded++;
      append(message);
      return;
    }
    if (message.kind === 'book' && message.snapshot) broken.delete(message.instrument);
    else if (message.kind === 'book' && broken.has(message.instrument)) {
      counters.conflated++;
      return;
    }
    const room = live < limit ? { queue: true } : makeRoom(message);
    if (room.queue) append(message);
    // Last, because the owner may publish from inside the call.
    if ('wrong' in room && room.wrong !== undefined) onConflated(room.wrong);
  };
  return {
    push: (message) => {
      if (live < limit && index === undefined && broken.size === 0) {
        slots.push(message);
        live++;
      } else pushCarefully(message);
    },
    take: () => {
      const all = live === slots.length ? slots : slots.filter((slot) => slot !== undefined);
      slots = [];
      live = 0;
      index = undefined;
      return all as M[];
    },
    size: () => live,
  };
}
