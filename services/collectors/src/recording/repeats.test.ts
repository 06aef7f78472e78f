import { describe, expect, it } from '@jest/globals';
import type { Message } from '@breakwater/contracts';
import { assetId, currencyCode, defined, epochMs, instrumentId, usdRate } from '@breakwater/models/core';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import { nativeFeeds } from '../feeds.ts';
import { REPEAT_EVERY_MS } from '../source.ts';
import type { RecordedLine } from './lines.ts';
import { createRecorder } from './recorder.ts';
import { replayRecording } from './replay-recording.ts';

const t0 = Date.UTC(2026, 10, 21);
const { venue } = defined(nativeFeeds.find((feed) => feed.venue.source === 'bybit:linear'), 'the feed');
const listing = { symbol: 'OMUSDT', marketKind: 'linear', base: currencyCode('OM'), quote: currencyCode('USDT'), settle: currencyCode('USDT'), tickSize: 0.1, lotSize: 1, contractSize: 1, trading: true, dated: false } as const;

describe('a recording of a source that says again what it said', () => {
  it('gives the same to the byte, and from the middle the same with numbers of its own', async () => {
    const published: Message[] = [];
    const lines: RecordedLine[] = [];
    const source = createRecorder({ clock: createSimulatedClock({ start: epochMs(t0) }), write: (line) => void lines.push(line) }).tap(venue).createSource((_, message) => void published.push(message));
    source.instrument({ id: instrumentId('bybit', 'linear', 'OMUSDT'), asset: assetId('OM'), multiplier: 1, listing }, venue.venue, epochMs(t0));
    source.health({ channel: 'ticker', status: 'stale', reason: 'poll-failed', eventTime: epochMs(t0), receivedAt: epochMs(t0) });
    for (let at = t0; at <= t0 + 2 * REPEAT_EVERY_MS; at += REPEAT_EVERY_MS / 2) {
      source.watermark(epochMs(at), epochMs(at + 300));
      source.rate(currencyCode('USDT'), usdRate(1), epochMs(at + 400), epochMs(at + 400));
    }
    expect(published.map(({ kind }) => kind).filter((kind) => kind === 'instrument' || kind === 'feed.health')).toHaveLength(6);
    const replayed = async (from: number): Promise<Message[]> => {
      const out: Message[] = [];
      await replayRecording(lines.slice(from), { venues: [venue], publish: (_, message) => void out.push(message) });
      return out;
    };
    expect(JSON.stringify(await replayed(0))).toBe(JSON.stringify(published));
    const middle = 5;
    expect(JSON.stringify(await replayed(middle))).toBe(JSON.stringify(published.slice(middle).map((message) => ({ ...message, seq: message.seq - middle }))));
  });
});
