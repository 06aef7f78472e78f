import { interleavedChecksum, type PrintedSide } from '../../book/printed-side.ts';

/** Levels a side that the checksum covers. Source: https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-order-book-channel, read 2026-11-21. */
export const CHECKSUM_LEVELS = 25;

/** OKX's checksum: the best 25 levels a side, bid and ask by turns, each `price:quantity` as printed, joined with colons. */
export function okxChecksum(bids: PrintedSide, asks: PrintedSide): number {
  return interleavedChecksum(bids, asks, CHECKSUM_LEVELS);
}
