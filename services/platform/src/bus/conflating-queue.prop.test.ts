import { describe, expect, it } from '@jest/globals';
import type { AssetMessage, BookMessage } from '@breakwater/contracts';
import fc from 'fast-check';
import { labelOf, testBook, testTrade } from '../suites/messages.ts';
import { createConflatingQueue } from './conflating-queue.ts';

/** A message of one of three instruments, or a `take` of everything. */
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ asset: fc.constantFrom('OM', 'ARB', 'SOL'), kind: fc.constantFrom('trade', 'book', 'book', 'book', 'snapshot'), at: fc.integer({ min: 1, max: 4 }), size: fc.integer({ min: 0, max: 9 }) }) },
  { weight: 1, arbitrary: fc.constant('take' as const) },
);

type Book = Map<number, number>;
function apply(books: Map<string, Book>, message: AssetMessage): void {
  if (message.kind !== 'book') return;
  const book: Book = message.snapshot ? new Map() : (books.get(message.asset) ?? new Map<number, number>());
  for (let i = 0; i + 1 < message.bids.length; i += 2) {
    const [at = 0, size = 0] = message.bids.slice(i, i + 2);
    if (size === 0) book.delete(at);
    else book.set(at, size);
  }
  books.set(message.asset, book);
}

describe('conflating queue', () => {
  it('property: leaves out books only, keeps order, and every book not reported is right', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), fc.integer({ min: 1, max: 12 }), (steps, limit) => {
        const counters = { conflated: 0, exceeded: 0 };
        const wrong = new Set<string>();
        const queue = createConflatingQueue<AssetMessage>({ limit, counters, onConflated: (message: BookMessage) => wrong.add(message.asset) });
        const sent: AssetMessage[] = [];
        const got: AssetMessage[] = [];
        for (const [seq, each] of steps.entries()) {
          if (each === 'take') {
            got.push(...queue.take());
            continue;
          }
          const message = each.kind === 'trade' ? testTrade(seq, each.asset) : testBook(seq, each.asset, { snapshot: each.kind === 'snapshot', at: each.at, size: each.size });
          // A snapshot makes a book right again, unless it is itself left out, which is reported after this.
          if (each.kind === 'snapshot') wrong.delete(each.asset);
          sent.push(message);
          queue.push(message);
          if (counters.exceeded === 0) expect(queue.size()).toBeLessThanOrEqual(limit);
        }
        got.push(...queue.take());
        expect(queue.size()).toBe(0);
        const kept = new Set(got);
        expect(got).toEqual(sent.filter((message) => kept.has(message)));
        expect(sent.filter((message) => !kept.has(message) && message.kind !== 'book').map(labelOf)).toEqual([]);
        expect(sent.length - got.length).toBe(counters.conflated);
        const [all, seen] = [new Map<string, Book>(), new Map<string, Book>()];
        sent.forEach((message) => apply(all, message));
        got.forEach((message) => apply(seen, message));
        for (const [asset, book] of all) if (!wrong.has(asset)) expect([asset, seen.get(asset)]).toEqual([asset, book]);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves nothing out when nobody would hear of it', () => {
    const counters = { conflated: 0, exceeded: 0 };
    const queue = createConflatingQueue<AssetMessage>({ limit: 2, counters });
    for (let i = 0; i < 5; i++) queue.push(testBook(i));
    expect(queue.take().length).toBe(5);
    expect(counters).toEqual({ conflated: 0, exceeded: 3 });
  });

  it('replaces queued updates by a snapshot without a report', () => {
    const counters = { conflated: 0, exceeded: 0 };
    const wrong: number[] = [];
    const queue = createConflatingQueue<AssetMessage>({ limit: 3, counters, onConflated: (message) => wrong.push(message.seq) });
    [testBook(1), testBook(2, 'ARB'), testBook(3)].forEach((message) => queue.push(message));
    queue.push(testBook(4, 'OM', { snapshot: true }));
    queue.push(testBook(5));
    expect(queue.take().map(labelOf)).toEqual(['ARB book 2', 'OM book 4', 'OM book 5']);
    expect(wrong).toEqual([]);
    expect(counters).toEqual({ conflated: 2, exceeded: 0 });
  });

  it('stays bounded under a reader that never reads', () => {
    const counters = { conflated: 0, exceeded: 0 };
    const queue = createConflatingQueue<AssetMessage>({ limit: 100, counters, onConflated: () => undefined });
    for (let i = 0; i < 100_000; i++) queue.push(testBook(i, ['OM', 'ARB', 'SOL'][i % 3], { snapshot: i % 7 === 0 }));
    expect(queue.size()).toBeLessThanOrEqual(100);
    expect(counters.exceeded).toBe(0);
    expect(counters.conflated).toBe(100_000 - queue.size());
  });
});
