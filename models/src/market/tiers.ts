import { assert, ratio, type Ratio } from '../core/index.ts';

/**
 * One maintenance tier: from `from` upwards the requirement is `rate` x amount - `deduction`, the amount being what the table's unit says. The
 * deduction makes the requirement continuous; venues that charge the whole position at its tier's rate have 0 in every tier.
 */
export interface MarginTier {
  readonly from: number;
  readonly rate: Ratio;
  readonly deduction: number;
}

/**
 * What a table's bounds count. `notional`: value at the price in question (linear: quote currency; inverse: coin). `size`: the position's own size
 * (linear: base units; inverse: US dollar face), so a position's tier does not move with the price, as on OKX; its deductions are in size too.
 */
export type TierUnit = 'notional' | 'size';

/** What a position is charged: its maintenance rate above the tier's bound only (`marginal`, continuous), or on all of it (`whole`, it jumps at every bound). */
export type TierCharge = 'marginal' | 'whole';

/**
 * Completes a tier table `[lower bound, maintenance rate]` with its deductions. `marginal` by the recursion c_0 = 0, c_n = c_(n-1) + B_n (m_n - m_(n-1)),
 * which Binance, Bybit and Hyperliquid publish in this form; `whole` without any. Bounds start at 0 and rise strictly, rates lie in (0, 1) and do not
 * fall: anything else is a bug in the data and crashes (tables from outside come through a tier loader, which reports it instead).
 */
export function marginTiers(rows: readonly (readonly [number, number])[], charge: TierCharge = 'marginal'): readonly MarginTier[] {
  const tiers: MarginTier[] = [];
  for (const [from, rate] of rows) {
    const below = tiers.at(-1);
    assert(below === undefined ? from === 0 : from > below.from, `tier bounds must start at 0 and rise, got ${from}`);
    assert(rate > 0 && rate >= (below?.rate ?? 0) && rate < 1, `tier rates must not fall and lie inside (0, 1), got ${rate}`);
    tiers.push({ from, rate: ratio(rate), deduction: below === undefined || charge === 'whole' ? 0 : below.deduction + from * (rate - below.rate) });
  }
  assert(tiers.length > 0, 'a tier table has at least one tier');
  return tiers;
}

/** Index of the tier that holds `amount` >= 0; a bound belongs to the tier it opens. O(tiers). */
export function tierIndex(tiers: readonly MarginTier[], amount: number): number {
  let i = 0;
  for (let next = tiers[i + 1]; next !== undefined && amount >= next.from; next = tiers[i + 1]) i++;
  return i;
}

/** Maintenance margin of a position of `amount` >= 0 (same unit in and out); continuous and convex for `marginal` tables. O(tiers). */
export function maintenanceMargin(tiers: readonly MarginTier[], amount: number): number {
  const tier = tiers[tierIndex(tiers, amount)];
  assert(tier !== undefined, 'a tier table has at least one tier');
  return tier.rate * amount - tier.deduction;
}

/** Ratio between two knots of `tiersOfGrowingRate`: the chords are then at most b x^2 (1.25 - 1)^2 / 4, 1.6 % of the quadratic part, above the curve. */
const KNOT_RATIO = 1.25;

/**
 * The tiers of a requirement a x + b x^2, as on Deribit, where the rate itself grows with the size: chords between knots at 0, 1, 1.25, ... up to
 * `upTo` (> 1), exact at the knots and above the curve by at most 1.6 % of b x^2 between them. On the chord from x0 to x1 the rate is
 * a + b (x0 + x1). Rates must stay below 1.
 */
export function tiersOfGrowingRate(a: number, b: number, upTo: number): readonly MarginTier[] {
  const rows: [number, number][] = [[0, a + b]];
  for (let from = 1; from < upTo; from *= KNOT_RATIO) rows.push([from, a + b * from * (1 + KNOT_RATIO)]);
  return marginTiers(rows);
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
