import type { ChainId, Result } from '@breakwater/models/core';
import { err, ok, sourceId } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { BlockRef, ContractCall } from '../../follow/node.ts';
import type { ReserveReading, ReserveWatch } from '../../follow/reserve-watch.ts';
import { TRANSFER_TOPIC, type ChainLog } from '../map.ts';
import { endOf, mayUnlock, OWNER_TOPIC, reserveEvents, SNAPSHOT_TOPIC } from './events.ts';
import { wordsOfAnswer, type WatchedLock } from './lockers.ts';
import type { WatchedReserve } from './watched.ts';

/** Selectors of `balanceOf(address)` and `totalSupply()` (https://eips.ethereum.org/EIPS/eip-20). */
const BALANCE_OF = '0x70a08231';
const TOTAL_SUPPLY = '0x18160ddd';
const WORD = /^0x[0-9a-f]{64}$/;
const ADDRESS_WORD = /^0x0{24}[0-9a-f]{40}$/;
const NOBODY = '0'.repeat(40);

/** How long a reading that failed first waits, milliseconds: a node that refuses it is asked for transfers all the while [A]. */
const FIRST_WAIT_MS = 2_000;

/** What was asked of contracts, by what it is. */
type Part = 'vault' | 'supply' | 'cap' | 'owner' | 'lock' | 'held' | 'snapshot';
/** Why a reading could not be used: a call failed, its answer was no word of the ABI or no address, or too few endpoints agreed. A closed list; also a metric label. */
export type ReadingReject = `reserve-${Exclude<Part, 'snapshot'>}-refused` | `reserve-${Part}-malformed` | 'reserve-unread';

/** What a reserve reader needs. */
export interface ReserveReaderDeps {
  readonly chain: ChainId;
  readonly reserves: readonly WatchedReserve[];
  readonly clock: Clock;
  readonly log: Log;
}

/** A reader and what its chain's nodes must be asked for besides the transfers of watched tokens. */
export interface ReserveReader {
  readonly watch: ReserveWatch<ChainLog>;
  /** Contracts whose transfers are wanted: those of the vaults' tokens and of the redeemable ones. */
  readonly tokens: readonly string[];
  readonly besides: { readonly addresses: readonly string[]; readonly topics: readonly string[] };
}

/**
 * Reads reserves beside the feed of their chain: all figures of one at the same block, named by its hash, as a quorum of its endpoints answers. Each is read when the feed begins, after a poll in which
 * events of it were published or taken back, or a log may be of its lock, and every `everyMs`; what could not be read is counted and asked for again after a while that grows with each failure in a row, up to `everyMs`. One batch of at most seven calls a reading.
 */
export function createReserveReader({ chain, reserves, clock, log }: ReserveReaderDeps): ReserveReader {
  const due = new Map(reserves.map((reserve) => [reserve.asset, -Infinity]));
  const failed = new Map<string, number>();
  const rejects: Record<string, number> = {};
  const reject = ({ asset, everyMs }: WatchedReserve, reason: ReadingReject, detail?: string): void => {
    const before = failed.get(asset) ?? 0;
    failed.set(asset, before + 1);
    due.set(asset, clock.now() + Math.min(everyMs, FIRST_WAIT_MS * 2 ** Math.min(before, 30)));
    if (rejects[reason] === undefined) log.warn('chain.reserve-rejected', { chain, asset, reason, ...(detail === undefined ? {} : { detail }) });
    rejects[reason] = (rejects[reason] ?? 0) + 1;
  };
  const watch: ReserveWatch<ChainLog> = {
    events: (entry, header, ofBlock) => {
      for (const reserve of reserves) if (mayUnlock(reserve, entry)) due.set(reserve.asset, -Infinity);
      return reserveEvents(chain, reserves, entry, header.timestamp, ofBlock);
    },
    note: (messages) => {
      for (const message of messages) if (message.kind === 'reserve.event' && message.state !== 'safe' && message.state !== 'final') due.set(message.asset, -Infinity);
    },
    read: async (view, at) => {
      const readings: ReserveReading[] = [];
      for (const reserve of reserves) {
        if (view.read === undefined || clock.now() < (due.get(reserve.asset) ?? -Infinity)) continue;
        const answers = await view.read(at, callsOf(reserve).map(([, call]) => call)).catch((error: unknown) => {
          if (!(error instanceof BreakwaterError) || error.code === 'aborted') throw error;
          reject(reserve, 'reserve-unread', error.message);
          return undefined;
        });
        if (answers === undefined) continue;
        const reading = readingOf(chain, reserve, at, answers);
        if (reading.ok) {
          readings.push(reading.value);
          failed.delete(reserve.asset);
          due.set(reserve.asset, clock.now() + reserve.everyMs);
        } else reject(reserve, reading.error);
      }
      return readings;
    },
    rejects: () => rejects,
  };
  return {
    watch, tokens: [...new Set(reserves.flatMap(({ token, backing }) => [token, backing.address]))],
    besides: {
      addresses: [...new Set(reserves.flatMap(({ lock }) => lock?.events.map(({ address }) => address) ?? []))],
      topics: [...new Set([OWNER_TOPIC, SNAPSHOT_TOPIC, ...reserves.flatMap(({ lock }) => lock?.events.flatMap(({ topic }) => (topic === TRANSFER_TOPIC ? [] : [topic])) ?? [])])],
    },
  };
}

function callsOf({ token, vault, backing, cap, owner, lock, snapshot }: WatchedReserve): readonly (readonly [Part, ContractCall])[] {
  return [
    ['vault', { to: backing.address, data: `${BALANCE_OF}${vault.slice(2).padStart(64, '0')}` }],
    ['supply', { to: token, data: TOTAL_SUPPLY }],
    ['snapshot', { to: token, data: snapshot }],
    ...(typeof cap === 'string' ? [['cap', { to: token, data: cap }] as const] : []),
    ...(owner === undefined ? [] : [['owner', { to: token, data: owner }] as const]),
    ...(lock === undefined ? [] : [['lock', lock.until] as const]),
    ...(lock?.held === undefined || lock.held.data === lock.until.data ? [] : [['held', lock.held] as const]),
  ];
}

/** Makes a message of what contracts answered; a snapshot is left out where a token knows of none, everything else must be there. */
function readingOf(chain: ChainId, reserve: WatchedReserve, at: BlockRef, answers: readonly (string | undefined)[]): Result<ReserveReading, ReadingReject> {
  const words = new Map<Part, string>();
  for (const [i, [part]] of callsOf(reserve).entries()) {
    const word = answers[i];
    // A token without snapshots fails, or answers with nothing at all.
    if (part === 'snapshot' && (word === undefined || word === '0x')) continue;
    if (word === undefined) return err(`reserve-${part}-refused` as ReadingReject);
    if (part === 'lock' ? wordsOfAnswer(word) === undefined : !WORD.test(word) || (part === 'owner' && !ADDRESS_WORD.test(word))) return err(`reserve-${part}-malformed` as const);
    words.set(part, word);
  }
  const numberOf = (part: Part): bigint | undefined => {
    const word = words.get(part);
    return word === undefined ? undefined : BigInt(word);
  };
  const owner = words.get('owner')?.slice(26);
  const until = reserve.lock === undefined ? undefined : lockEnd(reserve.lock, words.get('lock') ?? '0x', words.get('held'));
  if (reserve.lock !== undefined && until === undefined) return err('reserve-lock-malformed');
  const cap = typeof reserve.cap === 'bigint' ? reserve.cap : numberOf('cap');
  return ok({
    kind: 'reserve', source: sourceId(chain), asset: reserve.asset, reserve: reserve.id, chain, block: at.number, blockHash: at.hash,
    vault: String(numberOf('vault') ?? 0n), vaultDecimals: reserve.backing.decimals, currency: reserve.currency, supply: String(numberOf('supply') ?? 0n), decimals: reserve.decimals,
    cap: cap === undefined ? null : String(cap), owner: owner === undefined || owner === NOBODY ? null : `0x${owner}`,
    liquidityLockedUntil: until === undefined ? null : endOf(until), snapshotId: words.has('snapshot') ? String(numberOf('snapshot')) : null,
  });
}

/** When a lock ends, seconds since the epoch, 0 where it holds nothing (any more); undefined where an answer is too short for what it should say. */
function lockEnd({ until, held }: WatchedLock, answer: string, heldAnswer: string | undefined): bigint | undefined {
  const words = wordsOfAnswer(answer);
  const holding = heldAnswer === undefined ? words : wordsOfAnswer(heldAnswer);
  const end = words?.[until.place];
  if (held === undefined || end === undefined) return end;
  const [amount, taken] = [holding?.[held.place], held.less === undefined ? 0n : holding?.[held.less]];
  return amount === undefined || taken === undefined ? undefined : amount > taken ? end : 0n;
}
