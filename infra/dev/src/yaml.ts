import { loadConfig, printProblem } from '@breakwater/platform/config';
import { z } from 'zod';

/** What a YAML 1.2 text says, by the reader of the daemon's own config: strict, without merge keys. Throws, naming the place, on anything else. */
export function readYaml(text: string): unknown {
  const read = loadConfig<unknown>(text, z.unknown(), { readFile: () => '' });
  if (!read.ok) throw new Error(read.error.map(printProblem).join('\n'));
  return read.value;
}

/** A mapping of any values. */
export type Mapping = Readonly<Record<string, unknown>>;

/** `value` as a mapping; an empty one when it is none. */
export function mappingOf(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}

/** `value` as a list; an empty one when it is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** `value` as a text: a number or a boolean as it is printed, nothing for everything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** What stands at a path of keys and indices; undefined where there is nothing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce((found, key) => (typeof key === 'number' ? listOf(found)[key] : mappingOf(found)[key]), value);
}
