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

/** Calls sent together. [A] */
const BATCH = 100;
const WORD = /^0x[0-9a-f]{64}$/i;

/** Exactly what each of some addresses held when a snapshot was taken. Amounts are in the smallest unit. */
export interface SnapshotHolders {
  readonly id: bigint;
  readonly totalSupply: bigint;
  /** Of the addresses that were asked for, those that held anything. */
  readonly balances: ReadonlyMap<string, bigint>;
  /** Whether these are all holders: their balances sum to the supply, and none is below 0. */
  readonly isComplete: boolean;
}

/**
 * Why there are no holders of a snapshot. `not-readable`: the nodes make no such calls; `no-snapshot`: the contract has no snapshot of that number, or is none of the kind; `bad-answer`: an answer is no
 * number; `over-supply`: the balances sum to more than the supply, so the contract does not keep its own rules.
 */
export type SnapshotProblem = 'not-readable' | 'no-snapshot' | 'bad-answer' | 'over-supply';

/** The number of the snapshot that a log says was taken; undefined where it says something else. */
export function snapshotOf(log: Pick<ChainLog, 'topics' | 'data'>): bigint | undefined {
  if (log.topics[0] !== SNAPSHOT_TOPIC) return undefined;
  const word = log.topics[1] ?? log.data.slice(0, 66);
  return WORD.test(word) ? BigInt(word) : undefined;
}

/**
 * Reads what addresses held at snapshot `id` of a token, as the state of the contract after the block `at` tells it. `view` is of one node or of a quorum of them; its failures pass through. An ERC20Snapshot
 * names no holders: `addresses` come from transfers or a list, and that they are all is proven by their sum alone. One call for each address, in batches of 100.
 */
export async function readSnapshot(view: Pick<ChainView<Entry>, 'read'>, at: BlockRef, token: string, id: bigint, addresses: Iterable<string>): Promise<Result<SnapshotHolders, SnapshotProblem>> {
  const { read } = view;
  if (read === undefined) return err('not-readable');
  const call = (data: string): ContractCall => ({ to: token, data });
  const total = amountOf((await read(at, [call(encodeFunctionData({ abi, functionName: 'totalSupplyAt', args: [id] }))]))[0]);
  if (!total.ok) return total;
  const wanted = [...new Set(addresses)];
  const balances = new Map<string, bigint>();
  let sum = 0n;
  for (let from = 0; from < wanted.length; from += BATCH) {
    const batch = wanted.slice(from, from + BATCH);
    const answers = await read(at, batch.map((address) => call(encodeFunctionData({ abi, functionName: 'balanceOfAt', args: [address as Address, id] }))));
    for (const [i, address] of batch.entries()) {
      const amount = amountOf(answers[i]);
      if (!amount.ok) return amount;
      if (amount.value > 0n) balances.set(address, amount.value);
      sum += amount.value;
    }
  }
  return sum > total.value ? err('over-supply') : ok({ id, totalSupply: total.value, balances, isComplete: sum === total.value });
}

function amountOf(answer: string | undefined): Result<bigint, SnapshotProblem> {
  if (answer === undefined || answer === '0x') return err('no-snapshot');
  return WORD.test(answer) ? ok(BigInt(answer)) : err('bad-answer');
}
