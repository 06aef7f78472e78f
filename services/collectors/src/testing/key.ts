import { readFileSync } from 'node:fs';
import { dataFile } from '../../../../infra/dev/src/env.ts';
import type { Normalized, NormalMessage } from '../normalize.ts';
import { normalizeMessages } from '../normalize.ts';
import { isRecord } from '../numbers.ts';
import type { Venue } from '../venue.ts';

/** A file of recorded messages with its answer key. */
export interface KeyFile {
  readonly venue: string;
  readonly paired: boolean;
  readonly messages: readonly unknown[];
  readonly expected: readonly unknown[];
}
/** What a comparison found. `differences` is empty when all agree; `compared` counts the key's messages that were matched. */
export interface KeyComparison {
  readonly results: readonly Normalized[];
  readonly differences: readonly string[];
  readonly compared: Readonly<Record<string, number>>;
  /** Inputs in a format the venue no longer serves. */
  readonly legacy: readonly number[];
}
/** What may differ and why. */
export interface KeyExceptions {
  /** Inputs whose messages differ by convention: index to reason. Their messages are not compared. */
  readonly inputs?: Readonly<Record<number, string>>;
  /** Ticker fields whose convention differs: name to reason. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Expected messages (unpaired files) that ours need not have, e.g. `book_change` of a generated frame. */
  readonly expected?: (message: Readonly<Record<string, unknown>>) => boolean;
  /** Messages of ours (unpaired files) that the key need not have. */
  readonly ours?: (message: NormalMessage) => boolean;
}

const COMPARED = new Set(['trade', 'book_change', 'derivative_ticker', 'liquidation']);
const TICKER_FIELDS = ['lastPrice', 'openInterest', 'fundingRate', 'fundingTimestamp', 'predictedFundingRate', 'indexPrice', 'markPrice'] as const;

/** Reads a file of `exchange-messages`; undefined (and a printed line) when it is absent. */
export function readKey(name: string): KeyFile | undefined {
  const path = dataFile(`exchange-messages/${name}.json`);
  if (path === undefined) return undefined;
  const file: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!isRecord(file) || !Array.isArray(file['messages']) || !Array.isArray(file['expected'])) throw new Error(`${path}: not a key file`);
  return { venue: String(file['venue']), paired: file['paired'] === true, messages: file['messages'] as unknown[], expected: file['expected'] as unknown[] };
}

/** Compares our normal form of every message with the answer key: by input when the file is paired, else as multisets. */
export function compareWithKey(file: KeyFile, venues: readonly Venue[], except: KeyExceptions = {}): KeyComparison {
  const results = normalizeMessages(file.venue, file.messages, venues);
  if (!results.ok) throw new Error(results.error);
  const legacy = results.value.filter((r) => r.rejected === 'legacy-format').map((r) => r.index);
  const differences: string[] = [];
  const compared: Record<string, number> = {};
  const match = (label: string, ours: readonly NormalMessage[], theirs: readonly unknown[]): void => {
    const left = ours.filter((m) => COMPARED.has(m.type) && hasFields(m));
    for (const expected of theirs) {
      if (!isRecord(expected) || !COMPARED.has(String(expected['type']))) continue;
      const at = left.findIndex((m) => agrees(m, expected, except.fields ?? {}));
      if (at >= 0) {
        left.splice(at, 1);
        compared[String(expected['type'])] = (compared[String(expected['type'])] ?? 0) + 1;
      } else if (except.expected?.(expected) !== true) differences.push(`${label}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(left)}`);
    }
    for (const m of left) if (except.ours?.(m) !== true) differences.push(`${label}: not in the key: ${JSON.stringify(m)}`);
  };
  if (file.paired) {
    for (const result of results.value) {
      if (result.rejected === 'legacy-format' || except.inputs?.[result.index] !== undefined) continue;
      const expected = file.expected[result.index];
      match(`input ${result.index}`, result.messages, Array.isArray(expected) ? expected : []);
    }
  } else {
    const taken = results.value.filter((r) => except.inputs?.[r.index] === undefined);
    match('all inputs', taken.flatMap((r) => r.messages), file.expected.flatMap((e): unknown[] => (Array.isArray(e) ? e : [e])));
  }
  for (const result of results.value) {
    if (result.rejected !== undefined && result.rejected !== 'legacy-format' && except.inputs?.[result.index] === undefined) differences.push(`input ${result.index}: rejected ${result.rejected} ${result.detail ?? ''}`);
  }
  return { results: results.value, differences, compared, legacy };
}

/** The key has no ticker for a frame with none of the fields. */
function hasFields(m: NormalMessage): boolean {
  return m.type !== 'derivative_ticker' || TICKER_FIELDS.some((f) => m[f] !== undefined);
}

function agrees(ours: NormalMessage, theirs: Readonly<Record<string, unknown>>, fields: Readonly<Record<string, string>>): boolean {
  if (ours.type !== theirs['type'] || ours.symbol !== theirs['symbol'] || (ours.timestamp !== null && ours.timestamp !== milliseconds(theirs['timestamp']))) return false;
  switch (ours.type) {
    case 'trade': return ours.price === theirs['price'] && ours.amount === theirs['amount'] && ours.side === theirs['side'] && ours.id === (theirs['id'] ?? null);
    case 'liquidation': return ours.price === theirs['price'] && ours.amount === theirs['amount'] && ours.side === theirs['side'];
    case 'book_change': return ours.isSnapshot === theirs['isSnapshot'] && JSON.stringify(ours.bids) === levels(theirs['bids']) && JSON.stringify(ours.asks) === levels(theirs['asks']);
    case 'derivative_ticker': return TICKER_FIELDS.every((f) => fields[f] !== undefined || ours[f] === undefined || ours[f] === theirs[f]);
    case 'ticker':
    case 'index':
    case 'rate':
    case 'cross_rate': return true;
  }
}

function levels(v: unknown): string {
  return JSON.stringify((Array.isArray(v) ? v : []).map((l: unknown) => (isRecord(l) ? { price: l['price'], amount: l['amount'] } : l)));
}

/** The key prints microseconds where the venue does. */
function milliseconds(v: unknown): string {
  return typeof v === 'string' ? new Date(Math.floor(Date.parse(v))).toISOString() : '';
}
