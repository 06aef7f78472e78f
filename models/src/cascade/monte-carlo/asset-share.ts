import { assert } from '../../core/index.ts';
import { at } from '../../market/index.ts';
import { depthWithin, ladderOf } from '../cascade-market.ts';
import type { AssetShare } from '../network-response.ts';
import type { NetworkSystem } from '../network-system.ts';

/** Depth that counts: within 2 % of each market's best price. */
const within = 0.02;

/**
 * How a sale of the asset falls on its markets and what its price is made of, both in proportion to usable depth within 2 % in units of the asset (contracts of
 * inverse markets at the best price). `usdPerQuote`: what each market's quote currency is worth in US dollars, > 0. At least one market must have depth there. O(levels).
 */
export function shareByDepth(system: NetworkSystem, usdPerQuote: readonly number[]): AssetShare {
  const units = system.markets.map((market) => {
    const best = at(ladderOf(market, system.side).ticks, 0) * market.tickSize;
    return { depth: depthWithin(market, system.side, within).lots, perLot: market.kind === 'inverse' ? (market.lotSize * market.contractSize) / best : market.lotSize };
  });
  const total = units.reduce((sum, { depth, perLot }) => sum + depth * perLot, 0);
  assert(total > 0, 'no market has depth within 2 % of its best price');
  return {
    lotsPerUnit: units.map(({ depth }) => depth / total),
    priceWeights: units.map(({ depth, perLot }, m) => ((depth * perLot) / total) * (usdPerQuote[m] ?? 1)),
  };
}
