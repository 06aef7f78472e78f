import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { barMs, type Universe } from '@breakwater/models/tail-risk';
import { CommandError } from './context.ts';
import { reasonOf } from './files.ts';

/** Rows that are read at most: ten times a month of two hundred markets. */
const MOST_ROWS = 20_000_000;
/** Names that a column may have. */
const names = { symbol: ['symbol'], time: ['ts', 'timestamp', 'time', 'open_time', 'date'], open: ['open'], high: ['high'], low: ['low'], close: ['close'], volume: ['volume'] } as const;
type Column = keyof typeof names;
/** Below this a time is in seconds: as milliseconds it would be before 1973. */
const SECONDS_BELOW = 1e11;

/** Bars of one market on their way in: six numbers each. */
interface Bars {
  readonly rows: number[];
}

/**
 * Reads bars of five minutes: CSV, or CSV in gzip, with a header that names at least a time (`ts`, `timestamp`, `time`, `open_time`, `date`: milliseconds, seconds or ISO 8601, UTC), `open`, `high`, `low`, `close` and `volume`, and `symbol` where there are
 * several markets. Markets may follow one another or take turns; the bars of each go forward in time. Rejects with a `CommandError` that names line and column.
 */
export async function readCandles(path: string): Promise<Universe> {
  const markets = new Map<string, Bars>();
  let columns: Readonly<Record<Column, number>> | undefined;
  let line = 0;
  let count = 0;
  for await (const text of linesOf(path)) {
    line++;
    if (text === '') continue;
    const cells = text.split(',');
    if (columns === undefined) {
      columns = columnsOf(path, cells);
      continue;
    }
    if (++count > MOST_ROWS) throw new CommandError(`${path} was not read: it has more than ${MOST_ROWS} bars. Give fewer markets or a shorter time.`);
    const row = rowOf(path, line, columns, cells);
    const symbol = columns.symbol < 0 ? '' : (cells[columns.symbol] ?? '').trim();
    let bars = markets.get(symbol);
    if (bars === undefined) markets.set(symbol, (bars = { rows: [] }));
    const [at = NaN] = row;
    const before = bars.rows.at(-6);
    if (before !== undefined && at <= before) throw wrong(path, line, 'time', cells[columns.time], `is not after the bar before${symbol === '' ? '' : ` of ${symbol}`}`);
    bars.rows.push(...row);
  }
  if (columns === undefined || count === 0) throw new CommandError(`${path} holds no bars: give a CSV with a header and one bar of five minutes a line.`);
  return universeOf(path, markets);
}

function universeOf(path: string, markets: ReadonlyMap<string, Bars>): Universe {
  const all = [...markets].sort(([a], [b]) => (a < b ? -1 : 1));
  const starts = new Int32Array(all.length + 1);
  all.forEach(([, { rows }], k) => (starts[k + 1] = (starts[k] ?? 0) + rows.length / 6));
  // Shared, so that threads read it where it is.
  const rows = new Float64Array(new SharedArrayBuffer(8 * 6 * (starts.at(-1) ?? 0)));
  all.forEach(([, bars], k) => rows.set(bars.rows, 6 * (starts[k] ?? 0)));
  let shortest = Infinity;
  for (const [, bars] of all) for (let i = 6; i < bars.rows.length; i += 6) shortest = Math.min(shortest, (bars.rows[i] ?? NaN) - (bars.rows[i - 6] ?? NaN));
  if (shortest !== barMs && shortest !== Infinity) throw new CommandError(`${path} was not tested: its bars are ${shortest / 1_000} s apart, and the models are of bars of ${barMs / 1_000} s. Give bars of five minutes.`);
  return { symbols: all.map(([symbol]) => symbol), starts, rows };
}

function columnsOf(path: string, cells: readonly string[]): Readonly<Record<Column, number>> {
  const header = cells.map((cell) => cell.trim().toLowerCase().replace(/^\uFEFF/, ''));
  const find = (column: Column): number => header.findIndex((name) => (names[column] as readonly string[]).includes(name));
  const columns = { symbol: find('symbol'), time: find('time'), open: find('open'), high: find('high'), low: find('low'), close: find('close'), volume: find('volume') };
  const missing = (Object.keys(columns) as Column[]).filter((column) => column !== 'symbol' && columns[column] < 0);
  if (missing.length > 0) throw new CommandError(`${path}, line 1: no column ${missing.map((column) => names[column].join(' or ')).join(', nor ')}. The header must name time, open, high, low, close and volume (and symbol where there are several markets).`);
  return columns;
}

function rowOf(path: string, line: number, columns: Readonly<Record<Column, number>>, cells: readonly string[]): number[] {
  const number = (column: Column, least: number, what: string): number => {
    const cell = cells[columns[column]];
    const value = cell === undefined || cell.trim() === '' ? NaN : Number(cell);
    if (!(value >= least && value < Infinity)) throw wrong(path, line, column, cell, `is no ${what}`);
    return value;
  };
  const price = (column: Column): number => number(column, Number.MIN_VALUE, 'price above 0');
  const [open, high, low, close] = [price('open'), price('high'), price('low'), price('close')];
  if (high < low) throw wrong(path, line, 'high', cells[columns.high], `is below the low ${low}`);
  return [timeOf(path, line, cells[columns.time]), open, Math.max(open, high, close), Math.min(open, low, close), close, number('volume', 0, 'quantity of 0 or more')];
}

function timeOf(path: string, line: number, cell: string | undefined): number {
  const text = (cell ?? '').trim();
  const at = /^\d+(\.\d+)?$/.test(text) ? Number(text) * (Number(text) < SECONDS_BELOW ? 1_000 : 1) : Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text.replace(' ', 'T')}Z`);
  if (!Number.isFinite(at)) throw wrong(path, line, 'time', cell, 'is no time (milliseconds, seconds or ISO 8601)');
  return at;
}

function wrong(path: string, line: number, column: Column, cell: string | undefined, what: string): CommandError {
  return new CommandError(`${path}, line ${line}, column ${column}: ${cell === undefined ? 'nothing' : `'${cell.slice(0, 40)}'`} ${what}.`);
}

/** Lines of a text file, inflated where its first bytes say gzip. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const zipped = /\.gz$/.test(path);
  const source = createReadStream(path);
  const stream = zipped ? source.pipe(createGunzip()) : source;
  // `pipe` hands no failure on.
  if (zipped) source.on('error', (error) => stream.destroy(error));
  stream.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of stream as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) yield text.endsWith('\r') ? text.slice(0, -1) : text;
    }
  } catch (error) {
    throw new CommandError(`${path} was not read: ${reasonOf(error)}. Give a CSV of bars, or one in gzip.`);
  }
  if (rest !== '') yield rest;
}
