/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-return -- frames are JSON of other parties, read here field by field */
import { describe, expect, it } from '@jest/globals';
import { HYPERLIQUID, liquidationPrice, marginTiers } from '@breakwater/models/market';
import { connectDirectly } from '../client.ts';
import { om2025 } from '../scenarios/index.ts';
import { accountLiquidationPrice } from '../world/accounts.ts';
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

  it('shows every account that trades name, and together they are four fifths of open interest', async () => {
    const { world, endpoint, info } = setup();
    const client = connectDirectly(endpoint, '/ws');
    client.send({ method: 'subscribe', subscription: { type: 'trades', coin: 'OM' } });
    const named = new Set<string>();
    for (const t of world.scenario.steps().slice(1, 300)) {
      world.advance(t);
      for (const { channel, data } of client.take() as any[]) if (channel === 'trades') for (const trade of data) for (const user of trade.users) named.add(user);
    }
    const state = world.market('hyperliquid', 'perp', 'OM');
    expect(state).toBeDefined();
    if (state === undefined) return;
    expect(state.accounts.filter(({ address }) => named.has(address)).length).toBeGreaterThan(20);
    const total = { long: 0, short: 0 };
    for (const { address, side, margin } of state.accounts) {
      const answer = await info({ type: 'clearinghouseState', user: address });
      expect(answer.time).toBe(world.now());
      const [{ position }] = answer.assetPositions;
      expect(position).toMatchObject({ coin: 'OM', maxLeverage: 10, leverage: { type: margin } });
      total[side] += Math.abs(Number(position.szi));
      expect(Math.sign(Number(position.szi))).toBe(side === 'long' ? 1 : -1);
      // What the venue says of it is what its rules give, from the account's own margin.
      const size = Math.abs(Number(position.szi));
      const own = liquidationPrice({ ...HYPERLIQUID, tiers: marginTiers([[0, 0.05]]) }, { side, entryPrice: Number(position.positionValue) / size, size, margin: Number(answer.marginSummary.accountValue) });
      if (own.ok) expect(Number(position.liquidationPx) / own.value.price).toBeCloseTo(1, 6);
      else expect(position.liquidationPx).toBeNull();
      // Nobody is left whom the mark has passed.
      if (position.liquidationPx !== null) expect(Number(position.liquidationPx) < state.mark).toBe(side === 'long');
    }
    for (const side of ['long', 'short'] as const) expect(total[side] / (state.openInterestLots * state.spec.lot)).toBeCloseTo(0.8, 4);
    const nobody = await info({ type: 'clearinghouseState', user: `0x${'00'.repeat(20)}` });
    expect(nobody).toMatchObject({ assetPositions: [], crossMaintenanceMarginUsed: '0.000000', time: world.now() });
    expect(await info({ type: 'clearinghouseState', user: '0x12' })).toBe(422);
    expect(await info({ type: 'clearinghouseState' })).toBe(422);
  });

  it('liquidates accounts as the price falls, and others take their place', () => {
    const { world } = setup();
    const seen = new Map<string, number>();
    let liquidated = 0;
    let before = world.market('hyperliquid', 'perp', 'OM');
    for (const t of world.scenario.steps().slice(1)) {
      world.advance(t);
      const now = world.market('hyperliquid', 'perp', 'OM');
      if (before === undefined || now === undefined) throw new Error('no market');
      for (const account of before.accounts) {
        const price = accountLiquidationPrice(now.spec, account);
        const passed = price !== null && (account.side === 'long' ? now.mark <= price : now.mark >= price);
        if (!passed) continue;
        liquidated++;
        expect(now.accounts.some(({ address }) => address === account.address)).toBe(false);
      }
      for (const { address } of now.accounts) seen.set(address, (seen.get(address) ?? 0) + 1);
      before = now;
    }
    expect(liquidated).toBeGreaterThan(20);
    // Most stay for long.
    expect([...seen.values()].filter((steps) => steps > 30).length).toBeGreaterThan(100);
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
