import { defaults } from '@breakwater/contracts';
import type { Emission, ReleaseDate } from '@breakwater/models/address-risk';
import type { AssetId, Ratio, SourceId } from '@breakwater/models/core';
import type { EmissionCosts, Redemption } from '@breakwater/models/settlement';
import type { OtcSale } from './addresses/otc.ts';
import { riskModel, type RiskModel } from './addresses/owner-risk.ts';
import type { RescueSource } from './settlement/rescue-capital.ts';
import type { ChainLedger } from './settlement/settlement-score.ts';

/** Settings of the scoring stage. Times in milliseconds unless the name says otherwise. */
export interface ScoringConfig {
  readonly assets: readonly ScoredAsset[];
  /** A score is computed at every multiple of this since the epoch. */
  readonly tickEveryMs: number;
  /** How long a tick waits for a source that lags, on our clock. */
  readonly latenessMs: number;
  /** The window over which deposits are added up and compared with the threshold. */
  readonly horizonSeconds: number;
  readonly ignitionGap: Ratio;
  /** What it costs to warn of deposits that are undone, and to warn of others late: by these, deposits that may still be undone are told or waited for. */
  readonly costs: EmissionCosts;
  /** What scores owners of addresses. */
  readonly risk: RiskModel;
  /** A rate, mark or open interest older than this is stale. */
  readonly staleAfterMs: number;
  /** A deep snapshot older than this is not used. */
  readonly deepStaleAfterMs: number;
  /** Event time between two snapshots of an asset's markets. */
  readonly snapshotEveryMs: number;
  /** Where assets are spread over workers: our time between two snapshots of what a worker holds of a partition. The next holder reads the log from there. */
  readonly stateEveryMs: number;
  /** And how far behind our clock a tick may be and still be scored: a worker that has more to catch up with folds older ticks and publishes only what it had to compute anyway. */
  readonly catchUpMs: number;
}

/** An asset that is scored. */
export interface ScoredAsset {
  readonly asset: AssetId;
  /** Units in circulation; absent when not known. */
  readonly float?: number;
  /** Chains that carry a token of the asset, sorted. */
  readonly chains?: readonly SourceId[];
  /** What may come to market at once; absent when not known. */
  readonly offered?: OfferedUnits;
  /** How capital settles through those chains; absent or empty where none is known. */
  readonly ledgers?: readonly ChainLedger[];
  /** Capital that was declared to help; absent or empty where none was. */
  readonly rescue?: readonly RescueSource[];
  /** The reserve that it can be redeemed from; absent where none is watched. */
  readonly reserve?: ReserveTerms;
  /** When units become free, in any order; absent or empty where nothing is scheduled. */
  readonly unlocks?: readonly ReleaseDate[];
  /** What was sold over the counter, in any order; absent or empty where nothing is known of it. */
  readonly otc?: readonly OtcSale[];
  /** New units by a rate of the supply. */
  readonly emission?: Emission;
}

/** How the reserve behind an asset is taken, where one is watched. */
export interface ReserveTerms extends Redemption {
  /** The chain it is read on. */
  readonly chain: SourceId;
  /** A reading older than this is stale, milliseconds. */
  readonly staleAfterMs: number;
}

/** Units of an asset that its history does not hold, for scenarios. */
export interface OfferedUnits {
  /** That become free next. */
  readonly unlockUnits?: number | undefined;
  /** That were sold over the counter at a discount. */
  readonly otcUnits?: number | undefined;
}

/** Defaults of everything but the assets. */
export const scoringDefaults: Omit<ScoringConfig, 'assets'> = {
  tickEveryMs: 1_000, latenessMs: 100, horizonSeconds: defaults.horizonSeconds, ignitionGap: defaults.ignitionGap, costs: defaults.costs, risk: riskModel(), staleAfterMs: 120_000, deepStaleAfterMs: 180_000, snapshotEveryMs: 30_000,
  // Reading half a minute again takes seconds; a score that is a minute old is no warning in time (design assumptions).
  stateEveryMs: 30_000, catchUpMs: 60_000,
};

/**
 * Books of a source whose watermark is further than this behind a tick are stale, milliseconds: watermarks come every second, a standby takes over in seconds, and a process that is started again in
 * less than a minute (design assumption).
 */
export const behindAfterMs = 60_000;

/** What a score was computed with; changes whenever the same inputs may give another figure. */
export const modelVersion = 'network/3';
