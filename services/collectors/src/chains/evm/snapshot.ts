import type { Result } from '@breakwater/models/core';
import { err, ok } from '@breakwater/models/core';
import { encodeFunctionData, parseAbi, toEventSelector } from 'viem';
import type { Address } from 'viem';
import type { BlockRef, ChainView, ContractCall, Entry } from '../follow/node.ts';
import type { ChainLog } from './map.ts';

/** The interface of OpenZeppelin's ERC20Snapshot (contracts 4.x, token/ERC20/extensions/ERC20Snapshot.sol): balances as they were when a snapshot was taken, for good. */
const abi = parseAbi(['function balanceOfAt(address account, uint256 snapshotId) view returns (uint256)', 'function totalSupplyAt(uint256 snapshotId) view returns (uint256)']);
/** The first topic of `Snapshot(uint256 id)`. */
export const SNAPSHOT_TOPIC: string = toEventSelector('Snapshot(uint256)');

const WORD = /^0x[0-9a-f]{64}$/i;

/** Why a snapshot cannot be read. `not-readable`: the nodes make no such calls; `no-snapshot`: the contract has no snapshot of that number, or is none of the kind; `bad-answer`: an answer is no number. */
export type SnapshotProblem = 'not-readable' | 'no-snapshot' | 'bad-answer';

/** The number of the snapshot that a log says was taken; undefined where it says something else. */
export function snapshotOf(log: Pick<ChainLog, 'topics' | 'data'>): bigint | undefined {
  if (log.topics[0] !== SNAPSHOT_TOPIC) return undefined;
  const word = log.topics[1] ?? log.data.slice(0, 66);
  return WORD.test(word) ? BigInt(word) : undefined;
}

/** A token that keeps snapshots, as the state of the contract after the block `at` tells them. `view` is of one node or of a quorum of them; its failures pass through. Amounts are in the smallest unit. */
export interface SnapshotReader {
  /** The supply at snapshot `id`. */
  supplyAt(view: Reading, at: BlockRef, token: string, id: bigint): Promise<Result<bigint, SnapshotProblem>>;
  /** What each of some addresses held then, in their order: one call for each. A contract of this kind names no holders: that addresses are all of them is proven by the sum of what they hold alone. */
  balancesAt(view: Reading, at: BlockRef, token: string, id: bigint, addresses: readonly string[]): Promise<Result<readonly bigint[], SnapshotProblem>>;
}

/** What contracts are asked through. */
export type Reading = Pick<ChainView<Entry>, 'read'>;

/** Reads an ERC20Snapshot. */
export const erc20Snapshots: SnapshotReader = {
  supplyAt: async (view, at, token, id) => {
    const found = await amountsOf(view, at, [{ to: token, data: encodeFunctionData({ abi, functionName: 'totalSupplyAt', args: [id] }) }]);
    return found.ok ? ok(found.value[0] ?? 0n) : found;
  },
  balancesAt: (view, at, token, id, addresses) => amountsOf(view, at, addresses.map((address) => ({ to: token, data: encodeFunctionData({ abi, functionName: 'balanceOfAt', args: [address as Address, id] }) }))),
};

async function amountsOf({ read }: Reading, at: BlockRef, calls: readonly ContractCall[]): Promise<Result<readonly bigint[], SnapshotProblem>> {
  if (read === undefined) return err('not-readable');
  const amounts: bigint[] = [];
  for (const answer of await read(at, calls)) {
    if (answer === undefined || answer === '0x') return err('no-snapshot');
    if (!WORD.test(answer)) return err('bad-answer');
    amounts.push(BigInt(answer));
  }
  return amounts.length === calls.length ? ok(amounts) : err('bad-answer');
}
