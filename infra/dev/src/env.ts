import { existsSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The only place where tests and development scripts read the environment.
 * `BREAKWATER_DATA` names the optional folder of recorded market data, `CI` is set by continuous integration, `BREAKWATER_INFLUX` is the
 * address of an InfluxDB 1.x that tests may use, `BREAKWATER_KAFKA` are brokers to use instead of starting one.
 */

/** The repository's root. */
export const root: string = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** True in continuous integration, where a missing server is a failure instead of a skip. */
export const inCi: boolean = process.env['CI'] === 'true' || process.env['CI'] === '1';

/** The folder of recorded data, or undefined when it is not on this machine. */
export function dataFolder(): string | undefined {
  const folder = resolve(root, process.env['BREAKWATER_DATA'] ?? '../shared/data');
  return existsSync(folder) ? folder : undefined;
}

/** A file of recorded data; undefined (with a line that says so) when it is not on this machine. */
export function dataFile(path: string): string | undefined {
  const folder = dataFolder();
  const file = folder === undefined ? undefined : resolve(folder, path);
  if (file !== undefined && existsSync(file)) return file;
  if (inCi) throw new Error(`${path} is not here: continuous integration needs the folder of recorded data (BREAKWATER_DATA)`);
  console.warn(`skipped: ${path} is not here (set BREAKWATER_DATA to the folder of recorded data)`);
  return undefined;
}

/** Where a program of the path is, or undefined. */
export function findProgram(name: string): string | undefined {
  return (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** The address of an InfluxDB that tests may use instead of starting one; they make databases of their own in it. */
export function influxUrl(): string | undefined {
  const url = process.env['BREAKWATER_INFLUX'];
  return url === '' ? undefined : url;
}

/** The seeds that `BREAKWATER_SEEDS` asks the simulation test for: numbers and ranges, e.g. `7` or `1-200,412`; undefined when it is not set. Throws on anything else. */
export function simulationSeeds(): readonly number[] | undefined {
  const text = process.env['BREAKWATER_SEEDS'];
  if (text === undefined || text === '') return undefined;
  return text.split(',').flatMap((part) => {
    const [, first, last = first] = /^\s*(\d{1,9})(?:-(\d{1,9}))?\s*$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (!(from <= to) || to - from >= 100_000) throw new Error(`BREAKWATER_SEEDS: must be like 7 or 1-200,412, got ${text}`);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}

/** The brokers that `BREAKWATER_KAFKA` names (`host:port`, several with commas), to be used instead of starting one; undefined when it is not set. Throws on anything else. */
export function kafkaBrokers(): readonly string[] | undefined {
  const text = process.env['BREAKWATER_KAFKA'];
  if (text === undefined || text === '') return undefined;
  const brokers = text.split(',').map((part) => part.trim());
  for (const broker of brokers) if (!/^[^\s:]+:\d{1,5}$/.test(broker)) throw new Error(`BREAKWATER_KAFKA: must be like localhost:9092,other:9092, got ${text}`);
  return brokers;
}

/** How often fault tests that go in rounds do so: `BREAKWATER_FAULT_ROUNDS`, 1 when it is not set. Throws on anything but a small number. */
export function faultRounds(): number {
  const text = process.env['BREAKWATER_FAULT_ROUNDS'];
  if (text === undefined || text === '') return 1;
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new Error(`BREAKWATER_FAULT_ROUNDS: must be a number from 1 to 999, got ${text}`);
  return Number(text);
}
