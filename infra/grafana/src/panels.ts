import type { SeriesName } from '@breakwater/contracts';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { GraphThresholdsStyleConfigBuilder, GraphThresholdsStyleMode, LegendDisplayMode, LegendPlacement, SortOrder, TooltipDisplayMode, VisibilityMode, VizLegendOptionsBuilder, VizTooltipOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import { defaultFieldConfigSource, FieldColorModeId, MappingType, ThresholdsMode, type DashboardLink, type DataTransformerConfig, type FieldConfig, type Panel, type Threshold } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { influx, prometheus } from './datasources.ts';
import { colours, grafanaUnits, limits, severityWords, stepsOf, venueOverrides, type Override } from './look.ts';
import { catalogue, metric, over, type InfluxQuery } from './queries.ts';

/** What every panel has to say. */
export interface Words {
  readonly title: string;
  /** What it shows, in sentences. */
  readonly description: string;
  /** What it says where there is nothing to show. */
  readonly noData: string;
}

/** A panel before it has a place; `series` are those it is drawn from. */
export interface Drawn {
  readonly panel: Panel;
  readonly series: readonly SeriesName[];
}

interface Look extends Words {
  readonly unit: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly steps?: Threshold[];
  readonly overrides?: readonly Override[];
  readonly transformations?: DataTransformerConfig[];
  readonly interval?: string;
  readonly mappings?: FieldConfig['mappings'];
  readonly links?: DashboardLink[];
}

/** Grafana asks no finer than points come: the interval of a panel, by the pace of its series. */
const intervals = { score: '1s', coarse: '10s', shape: '30s', revision: '1s' } as const;

/** Gives a panel of the kit its words, units, limits and queries. */
export function finished(panel: Panel, targets: readonly Dataquery[], look: Look): Panel {
  const { title, description, noData, unit, decimals, min, max, steps, overrides = [], transformations, interval, mappings, links } = look;
  const bare = panel.fieldConfig ?? defaultFieldConfigSource();
  return {
    ...panel, title, description, targets: [...targets], datasource: isInflux(targets[0]) ? influx : prometheus,
    ...(transformations === undefined ? {} : { transformations }), ...(interval === undefined ? {} : { interval }),
    fieldConfig: {
      defaults: {
        ...bare.defaults, unit, noValue: noData, thresholds: { mode: ThresholdsMode.Absolute, steps: steps ?? stepsOf(undefined) },
        ...(decimals === undefined ? {} : { decimals }), ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }),
        ...(mappings === undefined ? {} : { mappings }), ...(links === undefined ? {} : { links }),
      },
      overrides: [...bare.overrides, ...overrides.map(({ regexp, properties }) => ({ matcher: { id: 'byRegexp', options: regexp }, properties }))],
    },
  };
}

function isInflux(query: Dataquery | undefined): boolean {
  return query !== undefined && 'rawQuery' in query;
}

/** A line chart over time; the kit's defaults but for what the console does too: thin lines, a table of values under the pointer. */
export function lines(steps: readonly Threshold[] = []): TimeSeriesBuilder {
  const builder = new TimeSeriesBuilder().lineWidth(1).fillOpacity(0).showPoints(VisibilityMode.Auto).spanNulls(120_000)
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  return steps.length > 1 ? builder.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.DashedAndArea)) : builder;
}

/** Whether a dashboard shows one asset, whose name then is in no line, or several. */
export type Scope = 'one' | 'many';

/** What a panel says beyond its series. */
export interface Options extends Partial<Words> {
  readonly scope?: Scope;
  /** Leaves the band away, where many lines are enough. */
  readonly bare?: boolean;
}

/** Names of the queries of a panel. */
export const refIds = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L'] as const;
const bandOverride: Override = { regexp: '/, (lower|upper) end$/', properties: [{ id: 'custom.lineStyle', value: { fill: 'dash', dash: [2, 4] } }, { id: 'color', value: { mode: 'fixed', fixedColor: colours.muted } }] };

/** What the lines of a series are called: by its labels, and by its own name where `named` or where there are none. */
function aliasOf(series: SeriesName, scope: Scope, named: boolean): string {
  const labels = catalogue[series].labels.filter((label) => scope === 'many' || label !== 'asset').map((label) => `$tag_${label}`);
  return [...labels, ...(named || labels.length === 0 ? [catalogue[series].title] : [])].join(' ');
}

/** The lines of several series, each over all its labels. */
function linesOf(series: readonly SeriesName[], scope: Scope): readonly InfluxQuery[] {
  return series.map((name, i) => over(name, { refId: refIds[i] ?? 'Z', alias: aliasOf(name, scope, series.length > 1) }));
}

/**
 * The panel of a series: title, unit, description and band from the catalogue, the limit of its rule from `look.ts`. What a later capability adds to the catalogue is drawn with one call of this.
 */
export function panelFor(series: SeriesName, options: Options = {}): Drawn {
  const { title, description, unit, band, labels, pace } = catalogue[series];
  const limit = limits[series];
  const names = [series, ...(band === undefined || options.bare === true ? [] : [band.low, band.high])] as SeriesName[];
  const steps = stepsOf(limit);
  const watched = limit === undefined ? '' : ` The line is where \`${limit.of}\` fires by default.`;
  const panel = finished(lines(steps).build(), linesOf(names, options.scope ?? 'many'), {
    title: options.title ?? title, description: `${options.description ?? description}${watched}`, noData: options.noData ?? noneOf(description), unit: grafanaUnits[unit], steps, interval: intervals[pace],
    overrides: [...(labels.includes('venue') ? venueOverrides() : []), ...(names.length > 1 ? [bandOverride] : [])], ...(unit === 'signed-share' ? { decimals: 3 } : {}),
  });
  return { panel, series: names };
}

/** When a series has no points, as its description says; the time that is shown may also be before the first. */
export function noneOf(description: string): string {
  const [, when] = /(None .*\.)$/.exec(description) ?? [];
  return `No point in this time.${when === undefined ? '' : ` ${when}`}`;
}

/** Several series of one unit in one panel, each line called by its series; those of `right` have an axis of their own, and dashes. */
export function panelOf(series: readonly [SeriesName, ...SeriesName[]], words: Words & { readonly scope: Scope; readonly right?: SeriesName }): Drawn {
  const { unit, pace } = catalogue[series[0]];
  const right = words.right === undefined ? [] : [{ regexp: `/${catalogue[words.right].title}$/`, properties: [{ id: 'custom.axisPlacement', value: 'right' }, { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } }] }];
  const overrides = [...(series.some((name) => catalogue[name].labels.includes('venue')) ? venueOverrides() : []), bandOverride, ...right];
  return { panel: finished(lines().build(), linesOf(series, words.scope), { ...words, unit: grafanaUnits[unit], interval: intervals[pace], overrides, ...(unit === 'signed-share' ? { decimals: 3 } : {}) }), series };
}

/** Which warnings were open when, a row for each asset and kind. */
export function severityPanel(words: Words): Drawn {
  const series = 'warning_severity';
  const target = over(series, { by: ['asset', 'warning'], function: 'last', fill: 'previous' });
  const builder = new StateTimelineBuilder().showValue(VisibilityMode.Auto).mergeValues(true).legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.Hidden).showLegend(false));
  const panel = finished(builder.build(), [target], { ...words, unit: grafanaUnits.severity, interval: intervals.revision, mappings: [{ type: MappingType.ValueToText, options: { ...severityWords } }] });
  return { panel: { ...panel, fieldConfig: { defaults: { ...panel.fieldConfig?.defaults, color: { mode: FieldColorModeId.Thresholds } }, overrides: panel.fieldConfig?.overrides ?? [] } }, series: [series] };
}

/** Something that is well or not, a row for each. */
export function statePanel(expr: string, legend: string, words: Words, names: { readonly well: string; readonly ill: string }): Drawn {
  const builder = new StateTimelineBuilder().showValue(VisibilityMode.Auto).mergeValues(true).legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.Hidden).showLegend(false));
  const options = { 0: { text: names.ill, color: colours.severity.warning, index: 0 }, 1: { text: names.well, color: colours.faint, index: 1 } };
  return { panel: finished(builder.build(), [metric(expr, legend).build()], { ...words, unit: 'short', mappings: [{ type: MappingType.ValueToText, options }] }), series: [] };
}

/** A share, from nothing to all. */
export const gauge = { unit: 'percentunit', min: 0, max: 1 } as const;

/** A table of what InfluxDB answers. */
export function table(targets: readonly InfluxQuery[], series: readonly SeriesName[], look: Words & Partial<Look>): Drawn {
  return { panel: finished(new TableBuilder().build(), targets, { unit: 'short', ...look }), series };
}

/** A metric of the daemon over time. */
export function metricPanel(expr: string, legend: string, look: Words & Partial<Look>, more: readonly (readonly [string, string])[] = []): Drawn {
  const targets = [[expr, legend] as const, ...more].map(([text, name], i) => metric(text, name, { refId: refIds[i] ?? 'Z' }).build());
  return { panel: finished(lines(look.steps).build(), targets, { unit: 'short', ...look }), series: [] };
}
