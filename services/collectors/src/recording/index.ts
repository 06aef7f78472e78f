export type { RecordedLine, SaidMessage } from './lines.ts';
export { RECORDING_FORMAT, RECORDING_VERSION } from './lines.ts';
export { createRecorder } from './recorder.ts';
export type { Recorder, RecorderDeps } from './recorder.ts';
export { createRotatingWriter } from './rotating-writer.ts';
export type { RotatingWriter, RotatingWriterOptions, WriterStats } from './rotating-writer.ts';
export { parseRecordedLine, readRecording, recordingFiles } from './read-recording.ts';
export { replayRecording } from './replay-recording.ts';
export type { RecordingReplayResult, ReplayRecordingOptions } from './replay-recording.ts';
