import { describe, expect, it } from '@jest/globals';
import { createRng } from '@breakwater/models/core';
import { decodeFunctionData, parseAbi } from 'viem';
import type { ContractCall } from '../follow/node.ts';
import { erc20Snapshots, snapshotOf, SNAPSHOT_TOPIC } from './snapshot.ts';

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

  it('are exact, in the order that was asked for', async () => {
    const node = contract(balances, total);
    const addresses = [...balances.keys(), who(9999), who(1)];
    expect(await erc20Snapshots.supplyAt(node, AT, TOKEN, 1n)).toEqual({ ok: true, value: total });
    expect(await erc20Snapshots.balancesAt(node, AT, TOKEN, 1n, addresses)).toEqual({ ok: true, value: addresses.map((address) => balances.get(address) ?? 0n) });
    expect(node.batches).toEqual([1, 252]);
  });

  it('there are none without the snapshot, the contract, the calls or sense', async () => {
    const node = contract(balances, total);
    for (const read of [erc20Snapshots.supplyAt, (...[view, at, token, id]: Parameters<typeof erc20Snapshots.supplyAt>) => erc20Snapshots.balancesAt(view, at, token, id, [who(1)])]) {
      expect(await read(node, AT, TOKEN, 2n)).toEqual({ ok: false, error: 'no-snapshot' });
      expect(await read(node, AT, who(5), 1n)).toEqual({ ok: false, error: 'no-snapshot' });
      expect(await read({}, AT, TOKEN, 1n)).toEqual({ ok: false, error: 'not-readable' });
      expect(await read({ read: async (_at, calls) => calls.map(() => '0x12') }, AT, TOKEN, 1n)).toEqual({ ok: false, error: 'bad-answer' });
      expect(await read({ read: async () => [] }, AT, TOKEN, 1n)).toEqual({ ok: false, error: 'bad-answer' });
    }
  });

  it('a log names its snapshot, indexed or not', () => {
    expect(snapshotOf({ topics: [SNAPSHOT_TOPIC], data: word(7n) })).toBe(7n);
    expect(snapshotOf({ topics: [SNAPSHOT_TOPIC, word(8n)], data: '0x' })).toBe(8n);
    expect(snapshotOf({ topics: [word(1n)], data: word(7n) })).toBeUndefined();
    expect(snapshotOf({ topics: [SNAPSHOT_TOPIC], data: '0x' })).toBeUndefined();
  });
});
