import { markedVenues, themes, venueMark } from '@breakwater/charts';
import { defaults, severity, type SeriesName, type SeriesUnit, type Severity } from '@breakwater/contracts';
import type { DynamicConfigValue, Threshold } from '@grafana/grafana-foundation-sdk/dashboard';

/** Grafana's names of units (https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/, read 2026-11). */
export const grafanaUnits: Readonly<Record<SeriesUnit, string>> = {
  usd: 'currencyUSD', 'usd-per-unit': 'currencyUSD', multiple: 'suffix: ×', share: 'percentunit', 'signed-share': 'percentunit', count: 'short', units: 'short', seconds: 's', severity: 'short',
};

/** The colours of the console, as on the dark background that Grafana has by default. */
export const colours = themes.dark;

/** A line across a panel: from where on, or below where, and how bad. */
export interface Limit {
  readonly at: number;
  readonly severity: Severity;
  /** Whether it is `at` and more that is bad, or less than `at`. */
  readonly bad: 'from' | 'below';
  /** Where it comes from, for the description. */
  readonly of: string;
}

/** What the rules compare with what, as the rules have it by default. */
export const limits: Partial<Record<SeriesName, Limit>> = {
  deposits_reach: { at: defaults.ignitionReach, severity: 'critical', bad: 'from', of: 'cascade.ignition' },
  ignition_of_day_ago: { at: defaults.ignitionDrop, severity: 'warning', bad: 'below', of: 'ignition.drop' },
  depth_of_day_high: { at: defaults.depthDrop, severity: 'watch', bad: 'below', of: 'depth.drop' },
  issuer_float_share: { at: defaults.issuerFloatShare, severity: 'watch', bad: 'from', of: 'deposits.issuer' },
  owner_deposits_float_share: { at: defaults.clusterFloatShare, severity: 'watch', bad: 'from', of: 'deposits.cluster' },
  owner_deposits_of_threshold: { at: defaults.clusterReach, severity: 'watch', bad: 'from', of: 'deposits.cluster' },
  reserve_floor_of_day_ago: { at: 1 - defaults.reserveFloorFall, severity: 'warning', bad: 'below', of: 'reserve.floor' },
  landing_fall: { at: defaults.criticalFall, severity: 'critical', bad: 'from', of: 'cascade.ignition' },
};

/** The steps of a limit, as Grafana paints them: from a value upwards. */
export function stepsOf(limit: Limit | undefined): Threshold[] {
  const calm = { value: null, color: 'transparent' };
  if (limit === undefined) return [calm];
  const color = colours.severity[limit.severity];
  return limit.bad === 'from' ? [calm, { value: limit.at, color }] : [{ value: null, color }, { value: limit.at, color: 'transparent' }];
}

/** One figure of a panel that looks different. */
export interface Override {
  readonly regexp: string;
  readonly properties: DynamicConfigValue[];
}

/** Venues as in every chart: two may share a colour, the second then has a dashed line. A line's name begins with its venue. */
export function venueOverrides(): readonly Override[] {
  return markedVenues.map((venue) => {
    const { colour, symbol } = venueMark(venue);
    const dash = symbol === 'rect' ? [{ id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } }] : [];
    return { regexp: `/^${venue}( |$)/`, properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: colour } }, ...dash] };
  });
}

/** Words and colours of severities as numbers (`severityRank`). */
export const severityWords: Readonly<Record<string, { readonly text: string; readonly color: string; readonly index: number }>> = Object.fromEntries(
  ['none', ...severity.options].map((name, index) => [String(index), { text: name, color: name === 'none' ? 'transparent' : colours.severity[severity.options[index - 1] ?? 'watch'], index }]),
);
