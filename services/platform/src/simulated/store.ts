import type { Rng } from '@breakwater/models/core';
import { assert } from '@breakwater/models/core';
import { BreakwaterError } from '../errors.ts';
import type { Journal, SeriesStore } from '../store/index.ts';
import { createMemoryStore } from './memory-store.ts';

/** How often a write goes wrong, as probabilities; 0 switches a fault off. */
export interface DiskFaults {
  /** The write does nothing and rejects with `store-failed`. */
  readonly failBefore: number;
  /** The write is done, but its acknowledgement is lost: it rejects with `store-failed` all the same, as after a time-out. */
  readonly loseAck: number;
}

/** A disk that outlives the daemons opened on it. */
export interface SimulatedDisk {
  /** Opens the store, as a start of the daemon does. Throws `store-failed` while it is open: close it or crash first. */
  open(): SimulatedStore;
  /**
   * Ends the process that has it open: its handle is dead, and calls not yet answered reject. Of the writes among them a first part,
   * drawn from the seed, has reached the disk. What was acknowledged is always there.
   */
  crash(): void;
  /** Changes the faults from now on; what is not named stays. */
  setFaults(faults: Partial<DiskFaults>): void;
  /** Faults that happened. */
  stats(): { readonly failedBefore: number; readonly lostAcks: number; readonly crashes: number };
}

/** An open handle. */
export interface SimulatedStore {
  readonly journal: Journal;
  readonly series: SeriesStore;
  close(): Promise<void>;
}

interface Call {
  readonly writes: boolean;
  /** Does it on the disk and answers. */
  readonly run: () => void;
  /** Does it on the disk without an answer. */
  readonly apply: () => void;
  readonly reject: (error: unknown) => void;
}
interface Handle {
  /** Calls made and not yet answered, in order. */
  readonly calls: Call[];
  open: boolean;
}

/**
 * Makes an empty disk. Calls are answered on the next microtask, in order; the same seed and the same calls give the same faults.
 * Reads never fail while the handle is open.
 */
export function createSimulatedDisk(deps: { readonly rng: Rng; readonly faults?: Partial<DiskFaults> }): SimulatedDisk {
  const { rng } = deps;
  const disk = createMemoryStore();
  let faults: DiskFaults = { failBefore: 0, loseAck: 0, ...deps.faults };
  let current: Handle | undefined;
  const counts = { failedBefore: 0, lostAcks: 0, crashes: 0 };

  const write = <T>(apply: () => T): T => {
    if (rng.chance(faults.failBefore)) {
      counts.failedBefore++;
      throw new BreakwaterError('store-failed', 'simulated disk: the write failed');
    }
    const result = apply();
    if (rng.chance(faults.loseAck)) {
      counts.lostAcks++;
      throw new BreakwaterError('store-failed', 'simulated disk: the acknowledgement of the write was lost');
    }
    return result;
  };
  const call = <T>(handle: Handle, writes: boolean, apply: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      if (!handle.open) {
        reject(new BreakwaterError('store-failed', 'simulated disk: the handle is closed'));
        return;
      }
      const run = (): void => {
        try {
          resolve(writes ? write(apply) : apply());
        } catch (error) {
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what the disk threw
          reject(error);
        }
      };
      handle.calls.push({ writes, run, apply: () => void apply(), reject });
      // After a crash there is nothing left to answer.
      queueMicrotask(() => handle.calls.shift()?.run());
    });
  const openHandle = (): SimulatedStore => {
    const handle: Handle = { calls: [], open: true };
    current = handle;
    const close = async (): Promise<void> => {
      handle.open = false;
      for (const pending of handle.calls.splice(0)) pending.run();
      if (current === handle) current = undefined;
    };
    const { journal, series } = disk;
    return {
      journal: {
        checkpoint: (name) => call(handle, false, () => journal.checkpoint(name)),
        saveCheckpoints: (values) => call(handle, true, () => journal.saveCheckpoints(values)),
        commitWarnings: (commit) => call(handle, true, () => journal.commitWarnings(commit)),
        openWarnings: (asset) => call(handle, false, () => journal.openWarnings(asset)),
        warnings: (after, limit) => call(handle, false, () => journal.warnings(after, limit)),
        latestWarnings: (query) => call(handle, false, () => journal.latestWarnings(query)),
        warning: (id) => call(handle, false, () => journal.warning(id)),
        pending: (recipient, now, limit, order) => call(handle, false, () => journal.pending(recipient, now, limit, order)),
        nextDue: (recipient, order) => call(handle, false, () => journal.nextDue(recipient, order)),
        recordAttempt: (entry, outcome) => call(handle, true, () => journal.recordAttempt(entry, outcome)),
        close,
      },
      series: {
        append: async (points) => {
          for (const point of points) assert(Number.isFinite(point.value), `point of ${point.series} is not a finite number`);
          return call(handle, true, () => series.append(points));
        },
        range: (name, labels, from, to, limit) => call(handle, false, () => series.range(name, labels, from, to, limit)),
        extremes: (name, labels, from, to, spans) => call(handle, false, () => series.extremes(name, labels, from, to, spans)),
        prune: (before) => call(handle, true, () => series.prune(before)),
      },
      close,
    };
  };
  return {
    open: () => {
      if (current !== undefined) throw new BreakwaterError('store-failed', 'simulated disk not opened: it is open already');
      return openHandle();
    },
    crash: () => {
      counts.crashes++;
      const handle = current;
      current = undefined;
      if (handle === undefined) return;
      handle.open = false;
      let reached = true;
      for (const pending of handle.calls.splice(0)) {
        reached &&= rng.chance(0.5);
        if (reached && pending.writes) pending.apply();
        pending.reject(new BreakwaterError('store-failed', 'simulated disk: the process crashed'));
      }
    },
    setFaults: (changed) => {
      faults = { ...faults, ...changed };
    },
    stats: () => ({ ...counts }),
  };
}
