import { describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { silentLog } from '@breakwater/platform/log';
import type { Endpoint } from '@breakwater/platform/simulated';
import { createSimulatedClock, createSimulatedNetwork } from '@breakwater/platform/simulated';
import { createCollector } from '../collector.ts';
import { collectorsConfig } from '../config.ts';
import { bybitLinear, bybitSpot } from '../venues/bybit/feed.ts';

const START = epochMs(1_786_310_400_000);
const LIST = JSON.stringify({ retCode: 0, result: { nextPageCursor: '', list: [
  { symbol: 'OMUSDT', contractType: 'LinearPerpetual', status: 'Trading', baseCoin: 'OM', quoteCoin: 'USDT', settleCoin: 'USDT', leverageFilter: { maxLeverage: '50' }, priceFilter: { tickSize: '0.0001' }, lotSizeFilter: { qtyStep: '1', basePrecision: '0.01' } },
] } });

describe('a venue that says "too many requests"', () => {
  it('is asked for nothing by any market type or budget until the time it named, and then by all again', async () => {
    const clock = createSimulatedClock({ start: START, activity: createActivity() });
    const asked: { readonly at: number; readonly what: string }[] = [];
    let limited = false;
    const endpoint: Endpoint = {
      request: ({ url }) => {
        const what = url.startsWith('/v5/market/instruments-info') ? 'list' : /category=(\w+)/.exec(url)?.[1] ?? url;
        asked.push({ at: clock.now() - START, what });
        if (limited) {
          limited = false;
          return { status: 429, headers: { 'retry-after': '90' }, body: '' };
        }
        return { status: 200, headers: {}, body: what === 'list' ? LIST : JSON.stringify({ retCode: 0, result: { s: 'OMUSDT', b: [['6.10', '100']], a: [['6.20', '80']], ts: Math.floor(clock.now()), u: 1 } }) };
      },
      accept: () => ({ onFrame: () => undefined, onClose: () => undefined }),
    };
    const stop = new AbortController();
    const endpoints = { rest: 'http://venue.test', ws: { linear: 'ws://venue.test/v5/public/linear', spot: 'ws://venue.test/v5/public/spot' } };
    const collector = createCollector({
      feeds: [{ venue: bybitLinear, endpoints, weightPerMinute: 3_600 }, { venue: bybitSpot, endpoints, weightPerMinute: 3_600 }],
      config: collectorsConfig.parse({ venues: { bybit: {} }, assets: { OM: {} }, collect: { deepEveryMs: 5_000 } }),
      network: createSimulatedNetwork({ clock, rng: createRng(1), latencyMs: [1, 5], resolve: () => endpoint }), clock, rng: createRng(2), publish: () => undefined, log: silentLog, signal: stop.signal,
    });
    const done = collector.run();
    await clock.advanceTo(epochMs(START + 32_000));
    expect(new Set(asked.map((a) => a.what))).toEqual(new Set(['list', 'linear', 'spot']));
    limited = true;
    await clock.advanceTo(epochMs(START + 124_000));
    const refusedAt = asked.find((a) => a.at > 32_000)?.at ?? NaN;
    // Both are asked at the same moment: the second one's request may be under way already.
    expect(asked.filter((a) => a.at > 32_000 && a.at < refusedAt + 90_000).length).toBeLessThanOrEqual(2);
    await clock.advanceTo(epochMs(START + 140_000));
    expect(new Set(asked.filter((a) => a.at >= refusedAt + 90_000).map((a) => a.what))).toEqual(new Set(['linear', 'spot']));
    stop.abort();
    await clock.advanceTo(epochMs(clock.now() + 40_000));
    await done;
  });
});
