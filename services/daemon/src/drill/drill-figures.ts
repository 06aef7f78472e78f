import type { SeriesName, WarningMessage } from '@breakwater/contracts';
import { epochMs, price } from '@breakwater/models/core';
import { findCrashes, leadTime, type CrashEvent } from '@breakwater/models/tail-risk';
import type { SeriesStore } from '@breakwater/platform/store';
import type { Scenario } from '@breakwater/simulator/scenarios';
import { readSeries, type DrillInflux } from './drill-series.ts';

/** For each severity the milliseconds from its first warning that still stood to the onset; null when there was none. */
export type Leads = Readonly<Record<WarningMessage['severity'], number | null>>;

/** Reproduction number of the asset's markets at spans before the onset of the crash, those of which there is a figure; empty without a crash. */
export type ReproductionBefore = readonly { readonly beforeMs: number; readonly value: number }[];

/** What an hour may have cost at spans before the onset of the crash, shares of the price, as far as the daemon knew; empty without a crash. */
export type LossesBefore = readonly { readonly beforeMs: number; readonly valueAtRisk: number; readonly expectedShortfall: number | null; readonly cascadeShortfall: number | null }[];

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

/** Spans before the onset at which a drill tells a figure. */
const toldAt = [24 * 3_600_000, 6 * 3_600_000, 2 * 3_600_000, 3_600_000, 1_800_000, 600_000, 60_000, 0] as const;
/** A figure this much older than its moment is not of it: steps are up to two minutes apart. */
const figureAgeMs = 300_000;

/** What the daemon stored of the reproduction number before the crash; series are in `path` where there is no database of their own. */
export async function readReproduction(path: string, influx: DrillInflux | undefined, asset: string, crash: CrashEvent | undefined): Promise<ReproductionBefore> {
  if (crash === undefined) return [];
  return readSeries(path, influx, async (series) => {
    const found = await Promise.all(toldAt.map(async (beforeMs) => {
      const value = await lastBefore(series, 'reproduction', asset, crash.onset - beforeMs);
      return value === undefined ? [] : [{ beforeMs, value }];
    }));
    return found.flat();
  });
}

/** What the daemon stored of value at risk, expected shortfall and cascade expected shortfall before the crash. */
export async function readLosses(path: string, influx: DrillInflux | undefined, asset: string, crash: CrashEvent | undefined): Promise<LossesBefore> {
  if (crash === undefined) return [];
  return readSeries(path, influx, async (series) => {
    const found = await Promise.all(toldAt.map(async (beforeMs) => {
      const [valueAtRisk, expectedShortfall, cascadeShortfall] = await Promise.all((['value_at_risk', 'expected_shortfall', 'cascade_shortfall'] as const).map((name) => lastBefore(series, name, asset, crash.onset - beforeMs)));
      return valueAtRisk === undefined ? [] : [{ beforeMs, valueAtRisk, expectedShortfall: expectedShortfall ?? null, cascadeShortfall: cascadeShortfall ?? null }];
    }));
    return found.flat();
  });
}

async function lastBefore(series: SeriesStore, name: SeriesName, asset: string, at: number): Promise<number | undefined> {
  return at < figureAgeMs ? undefined : (await series.range(name, { asset }, epochMs(at - figureAgeMs), epochMs(at))).at(-1)?.value;
}
