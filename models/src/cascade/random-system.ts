import type { Rng } from '../core/index.ts';
import type { ShockSide } from './cascade-market.ts';
import { randomMarket } from './random-market.ts';
import type { MarkRule, NetworkSystem } from './network-system.ts';

const rules: readonly MarkRule[] = ['mean', 'median', 'clip2'];

/** A random system of 2 to `most` (>= 2) markets around one price, for tests: edges both ways, hedges and marks of several sources, of every strength. */
export function randomSystem(rng: Rng, most: number, size: number): { readonly system: NetworkSystem; readonly shocks: readonly number[] } {
  const count = 2 + rng.int(most - 1);
  const side: ShockSide = rng.chance(0.5) ? 'sell' : 'buy';
  const markets = Array.from({ length: count }, () => randomMarket(rng, size));
  const others = (m: number): number => (m + 1 + rng.int(count - 1)) % count;
  const edges = Array.from({ length: rng.int(2 * count + 1) }, () => {
    const from = rng.int(count);
    return { from, to: others(from), capacityQty: rng.pick([0, 2, 10, 1e9]), slopeQtyPerLog: rng.pick([0, 10, 200, 5_000]), costLog: rng.pick([0, 0.001, 0.02]) };
  });
  const hedges = new Map<string, NetworkSystem['hedges'][number]>();
  for (let i = rng.int(count + 1); i > 0; i--) {
    const from = rng.int(count);
    const to = others(from);
    hedges.set(`${String(from)}/${String(to)}`, { from, to, share: rng.pick([0, 0.3, 0.5, 1]) });
  }
  const marks = markets.map((_, owner) => {
    if (rng.chance(0.4)) return null;
    const sources = [...new Set(Array.from({ length: 1 + rng.int(count) }, () => rng.int(count)).concat(rng.chance(0.5) ? [owner] : []))];
    return { rule: rng.pick(rules), markets: sources, weights: sources.map(() => rng.pick([1, 2, 0.5, 1 / 3])) };
  });
  return { system: { side, markets, edges, hedges: [...hedges.values()], marks }, shocks: markets.map(() => (rng.chance(0.5) ? rng.int(120) : 0)) };
}
