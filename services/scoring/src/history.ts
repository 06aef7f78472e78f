import type { EpochMs } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';

/** One remembered moment of an asset, in US dollars; null where the score had no figure. */
export interface HistoryPoint {
  readonly at: EpochMs;
  readonly price: number | null;
  readonly ignitionUsd: number | null;
  readonly depth2pctUsd: number | null;
  /** Whether every book was exact: only then is the moment compared with. */
  readonly complete: boolean;
}

/** Spacing and span of the memory: enough for comparisons with a day ago. */
const everyMs = 300_000;
const spanMs = 26 * 3_600_000;
/** How far from a day (an hour) ago a remembered moment may be. */
const toleranceMs = 900_000;
/** Entry prices are taken from this many hours, with this half-life [A]: most leveraged positions are young. */
const entryHours = 26;
const entryHalfLifeHours = 24;

/** What an asset's figures were over the last day. */
export interface History {
  add(point: HistoryPoint): void;
  /** Whether a moment at `at` could be remembered: otherwise adding it changes nothing. */
  wants(at: EpochMs): boolean;
  /** The complete moment closest to `at - agoMs`, at most 15 minutes off. */
  ago(at: EpochMs, agoMs: number): HistoryPoint | undefined;
  /** The highest depth within 2 % among complete moments of the last day. */
  depthHigh(at: EpochMs): number | null;
  /** Prices at which positions were opened and their weights: hourly prices of the last day, younger ones heavier; the present price last. */
  entryPrices(at: EpochMs, price: number): readonly { readonly price: number; readonly weight: number }[];
  save(): readonly HistoryPoint[];
}

/** Restores a history from what `save` gave. */
export function createHistory(saved: readonly HistoryPoint[] = []): History {
  let points = [...saved];
  const isOfLast = (at: EpochMs, last: HistoryPoint): boolean => Math.floor(last.at / everyMs) === Math.floor(at / everyMs);
  return {
    wants: (at) => {
      const last = points.at(-1);
      return last === undefined || !isOfLast(at, last) || !last.complete;
    },
    add: (point) => {
      const last = points.at(-1);
      if (last !== undefined && isOfLast(point.at, last)) {
        // The first complete moment stands for its five minutes.
        if (!last.complete && point.complete) points[points.length - 1] = point;
        return;
      }
      points.push(point);
      points = points.filter((p) => p.at > point.at - spanMs);
    },
    ago: (at, agoMs) => {
      let best: HistoryPoint | undefined;
      for (const p of points) if (p.complete && Math.abs(at - agoMs - p.at) <= toleranceMs && (best === undefined || Math.abs(at - agoMs - p.at) < Math.abs(at - agoMs - best.at))) best = p;
      return best;
    },
    depthHigh: (at) => points.reduce<number | null>((high, p) => (p.complete && p.depth2pctUsd !== null && p.at > at - 86_400_000 ? Math.max(high ?? 0, p.depth2pctUsd) : high), null),
    entryPrices: (at, price) => {
      const entries = [{ price, weight: 1 }];
      for (let hour = 1; hour <= entryHours; hour++) {
        const then = epochMs(Math.max(0, at - hour * 3_600_000));
        const p = points.find((q) => q.price !== null && Math.abs(q.at - then) <= everyMs);
        if (p?.price != null) entries.push({ price: p.price, weight: 0.5 ** (hour / entryHalfLifeHours) });
      }
      return entries;
    },
    save: () => points,
  };
}
