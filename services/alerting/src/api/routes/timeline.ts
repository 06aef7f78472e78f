import type { WarningMessage } from '@breakwater/contracts';
import type { AssetId, EpochMs } from '@breakwater/models/core';
import { epochMs, err, ok } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import type { Journal, SeriesPoint, SeriesStore } from '@breakwater/platform/store';
import { withoutCurve } from '../../without-curve.ts';
import type { LiveView } from '../live-view.ts';
import type { JsonHandlers, RouteContext } from './handler.ts';
import { gather, thinned, timelineSeries } from './thin.ts';

/** What the timeline needs. */
export interface TimelineDeps {
  readonly view: LiveView;
  readonly journal: Pick<Journal, 'latestWarnings' | 'warning'>;
  readonly series: SeriesStore;
  /** The daemon's clock: a window ends now by it. */
  readonly clock: Clock;
}

const hourMs = 3_600_000;
/** Longest stretch of one series read without a break, so that the stages get their turn: at a score a second about 20,000 points, some milliseconds. */
const stretchMs = 6 * hourMs;
/** Questions waiting for the one in hand. */
const maxWaiting = 8;
/** Warnings of a timeline, and how many are read at a time. */
const maxWarnings = 500;
const pageSize = 100;

/** The timeline of an asset. One is answered at a time, the others wait in line; when the line is full a caller is told to come again. */
export function timelineRoute(deps: TimelineDeps): Pick<JsonHandlers, 'timeline'> {
  const { view, clock } = deps;
  let waiting = 0;
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    waiting++;
    const done = turn.then(work).finally(() => waiting--);
    turn = done.catch(() => undefined);
    return done;
  };
  return {
    timeline: async ({ params, query }, context) => {
      const { asset } = params;
      if (view.summary(asset) === undefined) return err({ code: 'unknown-asset' });
      if (waiting > maxWaiting) return err({ code: 'busy', retryAfterSeconds: 5 });
      const to = clock.now();
      const from = epochMs(Math.max(0, to - query.hours * hourMs));
      return inTurn(async () => {
        const parts = Math.max(1, Math.floor(query.points / 2));
        const series: (readonly ({ readonly low: SeriesPoint; readonly high: SeriesPoint } | undefined)[])[] = [];
        for (const name of timelineSeries) series.push(gather(await extremes(deps.series, name, asset, from, to, parts, context), from, to, parts));
        return ok({ asset, from, to, points: thinned(series), warnings: await warningsWithin(deps.journal, asset, from, to), transfers: view.transfers(asset, from, to) });
      });
    },
  };
}

/** Lowest and highest of each of at least `parts` equal parts, read stretch by stretch with a turn of the event loop between. */
async function extremes(store: SeriesStore, name: string, asset: AssetId, from: EpochMs, to: EpochMs, parts: number, context: RouteContext): Promise<readonly SeriesPoint[]> {
  // No part is longer than a stretch, and whole parts make up a wished one, so that finer ones never straddle two.
  const finer = parts * Math.max(1, Math.ceil((to - from) / parts / stretchMs));
  const stretches = Math.max(1, Math.ceil(finer / Math.max(1, Math.floor((finer * stretchMs) / Math.max(1, to - from)))));
  const each = Math.ceil(finer / stretches);
  const bound = (part: number): number => from + ((to - from) * part) / finer;
  const found: SeriesPoint[] = [];
  for (let part = 0; part < finer && !context.isGone(); part += each) {
    const end = Math.min(finer, part + each);
    // A point on a bound may come twice: it is the same point.
    found.push(...(await store.extremes(name, { asset }, epochMs(bound(part)), epochMs(bound(end)), end - part)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return found;
}

/** Every revision in [from, to] of the warnings of an asset, in order of time. */
async function warningsWithin(journal: TimelineDeps['journal'], asset: AssetId, from: EpochMs, to: EpochMs): Promise<readonly WarningMessage[]> {
  const found: WarningMessage[] = [];
  let before: number | undefined;
  for (let read = 0; read < maxWarnings; read += pageSize) {
    const page = await journal.latestWarnings({ asset, before, limit: pageSize });
    const inside = page.filter(({ warning }) => warning.eventTime >= from && warning.onset <= to);
    for (const { warning } of inside) found.push(...(await journal.warning(warning.id)).filter(({ eventTime }) => eventTime >= from && eventTime <= to));
    before = page.at(-1)?.row;
    if (page.length < pageSize || inside.length === 0) break;
  }
  return found.map(withoutCurve).sort((a, b) => a.eventTime - b.eventTime || (a.id === b.id ? a.revision - b.revision : a.id < b.id ? -1 : 1));
}
