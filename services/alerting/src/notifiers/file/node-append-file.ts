import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import type { AppendFile } from './append-file.ts';

/** Opens a real file; failures are `delivery-failed` with the path. */
export async function openNodeAppendFile(path: string): Promise<AppendFile> {
  const guard = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      throw new BreakwaterError('delivery-failed', `${what} ${path} failed: ${messageOf(error)}`, { cause: error });
    }
  };
  const handle = await guard('opening', async () => {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a+');
    // The name of a new file survives a power failure only when its folder was synced too.
    const folder = await open(dirname(path), 'r');
    await folder.sync().finally(() => folder.close());
    return file;
  });
  return {
    size: () => guard('reading', async () => (await handle.stat()).size),
    read: (offset, length) =>
      guard('reading', async () => {
        const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, offset);
        return buffer.subarray(0, bytesRead);
      }),
    truncate: (length) => guard('cutting', () => handle.truncate(length)),
    append: (text) => guard('writing', () => handle.appendFile(text, 'utf8')),
    sync: () => guard('syncing', () => handle.sync()),
    close: () => guard('closing', () => handle.close()),
  };
}
