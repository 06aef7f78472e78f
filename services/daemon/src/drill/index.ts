export type { KafkaPlace } from './drill-config.ts';
export type { Fleet } from './fleet.ts';
export { runDrill } from './run-drill.ts';
export type { DrillEvents, DrillOptions, DrillResult } from './run-drill.ts';
export { warningsHash } from './warnings-hash.ts';
