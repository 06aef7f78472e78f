export { parseCaptureLine, readCapture } from './capture.ts';
export type { CaptureLine, ZstdDecoder } from './capture.ts';
export { replayCapture } from './replay.ts';
export type { ReplayBook, ReplayOptions, ReplayResult } from './replay.ts';
