import { replayRecording, type RecordedLine, type RecordingReplayResult } from '@breakwater/collectors/recording';
import { replayCapture, type CaptureLine, type ReplayResult } from '@breakwater/collectors/replay';
import { allVenues } from '@breakwater/collectors';
import type { InputReading, InputStatus, Message, TopicMessages } from '@breakwater/contracts';
import type { AssetId, EpochMs, SourceId } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';
import type { Publish } from '@breakwater/platform/bus';
import { createScorer, scoringDefaults, type Computed } from '@breakwater/scoring';

/** What a replay found, with the scores that came out of it. */
export interface ScoredReplay extends ReplayResult {
  /** Scores computed, one an asset and second of the capture. */
  readonly scores: number;
  /** The status of every input at the end of the capture. */
  readonly inputs: Readonly<Record<string, InputStatus>>;
  /** The last score of each asset. */
  readonly last: readonly Computed[];
}

/** Feeds messages in the order of a capture, and says what it found. */
export type FeedMessages<R extends ReplayResult> = (publish: Publish) => Promise<R>;

/** Feeds a capture through the collectors' parsing path and on through scoring, in the capture's own time. Every market in it is watched. Holds the capture in memory; deterministic. */
export function replayWithScores(lines: AsyncIterable<CaptureLine> | Iterable<CaptureLine>, onMessage?: (message: Message) => void): Promise<ScoredReplay> {
  return scored((publish) => replayCapture(lines, { venues: allVenues, publish, assets: 'all' }), onMessage);
}

/** The same for a recording of our own, as it was taken in when it was made; streams. */
export function replayRecordingWithScores(lines: AsyncIterable<RecordedLine> | Iterable<RecordedLine>, onMessage?: (message: Message) => void): Promise<ScoredReplay & RecordingReplayResult> {
  return scored((publish) => replayRecording(lines, { venues: allVenues, publish }), onMessage);
}

/** Sources whose markets are carried and not scored. */
const unscored: ReadonlySet<SourceId> = new Set(allVenues.filter((venue) => venue.unscored === true).map((venue) => venue.source));

async function scored<R extends ReplayResult>(feed: FeedMessages<R>, onMessage?: (message: Message) => void): Promise<ScoredReplay & R> {
  const scorer = createScorer({ ...scoringDefaults, assets: [] }, epochMs(0), { startGraceMs: 0, onUnknown: (asset) => ({ asset }) });
  const last = new Map<AssetId, Computed>();
  let scores = 0;
  const take = (now: EpochMs): void => {
    for (let tick = scorer.due(now); tick !== undefined; tick = scorer.due(now)) {
      scores += tick.scores.length;
      for (const score of tick.scores) last.set(score.asset, score);
    }
  };
  const publish: Publish = (topic, message) => {
    onMessage?.(message);
    if (topic !== 'assets' && topic !== 'global') return;
    const kept = message as TopicMessages['assets'] | TopicMessages['global'];
    if (topic === 'global' || !unscored.has(kept.source)) scorer.push(kept);
    if (kept.kind === 'watermark') take(kept.receivedAt);
  };
  const result = await feed(publish);
  const readings = [...last.values()].flatMap((score) => score.inputs.map((input): readonly [string, InputReading] => [input.name, input]));
  const inputs = Object.fromEntries(readings.map(([name, input]) => [name, input.status]).sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1))) as Record<string, InputStatus>;
  return { ...result, scores, inputs, last: [...last.values()] };
}
