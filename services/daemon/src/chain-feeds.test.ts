import { describe, expect, it } from '@jest/globals';
import { createSigner } from '@breakwater/alerting';
import type { Message } from '@breakwater/contracts';
import { createRng, defined, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createSimulatedClock, createSimulatedDisk, createSimulatedNetwork } from '@breakwater/platform/simulated';
import { createMemoryChain } from '@breakwater/simulator';
import { createChainFeeds } from './chain-feeds.ts';
import { parseConfig, type Config } from './config.ts';
import { noLabels } from './labels/label-store.ts';

const START = epochMs(1_800_000_000_000);
const [holder, exchange] = [`0x${'a'.repeat(40)}`, `0x${'b'.repeat(40)}`];
const blockMs = 1_000;

/** A chain with one token, and feeds that follow what the config says. */
async function setUp() {
  const activity = createActivity();
  const clock = createSimulatedClock({ start: START, activity });
  const chain = createMemoryChain({ chainId: 1, tokenName: 'T', tokenSymbol: 'T', holders: [{ address: holder, units: 1_000_000 }], genesisAt: epochMs(START - blockMs) });
  const asked: string[] = [];
  const network = createSimulatedNetwork({
    clock, rng: createRng(1), latencyMs: [1, 5],
    resolve: (url) => {
      asked.push(new URL(url).host);
      return chain.endpoint;
    },
  });
  const { journal, series } = createSimulatedDisk({ rng: createRng(2) }).open();
  const bus = createMemoryBus({ activity, queueLimit: 10_000 });
  const messages: Message[] = [];
  bus.subscribe('assets', { group: 'test', handler: (batch) => void messages.push(...batch) });
  bus.subscribe('global', { group: 'test', handler: (batch) => void messages.push(...batch) });
  const configOf = (assets: Readonly<Record<string, boolean>>, host = 'one.example', labelFiles: readonly string[] = []): Config => {
    const token = { chain: 'eip155:1', address: chain.token, decimals: 18 };
    const parsed = parseConfig(JSON.stringify({
      venues: { okx: {} }, assets: Object.fromEntries(Object.entries(assets).map(([asset, hasToken]) => [asset, hasToken ? { tokens: [token] } : {}])),
      chains: { 'eip155:1': { endpoints: [`http://${host}`], labels: labelFiles.length > 0 ? {} : { [exchange]: 'exchange:okx' }, labelFiles, feed: { pollEveryMs: 500, startBlock: 0, watermarkDelayMs: 0, finality: { confirmations: 3 } } } },
    }), () => '');
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
    return parsed.value;
  };
  const labels = new Map<string, Readonly<Record<string, string>>>();
  const storedLabels = { current: noLabels };
  const stop = new AbortController();
  const adapters = { clock, rng: createRng(3), network, bus, journal, series, activity, log: silentLog, metrics: createMetrics(), labels, storedLabels, signer: createSigner(new Uint8Array(32)), serve: async () => async () => undefined, onConflated: () => undefined };
  const feeds = createChainFeeds({ adapters: { ...adapters, instances: undefined, states: undefined }, config: configOf({ XYZ: true }), log: silentLog, signal: stop.signal });
  const done = feeds.run();
  /** Mines so many blocks, with a transfer of `units` in the first. */
  const mine = async (blocks: number, units = 0): Promise<void> => {
    for (let i = 0; i < blocks; i++) {
      if (i === 0 && units > 0) await chain.transfer(holder, exchange, units);
      await chain.mineAt(clock.now());
      await clock.advanceTo(epochMs(clock.now() + blockMs));
    }
  };
  const follow = async (config: Config): Promise<void> => {
    const followed = feeds.follow(config);
    await clock.advanceTo(epochMs(clock.now() + blockMs));
    await followed;
  };
  return {
    mine, follow, configOf, asked, feeds, labels, storedLabels,
    included: () => messages.flatMap((m) => (m.kind === 'transfer' && m.state === 'included' && m.toLabel === 'exchange:okx' ? [`${m.asset} ${m.units}`] : [])),
    health: () => messages.flatMap((m) => (m.kind === 'feed.health' ? [`${m.channel} ${m.status} ${m.reason}`] : [])),
    last: () => defined(messages.filter((m) => m.source === 'eip155:1').at(-1), 'a message of the chain'),
    finish: async () => {
      stop.abort();
      await clock.advanceTo(epochMs(clock.now() + blockMs));
      await done;
    },
  };
}

describe('feeds of chains under another config', () => {
  it('are not touched when nothing of theirs changed', async () => {
    const s = await setUp();
    await s.mine(3, 5);
    const before = s.asked.length;
    await s.follow(s.configOf({ XYZ: true, OTHER: false }));
    await s.mine(3, 7);
    expect(s.included()).toEqual(['XYZ 5', 'XYZ 7']);
    expect([s.health().filter((line) => line.includes('not-configured')), s.asked.length > before]).toEqual([[], true]);
    await s.finish();
  });

  it('go on from where they were with other endpoints, and leave no block out', async () => {
    const s = await setUp();
    await s.mine(3, 5);
    await s.follow(s.configOf({ XYZ: true }, 'two.example'));
    const from = s.asked.length;
    await s.mine(3, 7);
    expect(s.included()).toEqual(['XYZ 5', 'XYZ 7']);
    expect(new Set(s.asked.slice(from))).toEqual(new Set(['two.example']));
    await s.finish();
  });

  it('take over a label file that was edited', async () => {
    const s = await setUp();
    s.labels.set('labels.csv', {});
    await s.follow(s.configOf({ XYZ: true }, 'one.example', ['labels.csv']));
    await s.mine(3, 5);
    expect(s.included()).toEqual([]);
    s.labels.set('labels.csv', { [exchange]: 'exchange:okx' });
    await s.follow(s.configOf({ XYZ: true }, 'one.example', ['labels.csv']));
    await s.mine(3, 7);
    expect(s.included()).toEqual(['XYZ 7']);
    await s.finish();
  });

  it('take over labels that were imported, and not those that are more likely wrong than right', async () => {
    const s = await setUp();
    s.labels.set('labels.csv', {});
    const config = s.configOf({ XYZ: true }, 'one.example', ['labels.csv']);
    await s.follow(config);
    await s.mine(3, 5);
    const statements = [{ address: exchange, chain: 'eip155', label: 'exchange:okx', source: 'exchange-list', confidence: 0.8, statedAt: 1 }];
    s.storedLabels.current = { ...noLabels, statements, fingerprint: 'imported' };
    await s.follow(config);
    await s.mine(3, 7);
    expect(s.included()).toEqual(['XYZ 7']);
    s.storedLabels.current = { ...noLabels, statements, disputes: [{ address: exchange, by: 'Ana', reason: 'sold', at: 2 }], fingerprint: 'disputed' };
    await s.follow(config);
    await s.mine(3, 9);
    expect(s.included()).toEqual(['XYZ 7']);
    // What the config says is the operator's own word.
    s.labels.set('labels.csv', { [exchange]: 'exchange:okx' });
    await s.follow(config);
    await s.mine(3, 11);
    expect(s.included()).toEqual(['XYZ 7', 'XYZ 11']);
    await s.finish();
  });

  it('end with the last token on them, which is said, and begin with the first', async () => {
    const s = await setUp();
    await s.mine(3, 5);
    await s.follow(s.configOf({ XYZ: false }));
    expect(s.last()).toMatchObject({ kind: 'feed.health', channel: 'blocks', status: 'down', reason: 'not-configured' });
    const from = s.asked.length;
    await s.mine(3, 7);
    expect([s.asked.length, s.included()]).toEqual([from, ['XYZ 5']]);
    // What happened meanwhile is read when it is followed again.
    await s.follow(s.configOf({ XYZ: true }));
    await s.mine(3, 9);
    expect(s.included()).toEqual(['XYZ 5', 'XYZ 7', 'XYZ 9']);
    await s.finish();
  });
});
