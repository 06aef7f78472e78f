import { mapReachPercent, type SeriesName } from '@breakwater/contracts';
import { PanelBuilder as BarChartBuilder } from '@grafana/grafana-foundation-sdk/barchart';
import { HeatmapCellLayout, LegendDisplayMode, LegendPlacement, LineInterpolation, ScaleDistribution, SortOrder, StackingConfigBuilder, StackingMode, TooltipDisplayMode, VisibilityMode, VizLegendOptionsBuilder, VizTooltipOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { DataTransformerConfig } from '@grafana/grafana-foundation-sdk/dashboard';
import { CellValuesBuilder, HeatmapColorMode, HeatmapColorOptionsBuilder, HeatmapTooltipBuilder, PanelBuilder as HeatmapBuilder, RowsHeatmapOptionsBuilder, YAxisConfigBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import { PanelBuilder as TrendBuilder } from '@grafana/grafana-foundation-sdk/trend';
import { colours, grafanaUnits, venueOverrides, type Override } from './look.ts';
import { finished, lines, noneOf, refIds, table, type Drawn, type Words } from './panels.ts';
import { catalogue, present, presentSeconds, settleSeconds, summedOver } from './queries.ts';

/** Tables of one label, each with a column, become one table: without times, joined by the label. */
function joinedBy(label: string): DataTransformerConfig[] {
  return [{ id: 'filterFieldsByName', options: { exclude: { pattern: '/^[Tt]ime$/' } } }, { id: 'joinByField', options: { byField: label, mode: 'outer' } }];
}

/** The same, for a label whose values are numbers: in their order. */
function orderedBy(label: string): DataTransformerConfig[] {
  return [...joinedBy(label), { id: 'convertFieldType', options: { fields: {}, conversions: [{ targetField: label, destinationType: 'number' }] } }, { id: 'sortBy', options: { fields: {}, sort: [{ field: label, desc: false }] } }];
}

const legend = (): VizLegendOptionsBuilder => new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true);
const tooltip = (): VizTooltipOptionsBuilder => new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.None);
const atEnd = ` As it stood ${settleSeconds} to ${settleSeconds + presentSeconds} s before the end of the time that is shown.`;

/** Where the price ends after a sale of any size: the response curve with its band, and the dashed one without forced sales. */
export function responsePanel(): Drawn {
  const series = ['response_price', 'response_price_low', 'response_price_high', 'response_price_unforced'] as const;
  const targets = series.map((name, i) => present(name, ['sale'], catalogue[name].title, { refId: refIds[i] ?? 'Z' }));
  const fixed = (colour: string): { readonly id: string; readonly value: unknown } => ({ id: 'color', value: { mode: 'fixed', fixedColor: colour } });
  const overrides: Override[] = [
    { regexp: '/^sale$/', properties: [{ id: 'unit', value: grafanaUnits.usd }, { id: 'custom.scaleDistribution', value: { type: ScaleDistribution.Log, log: 10 } }, { id: 'custom.axisLabel', value: 'net sale' }] },
    { regexp: `/^${catalogue.response_price.title}$/`, properties: [fixed(colours.accent), { id: 'custom.lineWidth', value: 2 }] },
    { regexp: '/, (lower|upper) end$/', properties: [fixed(colours.muted)] },
    { regexp: `/^${catalogue.response_price_unforced.title}$/`, properties: [fixed(colours.ink), { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } }] },
  ];
  const builder = new TrendBuilder().xField('sale').lineInterpolation(LineInterpolation.StepBefore).lineWidth(1).fillOpacity(0).showPoints(VisibilityMode.Never).legend(legend()).tooltip(tooltip());
  const panel = finished(builder.build(), targets, {
    title: 'Where would the price end after a sale?', description: `${catalogue.response_price.description} The dashed line is without forced sales.${atEnd}`, noData: noneOf(catalogue.response_price.description),
    unit: grafanaUnits['usd-per-unit'], transformations: orderedBy('sale'), overrides,
  });
  return { panel, series };
}

/** What would be liquidated at which distance from the price, over time. */
export function liquidationHeatmap(): Drawn {
  const series = 'liquidation_map_usd';
  const builder = new HeatmapBuilder().calculate(false).rowsFrame(new RowsHeatmapOptionsBuilder().layout(HeatmapCellLayout.Ge).value('US dollars'))
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Opacity).fill(colours.accent).exponent(0.5).steps(64)).cellGap(0)
    .yAxis(new YAxisConfigBuilder().unit('percent').axisLabel('distance from the price')).cellValues(new CellValuesBuilder().unit(grafanaUnits.usd)).showLegend()
    .tooltip(new HeatmapTooltipBuilder().mode(TooltipDisplayMode.Single).showColorScale(true));
  const panel = finished(builder.build(), [summedOver(series, ['move'])], {
    title: 'What would be liquidated where?', description: `${catalogue[series].description} Below the price are longs, above it shorts; 0 % is the price of the moment.`, noData: noneOf('None while no market has positions.'),
    unit: grafanaUnits.usd, interval: '30s',
  });
  return { panel, series: [series] };
}

/** The same at the end of the time that is shown, longs beside shorts. */
export function liquidationBars(): Drawn {
  const series = 'liquidation_map_usd';
  const targets = (['long', 'short'] as const).map((side, i) => present(series, ['move'], `${side}s`, { refId: refIds[i] ?? 'Z', where: `"side" = '${side}'` }));
  const panel = finished(new BarChartBuilder().xField('move').stacking(StackingMode.Normal).xTickLabelSpacing(100).legend(legend()).tooltip(tooltip()).build(), targets, {
    title: 'Liquidation map now', description: `US dollars of positions liquidated in each step of the price, up to ${mapReachPercent} % to either side; the step is named by its lower end, in per cent.${atEnd}`, noData: noneOf('None while no market has positions.'),
    unit: grafanaUnits.usd, transformations: orderedBy('move'), overrides: [{ regexp: '/^move$/', properties: [{ id: 'unit', value: 'percent' }] }],
  });
  return { panel, series: [series] };
}

/** The map with its band, and the part of it that is a first guess. */
export function liquidationBand(): Drawn {
  const series = ['liquidation_map_usd', 'liquidation_map_low_usd', 'liquidation_map_high_usd', 'liquidation_map_prior_usd'] as const;
  const targets = series.map((name, i) => present(name, ['move'], catalogue[name].title, { refId: refIds[i] ?? 'Z' }));
  const fixed = (name: RegExp, fixedColor: string): Override => ({ regexp: String(name), properties: [{ id: 'color', value: { mode: 'fixed', fixedColor } }] });
  const overrides: Override[] = [{ regexp: '/^move$/', properties: [{ id: 'unit', value: 'percent' }] }, fixed(/^Liquidation map$/, colours.accent), fixed(/, (lower|upper) end$/, colours.muted), fixed(/, prior only$/, colours.ink)];
  const builder = new BarChartBuilder().xField('move').stacking(StackingMode.None).xTickLabelSpacing(100).legend(legend()).tooltip(tooltip());
  const panel = finished(builder.build(), targets, {
    title: 'How sure is the map?', description: `${catalogue.liquidation_map_usd.description} Beside each step its band and the part that is prior only.${atEnd}`, noData: noneOf(catalogue.liquidation_map_usd.description),
    unit: grafanaUnits.usd, transformations: orderedBy('move'), overrides,
  });
  return { panel, series };
}

/** Bids of the venues that are chosen within each distance. */
export function depthByBand(): Drawn {
  const series = 'venue_depth_usd';
  const panel = finished(lines().build(), [summedOver(series, ['within'], { where: `"side" = 'bid'`, alias: 'within $tag_within %' })], {
    title: 'What is there to sell into?', description: `Usable bids of the venues that are chosen, within each distance of the best; bands contain one another.`, noData: noneOf(catalogue[series].description), unit: grafanaUnits.usd, interval: '30s',
  });
  return { panel, series: [series] };
}

/** Bids within 2 % of each venue, one on the other. */
export function depthByVenue(): Drawn {
  const series = 'venue_depth_usd';
  const stacked = lines().stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A')).fillOpacity(30);
  const panel = finished(stacked.build(), [summedOver(series, ['venue'], { where: `"side" = 'bid' AND "within" = '2'` })], {
    title: 'At which venue?', description: 'Usable bids within 2 %, venues one on the other.', noData: noneOf(catalogue[series].description), unit: grafanaUnits.usd, interval: '30s', overrides: venueOverrides(),
  });
  return { panel, series: [series] };
}

/** How every asset stands, a row each, with links to its dashboard and to the console. */
export function assetTable(series: readonly SeriesName[], words: Words): Drawn {
  const targets = series.map((name, i) => present(name, ['asset'], catalogue[name].title, { refId: refIds[i] ?? 'Z' }));
  const link = (title: string, url: string): { readonly title: string; readonly url: string; readonly targetBlank: boolean } => ({ title, url, targetBlank: false });
  const overrides: Override[] = [
    { regexp: '/^asset$/', properties: [{ id: 'displayName', value: 'Asset' }, { id: 'links', value: [link('Dashboard', '/d/breakwater-asset?var-asset=${__value.raw}&${__url_time_range}'), link('Console', '${console}/#/${__value.raw}')] }] },
    ...series.map((name) => ({ regexp: `/^${catalogue[name].title}$/`, properties: [{ id: 'unit', value: grafanaUnits[catalogue[name].unit] }] })),
  ];
  return table(targets, series, { ...words, description: `${words.description}${atEnd}`, transformations: joinedBy('asset'), overrides });
}
