import { err, ok, type Result } from '../../core/index.ts';
import { marginTiers, type MarginTier, type TierCharge, type TierUnit } from '../tiers.ts';

/**
 * Tier tables as venues' own endpoints give them, from answers that are already parsed JSON. Nothing of an answer is trusted: a market whose rows do not
 * make a lawful table is rejected with the place and the reason, and the others are kept.
 */

/** One market's table, to go into `withTiers(rules, tiers, maxLeverage, tierUnit)`. */
export interface TierTable {
  readonly tiers: readonly MarginTier[];
  readonly tierUnit: TierUnit;
  /** Of the lowest tier. */
  readonly maxLeverage: number;
}

/**
 * Why an answer, or one market of it, was not taken. `shape`: a field is missing or of another type; `venue-error`: the venue answered with an error;
 * `number`: not a number, or of unlawful sign; `bounds`: they do not start at 0 or do not rise; `rates`: they fall or are not in (0, 1); `deduction`: the
 * published cumulative deduction does not follow from bounds and rates; `context`: what the caller must add (a contract's value) is not there.
 */
export interface TierLoadError {
  readonly kind: 'tiers.shape' | 'tiers.venue-error' | 'tiers.number' | 'tiers.bounds' | 'tiers.rates' | 'tiers.deduction' | 'tiers.context';
  /** Where in the answer, e.g. `[3].brackets[1].cum`. */
  readonly path: string;
  readonly got: string;
}

/** The tables of an answer by the venue's own market name, and what was rejected. */
export interface LoadedTiers {
  readonly tables: ReadonlyMap<string, TierTable>;
  readonly rejected: readonly TierLoadError[];
  /** The cursor of the next page, where an answer is one of several. */
  readonly nextPage?: string;
}

/** What every loader answers. */
export type TierLoadResult = Result<LoadedTiers, TierLoadError>;

/** The fields of a venue's rows. Bounds are given as lower (`from`) or as upper ones (`to`), of which the lowest tier's lower bound is 0. */
export interface TierColumns {
  readonly from?: string;
  readonly to?: string;
  readonly rate: string;
  readonly leverage: string;
  /** Checked against the recursion where it is there and not empty. */
  readonly deduction?: string;
}

/** How a venue's rows become a table. */
export interface TierReading {
  readonly columns: TierColumns;
  readonly charge: TierCharge;
  readonly unit: TierUnit;
  /** What bounds are multiplied by; 1 when absent. */
  readonly boundScale?: number;
  /** What rates are multiplied by; 1 when absent. */
  readonly rateScale?: number;
}

/** A JSON object. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** True for JSON objects. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for JSON arrays, of whatever. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Wraps a reason. `got` is cut to what a log line can hold. */
export function loadError(kind: TierLoadError['kind'], path: string, got: unknown): { readonly ok: false; readonly error: TierLoadError } {
  const text = typeof got === 'string' ? got : (JSON.stringify(got) as string | undefined) ?? 'nothing';
  return err({ kind, path, got: text.slice(0, 80) });
}

const NUMBER = /^(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** A number >= 0 given as a JSON number or as a decimal string; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'number' ? value : typeof value === 'string' && NUMBER.test(value) ? Number(value) : NaN;
  return number >= 0 && number < Infinity ? number : undefined;
}

/** Tolerance of a published deduction, relative to it (absolute below 1): venues print them rounded, Bybit to whole dollars. */
const DEDUCTION_TOLERANCE = 1e-6;

interface Row {
  readonly from: number;
  readonly rate: number;
  readonly leverage: number;
  readonly deduction: number | undefined;
  readonly path: string;
}

/** One market's rows to its table; rows may come in any order. O(n log n). */
export function readTable(rows: unknown, path: string, reading: TierReading): Result<TierTable, TierLoadError> {
  if (!isList(rows) || rows.length === 0) return loadError('tiers.shape', path, rows);
  const read: Row[] = [];
  for (const [i, row] of rows.entries()) {
    const result = readRow(row, `${path}[${i}]`, reading);
    if (!result.ok) return result;
    read.push(result.value);
  }
  read.sort((a, b) => a.from - b.from);
  const ordered = reading.columns.from === undefined ? read.map((row, i) => ({ ...row, from: read[i - 1]?.from ?? 0 })) : read;
  return tableOf(ordered, reading);
}

/** Reads groups of rows by market; a group that is no table joins `rejected`. */
export function readTables(groups: Iterable<readonly [string, unknown, string]>, readingOf: TierReading | ((market: string) => Result<TierReading, TierLoadError>)): LoadedTiers {
  const tables = new Map<string, TierTable>();
  const rejected: TierLoadError[] = [];
  for (const [market, rows, path] of groups) {
    if (market === '') {
      rejected.push(loadError('tiers.shape', path, 'rows without a market').error);
      continue;
    }
    const reading = typeof readingOf === 'function' ? readingOf(market) : ok(readingOf);
    const table = reading.ok ? readTable(rows, path, reading.value) : reading;
    if (table.ok) tables.set(market, table.value);
    else rejected.push(table.error);
  }
  return { tables, rejected };
}

/** Rows of one list by the text of the first of `fields` that is there, else under `otherwise`, else under no name, which `readTables` rejects. */
export function groupRows(list: readonly unknown[], path: string, fields: readonly string[], otherwise: string = ''): readonly (readonly [string, readonly unknown[], string])[] {
  const groups = new Map<string, unknown[]>();
  for (const row of list) {
    const name = (isRecord(row) ? fields.map((f) => row[f]).find((v): v is string => typeof v === 'string' && v !== '') : undefined) ?? otherwise;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return [...groups].map(([name, rows]) => [name, rows, `${path}{${name}}`] as const);
}

/** The list of a wrapped answer `{ [codeField]: okCode, [listField]: [...] }`, or the venue's error. */
export function listOf(answer: unknown, codeField: string, okCode: string | number, listField: string): Result<readonly unknown[], TierLoadError> {
  const body = answered(answer, codeField, okCode);
  return body.ok ? listIn(body.value, listField, '') : body;
}

/** An answer whose code says that it is one. */
export function answered(answer: unknown, codeField: string, okCode: string | number): Result<JsonRecord, TierLoadError> {
  if (!isRecord(answer)) return loadError('tiers.shape', '', answer);
  if (answer[codeField] !== okCode) return loadError(codeField in answer ? 'tiers.venue-error' : 'tiers.shape', codeField, answer[codeField]);
  return ok(answer);
}

/** The list `field` of an object at `path`. */
export function listIn(value: unknown, field: string, path: string): Result<readonly unknown[], TierLoadError> {
  const list = isRecord(value) ? value[field] : undefined;
  return isList(list) ? ok(list) : loadError('tiers.shape', path === '' ? field : `${path}.${field}`, list);
}

function readRow(row: unknown, path: string, { columns, boundScale = 1, rateScale = 1 }: TierReading): Result<Row, TierLoadError> {
  if (!isRecord(row)) return loadError('tiers.shape', path, row);
  const field = (name: string): number | undefined => numberOf(row[name]);
  const boundField = columns.from ?? columns.to ?? '';
  const [bound, rate, leverage] = [field(boundField), field(columns.rate), field(columns.leverage)];
  if (bound === undefined) return loadError('tiers.number', `${path}.${boundField}`, row[boundField]);
  if (rate === undefined) return loadError('tiers.number', `${path}.${columns.rate}`, row[columns.rate]);
  if (leverage === undefined || leverage === 0) return loadError('tiers.number', `${path}.${columns.leverage}`, row[columns.leverage]);
  const printed = columns.deduction === undefined ? undefined : row[columns.deduction];
  const deduction = printed === undefined || printed === null || printed === '' ? undefined : numberOf(printed);
  if (deduction === undefined && printed !== undefined && printed !== null && printed !== '') return loadError('tiers.number', `${path}.${columns.deduction ?? ''}`, printed);
  return ok({ from: bound * boundScale, rate: rate * rateScale, leverage, deduction, path });
}

function tableOf(rows: readonly Row[], { charge, unit }: TierReading): Result<TierTable, TierLoadError> {
  for (const [i, row] of rows.entries()) {
    const below = rows[i - 1];
    if (below === undefined ? row.from !== 0 : row.from <= below.from) return loadError('tiers.bounds', row.path, row.from);
    if (!(row.rate > 0 && row.rate < 1 && row.rate >= (below?.rate ?? 0))) return loadError('tiers.rates', row.path, row.rate);
  }
  const tiers = marginTiers(rows.map((row) => [row.from, row.rate]), charge);
  for (const [i, { deduction, path }] of rows.entries()) {
    const ours = tiers[i]?.deduction ?? 0;
    if (deduction !== undefined && Math.abs(deduction - ours) > DEDUCTION_TOLERANCE * Math.max(1, ours)) return loadError('tiers.deduction', path, `${deduction}, not ${ours}`);
  }
  return ok({ tiers, tierUnit: unit, maxLeverage: rows[0]?.leverage ?? 1 });
}
