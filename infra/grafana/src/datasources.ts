import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';

/** The series of the daemons, in InfluxDB: its uid is pinned, so that a dashboard means the same in every Grafana. */
export const influx = { type: 'influxdb', uid: 'breakwater-influxdb' } as const satisfies DataSourceRef;
/** What the daemons say of themselves, scraped by Prometheus. */
export const prometheus = { type: 'prometheus', uid: 'breakwater-prometheus' } as const satisfies DataSourceRef;

/** The retention policy of single points (`services/platform/src/store/influx-text.ts`). */
export const rawPolicy = 'raw';
/** The field of a point there. */
export const pointField = 'value';
/** Where the console is unless somebody says otherwise: the default of `alerting.api.port`. */
export const consoleAddress = 'http://127.0.0.1:8710';

/** Places inside the container of Grafana, as `infra/compose.yaml` mounts them (https://grafana.com/docs/grafana/latest/administration/provisioning/, read 2026-11). */
const dashboardFolder = '/var/lib/grafana/dashboards';
const passwordFile = '/run/secrets/influx-password';

/** The file that makes both data sources: addresses and the user come from the environment of Grafana, the password from a file. */
export function datasourcesFile(): string {
  return [
    '# Written by `npm run docs` from infra/grafana/src/datasources.ts; do not edit.',
    '# BREAKWATER_INFLUX_URL, BREAKWATER_INFLUX_DATABASE, BREAKWATER_INFLUX_USER and BREAKWATER_PROMETHEUS_URL are read from the environment of Grafana, the password from a file, as secrets of containers come.',
    'apiVersion: 1',
    'datasources:',
    '  - name: Breakwater series', `    type: ${influx.type}`, `    uid: ${influx.uid}`, '    access: proxy', '    url: $BREAKWATER_INFLUX_URL', '    user: $BREAKWATER_INFLUX_USER', '    isDefault: true', '    editable: false',
    '    jsonData:', '      version: InfluxQL', '      dbName: $BREAKWATER_INFLUX_DATABASE', '      httpMode: POST', '      timeInterval: 1s',
    '    secureJsonData:', `      password: $__file{${passwordFile}}`,
    '  - name: Breakwater metrics', `    type: ${prometheus.type}`, `    uid: ${prometheus.uid}`, '    access: proxy', '    url: $BREAKWATER_PROMETHEUS_URL', '    editable: false',
    '    jsonData:', '      httpMethod: POST', '      timeInterval: 15s', '',
  ].join('\n');
}

/** The file that has Grafana read the dashboards of a folder. */
export function providersFile(): string {
  return [
    '# Written by `npm run docs` from infra/grafana/src/datasources.ts; do not edit.',
    `# ${dashboardFolder} is infra/grafana/dashboards.`,
    'apiVersion: 1',
    'providers:',
    '  - name: Breakwater', '    folder: Breakwater', '    folderUid: breakwater', '    type: file', '    allowUiUpdates: false', '    updateIntervalSeconds: 30',
    '    options:', `      path: ${dashboardFolder}`, '      foldersFromFilesStructure: false', '',
  ].join('\n');
}
