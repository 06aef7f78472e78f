import type { Rng } from '@breakwater/models/core';
import { BreakwaterError } from '../errors.ts';
import type { SpoolFiles } from '../store/spool.ts';

/** Files that outlive the processes that use them. */
export interface SimulatedSpoolFiles {
  /** Files as a new process sees them; those given before are dead. */
  open(): SpoolFiles;
  /** After this many more changes the process ends in the middle of the next one, a part of which, drawn from the seed, is done. */
  crashAfter(changes: number): void;
  /** Ends the process. With `power`, what was not synced is lost but for a first part. */
  crash(power?: boolean): void;
  /** Bytes that fit on the disk; an append that does not fit writes what does and rejects with `ENOSPC`. */
  setCapacity(bytes: number): void;
  /** Changes a byte of a file. */
  damage(name: string, at: number): void;
  names(): readonly string[];
  /** Bytes of all files. */
  size(): number;
  /** How many changes (appends and removals) were made. */
  changes(): number;
}

/** Makes an empty disk. Answers come on the next microtask; the same seed and calls give the same faults. */
export function createSimulatedSpoolFiles(deps: { readonly rng: Rng }): SimulatedSpoolFiles {
  const { rng } = deps;
  const files = new Map<string, { bytes: Uint8Array; synced: number }>();
  let capacity = Infinity;
  let generation = 0;
  let crashIn = Infinity;
  let changed = 0;

  const size = (): number => [...files.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  const dead = (): BreakwaterError => new BreakwaterError('store-failed', 'simulated files: the process has ended');
  const write = (name: string, bytes: Uint8Array): void => {
    const held = files.get(name) ?? { bytes: new Uint8Array(), synced: 0 };
    files.set(name, { ...held, bytes: Uint8Array.from([...held.bytes, ...bytes]) });
  };
  const crash = (power = false): void => {
    generation++;
    crashIn = Infinity;
    if (!power) return;
    for (const [name, { bytes, synced }] of files) files.set(name, { bytes: bytes.slice(0, synced + Math.floor(rng.next() * (bytes.length - synced + 1))), synced });
  };
  return {
    open: () => {
      generation++;
      const own = generation;
      const alive = (): void => {
        if (own !== generation) throw dead();
      };
      /** True when the process ends in this change. */
      const ends = (): boolean => {
        changed++;
        return crashIn-- <= 0;
      };
      return {
        list: async () => {
          alive();
          return [...files.keys()];
        },
        read: async (name, from) => {
          alive();
          const held = files.get(name);
          if (held === undefined) throw new Error(`ENOENT: no such file ${name}`);
          return held.bytes.slice(from);
        },
        append: async (name, bytes, sync) => {
          alive();
          if (ends()) {
            write(name, bytes.slice(0, Math.floor(rng.next() * (bytes.length + 1))));
            crash();
            throw dead();
          }
          const fits = Math.max(0, capacity - size());
          write(name, bytes.slice(0, fits));
          if (fits < bytes.length) throw new Error('ENOSPC: no space left on device, write');
          const held = files.get(name);
          if (sync && held !== undefined) held.synced = held.bytes.length;
        },
        remove: async (name) => {
          alive();
          const isLast = ends();
          if (!isLast || rng.chance(0.5)) files.delete(name);
          if (!isLast) return;
          crash();
          throw dead();
        },
      };
    },
    crashAfter: (changes) => void (crashIn = changes),
    crash,
    setCapacity: (bytes) => void (capacity = bytes),
    damage: (name, at) => {
      const held = files.get(name);
      if (held !== undefined) held.bytes[at] = (held.bytes[at] ?? 0) ^ 0xff;
    },
    names: () => [...files.keys()],
    size,
    changes: () => changed,
  };
}
