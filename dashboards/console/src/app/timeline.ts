import type { AssetTimeline, ScoreMessage, TimelinePoint, WarningMessage } from '@breakwater/contracts';

/** Steps a timeline is drawn in: finer would not be seen. */
const steps = 500;
/** Most warnings and transfers kept beside a timeline; the oldest go first. */
const maxMarks = 500;

/** A timeline with a new score at its end: the window moves with it, and points closer than a step replace each other. */
export function extendTimeline(timeline: AssetTimeline, score: ScoreMessage): AssetTimeline {
  const last = timeline.points.at(-1);
  if (score.eventTime < timeline.from || (last !== undefined && score.eventTime <= last.time)) return timeline;
  const span = timeline.to - timeline.from;
  const to = score.eventTime > timeline.to ? score.eventTime : timeline.to;
  const point: TimelinePoint = {
    time: score.eventTime, price: score.price?.value ?? null, ignitionUsd: score.ignitionUsd?.value ?? null,
    ignitionLowUsd: score.ignitionUsd?.low ?? null, ignitionHighUsd: score.ignitionUsd?.high ?? null,
  };
  const beforeLast = timeline.points.at(-2);
  // The last point moves along until it is a step away from the one before it.
  const replaces = last !== undefined && beforeLast !== undefined && last.time - beforeLast.time < span / steps;
  const points = [...(replaces ? timeline.points.slice(0, -1) : timeline.points), point].filter(({ time }) => time >= to - span);
  const known = new Set(timeline.transfers.map(({ tx, logIndex }) => `${tx}/${logIndex}`));
  const added = (score.deposits.recent ?? []).filter(({ tx, logIndex }) => !known.has(`${tx}/${logIndex}`));
  const from = points[0] === undefined || timeline.from >= to - span ? timeline.from : laterOf(timeline.from, points[0].time);
  return { ...timeline, from, to, points, transfers: added.length === 0 ? timeline.transfers : [...timeline.transfers, ...added].slice(-maxMarks) };
}

/** A timeline with a revision of a warning at its end. */
export function warnTimeline(timeline: AssetTimeline, warning: WarningMessage): AssetTimeline {
  if (timeline.warnings.some(({ id, revision }) => id === warning.id && revision === warning.revision)) return timeline;
  return { ...timeline, warnings: [...timeline.warnings, warning].slice(-maxMarks) };
}

function laterOf<T extends number>(a: T, b: T): T {
  return a > b ? a : b;
}
