export { benchIngest } from './ingest.ts';
export type { IngestBenchOptions, IngestBenchResult, IngestBenchRow } from './ingest.ts';
export { soak } from './soak.ts';
export type { SoakMemory, SoakMinute, SoakOptions, SoakResult } from './soak.ts';
