import { readFileSync } from 'node:fs';
import { messageOf } from '@breakwater/platform/errors';
import { CommandError } from './context.ts';

/** The text of a file the user named; a clear error when it cannot be read. */
export function readUserFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandError(`${path} was not read: ${reasonOf(error)}. Check the path.`);
  }
}

/** The JSON value of a file the user named. */
export function readUserJson(path: string): unknown {
  const text = readUserFile(path);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new CommandError(`${path} was not read: it is not JSON (${messageOf(error)}). Give a file of JSON.`);
  }
}

/** An operating system's error in a few words. */
export function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const known: Readonly<Record<string, string>> = { ENOENT: 'there is no such file', EACCES: 'it may not be read', EISDIR: 'it is a folder' };
  return known[code] ?? messageOf(error);
}
