import type { BookMessage, FeedHealthMessage, Message, ScoreMessage } from '@breakwater/contracts';
import { createOrderBook, type OrderBook } from '@breakwater/models/market';

/** Hears all that one daemon publishes and folds it by itself. */
export interface Observer {
  hear(message: Message): void;
  /** Books by instrument, folded from what was published. */
  readonly books: ReadonlyMap<string, OrderBook>;
  /** The last health of every channel that had one. */
  readonly health: ReadonlyMap<string, FeedHealthMessage>;
  readonly scores: readonly ScoreMessage[];
  /** Broken rules, in words. */
  readonly violations: readonly string[];
}

/** Makes an observer that has heard nothing. */
export function createObserver(): Observer {
  const books = new Map<string, OrderBook>();
  const health = new Map<string, FeedHealthMessage>();
  const scores: ScoreMessage[] = [];
  const violations: string[] = [];
  const foldBook = (message: BookMessage): void => {
    const held = books.get(message.instrument);
    if (held === undefined && !message.snapshot) {
      violations.push(`${message.instrument}: an update was published before a snapshot`);
      return;
    }
    const book = held ?? createOrderBook();
    books.set(message.instrument, book);
    if (message.snapshot) book.replace(message.bids, message.asks);
    else book.apply(message.bids, message.asks);
    if (book.crossed()) violations.push(`${message.instrument}: a crossed book was published at ${new Date(message.eventTime).toISOString()}`);
  };
  return {
    books, health, scores, violations,
    hear: (message) => {
      if (message.kind === 'book') foldBook(message);
      else if (message.kind === 'feed.health') health.set(`${message.source} ${message.channel} ${message.instrument ?? ''}`, message);
      else if (message.kind === 'score') scores.push(message);
    },
  };
}
