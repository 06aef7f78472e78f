import { describe, expect, it } from '@jest/globals';
import { chainId, createRng, epochMs, err, ok, type Rng } from '@breakwater/models/core';
import { BreakwaterError } from '@breakwater/platform/errors';
import { silentLog } from '@breakwater/platform/log';
import type { SnapshotReader } from '../evm/snapshot.ts';
import type { HeldBlock } from '../follow/window.ts';
import type { SnapshotNews } from './snapshot-check.ts';
import { createTokenHolders, type TokenHolders } from './token-holders.ts';
import { MINT, TOKEN, nobody, watched, who } from './test-snapshot-watched.ts';
import type { TokenTransfer } from './token-transfer.ts';

/** What happens in a block, in its order: a transfer, one of which no log tells, a snapshot. */
type Deed = { readonly kind: 'transfer' | 'silent'; readonly from: string; readonly to: string; readonly amount: bigint } | { readonly kind: 'snapshot' };
interface Block extends HeldBlock {
  readonly deeds: readonly Deed[];
}

/** What a contract holds after blocks, and at each of its snapshots. */
function contractAfter(blocks: readonly Block[]): { readonly balances: ReadonlyMap<string, bigint>; readonly snapshots: readonly ReadonlyMap<string, bigint>[] } {
  const balances = new Map<string, bigint>();
  const snapshots: ReadonlyMap<string, bigint>[] = [];
  const add = (address: string, amount: bigint): void => void balances.set(address, (balances.get(address) ?? 0n) + amount);
  for (const deed of blocks.flatMap(({ deeds }) => deeds)) {
    if (deed.kind === 'snapshot') snapshots.push(new Map(balances));
    else {
      if (deed.from !== MINT) add(deed.from, -deed.amount);
      add(deed.to, deed.amount);
    }
  }
  return { balances, snapshots };
}

const sum = (balances: ReadonlyMap<string, bigint>): bigint => [...balances.values()].reduce((all, one) => all + one, 0n);

/** A chain that is followed, reorganised, left and come back to, whose contract is read now and then, and not always with success. */
function world(rng: Rng, options: { readonly silent: number; readonly begin: number; readonly owners: number; readonly labelled: readonly string[] }) {
  const blocks: Block[] = [{ number: 0, hash: 'h0', timestamp: epochMs(0), deeds: [] }];
  const store = new Map<string, string>();
  const news: SnapshotNews[] = [];
  let serial = 0;
  let isDown = false;
  const reader: SnapshotReader = {
    supplyAt: async (_view, _at, _token, id) => {
      const found = contractAfter(blocks).snapshots[Number(id) - 1];
      return found === undefined ? err('no-snapshot') : ok(sum(found));
    },
    balancesAt: async (_view, _at, _token, id, addresses) => {
      if (isDown || rng.chance(0.2)) throw new BreakwaterError('http-failed', 'no answer');
      const found = contractAfter(blocks).snapshots[Number(id) - 1];
      return found === undefined ? err('no-snapshot') : ok(addresses.map((address) => found.get(address) ?? 0n));
    },
  };
  const made = (): TokenHolders => createTokenHolders({ chain: chainId('eip155:1'), watched, labels: nobody, snapshots: { reader, candidates: () => options.labelled, log: silentLog, now: () => 0 }, read: (name) => store.get(name) });
  let holders = made();
  const save = (): void => {
    for (const [name, text] of holders.parts()) store.set(name, text);
  };
  for (const block of options.begin === 0 ? blocks : []) holders.push(block, []);
  save();
  const push = (block: Block): void => {
    blocks.push(block);
    if (block.number < options.begin) return;
    const taken = block.deeds.findLastIndex(({ kind }) => kind === 'snapshot');
    const transfers = block.deeds.flatMap((deed, logIndex): readonly TokenTransfer[] => (deed.kind === 'transfer' ? [{ from: deed.from, to: deed.to, amount: deed.amount.toString(), logIndex }] : []));
    holders.push(block, transfers, taken < 0 ? undefined : { id: BigInt(contractAfter(blocks).snapshots.length), logIndex: taken });
    save();
  };
  const deed = (): Deed => {
    if (rng.chance(0.05)) return { kind: 'snapshot' };
    const { balances } = contractAfter(blocks);
    const from = who(1 + rng.int(options.owners));
    const has = balances.get(from) ?? 0n;
    // A block is made of what was there before it, so that nobody sends more than there is.
    if (has < 100n || rng.chance(0.1)) return { kind: 'transfer', from: MINT, to: who(1 + rng.int(options.owners)), amount: BigInt(200 + rng.int(1000)) };
    return { kind: rng.chance(options.silent) ? 'silent' : 'transfer', from, to: who(1 + rng.int(options.owners)), amount: BigInt(rng.int(20)) };
  };
  const mine = (deeds: readonly Deed[] = Array.from({ length: rng.int(5) }, deed)): void => push({ number: blocks.length, hash: `h${String(++serial)}`, timestamp: epochMs(blocks.length * 1000), deeds });
  const check = async (): Promise<void> => {
    const found = await holders.check({ read: async () => [] }, blocks.at(-1) ?? { number: 0, hash: '', timestamp: epochMs(0) }, async () => undefined);
    if (found !== undefined) news.push(found);
    save();
  };
  return {
    blocks, news, mine, check,
    holders: () => holders,
    reorg: (depth: number) => {
      blocks.splice(blocks.length - depth, depth);
      holders.rewind(blocks.length - 1);
      save();
      for (let i = 0; i <= depth; i++) mine();
    },
    settle: (depth: number) => {
      holders.settle(Math.max(0, blocks.length - 1 - depth));
      save();
    },
    restart: () => {
      holders = made();
    },
    down: (value: boolean) => {
      isDown = value;
    },
  };
}

async function play(seed: number, silent: number, begin = 0): Promise<{ readonly one: ReturnType<typeof world>; readonly reasons: readonly string[] }> {
  const rng = createRng(seed);
  const owners = rng.pick([6, 12, 230]);
  const one = world(rng, { silent, begin, owners, labelled: [] });
  for (let step = 0; step < 150; step++) {
    const turn = rng.next();
    if (turn < 0.55) one.mine();
    else if (turn < 0.65 && one.blocks.length > 12) one.reorg(1 + rng.int(5));
    else if (turn < 0.75) one.settle(6);
    else if (turn < 0.8) one.restart();
    else await one.check();
  }
  // Nothing silent any more, one more snapshot, and time enough to read it.
  for (let i = 0; i < 200; i++) await one.check();
  one.settle(0);
  for (let i = 0; i < 200; i++) await one.check();
  one.mine([{ kind: 'snapshot' }]);
  one.restart();
  one.settle(0);
  for (let i = 0; i < 200; i++) await one.check();
  return { one, reasons: one.news.map(({ reason }) => reason) };
}

describe('snapshots of a token', () => {
  it('whatever is taken back, forgotten or not answered: what is known in the end is what the contract says', async () => {
    let found = 0;
    for (let seed = 0; seed < 40; seed++) {
      const silent = seed % 2 === 0 ? 0.1 : 0;
      const { one, reasons } = await play(seed, silent);
      const { balances } = contractAfter(one.blocks);
      const { state } = one.holders();
      for (const [address, { balance }] of state.entries()) expect([seed, address, balance]).toEqual([seed, address, balances.get(address) ?? 0n]);
      // Who got something without a log, and is in no other, nobody can ask for: then it is said that these are not all.
      const isAll = state.figures().positive === sum(balances);
      expect([seed, state.figures().isComplete]).toEqual([seed, isAll]);
      if (silent === 0) expect([seed, isAll, reasons]).toEqual([seed, true, []]);
      else found += reasons.filter((reason) => reason === 'holders-differ').length;
    }
    expect(found).toBeGreaterThan(15);
  });

  it('begun late: what is known is exact, and all is known once it sums to the supply', async () => {
    const ends = new Set<boolean>();
    for (let seed = 0; seed < 20; seed++) {
      const { one } = await play(1000 + seed, 0, 30);
      const { balances } = contractAfter(one.blocks);
      const { state } = one.holders();
      for (const [address, { balance }] of state.entries()) expect([seed, address, balance]).toEqual([seed, address, balances.get(address) ?? 0n]);
      const isAll = state.figures().positive === sum(balances);
      expect([seed, state.figures().isComplete]).toEqual([seed, isAll]);
      ends.add(isAll);
    }
    expect(ends).toEqual(new Set([true, false]));
  });

  it('labelled addresses are asked for where the others are not all', async () => {
    const one = world(createRng(1), { silent: 0, begin: 2, owners: 4, labelled: [who(0xabc), who(0xdef)] });
    one.mine([{ kind: 'transfer', from: MINT, to: who(1), amount: 100n }, { kind: 'transfer', from: MINT, to: who(0xabc), amount: 900n }]);
    one.mine([{ kind: 'transfer', from: who(1), to: who(2), amount: 10n }]);
    one.mine([{ kind: 'snapshot' }]);
    one.settle(0);
    for (let i = 0; i < 30; i++) await one.check();
    expect(one.news).toEqual([{ reason: 'holders-exact', detail: `${TOKEN}: from snapshot 1 on all holders are known` }]);
    expect([...one.holders().state.entries()].map(([address, { balance }]) => [address, balance])).toEqual(expect.arrayContaining([[who(1), 90n], [who(2), 10n], [who(0xabc), 900n]]));
  });

  it('a contract that gives out more than there is changes nothing, and is told of', async () => {
    const one = world(createRng(1), { silent: 0, begin: 0, owners: 4, labelled: [] });
    one.mine([{ kind: 'transfer', from: MINT, to: who(1), amount: 100n }]);
    one.mine([{ kind: 'transfer', from: who(1), to: who(2), amount: 60n }, { kind: 'snapshot' }]);
    const lying: SnapshotReader = { supplyAt: async () => ok(100n), balancesAt: async (_view, _at, _token, _id, addresses) => ok(addresses.map(() => 60n)) };
    const store = new Map<string, string>();
    const holders = createTokenHolders({ chain: chainId('eip155:1'), watched, labels: nobody, snapshots: { reader: lying, candidates: () => [], log: silentLog, now: () => 0 }, read: (name) => store.get(name) });
    for (const block of one.blocks) holders.push(block, block.deeds.flatMap((deed, logIndex) => (deed.kind === 'snapshot' ? [] : [{ ...deed, amount: deed.amount.toString(), logIndex }])), block.number === 2 ? { id: 1n, logIndex: 1 } : undefined);
    holders.settle(2);
    const news = await holders.check({ read: async () => [] }, one.blocks[2] ?? { number: 0, hash: '', timestamp: epochMs(0) }, async () => undefined);
    expect(news?.reason).toBe('holders-differ');
    expect([holders.state.get(who(1))?.balance, holders.state.figures().isComplete]).toEqual([40n, false]);
  });

  it('what does not answer as a contract of the kind is given up, and said once', async () => {
    const one = world(createRng(1), { silent: 0, begin: 0, owners: 4, labelled: [] });
    const holders = createTokenHolders({ chain: chainId('eip155:1'), watched, labels: nobody, snapshots: { reader: { supplyAt: async () => err('no-snapshot'), balancesAt: async () => err('no-snapshot') }, candidates: () => [], log: silentLog, now: () => 0 }, read: () => undefined });
    one.mine([{ kind: 'transfer', from: MINT, to: who(1), amount: 100n }]);
    for (const block of one.blocks) holders.push(block, [], block.number === 1 ? { id: 1n, logIndex: 1 } : undefined);
    const said: unknown[] = [];
    for (let i = 0; i < 100; i++) said.push(await holders.check({ read: async () => [] }, one.blocks[1] ?? { number: 0, hash: '', timestamp: epochMs(0) }, async () => undefined));
    expect(said.filter((news) => news !== undefined)).toEqual([{ reason: 'snapshot-unread', detail: `${TOKEN}: snapshot 1: the supply: no-snapshot; it is given up until the next one` }]);
  });
});
