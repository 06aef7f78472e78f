import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FeedHealthMessage, HoldersMessage, Message } from '@breakwater/contracts';
import { assetId, chainId, createRng } from '@breakwater/models/core';
import { createLabelRegistry } from '@breakwater/models/address-risk';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { silentLog } from '@breakwater/platform/log';
import { createNodeNetwork } from '@breakwater/platform/network/node';
import { encodeFunctionData, type EncodeFunctionDataParameters } from 'viem';
import { evmFeedConfig } from '../evm/config.ts';
import { createEvmFeed } from '../evm/feed.ts';
import { anvilIsHere, startAnvil } from '../evm/test-anvil.ts';
import { snapshotTokenAbi, snapshotTokenBytecode } from './test-snapshot-token.ts';
import { watchedHolders } from './watched.ts';
import { assetConfig } from '../../config.ts';

const network = createNodeNetwork({ userAgent: 'breakwater-test' });
const CHAIN = 'eip155:31337';

/** A node with the token, whose accounts have no keys to be asked for. */
async function startToken() {
  const node = await startAnvil();
  const accounts = ((await node.rpc('eth_accounts')) as readonly string[]).map((address) => address.toLowerCase());
  const send = (from: string, to: string | undefined, data: string): Promise<unknown> => node.rpc('eth_sendTransaction', [{ from, ...(to === undefined ? {} : { to }), data, gas: '0x2dc6c0' }]);
  const deployed = await send(accounts[0] ?? '', undefined, snapshotTokenBytecode);
  await node.rpc('evm_mine');
  const token = ((await node.rpc('eth_getTransactionReceipt', [deployed])) as { readonly contractAddress: string }).contractAddress.toLowerCase();
  const call = (from: string, data: EncodeFunctionDataParameters<typeof snapshotTokenAbi>) => (): Promise<unknown> => send(from, token, encodeFunctionData(data));
  // What is told of holders is told at most once in a while of the chain's own time.
  const mine = async (...calls: readonly (() => Promise<unknown>)[]): Promise<void> => {
    for (const one of calls) await one();
    await node.rpc('evm_increaseTime', [12]);
    await node.rpc('evm_mine');
  };
  const abi = snapshotTokenAbi;
  const at = (address: string) => address as `0x${string}`;
  return {
    node, token, accounts, mine,
    mint: (to: string, amount: bigint) => call(accounts[0] ?? '', { abi, functionName: 'mint', args: [at(to), amount] }),
    transfer: (from: string, to: string, amount: bigint) => call(from, { abi, functionName: 'transfer', args: [at(to), amount] }),
    seize: (from: string, to: string, amount: bigint) => call(accounts[0] ?? '', { abi, functionName: 'seize', args: [at(from), at(to), amount] }),
    snapshot: () => call(accounts[0] ?? '', { abi, functionName: 'snapshot' }),
    transferAround: (from: string, to: string, before: bigint, after: bigint) => call(from, { abi, functionName: 'transferAround', args: [at(to), before, after] }),
    /** What the contract itself says that an address holds. */
    balanceOf: async (address: string): Promise<number> => Number(await node.rpc('eth_call', [{ to: token, data: encodeFunctionData({ abi, functionName: 'balanceOf', args: [at(address)] }) }, 'latest'])),
  };
}

/** A feed that keeps holders, on the real clock and network; its store and what it published survive it. */
function keeping(token: string, url: string, startBlock: number, labelled: Readonly<Record<string, string>> = {}) {
  const asset = assetConfig.parse({ tokens: [{ chain: CHAIN, address: token, decimals: 0 }], holders: { everySeconds: 1, snapshots: true } });
  const tokens = [{ asset: assetId('AMT'), address: token, decimals: 0, symbol: 'AMT' }];
  const registry = createLabelRegistry({ statements: Object.entries(labelled).map(([address, label]) => ({ address, label, chain: 'eip155', source: 'config', confidence: 1, statedAt: 0 })) });
  const published: Message[] = [];
  const checkpoints = new Map<string, string>();
  let wake: () => void = () => undefined;
  let [abort, ended] = [new AbortController(), Promise.resolve()];
  const note = (...messages: readonly Message[]): void => {
    published.push(...messages);
    wake();
  };
  return {
    published, checkpoints,
    start: () => {
      abort = new AbortController();
      ended = createEvmFeed({
        chain: chainId(CHAIN), tokens, holders: watchedHolders(CHAIN, tokens, { AMT: asset }), endpoints: [url], network, clock: createSystemClock(), rng: createRng(1), log: silentLog, signal: abort.signal,
        labels: (address, time) => registry.labelOf(address, CHAIN, time), registry,
        config: evmFeedConfig.parse({ startBlock, pollEveryMs: 20, settleEveryMs: 20, bloom: 'exact', finality: { confirmations: 4 }, safe: 'none', maxReorgDepth: 16 }),
        publish: (_topic, message) => note(message), publishDurable: async (_topic, messages) => note(...messages),
        journal: {
          checkpoint: async (name) => checkpoints.get(name),
          saveCheckpoints: async (values) => {
            for (const [name, text] of Object.entries(values)) checkpoints.set(name, text);
            wake();
          },
        },
      }).run();
    },
    stop: async () => {
      abort.abort();
      await ended;
    },
    until: async (done: () => boolean) => {
      while (!done()) await new Promise<void>((resolve) => (wake = resolve));
    },
    news: () => published.filter((message): message is FeedHealthMessage => message.kind === 'feed.health' && /^holders-|^snapshot-/.test(message.reason)),
    holders: () => published.filter((message): message is HoldersMessage => message.kind === 'holders').at(-1),
    /** Whether the node's newest block is followed and saved. */
    isAt: (block: number) => (JSON.parse(checkpoints.get(`chain:${CHAIN}`) ?? '{"blocks":[[-1]]}') as { readonly blocks: readonly (readonly [number])[] }).blocks.at(-1)?.[0] === block,
  };
}

(anvilIsHere() ? describe : describe.skip)('a token with snapshots on a real node', () => {
  let chain: Awaited<ReturnType<typeof startToken>>;
  let feed: ReturnType<typeof keeping> | undefined;
  beforeEach(async () => {
    chain = await startToken();
  });
  afterEach(async () => {
    await feed?.stop();
    await chain.node.end();
  });
  /** Which snapshot is being read, as it was saved; empty when none is. */
  const marks = (): string | undefined => feed?.checkpoints.get(`chain:${CHAIN}:holders:${chain.token}:mark`);
  const followed = async (): Promise<void> => {
    const height = await chain.node.height();
    await feed?.until(() => feed?.isAt(height) === true);
  };
  /** Mines until the snapshot is final and read. */
  const readToTheEnd = async (): Promise<void> => {
    do {
      await chain.mine();
      await followed();
    } while (marks() !== '');
  };
  const units = (): ReadonlyMap<string, number> => new Map(feed?.holders()?.clusters.map(({ cluster, units: held }) => [cluster, held]) ?? []);
  /** Waits until holders are told as the contract itself has them. */
  const expectTruth = async (...addresses: readonly string[]): Promise<void> => {
    for (const address of addresses) {
      const truth = await chain.balanceOf(address);
      await feed?.until(() => (units().get(address) ?? 0) === truth);
    }
  };

  it('whose units moved without a log is found out at its next snapshot, also over a restart, and its holders are as it says', async () => {
    const [, a = '', b = '', c = '', d = ''] = chain.accounts;
    feed = keeping(chain.token, chain.node.url, 0);
    feed.start();
    await chain.mine(chain.mint(a, 1000n), chain.mint(b, 500n));
    await chain.mine(chain.transfer(a, c, 200n));
    await feed.until(() => feed?.holders()?.holders === 3);
    expect(feed.holders()).toMatchObject({ complete: true, supplyUnits: 1500 });
    // A snapshot that agrees is no news.
    await chain.mine(chain.snapshot());
    await readToTheEnd();
    expect(feed.news()).toEqual([]);

    await chain.mine(chain.seize(a, b, 70n));
    // In one block: a transfer before the snapshot, and one after it by the same two.
    await chain.mine(chain.transferAround(b, d, 30n, 5n), chain.transfer(c, a, 1n));
    await followed();
    await feed.stop();
    expect(feed.news()).toEqual([]);
    expect(marks()).toMatch(/"id":"2"/);
    // While nobody looked more moved than once.
    await chain.mine(chain.transfer(d, a, 35n));
    await chain.mine(chain.transfer(a, b, 100n), chain.transfer(b, c, 9n));
    for (let i = 0; i < 5; i++) await chain.mine();
    feed.start();
    await feed.until(() => (feed?.news().length ?? 0) > 0);
    const [news] = feed.news();
    expect(news?.reason).toBe('holders-differ');
    expect(news?.detail).toContain('at snapshot 2 2 of 4 addresses');
    expect(news?.detail).toContain(`${a} has 730 and not 800; ${b} has 540 and not 470`);
    await feed.until(() => units().get(a) === 666);
    await expectTruth(a, b, c, d);
    expect(feed.holders()).toMatchObject({ complete: true, supplyUnits: 1500 });

    // The next one agrees with what was taken over, also after one more restart.
    await feed.stop();
    await chain.mine(chain.transfer(a, d, 6n));
    await chain.mine(chain.snapshot());
    feed.start();
    await followed();
    expect(marks()).toMatch(/"id":"3"/);
    await readToTheEnd();
    await expectTruth(a, b, c, d);
    expect(feed.news()).toHaveLength(1);
  }, 120_000);

  it('that was followed late is known exactly from a snapshot on, once everybody who holds it is labelled or moved', async () => {
    const [, a = '', b = '', c = '', asleep = ''] = chain.accounts;
    await chain.mine(chain.mint(a, 1000n), chain.mint(asleep, 400n));
    await chain.mine(chain.transfer(a, b, 300n));
    const begin = (await chain.node.height()) + 1;
    for (const [labelled, complete] of [[{}, false], [{ [asleep]: 'fund:asleep' }, true]] as const) {
      feed = keeping(chain.token, chain.node.url, begin, labelled);
      feed.start();
      await chain.mine(chain.transfer(b, c, 10n));
      await chain.mine(chain.transfer(a, b, 1n));
      await followed();
      await feed.until(() => feed?.holders() !== undefined);
      expect(feed.holders()?.complete).toBe(false);
      await chain.mine(chain.snapshot());
      await chain.mine(chain.transfer(c, a, 2n));
      for (let i = 0; i < 5; i++) await chain.mine();
      const whole = complete ? 1400 : 1000;
      await feed.until(() => feed?.holders()?.supplyUnits === whole);
      await expectTruth(a, b, c);
      expect(feed.holders()).toMatchObject({ complete, holders: complete ? 4 : 3 });
      if (complete) expect(units().get('fund:asleep')).toBe(400);
      expect(feed.news().map(({ reason }) => reason)).toEqual(complete ? ['holders-exact'] : []);
      await feed.stop();
    }
  }, 120_000);
});
