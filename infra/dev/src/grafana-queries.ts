import type { Dashboard, InfluxQuery } from '@breakwater/grafana';

/** The time a dashboard shows, and what its variables are set to. */
export interface View {
  readonly fromMs: number;
  readonly toMs: number;
  /** Values of a variable; none is all of them. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** What a query was answered with, one part for each line or, of a table, one for all. */
export interface Answer {
  readonly labels: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** A panel asks for about so many points: as wide as it is, and no finer than its own interval. */
const pointsOfPanel = 400;

/** `$__interval` of a panel, seconds. */
export function intervalOf({ fromMs, toMs }: View, least: string | undefined): number {
  return Math.max(1, Math.ceil((toMs - fromMs) / 1_000 / pointsOfPanel), Number((least ?? '1s').replace(/s$/, '')));
}

/** A text as a regular expression that it alone matches: the format `regex` of Grafana's variables. */
function escaped(text: string): string {
  return text.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&');
}

/**
 * A query of InfluxDB as Grafana sends it: `$timeFilter`, `$__interval` and the ends of the time as its backend writes them (grafana/grafana, pkg/tsdb/influxdb/models/query.go, read 2026-11),
 * and variables in the format that is asked for: several values as alternatives, all of them as the variable's own text for that. Throws on a variable that is not set.
 */
export function influxText(query: string, view: View, intervalSeconds: number, dashboard: Dashboard): string {
  return query
    .replaceAll('$timeFilter', `time >= ${view.fromMs}ms and time <= ${view.toMs}ms`).replaceAll('$__interval', `${intervalSeconds}s`).replaceAll('${__to}', String(view.toMs)).replaceAll('${__from}', String(view.fromMs))
    .replace(/\$\{(\w+):regex\}/g, (_all, name: string) => {
      const values = view.values[name];
      const variable = (dashboard.templating.list ?? []).find((one) => one.name === name);
      if (variable === undefined || values === undefined) throw new Error(`variable ${name} is not set`);
      if (values.length === 0) return variable.allValue ?? '';
      return values.length === 1 ? escaped(values[0] ?? '') : `(${values.map(escaped).join('|')})`;
    });
}

/** The same for an expression of Prometheus: inside a text a backslash stands for itself only when it is doubled. */
export function metricText(expr: string, view: View, rateIntervalSeconds: number): string {
  return expr.replaceAll('$__rate_interval', `${rateIntervalSeconds}s`).replace(/\$(\w+)/g, (_all, name: string) => {
    const values = view.values[name];
    if (values === undefined) throw new Error(`variable ${name} is not set`);
    return values.length === 0 ? '.*' : values.map((value) => escaped(value).replaceAll('\\', '\\\\')).join('|');
  });
}

/** Asks InfluxDB over HTTP. Throws on an error of the server or of the statement. */
export async function askInflux(url: string, database: string, query: string): Promise<readonly Answer[]> {
  const response = await fetch(`${url}/query?db=${encodeURIComponent(database)}&epoch=ms`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `q=${encodeURIComponent(query)}` });
  const body = (await response.json()) as { readonly error?: string; readonly results?: readonly { readonly error?: string; readonly series?: readonly { readonly tags?: Record<string, string>; readonly columns: readonly string[]; readonly values: readonly (readonly unknown[])[] }[] }[] };
  const [result] = body.results ?? [];
  const error = body.error ?? result?.error;
  if (error !== undefined) throw new Error(`${error}: ${query}`);
  return (result?.series ?? []).map(({ tags = {}, columns, values }) => ({ labels: tags, columns, rows: values }));
}

/** Asks Prometheus over HTTP for a range. Throws on an error. */
export async function askPrometheus(url: string, expr: string, view: View): Promise<readonly Answer[]> {
  const terms = new URLSearchParams({ query: expr, start: String(view.fromMs / 1_000), end: String(view.toMs / 1_000), step: '1' });
  const body = (await (await fetch(`${url}/api/v1/query_range?${terms.toString()}`)).json()) as { readonly error?: string; readonly data?: { readonly resultType: string; readonly result: readonly { readonly metric: Record<string, string>; readonly values: readonly (readonly [number, string])[] }[] } };
  if (body.data?.resultType !== 'matrix') throw new Error(`${body.error ?? 'no range'}: ${expr}`);
  return body.data.result.map(({ metric, values }) => ({ labels: metric, columns: ['time', 'value'], rows: values.map(([time, text]) => [time * 1_000, Number(text)]) }));
}

/** What is wrong with the answer to a query of a panel; empty when there is something to draw and all of it is of its kind. */
export function faultsOf(query: Pick<InfluxQuery, 'resultFormat' | 'alias'> & { readonly query?: string }, answer: readonly Answer[]): readonly string[] {
  if (answer.length === 0) return ['the answer is empty'];
  const found: string[] = [];
  for (const { labels, columns, rows } of answer) {
    if (columns[0] !== 'time') found.push(`its first column is ${columns[0] ?? 'none'}`);
    if (rows.length === 0) found.push('a line has no points');
    for (const [, label = ''] of (query.alias ?? '').matchAll(/\$tag_(\w+)/g)) if ((labels[label] ?? '') === '') found.push(`a line has no ${label}`);
    if (query.resultFormat === 'time_series' && columns.length !== 2) found.push(`a line has the columns ${columns.join(', ')}`);
    // What goes on as it was before has nothing before the first.
    const begun = query.query?.includes('fill(previous)') === true ? rows.findIndex(([, value]) => value !== null) : 0;
    if (begun < 0) found.push('a line has no figures');
    for (const row of rows.slice(Math.max(0, begun))) {
      const [time, ...values] = row;
      if (typeof time !== 'number' || !Number.isFinite(time)) found.push(`a time is ${String(time)}`);
      // A figure, and beside it the labels of a table.
      if (typeof values[0] !== 'number' || !Number.isFinite(values[0])) found.push(`a figure is ${String(values[0])}`);
      if (values.slice(1).some((value) => typeof value !== 'string' || value === '')) found.push('a label of a row is empty');
    }
  }
  return [...new Set(found)];
}
