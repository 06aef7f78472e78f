import { chunkNames, createChunkWriter } from './chunk-writer.ts';
import { createHolderTable, NO_COUNTS, type HolderBlock, type HolderCounts, type HolderUndo } from './holder-table.ts';
import type { HolderRecord } from './holder-record.ts';
import { createRecentTransfers, type RecentTransfer } from './recent-transfers.ts';
import { createTail, readSegment } from './holder-tail.ts';
import { decodeHeader, encodeHeader, type HolderHeader } from './holder-header.ts';

/** Bounds of a state, and what it asks of labels. */
export interface HolderSettings {
  /** The address that stands for nobody, where the family has one: what comes from it is made, what goes to it is gone. */
  readonly mint?: string | undefined;
  /** Most addresses kept; beyond it those with nothing go first, then those with least. */
  readonly limit: number;
  /** Transfers of a day that are kept, the largest ones. */
  readonly perDay: number;
  /** The exchange whose address it is, by what is known now. */
  readonly venueOf: (address: string, at: number) => string | undefined;
}

/** What a state says of itself. */
export interface HolderFigures extends HolderCounts {
  readonly addresses: number;
  /** What was folded away: how many addresses had something, and how much that was (smallest unit). */
  readonly folded: number;
  readonly foldedAmount: bigint;
  /** Addresses with nothing that were forgotten. */
  readonly forgotten: number;
  /** Reorganisations that went below what can be taken back. */
  readonly lostReorgs: number;
  /** Whether every transfer since the first is known, and every balance with it. */
  readonly isComplete: boolean;
  /** The first block that was read; undefined before it. */
  readonly began: number | undefined;
  /** Transfers of the last days that are not kept, because larger ones were. */
  readonly leftOut: { readonly count: number; readonly amount: bigint };
}

/**
 * Who holds a token, folded from its transfers block by block. Balances are exact integers. Blocks that are not final can be taken back exactly; a state that was saved and read again, wherever, goes on as
 * the one that was never interrupted.
 */
export interface HolderState {
  /** Says what the first block to come is, and whether nothing lies before it. Only the first call counts. */
  begin(number: number, isWhole: boolean): void;
  /**
   * Takes over by how much balances differ from what transfers add up to, as a source says that is sure of it; `at` is when addresses that were never met are taken to have come by theirs. `isWhole`: with
   * these everybody who holds anything is known, whatever was not known before; otherwise not everybody is. It stands whatever is taken back afterwards, and is saved whole with the next `save`.
   */
  correct(differences: Iterable<readonly [address: string, difference: bigint]>, at: number, isWhole: boolean): void;
  /** Folds a block above all others. */
  apply(block: HolderBlock): void;
  /** Takes back every block above `number`. */
  revert(number: number): void;
  /** Blocks up to `number` will not be taken back any more. */
  settle(number: number): void;
  get(address: string): HolderRecord | undefined;
  entries(): Iterable<readonly [address: string, record: HolderRecord]>;
  /** Transfers of the last 31 days, oldest first: all of blocks that can be taken back, of others the largest of each day. */
  recent(): Iterable<RecentTransfer>;
  /** The exchange that an address belongs to or only ever forwards to. */
  venueOf(address: string, at: number): string | undefined;
  figures(): HolderFigures;
  /** Another number after each call that may change what the state says. */
  revision(): number;
  /** What changed since the last call, by name; an empty text is a part that is gone. Written together or not at all, with everything of before it is the state. */
  save(): ReadonlyMap<string, string>;
}

/** Final transfers after which the chunks of addresses are written anew: as many as there are addresses, so that each address is written once in a while however busy it is, within these bounds. */
const LEAST_TO_FOLD = 2_048;
const MOST_TO_FOLD = 200_000;
/** Chunks written in one step at least, about 1 MB; more where many transfers came in between, so that it is done when about half as many came as there are addresses. */
const LEAST_CHUNKS = 16;
const TRANSFERS_PER_CHUNK = 128;
/** Most transfers of blocks that can still be taken back. A chain without finality settles by it. */
const MOST_PENDING = 200_000;
/** Of the limit, what is left when addresses are folded away, so that it is not done for each. */
const AFTER_FOLDING = 0.9;

interface Pending {
  readonly block: HolderBlock;
  readonly undo: HolderUndo;
}

/** A state of which nothing is known. */
const EMPTY: HolderHeader = { counts: NO_COUNTS, sides: '', firstSegment: 0, segments: 0, days: [], daysTo: -1, chunksTo: -1, settledTo: -1, base: -1, began: undefined, isWhole: false, folded: 0, foldedAmount: 0n, forgotten: 0, lostReorgs: 0 };

/** Makes a state, empty or from everything that was saved (`read` gives a part by its name). Throws on parts that are missing or damaged. */
export function createHolderState(settings: HolderSettings, read: (name: string) => string | undefined = () => undefined): HolderState {
  const saved = read('');
  const header = saved === undefined ? EMPTY : decodeHeader(saved);
  const part = (name: string): string => {
    const text = read(name);
    if (text === undefined || text === '') throw new Error(`part ${name} of the holders is missing`);
    return text;
  };
  const table = createHolderTable(settings.mint, chunkNames(header.sides).map(part), header.counts);
  const recent = createRecentTransfers(settings.perDay, new Map(header.days.map((day): [number, string] => [day, part(`d${day}`)])));
  const tail = createTail(header.firstSegment);
  const writer = createChunkWriter(header.sides);
  // Blocks that can be taken back; those of before are in the table and in the days only.
  const pending: Pending[] = [];
  let { settledTo, base, began, isWhole, folded, foldedAmount, forgotten, lostReorgs } = header;
  let pendingTransfers = 0;
  // What the chunks and days say that stand: what came after is in the segments.
  type Standing = Pick<HolderHeader, 'counts' | 'days' | 'daysTo' | 'chunksTo' | 'folded' | 'foldedAmount' | 'forgotten'>;
  let standing: Standing = header;
  // The same for the chunks that are being written.
  let next: Standing = header;
  let headerSaid = saved ?? '';
  // Final transfers that are in no chunk.
  let unwritten = 0;
  // What was taken over from elsewhere is in no block.
  let mustFold = false;
  let revision = 0;

  const venueOf = (address: string, at: number): string | undefined => settings.venueOf(address, at) ?? forwardsTo(table.get(address), settings.venueOf, at);
  const applied = (block: HolderBlock): HolderUndo => table.apply(block.transfers, block.at, isWhole, (address, record) => (settings.venueOf(address, block.at) ?? forwardsTo(record, settings.venueOf, block.at)) !== undefined);
  const push = (block: HolderBlock): void => {
    pending.push({ block, undo: applied(block) });
    pendingTransfers += block.transfers.length;
  };
  const pop = (): void => {
    const last = pending.pop();
    if (last === undefined) return;
    table.revert(last.undo);
    pendingTransfers -= last.block.transfers.length;
  };
  const keepRecent = (block: HolderBlock): void => {
    if (block.number > header.daysTo) recent.add(block.transfers.filter(({ amount, from }) => amount > 0n && from !== settings.mint).map(({ from, to, amount }) => ({ at: block.at, from, to, amount })), ({ to }) => venueOf(to, block.at) !== undefined);
  };

  /** Lets go of what would be needed to take final blocks back. */
  const letGo = (): void => {
    let count = 0;
    for (const { block } of pending) {
      if (block.number > settledTo && pendingTransfers <= MOST_PENDING) break;
      pendingTransfers -= block.transfers.length;
      unwritten += block.transfers.length;
      keepRecent(block);
      count++;
    }
    const last = pending[count - 1]?.block;
    if (last === undefined) return;
    base = last.number;
    recent.prune(last.at, ({ to }) => venueOf(to, last.at) !== undefined);
    pending.splice(0, count);
  };
  /** Does something with the table while what is not final is taken back, so that it is of a state that never changes. */
  const lower = (work: (above: readonly HolderBlock[]) => void): void => {
    const above = pending.map(({ block }) => block);
    while (pending.length > 0) pop();
    work(above);
    for (const block of above) push(block);
  };
  /** Begins to write the chunks. */
  const freeze = (): void => lower((above) => {
    if (table.size() > settings.limit) foldAway(new Set(above.flatMap(({ transfers }) => transfers.flatMap(({ from, to }) => [from, to]))));
    next = { ...standing, counts: table.counts(), chunksTo: base, folded, foldedAmount, forgotten };
    writer.begin(table.freeze());
    unwritten = 0;
  });
  const foldThreshold = (): number => Math.min(MOST_TO_FOLD, Math.max(LEAST_TO_FOLD, table.size()));
  /** Writes some of the chunks; with the last of them they stand, and the days with them. */
  const step = (parts: Map<string, string>, came: number): void => {
    const pace = mustFold ? Infinity : Math.max(LEAST_CHUNKS, Math.ceil(came / TRANSFERS_PER_CHUNK));
    if (!writer.step(pace, parts)) return;
    for (const [day, text] of recent.changed()) parts.set(`d${day}`, text);
    recent.written();
    standing = { ...next, days: recent.days(), daysTo: base };
    tail.drop(standing.chunksTo);
  };
  const foldAway = (busy: ReadonlySet<string>): void => {
    const size = (balance: bigint): bigint => (balance < 0n ? -balance : balance);
    const least = [...table.entries()].filter(([address]) => !busy.has(address)).map(([address, { balance, moved }]) => ({ address, balance, moved }))
      .sort((x, y) => (size(x.balance) < size(y.balance) ? -1 : size(x.balance) > size(y.balance) ? 1 : x.moved - y.moved));
    for (const { address, balance } of least.slice(0, Math.max(0, table.size() - Math.floor(settings.limit * AFTER_FOLDING)))) {
      table.remove(address);
      if (balance === 0n) forgotten++;
      else {
        folded++;
        foldedAmount += balance;
      }
    }
  };

  for (let i = 0; i < header.segments; i++) {
    for (const block of readSegment(part(`l${header.firstSegment + i}`))) {
      tail.push(block);
      // A segment is gone when nothing of it is needed: the first one may begin with what is in the chunks.
      if (block.number > base) push(block);
      else if (block.number > header.chunksTo) {
        applied(block);
        keepRecent(block);
        unwritten += block.transfers.length;
      }
    }
  }
  tail.written();
  tail.settle(base);
  return {
    begin: (number, whole) => {
      if (began !== undefined) return;
      began = number;
      isWhole = whole;
    },
    correct: (differences, at, whole) => {
      revision++;
      lower(() => {
        for (const [address, difference] of differences) table.adjust(address, difference, at);
        isWhole = whole;
        if (whole) {
          [folded, foldedAmount, lostReorgs] = [0, 0n, 0];
          // Who was folded away and came back was counted by what was minted to it, and by what it is corrected by.
          table.recountMinted();
        }
        mustFold = true;
      });
    },
    apply: (block) => {
      if (block.transfers.length === 0) return;
      revision++;
      push(block);
      tail.push(block);
    },
    revert: (number) => {
      revision++;
      if (number < base) lostReorgs++;
      while ((pending.at(-1)?.block.number ?? -1) > number) {
        pop();
        tail.pop();
      }
      settledTo = Math.min(settledTo, number);
    },
    settle: (number) => {
      settledTo = Math.max(settledTo, number);
    },
    get: (address) => table.get(address),
    entries: () => table.entries(),
    recent: function* () {
      yield* recent.all();
      for (const { block } of pending) for (const { from, to, amount } of block.transfers) if (amount > 0n && from !== settings.mint) yield { at: block.at, from, to, amount };
    },
    venueOf,
    figures: () => {
      const counts = table.counts();
      return { ...counts, addresses: table.size(), folded, foldedAmount, forgotten, lostReorgs, began, leftOut: recent.leftOut(), isComplete: isWhole && counts.negative === 0 && folded === 0 && lostReorgs === 0 };
    },
    revision: () => revision,
    save: () => {
      revision++;
      const parts = new Map<string, string>();
      const before = unwritten;
      letGo();
      const came = unwritten - before;
      // What no block tells must be in the chunks at once: those that are being written are of before.
      if (mustFold && writer.left() > 0) step(parts, came);
      const isDue = writer.left() === 0 && (mustFold || unwritten >= foldThreshold());
      if (isDue) freeze();
      if (isDue || writer.left() > 0) step(parts, came);
      mustFold = false;
      for (const [segment, text] of tail.changed()) parts.set(`l${segment}`, text);
      tail.written();
      tail.settle(base);
      const text = encodeHeader({ ...standing, sides: writer.sides(), firstSegment: tail.first(), segments: tail.segments(), settledTo, base, began, isWhole, lostReorgs });
      if (text !== headerSaid) parts.set('', text);
      headerSaid = text;
      return parts;
    },
  };
}

/** Transfers out after which an address that emptied itself each time, into one exchange, is taken for one of that exchange's deposit addresses. [A] */
export const LEAST_FORWARDS = 2;

/** The exchange that an address only ever emptied itself into: then it is taken for a deposit address of that exchange. `venueOf` says of addresses by their labels. */
export function forwardsTo(record: HolderRecord | undefined, venueOf: HolderSettings['venueOf'], at: number): string | undefined {
  if (record === undefined || record.out < LEAST_FORWARDS || record.emptied < record.out) return undefined;
  const [first, ...others] = record.targets.map((target) => (target === '' ? undefined : venueOf(target, at)));
  return first !== undefined && others.every((venue) => venue === first) ? first : undefined;
}
