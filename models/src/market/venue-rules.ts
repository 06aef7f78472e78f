import type { Ratio, VenueId } from '../core/index.ts';
import type { EvidenceTable } from './evidence.ts';
import { genericMarginTiers, type MarginTier, type TierUnit } from './tiers.ts';

/** A linear contract is margined in the quote currency, an inverse one in the coin (quantity = US dollar face). */
export type ContractType = 'linear' | 'inverse';
/** Whether maintenance margin is charged on the value at the mark price or at the entry price. */
export type MaintenanceBasis = 'mark' | 'entry';
/** How a liquidation reaches the book: at any price, or with the bankruptcy price as limit (the fund takes the rest). */
export type LiquidationOrder = 'market' | 'limitAtBankruptcy';

/**
 * How a position is cut instead of closed whole.
 * `tiers`: to the top of the tier `step` tiers down (the lowest at most), when it stands in tier `fromTier` (the first is 1) or above.
 * `satisfyingTier`: to the top of the highest lower tier whose requirement its equity still meets; whole when there is none.
 * `fraction`: above `minNotionalUsd` a share first, and everything within the cooldown that follows; below `backstopShare` of the requirement the
 * venue's own vault takes the position instead of the book.
 * `toCompliance`: by as much as brings requirement / equity down to `targetRatio`, the liquidation fee being paid; whole when no cut does.
 */
export type PartialLiquidation =
  | { readonly kind: 'none' }
  | { readonly kind: 'tiers'; readonly step: number; readonly fromTier: number }
  | { readonly kind: 'satisfyingTier' }
  | { readonly kind: 'fraction'; readonly step: Ratio; readonly minNotionalUsd: number; readonly cooldownSeconds: number; readonly backstopShare: Ratio }
  | { readonly kind: 'toCompliance'; readonly targetRatio: Ratio };

/** How the venue builds its index from spot prices. */
export interface IndexRule {
  /** How prices are joined once outliers were dealt with. `inverseSquareSpread` weighs a source by 1 / (distance from the weighted mean)^2. */
  readonly method: 'weightedMean' | 'weightedMedian' | 'inverseSquareSpread';
  /** Weights by venue name; empty when the venue sets them itself and they were not found. */
  readonly weights: Readonly<Record<string, number>>;
  /** Sources are clipped to this distance from the median of all of them, or of the others. */
  readonly clip?: { readonly within: Ratio; readonly around: 'all' | 'others' };
  /** Sources farther than `beyond` from the median get weight 0 until they are back within `readmitWithin`; with `severalToMedian` two or more of them make the index the median. */
  readonly exclude?: { readonly beyond: Ratio; readonly readmitWithin: Ratio; readonly severalToMedian: boolean };
  /** A source that has not changed for longer is left out. */
  readonly staleSeconds?: number;
  /** With two sources both weigh the same, whatever their weights. */
  readonly equalOfTwo: boolean;
  /**
   * Whether a higher source price can never make a lower index, for a given set of live sources: what the cascade's fixed point needs. Excluding for
   * deviation and weighing by spread break it; clipping does not. Dropping a stale source is a matter of time, which the static engine has none of.
   */
  readonly monotone: boolean;
}

/**
 * How the mark price follows index and book. `median3`: of index x (1 + decaying funding), index + average basis, last price. `indexPlusBasisAverage`:
 * the second of them. `indexPlusBasisEma`: the same with an exponential average. `hyperliquid`: of oracle + exponential average basis, the book, other
 * venues' perpetuals. The basis is mid - index, averaged over `windowSeconds` and sampled every `sampleSeconds`.
 */
export interface MarkRule {
  readonly kind: 'median3' | 'hyperliquid' | 'indexPlusBasisAverage' | 'indexPlusBasisEma';
  readonly windowSeconds: number;
  readonly sampleSeconds: number;
  /** Weights of other venues' perpetuals (`hyperliquid`). */
  readonly perpWeights?: Readonly<Record<string, number>>;
}

/**
 * Funding. `dampedPremium`: F = P + clamp(I - P, -clamp, clamp). `deadBand`: 0 within +-clamp, beyond it the excess. P is the premium's average over the
 * period, all samples alike or later ones weighing more.
 */
export interface FundingRule {
  readonly formula: 'dampedPremium' | 'deadBand';
  readonly clamp: Ratio;
  /** Interest for eight hours. */
  readonly interest: Ratio;
  /** The usual period; markets may have shorter ones. */
  readonly periodHours: number;
  /** How a period of N hours differs from eight: the whole rate is divided by 8 / N, or only the interest in it is N / 8 of the eight hours'. */
  readonly scaling: 'wholeRate' | 'interestOnly';
  readonly average: 'equal' | 'timeWeighted';
  /** Most of |F| in a period, where one figure holds for every market. */
  readonly cap?: Ratio;
}

/**
 * What the insurance fund covers: one contract (or pair), one group of contracts, or one settlement currency; and whether what is left of a liquidated
 * position's margin goes to it or stays with the trader.
 */
export interface FundRule {
  readonly scope: 'contract' | 'group' | 'currency' | 'vault';
  readonly surplus: 'fund' | 'trader';
}

/**
 * Auto-deleveraging: what starts it, who is first, and at which price.
 * Triggers: `fundPeakDrawdown8h`, the fund is `threshold` below its highest of 8 hours; `fundMeanDrawdown8h`, below its mean of 8 hours by `threshold` of
 * it and by `minDropUsd` at least; `fundEmpty`; `negativeEquity` of the liquidated account; `socialised`, none: losses are shared by all winners.
 * Ranks: return x leverage (return / leverage for losers); return, on entry or on equity, x maintenance / equity; Hyperliquid's index; return alone; the two
 * benchmarks.
 */
export interface AdlRule {
  readonly trigger: 'fundPeakDrawdown8h' | 'fundMeanDrawdown8h' | 'fundEmpty' | 'negativeEquity' | 'socialised';
  readonly threshold?: Ratio;
  readonly minDropUsd?: number;
  readonly rank: 'profitTimesLeverage' | 'profitTimesMarginRatio' | 'equityReturnTimesMarginRatio' | 'hyperliquid' | 'profit' | 'waterFill' | 'proRata';
  readonly price: 'bankruptcy' | 'markUnlessDepleted' | 'previousMark';
}

/** Everything about a venue's margining that the models use, as data. Rules change monthly: `evidence` says for each since when, and how sure it is. */
export interface VenueRules {
  readonly venue: VenueId;
  readonly contract: ContractType;
  readonly mmBasis: MaintenanceBasis;
  /** Taker fee included in the maintenance requirement; 0 where the venue leaves it out. */
  readonly closeFee: Ratio;
  readonly tiers: readonly MarginTier[];
  readonly tierUnit: TierUnit;
  readonly maxLeverage: number;
  readonly liquidationOrder: LiquidationOrder;
  /** Taken from what is left of a liquidated position, per value closed; 0 where there is none. */
  readonly liquidationFee: Ratio;
  readonly partial: PartialLiquidation;
  readonly index: IndexRule;
  readonly mark: MarkRule;
  readonly funding: FundingRule;
  readonly fund: FundRule;
  readonly adl: AdlRule;
  readonly evidence: EvidenceTable;
  /** The latest date of the evidence, `yyyy-mm-dd`. */
  readonly asOf: string;
  /** The pages most of the facts come from; each fact's own is in `evidence`. */
  readonly source: string;
}

/** The rules with another market's own tier table and maximum leverage. */
export function withTiers(rules: VenueRules, tiers: readonly MarginTier[], maxLeverage: number, tierUnit: TierUnit = 'notional'): VenueRules {
  return { ...rules, tiers, maxLeverage, tierUnit };
}

/** The rules of a venue for a market of which only the maximum leverage is known: generic tiers [A]. */
export function forMaxLeverage(rules: VenueRules, maxLeverage: number): VenueRules {
  return withTiers(rules, genericMarginTiers(maxLeverage), maxLeverage);
}
