import type { ReserveEventMessage } from '@breakwater/contracts';
import type { ChainId, EpochMs, Result } from '@breakwater/models/core';
import { epochMs, err, ok, sourceId } from '@breakwater/models/core';
import { toEventSelector } from 'viem';
import type { ReserveEvent } from '../../follow/node.ts';
import { decodeTransfer, TRANSFER_TOPIC, type ChainLog } from '../map.ts';
import type { WatchedLock } from './lockers.ts';
import type { WatchedReserve } from './watched.ts';

/** First topic of the event by which a contract passes to another owner (OpenZeppelin's `Ownable`, https://docs.openzeppelin.com/contracts/4.x/api/access, read 2026-11). */
export const OWNER_TOPIC: string = toEventSelector('OwnershipTransferred(address,address)');
/** First topic of the event of a snapshot of holders (OpenZeppelin's `ERC20Snapshot`, https://docs.openzeppelin.com/contracts/4.x/api/token/erc20, read 2026-11). */
export const SNAPSHOT_TOPIC: string = toEventSelector('Snapshot(uint256)');

/** Why a log of a watched reserve is no event although it should be. A closed list; also a metric label. */
export type ReserveReject = 'reserve-removed' | 'reserve-bad-transfer' | 'reserve-bad-owner' | 'reserve-bad-snapshot' | 'reserve-bad-lock';

const NOBODY = `0x${'0'.repeat(40)}`;
const ADDRESS_WORD = /^0x0{24}[0-9a-f]{40}$/;
/** The last moment that a clock of milliseconds can name, seconds; an end beyond it never comes. */
const LAST_SECOND = 8_640_000_000_000n;

/** What an event is, without where it stands. */
type Found = Pick<ReserveEventMessage, 'event' | 'account' | 'until'> & { readonly amount: bigint };

/** The events that a log is, of the reserves it concerns: the vault's token moved to or from a vault, a token was minted or burnt, its owner or a lock changed. Of what moved nothing there is none. `ofBlock`: all that is read of the block, as what one log says may be in another already. Pure, O(reserves), and O(`ofBlock`) for a log of a lock that rests on others. */
export function reserveEvents(chain: ChainId, reserves: readonly WatchedReserve[], log: ChainLog, blockTime: EpochMs, ofBlock: readonly ChainLog[] = []): readonly Result<ReserveEvent, ReserveReject>[] {
  return reserves.flatMap((reserve): readonly Result<ReserveEvent, ReserveReject>[] => {
    const found = eventOf(reserve, log, ofBlock);
    if (found === undefined) return [];
    if (log.removed) return [err('reserve-removed')];
    if (!found.ok) return [found];
    const { amount, ...rest } = found.value;
    return [ok({ kind: 'reserve.event', source: sourceId(chain), asset: reserve.asset, reserve: reserve.id, chain, block: log.block, blockHash: log.blockHash, tx: log.tx, logIndex: log.logIndex, ...rest, amount: amount.toString(), blockTime })];
  });
}

function eventOf(reserve: WatchedReserve, log: ChainLog, ofBlock: readonly ChainLog[]): Result<Found, ReserveReject> | undefined {
  const [topic] = log.topics;
  if (log.address === reserve.backing.address) return topic === TRANSFER_TOPIC ? ofVault(reserve, log) : undefined;
  if (log.address === reserve.token) {
    if (topic === TRANSFER_TOPIC) return ofSupply(log);
    if (topic === OWNER_TOPIC) return ofOwner(log);
    return topic === SNAPSHOT_TOPIC ? ofSnapshot(reserve, log) : undefined;
  }
  return reserve.lock === undefined ? undefined : ofLock(reserve.lock, log, ofBlock);
}

function ofVault({ vault }: WatchedReserve, log: ChainLog): Result<Found, ReserveReject> | undefined {
  const decoded = decodeTransfer(log);
  if (!decoded.ok) return log.topics.some((word) => word.endsWith(vault.slice(2))) ? err('reserve-bad-transfer') : undefined;
  const { from, to, value } = decoded.value;
  // Anybody can send nothing, as often as they like: that is no event.
  if (value === 0n || from === to || (from !== vault && to !== vault)) return undefined;
  return ok(to === vault ? { event: 'deposit', account: from, amount: value, until: null } : { event: 'withdrawal', account: to, amount: value, until: null });
}

function ofSupply(log: ChainLog): Result<Found, ReserveReject> | undefined {
  const decoded = decodeTransfer(log);
  if (!decoded.ok) return err('reserve-bad-transfer');
  const { from, to, value } = decoded.value;
  if (value === 0n || from === to || (from !== NOBODY && to !== NOBODY)) return undefined;
  return ok(from === NOBODY ? { event: 'mint', account: to, amount: value, until: null } : { event: 'burn', account: from, amount: value, until: null });
}

/** Whether the arguments are indexed or in the data, they come in their order. */
function wordsOf(log: ChainLog): readonly string[] {
  return [...log.topics.slice(1), ...(log.data.slice(2).match(/.{64}/g) ?? []).map((word) => `0x${word}`)];
}

function ofOwner(log: ChainLog): Result<Found, ReserveReject> {
  const [, next] = wordsOf(log);
  return next === undefined || !ADDRESS_WORD.test(next) ? err('reserve-bad-owner') : ok({ event: 'owner', account: `0x${next.slice(26)}`, amount: 0n, until: null });
}

function ofSnapshot({ token }: WatchedReserve, log: ChainLog): Result<Found, ReserveReject> {
  const [id] = wordsOf(log);
  return id === undefined ? err('reserve-bad-snapshot') : ok({ event: 'snapshot', account: token, amount: BigInt(id), until: null });
}

function ofLock(lock: WatchedLock, log: ChainLog, ofBlock: readonly ChainLog[]): Result<Found, ReserveReject> | undefined {
  const event = lock.events.find(({ address, topic }) => address === log.address && topic === log.topics[0]);
  if (event === undefined) return undefined;
  const words = wordsOf(log);
  // Of another lock of the same contract.
  if (event.first !== undefined && words[0] !== undefined && words[0] !== event.first) return undefined;
  if (event.unless !== undefined && ofBlock.some((other) => other.tx === log.tx && other.address === log.address && other.topics[0] === event.unless && wordsOf(other)[0] === words[0])) return undefined;
  const value = words.at(event.value === 'last' ? -1 : event.value);
  if (event.is === 'maybe') return undefined;
  if (value === undefined) return err('reserve-bad-lock');
  if (event.is === 'lock') return ok({ event: 'lock', account: lock.address, amount: 0n, until: endOf(BigInt(value)) });
  const who = event.account === undefined || words.length < 2 ? undefined : words[event.account];
  const amount = BigInt(value);
  // Anybody can move nothing, as often as they like.
  if (amount === 0n && event.topic === TRANSFER_TOPIC) return undefined;
  return ok({ event: 'unlock', account: who !== undefined && ADDRESS_WORD.test(who) ? `0x${who.slice(26)}` : lock.address, amount, until: null });
}

/** Whether a log may concern a reserve's lock without saying so. Pure. */
export function mayUnlock({ lock }: WatchedReserve, log: ChainLog): boolean {
  return lock?.events.some(({ is, address, topic, first }) => is === 'maybe' && address === log.address && topic === log.topics[0] && (first === undefined || wordsOf(log)[0] === first)) ?? false;
}

/** The end of a lock from seconds since the epoch: 0, which is long past, where nothing is locked (any more); null where it is for longer than any clock runs. */
export function endOf(seconds: bigint): EpochMs | null {
  return seconds > LAST_SECOND ? null : epochMs(Number(seconds) * 1_000);
}
