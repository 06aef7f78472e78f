import { assert, ratio, type Ratio, type VenueId } from '../core/index.ts';

/** A linear contract is margined in the quote currency, an inverse one in the coin (quantity = US dollar face). */
export type ContractType = 'linear' | 'inverse';
/** Whether maintenance margin is charged on the value at the mark price or at the entry price. */
export type MaintenanceBasis = 'mark' | 'entry';
/** How a liquidation reaches the book: at any price, or with the bankruptcy price as limit (the fund takes the rest). */
export type LiquidationOrder = 'market' | 'limitAtBankruptcy';

/**
 * One maintenance tier: from notional `from` (linear: quote currency; inverse: coin) upwards the requirement is
 * `rate` x notional - `deduction`. The deduction makes the requirement continuous.
 */
export interface MarginTier {
  readonly from: number;
  readonly rate: Ratio;
  readonly deduction: number;
}

/** How a large position is cut instead of closed whole. `step` is tiers at a time (`tiers`) or a share (`fraction`). */
export type PartialLiquidation =
  | { readonly kind: 'none' }
  | { readonly kind: 'tiers'; readonly step: number; readonly fromTier: number }
  | { readonly kind: 'fraction'; readonly step: Ratio; readonly minNotionalUsd: number; readonly cooldownSeconds: number }
  | { readonly kind: 'toCompliance' };

/** How the venue builds its index from spot prices. `monotone` is false when a source can be dropped for deviating. */
export interface IndexRule {
  /** Weights by venue name; empty when the venue sets them itself and they were not found. */
  readonly weights: Readonly<Record<string, number>>;
  /** Sources are clipped to this distance from their median. */
  readonly clip?: Ratio;
  /** Sources farther than this from the median get weight 0. */
  readonly exclude?: Ratio;
  readonly staleSeconds?: number;
  readonly monotone: boolean;
}

/** How the mark price follows index and book: moving average window and sampling interval, in seconds. */
export interface MarkRule {
  readonly kind: 'median3' | 'hyperliquid' | 'indexPlusBasisAverage';
  readonly averageSeconds?: number;
  readonly sampleSeconds?: number;
}

/** Funding: `clamp` and `interest` per period of `periodHours`, `capPerHour` where the venue has one. */
export interface FundingRule {
  readonly clamp: Ratio;
  readonly interest: Ratio;
  readonly periodHours: number;
  readonly capPerHour?: Ratio;
}

/** Auto-deleveraging: what starts it, who is first, and at which price. */
export interface AdlRule {
  readonly trigger: 'fundDrawdown8h' | 'fundEmpty' | 'negativeEquity';
  readonly threshold?: Ratio;
  readonly rank: 'profitTimesLeverage' | 'hyperliquid' | 'profit' | 'waterFill' | 'proRata';
  readonly price: 'bankruptcy' | 'mark' | 'previousMark';
}

/** Everything about a venue's margining that the models use, as data. Rules change monthly: `asOf` says when this was so. */
export interface VenueRules {
  readonly venue: VenueId;
  readonly contract: ContractType;
  readonly mmBasis: MaintenanceBasis;
  /** Taker fee included in the maintenance requirement; 0 where the venue leaves it out. */
  readonly closeFee: Ratio;
  readonly tiers: readonly MarginTier[];
  readonly maxLeverage: number;
  readonly liquidationOrder: LiquidationOrder;
  readonly partial: PartialLiquidation;
  readonly index: IndexRule;
  readonly mark: MarkRule;
  readonly funding: FundingRule;
  readonly adl: AdlRule;
  /** The date the pages were read or last changed, `yyyy-mm-dd`. */
  readonly asOf: string;
  /** The pages the facts come from; what was not found there is marked [A] in the data file. */
  readonly source: string;
}

/**
 * Completes a tier table `[lower bound of notional, maintenance rate]` with its deductions by the recursion
 * c_0 = 0, c_n = c_(n-1) + B_n (m_n - m_(n-1)), which Binance and Hyperliquid publish in this form. Bounds start at 0
 * and rise strictly, rates lie in (0, 1) and rise: anything else is a bug in the data and crashes.
 */
export function marginTiers(rows: readonly (readonly [number, number])[]): readonly MarginTier[] {
  const tiers: MarginTier[] = [];
  for (const [from, rate] of rows) {
    const below = tiers.at(-1);
    assert(below === undefined ? from === 0 : from > below.from, `tier bounds must start at 0 and rise, got ${from}`);
    assert(rate > (below?.rate ?? 0) && rate < 1, `tier rates must rise inside (0, 1), got ${rate}`);
    tiers.push({ from, rate: ratio(rate), deduction: below === undefined ? 0 : below.deduction + from * (rate - below.rate) });
  }
  assert(tiers.length > 0, 'a tier table has at least one tier');
  return tiers;
}

/** Index of the tier that holds `notional` >= 0. O(tiers). */
export function tierIndex(tiers: readonly MarginTier[], notional: number): number {
  let i = 0;
  for (let next = tiers[i + 1]; next !== undefined && notional >= next.from; next = tiers[i + 1]) i++;
  return i;
}

/** Maintenance margin of a position of `notional` >= 0 (same currency in and out): continuous and convex. O(tiers). */
export function maintenanceMargin(tiers: readonly MarginTier[], notional: number): number {
  const tier = tiers[tierIndex(tiers, notional)];
  assert(tier !== undefined, 'a tier table has at least one tier');
  return tier.rate * notional - tier.deduction;
}

/**
 * Leverage steps assumed where a market's own table is not known [A]: `[lower bound in US dollars, maximum leverage]`.
 * Shaped like the published tables of mid-sized altcoin perpetuals; replace it by the venue's table where there is one.
 */
const GENERIC_LEVERAGE_STEPS: readonly (readonly [number, number])[] = [
  [0, 50], [50_000, 25], [250_000, 20], [1_000_000, 10], [5_000_000, 5], [20_000_000, 2],
];

/**
 * A generic tier table for a market that opens at `maxLeverage` (>= 1.01): maintenance is half of the initial margin at
 * each step's maximum leverage, as on Hyperliquid (40x: 1.25 %), with the steps above [A].
 */
export function genericMarginTiers(maxLeverage: number): readonly MarginTier[] {
  const rows: [number, number][] = [];
  for (const [from, leverage] of GENERIC_LEVERAGE_STEPS) {
    const rate = 1 / (2 * Math.min(leverage, maxLeverage));
    const last = rows.at(-1);
    if (last === undefined || rate > last[1]) rows.push([from, rate]);
  }
  const [first] = rows;
  if (first !== undefined) first[1] = Math.min(first[1], 1 / (2 * maxLeverage));
  return marginTiers(rows);
}

/** The rules with another market's own tier table and maximum leverage. */
export function withTiers(rules: VenueRules, tiers: readonly MarginTier[], maxLeverage: number): VenueRules {
  return { ...rules, tiers, maxLeverage };
}

/** The rules of a venue for a market of which only the maximum leverage is known: generic tiers [A]. */
export function forMaxLeverage(rules: VenueRules, maxLeverage: number): VenueRules {
  return withTiers(rules, genericMarginTiers(maxLeverage), maxLeverage);
}
