import type { EpochMs } from '@breakwater/models/core';
import type { AccountEvent, AccountPosition } from '../venue.ts';

/**
 * Which account to ask about next. Pure: everything it knows it was told, time included.
 *
 * What an account could do to the price is the notional of its positions over their distance to liquidation. The accounts that make up 99 % of that sum are the core: they are asked in turn, the one
 * asked longest ago first, so that each of their answers is at most two minutes old. Where the budget does not allow it for all of them, the core is those with most at risk for which it does. Of
 * every sixteen turns three are kept for accounts that were never asked or have traded since, by turns, and one for all others, by turns those with a position and whoever was asked longest ago (who
 * has none gets none without a trade); what the core does not need is theirs too.
 */
export interface AccountQueue {
  /** Accounts that traded just now, or are to be begun with. */
  named(accounts: readonly string[]): void;
  /** The mark of a market, quote per base. */
  marked(symbol: string, mark: number): void;
  /** The account to ask now, taken as asked; undefined when none needs to be. */
  next(at: EpochMs): string | undefined;
  /** Everything an account has. */
  answered(event: AccountEvent, at: EpochMs): void;
  /** Accounts to begin with another time, `limit` at most: those with a position in a watched market, most at risk first, then those that were never asked. */
  worthKeeping(limit: number): readonly string[];
  stats(at: EpochMs): AccountQueueStats;
}

/** How a queue stands. */
export interface AccountQueueStats {
  readonly accounts: number;
  /** Of them those that had a position in a watched market when they were asked last. */
  readonly holders: number;
  /** Never asked, or traded since. */
  readonly waiting: number;
  readonly core: number;
  /** The share of what is at risk that the core makes up: 0.99 and more, or what the budget allows; 1 when nothing is at risk. */
  readonly coreShare: number;
  /** Age of the oldest answer of an account of the core, milliseconds; 0 without one. */
  readonly oldestCoreMs: number;
  /** Accounts given up because there were too many: those with least at risk. */
  readonly dropped: number;
}

/** What a queue is made of. */
export interface AccountQueueOptions {
  /** Requests a minute that the budget allows. */
  readonly perMinute: number;
  /** Positions in other markets put nothing at risk that is looked at. */
  readonly isWatched: (symbol: string) => boolean;
  /** Most accounts kept; 20,000 by default. */
  readonly most?: number;
}

const MOST_ACCOUNTS = 20_000;
/** The share of what is at risk that is to be fresh. */
const CORE_SHARE = 0.99;
/** The core is asked in a round of at most this length, milliseconds: two minutes less what answers and the next look at who belongs to it take. */
const ROUND_MS = 100_000;
/** An account is not asked again within this time, milliseconds, one of the core within the second (design assumption): requests to spare find new accounts. */
const LEAST_MS = 45_000;
const CORE_MS = 75_000;
/** Who belongs to the core is looked at every so often, milliseconds. */
const SORT_MS = 5_000;
/** Turns in which the core does not come first, of every sixteen. */
const TURNS = 16;
const WAITING_TURNS: ReadonlySet<number> = new Set([3, 7, 11]);
const OTHERS_TURN = 15;
/** Nearer to its liquidation than this share of the price a position is as urgent as it gets [A]. */
const NEAREST = 0.005;

interface Account {
  readonly name: string;
  /** Of watched markets. */
  positions: readonly AccountPosition[];
  /** -Infinity before the first. */
  askedAt: number;
  answeredAt: number;
  risk: number;
}

/** Most at risk first, and always in the same order. */
function byRisk(a: Account, b: Account): number {
  return b.risk - a.risk || (a.name < b.name ? -1 : 1);
}

/** Makes a queue without accounts. A turn costs O(core), a look at who belongs to it O(accounts log accounts) every five seconds. */
export function createAccountQueue({ perMinute, isWatched, most = MOST_ACCOUNTS }: AccountQueueOptions): AccountQueue {
  const accounts = new Map<string, Account>();
  /** Never asked, and traded since they were asked, each in the order in which they were named. */
  const fresh = new Set<Account>();
  const traded = new Set<Account>();
  /** All that were asked, the one asked longest ago first. */
  const asked = new Set<Account>();
  /** Those of them with a position, the one whose answer is oldest first. */
  const holding = new Set<Account>();
  const marks = new Map<string, number>();
  const coreTurns = (TURNS - 1 - WAITING_TURNS.size) / TURNS;
  const mostCore = Math.max(1, Math.floor((perMinute * coreTurns * ROUND_MS) / 60_000));
  let core = new Set<Account>();
  let coreShare = 1;
  let sortedAt = -Infinity;
  let turn = 0;
  let freshFirst = true;
  let holdersFirst = false;
  const mostAtOnce = most + Math.ceil(most / 10);
  let dropped = 0;

  const riskOf = ({ positions }: Account): number => positions.reduce((sum, { symbol, qty, value, liquidationPrice }) => {
    const mark = marks.get(symbol) ?? value / Math.abs(qty);
    if (liquidationPrice === null) return sum;
    // A price that has been passed is as near as can be.
    const distance = (qty > 0 ? 1 : -1) * (1 - liquidationPrice / mark);
    return sum + (Math.abs(qty) * mark) / Math.max(distance, NEAREST);
  }, 0);

  const forget = (account: Account): void => {
    accounts.delete(account.name);
    fresh.delete(account);
    traded.delete(account);
    asked.delete(account);
    holding.delete(account);
    core.delete(account);
    dropped++;
  };

  /** Least at risk first; of those with nothing, who was asked longest ago, but whoever was never asked after them. */
  const trim = (): void => {
    if (accounts.size <= most) return;
    const rank = (account: Account): number => (account.askedAt === -Infinity ? Infinity : account.askedAt);
    const sorted = [...accounts.values()].sort((a, b) => a.risk - b.risk || rank(a) - rank(b));
    for (const account of sorted.slice(0, accounts.size - most)) forget(account);
  };

  const sort = (at: number): void => {
    sortedAt = at;
    for (const account of holding) account.risk = riskOf(account);
    trim();
    const atRisk = [...accounts.values()].filter(({ risk }) => risk > 0).sort(byRisk);
    const total = atRisk.reduce((sum, { risk }) => sum + risk, 0);
    let sum = 0;
    core = new Set();
    for (const account of atRisk) {
      if (core.size >= mostCore || sum >= CORE_SHARE * total) break;
      core.add(account);
      sum += account.risk;
    }
    coreShare = total > 0 ? sum / total : 1;
  };

  const isDue = (account: Account, at: number): boolean => at - account.askedAt >= LEAST_MS;
  const ofCore = (at: number): Account | undefined => {
    let oldest: Account | undefined;
    for (const account of core) if (oldest === undefined || account.askedAt < oldest.askedAt) oldest = account;
    return oldest !== undefined && at - oldest.askedAt >= CORE_MS ? oldest : undefined;
  };
  const ofTraded = (at: number): Account | undefined => {
    for (const account of traded) if (!core.has(account) && isDue(account, at)) return account;
    return undefined;
  };
  const ofWaiting = (at: number): Account | undefined => {
    const [first] = fresh;
    const again = first !== undefined && freshFirst ? undefined : ofTraded(at);
    freshFirst = !freshFirst;
    return again ?? first;
  };
  const ofOthers = (at: number): Account | undefined => {
    holdersFirst = !holdersFirst;
    for (const among of holdersFirst ? [holding, asked] : [asked]) {
      for (const account of among) if (!core.has(account) && isDue(account, at)) return account;
    }
    return undefined;
  };

  return {
    named: (names) => {
      for (const name of names) {
        let account = accounts.get(name);
        if (account === undefined) {
          // Until the next look at all of them there may be a tenth too many.
          if (accounts.size >= mostAtOnce) {
            dropped++;
            continue;
          }
          account = { name, positions: [], askedAt: -Infinity, answeredAt: -Infinity, risk: 0 };
          accounts.set(name, account);
        }
        if (account.askedAt === -Infinity) fresh.add(account);
        else traded.add(account);
      }
    },
    marked: (symbol, mark) => void marks.set(symbol, mark),
    next: (at) => {
      if (at - sortedAt >= SORT_MS) sort(at);
      const place = turn++ % TURNS;
      const chosen = WAITING_TURNS.has(place) ? (ofWaiting(at) ?? ofCore(at) ?? ofOthers(at)) : place === OTHERS_TURN ? (ofOthers(at) ?? ofWaiting(at) ?? ofCore(at)) : (ofCore(at) ?? ofWaiting(at) ?? ofOthers(at));
      if (chosen === undefined) return undefined;
      chosen.askedAt = at;
      fresh.delete(chosen);
      traded.delete(chosen);
      asked.delete(chosen);
      asked.add(chosen);
      return chosen.name;
    },
    answered: ({ symbol: name, positions }, at) => {
      const account = accounts.get(name);
      if (account === undefined) return;
      account.answeredAt = at;
      account.positions = positions.filter(({ symbol }) => isWatched(symbol));
      account.risk = riskOf(account);
      holding.delete(account);
      if (account.positions.length > 0) holding.add(account);
    },
    worthKeeping: (limit) => [...[...holding].sort(byRisk), ...fresh].slice(0, limit).map(({ name }) => name),
    stats: (at) => {
      const oldest = [...core].reduce((least, { answeredAt }) => Math.min(least, answeredAt), Infinity);
      return { accounts: accounts.size, holders: holding.size, waiting: fresh.size + traded.size, core: core.size, coreShare, oldestCoreMs: core.size === 0 ? 0 : at - oldest, dropped };
    },
  };
}
