import { describe, expect, it } from '@jest/globals';
import type { FeedHealthMessage } from '@breakwater/contracts';
import { chainId, epochMs } from '@breakwater/models/core';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import { REPEAT_EVERY_MS } from '../../source.ts';
import { createReports } from './reports.ts';

const t0 = Date.UTC(2026, 10, 21);

describe('the health of a chain', () => {
  it('is said again every hour of the chain: how it is, not the news of an endpoint while it is well', () => {
    const said: FeedHealthMessage[] = [];
    const reports = createReports({ chain: chainId('eip155:1'), clock: createSimulatedClock({ start: epochMs(t0) }), publish: (_, message) => (message.kind === 'feed.health' ? void said.push(message) : undefined) });
    const at = (hours: number): unknown => {
      said.length = 0;
      reports.watermark(t0 + hours * REPEAT_EVERY_MS);
      return said.map(({ channel, status, reason, detail }) => [channel, status, reason, detail]);
    };
    reports.health('ok', 'following');
    reports.news('endpoint-lagging', 'a.example 12 blocks');
    expect([at(0), at(0.9), at(1), at(1.5)]).toEqual([[], [], [['blocks', 'ok', 'following', undefined]], []]);
    reports.health('stale', 'no-quorum', 'two say otherwise');
    expect(at(2)).toEqual([['blocks', 'stale', 'no-quorum', 'two say otherwise']]);
    reports.news('endpoint-quarantined', 'b.example');
    expect(at(3)).toEqual([['blocks', 'stale', 'endpoint-quarantined', 'b.example']]);
  });
});
