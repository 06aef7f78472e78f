import { meet, NOBODY, type Counterparties } from './counterparties.ts';

/** What is kept of one address. A value: an earlier one can be gone back to. Times are milliseconds since 1970. */
export interface HolderRecord {
  /** In the smallest unit. Below 0 where it had something before the first block that is known. */
  readonly balance: bigint;
  /** Its first transfer; `UNKNOWN` where it was there before the first block that is known. */
  readonly since: number;
  /** Its last transfer out, and the last on an earlier day than that; `UNKNOWN` where there is none. */
  readonly sent: number;
  readonly sentBefore: number;
  /** When a considerable part of what it holds last came or went. */
  readonly moved: number;
  /** Transfers out, and those of them that went to an exchange as far as was known then. */
  readonly out: number;
  readonly deposits: number;
  /** Transfers out that left nothing behind, as far as it is known what was there. */
  readonly emptied: number;
  /** Who first sent it something; empty where nobody did, or it was minted. */
  readonly funder: string;
  /** The different addresses it ever sent to, up to `MOST_TARGETS`; one more entry, empty, stands for all others. */
  readonly targets: readonly string[];
  readonly receivedFrom: Counterparties;
  readonly sentTo: Counterparties;
}

/** A moment that is not known. */
export const UNKNOWN = -1;
/** Receivers that are remembered of an address: one that only forwards to an exchange has few. [A] */
export const MOST_TARGETS = 3;
/** Receipts below this share of what is then held do not wake a dormant address: dust is sent to anybody. [A] */
const WAKING_SHARE = 100n;
const DAY_MS = 86_400_000;

/** An address of which nothing is known but that it is met at `since`. */
export function newRecord(since: number, at: number): HolderRecord {
  return { balance: 0n, since, sent: UNKNOWN, sentBefore: UNKNOWN, moved: at, out: 0, deposits: 0, emptied: 0, funder: '', targets: [], receivedFrom: NOBODY, sentTo: NOBODY };
}

/** A record after a transfer out. `to` is undefined for what is burnt. `isWhole`: all that came before is known. Where it is not, nobody can say that an address which was there before sent all it had. */
export function afterSending(record: HolderRecord, amount: bigint, at: number, to: string | undefined, isDeposit: boolean, isWhole: boolean): HolderRecord {
  const newDay = record.sent !== UNKNOWN && Math.floor(record.sent / DAY_MS) < Math.floor(at / DAY_MS);
  // Field by field: several times quicker than a copy that is changed, and this is done for every transfer.
  return {
    balance: record.balance - amount, since: record.since, sent: at, sentBefore: newDay ? record.sent : record.sentBefore, moved: at, out: record.out + 1, deposits: record.deposits + (isDeposit ? 1 : 0),
    emptied: record.emptied + (record.balance === amount && (isWhole || record.since !== UNKNOWN) ? 1 : 0), funder: record.funder,
    targets: to === undefined ? record.targets : withTarget(record.targets, to), receivedFrom: record.receivedFrom, sentTo: to === undefined ? record.sentTo : meet(record.sentTo, to),
  };
}

/** A record after a transfer in. `from` is undefined for what is minted. */
export function afterReceiving(record: HolderRecord, amount: bigint, at: number, from: string | undefined): HolderRecord {
  const balance = record.balance + amount;
  return {
    balance, since: record.since, sent: record.sent, sentBefore: record.sentBefore, moved: amount * WAKING_SHARE >= balance ? at : record.moved, out: record.out, deposits: record.deposits, emptied: record.emptied,
    funder: record.funder === '' && record.receivedFrom === NOBODY && from !== undefined ? from : record.funder, targets: record.targets,
    receivedFrom: from === undefined ? record.receivedFrom : meet(record.receivedFrom, from), sentTo: record.sentTo,
  };
}

function withTarget(targets: readonly string[], to: string): readonly string[] {
  if (targets.length > MOST_TARGETS || targets.includes(to)) return targets;
  return [...targets, targets.length < MOST_TARGETS ? to : ''];
}

/** When an address last sent something before the day of `now`; `UNKNOWN` where it never did. */
export function lastSentBefore(record: HolderRecord, now: number): number {
  return record.sent !== UNKNOWN && Math.floor(record.sent / DAY_MS) < Math.floor(now / DAY_MS) ? record.sent : record.sentBefore;
}

/** A record as a list that JSON keeps. */
export type WrittenRecord = readonly [address: string, balance: string, since: number, sent: number, sentBefore: number, moved: number, out: number, deposits: number, emptied: number, funder: string, targets: readonly string[], receivedFrom: string, sentTo: string];

/** What is written of a record. */
export function writeRecord(address: string, r: HolderRecord): WrittenRecord {
  return [address, r.balance.toString(), r.since, r.sent, r.sentBefore, r.moved, r.out, r.deposits, r.emptied, r.funder, r.targets, r.receivedFrom, r.sentTo];
}

/** Reads a record back; undefined when it is none. `kept` gives the one text that is kept of each address: they name each other again and again. */
export function readRecord(raw: unknown, kept: (address: string) => string): readonly [address: string, record: HolderRecord] | undefined {
  if (!Array.isArray(raw)) return undefined;
  const [address, balance, since, sent, sentBefore, moved, out, deposits, emptied, funder, targets, receivedFrom, sentTo] = raw as readonly unknown[];
  if (typeof address !== 'string' || typeof balance !== 'string' || !/^-?\d+$/.test(balance) || typeof funder !== 'string' || typeof receivedFrom !== 'string' || typeof sentTo !== 'string') return undefined;
  if (!isNumber(since) || !isNumber(sent) || !isNumber(sentBefore) || !isNumber(moved) || !isNumber(out) || !isNumber(deposits) || !isNumber(emptied)) return undefined;
  if (!Array.isArray(targets) || !targets.every((target) => typeof target === 'string')) return undefined;
  return [kept(address), { balance: BigInt(balance), since, sent, sentBefore, moved, out, deposits, emptied, funder: kept(funder), targets: targets.map(kept), receivedFrom, sentTo }];
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
