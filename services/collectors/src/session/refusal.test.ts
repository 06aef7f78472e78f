import { describe, expect, it } from '@jest/globals';
import type { Message } from '@breakwater/contracts';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { silentLog } from '@breakwater/platform/log';
import type { Endpoint } from '@breakwater/platform/simulated';
import { createSimulatedClock, createSimulatedNetwork } from '@breakwater/platform/simulated';
import { createCollector } from '../collector.ts';
import { collectorsConfig } from '../config.ts';
import { bybitLinear } from '../venues/bybit/feed.ts';

const START = epochMs(1_786_310_400_000);
const LIST = JSON.stringify({ retCode: 0, result: { category: 'linear', nextPageCursor: '', list: [
  { symbol: 'OMUSDT', contractType: 'LinearPerpetual', status: 'Trading', baseCoin: 'OM', quoteCoin: 'USDT', settleCoin: 'USDT', leverageFilter: { maxLeverage: '50' }, priceFilter: { tickSize: '0.0001' }, lotSizeFilter: { qtyStep: '1' } },
] } });

describe('a subscription that the venue refuses', () => {
  it('is not lost: it is asked for again after half a minute, then after twice as long, until it is taken', async () => {
    const clock = createSimulatedClock({ start: START, activity: createActivity() });
    const asked: number[] = [];
    const endpoint: Endpoint = {
      request: ({ url }) => ({ status: 200, headers: {}, body: url.startsWith('/v5/market/instruments-info') ? LIST : JSON.stringify({ retCode: 0, result: { s: 'OMUSDT', b: [['6.10', '100']], a: [['6.20', '80']], ts: Math.floor(clock.now()), u: 100 } }) }),
      accept: (_path, peer) => ({
        onFrame: (text) => {
          const { op } = JSON.parse(text) as { op: string };
          if (op !== 'subscribe') return;
          asked.push(Math.round((clock.now() - START) / 1_000));
          const taken = asked.length >= 3;
          peer.send(JSON.stringify({ success: taken, ret_msg: taken ? '' : 'system busy', conn_id: 'x', req_id: '', op }));
          if (taken) peer.send(JSON.stringify({ topic: 'orderbook.1000.OMUSDT', type: 'snapshot', ts: Math.floor(clock.now()), data: { s: 'OMUSDT', b: [['6.10', '100']], a: [['6.20', '80']], u: 100 } }));
        },
        onClose: () => undefined,
      }),
    };
    const messages: Message[] = [];
    const stop = new AbortController();
    // Expected so rarely that silence plays no part here.
    const patient: typeof bybitLinear = {
      ...bybitLinear,
      plan: (...args) => {
        const plan = bybitLinear.plan(...args);
        return { ...plan, sockets: plan.sockets.map((s) => ({ ...s, channels: s.channels.map((c) => ({ ...c, sparse: true })) })) };
      },
    };
    const collector = createCollector({
      feeds: [{ venue: patient, endpoints: { rest: 'http://venue.test', ws: { linear: 'ws://venue.test/v5/public/linear' } }, weightPerMinute: 3_600 }],
      config: collectorsConfig.parse({ venues: { bybit: {} }, assets: { OM: {} } }),
      network: createSimulatedNetwork({ clock, rng: createRng(1), latencyMs: [1, 5], resolve: () => endpoint }), clock, rng: createRng(2), publish: (_topic, message) => messages.push(message), log: silentLog, signal: stop.signal,
    });
    const done = collector.run();
    await clock.advanceTo(epochMs(START + 200_000));
    expect(asked).toEqual([0, expect.closeTo(30, -0.5), expect.closeTo(91, -0.5)]);
    expect(messages.find((m) => m.kind === 'book')).toMatchObject({ snapshot: true, bids: [6.1, 100] });
    expect(collector.status()[0]?.books[0]?.inUse).toBe(true);
    stop.abort();
    await clock.advanceTo(epochMs(clock.now() + 100));
    await done;
  });
});
