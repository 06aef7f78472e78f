import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';

/** Bytes of an ed25519 seed (RFC 8032, section 5.1.5). */
const seedBytes = 32;

/**
 * The seed of the key that heartbeats are signed with: read from `path`, or made and written there (owner only) when there is no such file,
 * so that recipients can pin the key over restarts. Fails with `store-corrupt` when the file holds something else and `store-failed` when it cannot be used.
 */
export function loadSigningSeed(path: string): Uint8Array {
  const held = read(path);
  if (held !== undefined) return held;
  const seed = randomBytes(seedBytes);
  try {
    // Never over a file that another process has just made.
    const file = openSync(path, 'wx', 0o600);
    try {
      writeSync(file, `${seed.toString('hex')}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return seed;
  } catch (error) {
    const made = read(path);
    if (made !== undefined) return made;
    throw new BreakwaterError('store-failed', `signing key ${path} not written: ${messageOf(error)}`, { cause: error });
  }
}

function read(path: string): Uint8Array | undefined {
  if (!existsSync(path)) return undefined;
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new BreakwaterError('store-failed', `signing key ${path} not read: ${messageOf(error)}`, { cause: error });
  }
  if (!/^[0-9a-f]{64}$/.test(text)) throw new BreakwaterError('store-corrupt', `signing key ${path} is not one: ${String(seedBytes)} bytes in hexadecimal are expected`);
  return Buffer.from(text, 'hex');
}
