/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return -- frames are JSON of other parties, read here field by field */
import { describe, expect, it } from '@jest/globals';
import { connectDirectly } from '../client.ts';
import { om2025 } from '../scenarios/index.ts';
import { createWorld } from '../world/world.ts';
import { createHyperliquidEndpoint } from './hyperliquid.ts';

function setup() {
  const world = createWorld(om2025(1));
  const endpoint = createHyperliquidEndpoint(world);
  const info = async (body: unknown): Promise<any> => {
    const answer = await endpoint.request({ method: 'POST', url: '/info', body: JSON.stringify(body) });
    return answer.status === 200 ? JSON.parse(answer.body) : answer.status;
  };
  return { world, endpoint, info, second: world.scenario.steps()[1] ?? world.now() };
}
interface Row { readonly px: string; readonly sz: string; readonly n: number }

describe('Hyperliquid', () => {
  it('confirms, then sends whole books of 20 levels a side', () => {
    const { world, endpoint, second } = setup();
    const client = connectDirectly(endpoint, '/ws');
    client.send({ method: 'subscribe', subscription: { type: 'l2Book', coin: 'OM' } });
    const [confirmed, book] = client.take() as any[];
    expect(confirmed).toEqual({ channel: 'subscriptionResponse', data: { method: 'subscribe', subscription: { type: 'l2Book', coin: 'OM', nSigFigs: null, mantissa: null } } });
    expect(book).toMatchObject({ channel: 'l2Book', data: { coin: 'OM', time: world.now() } });
    expect(book.data.levels.map((side: Row[]) => side.length)).toEqual([20, 20]);
    expect(book.data.levels[0][0]).toEqual({ px: expect.stringMatching(/^6\.\d{1,4}$/), sz: expect.stringMatching(/^\d+\.\d$/), n: expect.any(Number) });
    world.advance(second);
    expect((client.take() as any[])[0].data.time).toBe(second);
  });

  it('merges levels at coarser figures, keeps the quantity and reaches deeper', async () => {
    const { info } = setup();
    const sum = (side: readonly Row[], from: number): number => side.filter(({ px }) => Number(px) >= from).reduce((total, { sz }) => total + Number(sz), 0);
    const fine = await info({ type: 'l2Book', coin: 'OM' });
    const coarse = await info({ type: 'l2Book', coin: 'OM', nSigFigs: 3 });
    expect(coarse.levels[0]).toHaveLength(20);
    for (const { px } of coarse.levels[0] as Row[]) expect(px).toMatch(/^\d(\.\d{1,2})?$/);
    const reach = (book: { levels: Row[][] }): number => Number(book.levels[0]?.at(-1)?.px) / Number(book.levels[0]?.[0]?.px);
    expect(reach(coarse)).toBeLessThan(0.98);
    expect(reach(fine)).toBeGreaterThan(0.99);
    // At two figures 20 levels reach the end of the book: every bid is in one of them.
    const all = await info({ type: 'l2Book', coin: 'OM', nSigFigs: 2 });
    const end = Number((coarse.levels[0] as Row[]).at(-1)?.px);
    expect(sum(all.levels[0], 0)).toBeGreaterThan(sum(coarse.levels[0], end));
    expect(await info({ type: 'l2Book', coin: 'OM', nSigFigs: 7 })).toBe(422);
    expect(await info({ type: 'l2Book', coin: 'NOPE' })).toBeNull();
  });

  it('publishes context and trades, and tells the list of markets', async () => {
    const { world, endpoint, info, second } = setup();
    const client = connectDirectly(endpoint, '/ws');
    client.send({ method: 'subscribe', subscription: { type: 'activeAssetCtx', coin: 'OM' } });
    client.send({ method: 'subscribe', subscription: { type: 'trades', coin: 'OM' } });
    expect((client.take() as any[])[1]).toEqual({ channel: 'activeAssetCtx', data: { coin: 'OM', ctx: { funding: '0.0000125', openInterest: expect.stringMatching(/^\d+\.\d$/), prevDayPx: expect.any(String), dayNtlVlm: expect.any(String), premium: expect.any(String), oraclePx: expect.any(String), markPx: expect.any(String), midPx: expect.any(String), impactPxs: [expect.any(String), expect.any(String)], dayBaseVlm: expect.any(String) } } });
    world.advance(second);
    const trades = (client.take() as any[]).find(({ channel }) => channel === 'trades');
    expect(trades.data[0]).toEqual({ coin: 'OM', side: expect.stringMatching(/^[AB]$/), px: expect.any(String), sz: expect.any(String), time: second, hash: expect.stringMatching(/^0x[0-9a-f]{64}$/), tid: expect.any(Number), users: [expect.any(String), expect.any(String)] });
    expect((await info({ type: 'meta' })).universe).toEqual([{ szDecimals: 1, name: 'OM', maxLeverage: 10, marginTableId: 10 }]);
    const [meta, contexts] = await info({ type: 'metaAndAssetCtxs' });
    expect(contexts).toHaveLength(meta.universe.length);
  });

  it('answers ping, repeated, unknown and broken requests', () => {
    const { endpoint } = setup();
    const client = connectDirectly(endpoint, '/ws');
    client.send({ method: 'ping' });
    client.send({ method: 'subscribe', subscription: { type: 'trades', coin: 'OM' } });
    client.send({ method: 'subscribe', subscription: { type: 'trades', coin: 'OM' } });
    client.send({ method: 'subscribe', subscription: { type: 'trades', coin: 'NOPE' } });
    client.send('{');
    client.send({ method: 'unsubscribe', subscription: { type: 'trades', coin: 'OM' } });
    expect((client.take() as any[]).map(({ channel, data }) => [channel, typeof data === 'string' ? data.split(/[ :]/).slice(0, 2).join(' ') : data?.method])).toEqual([
      ['pong', undefined], ['subscriptionResponse', 'subscribe'], ['error', 'Already subscribed'], ['error', 'Invalid subscription'], ['error', 'Error parsing'], ['subscriptionResponse', 'unsubscribe'],
    ]);
  });
});
