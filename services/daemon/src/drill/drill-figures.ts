import type { WarningMessage } from '@breakwater/contracts';
import { epochMs, price } from '@breakwater/models/core';
import { findCrashes, leadTime, type CrashEvent } from '@breakwater/models/tail-risk';
import type { Scenario } from '@breakwater/simulator/scenarios';
import { readSeries, type DrillInflux } from './drill-series.ts';

/** For each severity the milliseconds from its first warning that still stood to the onset; null when there was none. */
export type Leads = Readonly<Record<WarningMessage['severity'], number | null>>;

/** Reproduction number of the asset's markets at spans before the onset of the crash, those of which there is a figure; empty without a crash. */
export type ReproductionBefore = readonly { readonly beforeMs: number; readonly value: number }[];

/** The crash of a scenario by the one definition, from its own price path. */
export function crashOf(scenario: Scenario): CrashEvent | undefined {
  return findCrashes(scenario.steps().map((t) => ({ t, price: price(scenario.conditions(t).price) }))).find((event) => event.kind !== 'wick');
}

/** Lead of the first warning of each severity that was not resolved before the onset. */
export function leads(warnings: readonly WarningMessage[], crash: CrashEvent | undefined): Leads {
  const of = (severity: WarningMessage['severity']): number | null => {
    if (crash === undefined) return null;
    const ids = new Set(warnings.filter((w) => w.severity === severity && w.state === 'firing').map((w) => w.id));
    const spans = [...ids].map((id) => {
      const revisions = warnings.filter((w) => w.id === id);
      const raised = revisions.find((w) => w.severity === severity && w.state === 'firing');
      const ended = revisions.find((w) => w.state === 'resolved' || w.state === 'retracted' || w.state === 'expired');
      return { raisedAt: raised?.eventTime ?? epochMs(0), resolvedAt: ended?.eventTime ?? null };
    });
    return leadTime(crash.onset, spans);
  };
  return { watch: of('watch'), warning: of('warning'), critical: of('critical') };
}

/** Spans before the onset at which a drill tells the reproduction number. */
const reproductionAt = [24 * 3_600_000, 6 * 3_600_000, 2 * 3_600_000, 3_600_000, 1_800_000, 600_000, 60_000, 0] as const;
/** A figure this much older than its moment is not of it: steps are up to two minutes apart. */
const reproductionAgeMs = 300_000;

/** What the daemon stored of the reproduction number before the crash; series are in `path` where there is no database of their own. */
export async function readReproduction(path: string, influx: DrillInflux | undefined, asset: string, crash: CrashEvent | undefined): Promise<ReproductionBefore> {
  if (crash === undefined) return [];
  return readSeries(path, influx, async (series) => {
    const found = await Promise.all(reproductionAt.map(async (beforeMs) => {
      const at = crash.onset - beforeMs;
      const points = at < reproductionAgeMs ? [] : await series.range('reproduction', { asset }, epochMs(at - reproductionAgeMs), epochMs(at));
      const value = points.at(-1)?.value;
      return value === undefined ? [] : [{ beforeMs, value }];
    }));
    return found.flat();
  });
}
