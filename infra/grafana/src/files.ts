import { datasourcesFile, providersFile } from './datasources.ts';
import { asset } from './dashboards/asset.ts';
import { daemon } from './dashboards/daemon.ts';
import { feeds } from './dashboards/feeds.ts';
import { holders } from './dashboards/holders.ts';
import { overview } from './dashboards/overview.ts';
import { warnings } from './dashboards/warnings.ts';
import { dashboardsDocument } from './document.ts';
import { dashboard, type Plan } from './layout.ts';

/** Every dashboard, in the order in which they are read. */
export function plans(): readonly Plan[] {
  return [overview(), asset(), holders(), feeds(), warnings(), daemon()];
}

/** Every file that is made here, by its path from the root of the repository. The same code gives the same texts. */
export function grafanaFiles(): Readonly<Record<string, string>> {
  const all = plans();
  return {
    ...Object.fromEntries(all.map((plan) => [`infra/grafana/dashboards/${plan.uid.replace(/^breakwater-/, '')}.json`, `${JSON.stringify(dashboard(plan), null, 2)}\n`])),
    'infra/grafana/provisioning/datasources/breakwater.yaml': datasourcesFile(),
    'infra/grafana/provisioning/dashboards/breakwater.yaml': providersFile(),
    'docs/dashboards.md': dashboardsDocument(all),
  };
}
