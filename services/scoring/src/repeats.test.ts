import { describe, expect, it } from '@jest/globals';
import type { FeedHealthMessage } from '@breakwater/contracts';
import { assetId, epochMs } from '@breakwater/models/core';
import type { PartitionMessage } from '@breakwater/platform/bus';
import { createAssetState, fold } from './asset-state.ts';
import { scoringDefaults, type ScoringConfig } from './config.ts';
import { createScorer } from './scorer.ts';
import { holdAsset } from './saved-state.ts';
import { instrument, socket } from './testing/messages.ts';
import { marketStream, streamSources } from './testing/stream.ts';

const from = 1_700_000_000_000;
const config: ScoringConfig = { ...scoringDefaults, assets: [{ asset: assetId('OM'), float: 1e9 }], latenessMs: 1e12 };

/** The log with what each source has said and still holds after every fourth of its watermarks, as sources say it again. */
function withRepeats(log: readonly PartitionMessage[]): readonly PartitionMessage[] {
  const held = new Map<string, PartitionMessage>();
  let marks = 0;
  return log.flatMap((message): readonly PartitionMessage[] => {
    if (message.kind === 'instrument' || message.kind === 'feed.health') held.set(`${message.source} ${message.kind === 'instrument' ? '' : message.channel} ${message.instrument ?? ''}`, message);
    if (message.kind !== 'watermark' || marks++ % 4 !== 0) return [message];
    const { source, seq } = message;
    const eventTime = epochMs(message.eventTime + 1);
    const said = [...held.values()].filter((each) => each.source === source && !(each.kind === 'feed.health' && (each.status === 'down' || each.channel === 'book')));
    return [message, ...said.map((each) => ({ ...each, seq, eventTime, receivedAt: eventTime }))];
  });
}

function scored(log: readonly PartitionMessage[]): readonly string[] {
  const scorer = createScorer(config, epochMs(from), { startGraceMs: 10_000 });
  for (const asset of config.assets) scorer.watch(asset);
  for (const source of streamSources) scorer.aligner.expect(source);
  const told: string[] = [];
  for (const message of log) {
    scorer.push(message);
    for (let due = scorer.due(epochMs(0)); due !== undefined; due = scorer.due(epochMs(0))) told.push(JSON.stringify(due.scores));
  }
  return told;
}

describe('what sources say again', () => {
  it('changes no score to whoever has heard it, nor the hash of its inputs', () => {
    const log = marketStream({ seed: 7, assets: ['OM'], from, seconds: 40, levels: 8 });
    const repeated = withRepeats(log);
    expect(repeated.length).toBeGreaterThan(log.length + 20);
    const told = scored(log);
    expect(told.length).toBeGreaterThan(20);
    expect(scored(repeated)).toEqual(told);
  }, 60_000);

  it('leaves a source without a list where it is', () => {
    const state = createAssetState();
    const list = (reason: string): FeedHealthMessage => ({ ...socket('binance', from + 10, 'stale'), channel: 'instruments', reason });
    fold(state, instrument('binance', from));
    fold(state, list('list-failed'));
    fold(state, list('answer-changed'));
    const before = JSON.stringify(holdAsset(state));
    expect([...state.unlisted]).toEqual(['binance:perp']);
    fold(state, instrument('binance', from + 3_600_000));
    fold(state, list('answer-changed'));
    expect(JSON.stringify(holdAsset(state))).toBe(before);
    // Another definition is news.
    fold(state, instrument('binance', from + 3_600_000, { tickSize: 0.01 }));
    expect([[...state.unlisted], [...state.markets.values()].map(({ definition }) => definition?.tickSize)]).toEqual([[], [0.01]]);
  });
});
