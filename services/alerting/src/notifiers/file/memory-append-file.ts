import { BreakwaterError } from '@breakwater/platform/errors';
import type { AppendFile, OpenAppendFile } from './append-file.ts';

/** A file in memory that outlives its handles, for simulations. */
export interface MemoryFile {
  readonly open: OpenAppendFile;
  /** What a reader sees now. */
  text(): string;
  /** Ends the process that has it open: a first part of what was not synced, `keep` of its bytes (0 to 1), has reached the disk. */
  crash(keep: number): void;
  /** The next append, or the next `times`, writes only its first `bytes` bytes and rejects. */
  failNextAppend(bytes: number, times?: number): void;
}

/** Makes an empty file in memory. */
export function createMemoryFile(): MemoryFile {
  let bytes = new Uint8Array(0);
  let synced = 0;
  let failing = { bytes: 0, times: 0 };
  let generation = 0;
  const write = (added: Uint8Array): void => {
    const joined = new Uint8Array(bytes.length + added.length);
    joined.set(bytes);
    joined.set(added, bytes.length);
    bytes = joined;
  };
  return {
    open: async () => {
      const mine = generation;
      const check = (): void => {
        if (mine !== generation) throw new BreakwaterError('delivery-failed', 'memory file: the process that opened it has ended');
      };
      const file: AppendFile = {
        size: async () => bytes.length,
        read: async (offset, length) => bytes.slice(offset, offset + length),
        truncate: async (length) => {
          check();
          bytes = bytes.slice(0, length);
          synced = Math.min(synced, length);
        },
        append: async (text) => {
          check();
          const added = new TextEncoder().encode(text);
          const fails = failing.times > 0;
          write(fails ? added.slice(0, failing.bytes) : added);
          failing = { ...failing, times: Math.max(0, failing.times - 1) };
          if (fails) throw new BreakwaterError('delivery-failed', 'memory file: the disk is full');
        },
        sync: async () => {
          check();
          synced = bytes.length;
        },
        close: async () => undefined,
      };
      return file;
    },
    text: () => new TextDecoder().decode(bytes),
    crash: (keep) => {
      generation++;
      bytes = bytes.slice(0, synced + Math.floor((bytes.length - synced) * keep));
      synced = bytes.length;
    },
    failNextAppend: (count, times = 1) => {
      failing = { bytes: count, times };
    },
  };
}
