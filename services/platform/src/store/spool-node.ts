import { mkdirSync } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BreakwaterError, messageOf } from '../errors.ts';
import type { SpoolFiles } from './spool.ts';

/** Files of a spool in a folder of its own, which is made. Throws `store-failed` when it cannot be. Opens the file for each call: calls are about one a second. */
export function createSpoolFolder(folder: string): SpoolFiles {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new BreakwaterError('store-failed', `spool folder ${folder} not made: ${messageOf(error)}`, { cause: error });
  }
  const syncFolder = async (): Promise<void> => {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  };
  return {
    list: () => readdir(folder),
    read: async (name, from) => {
      const handle = await open(join(folder, name), 'r');
      try {
        const { size } = await handle.stat();
        const bytes = Buffer.alloc(Math.max(0, size - from));
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
        return bytes.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
    append: async (name, bytes, sync) => {
      const handle = await open(join(folder, name), 'a');
      try {
        // `writeFile` of a handle writes all of it, where `write` may write a part.
        await handle.writeFile(bytes);
        if (sync) await handle.sync();
      } finally {
        await handle.close();
      }
      // A new file survives a power cut only with its folder.
      if (sync) await syncFolder();
    },
    remove: (name) => rm(join(folder, name), { force: true }),
  };
}
