import { matrixOf, type Matrix } from '@breakwater/models/address-risk';
import { CommandError } from './context.ts';

/** Which columns of a file are what; names are compared without case and outer blanks. */
export interface ColumnNames {
  readonly label?: string;
  readonly group?: string;
  readonly time?: string;
  readonly ignore?: readonly string[];
}

/** A labelled table: what models learn from. */
export interface LabelledTable {
  readonly columns: readonly string[];
  /** NaN where a cell is empty. */
  readonly rows: Matrix;
  readonly labels: Float64Array;
  /** What may not be split across folds: the address, as it is compared (lower case, no outer blanks). */
  readonly groups: readonly (string | number)[];
  /** Whether there is a column of groups; without one each row is its own and what belongs together may be split. */
  readonly grouped: boolean;
  /** Days since any moment, where there is a column of time. */
  readonly days: Float64Array | undefined;
  /** Columns that are not learned from, with why. */
  readonly leftOut: readonly { readonly column: string; readonly why: string }[];
  /** Rows that were not read, and the first of them in words. */
  readonly rejected: number;
  readonly firstRejected: string | undefined;
}

const labelNames = ['flag', 'label', 'y', 'target'];
const groupNames = ['address', 'token', 'cluster', 'group'];
const rowNumbers = ['index', 'id', '', 'unnamed: 0'];
const plain = (name: string): string => name.trim().toLowerCase();

/** Fields of one line of CSV; quotes may hold commas and doubled quotes. A field that runs over lines is not read. */
function fieldsOf(line: string): readonly string[] {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  let at = 0;
  while (at <= line.length) {
    if (line[at] !== '"') {
      const end = line.indexOf(',', at);
      fields.push(line.slice(at, end < 0 ? undefined : end));
      at = end < 0 ? line.length + 1 : end + 1;
      continue;
    }
    let text = '';
    for (at++; at < line.length; at++) {
      if (line[at] !== '"') text += line[at] ?? '';
      else if (line[at + 1] === '"') text += line[at++] ?? '';
      else break;
    }
    fields.push(text);
    const end = line.indexOf(',', at);
    at = end < 0 ? line.length + 1 : end + 1;
  }
  return fields;
}

function findColumn(path: string, header: readonly string[], asked: string | undefined, usual: readonly string[], what: string): number {
  const names = header.map(plain);
  if (asked === undefined) return usual.map((name) => names.indexOf(name)).find((at) => at >= 0) ?? -1;
  const at = names.indexOf(plain(asked));
  if (at < 0) throw new CommandError(`${path} has no column '${asked}' for ${what}: its columns are ${header.map((name) => name.trim()).join(', ')}.`, 2);
  return at;
}

/** A moment as days: milliseconds or seconds since 1970, ISO 8601, or days as they are. */
function dayOf(text: string): number {
  const number = Number(text);
  if (!Number.isFinite(number)) return Date.parse(text) / 86_400_000;
  return number > 1e11 ? number / 86_400_000 : number > 1e8 ? number / 86_400 : number;
}

/** The number of a cell: NaN for an empty one, undefined for text. */
function cellOf(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || /^(na|nan|null)$/i.test(trimmed)) return NaN;
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : undefined;
}

/**
 * Reads a labelled CSV file with a header. Its label column (FLAG or label by default) holds 0 or 1; a column of addresses (or tokens) says what belongs together; empty cells are not known; columns with any text, and
 * numbers of rows (which tell the order in which classes were written), are left out and named. Rows with another count of fields or another label are counted. Throws a `CommandError` where nothing can be learned.
 */
export function readTable(path: string, text: string, names: ColumnNames = {}): LabelledTable {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const header = fieldsOf(lines[0] ?? '').map((name) => name.trim());
  const label = findColumn(path, header, names.label, labelNames, 'the label');
  if (label < 0) throw new CommandError(`${path} was not read: it has no column named FLAG or label. Name it with --label.`, 2);
  const group = findColumn(path, header, names.group, groupNames, 'the group');
  const time = findColumn(path, header, names.time, [], 'the time');
  const ignored = new Set(names.ignore?.map((name) => findColumn(path, header, name, [], 'what is left out')) ?? []);
  let [rejected, firstRejected] = [0, undefined as string | undefined];
  const reject = (line: number, why: string): void => {
    if (rejected++ === 0) firstRejected = `line ${line + 1}: ${why}`;
  };
  const read: (readonly string[])[] = [];
  lines.forEach((line, i) => {
    if (i === 0 || line.trim() === '') return;
    const fields = fieldsOf(line);
    if (fields.length !== header.length) reject(i, `${fields.length} fields instead of ${header.length}`);
    else if (!/^[01](\.0+)?$/.test((fields[label] ?? '').trim())) reject(i, `the label is '${(fields[label] ?? '').trim().slice(0, 20)}', not 0 or 1`);
    else if (time >= 0 && !Number.isFinite(dayOf((fields[time] ?? '').trim()))) reject(i, 'no time');
    else read.push(fields);
  });
  const leftOut: { column: string; why: string }[] = [];
  const kept = header.flatMap((column, j) => {
    if (j === label || j === group || j === time) return [];
    const why = ignored.has(j) ? 'asked for' : rowNumbers.includes(plain(column)) ? 'a number of the row' : read.some((fields) => cellOf(fields[j] ?? '') === undefined) ? 'text' : undefined;
    if (why !== undefined) leftOut.push({ column, why });
    return why === undefined ? [j] : [];
  });
  const labels = Float64Array.from(read, (fields) => Number(fields[label]));
  if (kept.length === 0 || !labels.includes(0) || !labels.includes(1)) {
    throw new CommandError(`${path} was not learned from: ${read.length} rows and ${kept.length} columns of numbers were read${firstRejected === undefined ? '' : ` (${rejected} rows were not; ${firstRejected})`}, and there have to be both labels. Check the file and --label.`);
  }
  return {
    columns: kept.map((j) => header[j] ?? ''), rows: matrixOf(read.map((fields) => kept.map((j) => cellOf(fields[j] ?? '') ?? NaN)), kept.length), labels,
    groups: read.map((fields, i) => (group < 0 ? i : plain(fields[group] ?? ''))), grouped: group >= 0, days: time < 0 ? undefined : Float64Array.from(read, (fields) => dayOf((fields[time] ?? '').trim())), leftOut, rejected, firstRejected,
  };
}

/** Rows whose columns are all equal to another row's (not known is equal to not known): whatever the split, a model may have seen them with their label. */
export interface EqualRows {
  readonly rows: number;
  readonly cases: number;
  /** Whether a row is one of them. */
  has(row: number): boolean;
}

/** Finds them. O(rows columns). */
export function equalRows({ rows: { rows, columns, values }, labels }: LabelledTable): EqualRows {
  const keys = Array.from({ length: rows }, (_, i) => values.subarray(i * columns, (i + 1) * columns).join());
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  const has = (row: number): boolean => (counts.get(keys[row] ?? '') ?? 0) > 1;
  const found = keys.flatMap((_, i) => (has(i) ? [i] : []));
  return { rows: found.length, cases: found.filter((i) => labels[i] === 1).length, has };
}
