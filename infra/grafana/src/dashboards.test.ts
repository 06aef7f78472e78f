import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { defaults, seriesCatalogue, severity, severityRank, type SeriesName } from '@breakwater/contracts';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import * as kit from '@grafana/grafana-foundation-sdk/dashboard';
import { root } from '@breakwater/dev/env';
import { influx, prometheus } from './datasources.ts';
import { metricsOf } from './document.ts';
import { grafanaFiles, plans } from './files.ts';
import { dashboard, gridWidth } from './layout.ts';
import { colours, grafanaUnits, limits, severityWords } from './look.ts';
import { panelFor } from './panels.ts';

const all = plans();
/** Dashboards as Grafana reads them: what is no value in JSON is gone. */
const documents = all.map((plan) => ({ plan, document: JSON.parse(JSON.stringify(dashboard(plan))) as ReturnType<typeof dashboard> }));
const panelsOf = (document: ReturnType<typeof dashboard>): readonly Panel[] => (document.panels ?? []).filter((panel): panel is Panel => panel.type !== 'row');
const everyPanel = documents.flatMap(({ plan, document }) => panelsOf(document).map((panel) => [`${plan.uid}: ${panel.title ?? ''}`, panel] as const));
interface Query { readonly refId: string; readonly query?: string; readonly expr?: string; readonly alias?: string; readonly datasource: { readonly type: string; readonly uid: string } }
const queriesOf = (panel: Panel): readonly Query[] => (panel.targets ?? []) as unknown as readonly Query[];
/** Plugins of panels that Grafana brings along, of those that are drawn with here. */
const plugins = ['timeseries', 'table', 'heatmap', 'barchart', 'trend', 'state-timeline'];

describe('the files of Grafana', () => {
  it('are what `npm run docs` writes, and the same every time', () => {
    const files = grafanaFiles();
    expect(Object.keys(files)).toHaveLength(all.length + 3);
    for (const [path, text] of Object.entries(files)) expect([path, readFileSync(join(root, path), 'utf8')]).toEqual([path, text]);
    expect(grafanaFiles()).toEqual(files);
  });

  it('pin both data sources to the uids that panels read', () => {
    const text = grafanaFiles()['infra/grafana/provisioning/datasources/breakwater.yaml'] ?? '';
    for (const { type, uid } of [influx, prometheus]) expect(text).toContain(`type: ${type}\n    uid: ${uid}\n`);
  });
});

describe('a dashboard', () => {
  it.each(documents.map(({ plan, document }) => [plan.uid, document] as const))('%s: has places, ids and variables that fit', (uid, document) => {
    expect(document).toMatchObject({ uid, schemaVersion: kit.defaultDashboard().schemaVersion, editable: false, timezone: 'utc', time: { to: 'now' } });
    expect(uid.length >= 8 && uid.length <= 40).toBe(true);
    const panels = document.panels ?? [];
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Set<string>();
    for (const { gridPos, title } of panels) {
      const { x, y, w, h } = gridPos ?? { x: -1, y: -1, w: 0, h: 0 };
      expect([title, x >= 0 && x + w <= gridWidth && w > 0 && h > 0]).toEqual([title, true]);
      for (let column = x; column < x + w; column++) for (let line = y; line < y + h; line++) {
        expect([title, taken.has(`${column} ${line}`)]).toEqual([title, false]);
        taken.add(`${column} ${line}`);
      }
    }
    // One row a question, and no hole in it.
    const rows = panels.filter(({ type }) => type === 'row');
    expect(rows.length).toBeGreaterThanOrEqual(4);
    expect(taken.size).toBe(panels.reduce((cells, { gridPos }) => cells + (gridPos?.w ?? 0) * (gridPos?.h ?? 0), 0));
    expect(taken.size % gridWidth).toBe(0);
    // What is seen before scrolling, on a screen of 1,080 lines at 38 each with Grafana's own frame of 120.
    expect(panels.filter(({ type, gridPos }) => type !== 'row' && (gridPos?.y ?? 0) < (1_080 - 120) / 38).length).toBeLessThanOrEqual(8);
    const defined = new Set((document.templating.list ?? []).map(({ name }) => name));
    const read = [...JSON.stringify([panels, document.annotations]).matchAll(/\$\{?([a-zA-Z_]+)/g)].map(([, name = '']) => name).filter((name) => !/^(__|tag_|timeFilter$)/.test(name));
    for (const name of read) expect(defined).toContain(name);
const text = JSON.stringify([panels, document.annotations, document.links]);
    const unread = [...defined].filter((name) => !text.includes(`\${${name}}`) && !text.includes(`\${${name}:regex}`) && !text.includes(`"$${name}`) && !text.includes(`=~\\"$${name}\\"`));
    expect(unread).toEqual([]);
  });
});

describe('every panel', () => {
  it.each(everyPanel)('%s: has words, a unit, queries to a pinned source and nothing twice', (_name, panel) => {
    expect(plugins).toContain(panel.type);
    expect(panel.title).toMatch(/^[A-Z].{3,}[^.]$/);
    expect(panel.description).toMatch(/^[A-Z].{15,}\.$/);
    const { unit, noValue, thresholds } = panel.fieldConfig?.defaults ?? {};
    expect(unit).toMatch(/./);
    expect(noValue).toMatch(/^No .{8,}\.$/);
    expect(thresholds?.steps.length).toBeGreaterThan(0);
    // The lowest step has no value, the others rise.
    const values = thresholds?.steps.map(({ value }) => value) ?? [];
    expect(values[0]).toBeNull();
    expect(values.slice(1)).toEqual(values.slice(1).map(Number).sort((a, b) => a - b));
    const queries = queriesOf(panel);
    expect(queries.length).toBeGreaterThan(0);
    expect(new Set(queries.map(({ refId }) => refId)).size).toBe(queries.length);
    for (const { query, expr, datasource } of queries) {
      expect(datasource).toEqual(query === undefined ? prometheus : influx);
      expect(panel.datasource).toEqual(datasource);
      expect((query === undefined) === (expr !== undefined)).toBe(true);
    }
    for (const { matcher } of panel.fieldConfig?.overrides ?? []) expect(() => new RegExp((matcher.options as string).replace(/^\/|\/$/g, ''))).not.toThrow();
  });

  it('reads series of the catalogue by labels they have, and all of them are drawn', () => {
    const drawn = new Set<string>();
    for (const [name, panel] of everyPanel) {
      for (const { query, alias } of queriesOf(panel)) {
        if (query === undefined) continue;
        const series = [...query.matchAll(/FROM "raw"\."([a-z0-9_]+)"/g)].map(([, found = '']) => found);
        expect([name, series.length]).toEqual([name, 1]);
        const definition = seriesCatalogue[series[0] as SeriesName] as (typeof seriesCatalogue)[SeriesName] | undefined;
        expect([name, definition?.title]).toEqual([name, expect.any(String)]);
        const labels: readonly string[] = definition?.labels ?? [];
        for (const [, label = ''] of query.matchAll(/"([a-z]+)" (?:=~|=|!=) /g)) expect([name, labels]).toEqual([name, expect.arrayContaining([label])]);
        for (const [, label = ''] of (alias ?? '').matchAll(/\$tag_([a-z]+)/g)) expect(query).toMatch(new RegExp(`GROUP BY.*"${label}"[^"]*$|GROUP BY.*"${label}"`));
        drawn.add(series[0] ?? '');
      }
    }
    expect([...drawn].sort()).toEqual(Object.keys(seriesCatalogue).sort());
  });

  it('reads metrics that the daemon has, by labels they have', () => {
    const documented = new Map([...readFileSync(join(root, 'docs/metrics.md'), 'utf8').matchAll(/^\| `(breakwater_[a-z0-9_]+)` \| \w+ \| ([^|]*) \|/gm)].map(([, name = '', labels = '']) => [name, labels]));
    expect(documented.size).toBeGreaterThan(40);
    for (const [name, panel] of everyPanel) {
      for (const metric of metricsOf(panel)) if (metric.startsWith('breakwater_')) expect([name, metric, documented.has(metric)]).toEqual([name, metric, true]);
      for (const { expr } of queriesOf(panel)) {
        if (expr === undefined) continue;
        for (const [, by = '', metric = ''] of expr.matchAll(/by \(([a-z, ]+)\) \((?:(?:rate|increase)\()?(breakwater_[a-z0-9_]+)/g)) {
          for (const label of by.split(', ')) if (label !== 'instance') expect([name, metric, documented.get(metric)]).toEqual([name, metric, expect.stringContaining(`\`${label}\``)]);
        }
      }
    }
  });
});

describe('limits', () => {
  it('are those of the rules', () => {
    const values = Object.fromEntries(Object.entries(limits).map(([series, limit]) => [series, limit.at]));
    expect(values).toEqual({
      deposits_reach: defaults.ignitionReach, ignition_of_day_ago: defaults.ignitionDrop, depth_of_day_high: defaults.depthDrop, issuer_float_share: defaults.issuerFloatShare, landing_fall: defaults.criticalFall,
      owner_deposits_float_share: defaults.clusterFloatShare, owner_deposits_of_threshold: defaults.clusterReach, reserve_floor_of_day_ago: 1 - defaults.reserveFloorFall,
    });
    for (const series of Object.keys(limits) as (keyof typeof limits)[]) {
      const { panel } = panelFor(series);
      expect(panel.fieldConfig?.defaults.thresholds?.steps.map(({ value }) => value)).toContain(limits[series]?.at);
      expect(panel.description).toContain(`\`${limits[series]?.of ?? ''}\` fires`);
    }
  });

  it('are painted on the bad side', () => {
    const steps = (series: SeriesName): unknown => panelFor(series).panel.fieldConfig?.defaults.thresholds?.steps;
    expect(steps('deposits_reach')).toEqual([{ value: null, color: 'transparent' }, { value: defaults.ignitionReach, color: colours.severity.critical }]);
    expect(steps('depth_of_day_high')).toEqual([{ value: null, color: colours.severity.watch }, { value: defaults.depthDrop, color: 'transparent' }]);
    expect(steps('price')).toEqual([{ value: null, color: 'transparent' }]);
  });

  it('and severities have the words and colours of the console', () => {
    for (const name of severity.options) expect(severityWords[severityRank({ state: 'firing', severity: name })]).toMatchObject({ text: name, color: colours.severity[name] });
    expect(severityWords[severityRank({ state: 'resolved', severity: 'critical' })]).toMatchObject({ text: 'none' });
  });
});

describe('the panel of a series', () => {
  it('has everything from the catalogue', () => {
    for (const [series, { title, unit, description }] of Object.entries(seriesCatalogue)) {
      const { panel, series: drawn } = panelFor(series as SeriesName);
      expect(panel).toMatchObject({ title, fieldConfig: { defaults: { unit: grafanaUnits[unit] } } });
      expect(panel.description?.startsWith(description)).toBe(true);
      expect(drawn[0]).toBe(series);
    }
    expect(panelFor('ignition_usd').series).toEqual(['ignition_usd', 'ignition_usd_low', 'ignition_usd_high']);
  });
});
