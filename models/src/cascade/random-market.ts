import type { Rng } from '../core/index.ts';
import { triggersFromRows, type Ladder, type Triggers } from '../market/index.ts';
import { cascadeMarket, type CascadeMarket } from './cascade-market.ts';
import type { Withdrawal } from './withdrawal.ts';

const BEST = 1000;
const WITHDRAWALS: readonly Withdrawal[] = [
  { kappaMin: 1, beta: 0, sigmaDaily: 0.05 }, { kappaMin: 0.1, beta: 1, sigmaDaily: 0.05 }, { kappaMin: 0, beta: 0.5, sigmaDaily: 0.2 },
];

/**
 * A random market around 1,000 ticks, for tests: up to `size` (>= 1) levels a side, some empty, up to `size` triggers a
 * side, some beyond the best price or past the book, and one of three withdrawals.
 */
export function randomMarket(rng: Rng, size: number): CascadeMarket {
  return cascadeMarket({
    id: 'random', tickSize: 0.01, lotSize: 0.1, withdrawal: rng.pick(WITHDRAWALS),
    bids: randomLadder(rng, size, BEST, -1), asks: randomLadder(rng, size, BEST + 1 + rng.int(40), 1),
    longTriggers: randomTriggers(rng, size, -1), shortTriggers: randomTriggers(rng, size, 1),
  });
}

/** The market seen upside down: bids become asks, longs shorts, tick t becomes `axis` - t. Exact only without withdrawal. */
export function mirrored(market: CascadeMarket, axis: number): CascadeMarket {
  const ladder = ({ ticks, lots }: Ladder): Ladder => ({ ticks: ticks.map((t) => axis - t), lots });
  const triggers = (t: Triggers): Triggers => ({ ...ladder(t), bankruptcyTicks: t.bankruptcyTicks.map((b) => axis - b) });
  return {
    ...market, bids: ladder(market.asks), asks: ladder(market.bids),
    longTriggers: triggers(market.shortTriggers), shortTriggers: triggers(market.longTriggers),
  };
}

function randomLadder(rng: Rng, size: number, best: number, direction: 1 | -1): Ladder {
  const ticks = [best];
  for (let i = 1 + rng.int(size), tick = best; i > 1; i--) {
    tick += direction * (1 + rng.int(rng.chance(0.1) ? 40 : 8));
    if (tick > 0) ticks.push(tick);
  }
  return { ticks: Int32Array.from(ticks), lots: Float64Array.from(ticks, () => rng.int(31)) };
}

function randomTriggers(rng: Rng, size: number, direction: 1 | -1): Triggers {
  const rows = Array.from({ length: rng.int(size + 1) }, (): readonly [number, number, number] => {
    const tick = Math.max(1, BEST + direction * (rng.int(rng.chance(0.2) ? 900 : 200) - 5));
    return [tick, 1 + rng.int(40), Math.max(1, tick + direction * rng.int(60))];
  });
  return triggersFromRows(rows, direction === -1 ? 'long' : 'short');
}
