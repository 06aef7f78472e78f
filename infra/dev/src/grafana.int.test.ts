import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dashboard, metricsOf, plans, settleSeconds, type Dashboard, type InfluxQuery } from '@breakwater/grafana';
import { epochMs } from '@breakwater/models/core';
import { sleep } from '@breakwater/platform/clock';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { createInfluxSeries } from '@breakwater/platform/store/influx';
import { root } from './env.ts';
import { askInflux, askPrometheus, faultsOf, influxText, intervalOf, metricText, type Answer, type View } from './grafana-queries.ts';
import { startInflux } from './influx.ts';
import { startPrometheus } from './prometheus.ts';
import type { DevServer } from './servers.ts';

const clock = createSystemClock();
const main = join(root, 'services/daemon/dist/main.js');
const database = `grafana_${process.pid}`;
/** Prometheus asks each second here; four of them are the least that Grafana takes a rate over. */
const rateSeconds = 4;

let folder = '';
let influx: DevServer | undefined;
let prometheus: DevServer | undefined;
let drill: ChildProcess | undefined;
let beganAt = 0;

/** Plays a short invented day through the real store and leaves its daemon up; `onConsole` is told where that is, once it is known. */
function play(influxUrl: string, onConsole: (address: string) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, 'drill', 'random', '--seed', '1', '--comparable', '--keep', '--influx', `${influxUrl}/${database}`, '--out', join(folder, 'drill')], { stdio: ['ignore', 'pipe', 'pipe'] });
    drill = child;
    let printed = '';
    let isTold = false;
    const look = (text: string): void => {
      printed = `${printed}${text}`.slice(-20_000);
      const [, address] = /Console: (http:\/\/\S+)/.exec(printed) ?? [];
      if (address !== undefined && !isTold) {
        isTold = true;
        onConsole(address).catch(reject);
      }
      if (printed.includes('stays up until')) resolve();
    };
    child.stdout.setEncoding('utf8').on('data', look);
    child.stderr.setEncoding('utf8').on('data', look);
    child.once('close', (code) => reject(new Error(`the drill ended with exit code ${String(code)}: ${printed.slice(-2_000)}`)));
  });
}

beforeAll(async () => {
  if (!existsSync(main)) throw new Error(`${main} is not there: run \`npm run build\`; \`npm test\` does so first`);
  folder = mkdtempSync(join(tmpdir(), 'breakwater-grafana-'));
  influx = await startInflux();
  if (influx === undefined) return;
  beganAt = clock.now();
  let address = '';
  await play(influx.url, async (where) => {
    address = where;
    prometheus = await startPrometheus({ targets: [new URL(where).host], rules: join(root, 'infra/prometheus/alerts.yaml') });
  });
  // Asked for something once, so that there is a request; then two more looks of Prometheus.
  await fetch(`${address}v1/status`);
  await sleep(clock, 2_500);
}, 170_000);

afterAll(async () => {
  const ended = new Promise((resolve) => (drill?.exitCode === null ? drill.once('close', resolve) : resolve(undefined)));
  drill?.kill('SIGINT');
  await ended;
  await prometheus?.stop();
  if (influx !== undefined) await askInflux(influx.url, database, `DROP DATABASE "${database}"`);
  await influx?.stop();
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
}, 30_000);

/** Series that have no point in two hours of one coin, by the one they are filled from: branching of liquidations, of which the venues of the drill publish too few, and what a coin without a reserve, a schedule of unlocks and a chain that elects its producers has none of. */
const filled: Readonly<Record<string, readonly string[]>> = {
  reproduction: ['branching_ratio', 'branching_ratio_low', 'branching_ratio_high'],
  price: ['reserve_floor_usd', 'reserve_trusted_floor_usd', 'reserve_effective_floor_usd', 'reserve_worst_floor_usd', 'reserve_premium', 'reserve_floor_of_day_ago'],
  supply_units: ['reserve_vault', 'reserve_supply', 'unlock_overhang', 'producers_third', 'producers_half', 'producers_hhi'],
};

/** Fills by hand what the drill has no point of; the threshold against a day ago as the one over that of the first moment. */
async function fillByHand(url: string, view: View): Promise<void> {
  const series = createInfluxSeries({ url, database, retentionDays: 0, wall: clock });
  const labels = { asset: view.values['asset']?.[0] ?? '' };
  const pointsOf = (name: string): ReturnType<typeof series.range> => series.range(name, labels, epochMs(view.fromMs), epochMs(view.toMs));
  const [first, ...rest] = await pointsOf('ignition_usd');
  const made = rest.map(({ time, value }) => ({ series: 'ignition_of_day_ago', labels, time, value: value / (first?.value ?? NaN) }));
  for (const [from, names] of Object.entries(filled)) {
    for (const { time, value } of await pointsOf(from)) made.push(...names.map((name) => ({ series: name, labels: name.startsWith('producers_') ? { ...labels, chain: 'antelope:aca376f206b8fc25a6ed44dbdc66547c' } : labels, time, value })));
  }
  // At once: what is older than the server looks back to has its minutes and hours made anew with each call.
  await series.append(made);
}

/** The values of a variable, as its own query finds them. */
async function valuesOf(url: string, document: Dashboard, name: string, view: View): Promise<readonly string[]> {
  const variable = document.templating.list?.find((one) => one.name === name);
  const answer = await askInflux(url, database, influxText(variable?.query as string, view, 1, document));
  return answer.flatMap(({ rows }) => rows.map(([, value]) => String(value)));
}

/** The time of the drill, and its asset as found by the dashboard's own variable. */
async function viewOf(url: string, document: Dashboard): Promise<View> {
  const timeOf = async (call: 'first' | 'last'): Promise<number> => Number((await askInflux(url, database, `SELECT ${call}("value") FROM "raw"."price"`))[0]?.rows[0]?.[0]);
  const bare: View = { fromMs: await timeOf('first'), toMs: (await timeOf('last')) + settleSeconds * 1_000, values: {} };
  return { ...bare, values: { asset: await valuesOf(url, document, 'asset', bare), venue: [] } };
}

const documents = plans().map((plan) => ({ uid: plan.uid, document: dashboard(plan) }));
const [overview] = documents;

describe('every query of every dashboard, asked as Grafana asks it', () => {
  it('is answered by a real InfluxDB that a drill filled, with figures of its kind', async () => {
    if (influx === undefined || overview === undefined) return;
    const { url } = influx;
    const view = await viewOf(url, overview.document);
    await fillByHand(url, view);
    const faults: string[] = [];
    let asked = 0;
    for (const { uid, document } of documents) {
      // One asset and all venues, then each venue by name and, where several may be chosen, all assets.
      const variables = document.templating.list ?? [];
      const venues = variables.some(({ name }) => name === 'venue') ? await valuesOf(url, document, 'venue', view) : [];
      const isForAll = variables.some(({ name, multi }) => name === 'asset' && multi === true);
      for (const values of [view.values, ...(venues.length > 0 ? [{ ...view.values, venue: venues }] : []), ...(isForAll ? [{ asset: [], venue: [] }] : [])]) {
        for (const panel of document.panels ?? []) {
          if (!('targets' in panel)) continue;
          for (const query of (panel.targets ?? []) as unknown as readonly InfluxQuery[]) {
            if (!('rawQuery' in query)) continue;
            asked++;
            const text = influxText(query.query, { ...view, values }, intervalOf(view, panel.interval), document);
            const answer = await askInflux(url, database, text).catch((error: unknown) => String(error));
            const found = typeof answer === 'string' ? [answer] : [...faultsOf(query, answer), ...shapeFaults(panel.type, query, answer)];
            faults.push(...found.map((fault) => `${uid}, ${panel.title ?? ''}, ${query.refId}: ${fault}: ${text}`));
          }
        }
      }
    }
    console.log(JSON.stringify({ asked, faults: faults.length }));
    expect(faults).toEqual([]);
    expect(asked).toBeGreaterThan(100);
  }, 60_000);

  it('finds the warnings of the drill for the marks on panels, with what their columns are called', async () => {
    if (influx === undefined || overview === undefined) return;
    const view = await viewOf(influx.url, overview.document);
    for (const { uid, document } of documents) {
      for (const { name, target } of document.annotations.list ?? []) {
        const columns = target as unknown as InfluxQuery & Record<'titleColumn' | 'textColumn' | 'tagsColumn', string>;
        const answer = await askInflux(influx.url, database, influxText(columns.query, view, 1, document));
        expect([uid, name, faultsOf({ resultFormat: 'table' }, answer)]).toEqual([uid, name, []]);
        expect(answer[0]?.columns).toEqual(expect.arrayContaining([columns.titleColumn, columns.textColumn, ...columns.tagsColumn.split(',')]));
      }
    }
  });

  it('is answered by a real Prometheus that scraped the daemon of the drill', async () => {
    if (influx === undefined || prometheus === undefined) return;
    const found = ((await (await fetch(`${prometheus.url}/api/v1/label/instance/values?match[]=breakwater_build_info`)).json()) as { readonly data: readonly string[] }).data;
    expect(found).toHaveLength(1);
    const view: View = { fromMs: beganAt, toMs: clock.now(), values: { instance: [] } };
    const faults: string[] = [];
    const metrics = new Set<string>();
    for (const { uid, document } of documents) {
      for (const instance of [[], found]) {
        for (const panel of document.panels ?? []) {
          if (!('targets' in panel)) continue;
          for (const metric of metricsOf(panel)) metrics.add(metric);
          for (const query of (panel.targets ?? []) as unknown as readonly { readonly refId: string; readonly expr?: string; readonly legendFormat?: string }[]) {
            if (query.expr === undefined) continue;
            const expr = metricText(query.expr, { ...view, values: { instance } }, rateSeconds);
            const answer = await askPrometheus(prometheus.url, expr, view).catch((error: unknown) => String(error));
            const said = typeof answer === 'string' ? [answer] : [...faultsOf({ resultFormat: 'time_series', alias: '' }, answer), ...legendFaults(query.legendFormat ?? '', answer)];
            faults.push(...said.map((fault) => `${uid}, ${panel.title ?? ''}, ${query.refId}: ${fault}: ${expr}`));
          }
        }
      }
    }
    console.log(JSON.stringify({ metrics: metrics.size, faults: faults.length }));
    expect(faults).toEqual([]);
  }, 60_000);
});

describe('a database that has no point yet', () => {
  it('answers every query with nothing, and none with an error', async () => {
    if (influx === undefined) return;
    const { url } = influx;
    const empty = `${database}_empty`;
    // Made as the daemon makes it.
    await createInfluxSeries({ url, database: empty, retentionDays: 0, wall: clock }).range('price', {}, epochMs(0), epochMs(1));
    const view: View = { fromMs: 0, toMs: 3_600_000, values: { asset: [], venue: [] } };
    try {
      for (const { document } of documents) {
        const variables = (document.templating.list ?? []).flatMap(({ query }) => (typeof query === 'string' && query.startsWith('SHOW') ? [query] : []));
        const queries = (document.panels ?? []).flatMap((panel) => ('targets' in panel ? ((panel.targets ?? []) as unknown as readonly { readonly query?: string }[]) : [])).flatMap(({ query }) => query ?? []);
        for (const query of [...variables, ...queries]) expect([query, await askInflux(url, empty, influxText(query, view, 10, document))]).toEqual([query, []]);
      }
    } finally {
      await askInflux(url, empty, `DROP DATABASE "${empty}"`);
    }
  });
});

describe('a query that is wrong', () => {
  it('is found: of no such series, of no such label, of no such function, and of what is no figure', async () => {
    if (influx === undefined || overview === undefined) return;
    const { url } = influx;
    const line = { resultFormat: 'time_series', alias: '$tag_asset' } as const;
    const ask = (query: string): Promise<readonly Answer[]> => askInflux(url, database, query);
    expect(faultsOf(line, await ask('SELECT mean("value") FROM "raw"."prices" GROUP BY time(1h), "asset" fill(none)'))).toEqual(['the answer is empty']);
    expect(faultsOf(line, await ask('SELECT last("value") FROM "raw"."price" GROUP BY "venue"'))).toEqual(['a line has no asset']);
    expect(faultsOf(line, await ask('SELECT last("value"), "asset" FROM "raw"."price"'))).toContain('a line has no asset');
    expect(faultsOf({ resultFormat: 'table' }, await ask('SELECT "asset", "value" FROM "raw"."price" LIMIT 1'))).toContain('a figure is XYZ');
    await expect(ask('SELECT middle("value") FROM "raw"."price"')).rejects.toThrow(/undefined function/);
    expect(() => influxText('${other:regex}', { fromMs: 0, toMs: 1, values: {} }, 1, overview.document)).toThrow('variable other is not set');
  });
});

/** Lines whose names are placed in legends have the labels for it. */
function legendFaults(legend: string, answer: readonly Answer[]): readonly string[] {
  return [...legend.matchAll(/\{\{(\w+)\}\}/g)].flatMap(([, label = '']) => (answer.some(({ labels }) => (labels[label] ?? '') !== '') ? [] : [`no line has a ${label}`]));
}

/** A heat map's rows and a curve's places are numbers, enough of them to be seen, and a curve falls. */
function shapeFaults(type: string, query: InfluxQuery, answer: readonly Answer[]): readonly string[] {
  if (!['heatmap', 'trend', 'barchart'].includes(type)) return [];
  const places = answer.map(({ labels, rows }) => ({ at: Number(Object.values(labels)[0]), value: Number(rows.at(-1)?.[1]) })).sort((a, b) => a.at - b.at);
  const found = places.every(({ at }) => Number.isFinite(at)) ? [] : ['a place is no number'];
  if (places.length < 15) found.push(`only ${places.length} places`);
  if (type !== 'trend' && !places.some(({ value }) => value > 0)) found.push('nothing on the map');
  if (type === 'trend' && places.some(({ value }, i) => value > (places[i - 1]?.value ?? Infinity))) found.push(`the curve of ${query.refId} rises`);
  return found;
}
