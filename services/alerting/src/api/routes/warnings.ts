import type { WarningMessage } from '@breakwater/contracts';
import type { Result, WarningId } from '@breakwater/models/core';
import { err, ok } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import { sleep } from '@breakwater/platform/clock';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { Journal } from '@breakwater/platform/store';
import { withoutCurve } from '../../without-curve.ts';
import type { JsonHandlers } from './handler.ts';

/** What the routes of warnings need. */
export interface WarningRoutesDeps {
  readonly journal: Pick<Journal, 'latestWarnings' | 'warning'>;
  /** `Alerting.acknowledge`. On an instance that is not the active one it rejects with `standby` or `fenced`. */
  readonly acknowledge: (id: WarningId, by: string, note?: string) => Promise<Result<WarningMessage, 'unknown-warning' | 'not-open'>>;
  /** Where the active instance can be reached, when this one is not it; null when that is not known. */
  readonly activeAt?: (() => string | null) | undefined;
  /** Wall time, for how long an acknowledgement may take. */
  readonly wall: Clock;
}

/** How long a caller waits for an acknowledgement to be stored, milliseconds; it is stored later all the same when the store comes back. */
const acknowledgeWithinMs = 10_000;

/** The routes of warnings: list, history, acknowledgement. */
export function warningRoutes({ journal, acknowledge, activeAt, wall }: WarningRoutesDeps): Pick<JsonHandlers, 'warnings' | 'warning' | 'acknowledge'> {
  return {
    warnings: async ({ query }) => {
      const { asset, state, before, limit } = query;
      // One more than asked for says whether another page follows.
      const rows = await journal.latestWarnings({ asset, state: state === 'all' ? undefined : state, before: before === undefined ? undefined : Number(before), limit: limit + 1 });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return ok({ warnings: page.map(({ warning }) => withoutCurve(warning)), next: rows.length > limit && last !== undefined ? String(last.row) : null });
    },
    warning: async ({ params }) => {
      const revisions = await journal.warning(params.id);
      return revisions.length === 0 ? err({ code: 'unknown-warning' }) : ok({ id: params.id, revisions });
    },
    acknowledge: async ({ params, body }, { caller }) => {
      const waiting = new AbortController();
      const late = sleep(wall, acknowledgeWithinMs, waiting.signal).then(() => undefined, () => undefined);
      const done = acknowledge(params.id, caller.name, body.note);
      const outcome = await Promise.race([done, late]).catch(standingBy).finally(() => waiting.abort());
      if (outcome === 'standby') {
        const address = activeAt?.() ?? null;
        return err({ code: 'standby', ...(address === null || address === '' ? {} : { detail: `The active one is ${address}.` }), retryAfterSeconds: 5 });
      }
      if (outcome === undefined) {
        done.catch(() => undefined);
        return err({ code: 'unavailable', detail: 'The acknowledgement may still be stored.' });
      }
      return outcome.ok ? outcome : err({ code: outcome.error });
    },
  };
}

/** What an instance that is not the active one, or has just ceased to be it, answers instead of an acknowledgement. */
function standingBy(error: unknown): 'standby' {
  if (error instanceof BreakwaterError && (error.code === 'standby' || error.code === 'fenced')) return 'standby';
  throw error;
}
