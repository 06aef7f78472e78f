import { describe, expect, it } from '@jest/globals';
import { createRng } from '@breakwater/models/core';
import { createHolderState } from '@breakwater/models/address-risk';
import { decodeFunctionData, parseAbi } from 'viem';
import type { ContractCall } from '../follow/node.ts';
import { readSnapshot, snapshotOf, SNAPSHOT_TOPIC } from './snapshot.ts';

const abi = parseAbi(['function balanceOfAt(address account, uint256 snapshotId) view returns (uint256)', 'function totalSupplyAt(uint256 snapshotId) view returns (uint256)']);
const TOKEN = `0x${'0c'.repeat(20)}`;
const AT = { number: 9, hash: `0x${'9'.repeat(64)}` };
const who = (n: number): string => `0x${n.toString(16).padStart(40, '0')}`;
const word = (value: bigint): string => `0x${value.toString(16).padStart(64, '0')}`;

/** A contract that answers as an ERC20Snapshot does, with snapshot 1 alone; what it is asked at once is noted. */
function contract(balances: ReadonlyMap<string, bigint>, total: bigint) {
  const batches: number[] = [];
  const answer = ({ to, data }: ContractCall): string | undefined => {
    if (to !== TOKEN) return '0x';
    const call = decodeFunctionData({ abi, data: data as `0x${string}` });
    const id = call.functionName === 'totalSupplyAt' ? call.args[0] : call.args[1];
    if (id !== 1n) return undefined;
    return word(call.functionName === 'totalSupplyAt' ? total : balances.get(call.args[0].toLowerCase()) ?? 0n);
  };
  return {
    batches,
    read: async (at: typeof AT, calls: readonly ContractCall[]) => {
      expect(at).toBe(AT);
      batches.push(calls.length);
      return calls.map(answer);
    },
  };
}

describe('holders of a snapshot', () => {
  const rng = createRng(4);
  const balances = new Map(Array.from({ length: 250 }, (_, i): [string, bigint] => [who(i + 1), BigInt(rng.int(1e9)) * 10n ** 20n + 1n]));
  const total = [...balances.values()].reduce((sum, balance) => sum + balance, 0n);

  it('are exact, read in batches, and all when their balances sum to the supply', async () => {
    const node = contract(balances, total);
    const found = await readSnapshot(node, AT, TOKEN, 1n, [...balances.keys(), who(9999), who(1)]);
    expect(found).toEqual({ ok: true, value: { id: 1n, totalSupply: total, balances, isComplete: true } });
    expect(node.batches).toEqual([1, 100, 100, 51]);
  });

  it('without one of them are not all', async () => {
    const found = await readSnapshot(contract(balances, total), AT, TOKEN, 1n, [...balances.keys()].slice(1));
    expect(found).toMatchObject({ ok: true, value: { isComplete: false } });
  });

  it('are what a state can begin with', async () => {
    const found = await readSnapshot(contract(balances, total), AT, TOKEN, 1n, balances.keys());
    if (!found.ok) throw new Error(found.error);
    const state = createHolderState({ mint: who(0), limit: 1000, perDay: 10, venueOf: () => undefined });
    state.beginWith(AT.number, 5, found.value.balances);
    expect(state.figures()).toMatchObject({ minted: total, positive: total, holders: 250, isComplete: true });
  });

  it('there are none without the snapshot, the contract, the calls or sense', async () => {
    const node = contract(balances, total);
    expect(await readSnapshot(node, AT, TOKEN, 2n, [who(1)])).toEqual({ ok: false, error: 'no-snapshot' });
    expect(await readSnapshot(node, AT, who(5), 1n, [who(1)])).toEqual({ ok: false, error: 'no-snapshot' });
    expect(await readSnapshot({}, AT, TOKEN, 1n, [who(1)])).toEqual({ ok: false, error: 'not-readable' });
    expect(await readSnapshot({ read: async (_at, calls) => calls.map(() => '0x12') }, AT, TOKEN, 1n, [who(1)])).toEqual({ ok: false, error: 'bad-answer' });
    expect(await readSnapshot(contract(balances, 5n), AT, TOKEN, 1n, [who(1)])).toEqual({ ok: false, error: 'over-supply' });
  });

  it('a log names its snapshot, indexed or not', () => {
    expect(snapshotOf({ topics: [SNAPSHOT_TOPIC], data: word(7n) })).toBe(7n);
    expect(snapshotOf({ topics: [SNAPSHOT_TOPIC, word(8n)], data: '0x' })).toBe(8n);
    expect(snapshotOf({ topics: [word(1n)], data: word(7n) })).toBeUndefined();
    expect(snapshotOf({ topics: [SNAPSHOT_TOPIC], data: '0x' })).toBeUndefined();
  });
});
