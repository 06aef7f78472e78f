import { describe, expect, it } from '@jest/globals';
import type { HoldersMessage } from '@breakwater/contracts';
import { createHolderState, partNames } from '@breakwater/models/address-risk';
import { assetId, chainId, createRng, type ChainId, type Rng } from '@breakwater/models/core';
import type { Journal } from '@breakwater/platform/store';
import { createSimulatedDisk, type Endpoint, type SimulatedDisk, type SimulatedStore } from '@breakwater/platform/simulated';
import { antelopeFeedOf } from '../antelope/config.ts';
import { createAntelopeFeed } from '../antelope/feed.ts';
import { CHAIN_ID, createTestChain } from '../antelope/test-nodeos.ts';
import { evmFeedConfig } from '../evm/config.ts';
import { createEvmFeed } from '../evm/feed.ts';
import { NATIVE } from '../evm/map.ts';
import { createMemoryChain } from '../evm/test-memory-chain.ts';
import { createRig, START, TOKEN, type RigOptions } from '../evm/test-rig.ts';
import type { WatchedHolders } from './watched.ts';

const asset = assetId('OM');
const MINT = `0x${'0'.repeat(40)}`;
const FINAL_DEPTH = 20;
const MOST_DEEP = 8;
const rules = { limit: 10_000, everySeconds: 1, atOnceShare: 0.01, dormantWeight: 0.5 };

/** A transfer in smallest units. */
interface Moved {
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
}

/** A chain that can be reorganised, of one family, and a feed of it that keeps holders. */
interface Family {
  readonly chain: ChainId;
  readonly watched: WatchedHolders;
  readonly owners: readonly string[];
  readonly nodes: Readonly<Record<string, Endpoint>>;
  /** Mines a block a step; the same transfers, or others, where it replaces one. */
  readonly mine: (transfers: readonly Moved[]) => void;
  readonly reorg: (depth: number, transfersOf: () => readonly Moved[]) => void;
  readonly height: () => number;
  /** What the chain as it is has moved, and its tip as the keeper names it. */
  readonly moved: () => readonly Moved[];
  readonly tip: () => string;
  readonly feed: (deps: Parameters<NonNullable<RigOptions['feed']>>[0]) => ReturnType<typeof createEvmFeed>;
}

/** Everybody is an owner by himself. */
const labels = (address: string): string => `fund:x${address.slice(-12)}`;

function evmFamily(seed: number, token: string): Family {
  const chain = createMemoryChain(`crash ${token} ${seed}`, START / 1000 - 1200);
  let serial = 0;
  const planned = (transfers: readonly Moved[]) => transfers.map(({ from, to, amount }) => ({ token, from, to, value: amount, tx: `0x${(++serial).toString(16).padStart(64, '0')}` }));
  const watched: WatchedHolders = { asset, token, perUnit: 1, mint: MINT, createdBlock: undefined, canBeWhole: token !== NATIVE, knownSupply: undefined, labelOf: (label) => label, snapshots: false, settings: rules, isAt: () => true };
  return {
    chain: chainId('eip155:1'), watched, owners: [MINT, ...Array.from({ length: 9 }, (_, i) => `0x${(i + 1).toString(16).padStart(40, 'a')}`)], nodes: { a: chain.node({ finalizedDepth: FINAL_DEPTH }), b: chain.node({ finalizedDepth: FINAL_DEPTH }) },
    mine: (transfers) => void chain.mine(chain.head().timestamp + 12, planned(transfers)), reorg: (depth, transfersOf) => chain.reorg(depth, () => planned(transfersOf())), height: () => chain.head().number,
    moved: () => chain.blocks().flatMap(({ transfers }) => transfers.map(({ from, to, value }) => ({ from, to, amount: value }))), tip: () => `${chain.head().number}:${chain.head().hash}`,
    feed: (deps) => createEvmFeed({
      ...deps, chain: chainId('eip155:1'), tokens: [{ asset, address: token, decimals: 0, symbol: 'OM' }], labels, holders: [watched],
      config: { ...evmFeedConfig.parse({}), startBlock: 0, settleEveryMs: 1, maxReorgDepth: 12, heldBlocks: 32, confirmations: FINAL_DEPTH, backfillBlocks: 16, singleBlocks: 16 },
    }),
  };
}

function antelopeFamily(seed: number): Family {
  const chain = createTestChain(`crash ${seed}`, START - 60_000);
  const id = chainId(`antelope:${CHAIN_ID.slice(0, 32)}`);
  let serial = 0;
  const planned = (transfers: readonly Moved[]) => transfers.map(({ from, to, amount }) => ({ contract: 'eosio.token', from, to, quantity: `${(Number(amount) / 1e4).toFixed(4)} EOS`, tx: (++serial).toString(16).padStart(64, '0') }));
  const watched: WatchedHolders = { asset, token: 'eosio.token:EOS', perUnit: 1, mint: undefined, createdBlock: undefined, canBeWhole: false, knownSupply: undefined, labelOf: (label) => label, snapshots: false, settings: rules, isAt: () => true };
  return {
    chain: id, watched, owners: ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace'], nodes: { a: chain.node({ irreversibleDepth: FINAL_DEPTH }) },
    mine: (transfers) => chain.produce(1, () => planned(transfers)), reorg: (depth, transfersOf) => chain.fork(depth, () => planned(transfersOf())), height: () => chain.head().number,
    moved: () => chain.blocks().flatMap(({ actions }) => actions.map(({ from, to, quantity }) => ({ from, to, amount: BigInt(Math.round(Number(quantity.split(' ')[0]) * 1e4)) }))), tip: () => `${chain.head().number}:${chain.head().id}`,
    feed: (deps) => createAntelopeFeed({ ...deps, chain: id, tokens: [{ asset, address: 'eosio.token:EOS', decimals: 4, symbol: 'EOS' }], labels, holders: [watched], config: { ...antelopeFeedOf({ startBlock: 1, pollEveryMs: 500, settleEveryMs: 500 }) } }),
  };
}

/** Balances, added up from nothing. What nothing moved has none. */
function recount(moved: readonly Moved[], mint: string | undefined): ReadonlyMap<string, bigint> {
  const balances = new Map<string, bigint>();
  for (const { from, to, amount } of moved.filter((one) => one.amount > 0n)) {
    if (from !== mint) balances.set(from, (balances.get(from) ?? 0n) - amount);
    if (to !== mint) balances.set(to, (balances.get(to) ?? 0n) + amount);
  }
  return balances;
}

/** The state as it stands on the disk. */
async function saved(journal: Journal, { chain, watched }: Family): Promise<{ readonly balances: ReadonlyMap<string, bigint>; readonly tip: string | undefined; readonly lostReorgs: number }> {
  const keyOf = (name: string): string => `chain:${chain}:holders:${watched.token}${name === '' ? '' : `:${name}`}`;
  const parts = new Map<string, string>();
  const header = await journal.checkpoint(keyOf(''));
  for (const name of ['', ...partNames(header)]) parts.set(name, (await journal.checkpoint(keyOf(name))) ?? '');
  const state = createHolderState({ mint: watched.mint, limit: rules.limit, perDay: 4_000, venueOf: () => undefined }, (name) => parts.get(name));
  return { balances: new Map([...state.entries()].map(([address, { balance }]) => [address, balance])), tip: await journal.checkpoint(keyOf('tip')), lostReorgs: state.figures().lostReorgs };
}

/** A history with stops at any write: before it, in it, after it, or its answer lost. */
async function play(seed: number, family: Family): Promise<{ readonly disk: SimulatedDisk; readonly kills: number; readonly told: HoldersMessage | undefined; readonly store: SimulatedStore }> {
  const rng = createRng(seed);
  const draw = rng.fork('faults');
  const trouble = { kill: rng.pick([0.02, 0.1, 0.25]) };
  const disk = createSimulatedDisk({ rng: rng.fork('disk'), faults: { failBefore: rng.pick([0, 0.05]), loseAck: rng.pick([0, 0.05]) } });
  let store: SimulatedStore | undefined;
  let kills = 0;
  const rig = createRig(family.nodes, {
    rng: rng.fork('rig'),
    feed: (deps) => {
      const open = disk.open();
      store = open;
      // The process is gone while the write is on its way: whether it reached the disk is drawn.
      const saveCheckpoints: Journal['saveCheckpoints'] = (values) => {
        const done = open.journal.saveCheckpoints(values);
        if (draw.chance(trouble.kill)) {
          kills++;
          disk.crash();
        }
        return done;
      };
      return family.feed({ ...deps, journal: { ...open.journal, saveCheckpoints } });
    },
  });
  const alive = async (): Promise<void> => {
    if (rig.running()) return;
    await rig.stop();
    await store?.close();
    rig.start();
  };
  const transfers = (of: Rng): readonly Moved[] => Array.from({ length: of.pick([0, 1, 1, 4]) }, () => ({ from: of.pick(family.owners), to: of.pick(family.owners), amount: BigInt(of.int(1_000_000)) })).filter(({ from, to }) => from !== to);
  for (let step = 0; step < 45; step++) {
    await alive();
    const turn = rng.next();
    if (turn < 0.6) for (let i = rng.int(4); i >= 0; i--) family.mine(transfers(rng));
    else if (turn < 0.8 && family.height() > MOST_DEEP + 2) {
      family.reorg(1 + rng.int(MOST_DEEP), () => transfers(rng));
      family.mine(transfers(rng));
    } else if (turn < 0.9) {
      // Killed between two writes.
      disk.crash();
      await rig.stop();
    }
    await rig.advance(rng.int(5_000));
  }
  trouble.kill = 0;
  disk.setFaults({ failBefore: 0, loseAck: 0 });
  await rig.advance(5_000);
  await alive();
  family.mine(transfers(rng));
  // What changed is told once enough of the chain's own time has passed.
  for (let i = 0; i < 8; i++) family.mine([]);
  await rig.advance(30_000);
  await rig.stop();
  await store?.close();
  return { disk, kills, told: rig.published.filter((message): message is HoldersMessage => message.kind === 'holders').at(-1), store: disk.open() };
}

async function holds(seeds: number, familyOf: (seed: number) => Family): Promise<number> {
  let killed = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const family = familyOf(seed);
    const { disk, kills, told, store } = await play(seed, family);
    const balances = recount(family.moved(), family.watched.mint);
    const found = await saved(store.journal, family);
    const sorted = (one: ReadonlyMap<string, bigint>) => [...one].map(([address, balance]) => `${address} ${balance}`).sort();
    expect([seed, found.tip, found.lostReorgs, sorted(found.balances)]).toEqual([seed, family.tip(), 0, sorted(balances)]);
    const positive = [...balances].filter(([, balance]) => balance > 0n);
    expect(new Set(told?.clusters.filter(({ units }) => units > 0).map(({ cluster, units }) => `${cluster} ${units}`))).toEqual(new Set(positive.map(([address, balance]) => `${labels(address)} ${balance}`)));
    killed += kills + disk.stats().failedBefore + disk.stats().lostAcks;
  }
  return killed;
}

describe('holders that are killed at any write, also while the chain is reorganised, are in the end those of a recount', () => {
  it('of a token', async () => {
    expect(await holds(5, (seed) => evmFamily(seed, TOKEN))).toBeGreaterThan(60);
  });

  it('of the coin of an EVM chain', async () => {
    expect(await holds(3, (seed) => evmFamily(seed, NATIVE))).toBeGreaterThan(30);
  });

  it('of a token of an Antelope chain', async () => {
    expect(await holds(3, antelopeFamily)).toBeGreaterThan(30);
  });
});
