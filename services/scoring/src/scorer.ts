import type { AssetMessage, GlobalMessage } from '@breakwater/contracts';
import type { AssetId, EpochMs } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';
import { createAligner, type AlignedTick, type Aligner } from './aligner.ts';
import { createAssetState, fold, type AssetState, type SavedAsset } from './asset-state.ts';
import { computeScore, remember, type Computed } from './compute-score.ts';
import type { ScoredAsset, ScoringConfig } from './config.ts';
import { modelAsset, type ModelledMarket } from './modelled-market.ts';
import { createRates } from './rates.ts';

/** The scores of one tick. */
export interface ScoredTick {
  readonly at: EpochMs;
  readonly lagging: AlignedTick['lagging'];
  readonly scores: readonly Computed[];
  /** The markets that each score was computed from, in the order of `scores`. */
  readonly modelled: readonly (readonly ModelledMarket[])[];
}

/** Scoring without a bus, a clock or a store: messages in, scores out, time passed in. */
export interface Scorer {
  readonly aligner: Aligner;
  /** Starts to score an asset, from what was saved of it; the tick it was saved at, if any. */
  watch(asset: ScoredAsset, saved?: SavedAsset): void;
  push(message: AssetMessage | GlobalMessage): void;
  /** The next tick that is due at `now`, folded and scored; undefined when none is. */
  due(now: EpochMs): ScoredTick | undefined;
  /** What must survive of an asset that is watched. */
  save(asset: AssetId, at: EpochMs): SavedAsset;
}

/** Whether a message takes a source out of the set that ticks wait for. */
function endsSource(message: GlobalMessage): boolean {
  return message.kind === 'feed.health' && message.status === 'down' && (message.channel === 'socket' || message.channel === 'blocks') && message.instrument === undefined;
}

/** Makes a scorer. `onUnknown` may name an asset that is not watched yet (replay watches all); by default its messages are left out. */
export function createScorer(config: ScoringConfig, startedAt: EpochMs, options: { readonly startGraceMs: number; readonly onUnknown?: (asset: AssetId) => ScoredAsset | undefined }): Scorer {
  const aligner = createAligner({ tickEveryMs: config.tickEveryMs, latenessMs: config.latenessMs, maxAheadMs: 5_000, bufferLimit: 500_000, startedAt, startGraceMs: options.startGraceMs });
  const rates = createRates(config.staleAfterMs);
  const watched = new Map<AssetId, { readonly asset: ScoredAsset; readonly state: AssetState }>();
  const watch: Scorer['watch'] = (asset, saved) => {
    watched.set(asset.asset, { asset, state: createAssetState(saved) });
    if (saved !== undefined) aligner.resumeAfter(epochMs(saved.lastTick));
  };
  const isWatched = (asset: AssetId): boolean => {
    if (watched.has(asset)) return true;
    const found = options.onUnknown?.(asset);
    if (found !== undefined) watch(found);
    return found !== undefined;
  };
  const foldAll = (messages: AlignedTick['messages']): void => {
    for (const message of messages) {
      if (message.kind === 'rate' || message.kind === 'rate.cross') rates.fold(message);
      else if (message.kind === 'feed.health') for (const { state } of watched.values()) fold(state, message);
      else {
        const target = watched.get(message.asset);
        if (target !== undefined) fold(target.state, message);
      }
    }
  };
  return {
    aligner, watch,
    push: (message) => {
      if (message.kind === 'watermark') aligner.watermark(message.source, message.eventTime);
      else if (message.kind === 'tick.due') aligner.force(message.eventTime);
      else if (message.kind === 'feed.health' || message.kind === 'rate' || message.kind === 'rate.cross') {
        aligner.push(message);
        if (endsSource(message)) aligner.release(message.source);
      } else if (isWatched(message.asset)) aligner.push(message);
    },
    due: (now) => {
      const tick = aligner.due(now);
      if (tick === undefined) return undefined;
      foldAll(tick.messages);
      const scores: Computed[] = [];
      const all: (readonly ModelledMarket[])[] = [];
      for (const { asset, state } of watched.values()) {
        const modelled = modelAsset(state, rates, tick.at, config);
        const computed = computeScore(state, rates, asset, tick.at, config, modelled);
        // Nothing is known of the asset yet: no market and no deposit.
        if (computed.markets.length === 0 && computed.deposits.day.count === 0) continue;
        remember(state, computed);
        scores.push(computed);
        all.push(modelled);
      }
      return { at: tick.at, lagging: tick.lagging, scores, modelled: all };
    },
    save: (asset, at) => {
      const state = watched.get(asset)?.state;
      return { lastTick: at, deposits: state?.deposits.save() ?? [], history: state?.history.save() ?? [] };
    },
  };
}
