/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return -- frames are JSON of other parties, read here field by field */
import { describe, expect, it } from '@jest/globals';
import { connectDirectly } from '../client.ts';
import { om2025 } from '../scenarios/index.ts';
import { createWorld } from '../world/world.ts';
import { createOkxEndpoint } from './okx.ts';

function setup() {
  const world = createWorld(om2025(1));
  const endpoint = createOkxEndpoint(world);
  const get = async (url: string): Promise<any> => JSON.parse((await endpoint.request({ method: 'GET', url })).body);
  return { world, endpoint, get, second: world.scenario.steps()[1] ?? world.now() };
}
const subscribe = (...args: readonly object[]): unknown => ({ op: 'subscribe', args });
const swap = { instId: 'OM-USDT-SWAP' };

describe('OKX', () => {
  it('acknowledges, sends a snapshot with prevSeqId -1 and then a chain, checksum 0', () => {
    const { world, endpoint, second } = setup();
    const client = connectDirectly(endpoint, '/ws/v5/public');
    client.send(subscribe({ channel: 'books', ...swap }));
    const [ack, snapshot] = client.take() as any[];
    expect(ack).toEqual({ event: 'subscribe', arg: { channel: 'books', ...swap }, connId: expect.any(String) });
    expect(snapshot).toMatchObject({ arg: { channel: 'books', ...swap }, action: 'snapshot', data: [{ ts: String(world.now()), checksum: 0, prevSeqId: -1 }] });
    expect(snapshot.data[0].bids[0]).toEqual([expect.stringMatching(/^6\./), expect.stringMatching(/^\d+$/), '0', expect.stringMatching(/^\d+$/)]);
    world.advance(second);
    const [update] = client.take() as any[];
    expect(update).toMatchObject({ action: 'update', data: [{ prevSeqId: snapshot.data[0].seqId }] });
    expect(update.data[0].asks.every((row: string[]) => row.length === 4)).toBe(true);
    client.send(subscribe({ channel: 'books', ...swap }));
    expect((client.take() as any[])[1]).toMatchObject({ action: 'snapshot', data: [{ prevSeqId: -1, seqId: update.data[0].seqId }] });
  });

  it('pushes the derivative channels, index tickers and sampled liquidations as documented', () => {
    const { world, endpoint } = setup();
    const client = connectDirectly(endpoint, '/ws/v5/public');
    client.send(subscribe({ channel: 'mark-price', ...swap }, { channel: 'funding-rate', ...swap }, { channel: 'open-interest', ...swap }, { channel: 'index-tickers', instId: 'USDT-USD' }, { channel: 'trades', instId: 'OM-USDT' }, { channel: 'liquidation-orders', instType: 'SWAP' }));
    const byChannel = new Map((client.take() as any[]).filter(({ data }) => data !== undefined).map(({ arg, data }) => [arg.channel, data[0]]));
    expect(byChannel.get('mark-price')).toEqual({ ...swap, instType: 'SWAP', markPx: expect.any(String), ts: expect.any(String) });
    expect(byChannel.get('funding-rate')).toMatchObject({ ...swap, fundingRate: '0.0001', fundingTime: String(Date.UTC(2025, 3, 12, 16)), method: 'current_period' });
    const oi = byChannel.get('open-interest');
    expect(Number(oi.oiCcy)).toBeCloseTo(Number(oi.oi) * 10, 6);
    expect(Number(byChannel.get('index-tickers').idxPx)).toBeCloseTo(world.conditions().usdtUsd, 4);
    for (const t of world.scenario.steps()) if (t <= Date.UTC(2025, 3, 13, 18, 30)) world.advance(t);
    const frames = client.take() as any[];
    expect(frames.find(({ arg }) => arg.channel === 'trades').data[0]).toMatchObject({ instId: 'OM-USDT', tradeId: expect.any(String), side: expect.stringMatching(/^(buy|sell)$/) });
    const liquidations = frames.filter(({ arg }) => arg.channel === 'liquidation-orders');
    expect(liquidations[0]).toEqual({ arg: { channel: 'liquidation-orders', instType: 'SWAP' }, data: [{ details: [{ bkLoss: '0', bkPx: expect.any(String), ccy: '', posSide: 'long', side: 'sell', sz: expect.any(String), ts: expect.any(String) }], instFamily: 'OM-USDT', instId: 'OM-USDT-SWAP', instType: 'SWAP', uly: 'OM-USDT' }] });
    const times = liquidations.map(({ data }) => data[0].details[0].ts);
    expect(new Set(times).size).toBe(times.length);
  });

  it('acknowledges and stays silent on books during a silence, also to who subscribes in it, and then sends a snapshot', () => {
    const { world, endpoint } = setup();
    const at = (hour: number, minute: number): number => Date.UTC(2025, 3, 13, hour, minute);
    const advanceTo = (until: number): void => {
      for (const t of world.scenario.steps()) if (t <= until) world.advance(t);
    };
    const early = connectDirectly(endpoint, '/ws/v5/public');
    early.send(subscribe({ channel: 'books', ...swap }, { channel: 'mark-price', ...swap }));
    advanceTo(at(13, 59));
    early.take();
    advanceTo(at(14, 3));
    expect((early.take() as any[]).map(({ arg }) => arg.channel)).toEqual(['mark-price', 'mark-price', 'mark-price', 'mark-price']);
    const late = connectDirectly(endpoint, '/ws/v5/public');
    late.send(subscribe({ channel: 'books', ...swap }));
    expect(late.take()).toEqual([expect.objectContaining({ event: 'subscribe' })]);
    advanceTo(at(14, 8));
    for (const client of [early, late]) {
      const books = (client.take() as any[]).filter(({ arg }) => arg.channel === 'books');
      expect(books.map(({ action }) => action)).toEqual(['snapshot', 'update']);
    }
  });

  it('answers ping with pong and refuses what does not exist', () => {
    const { endpoint } = setup();
    const client = connectDirectly(endpoint, '/ws/v5/public');
    client.send('ping');
    client.send(subscribe({ channel: 'books', instId: 'NOPE-USDT' }));
    client.send({ op: 'nonsense' });
    const [pong, wrong, invalid] = client.take() as any[];
    expect(pong).toBe('pong');
    expect(wrong).toMatchObject({ event: 'error', code: '60018' });
    expect(invalid).toMatchObject({ event: 'error', code: '60012' });
    expect(connectDirectly(endpoint, '/ws/v5/private').closed()).toBe(true);
  });

  it('serves instruments, books and the full book over REST', async () => {
    const { get } = setup();
    expect((await get('/api/v5/public/instruments?instType=SWAP')).data).toEqual([expect.objectContaining({ instId: 'OM-USDT-SWAP', ctVal: '10', ctValCcy: 'OM', ctType: 'linear', settleCcy: 'USDT', tickSz: '0.0001', lotSz: '1', lever: '50', state: 'live' })]);
    expect((await get('/api/v5/public/instruments?instType=SPOT')).data).toEqual([expect.objectContaining({ instId: 'OM-USDT', baseCcy: 'OM', quoteCcy: 'USDT', ctVal: '' })]);
    expect((await get('/api/v5/market/books?instId=OM-USDT&sz=5')).data[0].asks).toHaveLength(5);
    expect((await get('/api/v5/market/books-full?instId=OM-USDT&sz=5000')).data[0].bids[0]).toHaveLength(3);
    expect((await get('/api/v5/market/books?instId=OM-USDT&sz=401')).code).toBe('51000');
    expect((await get('/api/v5/market/index-tickers?instId=USDC-USD')).data[0].instId).toBe('USDC-USD');
    expect((await get('/api/v5/public/open-interest?instType=SWAP')).data).toHaveLength(1);
    expect((await get('/api/v5/public/instruments')).code).toBe('50014');
  });
});
