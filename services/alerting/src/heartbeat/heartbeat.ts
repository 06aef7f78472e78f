import type { AssetPulse, HeartbeatMessage } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import { sourceId } from '@breakwater/models/core';
import type { BeatState } from './saved-beats.ts';

/** Gaps that a heartbeat lists at most. */
export const maxGaps = 16;
/** Two heartbeats further apart than so many intervals have a gap between them: one may be late, and one may be lost. */
export const gapIntervals = 2.5;

/** What a heartbeat is made of besides what was before it. */
export interface BeatTerms {
  /** The daemon's time. */
  readonly at: EpochMs;
  /** Our clock when it is made. */
  readonly receivedAt: EpochMs;
  readonly intervalSeconds: number;
  /** Two heartbeats further apart than this, milliseconds, have a gap between them. */
  readonly gapAfterMs: number;
  readonly assets: readonly AssetPulse[];
  readonly feeds: HeartbeatMessage['feeds'];
  readonly chains: HeartbeatMessage['chains'];
  readonly modelVersion: string;
}

/** Before the first heartbeat ever. */
export const noBeats: BeatState = { seq: -1, at: null, gaps: [] };

/** The next heartbeat, and the state that is kept for the one after it. Pure: the same terms give the same heartbeat. */
export function nextBeat(before: BeatState, terms: BeatTerms): { readonly message: HeartbeatMessage; readonly state: BeatState } {
  const { at } = terms;
  const isGap = before.at !== null && at - before.at > terms.gapAfterMs;
  const gaps = isGap ? [...before.gaps, { from: before.at, to: at }].slice(-maxGaps) : before.gaps;
  const state: BeatState = { seq: before.seq + 1, at, gaps };
  return {
    state,
    message: {
      kind: 'heartbeat', source: sourceId('alerting'), seq: state.seq, eventTime: at, receivedAt: terms.receivedAt, intervalSeconds: terms.intervalSeconds,
      previousAt: before.at, gaps, assets: terms.assets, feeds: terms.feeds, chains: terms.chains, modelVersion: terms.modelVersion,
    },
  };
}
