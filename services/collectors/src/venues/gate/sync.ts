import { createRangeSync } from '../../book/range-rule.ts';
import type { BookSync } from '../../book/sync.ts';

/**
 * Gate's order-book rule. A full push (`full`) replaces the book, whenever it comes; after it each push must begin (`U`) right after the last one's
 * end (`u`), also where it changes no level. On a break the stream is subscribed anew, which brings a full push. Streams of `order_book_update`
 * without one begin with a REST book read `with_id`: pushes up to its id are dropped, and the first after it must reach over it
 * (`U <= id + 1 <= u`). Sizes are absolute. One counter numbers the pushes of every channel and the REST book.
 * Source: https://www.gate.com/docs/developers/futures/ws/en/ ("How to maintain local order book", "Order Book V2") and
 * https://www.gate.com/announcements/article/45317 (spot), read 2026-11-27.
 */
export function createGateSync(): BookSync {
  return createRangeSync();
}
