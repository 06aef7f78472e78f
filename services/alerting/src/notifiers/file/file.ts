import { warningEvent } from '../cloud-event.ts';
import type { Notifier } from '../notifier.ts';
import type { AppendFile, OpenAppendFile } from './append-file.ts';

/** A file notifier, which holds its file open. */
export interface FileNotifier extends Notifier {
  /** Closes the file; a later delivery opens it again. */
  close(): Promise<void>;
}

const newline = 0x0a;
const chunk = 65_536;

/**
 * Appends every revision to a file as one CloudEvents document a line (JSON Lines). A revision counts as delivered when the file was
 * synced. A line that a crash left torn is cut off before anything is appended; it was not synced, so its revision comes again. One
 * line a revision is not promised: a crash after the sync and before the outbox knows leaves two, with the same `id`.
 */
export function createFileNotifier(deps: { readonly name?: string; readonly path: string; readonly open: OpenAppendFile }): FileNotifier {
  let file: AppendFile | undefined;
  const close = async (): Promise<void> => {
    const held = file;
    file = undefined;
    await held?.close();
  };
  const ready = async (): Promise<AppendFile> => {
    if (file !== undefined) return file;
    const opened = await deps.open(deps.path);
    try {
      await cutTornLine(opened);
    } catch (error) {
      await opened.close().catch(() => undefined);
      throw error;
    }
    file = opened;
    return opened;
  };
  return {
    name: deps.name ?? 'file',
    deliver: async (entry) => {
      const target = await ready();
      try {
        await target.append(`${JSON.stringify(warningEvent(entry.warning))}\n`);
        await target.sync();
      } catch (error) {
        // Part of the line may be there, and after a failed sync nothing is known of what is: open again and look.
        await close().catch(() => undefined);
        throw error;
      }
    },
    close,
  };
}

/** Cuts off what follows the last line end. Reads backwards from the end, one chunk at a time. */
async function cutTornLine(file: AppendFile): Promise<void> {
  const size = await file.size();
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - chunk);
    const bytes = await file.read(start, end - start);
    const at = bytes.lastIndexOf(newline);
    if (at >= 0) {
      if (start + at + 1 < size) await file.truncate(start + at + 1);
      return;
    }
    end = start;
  }
  if (size > 0) await file.truncate(0);
}
