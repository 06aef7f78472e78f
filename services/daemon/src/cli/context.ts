/** What a command may touch of the process. */
export interface CommandContext {
  readonly env: {
    readonly noColor: boolean;
    /** Where recorded market data is, for `bench ingest`. */
    readonly dataFolder: string;
    /** Kafka brokers to use instead of starting one, for `bench bus` and `drill --cluster`: `host:port`, several with commas. */
    readonly kafka?: string | undefined;
    /** The address of an InfluxDB to use instead of starting one, for `drill --cluster`. */
    readonly influx?: string | undefined;
  };
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** A command that cannot go on: printed as `what happened: why. What to do.`, ends with exit code 1 (2 for bad usage). */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: 1 | 2;
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Prints one JSON document on one line. */
export function printJson(context: CommandContext, value: unknown): void {
  context.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Prints rows as a table with aligned columns; numbers to the right. */
export function printTable(context: CommandContext, head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): void {
  const text = (cell: string | number | null): string => (cell === null ? '-' : String(cell));
  const all = [head, ...rows].map((row) => row.map(text));
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const right = head.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number' || row[column] === null));
  for (const row of all) {
    const cells = row.map((cell, column) => (right[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)));
    context.stdout.write(`${cells.join('  ').trimEnd()}\n`);
  }
}
