/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-return -- frames are JSON of other parties, read here field by field */
import { describe, expect, it } from '@jest/globals';
import { connectDirectly } from '../client.ts';
import type { Endpoint } from '../endpoint.ts';
import { om2025 } from '../scenarios/index.ts';
import { createWorld } from '../world/world.ts';
import { venueEndpoints } from './index.ts';

function setup() {
  const world = createWorld(om2025(1));
  const endpoints = venueEndpoints(world);
  const [, second, third] = world.scenario.steps();
  return { world, spot: endpoints['binance-spot'], usdm: endpoints['binance-usdm'], second: second ?? world.now(), third: third ?? world.now() };
}
async function get(endpoint: Endpoint, url: string): Promise<any> {
  const { status, body } = await endpoint.request({ method: 'GET', url });
  return { status, body: JSON.parse(body) };
}
const start = Date.UTC(2025, 3, 12, 8, 30);

describe('Binance spot', () => {
  it('lists instruments with filters, prints eight decimals and refuses unknown symbols', async () => {
    const { spot } = setup();
    const { body } = await get(spot, '/api/v3/exchangeInfo');
    expect(body.symbols).toEqual([expect.objectContaining({ symbol: 'OMUSDT', status: 'TRADING', baseAsset: 'OM', quoteAsset: 'USDT', filters: [
      { filterType: 'PRICE_FILTER', minPrice: '0.00010000', maxPrice: '100000.00000000', tickSize: '0.00010000' },
      { filterType: 'LOT_SIZE', minQty: '0.01000000', maxQty: '9000000.00000000', stepSize: '0.01000000' },
    ] })]);
    const depth = await get(spot, '/api/v3/depth?symbol=OMUSDT&limit=5000');
    expect(Object.keys(depth.body)).toEqual(['lastUpdateId', 'bids', 'asks']);
    expect(depth.body.bids[0]).toEqual([expect.stringMatching(/^6\.\d{8}$/), expect.stringMatching(/^\d+\.\d{8}$/)]);
    expect((await get(spot, '/api/v3/depth?symbol=OMUSDT&limit=5')).body.asks).toHaveLength(5);
    expect(await get(spot, '/api/v3/depth?symbol=NOPE')).toEqual({ status: 400, body: { code: -1121, msg: 'Invalid symbol.' } });
    expect((await get(spot, '/api/v3/depth')).body.code).toBe(-1102);
    expect((await get(spot, '/fapi/v1/ping')).status).toBe(404);
    expect(await get(spot, '/api/v3/time')).toEqual({ status: 200, body: { serverTime: start } });
  });

  it('wraps combined streams, leaves raw ones bare, and sends only what is subscribed', () => {
    const { world, spot, second } = setup();
    const combined = connectDirectly(spot, '/stream?streams=omusdt@depth@100ms/omusdt@trade');
    const raw = connectDirectly(spot, '/ws/omusdt@aggTrade');
    const idle = connectDirectly(spot, '/ws');
    world.advance(second);
    const [depth, trade] = combined.take() as any[];
    expect(depth).toEqual({ stream: 'omusdt@depth@100ms', data: { e: 'depthUpdate', E: second, s: 'OMUSDT', U: expect.any(Number), u: expect.any(Number), b: expect.any(Array), a: expect.any(Array) } });
    expect(trade).toEqual({ stream: 'omusdt@trade', data: { e: 'trade', E: second, s: 'OMUSDT', t: expect.any(Number), p: expect.stringMatching(/^6\.\d{8}$/), q: expect.any(String), T: second, m: expect.any(Boolean), M: true } });
    expect(raw.take()[0]).toEqual({ e: 'aggTrade', E: second, s: 'OMUSDT', a: expect.any(Number), p: expect.any(String), q: expect.any(String), f: expect.any(Number), l: expect.any(Number), T: second, m: expect.any(Boolean), M: true });
    expect(idle.take()).toEqual([]);
  });

  it('answers control messages as documented', () => {
    const { spot } = setup();
    const client = connectDirectly(spot, '/ws');
    client.send({ method: 'SUBSCRIBE', params: ['omusdt@trade'], id: 1 });
    client.send({ method: 'LIST_SUBSCRIPTIONS', id: 3 });
    client.send({ method: 'UNSUBSCRIBE', params: ['omusdt@trade'], id: 312 });
    client.send({ method: 'SET_PROPERTY', params: ['combined', true], id: 5 });
    client.send({ method: 'NONSENSE', id: 6 });
    client.send('{');
    const answers = client.take() as any[];
    expect(answers.slice(0, 4)).toEqual([{ result: null, id: 1 }, { result: ['omusdt@trade'], id: 3 }, { result: null, id: 312 }, { result: null, id: 5 }]);
    expect(answers.slice(4).map(({ code }) => code)).toEqual([2, 3]);
    expect(connectDirectly(spot, '/elsewhere').closed()).toBe(true);
  });
});

describe('Binance USD-M', () => {
  it('routes streams: /public has the book, /market the rest, an unrouted socket acknowledges both and sends the book only', () => {
    const { world, usdm, second } = setup();
    const names = ['omusdt@depth@100ms', 'omusdt@markPrice@1s', 'omusdt@aggTrade'];
    const clients = ['/public/stream', '/market/stream', '/stream'].map((path) => connectDirectly(usdm, path));
    for (const client of clients) client.send({ method: 'SUBSCRIBE', params: names, id: 1 });
    const answers = clients.map((client) => client.take() as any[]);
    for (const [acknowledgement] of answers) expect(acknowledgement).toEqual({ result: null, id: 1 });
    // Mark prices go out every second of market time: whoever is routed to them has one at once.
    expect(answers.map((answer) => answer.slice(1).map(({ stream }) => stream))).toEqual([[], ['omusdt@markPrice@1s'], []]);
    world.advance(second);
    const [open, routed, unrouted] = clients.map((client) => [...new Set((client.take() as any[]).map(({ stream }) => stream))]);
    expect(open).toEqual(['omusdt@depth@100ms']);
    expect(routed).toEqual(['omusdt@markPrice@1s', 'omusdt@aggTrade']);
    expect(unrouted).toEqual(['omusdt@depth@100ms']);
  });

  it('chains updates by pu, and a snapshot lies inside the next update', async () => {
    const { world, usdm, second, third } = setup();
    const client = connectDirectly(usdm, '/public/ws/omusdt@depth');
    world.advance(second);
    const snapshot = (await get(usdm, '/fapi/v1/depth?symbol=OMUSDT&limit=1000')).body;
    expect(snapshot).toEqual({ lastUpdateId: expect.any(Number), E: second, T: second, bids: expect.any(Array), asks: expect.any(Array) });
    world.advance(third);
    const [first, next] = client.take() as any[];
    expect(Object.keys(first)).toEqual(['e', 'E', 'T', 's', 'U', 'u', 'pu', 'b', 'a']);
    expect(next.pu).toBe(first.u);
    expect(first.u).toBeLessThan(snapshot.lastUpdateId);
    expect(next.U).toBeLessThanOrEqual(snapshot.lastUpdateId);
    expect(next.u).toBeGreaterThanOrEqual(snapshot.lastUpdateId);
  });

  it('publishes mark, index, funding, open interest, and one forced order a step', async () => {
    const { world, usdm } = setup();
    const mark = connectDirectly(usdm, '/market/ws/omusdt@markPrice@1s');
    const forced = connectDirectly(usdm, '/market/ws/!forceOrder@arr');
    for (const t of world.scenario.steps()) if (t <= Date.UTC(2025, 3, 13, 18, 30)) world.advance(t);
    expect(mark.take().at(-1)).toEqual({ e: 'markPriceUpdate', E: world.now(), s: 'OMUSDT', p: expect.stringMatching(/^\d\.\d{8}$/), i: expect.any(String), P: expect.any(String), r: expect.stringMatching(/^-?0\.\d{8}$/), T: Date.UTC(2025, 3, 14) });
    const orders = forced.take() as any[];
    expect(orders.length).toBeGreaterThan(10);
    expect(new Set(orders.map(({ E }) => E)).size).toBe(orders.length);
    expect(orders[0]).toEqual({ e: 'forceOrder', E: expect.any(Number), o: { s: 'OMUSDT', S: 'SELL', o: 'LIMIT', f: 'IOC', q: expect.any(String), p: expect.any(String), ap: expect.any(String), X: 'FILLED', l: expect.any(String), z: expect.any(String), T: expect.any(Number) } });
    expect((await get(usdm, '/fapi/v1/openInterest?symbol=OMUSDT')).body).toEqual({ symbol: 'OMUSDT', openInterest: expect.stringMatching(/^\d+\.\d$/), time: world.now() });
    expect((await get(usdm, '/fapi/v1/premiumIndex')).body[0]).toMatchObject({ symbol: 'OMUSDT', time: world.now() });
    expect((await get(usdm, '/fapi/v1/exchangeInfo')).body.symbols[0]).toMatchObject({ symbol: 'OMUSDT', contractType: 'PERPETUAL', marginAsset: 'USDT' });
  });

  it('takes 200 streams a socket and only the documented depths', async () => {
    const { usdm } = setup();
    const client = connectDirectly(usdm, '/public/ws');
    client.send({ method: 'SUBSCRIBE', params: Array.from({ length: 201 }, (_, i) => `x${i}@depth`), id: 1 });
    expect(client.take()).toEqual([expect.objectContaining({ error: expect.objectContaining({ code: 2 }) })]);
    expect((await get(usdm, '/fapi/v1/depth?symbol=OMUSDT&limit=7')).body.code).toBe(-4021);
  });
});
