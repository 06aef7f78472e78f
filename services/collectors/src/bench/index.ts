export { benchIngest } from './ingest.ts';
export type { IngestBenchOptions, IngestBenchResult } from './ingest.ts';
