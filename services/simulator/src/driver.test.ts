import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import { createSimulatedClock, withFaults } from '@breakwater/platform/simulated';
import { createMemoryChain } from './chain/memory.ts';
import { connectDirectly } from './client.ts';
import { createDriver } from './driver.ts';
import { om2025, randomScenario } from './scenarios/index.ts';
import type { Scenario } from './scenarios/index.ts';
import { venueEndpoints } from './venues/index.ts';
import { createWorld } from './world/world.ts';

function chainOf(scenario: Scenario) {
  return createMemoryChain({ chainId: 31337, genesisAt: epochMs(Math.min(scenario.start, ...scenario.transfers.map(({ at }) => at)) - 60_000), tokenName: scenario.config.token.name, tokenSymbol: scenario.config.token.symbol, holders: scenario.holders });
}

/** Every frame of every venue of a run, with blocks in between, in one hash. */
async function runHash(seed: number): Promise<string> {
  const scenario = randomScenario(seed);
  const world = createWorld(scenario);
  const chain = chainOf(scenario);
  const endpoints = venueEndpoints(world);
  const driver = createDriver({ world, chain });
  await driver.prepare();
  const symbols = world.markets().map(({ spec }) => spec);
  const clients = [
    connectDirectly(endpoints['binance-usdm'], '/market/stream?streams=xyzusdt@aggTrade/xyzusdt@markPrice@1s/xyzusdt@forceOrder'),
    connectDirectly(endpoints['binance-usdm'], '/public/stream?streams=xyzusdt@depth@100ms'), connectDirectly(endpoints['binance-spot'], '/stream?streams=xyzusdt@depth@100ms/xyzusdt@trade'),
    connectDirectly(endpoints.bybit, '/v5/public/linear'), connectDirectly(endpoints.okx, '/ws/v5/public'), connectDirectly(endpoints.hyperliquid, '/ws'),
  ];
  clients[3]?.send({ op: 'subscribe', args: ['orderbook.200.XYZUSDT', 'publicTrade.XYZUSDT', 'tickers.XYZUSDT', 'allLiquidation.XYZUSDT'] });
  clients[4]?.send({ op: 'subscribe', args: symbols.filter(({ venue }) => venue === 'okx').flatMap(({ symbol }) => ['books', 'trades', 'tickers'].map((channel) => ({ channel, instId: symbol }))) });
  clients[5]?.send({ method: 'subscribe', subscription: { type: 'l2Book', coin: 'XYZ' } });
  const hash = createHash('sha256');
  for (const t of scenario.steps()) {
    await driver.advance(t);
    for (const client of clients) for (const frame of client.frames.splice(0)) hash.update(frame);
    hash.update((await chain.head()).hash);
  }
  return hash.digest('hex');
}

describe('driver', () => {
  it('gives the same frames and blocks for the same seed', async () => {
    expect(await runHash(3)).toBe(await runHash(3));
    expect(await runHash(3)).not.toBe(await runHash(4));
  });

  it('mines one block a step with the transfers due, and the history before the start', async () => {
    const scenario = om2025(1);
    const world = createWorld(scenario);
    const chain = chainOf(scenario);
    const driver = createDriver({ world, chain });
    await driver.prepare();
    const historic = scenario.transfers.filter(({ at }) => at < scenario.start);
    const head = await chain.head();
    // Genesis is block 0 and the deployment block 1.
    expect(head.number).toBe(1 + historic.length);
    expect(head.timestamp).toBe(Math.floor((historic.at(-1)?.at ?? 0) / 1000));
    const steps = scenario.steps().slice(0, 200);
    for (const t of steps) await driver.advance(t);
    expect((await chain.head()).number).toBe(head.number + steps.length);
    expect(driver.now()).toBe(steps.at(-1));
    const due = scenario.transfers.filter(({ at }) => at >= scenario.start && at <= driver.now());
    const answer = await chain.endpoint?.request({ method: 'POST', url: '/', body: JSON.stringify({ id: 1, method: 'eth_getLogs', params: [{ fromBlock: `0x${(head.number + 1).toString(16)}`, toBlock: 'latest' }] }) });
    const { result } = JSON.parse(answer?.body ?? '{}') as { result: { data: string }[] };
    expect(result.map(({ data }) => BigInt(data))).toEqual(due.map(({ units }) => BigInt(units) * 10n ** 18n));
    expect(due.length).toBeGreaterThan(10);
  });

  it('serves endpoints that go on working when wrapped in faults', async () => {
    const scenario = om2025(1);
    const world = createWorld(scenario);
    const endpoint = withFaults(venueEndpoints(world).bybit, { drop: 0.5 }, { rng: createRng(1), clock: createSimulatedClock({ start: scenario.start }) });
    const client = connectDirectly(endpoint, '/v5/public/linear');
    for (let i = 0; i < 20; i++) client.send({ op: 'ping' });
    expect(client.frames.length).toBeGreaterThan(2);
    expect(client.frames.length).toBeLessThan(18);
    expect(endpoint.counts().drop).toBe(20 - client.frames.length);
    endpoint.set({});
    client.frames.splice(0);
    client.send({ op: 'subscribe', args: ['orderbook.200.OMUSDT'] });
    world.advance(epochMs(scenario.start + 120_000));
    expect(client.take()).toMatchObject([{ success: true }, { type: 'snapshot' }, { type: 'delta' }]);
    endpoint.disconnectAll();
    world.advance(epochMs(scenario.start + 240_000));
    expect([client.closed(), client.take()]).toEqual([true, []]);
  });
});
