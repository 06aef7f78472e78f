import type { HolderState, Steps } from '@breakwater/models/address-risk';
import { PIECE, sortSteps, whileSame } from '@breakwater/models/address-risk';
import type { Result } from '@breakwater/models/core';
import { ok } from '@breakwater/models/core';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Reading, SnapshotProblem, SnapshotReader } from '../evm/snapshot.ts';
import type { HeldBlock } from '../follow/window.ts';
import { inPieces, type Pause } from './in-pieces.ts';
import { createKeptBalances, keptNames, readKept } from './kept-balances.ts';
import { createSnapshotFailures } from './snapshot-failures.ts';
import type { TokenTransfer } from './token-transfer.ts';

/** A snapshot of holders that a token says it took: its number, and the place of the log that says so. */
export interface SnapshotTaken {
  readonly id: bigint;
  readonly logIndex: number;
}

/**
 * What a check found. `holders-differ`: the contract says otherwise than the transfers of a state that knew them all, so it moves units without a log, or it gives out more than there is, whatever was known; `holders-exact`: holders that were
 * not all known are from now on; `snapshot-unread`: it was given up, or failed several times in a row and is tried on; the detail says which, and why.
 */
export interface SnapshotNews {
  readonly reason: 'holders-differ' | 'holders-exact' | 'snapshot-unread';
  readonly detail: string;
}

/**
 * Holds what transfers add up to against what the contract itself says of a snapshot, the newest one that was followed. Of every address that the state knows, and where these are not all of every labelled
 * one, the balance at the snapshot is read, a few with each poll, the largest first. When the snapshot is final the state takes over what differs, and knows all holders exactly if they sum to the supply.
 */
export interface SnapshotCheck {
  /** Told of each block before the state is. */
  push(block: HeldBlock, transfers: readonly TokenTransfer[], taken: SnapshotTaken | undefined): void;
  rewind(number: number): void;
  settle(number: number): void;
  /** Reads on, as the state of the contract after `tip` tells it; what was found once all is read. Rejects only when the caller stopped. */
  step(view: Reading, tip: HeldBlock, pause: Pause): Promise<SnapshotNews | undefined>;
  /** What is to be saved, by name. */
  parts(): ReadonlyMap<string, string>;
  /** What could not be read, by reason. */
  rejects(): Readonly<Record<string, number>>;
}

/** How the snapshots of a chain's tokens are read. */
export interface SnapshotSource {
  readonly reader: SnapshotReader;
  /** Addresses that may hold a token although no transfer names them. */
  readonly candidates: () => readonly string[];
  readonly log: Log;
  /** Milliseconds, of the clock by which nodes ask to wait. */
  readonly now: () => number;
}

/** What a check is made of. */
export interface SnapshotCheckDeps extends SnapshotSource {
  readonly token: string;
  readonly mint: string | undefined;
  readonly state: HolderState;
  /** Most balances that are remembered while a snapshot is read; beyond it the check is given up until the next snapshot. */
  readonly limit: number;
  readonly read: (name: string) => string | undefined;
}

/** The part that says which snapshot is being read. */
export const MARK = 'mark';
/** Balances asked for with one poll, and of these together: as many calls to each endpoint that must agree. What came before a failure is kept. [A] */
const PER_POLL = 96;
const TOGETHER = 16;
/** After so long no more are asked for with a poll, milliseconds: the chain waits for them to be followed on. [A] */
const MOST_MS = 500;
/** Failures in a row after which it is told; if they are all the contract's, it is given up. [A] */
const MOST_REFUSED = 5;
const GIVEN_UP = 'it is given up until the next one';
/** Addresses named of those that differ. */
const MOST_NAMED = 3;

interface Mark {
  readonly id: bigint;
  readonly block: number;
  readonly at: number;
}

/** How far a snapshot is read. */
interface Progress {
  readonly supply: bigint;
  readonly asked: Set<string>;
  queue: readonly string[];
  next: number;
  /** What is asked for next, until it is answered. */
  batch: readonly string[];
  sum: bigint;
  readonly differences: Map<string, bigint>;
  /** Whether those were asked for of which no transfer is known. */
  isEverybody: boolean;
}

/** The names of the parts that a mark has beside it. */
export function markNames(mark: string | undefined): readonly string[] {
  return mark === undefined || mark === '' ? [] : keptNames((JSON.parse(mark) as { readonly kept: number }).kept);
}

/** Makes a check, which goes on with the snapshot that was being read. Throws on what was saved and is damaged. */
export function createSnapshotCheck({ token, mint, state, reader, candidates, log, now: time, limit, read }: SnapshotCheckDeps): SnapshotCheck {
  const saved = read(MARK) ?? '';
  let mark: Mark | undefined = saved === '' ? undefined : readMark(saved);
  let told = saved;
  // What addresses had at the snapshot that moved something since.
  const kept = createKeptBalances(readKept(markNames(saved).map(read)));
  let settled = 0;
  let progress: Progress | undefined;
  const failures = createSnapshotFailures({ token, log, now: time });
  // Found out while a block was pushed, told with the next step.
  let owed: SnapshotNews | undefined;

  const drop = (): void => {
    mark = undefined;
    progress = undefined;
    kept.clear();
  };
  const unread = ({ id }: Mark, why: string, next: string): SnapshotNews => ({ reason: 'snapshot-unread', detail: `${token}: snapshot ${id}: ${why}; ${next}` });
  const then = (address: string): bigint => kept.get(address) ?? state.get(address)?.balance ?? 0n;
  const keep = (now: Mark, transfers: readonly TokenTransfer[], before: ReadonlyMap<string, bigint>): void => {
    // What moves nothing changes nothing: anybody can make a stranger send 0.
    for (const { from, to } of transfers.filter(({ amount }) => amount !== '0')) for (const address of [from, to]) if (address !== mint && kept.get(address) === undefined) kept.set(address, (state.get(address)?.balance ?? 0n) + (before.get(address) ?? 0n));
    if (kept.size() <= limit) return;
    owed = unread(now, `more than ${limit} addresses moved something before it was read`, GIVEN_UP);
    failures.count('snapshot-overtaken', owed.detail);
    drop();
  };
  const refused = (now: Mark, problem: SnapshotProblem, of: string): SnapshotNews | undefined => {
    failures.refused(problem);
    if (failures.refusedInRow() < MOST_REFUSED) return toldOnce(now, `${of}: ${problem}`);
    drop();
    failures.worked();
    return unread(now, `${of}: ${problem}`, GIVEN_UP);
  };
  const toldOnce = (now: Mark, why: string): SnapshotNews | undefined => (failures.inRow() === MOST_REFUSED ? unread(now, why, 'it is tried on') : undefined);
  const begin = async (view: Reading, tip: HeldBlock, { id }: Mark, pause: Pause): Promise<Result<Progress, SnapshotProblem>> => {
    const supply = await reader.supplyAt(view, tip, token, id);
    if (!supply.ok) return supply;
    return ok({ supply: supply.value, asked: new Set(), queue: await inPieces(whileSame(() => state.revision(), knownLargestFirst(state)), pause), next: 0, batch: [], sum: 0n, differences: new Map(), isEverybody: false });
  };
  /** The next addresses to ask for; none when all were. */
  const batchOf = (now: Progress): readonly string[] => {
    for (;;) {
      const batch: string[] = [];
      for (; now.next < now.queue.length && batch.length < PER_POLL; now.next++) {
        const address = now.queue[now.next] ?? '';
        if (address !== mint && !now.asked.has(address)) batch.push(address);
      }
      if (batch.length > 0) return batch;
      const met = kept.addresses().filter((address) => !now.asked.has(address));
      if (met.length === 0 && (now.isEverybody || now.sum >= now.supply)) return [];
      now.queue = met.length > 0 ? met : candidates();
      now.isEverybody ||= met.length === 0;
      now.next = 0;
    }
  };
  const take = (now: Progress, batch: readonly string[], balances: readonly bigint[]): void => {
    batch.forEach((address, i) => {
      const balance = balances[i] ?? 0n;
      now.asked.add(address);
      now.sum += balance;
      if (balance !== then(address)) now.differences.set(address, balance - then(address));
    });
  };
  const finish = ({ id, at }: Mark, { supply, sum, differences, asked }: Progress): SnapshotNews | undefined => {
    const { isComplete } = state.figures();
    const said = [...differences].slice(0, MOST_NAMED).map(([address, difference]) => `${address} has ${then(address) + difference} and not ${then(address)}`);
    const isAll = sum === supply;
    drop();
    // That what is known does not make up the supply says nothing new where it is known not to be all.
    if (differences.size === 0 && (isAll ? isComplete : !isComplete && sum < supply)) return undefined;
    // A contract that gives out more than there is says nothing of anybody.
    state.correct(sum > supply ? [] : differences, at, isAll);
    const whole = isAll ? 'all holders are known' : `what these hold sums to ${sum} of ${supply}, so not all holders are known`;
    if (isComplete || sum > supply) return { reason: 'holders-differ', detail: `${token}: at snapshot ${id} ${differences.size} of ${asked.size} addresses hold something else than their transfers add up to${said.map((one) => `; ${one}`).join('')}; ${whole}` };
    return isAll ? { reason: 'holders-exact', detail: `${token}: from snapshot ${id} on ${whole}` } : undefined;
  };
  const readOn = async (view: Reading, tip: HeldBlock, now: Mark, pause: Pause): Promise<SnapshotNews | undefined> => {
    if (progress === undefined) {
      const begun = await begin(view, tip, now, pause);
      if (!begun.ok) return refused(now, begun.error, 'the supply');
      progress = begun.value;
      failures.worked();
    }
    if (progress.batch.length === 0) progress.batch = batchOf(progress);
    const begunAt = time();
    while (progress.batch.length > 0 && time() - begunAt < MOST_MS) {
      const some = progress.batch.slice(0, TOGETHER);
      const balances = await reader.balancesAt(view, tip, token, now.id, some);
      if (!balances.ok) return refused(now, balances.error, 'balances');
      take(progress, some, balances.value);
      progress.batch = progress.batch.slice(TOGETHER);
      failures.worked();
    }
    if (progress.batch.length === 0) progress.batch = batchOf(progress);
    return progress.batch.length === 0 && settled >= now.block ? finish(now, progress) : undefined;
  };
  return {
    push: (block, transfers, taken) => {
      // One that is being read is read to its end; where that fails the next one takes its place.
      if (taken === undefined || (progress !== undefined && failures.inRow() === 0)) {
        if (mark !== undefined) keep(mark, transfers, new Map());
        return;
      }
      drop();
      mark = { id: taken.id, block: block.number, at: block.timestamp };
      keep(mark, transfers.filter(({ logIndex }) => logIndex > taken.logIndex), netOf(transfers.filter(({ logIndex }) => logIndex < taken.logIndex)));
    },
    rewind: (number) => {
      settled = Math.min(settled, number);
      if (mark !== undefined && number < mark.block) drop();
    },
    settle: (number) => {
      settled = Math.max(settled, number);
    },
    step: async (view, tip, pause) => {
      const said = owed;
      owed = undefined;
      if (said !== undefined) return said;
      const now = mark;
      if (now === undefined || view.read === undefined || failures.mustWait()) return undefined;
      return readOn(view, tip, now, pause).catch((error: unknown) => {
        if (!(error instanceof BreakwaterError) || error.code === 'aborted') throw error;
        failures.unread(error);
        return toldOnce(now, error.message);
      });
    },
    parts: () => {
      const parts = new Map(kept.parts());
      const text = mark === undefined ? '' : JSON.stringify({ id: mark.id.toString(), block: mark.block, at: mark.at, kept: kept.size() });
      if (text !== told) parts.set(MARK, text);
      told = text;
      return parts;
    },
    rejects: () => failures.counts(),
  };
}

/** All addresses of a state, those that hold most first. */
function* knownLargestFirst(state: HolderState): Steps<readonly string[]> {
  const known: (readonly [address: string, size: number])[] = [];
  for (const [address, { balance }] of state.entries()) {
    known.push([address, Number(balance)]);
    if (known.length % PIECE === 0) yield;
  }
  return (yield* sortSteps(known, ([, a], [, b]) => b - a)).map(([address]) => address);
}

/** What some transfers change of balances. */
function netOf(transfers: readonly TokenTransfer[]): ReadonlyMap<string, bigint> {
  const net = new Map<string, bigint>();
  for (const { from, to, amount } of transfers) {
    net.set(from, (net.get(from) ?? 0n) - BigInt(amount));
    net.set(to, (net.get(to) ?? 0n) + BigInt(amount));
  }
  return net;
}

function readMark(text: string): Mark {
  const { id, block, at } = JSON.parse(text) as { readonly id: string; readonly block: number; readonly at: number };
  return { id: BigInt(id), block, at };
}
