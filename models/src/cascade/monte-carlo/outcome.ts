import { defined } from '../../core/index.ts';
import { at } from '../../market/index.ts';
import { isGap, ladderOf, quoteValue, signOf, triggersOf } from '../cascade-market.ts';
import { solveNetwork, type NetworkMarketOutcome } from '../solve-network.ts';
import { FACTORS, factorValues, type FactorModel } from './factors.ts';
import { reachesIgnition } from './ignition.ts';
import { createScenarios, type ScenarioSystem, type ScenarioBase } from './scenario.ts';

/** How bad a scenario is. Money in US dollars. */
export interface ScenarioOutcome {
  /** Fall of the asset's price (rise, for a purchase) from before the market's move to the end, as a share of the price before; < 0 where the market's move outweighs it. */
  readonly move: number;
  /** The scenario's sale reaches the threshold of its system: somewhere on the way to it, a little more sold ends lower by the ignition gap, with liquidations between. */
  readonly isIgnited: boolean;
  /** Visible depth of some market ended: `move` and `insolventUsd` are bounds from below. */
  readonly isExhausted: boolean;
  /** Value of positions liquidated in each market, at their triggers. */
  readonly liquidatedUsd: readonly number[];
  /**
   * What positions liquidated in each market are short of at the price it ends at: quantity times the distance beyond bankruptcy, for the insurance fund or those who are
   * deleveraged. A proxy [A]: an order that was filled on the way down lost less.
   */
  readonly insolventUsd: readonly number[];
}

/** Works out points of factors. */
export interface ScenarioEvaluator {
  /** `z` in the order of `FACTORS`. Some milliseconds for six markets of thousands of levels. */
  readonly outcome: (z: ArrayLike<number>) => ScenarioOutcome;
  /** `move` of `outcome`, without the question of ignition, which is dearer where much falls. */
  readonly move: (z: ArrayLike<number>) => number;
}

/** An evaluator of a base under a model of factors; `ignitionGap` in (0, 1). Liquidations count as market orders (`solveNetwork`). */
export function createEvaluator(base: ScenarioBase, model: FactorModel, ignitionGap: number): ScenarioEvaluator {
  const { share } = base;
  const { side, markets } = base.system;
  const sign = signOf(side);
  const makers = createScenarios(base);
  const bestPrice = markets.reduce((sum, market, m) => sum + defined(share.priceWeights[m], 'weight') * at(ladderOf(market, side).ticks, 0) * market.tickSize, 0);
  const solve = (z: ArrayLike<number>): { readonly scenario: ScenarioSystem; readonly ends: readonly NetworkMarketOutcome[]; readonly price: number; readonly saleUnits: number } => {
    const values = factorValues(model, z);
    const scenario = makers.at(values);
    const ends = solveNetwork(scenario.system, scenario.shockLots).markets;
    const price = ends.reduce((sum, { tick }, m) => sum + defined(share.priceWeights[m], 'weight') * tick * defined(markets[m], 'market').tickSize, 0);
    return { scenario, ends, price, saleUnits: values.saleUnits };
  };
  const moveOf = (price: number, priceScale: number): number => sign * (1 - (price / bestPrice) * priceScale);
  return {
    move: (z) => {
      const { scenario, price } = solve(z);
      return moveOf(price, scenario.priceScale);
    },
    outcome: (z) => {
      const { scenario, ends, price, saleUnits } = solve(z);
      const isLarge = isGap(bestPrice, price, ignitionGap) && ends.some(({ liquidatedLots }) => liquidatedLots > 0);
      const losses = ends.map((end, m) => lossesOf(scenario, end, m, defined(base.usdPerQuote[m], 'rate')));
      return {
        move: moveOf(price, scenario.priceScale), isExhausted: ends.some(({ exhausted }) => exhausted),
        isIgnited: isLarge && reachesIgnition(scenario.system, share, saleUnits, ignitionGap),
        liquidatedUsd: losses.map(({ liquidated }) => liquidated), insolventUsd: losses.map(({ insolvent }) => insolvent),
      };
    },
  };
}

/** Coordinates of a point. */
export const DIMENSION: number = FACTORS.length;

function lossesOf({ system, priceScale }: ScenarioSystem, end: NetworkMarketOutcome, index: number, usdPerQuote: number): { readonly liquidated: number; readonly insolvent: number } {
  const market = defined(system.markets[index], 'market');
  const sign = signOf(system.side);
  const { ticks, lots, bankruptcyTicks } = triggersOf(market, system.side);
  const isInverse = market.kind === 'inverse';
  let [fired, liquidated, insolvent] = [0, 0, 0];
  // Triggers fire first to last, so those that did are the ones that add up to what was liquidated.
  for (let k = 0; k < ticks.length && fired < end.liquidatedLots; k++) {
    fired += at(lots, k);
    liquidated += quoteValue(market, at(lots, k), at(ticks, k));
    const beyond = sign * (at(bankruptcyTicks, k) - end.tick);
    // A contract of fixed face loses in the asset, face (1/p - 1/bankruptcy), which is worth face (bankruptcy - p) / bankruptcy at p.
    if (beyond > 0) insolvent += quoteValue(market, at(lots, k), isInverse ? 1 : beyond) * (isInverse ? beyond / at(bankruptcyTicks, k) : 1);
  }
  // Ticks of the frame have moved with the market; the face of an inverse contract has not.
  const usd = usdPerQuote * (isInverse ? 1 : priceScale);
  return { liquidated: liquidated * usd, insolvent: insolvent * usd };
}
