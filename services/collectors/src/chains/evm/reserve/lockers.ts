import { toEventSelector, toFunctionSelector } from 'viem';
import type { ContractCall } from '../../follow/node.ts';
import { TRANSFER_TOPIC } from '../map.ts';
import type { LockConfig } from './config.ts';

/** A word of an answer or of an event's arguments in their order, indexed or not: its place, or the last one. */
type Place = number | 'last';

/** A log by which a lock moves or liquidity leaves it. */
export interface LockEvent {
  readonly address: string;
  readonly topic: string;
  /** `maybe`: it may be of another lock of that contract, and is no event but a reason to read again. */
  readonly is: 'lock' | 'unlock' | 'maybe';
  /** Only where the first argument is this word: a contract holds the locks of many. */
  readonly first: string | undefined;
  /** The new end, or how much left. */
  readonly value: Place;
  /** Whom it went to, where the event says so. */
  readonly account: number | undefined;
  /** The topic of another log of the lock that tells it better, where the transaction has one with the same first argument. */
  readonly unless?: string;
}

/** How a lock is read: its end, and what it still holds where that is to be had; and the logs that concern it. */
export interface WatchedLock {
  readonly address: string;
  readonly until: ContractCall & { readonly place: number };
  /** `less`: what was taken out already. */
  readonly held: (ContractCall & { readonly place: number; readonly less?: number }) | undefined;
  readonly events: readonly LockEvent[];
}

const word = (value: string | bigint): string => (typeof value === 'bigint' ? value.toString(16) : value.slice(2)).padStart(64, '0');
const BALANCE_OF = '0x70a08231';

/** A lock of the config, ready to be read. Pure. */
export function watchedLock(lock: LockConfig): WatchedLock {
  switch (lock.locker) {
    case 'own': return ownLock(lock);
    case 'timelock': return timelock(lock);
    case 'pinklock': return pinkLock(lock);
    case 'uncx': return uncx(lock);
  }
}

/** A contract of one lock, by the functions and events that the config names. */
function ownLock({ address, until, extended, released }: Extract<LockConfig, { readonly locker: 'own' }>): WatchedLock {
  return {
    address, until: { to: address, data: toFunctionSelector(until), place: 0 }, held: undefined,
    events: [
      { address, topic: toEventSelector(extended), is: 'lock', first: undefined, value: 'last', account: undefined },
      { address, topic: toEventSelector(released), is: 'unlock', first: undefined, value: 'last', account: 0 },
    ],
  };
}

/**
 * OpenZeppelin's `TokenTimelock` (https://docs.openzeppelin.com/contracts/4.x/api/token/erc20, read 2026-11), as AMT's `liqLocker` is one (https://github.com/AutoMiningToken/amtEnviroment, Production/contracts/Master.sol,
 * read 2026-11: two years from the day of locking). It has no event and its `releaseTime()` stays when it is empty: what it holds is its balance, and what left it are transfers of the token.
 */
function timelock({ address, token }: Extract<LockConfig, { readonly locker: 'timelock' }>): WatchedLock {
  return {
    address, until: { to: address, data: toFunctionSelector('releaseTime()'), place: 0 }, held: { to: token, data: `${BALANCE_OF}${word(address)}`, place: 0 },
    events: [{ address: token, topic: TRANSFER_TOPIC, is: 'unlock', first: `0x${word(address)}`, value: 2, account: 1 }],
  };
}

/**
 * PinkSale's `PinkLock02` (https://github.com/Web3Damo/Web3-Clones, 03_TokenLocker/TokenLocker/PinkLock02.sol, a copy of the verified contract; on BNB chain 0x407993575c91ce7643a4d4cCACc9A98c36eE1BBE; read 2026-11): one lock by
 * its number. A lock is (id, token, owner, amount, lockDate, tgeDate, tgeBps, cycle, cycleBps, unlockedAmount, description), behind one word that says where it begins. Its end is the first date at which anything is free.
 * With the last of what vests, `LockRemoved` says all that ever vested and `LockVested` what left now: then the former is passed over.
 */
function pinkLock({ address, id }: Extract<LockConfig, { readonly locker: 'pinklock' }>): WatchedLock {
  const call = { to: address, data: `${toFunctionSelector('getLockById(uint256)')}${word(BigInt(id))}` };
  const first = `0x${word(BigInt(id))}`;
  const vested = toEventSelector('LockVested(uint256,address,address,uint256,uint256,uint256)');
  return {
    address, until: { ...call, place: 6 }, held: { ...call, place: 4, less: 10 },
    events: [
      { address, topic: toEventSelector('LockUpdated(uint256,address,address,uint256,uint256)'), is: 'lock', first, value: 4, account: undefined },
      { address, topic: toEventSelector('LockRemoved(uint256,address,address,uint256,uint256)'), is: 'unlock', first, value: 3, account: 2, unless: vested },
      { address, topic: vested, is: 'unlock', first, value: 3, account: 2 },
    ],
  };
}

/**
 * UNCX (UniCrypt) `UniswapV2Locker` and its copies on other chains (https://github.com/indexer3/ethereum-lake, contracts/unicrypt/unicrypt_uniswap_v2_locker.go, read 2026-11): one lock of a token by its number,
 * `tokenLocks(token, number)` = (lockDate, amount, initialAmount, unlockDate, lockID, owner). Putting its end off writes no event: it is known with the next reading. `onWithdraw` names the token and not the lock: anybody's
 * withdrawal of that token writes it, so it is only a reason to read the lock again.
 */
function uncx({ address, token, id }: Extract<LockConfig, { readonly locker: 'uncx' }>): WatchedLock {
  const call = { to: address, data: `${toFunctionSelector('tokenLocks(address,uint256)')}${word(token)}${word(BigInt(id))}` };
  return {
    address, until: { ...call, place: 3 }, held: { ...call, place: 1 },
    events: [{ address, topic: toEventSelector('onWithdraw(address,uint256)'), is: 'maybe', first: `0x${word(token)}`, value: 1, account: undefined }],
  };
}

/** The words of an answer; undefined where it is none of the ABI's. */
export function wordsOfAnswer(answer: string): readonly bigint[] | undefined {
  if (!/^0x([0-9a-f]{64})+$/.test(answer)) return undefined;
  return (answer.slice(2).match(/.{64}/g) ?? []).map((one) => BigInt(`0x${one}`));
}
