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

/** What is needed to take changes back. */
export interface HolderUndo {
  readonly counts: HolderCounts;
  readonly steps: readonly { readonly slot: number; /** Undefined where the address was new. */ readonly before: HolderRecord | undefined; readonly appended: boolean }[];
}

/** Addresses in slots, a record each. Slots make chunks, so that only what changed need be written. */
export interface HolderTable {
  get(address: string): HolderRecord | undefined;
  size(): number;
  counts(): HolderCounts;
  entries(): Iterable<readonly [address: string, record: HolderRecord]>;
  /** Applies transfers of one moment, in order. `isWhole`: an address that was never met had nothing. What moves nothing is passed over: anybody can make a stranger send 0. */
  apply(transfers: readonly HolderTransfer[], at: number, isWhole: boolean, isVenue: (address: string) => boolean): HolderUndo;
  /** Takes back the last change that was not taken back. */
  revert(undo: HolderUndo): void;
  /** Sets a balance that another source vouches for: the beginning from a snapshot. It counts as minted. */
  set(address: string, balance: bigint, at: number): void;
  /** Takes an address away for good. Nothing that names its slot may be reverted afterwards. */
  remove(address: string): void;
  chunks(): number;
  /** Chunks changed since the last call of `written`, as text. */
  changed(): ReadonlyMap<number, string>;
  written(): void;
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
    counts.positive += (after > 0n ? after : 0n) - (before > 0n ? before : 0n);
    counts.holders += (after > 0n ? 1 : 0) - (before > 0n ? 1 : 0);
    counts.negative += (after < 0n ? 1 : 0) - (before < 0n ? 1 : 0);
  };
  const slotOf = (address: string): { readonly slot: number; readonly isNew: boolean; readonly appended: boolean } => {
    const known = slots.get(address);
    if (known !== undefined) return { slot: known, isNew: false, appended: false };
    const reused = free.pop();
    const slot = reused ?? addresses.length;
    addresses[slot] = address;
    slots.set(address, slot);
    return { slot, isNew: true, appended: reused === undefined };
  };
  const drop = (slot: number, appended: boolean): void => {
    slots.delete(addresses[slot] ?? '');
    if (appended) {
      addresses.pop();
      records.pop();
    } else {
      addresses[slot] = undefined;
      records[slot] = undefined;
      free.push(slot);
    }
  };
  const update = (address: string, since: number, at: number, change: (record: HolderRecord) => HolderRecord, steps: { slot: number; before: HolderRecord | undefined; appended: boolean }[]): void => {
    const { slot, appended } = slotOf(address);
    const before = records[slot];
    const after = change(before ?? newRecord(since, at));
    records[slot] = after;
    recount(before?.balance ?? 0n, after.balance);
    dirty.add(Math.floor(slot / CHUNK));
    steps.push({ slot, before, appended });
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
      const before = counts;
      counts = { ...before };
      const steps: { slot: number; before: HolderRecord | undefined; appended: boolean }[] = [];
      for (const { from: sender, to, amount } of transfers) {
        counts.transfers++;
        if (amount <= 0n) continue;
        const isMint = sender === mint;
        const isBurn = to === mint;
        const deposit = !isMint && !isBurn && isVenue(to) && !isVenue(sender);
        if (isMint) counts.minted += amount;
        else {
          counts.out++;
          if (deposit) counts.deposits++;
          update(sender, isWhole ? at : UNKNOWN, at, (record) => afterSending(record, amount, at, isBurn ? undefined : to, deposit, isWhole), steps);
        }
        if (isBurn) counts.burnt += amount;
        else update(to, at, at, (record) => afterReceiving(record, amount, at, isMint ? undefined : sender), steps);
      }
      return { counts: before, steps };
    },
    revert: (undo) => {
      for (let i = undo.steps.length - 1; i >= 0; i--) {
        const step = undo.steps[i];
        if (step === undefined) continue;
        dirty.add(Math.floor(step.slot / CHUNK));
        if (step.before === undefined) drop(step.slot, step.appended);
        else records[step.slot] = step.before;
      }
      counts = { ...undo.counts };
    },
    set: (address, balance, at) => {
      const before = records[slots.get(address) ?? -1]?.balance ?? 0n;
      counts = { ...counts };
      update(address, UNKNOWN, at, (record) => ({ ...record, balance, since: UNKNOWN }), []);
      counts.minted += balance - before;
    },
    remove: (address) => {
      const slot = slots.get(address);
      if (slot === undefined) return;
      counts = { ...counts };
      recount(records[slot]?.balance ?? 0n, 0n);
      drop(slot, false);
      dirty.add(Math.floor(slot / CHUNK));
    },
    chunks: () => Math.ceil(addresses.length / CHUNK),
    changed: () => new Map([...dirty].sort((x, y) => x - y).map((chunk): [number, string] => [chunk, write(addresses, records, chunk)])),
    written: () => dirty.clear(),
  };
}

function write(addresses: readonly (string | undefined)[], records: readonly (HolderRecord | undefined)[], chunk: number): string {
  const rows: unknown[] = [];
  for (let slot = chunk * CHUNK; slot < Math.min(addresses.length, (chunk + 1) * CHUNK); slot++) {
    const [address, record] = [addresses[slot], records[slot]];
    rows.push(address === undefined || record === undefined ? 0 : writeRecord(address, record));
  }
  return JSON.stringify(rows);
}

function read(chunks: readonly string[], addresses: (string | undefined)[], records: (HolderRecord | undefined)[]): void {
  chunks.forEach((text, chunk) => {
    const rows: unknown = JSON.parse(text);
    if (!Array.isArray(rows)) throw new Error(`chunk ${chunk} of holders is not a list`);
    rows.forEach((row: unknown, at) => {
      const found = readRecord(row);
      if (row !== 0 && found === undefined) throw new Error(`chunk ${chunk} of holders: row ${at} is none`);
      addresses[chunk * CHUNK + at] = found?.[0];
      records[chunk * CHUNK + at] = found?.[1];
    });
  });
}
