export { influx, prometheus } from './datasources.ts';
export { metricsOf } from './document.ts';
export { grafanaFiles, plans } from './files.ts';
export { dashboard, gridWidth, type Dashboard, type Plan, type Row } from './layout.ts';
export { limits } from './look.ts';
export type { Drawn } from './panels.ts';
export { settleSeconds, type InfluxQuery } from './queries.ts';
