import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Drawn } from './panels.ts';
import type { Plan } from './layout.ts';

/** The text of `docs/dashboards.md`: every dashboard with its panels. */
export function dashboardsDocument(plans: readonly Plan[]): string {
  const rows = (plan: Plan): readonly string[] => plan.rows.flatMap(({ question, panels }) => panels.map(([, drawn]) => `| ${question} | ${drawn.panel.title ?? ''} | ${sourceOf(drawn)} | ${drawn.panel.description ?? ''} |`));
  return [
    '# Dashboards', '',
    'What Grafana shows. Generated from `infra/grafana/src` by `npm run docs`, like the files of `infra/grafana/dashboards` and `infra/grafana/provisioning`; do not edit.', '',
    'Names, units and descriptions are those of [the series](series.md), limits those that the rules have by default (`services/contracts/src/defaults.ts`): a daemon whose config sets others fires at others. Grafana reads the files from its provisioning folder; both data sources have pinned uids, and their addresses come from its environment. Points older than `store.series.influx.retentionDays` are not shown: only their minutes and hours are kept.', '',
    ...plans.flatMap((plan) => [`## ${plan.title}`, '', plan.description, '', `Variables: ${plan.variables.map(({ label, name }) => label ?? name).join(', ')}.${plan.isAnnotated ? ' Every revision of a warning is marked.' : ''}`, '', '| question | panel | from | what it says |', '|---|---|---|---|', ...rows(plan), '']),
  ].join('\n');
}

function sourceOf({ panel, series }: Drawn): string {
  return series.length > 0 ? series.map((name) => `\`${name}\``).join(', ') : metricsOf(panel).map((name) => `\`${name}\``).join(', ');
}

/** Metrics that a panel reads. */
export function metricsOf({ targets = [] }: Panel): readonly string[] {
  return [...new Set(targets.flatMap((target) => ('expr' in target && typeof target.expr === 'string' ? [...target.expr.matchAll(/\b((?:breakwater|process|nodejs)_[a-z0-9_]+|up)\{/g)].map(([, name = '']) => name) : [])))];
}
