/** One transfer of the last days. `amount` is in the smallest unit. */
export interface RecentTransfer {
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
}

/** Transfers of one day of UTC that were kept, and what was not. */
interface Day {
  kept: RecentTransfer[];
  leftOutCount: number;
  leftOutAmount: bigint;
  /** The last of those that were kept when the day was full: what ranks no higher is not kept. */
  bar?: Ranked;
}

interface Ranked {
  readonly amount: bigint;
  readonly isFirst: boolean;
}

function ranksHigher(x: Ranked, y: Ranked): boolean {
  return x.isFirst === y.isFirst ? x.amount > y.amount : x.isFirst;
}

/** The transfers of the last days that matter: of each day the largest. */
export interface RecentTransfers {
  /** Adds transfers. Of full days the smallest are left out; what `isFirst` says yes to goes last. */
  add(transfers: readonly RecentTransfer[], isFirst: (transfer: RecentTransfer) => boolean): void;
  /** Takes away days that are over for longer than is kept, and what is too much of full ones. */
  prune(now: number, isFirst: (transfer: RecentTransfer) => boolean): void;
  /** In order of time, as they were added. */
  all(): Iterable<RecentTransfer>;
  leftOut(): { readonly count: number; readonly amount: bigint };
  /** Days (of UTC, since 1970) that are kept. */
  days(): readonly number[];
  /** Days changed since the last call of `written`, with their text; an empty one where the day is gone. */
  changed(): ReadonlyMap<number, string>;
  written(): void;
}

/** Days that are kept: the retroactive look is of the last 30, and today. */
export const RECENT_DAYS = 31;
const DAY_MS = 86_400_000;
/** A day that is not over may be so many times over its bound, so that it is not ranked anew for each block. */
const SLACK = 1.5;

/** Makes an empty memory. `perDay` is how many transfers of a day are kept. */
export function createRecentTransfers(perDay: number, saved: ReadonlyMap<number, string> = new Map()): RecentTransfers {
  const days = new Map([...saved].map(([day, text]): [number, Day] => [day, readDay(text)]));
  const dirty = new Set<number>();
  const dayOf = (at: number): number => Math.floor(at / DAY_MS);
  return {
    add: (transfers, isFirst) => {
      for (const transfer of transfers) {
        const number = dayOf(transfer.at);
        const day: Day = days.get(number) ?? { kept: [], leftOutCount: 0, leftOutAmount: 0n };
        if (day.bar === undefined || ranksHigher({ amount: transfer.amount, isFirst: isFirst(transfer) }, day.bar)) day.kept.push(transfer);
        else leaveOut(day, transfer);
        days.set(number, day);
        dirty.add(number);
      }
    },
    prune: (now, isFirst) => {
      for (const [number, day] of [...days]) {
        if (number <= dayOf(now) - RECENT_DAYS) {
          days.delete(number);
          dirty.add(number);
        } else if (day.kept.length > (number < dayOf(now) ? perDay : perDay * SLACK)) {
          const ranked = day.kept.map((transfer) => ({ transfer, amount: transfer.amount, isFirst: isFirst(transfer) })).sort((x, y) => (ranksHigher(x, y) ? -1 : ranksHigher(y, x) ? 1 : 0));
          const out = new Set(ranked.slice(perDay).map(({ transfer }) => transfer));
          day.kept = day.kept.filter((transfer) => !out.has(transfer));
          for (const transfer of out) leaveOut(day, transfer);
          const last = ranked[perDay - 1];
          if (last !== undefined) day.bar = { amount: last.amount, isFirst: last.isFirst };
          dirty.add(number);
        }
      }
    },
    all: function* () {
      for (const number of [...days.keys()].sort((x, y) => x - y)) yield* days.get(number)?.kept ?? [];
    },
    leftOut: () => [...days.values()].reduce((sum, day) => ({ count: sum.count + day.leftOutCount, amount: sum.amount + day.leftOutAmount }), { count: 0, amount: 0n }),
    days: () => [...days.keys()].sort((x, y) => x - y),
    changed: () => new Map([...dirty].sort((x, y) => x - y).map((number): [number, string] => [number, writeDay(days.get(number))])),
    written: () => dirty.clear(),
  };
}

function leaveOut(day: Day, { amount }: RecentTransfer): void {
  day.leftOutCount++;
  day.leftOutAmount += amount;
}

function writeDay(day: Day | undefined): string {
  if (day === undefined) return '';
  // Addresses come again and again: each is written once.
  const names = new Map<string, number>();
  const name = (address: string): number => {
    const known = names.get(address) ?? names.size;
    names.set(address, known);
    return known;
  };
  const kept = day.kept.map(({ at, from, to, amount }) => [at, name(from), name(to), amount.toString()]);
  return JSON.stringify([[...names.keys()], kept, day.leftOutCount, day.leftOutAmount.toString()]);
}

/** Reads a day back. Throws on what is none. */
function readDay(text: string): Day {
  const [names, kept, leftOutCount, leftOutAmount] = JSON.parse(text) as readonly [readonly string[], readonly (readonly [number, number, number, string])[], number, string];
  const name = (i: number): string => {
    const found = names[i];
    if (typeof found !== 'string') throw new Error('a day of transfers names an address that it does not hold');
    return found;
  };
  return { kept: kept.map(([at, from, to, amount]) => ({ at, from: name(from), to: name(to), amount: BigInt(amount) })), leftOutCount, leftOutAmount: BigInt(leftOutAmount) };
}
