import type { BookSync } from '../../book/sync.ts';

/**
 * Coinbase's order-book rule: a snapshot replaces everything, updates follow it. Nothing in an update says which one came before it: frames of Advanced
 * Trade are numbered by connection, and a hole in those numbers breaks every book of it before this rule sees the next update (`ParsedFrame.frameNumber`);
 * the batched channel of Exchange "guarantees delivery of all updates". What an update does carry is a time (`last`, milliseconds) or, on the
 * International Exchange, a number: one that goes back means that the order was lost.
 * Source: https://docs.cdp.coinbase.com/coinbase-app/advanced-trade-apis/websocket/websocket-channels#level2-channel, read 2026-11-27.
 */
export function createCoinbaseSync(): BookSync {
  let synced = false;
  let asked = false;
  let reached: number | undefined;
  return {
    next(event) {
      const earlier = event.last !== undefined && reached !== undefined && event.last < reached;
      if (event.snapshot) {
        // One from before what was applied leads no book back, not even after a break.
        if (earlier) return { kind: 'drop', reason: 'old' };
        synced = true;
      } else if (!synced) {
        if (asked) return { kind: 'hold' };
        asked = true;
        return { kind: 'break', reason: 'no-snapshot' };
      } else if (earlier) {
        synced = false;
        asked = true;
        return { kind: 'break', reason: 'sequence-gap' };
      }
      asked = true;
      reached = event.last ?? reached;
      return { kind: 'apply', events: [event] };
    },
    // What was reached is kept: a repeated frame of a broken book must not bring it back to life. A new socket begins with a new rule.
    reset() {
      synced = false;
      asked = false;
    },
    synced: () => synced,
  };
}
