import { describe, expect, it } from '@jest/globals';
import type { FeedHealthMessage, Message } from '@breakwater/contracts';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { silentLog } from '@breakwater/platform/log';
import type { Endpoint, EndpointPeer } from '@breakwater/platform/simulated';
import { createSimulatedClock, createSimulatedNetwork } from '@breakwater/platform/simulated';
import { createCollector } from '../collector.ts';
import { collectorsConfig } from '../config.ts';
import { binanceUsdm } from '../venues/binance/feed.ts';
import { createLiveness } from './liveness.ts';

const START = epochMs(1_786_310_400_000);
const LIST = JSON.stringify({ symbols: [{ symbol: 'OMUSDT', status: 'TRADING', contractType: 'PERPETUAL', baseAsset: 'OM', quoteAsset: 'USDT', marginAsset: 'USDT', filters: [{ filterType: 'PRICE_FILTER', tickSize: '0.0001' }, { filterType: 'LOT_SIZE', stepSize: '1' }] }] });

/** Binance USD-M with a lively book and every request answered, whose /market socket acknowledges and then says nothing unless `marks`. */
function createBinance(now: () => number, marks: () => boolean) {
  const peers: { readonly path: string; readonly peer: EndpointPeer; open: boolean }[] = [];
  let id = 100;
  let polled = 0;
  const endpoint: Endpoint = {
    request: ({ url }) => {
      const reply = (body: unknown): { status: number; headers: Record<string, string>; body: string } => ({ status: 200, headers: {}, body: typeof body === 'string' ? body : JSON.stringify(body) });
      if (url.startsWith('/fapi/v1/exchangeInfo')) return reply(LIST);
      if (url.startsWith('/fapi/v1/openInterest')) {
        polled++;
        return reply({ symbol: 'OMUSDT', openInterest: '5000000', time: Math.floor(now()) });
      }
      return reply({ lastUpdateId: id, E: Math.floor(now()), bids: [['6.10', '100']], asks: [['6.20', '80']] });
    },
    accept: (path, peer) => {
      const session = { path, peer, open: true };
      peers.push(session);
      return {
        onFrame: (text) => peer.send(JSON.stringify({ result: null, id: (JSON.parse(text) as { id: number }).id })),
        onClose: () => void (session.open = false),
      };
    },
  };
  return {
    endpoint,
    polled: () => polled,
    opened: (role: string) => peers.filter((p) => p.path.includes(role)).length,
    step: (): void => {
      const at = Math.floor(now());
      id += 2;
      for (const { path, peer, open } of peers) {
        if (!open) continue;
        if (path.includes('/public')) peer.send(JSON.stringify({ stream: 'omusdt@depth@100ms', data: { e: 'depthUpdate', E: at, T: at, s: 'OMUSDT', U: id - 1, u: id, pu: id - 2, b: [['6.05', String(id)]], a: [] } }));
        else if (marks()) peer.send(JSON.stringify({ stream: 'omusdt@markPrice@1s', data: { e: 'markPriceUpdate', E: at, s: 'OMUSDT', p: '6.15', i: '6.16', r: '0.0001', T: at + 3_600_000 } }));
      }
    },
  };
}

describe('a stream that is acknowledged and silent', () => {
  it('is an incident within some three expected intervals, whatever polls of the same market answer', async () => {
    const clock = createSimulatedClock({ start: START, activity: createActivity() });
    let speaks = true;
    const venue = createBinance(() => clock.now(), () => speaks);
    const network = createSimulatedNetwork({ clock, rng: createRng(1), latencyMs: [1, 5], resolve: () => venue.endpoint });
    const messages: Message[] = [];
    const stop = new AbortController();
    const collector = createCollector({
      feeds: [{ venue: binanceUsdm, endpoints: { rest: 'http://venue.test', ws: { public: 'ws://venue.test/public', market: 'ws://venue.test/market' } }, weightPerMinute: 2_400 }],
      // Polled more often than the mark price is expected.
      config: collectorsConfig.parse({ venues: { binance: {} }, assets: { OM: {} }, collect: { pollEveryMs: 1_000 } }),
      network, clock, rng: createRng(2), publish: (_topic, message) => messages.push(message), log: silentLog, signal: stop.signal,
    });
    const done = collector.run();
    const live = async (seconds: number): Promise<void> => {
      for (let i = 0; i < seconds; i++) {
        venue.step();
        await clock.advanceTo(epochMs(clock.now() + 1_000));
      }
    };
    const about = (channel: string): FeedHealthMessage[] => messages.filter((m): m is FeedHealthMessage => m.kind === 'feed.health' && m.channel === channel && m.status !== 'ok');
    await live(30);
    expect(about('ticker')).toEqual([]);
    speaks = false;
    const from = clock.now();
    const polled = venue.polled();
    await live(15);
    expect(venue.polled()).toBeGreaterThan(polled + 10);
    expect(messages.filter((m) => m.kind === 'ticker' && m.openInterest !== undefined && m.receivedAt > from).length).toBeGreaterThan(10);
    const [incident] = about('ticker');
    expect(incident).toMatchObject({ status: 'silent', reason: 'silent-channel', instrument: 'binance:usdm:OMUSDT' });
    // Expected every 3 s; checked every second.
    expect((incident?.eventTime ?? NaN) - from).toBeGreaterThan(8_000);
    expect((incident?.eventTime ?? NaN) - from).toBeLessThanOrEqual(11_000);
    // Nothing else of the market is accused, and only the silent socket is opened anew.
    expect(messages.filter((m) => m.kind === 'feed.health' && m.status === 'silent')).toHaveLength(1);
    await live(60);
    expect([venue.opened('/public'), venue.opened('/market')]).toEqual([1, 2]);
    // The new socket is acknowledged and silent too; then it speaks.
    speaks = true;
    await live(3);
    expect(messages.flatMap((m) => (m.kind === 'feed.health' && m.channel === 'ticker' ? [m.status] : []))).toEqual(['silent', 'ok']);
    stop.abort();
    await clock.advanceTo(epochMs(clock.now() + 100));
    await done;
  });

  it('is told by the figures that an event carries, not by its kind', () => {
    const plan = (channel: 'ticker' | 'openInterest' | 'funding', figure?: 'last' | 'mark' | 'index') => ({ symbol: 'A', channel, sparse: false, expectedEveryMs: 10_000, ...(figure === undefined ? {} : { figure }) }) as const;
    const plans = [plan('ticker'), plan('ticker', 'last'), plan('ticker', 'mark'), plan('ticker', 'index'), plan('openInterest'), plan('funding')];
    const names = (figures: object): string[] => {
      const watch = createLiveness(plans, { onSilent: () => undefined, onHeard: () => undefined });
      watch.opened(plans, START);
      watch.heard({ kind: 'ticker', symbol: 'A', eventTime: START, ...figures }, epochMs(START + 25_000));
      watch.check(epochMs(START + 31_000));
      return plans.filter((p) => !watch.silent().includes(p)).map((p) => [p.channel, p.figure].filter((x) => x !== undefined).join('.'));
    };
    expect(names({})).toEqual([]);
    expect(names({ openInterest: 1 })).toEqual(['openInterest']);
    expect(names({ fundingRate: 0 })).toEqual(['funding']);
    expect(names({ fundingTime: START })).toEqual(['funding']);
    expect(names({ index: 1 })).toEqual(['ticker', 'ticker.index']);
    expect(names({ mark: 1, index: 1, fundingRate: 0 })).toEqual(['ticker', 'ticker.mark', 'ticker.index', 'funding']);
  });
});
