import { BreakwaterError } from '../errors.ts';

/** A value of a column or a parameter. */
export type SqlValue = string | number | null;
/** A row as the database gives it. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** One open SQLite database. Everything is synchronous; failures of the disk are `BreakwaterError`s. Statements are prepared once for each text. */
export interface Sql {
  /** Runs statements without parameters. */
  exec(script: string): void;
  /** Runs one statement; returns the rows changed and the last row number given. */
  run(statement: string, ...parameters: readonly SqlValue[]): { readonly changes: number; readonly row: number };
  get(statement: string, ...parameters: readonly SqlValue[]): SqlRow | undefined;
  all(statement: string, ...parameters: readonly SqlValue[]): readonly SqlRow[];
  /**
   * Runs `fn` in one transaction, committed when it returns and undone when it throws. Not nested. One that `survives` a power cut
   * carries every commit before it to the disk; one that survives the process may be taken back by a power cut, but never without all later ones.
   */
  transaction<T>(fn: () => T, survives: 'power-cut' | 'process'): T;
  /** Runs `fn` in one transaction that is always undone, and returns what it returned. Not nested. */
  rehearse<T>(fn: () => T): T;
  /** Closes the database; harmless when closed. */
  close(): void;
}

/** The text in a column; `store-corrupt` when it holds something else. */
export function textOf(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new BreakwaterError('store-corrupt', `column ${column} cannot be read: expected text, found ${typeof value}`);
  return value;
}

/** The number in a column; `store-corrupt` when it holds something else. */
export function numberOf(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new BreakwaterError('store-corrupt', `column ${column} cannot be read: expected a number, found ${typeof value}`);
  return value;
}
