import { describe, expect, it } from '@jest/globals';
import { noTriggers, triggersFromRows, type Ladder } from '../market/index.ts';
import { cascadeMarket, type CascadeMarket } from './cascade-market.ts';
import { solveStatic } from './solve-static.ts';

const best = 20_000;
/** A book whose density grows in proportion to the distance from the best price: k x^2 lots lie within x ticks. */
function squareRootBook(k: number, levels: number): Ladder {
  return { ticks: Int32Array.from({ length: levels }, (_, i) => best - i), lots: Float64Array.from({ length: levels }, (_, i) => k * ((i + 1) ** 2 - i ** 2)) };
}
const market = (bids: Ladder, triggers: CascadeMarket['longTriggers'] = noTriggers()): CascadeMarket =>
  cascadeMarket({ id: 'm', tickSize: 1, lotSize: 1, bids, asks: { ticks: Int32Array.of(best + 1), lots: Float64Array.of(1) }, longTriggers: triggers });

describe('square-root impact (models, section 3.3, forms 5 and 6)', () => {
  it('a linear density of depth gives I = Y sigma sqrt(Q / ADV): walking the book returns it to the tick (Donier and Bonart 2015)', () => {
    // With k lots a square tick, a sale of Q ends sqrt(Q / k) ticks down: Y sigma sqrt(Q / ADV) for k = ADV / (Y sigma)^2, sigma in ticks.
    const [sigmaTicks, adv, y] = [800, 640_000 * 9, 1];
    const k = adv / (y * sigmaTicks) ** 2;
    expect(k).toBe(9);
    const book = market(squareRootBook(k, 10_000));
    for (const share of [0.0001, 0.001, 0.01, 0.1, 0.25, 1]) {
      const q = Math.round(share * adv);
      const impact = y * sigmaTicks * Math.sqrt(q / adv);
      // The sale ends on the level that holds its last lot: level i covers distances from i to i + 1.
      expect(solveStatic(book, 'sell', q)?.dropTicks).toBe(Math.ceil(impact - 1e-9) - 1);
    }
  });
  it('critical leverage of one position: above it its own forced sale takes the price to its bankruptcy price (Caccioli, Bouchaud and Farmer 2012)', () => {
    const k = 4;
    const position = 4_000_000;
    // Maintenance is nothing here, so trigger and bankruptcy price are one, best / L below the best; the shock just reaches the trigger. Selling the position as well ends at
    // sqrt((k d^2 + q) / k) for a trigger d below: beyond 2 d, a second time as far, once q >= 3 k d^2, so L* = best sqrt(3 k / q).
    const critical = best * Math.sqrt((3 * k) / position);
    const outcome = (leverage: number): { readonly trigger: number; readonly drop: number } => {
      const trigger = Math.round(best / leverage);
      const bids = squareRootBook(k, 19_000);
      // To the end of the level above the trigger, and one lot more.
      const shock = k * trigger ** 2 + 1;
      const triggers = triggersFromRows([[best - trigger, position, best - 2 * trigger]], 'long');
      return { trigger, drop: solveStatic(market(bids, triggers), 'sell', shock)?.dropTicks ?? NaN };
    };
    for (const factor of [0.5, 0.8, 0.95]) {
      const { trigger, drop } = outcome(critical * factor);
      expect(drop).toBeLessThan(2 * trigger);
    }
    for (const factor of [1.05, 1.3, 3]) {
      const { trigger, drop } = outcome(critical * factor);
      expect(drop).toBeGreaterThan(2 * trigger);
    }
  });
});

describe('linear impact (models, section 3.3, form 4)', () => {
  it('leverage targeting under linear impact: losses of R, (l B A) R, ... add up to R / (1 - l B A) (Greenwood, Landier and Thesmar 2015), as the engine ends it', () => {
    // Depth d lots a tick, forced lots q = l B A d a tick: the fall is R / (1 - q / d).
    const [d, levels] = [100, 5_000];
    const uniform: Ladder = { ticks: Int32Array.from({ length: levels }, (_, i) => best - i), lots: new Float64Array(levels).fill(d) };
    for (const q of [20, 50, 80]) {
      const forced = triggersFromRows(Array.from({ length: levels }, (_, i): readonly [number, number, number] => [best - i, q, 1]), 'long');
      const alone = solveStatic(market(uniform), 'sell', 40_000)?.dropTicks ?? NaN;
      const total = solveStatic(market(uniform, forced), 'sell', 40_000)?.dropTicks ?? NaN;
      // Level 0 is the first of each, so falls are one less than levels used.
      expect((total + 1) / (alone + 1)).toBeCloseTo(1 / (1 - q / d), 2);
    }
  });
});
