import { describe, expect, it } from '@jest/globals';
import { chainId, epochMs, err, ok } from '@breakwater/models/core';
import { BreakwaterError } from '@breakwater/platform/errors';
import { silentLog, type Log } from '@breakwater/platform/log';
import type { SnapshotReader } from '../evm/snapshot.ts';
import type { HeldBlock } from '../follow/window.ts';
import type { SnapshotNews } from './snapshot-check.ts';
import { MINT, TOKEN, nobody, watched, who } from './test-snapshot-watched.ts';
import { createTokenHolders, type TokenHolders } from './token-holders.ts';

type Move = readonly [from: string, to: string, amount: bigint];

/** A token that is followed, whose snapshots are read as `reader` answers; saved after each block. */
function following(reader: SnapshotReader, over: { readonly limit?: number; readonly canBeWhole?: boolean } = {}) {
  const store = new Map<string, string>();
  const one = { ...watched, canBeWhole: over.canBeWhole ?? true, settings: { ...watched.settings, limit: over.limit ?? watched.settings.limit } };
  let holders: TokenHolders;
  const clock = { now: 0 };
  const logged: string[] = [];
  const log: Log = { ...silentLog, warn: (event, fields) => void logged.push(`${event} ${String(fields?.['reason'])}: ${String(fields?.['detail'])}`) };
  let tip: HeldBlock = { number: 0, hash: 'h0', timestamp: epochMs(0) };
  const save = (): void => {
    for (const [name, text] of holders.parts()) store.set(name, text);
  };
  const start = (snapshots = true): void => {
    holders = createTokenHolders({ chain: chainId('eip155:1'), watched: { ...one, snapshots }, labels: nobody, snapshots: { reader, candidates: () => [], log, now: () => clock.now }, read: (name) => store.get(name) });
  };
  const mine = (moves: readonly Move[], snapshot?: bigint): void => {
    if (tip.number > 0 || moves.length > 0) tip = { number: tip.number + 1, hash: `h${String(tip.number + 1)}`, timestamp: epochMs((tip.number + 1) * 1000) };
    holders.push(tip, moves.map(([from, to, amount], logIndex) => ({ from, to, amount: amount.toString(), logIndex })), snapshot === undefined ? undefined : { id: snapshot, logIndex: moves.length });
    save();
  };
  start();
  mine([]);
  return {
    store, clock, logged, start, mine,
    settle: () => {
      holders.settle(tip.number);
    },
    check: async (): Promise<SnapshotNews | undefined> => {
      const news = await holders.check({ read: async () => [] }, tip, async () => undefined);
      save();
      return news;
    },
    balance: (address: string) => holders.state.get(address)?.balance,
    rejects: () => holders.rejects(),
    since: (address: string) => holders.state.get(address)?.since,
    folded: () => holders.state.figures().folded,
    isComplete: () => holders.state.figures().isComplete,
  };
}

describe('a snapshot that is being read', () => {
  const at = new Map([[who(1), 100n]]);
  const honest: SnapshotReader = { supplyAt: async () => ok(100n), balancesAt: async (_view, _at, _token, _id, addresses) => ok(addresses.map((address) => at.get(address) ?? 0n)) };

  it('is let go when snapshots are switched off: what moved until they are on again is not held against it', async () => {
    const one = following(honest);
    one.mine([[MINT, who(1), 100n]], 1n);
    expect(one.store.get('mark')).toMatch(/"id":"1"/);
    one.start(false);
    one.mine([[who(1), who(2), 40n]]);
    expect(await one.check()).toBeUndefined();
    one.start();
    one.settle();
    for (let i = 0; i < 10; i++) expect(await one.check()).toBeUndefined();
    expect([one.balance(who(1)), one.balance(who(2)), one.isComplete(), one.store.get('mark')]).toEqual([60n, 40n, true, '']);
  });

  it('that no node answers for is tried ever more rarely, counted, logged and told of once, and found out when they do', async () => {
    let [isDown, asked] = [true, 0];
    const one = following({
      supplyAt: async () => {
        asked++;
        if (isDown) throw new BreakwaterError('rate-limited', 'a: eth_call: the node asked to slow down');
        return ok(100n);
      },
      balancesAt: async (_view, _at, _token, _id, addresses) => ok(addresses.map((address) => (address === who(2) ? 70n : 30n))),
    });
    one.mine([[MINT, who(1), 60n], [MINT, who(2), 40n]], 1n);
    one.settle();
    const said: (SnapshotNews | undefined)[] = [];
    for (let i = 0; i < 200; i++) said.push(await one.check());
    const told = { reason: 'snapshot-unread', detail: `${TOKEN}: snapshot 1: a: eth_call: the node asked to slow down; it is tried on` };
    expect(said.filter((news) => news !== undefined)).toEqual([told]);
    // After 2, 4, 8, 16 and 32 polls that were passed over, then after 64 each.
    expect([asked, one.rejects(), one.logged]).toEqual([8, { 'snapshot-unread': 8 }, ['chain.snapshot-rejected snapshot-unread: a: eth_call: the node asked to slow down']]);
    isDown = false;
    for (let i = 0; i < 70; i++) said.push(await one.check());
    expect(said.filter((news) => news !== undefined).map(({ reason }) => reason)).toEqual(['snapshot-unread', 'holders-differ']);
    expect([one.balance(who(1)), one.balance(who(2)), one.rejects()]).toEqual([30n, 70n, { 'snapshot-unread': 8 }]);
  });

  it('that nodes and contract refuse by turns is given up for what the contract says alone', async () => {
    let asked = 0;
    const one = following({
      supplyAt: async () => {
        if (++asked % 2 === 0) throw new BreakwaterError('http-failed', 'no answer');
        return err('no-snapshot');
      },
      balancesAt: async () => ok([]),
    });
    one.mine([[MINT, who(1), 100n]], 1n);
    const said: (SnapshotNews | undefined)[] = [];
    for (let i = 0; i < 1_000; i++) said.push(await one.check());
    expect(said.flatMap((news) => (news === undefined ? [] : [news.detail]))).toEqual([`${TOKEN}: snapshot 1: the supply: no-snapshot; it is tried on`, `${TOKEN}: snapshot 1: the supply: no-snapshot; it is given up until the next one`]);
    expect([asked, one.rejects()]).toEqual([9, { 'snapshot-refused': 5, 'snapshot-unread': 4 }]);
  });

  it('while which more addresses move than are remembered is given up, and told of', async () => {
    const one = following(honest, { limit: 20 });
    one.mine([[MINT, who(1), 100n]], 1n);
    one.mine(Array.from({ length: 20 }, (_, i): Move => [who(1), who(2 + i), 1n]));
    expect(await one.check()).toEqual({ reason: 'snapshot-unread', detail: `${TOKEN}: snapshot 1: more than 20 addresses moved something before it was read; it is given up until the next one` });
    one.settle();
    for (let i = 0; i < 10; i++) expect(await one.check()).toBeUndefined();
    expect([one.rejects(), one.store.get('mark')]).toEqual([{ 'snapshot-overtaken': 1 }, '']);
  });

  it('asks for a few balances at a time, keeps those that came before a failure, and waits as long as a node asks it to', async () => {
    const asked: string[][] = [];
    let refuses = 1;
    const one = following({
      supplyAt: async () => ok(100n),
      balancesAt: async (_view, _at, _token, _id, addresses) => {
        asked.push([...addresses]);
        if (asked.length === 3 && refuses-- > 0) throw new BreakwaterError('rate-limited', 'slow down', { retryAfterMs: 60_000 });
        return ok(addresses.map(() => 1n));
      },
    });
    one.mine(Array.from({ length: 100 }, (_, i): Move => [MINT, who(1 + i), 1n]), 1n);
    one.settle();
    await one.check();
    expect(asked.map(({ length }) => length)).toEqual([16, 16, 16]);
    one.clock.now = 59_999;
    for (let i = 0; i < 20; i++) await one.check();
    expect(asked).toHaveLength(3);
    one.clock.now = 60_000;
    await one.check();
    expect(asked.map(({ length }) => length)).toEqual([16, 16, 16, 16, 16, 16, 16]);
    expect(asked[3]).toEqual(asked[2]);
    expect([await one.check(), one.isComplete(), one.store.get('mark')]).toEqual([undefined, true, '']);
    expect([asked.at(-1)?.length, new Set(asked.flat()).size]).toEqual([4, 100]);
  });

  it('asks for no more with a poll than what is answered in half a second, nor for more than some', async () => {
    const asked: number[] = [];
    const one = following({
      supplyAt: async () => ok(1_000n),
      balancesAt: async (_view, _at, _token, _id, addresses) => {
        asked.push(addresses.length);
        one.clock.now += asked.length < 5 ? 250 : 1;
        return ok(addresses.map(() => 1n));
      },
    });
    one.mine(Array.from({ length: 1_000 }, (_, i): Move => [MINT, who(1 + i), 1n]), 1n);
    const polls: number[] = [];
    for (let i = 0; i < 4; i++) {
      const before = asked.length;
      await one.check();
      polls.push(asked.slice(before).reduce((sum, some) => sum + some, 0));
    }
    expect(polls).toEqual([32, 32, 32, 96]);
  });

  it.each([true, false])('of a contract that gives out more than there is changes nothing and is told of, whether all holders were known (%s) or not', async (known) => {
    const one = following({ supplyAt: async () => ok(100n), balancesAt: async (_view, _at, _token, _id, addresses) => ok(addresses.map(() => 60n)) }, { canBeWhole: known });
    one.mine([[MINT, who(1), 100n]]);
    one.mine([[who(1), who(2), 60n]], 1n);
    expect(one.isComplete()).toBe(known);
    one.settle();
    const news = await one.check();
    expect(news).toEqual({ reason: 'holders-differ', detail: `${TOKEN}: at snapshot 1 1 of 2 addresses hold something else than their transfers add up to; ${who(1)} has 60 and not 40; what these hold sums to 120 of 100, so not all holders are known` });
    expect([one.balance(who(1)), one.balance(who(2)), one.isComplete()]).toEqual([40n, 60n, false]);
  });

  it('says nothing new of addresses that were folded away: whoever is met first is still known from the first on', async () => {
    const truth = new Map(Array.from({ length: 60 }, (_, i): [string, bigint] => [who(1 + i), 50n * BigInt(1 + i)]));
    const one = following({ supplyAt: async () => ok([...truth.values()].reduce((sum, held) => sum + held, 0n)), balancesAt: async (_view, _at, _token, _id, addresses) => ok(addresses.map((address) => truth.get(address) ?? 0n)) }, { limit: 20 });
    one.mine(Array.from({ length: 3_000 }, (_, i): Move => [MINT, who(1 + (i % 60)), BigInt(1 + (i % 60))]));
    one.settle();
    one.mine([]);
    expect(one.folded()).toBeGreaterThan(30);
    one.mine([], 1n);
    one.settle();
    for (let i = 0; i < 5; i++) expect(await one.check()).toBeUndefined();
    expect([one.store.get('mark'), one.isComplete(), one.rejects()]).toEqual(['', false, {}]);
    one.mine([[who(500), who(60), 1n]]);
    expect(one.since(who(500))).toBe(4_000);
  });
});
