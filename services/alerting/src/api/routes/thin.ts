import type { SeriesName, TimelinePoint } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import { epochMs, price, usd } from '@breakwater/models/core';
import type { SeriesPoint } from '@breakwater/platform/store';

/** The figures of a timeline, in the order of `timelineSeries`. */
type Figures = readonly (number | null)[];

/** The series a timeline is drawn from, by the names under which scores are stored. */
export const timelineSeries = ['price', 'ignition_usd', 'ignition_usd_low', 'ignition_usd_high'] as const satisfies readonly SeriesName[];

/** The extremes of one series within one part of a window. */
interface Span {
  readonly low: SeriesPoint;
  readonly high: SeriesPoint;
}

/** Extremes of finer parts brought together into `count` equal parts of [from, to]; of equal ones the oldest. Linear. */
export function gather(points: readonly SeriesPoint[], from: EpochMs, to: EpochMs, count: number): readonly (Span | undefined)[] {
  const spans: (Span | undefined)[] = Array.from({ length: count }, () => undefined);
  for (const point of points) {
    const i = Math.min(count - 1, Math.max(0, Math.floor(((point.time - from) / Math.max(1, to - from)) * count)));
    const held = spans[i];
    spans[i] = held === undefined ? { low: point, high: point } : { low: point.value < held.low.value ? point : held.low, high: point.value > held.high.value ? point : held.high };
  }
  return spans;
}

/**
 * Points of a timeline from the extremes of each series in each part of a window: one point a part where no series moved, else two, so that
 * every extreme is in one. Within a part each series keeps the order of its two; a point's time is that of an extreme in it.
 */
export function thinned(series: readonly (readonly (Span | undefined)[])[]): readonly TimelinePoint[] {
  const parts = series[0]?.length ?? 0;
  return Array.from({ length: parts }, (_, part) => series.map((spans) => inOrder(spans[part]))).flatMap((ordered): TimelinePoint[] => {
    const moved = ordered.some((points) => points.length === 2);
    const firsts = ordered.flatMap((points) => points.slice(0, 1));
    if (firsts.length === 0) return [];
    const first = pointOf(Math.min(...firsts.map((p) => p.time)), ordered.map((points) => points[0]?.value ?? null));
    if (!moved) return [first];
    const lasts = ordered.flatMap((points) => points.slice(-1));
    return [first, pointOf(Math.max(...lasts.map((p) => p.time)), ordered.map((points) => points.at(-1)?.value ?? null))];
  });
}

function inOrder(span: Span | undefined): readonly SeriesPoint[] {
  if (span === undefined) return [];
  const { low, high } = span;
  if (low.time === high.time) return [low];
  return low.time < high.time ? [low, high] : [high, low];
}

function pointOf(time: number, [at = null, ignition = null, low = null, high = null]: Figures): TimelinePoint {
  const money = (value: number | null): TimelinePoint['ignitionUsd'] => (value === null ? null : usd(value));
  return { time: epochMs(time), price: at === null ? null : price(at), ignitionUsd: money(ignition), ignitionLowUsd: money(low), ignitionHighUsd: money(high) };
}
