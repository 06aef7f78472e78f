/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return, @typescript-eslint/restrict-plus-operands -- frames are JSON of other parties, read here field by field */
import { describe, expect, it } from '@jest/globals';
import { connectDirectly } from '../client.ts';
import { om2025 } from '../scenarios/index.ts';
import { createWorld } from '../world/world.ts';
import { createBybitEndpoint } from './bybit.ts';

function setup() {
  const world = createWorld(om2025(1));
  const endpoint = createBybitEndpoint(world);
  const get = async (url: string): Promise<any> => JSON.parse((await endpoint.request({ method: 'GET', url })).body);
  return { world, endpoint, get, second: world.scenario.steps()[1] ?? world.now() };
}

describe('Bybit', () => {
  it('acknowledges, sends a snapshot first and deltas after, linear in its key order and padded', () => {
    const { world, endpoint, second } = setup();
    const client = connectDirectly(endpoint, '/v5/public/linear');
    client.send({ op: 'subscribe', args: ['orderbook.1000.OMUSDT'], req_id: 'r1' });
    const [ack, snapshot] = client.take() as any[];
    expect(ack).toEqual({ success: true, ret_msg: '', conn_id: expect.any(String), req_id: 'r1', op: 'subscribe' });
    expect(Object.keys(snapshot)).toEqual(['topic', 'type', 'ts', 'data', 'cts']);
    expect(snapshot).toMatchObject({ topic: 'orderbook.1000.OMUSDT', type: 'snapshot', ts: world.now(), data: { s: 'OMUSDT' } });
    expect(snapshot.data.b[0]).toEqual([expect.stringMatching(/^6\.\d{4}$/), expect.stringMatching(/^\d+\.\d$/)]);
    world.advance(second);
    const [delta] = client.take() as any[];
    expect(delta).toMatchObject({ type: 'delta', data: { u: snapshot.data.u + 1 } });
    expect(delta.data.b.length).toBeLessThan(snapshot.data.b.length * 2);
    client.send({ op: 'subscribe', args: ['orderbook.1000.OMUSDT'] });
    expect((client.take() as any[])[1]).toMatchObject({ type: 'snapshot', data: { u: delta.data.u } });
  });

  it('has the other key order on spot and drops needless zeros', () => {
    const { world, endpoint, second } = setup();
    const client = connectDirectly(endpoint, '/v5/public/spot');
    client.send({ op: 'subscribe', args: ['orderbook.50.OMUSDT', 'publicTrade.OMUSDT', 'tickers.OMUSDT', 'tickers.BTCUSDT'] });
    const [, book, , btc] = client.take() as any[];
    expect(Object.keys(book)).toEqual(['topic', 'ts', 'type', 'data', 'cts']);
    expect(book.data.a).toHaveLength(50);
    expect(JSON.stringify(book.data)).not.toMatch(/\.\d*0"/);
    // The rate of USDT is what the index in dollars says of the price in USDT.
    expect(Number(btc.data.usdIndexPrice) / Number(btc.data.lastPrice)).toBeCloseTo(world.conditions().usdtUsd, 6);
    world.advance(second);
    const trade = (client.take() as any[]).find(({ topic }) => topic === 'publicTrade.OMUSDT');
    expect(Object.keys(trade.data[0])).toEqual(['i', 'T', 'p', 'v', 'S', 'seq', 's', 'BT', 'RPI']);
  });

  it('sends tickers as a snapshot and deltas that leave fields out', () => {
    const { world, endpoint, second } = setup();
    const client = connectDirectly(endpoint, '/v5/public/linear');
    client.send({ op: 'subscribe', args: ['tickers.OMUSDT'] });
    const [, snapshot] = client.take() as any[];
    expect(snapshot.data).toMatchObject({ symbol: 'OMUSDT', nextFundingTime: String(Date.UTC(2025, 3, 12, 12)), fundingRate: expect.any(String), openInterest: expect.stringMatching(/^\d+\.\d$/) });
    world.advance(second);
    const [delta] = client.take() as any[];
    expect(delta.type).toBe('delta');
    expect(delta.data).not.toHaveProperty('nextFundingTime');
    expect(delta.data).toHaveProperty('markPrice');
    // The next funding time is told again when it has changed: at 12:00 UTC it becomes 16:00.
    for (const t of world.scenario.steps()) if (t <= Date.UTC(2025, 3, 12, 12)) world.advance(t);
    expect((client.take() as any[]).filter(({ data }) => 'nextFundingTime' in data).map(({ ts, data }) => [ts, data.nextFundingTime])).toEqual([[Date.UTC(2025, 3, 12, 12), String(Date.UTC(2025, 3, 12, 16))]]);
  });

  it('publishes every forced order with the side of the position', () => {
    const { world, endpoint } = setup();
    const client = connectDirectly(endpoint, '/v5/public/linear');
    client.send({ op: 'subscribe', args: ['allLiquidation.OMUSDT'] });
    client.take();
    let orders = 0;
    for (const t of world.scenario.steps()) {
      world.advance(t);
      orders += world.market('bybit', 'linear', 'OMUSDT')?.liquidations.length ?? 0;
    }
    const frames = client.take() as any[];
    expect(frames.flatMap(({ data }) => data)).toHaveLength(orders);
    expect(frames[0]).toEqual({ topic: 'allLiquidation.OMUSDT', type: 'snapshot', ts: expect.any(Number), data: expect.any(Array) });
    expect(frames[0].data[0]).toEqual({ T: expect.any(Number), s: 'OMUSDT', S: 'Buy', v: expect.any(String), p: expect.any(String) });
  });

  it('answers ping and refuses unknown topics, too many arguments and nonsense', () => {
    const { endpoint } = setup();
    const spot = connectDirectly(endpoint, '/v5/public/spot');
    spot.send({ op: 'ping' });
    spot.send({ op: 'subscribe', args: Array.from({ length: 11 }, () => 'tickers.OMUSDT') });
    spot.send({ op: 'subscribe', args: ['allLiquidation.OMUSDT'] });
    spot.send({ op: 'subscribe', args: ['orderbook.7.OMUSDT'] });
    spot.send('nonsense');
    const answers = spot.take() as any[];
    expect(answers[0]).toMatchObject({ success: true, ret_msg: 'pong', op: 'ping' });
    expect(answers.slice(1).every(({ success }) => success === false)).toBe(true);
    expect(answers[3].ret_msg).toBe('error:handler not found,topic:orderbook.7.OMUSDT');
    expect(connectDirectly(endpoint, '/v5/public/option').closed()).toBe(true);
  });

  it('serves instruments, books, tickers and open interest over REST', async () => {
    const { world, get } = setup();
    expect((await get('/v5/market/instruments-info?category=linear&limit=1000')).result.list).toEqual([expect.objectContaining({ symbol: 'OMUSDT', contractType: 'LinearPerpetual', status: 'Trading', priceFilter: expect.objectContaining({ tickSize: '0.0001' }), lotSizeFilter: expect.objectContaining({ qtyStep: '0.1' }), leverageFilter: expect.objectContaining({ maxLeverage: '50.00' }) })]);
    expect((await get('/v5/market/instruments-info?category=spot')).result.list.map(({ symbol }: { symbol: string }) => symbol)).toEqual(['BTCUSDT', 'BTCUSDC', 'OMUSDT']);
    const book = await get('/v5/market/orderbook?category=linear&symbol=OMUSDT&limit=1000');
    expect(book).toMatchObject({ retCode: 0, retMsg: 'OK', time: world.now(), result: { s: 'OMUSDT', ts: world.now() } });
    expect(book.result.b.length).toBeGreaterThan(50);
    expect((await get('/v5/market/tickers?category=spot&symbol=BTCUSDT')).result.list).toHaveLength(1);
    expect((await get('/v5/market/open-interest?category=linear&symbol=OMUSDT&intervalTime=5min')).result.list[0].openInterest).toMatch(/^\d+\.\d$/);
    expect((await get('/v5/market/orderbook?category=linear&symbol=NOPE')).retCode).toBe(10001);
  });
});
