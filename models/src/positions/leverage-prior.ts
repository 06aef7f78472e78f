import { assert } from '../core/index.ts';

/** One class of positions: opened at an effective `leverage` (> 0; added margin counts as lower leverage) with a share `weight`. */
export interface LeverageClass {
  readonly leverage: number;
  readonly weight: number;
}

/** How leverage is spread over open interest before anything is observed. Weights need not sum to 1. */
export type LeveragePrior = readonly LeverageClass[];

/**
 * Shares of open interest by effective leverage [A]. Effective: a hedged position, one margined across an account or one whose margin was
 * added to is far from its nominal leverage, and the positions closest to liquidation have the shortest lives, so what is open at any
 * moment is mostly low. To be replaced by an estimate from observed liquidations.
 */
export const DEFAULT_LEVERAGE_PRIOR: LeveragePrior = [
  { leverage: 1, weight: 0.3 }, { leverage: 2, weight: 0.26 }, { leverage: 3, weight: 0.18 }, { leverage: 5, weight: 0.14 },
  { leverage: 10, weight: 0.075 }, { leverage: 20, weight: 0.03 }, { leverage: 25, weight: 0.01 }, { leverage: 50, weight: 0.005 },
];

/**
 * How sure the prior is of its weights: the Dirichlet concentration of a draw [A]. At 10 a class of weight 0.2 has a
 * 5-95 % band of 0.04 to 0.43 or so.
 */
export const PRIOR_CONCENTRATION = 10;

/** The classes with weights that sum to 1 and leverage capped at `maxLeverage`, capped classes joined and classes of no weight left out. At least one weight must be > 0. */
export function cappedPrior(prior: LeveragePrior, maxLeverage: number): LeveragePrior {
  const total = prior.reduce((sum, c) => sum + c.weight, 0);
  assert(total > 0 && prior.every((c) => c.weight >= 0 && c.leverage > 0), 'a leverage prior has weights >= 0, one of them > 0, and leverages > 0');
  const byLeverage = new Map<number, number>();
  for (const { leverage, weight } of prior) {
    if (weight / total <= 1e-15) continue;
    const capped = Math.min(leverage, maxLeverage);
    byLeverage.set(capped, (byLeverage.get(capped) ?? 0) + weight / total);
  }
  return [...byLeverage].map(([leverage, weight]) => ({ leverage, weight }));
}
