import type { LiquidationMessage } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import { createGroundMemory, type GroundSample, type SavedGround } from '@breakwater/models/market';

/** What a market's venue published of its liquidations in the last hour, by minute. */
export interface LiquidationMemory {
  fold(message: LiquidationMessage): void;
  /** The market's mark: totals behind a sampled feed are drawn from how far it went. */
  mark(at: EpochMs, price: number): void;
  /** What the hour that ends at `at` showed of longs and shorts by the ground the mark covered; undefined where no mark was heard. */
  ground(at: EpochMs): readonly [GroundSample, GroundSample] | undefined;
  /** From when on the market has been listened to. */
  listen(at: EpochMs): void;
  since(): EpochMs | undefined;
  /** The minutes of the hour that ends at `at`. Sizes in the market's unit of quantity, or price times quantity. */
  minutes(at: EpochMs): readonly Minute[];
  save(): SavedLiquidations;
}

/** What a memory holds: sums of each minute since the epoch. */
export interface SavedLiquidations {
  readonly minutes: readonly (readonly [number, Sums])[];
  readonly since: EpochMs | undefined;
  readonly newest: number;
  /** Absent of what an earlier version saved. */
  readonly ground?: SavedGround;
}
type Sums = Omit<Minute, 'from' | 'passedMs'>;

/** One minute of one market. */
export interface Minute {
  /** Milliseconds since the epoch at which it begins, and how much of it has passed. */
  readonly from: number;
  readonly passedMs: number;
  readonly count: number;
  readonly qty: number;
  readonly qtySquares: number;
  readonly notional: number;
  readonly notionalSquares: number;
  /** Of the notional: long positions closed. */
  readonly longNotional: number;
  readonly longQty: number;
}

/** Every venue that publishes a sample has windows of this length (`liquidationPractice`). */
const windowMs = 1_000;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Makes a memory, empty or with what `saved` holds. Holds an hour and a little more, whatever comes: at most 62 minutes. */
export function createLiquidationMemory(saved?: SavedLiquidations): LiquidationMemory {
  const held = new Map<number, { -readonly [K in keyof Sums]: number }>(saved?.minutes.map(([minute, sums]) => [minute, { ...sums }]));
  let since: EpochMs | undefined = saved?.since;
  let newest = saved?.newest ?? 0;
  const ground = createGroundMemory(windowMs, saved?.ground);
  return {
    fold: ({ eventTime, price, qty, side }) => {
      const minute = Math.floor(eventTime / minuteMs);
      newest = Math.max(newest, minute);
      if (minute < newest - 61) return;
      const sums = held.get(minute) ?? { count: 0, qty: 0, qtySquares: 0, notional: 0, notionalSquares: 0, longNotional: 0, longQty: 0 };
      const notional = price * qty;
      ground.order(eventTime, side === 'sell' ? 'long' : 'short', notional);
      sums.count++;
      sums.qty += qty;
      sums.qtySquares += qty * qty;
      sums.notional += notional;
      sums.notionalSquares += notional * notional;
      if (side === 'sell') {
        sums.longNotional += notional;
        sums.longQty += qty;
      }
      held.set(minute, sums);
      for (const old of held.keys()) if (old < newest - 61) held.delete(old);
    },
    mark: (at, price) => ground.mark(at, price),
    ground: (at) => (ground.hasMark() ? ground.samples(at) : undefined),
    listen: (at) => {
      since ??= at;
    },
    since: () => since,
    save: () => ({ minutes: [...held].map(([minute, sums]) => [minute, { ...sums }]), since, newest, ground: ground.save() }),
    minutes: (at) => [...held].map(([minute, sums]) => ({ from: minute * minuteMs, passedMs: Math.min(minuteMs, at - minute * minuteMs), ...sums })).filter((m) => m.from >= at - hourMs && m.passedMs > 0),
  };
}
