import { severity, type Severity } from '@breakwater/contracts';
import { DashboardCursorSync, DashboardLinkBuilder, DashboardLinkType, defaultDashboard, defaultRowPanel, QueryVariableBuilder, TextBoxVariableBuilder, VariableRefresh, VariableSort, type AnnotationQuery, type DashboardLink, type Panel, type VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import { consoleAddress, influx, pointField, prometheus, rawPolicy } from './datasources.ts';
import { colours } from './look.ts';
import type { Drawn } from './panels.ts';
import type { InfluxQuery } from './queries.ts';

/** Panels side by side that answer one question; widths add up to 24. */
export interface Row {
  readonly question: string;
  readonly height: number;
  readonly panels: readonly (readonly [width: number, drawn: Drawn])[];
}

/** What a dashboard is made of. */
export interface Plan {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Ends of the time that is shown first. */
  readonly from: string;
  readonly variables: readonly VariableModel[];
  readonly isAnnotated: boolean;
  /** Page of the console that says more, behind its address. */
  readonly consolePage?: string;
  readonly rows: readonly Row[];
}

/**
 * A dashboard as a document of Grafana. The kit prefers its second schema, which Grafana reads from files only in its newest versions; this is the one that every version in use reads
 * (https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/, read 2026-11).
 */
export type Dashboard = ReturnType<typeof defaultDashboard>;

/** Width of Grafana's grid, columns. */
export const gridWidth = 24;

/** Assets that have a price, and all of them. */
export function assetVariable(multi: boolean): VariableModel {
  const builder = new QueryVariableBuilder('asset').label('Asset').description('Assets that were ever scored.').datasource(influx)
    .query(`SHOW TAG VALUES FROM "${rawPolicy}"."price" WITH KEY = "asset"`).refresh(VariableRefresh.OnDashboardLoad).sort(VariableSort.AlphabeticalAsc);
  return (multi ? builder.multi(true).includeAll(true).allValue('.*').current({ text: 'All', value: '$__all' }) : builder.multi(false).includeAll(false)).build();
}

/** Venues of the assets that are chosen. */
export function venueVariable(): VariableModel {
  return new QueryVariableBuilder('venue').label('Venue').description('Venues of the asset.').datasource(influx).query(`SHOW TAG VALUES FROM "${rawPolicy}"."market_price" WITH KEY = "venue" WHERE "asset" =~ /^\${asset:regex}$/`)
    .refresh(VariableRefresh.OnTimeRangeChanged).sort(VariableSort.AlphabeticalAsc).multi(true).includeAll(true).allValue('.*').current({ text: 'All', value: '$__all' }).build();
}

/** Daemons that Prometheus knows. */
export function instanceVariable(): VariableModel {
  return new QueryVariableBuilder('instance').label('Daemon').description('Daemons that Prometheus scrapes.').datasource(prometheus).query('label_values(breakwater_build_info, instance)')
    .refresh(VariableRefresh.OnTimeRangeChanged).sort(VariableSort.AlphabeticalAsc).multi(true).includeAll(true).allValue('.*').current({ text: 'All', value: '$__all' }).build();
}

/** Where the console of the daemon is, for links. */
export function consoleVariable(): VariableModel {
  return new TextBoxVariableBuilder('console').label('Console').description('Address of the console, for links.').defaultValue(consoleAddress).current({ text: consoleAddress, value: consoleAddress }).build();
}

/** Marks of every revision of a warning of the assets that are chosen, in the colours of severities. */
function annotations(): AnnotationQuery[] {
  return [...severity.options].reverse().map((name) => annotation(name));
}

function annotation(name: Severity): AnnotationQuery {
  const target: InfluxQuery & Record<'titleColumn' | 'textColumn' | 'tagsColumn' | 'timeEndColumn' | 'queryType' | 'name', string> & { readonly fromAnnotations: true } = {
    refId: 'Annotation', datasource: influx, rawQuery: true, resultFormat: 'table', fromAnnotations: true, queryType: 'tags', name, titleColumn: 'warning', textColumn: 'asset', tagsColumn: 'severity,state', timeEndColumn: '',
    query: `SELECT "${pointField}", "asset", "warning", "severity", "state" FROM "${rawPolicy}"."warning_severity" WHERE $timeFilter AND "asset" =~ /^\${asset:regex}$/ AND "severity" = '${name}'`,
    _implementsDataqueryVariant: () => undefined,
  };
  return { name: `Warnings: ${name}`, datasource: influx, enable: true, hide: false, iconColor: colours.severity[name], target };
}

/** To the other dashboards, and to the console. Without the place that the kit gives them: it hides them in a menu. */
function linksOf({ consolePage }: Plan): DashboardLink[] {
  const others = new DashboardLinkBuilder('Breakwater').type(DashboardLinkType.Dashboards).tags(['breakwater']).asDropdown(true).keepTime(true);
  const own = consolePage === undefined ? [] : [new DashboardLinkBuilder('Console').type(DashboardLinkType.Link).icon('external link').url(`\${console}${consolePage}`)];
  return [others, ...own].map((builder) => {
    const link = builder.build();
    delete link.placement;
    return link;
  });
}

/** Places the rows one below the other and gives every panel its id: the same plan is always the same document. */
export function dashboard(plan: Plan): Dashboard {
  let [id, y] = [0, 0];
  const panels = plan.rows.flatMap(({ question, height, panels: drawn }) => {
    const heading = { ...defaultRowPanel(), id: ++id, title: question, collapsed: false, gridPos: { x: 0, y: y++, w: gridWidth, h: 1 } };
    let x = 0;
    const placed = drawn.map(([width, { panel }]): Panel => {
      const at = { ...panel, id: ++id, gridPos: { x, y, w: width, h: height } };
      x += width;
      return at;
    });
    y += height;
    return [heading, ...placed];
  });
  return {
    ...defaultDashboard(), uid: plan.uid, title: plan.title, description: plan.description, tags: ['breakwater'], editable: false, graphTooltip: DashboardCursorSync.Crosshair, timezone: 'utc', refresh: '10s',
    time: { from: plan.from, to: 'now' }, version: 1, panels, templating: { list: [...plan.variables] }, annotations: { list: plan.isAnnotated ? annotations() : [] },
    links: linksOf(plan),
  };
}
