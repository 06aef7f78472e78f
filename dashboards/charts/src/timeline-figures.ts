import type { AssetTimeline, DepositReading, TimelinePoint, WarningMessage } from '@breakwater/contracts';
import { drawable } from './scale.ts';

/** One moment with what is known of it; undefined where nothing is. */
export interface Moment {
  readonly time: number;
  readonly price: number | undefined;
  readonly ignition: number | undefined;
  readonly low: number | undefined;
  readonly high: number | undefined;
}

/** A revision of a warning that says something new: another state or severity than the one before. */
export interface Flag {
  readonly time: number;
  readonly warning: WarningMessage;
}

/** A deposit; `usd` undefined where its value is not known. */
export interface Deposit {
  readonly time: number;
  readonly usd: number | undefined;
  readonly transfer: DepositReading;
}

/** A timeline in plain numbers, all of them drawable, each list in order of time. */
export interface TimelineFigures {
  readonly from: number;
  readonly to: number;
  /** With a moment without figures wherever nothing was recorded for long, so that lines break there. */
  readonly moments: readonly Moment[];
  readonly flags: readonly Flag[];
  readonly deposits: readonly Deposit[];
}

/** A pause is a gap when it is this many times as long as the usual one. */
const gapTimes = 5;

/** What of a timeline can be drawn. O(n log n). */
export function timelineFigures(timeline: AssetTimeline): TimelineFigures {
  const [from, to] = [drawable(timeline.from) ?? 0, drawable(timeline.to) ?? 0];
  const inside = (time: number): boolean => time >= from && time <= to;
  return {
    from, to: Math.max(to, from + 1),
    moments: withGaps(timeline.points.filter(({ time }) => inside(time)).map(momentOf).sort((a, b) => a.time - b.time)),
    flags: flagsOf(timeline.warnings.filter(({ eventTime }) => inside(eventTime))),
    deposits: timeline.transfers.filter(({ eventTime }) => inside(eventTime)).map((transfer) => ({ time: transfer.eventTime, usd: amount(transfer.usd), transfer })).sort((a, b) => a.time - b.time),
  };
}

function amount(value: number | null): number | undefined {
  const usd = drawable(value);
  return usd === undefined || usd < 0 ? undefined : usd;
}

function momentOf(point: TimelinePoint): Moment {
  const ignition = amount(point.ignitionUsd);
  const low = amount(point.ignitionLowUsd);
  const high = amount(point.ignitionHighUsd);
  // Half a band is no band.
  const band = low !== undefined && high !== undefined && low <= high;
  return { time: point.time, price: amount(point.price), ignition, low: band ? low : undefined, high: band ? high : undefined };
}

function withGaps(moments: readonly Moment[]): readonly Moment[] {
  const pauses = moments.slice(1).map((moment, i) => moment.time - (moments[i]?.time ?? moment.time)).sort((a, b) => a - b);
  const usual = pauses[Math.floor(pauses.length / 2)] ?? 0;
  if (usual <= 0) return moments;
  return moments.flatMap((moment, i) => {
    const before = moments[i - 1];
    if (before === undefined || moment.time - before.time <= gapTimes * usual) return [moment];
    return [{ time: before.time + usual, price: undefined, ignition: undefined, low: undefined, high: undefined }, moment];
  });
}

function flagsOf(warnings: readonly WarningMessage[]): readonly Flag[] {
  const last = new Map<string, WarningMessage>();
  const flags: Flag[] = [];
  for (const warning of [...warnings].sort((a, b) => a.eventTime - b.eventTime || a.revision - b.revision)) {
    const before = last.get(warning.id);
    last.set(warning.id, warning);
    if (before?.state !== warning.state || before.severity !== warning.severity) flags.push({ time: warning.eventTime, warning });
  }
  return flags;
}
