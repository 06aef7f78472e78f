import type { GroundBin, GroundSample } from './liquidation-ground.ts';
import type { PositionSide } from './triggers.ts';

/**
 * What `liquidationTotalByGround` is told of the last hour, gathered window by window from marks and published orders in order of time. Memory: at most 61 minutes of a few bins. A window whose mark
 * is not known is one without new ground.
 */
export interface GroundMemory {
  /** The mark at a time (milliseconds since the epoch), > 0. */
  mark(at: number, price: number): void;
  /** Whether any mark of the last hour was told. */
  hasMark(): boolean;
  /** An order that was published; `side` is whose position it closed, `size` in any unit of quantity or money. */
  order(at: number, side: PositionSide, size: number): void;
  /** Longs and shorts of the hour that ends at `at`; the window `at` is in counts as far as it has gone. */
  samples(at: number): readonly [GroundSample, GroundSample];
  /** Plain JSON. */
  save(): SavedGround;
}

interface Bin {
  windows: number;
  ground: number;
  published: number;
}

interface SideMinute {
  readonly bins: Record<string, Bin>;
  count: number;
  volume: number;
  squares: number;
}

interface Minute {
  readonly minute: number;
  low: number | null;
  high: number | null;
  readonly long: SideMinute;
  readonly short: SideMinute;
}

interface Current {
  readonly window: number;
  ground: { long: number; short: number };
  published: { long: boolean; short: boolean };
}

/** What a memory holds. */
export interface SavedGround {
  readonly minutes: readonly Minute[];
  readonly current: Current | null;
}

const minuteMs = 60_000;
const minutesKept = 60;
/** Bins of new ground, by its logarithm: one and a half a factor of e. */
const binsPerLog = 1.5;
const sides: readonly PositionSide[] = ['long', 'short'];

/** Makes a memory for windows of `windowMs`, empty or with what `saved` holds. */
export function createGroundMemory(windowMs: number, saved?: SavedGround): GroundMemory {
  let minutes: Minute[] = saved === undefined ? [] : structured([...saved.minutes]);
  let current: Current | null = saved?.current == null ? null : structured(saved.current);

  let lowest = Infinity;
  let highest = 0;
  const readExtremes = (): void => {
    lowest = minutes.reduce((least, m) => Math.min(least, m.low ?? Infinity), Infinity);
    highest = minutes.reduce((most, m) => Math.max(most, m.high ?? 0), 0);
  };
  readExtremes();

  const minuteAt = (at: number): Minute => {
    const minute = Math.floor(at / minuteMs);
    const found = minutes.findLast((m) => m.minute === minute) ?? (minutes.length > 0 && minute < (minutes.at(-1)?.minute ?? 0) ? minutes.at(-1) : undefined);
    if (found !== undefined) return found;
    const side = (): SideMinute => ({ bins: {}, count: 0, volume: 0, squares: 0 });
    const made: Minute = { minute, low: null, high: null, long: side(), short: side() };
    minutes.push(made);
    minutes = minutes.filter((m) => m.minute > minute - minutesKept - 1);
    readExtremes();
    return made;
  };

  const count = (minute: Minute, side: PositionSide, ground: number, published: boolean, windows = 1): void => {
    const { bins } = minute[side];
    const key = ground > 0 ? String(Math.floor(Math.log(ground) * binsPerLog)) : '';
    const bin = (bins[key] ??= { windows: 0, ground: 0, published: 0 });
    bin.windows += windows;
    bin.ground += ground;
    if (published) bin.published++;
  };

  /** Closes the present window, and those without any event since, when `at` is in a later one. */
  const moveTo = (at: number): Current => {
    const window = Math.floor(at / windowMs);
    if (current !== null && window <= current.window) return current;
    if (current !== null) {
      const own = minuteAt(current.window * windowMs);
      for (const side of sides) count(own, side, current.ground[side], current.published[side]);
      const idle = Math.min(window - current.window - 1, Math.round((minutesKept * minuteMs) / windowMs));
      for (let w = window - idle; w < window; w++) for (const side of sides) count(minuteAt(w * windowMs), side, 0, false);
    }
    current = { window, ground: { long: 0, short: 0 }, published: { long: false, short: false } };
    return current;
  };

  return {
    mark: (at, price) => {
      const open = moveTo(at);
      // What is older than an hour is forgotten before it is compared with.
      const minute = minuteAt(at);
      if (lowest < Infinity && price < lowest) open.ground.long += Math.log(lowest / price);
      if (highest > 0 && price > highest) open.ground.short += Math.log(price / highest);
      lowest = Math.min(lowest, price);
      highest = Math.max(highest, price);
      minute.low = Math.min(minute.low ?? price, price);
      minute.high = Math.max(minute.high ?? price, price);
    },
    hasMark: () => minutes.some((m) => m.low !== null),
    order: (at, side, size) => {
      moveTo(at).published[side] = true;
      const sums = minuteAt(at)[side];
      sums.count++;
      sums.volume += size;
      sums.squares += size * size;
    },
    samples: (at) => {
      const open = moveTo(at);
      const first = Math.floor(at / minuteMs) - minutesKept;
      const kept = minutes.filter((m) => m.minute > first || m.minute * minuteMs >= at - minutesKept * minuteMs);
      const sampleOf = (side: PositionSide): GroundSample => {
        const bins = new Map<string, { windows: number; ground: number; published: number }>();
        const add = (key: string, bin: GroundBin): void => {
          const sum = bins.get(key) ?? { windows: 0, ground: 0, published: 0 };
          bins.set(key, { windows: sum.windows + bin.windows, ground: sum.ground + bin.ground, published: sum.published + bin.published });
        };
        for (const m of kept) for (const [key, bin] of Object.entries(m[side].bins)) add(key, bin);
        if (open.ground[side] > 0 || open.published[side]) add('open', { windows: 1, ground: open.ground[side], published: open.published[side] ? 1 : 0 });
        const sum = (pick: (s: SideMinute) => number): number => kept.reduce((total, m) => total + pick(m[side]), 0);
        return { bins: [...bins.values()], count: sum((s) => s.count), volume: sum((s) => s.volume), squares: sum((s) => s.squares) };
      };
      return [sampleOf('long'), sampleOf('short')];
    },
    save: () => ({ minutes: structured(minutes), current: current === null ? null : structured(current) }),
  };
}

/** A copy of plain data. */
function structured<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
