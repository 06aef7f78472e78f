/** The tests every adapter of a port passes. Only tests import this entry point. */
export { describeBus } from './bus-suite.ts';
export { describeCompute } from './compute-suite.ts';
export type { JournalPlace } from './journal-suite.ts';
export { describeJournal } from './journal-suite.ts';
export type { KilledProcess, RunningProgram } from './killed-process.ts';
export { createKilledProcess } from './killed-process.ts';
export type { LeasesPlace } from './leases-suite.ts';
export { describeLeases } from './leases-suite.ts';
export { labelOf, testBook, testTime, testTrade, testWarning, testWatermark } from './messages.ts';
export { describeStates } from './states-suite.ts';
export type { SeriesPlace } from './series-suite.ts';
export { describeSeries } from './series-suite.ts';
export { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from './otlp-receiver.ts';
