import { createRangeSync } from '../../book/range-rule.ts';
import type { BookSync } from '../../book/sync.ts';
import type { KucoinMarket } from './instruments.ts';

/**
 * KuCoin's order-book rule. Frames are held until the REST book comes, what it covers is dropped, and the rest must follow without a hole: on spot
 * `sequenceStart <= end before + 1` and `sequenceEnd > end before`, on futures each frame is one number more. Sizes are absolute. The spot book that
 * may be asked for without a key ends at 100 levels a side, so it is asked for again and again, and its levels complete the book.
 * Source: https://www.kucoin.com/docs-new/3470068w0 (spot) and https://www.kucoin.com/docs-new/3470082w0 (futures), read 2026-11-27.
 */
export function createKucoinSync(market: KucoinMarket): BookSync {
  return createRangeSync({ completes: market === 'spot' });
}
