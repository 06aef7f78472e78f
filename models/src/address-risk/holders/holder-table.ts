import type { FrozenChunks } from './chunk-writer.ts';
import { afterReceiving, afterSending, newRecord, readRecord, UNKNOWN, writeRecord, type HolderRecord } from './holder-record.ts';

/** One transfer. `amount` is in the smallest unit, 0 or more. */
export interface HolderTransfer {
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
}

/** The transfers of a token in one block. `at` is the block's time, milliseconds. */
export interface HolderBlock {
  readonly number: number;
  readonly at: number;
  readonly transfers: readonly HolderTransfer[];
}

/** Sums over the whole table. Amounts are in the smallest unit. */
export interface HolderCounts {
  readonly minted: bigint;
  readonly burnt: bigint;
  /** Sum of the balances above 0, and how many these are. */
  readonly positive: bigint;
  readonly holders: number;
  /** Addresses below 0: they had something before the first block that is known. */
  readonly negative: number;
  readonly transfers: number;
  /** Transfers out of addresses, and those of them that went to exchanges. */
  readonly out: number;
  readonly deposits: number;
}

/** What is needed to take changes back: the slots that changed, in order, each with what it held before (undefined where the address was new). Records are values, so that nothing is copied for it. */
export interface HolderUndo {
  readonly counts: HolderCounts;
  readonly slots: readonly number[];
  readonly before: readonly (HolderRecord | undefined)[];
}

/** Addresses in slots, a record each. Slots make chunks, so that only what changed need be written. */
export interface HolderTable {
  get(address: string): HolderRecord | undefined;
  size(): number;
  counts(): HolderCounts;
  entries(): Iterable<readonly [address: string, record: HolderRecord]>;
  /**
   * Applies transfers of one moment, in order. `isWhole`: an address that was never met had nothing; `isVenue` is told what is known of an address. What moves nothing is passed over: anybody can make a
   * stranger send 0.
   */
  apply(transfers: readonly HolderTransfer[], at: number, isWhole: boolean, isVenue: (address: string, record: HolderRecord | undefined) => boolean): HolderUndo;
  /** Takes back the last change that was not taken back. */
  revert(undo: HolderUndo): void;
  /** Adds to a balance what another source vouches for and no transfer tells; it counts as minted. An address that was never met was there before. Nothing of before may be reverted afterwards. */
  adjust(address: string, difference: bigint, at: number): void;
  /** Counts as minted what makes the balances sum to what is not burnt, as where they are known to be all. Nothing of before may be reverted afterwards. O(addresses). */
  recountMinted(): void;
  /** Takes an address away for good. Nothing that names its slot may be reverted afterwards. */
  remove(address: string): void;
  /** Chunks changed since the last call, as they are now, whatever comes after. */
  freeze(): FrozenChunks;
}

/** Slots of a chunk: about 50 kB of text. */
const CHUNK = 256;
/** Nothing happened yet. */
export const NO_COUNTS: HolderCounts = { minted: 0n, burnt: 0n, positive: 0n, holders: 0, negative: 0, transfers: 0, out: 0, deposits: 0 };

/** Makes a table, from the texts of its chunks or empty. `mint` is the address that stands for nobody: what comes from it is made, what goes to it is gone. Throws on a text that is none. */
export function createHolderTable(mint: string | undefined, chunks: readonly string[] = [], from: HolderCounts = NO_COUNTS): HolderTable {
  const slots = new Map<string, number>();
  const addresses: (string | undefined)[] = [];
  const records: (HolderRecord | undefined)[] = [];
  const free: number[] = [];
  const dirty = new Set<number>();
  // Replaced before it is changed: an undo keeps the one of before.
  let counts: { -readonly [K in keyof HolderCounts]: HolderCounts[K] } = { ...from };
  read(chunks, addresses, records);
  addresses.forEach((address, slot) => (address === undefined ? free.push(slot) : slots.set(address, slot)));

  const recount = (before: bigint, after: bigint): void => {
    if (before > 0n && after > 0n) {
      counts.positive += after - before;
      return;
    }
    counts.positive += (after > 0n ? after : 0n) - (before > 0n ? before : 0n);
    counts.holders += (after > 0n ? 1 : 0) - (before > 0n ? 1 : 0);
    counts.negative += (after < 0n ? 1 : 0) - (before < 0n ? 1 : 0);
  };
  const newSlot = (address: string): number => {
    const slot = free.pop() ?? addresses.length;
    addresses[slot] = address;
    slots.set(address, slot);
    return slot;
  };
  const drop = (slot: number): void => {
    slots.delete(addresses[slot] ?? '');
    if (slot === addresses.length - 1) {
      addresses.pop();
      if (records.length > slot) records.pop();
    } else {
      addresses[slot] = undefined;
      records[slot] = undefined;
      free.push(slot);
    }
  };
  const put = (slot: number, before: HolderRecord | undefined, after: HolderRecord, undo: { readonly slots: number[]; readonly before: (HolderRecord | undefined)[] }): void => {
    records[slot] = after;
    recount(before === undefined ? 0n : before.balance, after.balance);
    dirty.add(Math.floor(slot / CHUNK));
    undo.slots.push(slot);
    undo.before.push(before);
  };
  return {
    get: (address) => records[slots.get(address) ?? -1],
    size: () => slots.size,
    counts: () => ({ ...counts }),
    entries: function* () {
      for (const [address, slot] of slots) {
        const record = records[slot];
        if (record !== undefined) yield [address, record];
      }
    },
    apply: (transfers, at, isWhole, isVenue) => {
      const undo = { counts, slots: [] as number[], before: [] as (HolderRecord | undefined)[] };
      counts = { ...counts };
      for (const { from: sender, to, amount } of transfers) {
        counts.transfers++;
        if (amount <= 0n) continue;
        const isMint = sender === mint;
        const isBurn = to === mint;
        let target = isBurn ? undefined : slots.get(to);
        let from = sender;
        let deposit = false;
        if (isMint) counts.minted += amount;
        else {
          let slot = slots.get(sender);
          deposit = !isBurn && isVenue(to, records[target ?? -1]) && !isVenue(sender, records[slot ?? -1]);
          counts.out++;
          if (deposit) counts.deposits++;
          slot ??= newSlot(sender);
          if (!isBurn) target ??= sender === to ? slot : newSlot(to);
          // Records name each other by the texts that are kept here, not by those that came: a chain of a million transfers would keep as many.
          from = addresses[slot] ?? sender;
          const before = records[slot];
          put(slot, before, afterSending(before ?? newRecord(isWhole ? at : UNKNOWN, at), amount, at, target === undefined ? undefined : addresses[target], deposit, isWhole), undo);
        }
        if (isBurn) counts.burnt += amount;
        else {
          target ??= newSlot(to);
          const before = records[target];
          put(target, before, afterReceiving(before ?? newRecord(at, at), amount, at, isMint ? undefined : from), undo);
        }
      }
      return undo;
    },
    revert: (undo) => {
      for (let i = undo.slots.length - 1; i >= 0; i--) {
        const slot = undo.slots[i] ?? 0;
        const before = undo.before[i];
        dirty.add(Math.floor(slot / CHUNK));
        if (before === undefined) drop(slot);
        else records[slot] = before;
      }
      counts = { ...undo.counts };
    },
    adjust: (address, difference, at) => {
      const slot = slots.get(address) ?? newSlot(address);
      const before = records[slot];
      counts = { ...counts };
      put(slot, before, { ...(before ?? newRecord(UNKNOWN, at)), balance: (before?.balance ?? 0n) + difference }, { slots: [], before: [] });
      counts.minted += difference;
    },
    recountMinted: () => {
      counts = { ...counts, minted: records.reduce((sum, record) => sum + (record?.balance ?? 0n), counts.burnt) };
    },
    remove: (address) => {
      const slot = slots.get(address);
      if (slot === undefined) return;
      counts = { ...counts };
      recount(records[slot]?.balance ?? 0n, 0n);
      slots.delete(address);
      addresses[slot] = undefined;
      records[slot] = undefined;
      free.push(slot);
      dirty.add(Math.floor(slot / CHUNK));
    },
    freeze: () => {
      const frozen = new Map<number, () => string>();
      for (const chunk of [...dirty].sort((x, y) => x - y)) {
        const [from, to] = [chunk * CHUNK, Math.min(addresses.length, (chunk + 1) * CHUNK)];
        if (from >= to) continue;
        const [names, values] = [addresses.slice(from, to), records.slice(from, to)];
        frozen.set(chunk, () => write(names, values));
      }
      dirty.clear();
      return frozen;
    },
  };
}

function write(addresses: readonly (string | undefined)[], records: readonly (HolderRecord | undefined)[]): string {
  return JSON.stringify(addresses.map((address, i) => {
    const record = records[i];
    return address === undefined || record === undefined ? 0 : writeRecord(address, record);
  }));
}

function read(chunks: readonly string[], addresses: (string | undefined)[], records: (HolderRecord | undefined)[]): void {
  const texts = new Map<string, string>();
  const kept = (address: string): string => {
    const known = texts.get(address);
    if (known === undefined) texts.set(address, address);
    return known ?? address;
  };
  chunks.forEach((text, chunk) => {
    const rows: unknown = JSON.parse(text);
    if (!Array.isArray(rows)) throw new Error(`chunk ${chunk} of holders is not a list`);
    rows.forEach((row: unknown, at) => {
      const found = readRecord(row, kept);
      if (row !== 0 && found === undefined) throw new Error(`chunk ${chunk} of holders: row ${at} is none`);
      addresses[chunk * CHUNK + at] = found?.[0];
      records[chunk * CHUNK + at] = found?.[1];
    });
  });
}
