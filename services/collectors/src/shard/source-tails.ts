import type { Message } from '@breakwater/contracts';
import type { EpochMs, InstrumentId, SourceId } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';
import type { Bus, Subscription } from '@breakwater/platform/bus';
import type { RecentIds } from '../recent-ids.ts';
import { createRecentIds } from '../recent-ids.ts';
import type { SourceTail } from '../source.ts';

/** Follows what sources publish, whichever process they run in. */
export interface SourceTails {
  of(source: SourceId): SourceTail;
  /** What this process publishes itself, while it does not follow. */
  hear(message: Message): void;
  /** Reads nothing until `resume`: who publishes knows it all, and would read back every message. */
  pause(): Promise<void>;
  resume(): void;
}

/** Trade ids remembered of a market. */
const RECENT_TRADES = 2_000;

/** Reads what is new on the bus, alone, from `resume` on; O(1) a message. */
export function followSources(bus: Bus, group: string, isOwn: (source: SourceId) => boolean): SourceTails {
  const next = new Map<SourceId, number>();
  const until = new Map<SourceId, EpochMs>();
  const trades = new Map<InstrumentId, RecentIds>();
  const tradesOf = (instrument: InstrumentId): RecentIds => {
    const held = trades.get(instrument) ?? createRecentIds(RECENT_TRADES);
    trades.set(instrument, held);
    return held;
  };
  const hear = (message: Message): void => {
    if (!isOwn(message.source)) return;
    next.set(message.source, Math.max(next.get(message.source) ?? 0, message.seq + 1));
    if (message.kind === 'watermark') until.set(message.source, epochMs(Math.max(until.get(message.source) ?? 0, message.eventTime)));
    if (message.kind === 'trade' && message.id !== undefined) tradesOf(message.instrument).add(message.id);
  };
  const handler = (batch: readonly Message[]): void => batch.forEach(hear);
  let subscriptions: readonly Subscription[] = [];
  return {
    hear,
    of: (source) => ({ nextSeq: next.get(source) ?? 0, until: until.get(source), trades: tradesOf }),
    pause: async () => {
      const held = subscriptions;
      subscriptions = [];
      await Promise.all(held.map((subscription) => subscription.stop()));
    },
    resume: () => {
      if (subscriptions.length === 0) subscriptions = [bus.subscribe('assets', { group, alone: 'new', handler }), bus.subscribe('global', { group, alone: 'new', handler })];
    },
  };
}
