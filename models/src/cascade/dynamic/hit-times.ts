import { assert, createRng } from '../../core/index.ts';
import { at } from '../../market/index.ts';
import { usableLots } from '../cascade-market.ts';
import type { NetworkSystem } from '../network-system.ts';
import { systemAtRest } from './dynamic-state.ts';
import { dynamicSystemOf } from './dynamic-system.ts';
import { NO_POLICY } from './policy.ts';
import { scenario, type SettlingTransfer } from './scenario.ts';
import { simulate } from './simulate.ts';

/** How long a cascade takes: a sale of so many lots in each market, spread over each of `saleSeconds` (>= 1), until the price of the asset is at most `price`. */
export interface HitQuestion {
  readonly lots: readonly number[];
  /** What each market's price counts, adding up to 1. */
  readonly priceWeights: readonly number[];
  readonly price: number;
  readonly saleSeconds: readonly number[];
  /** How long it is looked at, seconds. */
  readonly seconds: number;
  /** Capital that sets out to help, by default none. It shares no bridge. */
  readonly help?: readonly SettlingTransfer[];
}

/**
 * Seconds from the beginning of each sale until the price is there; Infinity where it is not within the time looked at. The system's depth does not refill and liquidations follow a second after the price that triggers them, as
 * the dynamic engine plays it, so a time is the least that the cascade takes. O(sales x seconds x markets).
 */
export function cascadeHitTimes(system: NetworkSystem, { lots, priceWeights, price, saleSeconds, seconds, help = [] }: HitQuestion): readonly number[] {
  assert(lots.length === system.markets.length && priceWeights.length === lots.length && price > 0, 'lots and a weight for each market, and a price above 0');
  const dynamic = dynamicSystemOf(system, usableLots);
  const state = systemAtRest(dynamic, { touch: system.side === 'sell' ? 'bid' : 'ask' });
  const sign = system.side === 'sell' ? 1 : -1;
  return saleSeconds.map((overSeconds) => {
    const orders = lots.flatMap((size, market) => (size > 0 ? [{ market, side: system.side, at: 0, lots: size, overSeconds }] : []));
    const path = simulate(dynamic, state, scenario(seconds, { orders, transfers: help, sampleSeconds: 1 }), NO_POLICY, createRng(1));
    for (let second = 0; second < seconds; second++) {
      let mean = 0;
      for (const [m, market] of path.markets.entries()) mean += (priceWeights[m] ?? 0) * at(market.ticks, second) * (system.markets[m]?.tickSize ?? 0);
      if (sign * mean <= sign * price) return second + 1;
    }
    return Infinity;
  });
}
