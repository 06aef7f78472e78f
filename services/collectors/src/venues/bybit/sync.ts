import type { BookSync } from '../../book/sync.ts';

/**
 * Bybit v5's order-book rule: a snapshot may come at any time and replaces everything (also with `u` = 1 after a restart of the service);
 * a delta's `u` is the previous one plus 1. Source: https://bybit-exchange.github.io/docs/v5/websocket/public/orderbook, read 2026-11;
 * the recorded streams of August 2026 count without a gap.
 */
export function createBybitSync(): BookSync {
  let last: number | undefined;
  let broken = false;
  return {
    next: (event) => {
      if (event.last === undefined) return { kind: 'drop', reason: 'old' };
      if (event.snapshot) {
        last = event.last;
        broken = false;
        return { kind: 'apply', events: [event] };
      }
      if (last === undefined) {
        if (broken) return { kind: 'hold' };
        broken = true;
        return { kind: 'break', reason: 'no-snapshot' };
      }
      // Level 1 repeats a message unchanged after 3 quiet seconds; the same `u` has been applied already.
      if (event.last === last) return { kind: 'drop', reason: 'duplicate' };
      if (event.last < last) return { kind: 'drop', reason: 'old' };
      if (event.last !== last + 1) {
        last = undefined;
        broken = true;
        return { kind: 'break', reason: 'sequence-gap' };
      }
      last = event.last;
      return { kind: 'apply', events: [event] };
    },
    reset: () => {
      last = undefined;
      broken = false;
    },
    synced: () => last !== undefined,
  };
}
