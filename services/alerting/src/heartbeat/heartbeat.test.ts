import { describe, expect, it } from '@jest/globals';
import { heartbeatMessage } from '@breakwater/contracts';
import { epochMs } from '@breakwater/models/core';
import type { BeatTerms } from './heartbeat.ts';
import { maxGaps, nextBeat, noBeats } from './heartbeat.ts';
import { loadBeats, saveBeats } from './saved-beats.ts';

const terms = (at: number): BeatTerms => ({
  at: epochMs(at), receivedAt: epochMs(at + 1), intervalSeconds: 60, gapAfterMs: 150_000, assets: [], feeds: { ok: 3, total: 4 }, chains: { ok: 1, total: 1 }, modelVersion: 'm/1',
});

describe('nextBeat', () => {
  it('counts up by one and names the one before', () => {
    const first = nextBeat(noBeats, terms(60_000));
    const second = nextBeat(first.state, terms(120_000));
    expect([first.message, second.message].map(({ seq, previousAt, gaps }) => ({ seq, previousAt, gaps }))).toEqual([{ seq: 0, previousAt: null, gaps: [] }, { seq: 1, previousAt: 60_000, gaps: [] }]);
    expect(heartbeatMessage.parse(second.message)).toEqual(second.message);
  });
  it('names a stretch of more than two and a half intervals, and the last sixteen of them', () => {
    const first = nextBeat(noBeats, terms(0));
    expect(nextBeat(first.state, terms(150_000)).message.gaps).toEqual([]);
    expect(nextBeat(first.state, terms(150_001)).message.gaps).toEqual([{ from: 0, to: 150_001 }]);
    let { state } = first;
    for (let i = 1; i <= 20; i++) state = nextBeat(state, terms(i * 600_000)).state;
    expect(state.gaps).toHaveLength(maxGaps);
    expect(state.gaps.at(-1)).toEqual({ from: 19 * 600_000, to: 20 * 600_000 });
    expect(nextBeat(state, terms(20 * 600_000 + 60_000)).message.gaps).toEqual(state.gaps);
  });
  it('names no gap when the clock was set back', () => {
    expect(nextBeat(nextBeat(noBeats, terms(600_000)).state, terms(60_000)).message).toMatchObject({ seq: 1, previousAt: 600_000, gaps: [] });
  });
  it('saves and loads its state, and says what is wrong with a bad one', () => {
    const { state } = nextBeat(nextBeat(noBeats, terms(0)).state, terms(999_999));
    expect(loadBeats(saveBeats(state))).toEqual({ ok: true, value: state });
    expect(loadBeats('{')).toEqual({ ok: false, error: 'not JSON' });
    expect(loadBeats('{"version":2}').ok).toBe(false);
  });
});
