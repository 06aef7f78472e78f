import { seriesCatalogue, shapeSeriesEveryMs, type SeriesDefinition, type SeriesName } from '@breakwater/contracts';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { influx, pointField, prometheus, rawPolicy } from './datasources.ts';

/** A query to InfluxDB in its own language, as Grafana keeps it; the kit has no builder for this data source. */
export interface InfluxQuery extends Dataquery {
  readonly refId: string;
  readonly datasource: typeof influx;
  readonly rawQuery: true;
  readonly query: string;
  readonly resultFormat: 'time_series' | 'table';
  /** How each series of an answer is called: `$tag_asset` is the value of a label. */
  readonly alias?: string;
}

/** How a series is asked for. */
export interface Terms {
  readonly refId?: string;
  /** Labels by which lines are told apart, by default all that are there. */
  readonly by?: readonly string[];
  /** Conditions beyond those of the dashboard's variables, in the language of the database. */
  readonly where?: string;
  /** What lines are called instead of the values of their labels. */
  readonly alias?: string;
  /** How points of one stretch go together instead of what the kind of the series says. */
  readonly function?: 'mean' | 'min' | 'max' | 'last';
  readonly fill?: 'none' | 'previous';
}

/** The catalogue, by name. */
export const catalogue: Readonly<Record<SeriesName, SeriesDefinition>> = seriesCatalogue;

/** Labels that a dashboard's variable narrows, and the variable. */
const narrowed: Readonly<Record<string, string>> = { asset: 'asset', venue: 'venue' };

/** Points take less than this to be in the database, seconds. [A] */
export const settleSeconds = 10;
/** What stands at the end of the time that is shown is looked for in a stretch that ends `settleSeconds` before it and holds one point of the slowest series: two curves would be mixed in a longer one. */
export const presentSeconds = shapeSeriesEveryMs / 1_000;

function influxQuery(terms: Omit<InfluxQuery, '_implementsDataqueryVariant' | 'datasource' | 'rawQuery'>): InfluxQuery {
  return { ...terms, datasource: influx, rawQuery: true, _implementsDataqueryVariant: () => undefined };
}

function source(series: SeriesName): string {
  return `"${rawPolicy}"."${series}"`;
}

/** Conditions by the variables: those of labels the series has. A value that is a text for the database may be anything, so it is written as a regular expression. */
function conditions(series: SeriesName, where: string | undefined): readonly string[] {
  const own = catalogue[series].labels.flatMap((label) => (narrowed[label] === undefined ? [] : [`"${label}" =~ /^\${${narrowed[label]}:regex}$/`]));
  return where === undefined ? own : [...own, where];
}

/** A series over the time that is shown: means of a level, the highest of a window in each stretch of the picture. */
export function over(series: SeriesName, terms: Terms = {}): InfluxQuery {
  const { kind, labels } = catalogue[series];
  const by = terms.by ?? labels;
  const call = terms.function ?? (kind === 'window' ? 'max' : 'mean');
  const groups = ['time($__interval)', ...by.map((label) => `"${label}"`)];
  return influxQuery({
    refId: terms.refId ?? 'A', resultFormat: 'time_series', alias: terms.alias ?? by.map((label) => `$tag_${label}`).join(' '),
    query: `SELECT ${call}("${pointField}") FROM ${source(series)} WHERE ${['$timeFilter', ...conditions(series, terms.where)].join(' AND ')} GROUP BY ${groups.join(', ')} fill(${terms.fill ?? 'none'})`,
  });
}

/** Sums of a series over those of its labels that `by` does not name, each of the others taken as it was last in a stretch. */
export function summedOver(series: SeriesName, by: readonly string[], terms: Pick<Terms, 'refId' | 'where' | 'alias'> = {}): InfluxQuery {
  const all = catalogue[series].labels.map((label) => `"${label}"`).join(', ');
  const inner = `SELECT last("${pointField}") AS "part" FROM ${source(series)} WHERE ${['$timeFilter', ...conditions(series, terms.where)].join(' AND ')} GROUP BY time($__interval), ${all} fill(none)`;
  return influxQuery({
    refId: terms.refId ?? 'A', resultFormat: 'time_series', alias: terms.alias ?? by.map((label) => `$tag_${label}`).join(' '),
    query: `SELECT sum("part") FROM (${inner}) WHERE $timeFilter GROUP BY time($__interval), ${by.map((label) => `"${label}"`).join(', ')} fill(none)`,
  });
}

/** How a series stands at the end of the time that is shown, a row for each value of `by`. What is older is not there. */
export function present(series: SeriesName, by: readonly string[], column: string, terms: Pick<Terms, 'refId' | 'where'> = {}): InfluxQuery {
  const time = [`time > \${__to}ms - ${settleSeconds + presentSeconds}s`, `time <= \${__to}ms - ${settleSeconds}s`];
  return influxQuery({
    refId: terms.refId ?? 'A', resultFormat: 'table',
    query: `SELECT last("${pointField}") AS "${column}" FROM ${source(series)} WHERE ${[...time, ...conditions(series, terms.where)].join(' AND ')} GROUP BY ${by.map((label) => `"${label}"`).join(', ')}`,
  });
}

/** Every point of a series with its labels as columns, the newest first. */
export function points(series: SeriesName, terms: Pick<Terms, 'refId' | 'where'> & { readonly limit: number }): InfluxQuery {
  const columns = [pointField, ...catalogue[series].labels].map((name) => `"${name}"`).join(', ');
  return influxQuery({
    refId: terms.refId ?? 'A', resultFormat: 'table',
    query: `SELECT ${columns} FROM ${source(series)} WHERE ${['$timeFilter', ...conditions(series, terms.where)].join(' AND ')} ORDER BY time DESC LIMIT ${terms.limit}`,
  });
}

/** An expression of Prometheus over the time that is shown, or, as a `table`, at its end. */
export function metric(expr: string, legend: string, terms: { readonly refId?: string; readonly table?: boolean } = {}): DataqueryBuilder {
  const query = new DataqueryBuilder().datasource(prometheus).refId(terms.refId ?? 'A').expr(expr).legendFormat(legend);
  return terms.table === true ? query.instant().format(PromQueryFormat.Table) : query.range().format(PromQueryFormat.TimeSeries);
}
