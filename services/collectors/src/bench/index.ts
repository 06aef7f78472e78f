export { benchIngest } from './ingest.ts';
export type { IngestBenchOptions, IngestBenchResult, IngestBenchRow } from './ingest.ts';
