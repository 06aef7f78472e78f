import { describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import type { Endpoint } from '@breakwater/platform/simulated';
import { createSimulatedClock, createSimulatedNetwork } from '@breakwater/platform/simulated';
import { collectorsConfig } from '../config.ts';
import { nativeFeeds } from '../feeds.ts';
import type { CanaryReport } from './run-canary.ts';
import { runCanary } from './run-canary.ts';

const LIST = JSON.stringify({ symbols: ['OM', 'BTC'].map((base) => ({ symbol: `${base}USDT`, status: 'TRADING', contractType: 'PERPETUAL', baseAsset: base, quoteAsset: 'USDT', marginAsset: 'USDT', filters: [{ filterType: 'PRICE_FILTER', tickSize: '0.0001' }, { filterType: 'LOT_SIZE', stepSize: '1' }] })) });

async function check(change: { readonly list?: string; readonly openInterest?: string; readonly refuses?: RegExp }): Promise<{ readonly reports: readonly CanaryReport[]; readonly requests: readonly string[] }> {
  const clock = createSimulatedClock({ start: epochMs(Date.UTC(2026, 10, 21)), activity: createActivity() });
  const requests: string[] = [];
  const endpoint: Endpoint = {
    request: ({ url }) => {
      requests.push(url.split('?')[0] ?? '');
      const body = url.startsWith('/fapi/v1/exchangeInfo') ? (change.list ?? LIST)
        : url.startsWith('/fapi/v1/openInterest') ? (change.openInterest ?? JSON.stringify({ symbol: 'OMUSDT', openInterest: '5000000', time: clock.now() }))
          : JSON.stringify({ lastUpdateId: 1, E: clock.now(), T: clock.now(), bids: [['6.10', '100']], asks: [['6.20', '80']] });
      return { status: 200, headers: {}, body };
    },
    accept: (path, peer) => {
      if (change.refuses?.test(path) === true) peer.close(1008, 'gone');
      return { onFrame: () => undefined, onClose: () => undefined };
    },
  };
  const reports: CanaryReport[] = [];
  const done = runCanary({
    feeds: nativeFeeds, config: collectorsConfig.parse({ venues: { binance: { markets: ['usdm'] } }, assets: { OM: {} } }), clock, signal: new AbortController().signal,
    network: createSimulatedNetwork({ clock, rng: createRng(1), latencyMs: [5, 20], resolve: () => endpoint }),
  }, (report) => reports.push(report));
  await clock.advanceTo(epochMs(clock.now() + 120_000));
  await done;
  return { reports, requests };
}

const wrong = ({ reports }: { readonly reports: readonly CanaryReport[] }): readonly string[] => reports.flatMap((r) => r.probes.flatMap((p) => (p.reason === undefined ? [] : [`${p.reason} ${p.name}`])));

describe('a check of the venues', () => {
  it('tries one of everything, at enabled market types only, and finds nothing wrong with a venue as documented', async () => {
    const found = await check({});
    expect(wrong(found)).toEqual([]);
    const [report] = found.reports;
    expect(found.reports).toHaveLength(1);
    expect([report?.source, report?.listed, report?.watched]).toEqual(['binance:usdm', 2, 1]);
    expect(report?.probes.map((p) => p.name)).toEqual([
      'list of binance:usdm', 'GET https://fapi.binance.com/fapi/v1/depth book', 'GET https://fapi.binance.com/fapi/v1/depth book.deep', 'GET https://fapi.binance.com/fapi/v1/openInterest openInterest',
      'wss://fstream.binance.com/public/stream', 'wss://fstream.binance.com/market/stream',
    ]);
    expect(found.requests).toEqual(['/fapi/v1/exchangeInfo', '/fapi/v1/depth', '/fapi/v1/depth', '/fapi/v1/openInterest']);
  });

  it('names what changed: a list, a field, an address', async () => {
    expect(wrong(await check({ list: '{"markets":[]}' }))).toEqual(['list-failed list of binance:usdm']);
    expect(wrong(await check({ openInterest: '{"symbol":"OMUSDT","oi":"5"}' }))).toEqual(['answer-changed GET https://fapi.binance.com/fapi/v1/openInterest openInterest']);
    expect(wrong(await check({ refuses: /^\/market/ }))).toEqual(['socket-unreachable wss://fstream.binance.com/market/stream']);
  });
});
