import type { AssetId, InstrumentId } from '@breakwater/models/core';
import { savePast, type AssetState, type SavedAsset, type SavedParts, type SavedPast } from './asset-state.ts';
import type { SavedHolders } from './addresses/holder-memory.ts';
import type { SavedPositions } from './position-memory.ts';
import type { SavedReserve } from './reserve/reserve-memory.ts';
import type { SavedProducers } from './settlement/producer-memory.ts';

/** Names of the checkpoints that hold what is long of an asset. */
const names = {
  past: (asset: AssetId) => `scoring:past:${asset}`,
  holders: (asset: AssetId) => `scoring:holders:${asset}`,
  reserve: (asset: AssetId) => `scoring:reserve:${asset}`,
  producers: (asset: AssetId) => `scoring:producers:${asset}`,
  fit: (instrument: InstrumentId) => `scoring:positions:${instrument}`,
  minutes: (instrument: InstrumentId) => `scoring:minutes:${instrument}`,
} as const;

/** The parts of `SavedPositions` by how often they change: with each fit, and with each minute. */
type SavedFit = Pick<SavedPositions, 'state'>;
type SavedMinutes = Omit<SavedPositions, 'state'>;
/** Anything that is long. */
type SavedLong = SavedPast | SavedHolders | SavedReserve | SavedProducers | SavedFit | SavedMinutes;

/** Tells what is long and has changed, so that a tick does not write all of it. */
export interface LongSaves {
  /** By checkpoint, what has changed since it was asked for before. O(bars) when a bar has ended, O(1) a market else. */
  changed(asset: AssetId, state: AssetState): Readonly<Record<string, SavedLong>>;
  forget(asset: AssetId, state: AssetState): void;
}

/** Of nothing anything was asked yet. */
export function createLongSaves(): LongSaves {
  const bars = new Map<AssetId, ReturnType<AssetState['bars']['closed']>>();
  const holders = new Map<AssetId, number>();
  const reserves = new Map<AssetId, number>();
  const producers = new Map<AssetId, number>();
  const versions = new Map<InstrumentId, { readonly minutes: number; readonly fits: number }>();
  return {
    changed: (asset, state) => {
      const found: Record<string, SavedLong> = {};
      if (state.bars.closed() !== bars.get(asset)) {
        bars.set(asset, state.bars.closed());
        found[names.past(asset)] = savePast(state);
      }
      // What it began with is what was read.
      if (state.holders.version() !== (holders.get(asset) ?? 0)) {
        holders.set(asset, state.holders.version());
        found[names.holders(asset)] = state.holders.save();
      }
      if (state.reserve.version() !== (reserves.get(asset) ?? 0)) {
        reserves.set(asset, state.reserve.version());
        found[names.reserve(asset)] = state.reserve.save();
      }
      if (state.producers.version() !== (producers.get(asset) ?? 0)) {
        producers.set(asset, state.producers.version());
        found[names.producers(asset)] = state.producers.save();
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
      holders.delete(asset);
      reserves.delete(asset);
      producers.delete(asset);
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
  return { tick, past: await parsed<SavedPast>(names.past(asset)), positions, holders: await parsed<SavedHolders>(names.holders(asset)), reserve: await parsed<SavedReserve>(names.reserve(asset)), producers: await parsed<SavedProducers>(names.producers(asset)) };
}
