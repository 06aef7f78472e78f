/** The daemon's time as it was last told, and when that was by a clock that only counts up (`performance.now()`), in milliseconds. */
export interface DaemonTime {
  readonly at: number;
  readonly heard: number;
  /** A simulated clock moves in steps and stands still between two words of it. */
  readonly clock: 'system' | 'simulated';
}

/** The daemon's time now. The reader's own clock is never used: it may be wrong, and in a drill it is another day. */
export function timeNow(time: DaemonTime, monotonic: number): number {
  return time.clock === 'simulated' ? time.at : time.at + Math.max(0, monotonic - time.heard);
}
