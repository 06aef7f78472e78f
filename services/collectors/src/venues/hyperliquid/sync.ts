import { assert } from '@breakwater/models/core';
import type { EpochMs } from '@breakwater/models/core';
import type { BookSync } from '../../book/sync.ts';

/**
 * Hyperliquid's order-book rule: every `l2Book` frame is the whole visible book and replaces everything; there is no sequence. A frame older than
 * the last is dropped, so a lost frame costs freshness and never correctness.
 * Source: https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/websocket/subscriptions, read 2026-11-21.
 */
export function createHyperliquidSync(): BookSync {
  let time: EpochMs | undefined;
  return {
    next(event) {
      assert(event.origin !== 'deep' && event.snapshot, 'only whole books are synchronised');
      if (time !== undefined && event.eventTime <= time) return { kind: 'drop', reason: event.eventTime === time ? 'duplicate' : 'old' };
      time = event.eventTime;
      return { kind: 'apply', events: [event] };
    },
    reset() {
      time = undefined;
    },
    synced: () => time !== undefined,
  };
}
