import { createRangeSync } from '../../book/range-rule.ts';
import type { BookSync } from '../../book/sync.ts';
import type { BookEvent } from '../../events.ts';

/**
 * Gate's order-book rule. A full push (`full`) replaces the book, whenever it comes; after it each push must begin (`U`) right after the last one's
 * end (`u`), also where it changes no level. On a break the stream is subscribed anew, which brings a full push. Streams of `order_book_update`
 * without one begin with a REST book read `with_id`: pushes up to its id are dropped, and the first after it must reach over it
 * (`U <= id + 1 <= u`). Sizes are absolute. One counter numbers the pushes of every channel and the REST book. The levels of a push come in no order;
 * they are put best first here, where they are few.
 * Source: https://www.gate.com/docs/developers/futures/ws/en/ ("How to maintain local order book", "Order Book V2") and
 * https://www.gate.com/announcements/article/45317 (spot), read 2026-11-27.
 */
export function createGateSync(): BookSync {
  const rule = createRangeSync();
  return { ...rule, next: (event) => rule.next(event.snapshot ? event : bestFirst(event)) };
}

function bestFirst(event: BookEvent): BookEvent {
  const bids = inOrder(event.bids, -1);
  const asks = inOrder(event.asks, 1);
  return bids === event.bids && asks === event.asks ? event : { ...event, bids, asks };
}

/** Levels (alternating price and quantity) with prices falling (-1) or rising (1), of equal ones the later one later; the list itself when it is so. Cheap for the few dozen levels of a push. */
function inOrder(levels: readonly number[], direction: 1 | -1): readonly number[] {
  let out: number[] | undefined;
  for (let i = 2; i < levels.length; i += 2) {
    const price = levels[i] ?? NaN;
    const qty = levels[i + 1] ?? NaN;
    if ((((out ?? levels)[i - 2] ?? NaN) - price) * direction <= 0) continue;
    out ??= levels.slice();
    let at = i;
    for (; at > 0 && ((out[at - 2] ?? NaN) - price) * direction > 0; at -= 2) {
      out[at] = out[at - 2] ?? NaN;
      out[at + 1] = out[at - 1] ?? NaN;
    }
    out[at] = price;
    out[at + 1] = qty;
  }
  return out ?? levels;
}
