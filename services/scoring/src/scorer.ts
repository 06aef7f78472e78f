import type { AssetMessage, CrossRateMessage, GlobalMessage, RateMessage } from '@breakwater/contracts';
import type { AssetId, EpochMs } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';
import { createAligner, type AlignedTick, type Aligner, type SavedAligner } from './aligner.ts';
import { assetPrice } from './asset-price.ts';
import { createAssetState, fold, pruneDeposits, type AssetState, type SavedAsset, type SavedParts } from './asset-state.ts';
import { computeScore, remember, type Computed } from './compute-score.ts';
import { behindAfterMs, type ScoredAsset, type ScoringConfig } from './config.ts';
import { createLongSaves } from './long-saves.ts';
import { modelAsset, type ModelledMarket } from './modelled-market.ts';
import { floorBidOf } from './reserve/reserve-score.ts';
import { createRates } from './rates.ts';
import { holdAsset, restoreAsset, type HeldAsset } from './saved-state.ts';

/** The scores of one tick. */
export interface ScoredTick {
  readonly at: EpochMs;
  readonly lagging: AlignedTick['lagging'];
  readonly scores: readonly Computed[];
  /** The markets that each score was computed from, in the order of `scores`. */
  readonly modelled: readonly (readonly ModelledMarket[])[];
}

/**
 * What a tick is for. `score`: to be told. `repeat`: it was told before, by whoever held its log then; `repeat-old`: it was, or was skipped. `skip`: nobody needs it any more. Of all but `score` only what later scores are
 * compared with is computed, which leaves the state as a score would; of `skip` what was computed is told all the same, and deposits that were reverted wait for the next score, as after `repeat-old`: told twice, rather than never.
 */
export type TickUse = 'score' | 'repeat' | 'repeat-old' | 'skip';

/** Everything a scorer holds, as JSON can carry it. */
export interface HeldScorer {
  readonly aligner: SavedAligner;
  readonly rates: readonly (RateMessage | CrossRateMessage)[];
  readonly assets: readonly (readonly [AssetId, HeldAsset])[];
}

/** Scoring without a bus, a clock or a store: messages in, scores out, time passed in. */
export interface Scorer {
  readonly aligner: Aligner;
  /** Starts to score an asset, from what was saved of it; the tick it was saved at, if any. */
  watch(asset: ScoredAsset, saved?: SavedParts): void;
  /** Starts to score an asset while others are scored: their ticks go on where they are. What was said of whole sources counts for it too. */
  join(asset: ScoredAsset, saved?: SavedParts): void;
  /** Scores an asset no more, and forgets it; nothing when it is not watched. */
  leave(asset: AssetId): void;
  push(message: AssetMessage | GlobalMessage): void;
  /** The next tick that is due at `now`, folded and scored; undefined when none is. */
  due(now: EpochMs, use?: (at: EpochMs) => TickUse): ScoredTick | undefined;
  /** What must survive of an asset that is watched. */
  save(asset: AssetId, at: EpochMs): SavedAsset;
  /** What must survive of it and is long, by the name of its checkpoint: what has changed since it was asked for before. O(bars). */
  saveLong(asset: AssetId): Readonly<Record<string, unknown>>;
  /** Everything it holds: a scorer that begins with it goes on as this one would, to the last bit. O(levels). */
  hold(): HeldScorer;
}

const dayMs = 86_400_000;

/** Whether a message takes a source out of the set that ticks wait for. */
function endsSource(message: GlobalMessage): boolean {
  return message.kind === 'feed.health' && message.status === 'down' && (message.channel === 'socket' || message.channel === 'blocks') && message.instrument === undefined;
}

/** How a scorer begins. */
export interface ScorerOptions {
  readonly startGraceMs: number;
  readonly onUnknown?: (asset: AssetId) => ScoredAsset | undefined;
  /** Goes on from here; of its assets those count that are watched. */
  readonly held?: HeldScorer | undefined;
}

/** Makes a scorer. `onUnknown` may name an asset that is not watched yet (replay watches all); by default its messages are left out. */
export function createScorer(config: ScoringConfig, startedAt: EpochMs, options: ScorerOptions): Scorer {
  const aligner = createAligner({ tickEveryMs: config.tickEveryMs, behindAfterMs, latenessMs: config.latenessMs, maxAheadMs: 5_000, bufferLimit: 500_000, startedAt, startGraceMs: options.startGraceMs }, options.held?.aligner);
  const rates = createRates(config.staleAfterMs);
  for (const rate of options.held?.rates ?? []) rates.fold(rate);
  const heldAssets = new Map(options.held?.assets);
  const watched = new Map<AssetId, { readonly asset: ScoredAsset; readonly state: AssetState }>();
  const longs = createLongSaves();
  const watch: Scorer['watch'] = (asset, saved) => {
    const held = saved === undefined ? heldAssets.get(asset.asset) : undefined;
    watched.set(asset.asset, { asset, state: held === undefined ? createAssetState(saved) : restoreAsset(held) });
    if (saved?.tick !== undefined) aligner.resumeAfter(epochMs(saved.tick.lastTick));
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
  /** Positions and the price at a tick, whatever the tick is for. */
  const follow = ({ bars, activity, markets, positions }: AssetState, at: EpochMs, behind: AlignedTick['behind']): void => {
    for (const [instrument, memory] of positions) {
      const market = markets.get(instrument);
      if (market !== undefined) memory.tick(at, (market.figureHealth.get('liquidations') ?? 'ok') === 'ok');
    }
    const before = bars.closed();
    bars.sample(at, assetPrice(markets.values(), activity, rates, at, behind));
    if (bars.closed() !== before) activity.age();
  };
  /** Whether the state of an asset is the same after a tick that is not told as after one that is, without its score. */
  const passes = (state: AssetState, at: EpochMs, use: TickUse): boolean => {
    if (use === 'score' || state.history.wants(at)) return false;
    if (use === 'repeat') {
      state.deposits.takeReverted();
      state.reserve.takeReverted();
    }
    // As by `remember`: an asset of which nothing is known has no score.
    if ([...state.markets.values()].some(({ definition }) => definition !== undefined) || state.deposits.within(at, dayMs).length > 0) pruneDeposits(state, at);
    return true;
  };
  return {
    aligner, watch,
    join: (asset, saved) => {
      const state = watched.get(asset.asset)?.state ?? createAssetState(saved);
      const [other] = watched.values();
      if (!watched.has(asset.asset) && other !== undefined) {
        for (const [source, health] of other.state.sourceHealth) state.sourceHealth.set(source, health);
        for (const source of other.state.unlisted) state.unlisted.add(source);
      }
      watched.set(asset.asset, { asset, state });
    },
    leave: (asset) => {
      const state = watched.get(asset)?.state;
      if (state !== undefined) longs.forget(asset, state);
      watched.delete(asset);
    },
    push: (message) => {
      if (message.kind === 'watermark') aligner.watermark(message.source, message.eventTime);
      else if (message.kind === 'tick.due') aligner.force(message.eventTime);
      else if (message.kind === 'feed.health' || message.kind === 'rate' || message.kind === 'rate.cross') {
        aligner.push(message);
        if (endsSource(message)) aligner.release(message.source);
      } else if (isWatched(message.asset)) aligner.push(message);
    },
    due: (now, useOf = () => 'score') => {
      const tick = aligner.due(now);
      if (tick === undefined) return undefined;
      foldAll(tick.messages);
      const scores: Computed[] = [];
      const all: (readonly ModelledMarket[])[] = [];
      const use = useOf(tick.at);
      for (const { state } of watched.values()) follow(state, tick.at, tick.behind);
      for (const { asset, state } of watched.values()) {
        if (passes(state, tick.at, use)) continue;
        const modelled = modelAsset(state, rates, tick.at, config, tick.behind, floorBidOf(state, rates, asset, tick.at));
        const computed = computeScore(state, rates, asset, tick.at, config, modelled);
        // Nothing is known of the asset yet: no market, no deposit and no reserve.
        if (computed.markets.length === 0 && computed.deposits.day.count === 0 && (computed.reserve ?? null) === null) continue;
        remember(state, computed);
        if (use === 'repeat' || use === 'repeat-old') continue;
        scores.push(computed);
        all.push(modelled);
      }
      return { at: tick.at, lagging: tick.lagging, scores, modelled: all };
    },
    save: (asset, at) => {
      const state = watched.get(asset)?.state;
      return { lastTick: at, deposits: state?.deposits.save() ?? [], history: state?.history.save() ?? [], bar: state?.bars.saveOpen() ?? null, minutes: [...(state?.positions ?? [])].map(([instrument, memory]) => [instrument, memory.saveOpen()]), ...(state === undefined ? {} : { depositDays: state.holders.saveDays() }) };
    },
    saveLong: (asset) => {
      const state = watched.get(asset)?.state;
      return state === undefined ? {} : longs.changed(asset, state);
    },
    hold: () => ({ aligner: aligner.save(), rates: rates.save(), assets: [...watched].map(([asset, { state }]) => [asset, holdAsset(state)]) }),
  };
}
