import { assert, epochMs, HOUR, ratio, type EpochMs, type Price, type Ratio } from '../core/index.ts';

/** A price at a moment: a trade, or a bar at its end. */
export interface PricePoint {
  readonly t: EpochMs;
  readonly price: Price;
}

/** A fall of at least 30 % within an hour and what became of it. */
export interface CrashEvent {
  /** `crash`: not undone by half within the hour after its low. `wick`: undone. `open`: the series ends before that is known. */
  readonly kind: 'crash' | 'wick' | 'open';
  /** T0: the first point at which the fall reached 10 %. */
  readonly onset: EpochMs;
  /** The first point at which the fall reached 30 %. */
  readonly reachedAt: EpochMs;
  /** The price one hour before `reachedAt`, from which the fall is measured. */
  readonly reference: Price;
  readonly low: PricePoint;
  /** The fall from the reference to the low, 0.3 to 1. */
  readonly fall: Ratio;
}

/** A warning's life as far as lead time goes: `resolvedAt` is null while it stands. */
export interface WarningSpan {
  readonly raisedAt: EpochMs;
  readonly resolvedAt: EpochMs | null;
}

/** The fall that makes a crash, the fall that marks its onset, and the share that must come back to make it a wick. */
export const CRASH_FALL = 0.3;
export const ONSET_FALL = 0.1;
export const WICK_RECOVERY = 0.5;

/** Falls such as 1 - 7/10 are off their decimal by an ulp. */
const SLACK = 1e-12;

/**
 * Finds crashes and wicks in a price series of non-decreasing time. A fall is measured from the price one hour before
 * (the last point at or before then; without one there is none). Once it reaches 30 % it is followed to its low: until half
 * of it has been won back, which makes it a wick, or an hour has passed without a lower point, which makes it a crash.
 * The search goes on from there, so one fall is reported once. O(n).
 */
export function findCrashes(series: readonly PricePoint[]): readonly CrashEvent[] {
  const events: CrashEvent[] = [];
  let before = -1;
  for (let i = 0; i < series.length; i++) {
    const point = pointAt(series, i);
    assert(i === 0 || point.t >= pointAt(series, i - 1).t, 'a price series goes forward in time');
    while (before + 1 < i && pointAt(series, before + 1).t <= point.t - HOUR) before++;
    if (before < 0) continue;
    const reference = pointAt(series, before).price;
    if (!hasFallen(point.price, reference, CRASH_FALL)) continue;
    const { event, end } = follow(series, before, i);
    events.push(event);
    i = end;
  }
  return events;
}

/**
 * How long before the onset of a crash the first warning stood, in milliseconds: onset minus the time the first warning was
 * raised that was not resolved before the onset. Negative when that warning came late; null when there is none. Pass the
 * warnings of one severity.
 */
export function leadTime(onset: EpochMs, warnings: readonly WarningSpan[]): number | null {
  let first: number | null = null;
  for (const { raisedAt, resolvedAt } of warnings) {
    if (resolvedAt !== null && resolvedAt < onset) continue;
    if (first === null || raisedAt < first) first = raisedAt;
  }
  return first === null ? null : onset - first;
}

function follow(series: readonly PricePoint[], before: number, reached: number): { readonly event: CrashEvent; readonly end: number } {
  const reference = pointAt(series, before).price;
  const reachedAt = pointAt(series, reached).t;
  let onset = before + 1;
  while (!hasFallen(pointAt(series, onset).price, reference, ONSET_FALL)) onset++;
  let low = pointAt(series, reached);
  let end = reached;
  let undone = false;
  while (!undone && end + 1 < series.length && pointAt(series, end + 1).t <= low.t + HOUR) {
    const next = pointAt(series, ++end);
    if (next.price < low.price) low = next;
    else undone = next.price >= low.price + WICK_RECOVERY * (reference - low.price) * (1 - SLACK);
  }
  const complete = pointAt(series, series.length - 1).t >= epochMs(low.t + HOUR);
  const event: CrashEvent = {
    kind: undone ? 'wick' : complete ? 'crash' : 'open',
    onset: pointAt(series, onset).t, reachedAt, reference, low, fall: ratio(1 - low.price / reference),
  };
  return { event, end };
}

function hasFallen(now: number, reference: number, share: number): boolean {
  return 1 - now / reference >= share - SLACK;
}

function pointAt(series: readonly PricePoint[], i: number): PricePoint {
  const point = series[i];
  assert(point !== undefined, `no point ${i}`);
  return point;
}
