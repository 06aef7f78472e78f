import type { AssetId, InstrumentId } from '@breakwater/models/core';
import { savePast, type AssetState, type SavedAsset, type SavedParts, type SavedPast } from './asset-state.ts';
import type { SavedPositions } from './position-memory.ts';

/** Names of the checkpoints that hold what is long of an asset. */
const names = {
  past: (asset: AssetId) => `scoring:past:${asset}`,
  fit: (instrument: InstrumentId) => `scoring:positions:${instrument}`,
  minutes: (instrument: InstrumentId) => `scoring:minutes:${instrument}`,
} as const;

/** The parts of `SavedPositions` by how often they change: with each fit, and with each minute. */
type SavedFit = Pick<SavedPositions, 'state'>;
type SavedMinutes = Omit<SavedPositions, 'state'>;

/** Tells what is long and has changed, so that a tick does not write all of it. */
export interface LongSaves {
  /** By checkpoint, what has changed since it was asked for before. O(bars) when a bar has ended, O(1) a market else. */
  changed(asset: AssetId, state: AssetState): Readonly<Record<string, SavedPast | SavedFit | SavedMinutes>>;
  forget(asset: AssetId, state: AssetState): void;
}

/** Of nothing anything was asked yet. */
export function createLongSaves(): LongSaves {
  const bars = new Map<AssetId, ReturnType<AssetState['bars']['closed']>>();
  const versions = new Map<InstrumentId, { readonly minutes: number; readonly fits: number }>();
  return {
    changed: (asset, state) => {
      const found: Record<string, SavedPast | SavedFit | SavedMinutes> = {};
      if (state.bars.closed() !== bars.get(asset)) {
        bars.set(asset, state.bars.closed());
        found[names.past(asset)] = savePast(state);
      }
      for (const [instrument, memory] of state.positions) {
        const [before, now] = [versions.get(instrument), memory.versions()];
        if (before?.minutes === now.minutes && before.fits === now.fits) continue;
        versions.set(instrument, now);
        const { state: fitted, ...minutes } = memory.save();
        found[names.minutes(instrument)] = minutes;
        if (before?.fits !== now.fits) found[names.fit(instrument)] = { state: fitted };
      }
      return found;
    },
    forget: (asset, state) => {
      bars.delete(asset);
      for (const instrument of state.positions.keys()) versions.delete(instrument);
    },
  };
}

/** Reads back what was saved of an asset: with each tick, and what is long. `read` gives the text of a checkpoint. */
export async function readSaved(asset: AssetId, read: (name: string) => Promise<string | undefined>): Promise<SavedParts | undefined> {
  const parsed = async <T>(name: string): Promise<T | undefined> => {
    const text = await read(name);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  };
  const tick = await parsed<SavedAsset>(`scoring:${asset}`);
  if (tick === undefined) return undefined;
  const positions: (readonly [InstrumentId, SavedPositions])[] = [];
  for (const [instrument] of tick.minutes ?? []) {
    const minutes = await parsed<SavedMinutes>(names.minutes(instrument));
    const fit = await parsed<SavedFit>(names.fit(instrument));
    if (minutes !== undefined) positions.push([instrument, { ...minutes, state: fit?.state ?? null }]);
  }
  return { tick, past: await parsed<SavedPast>(names.past(asset)), positions };
}
