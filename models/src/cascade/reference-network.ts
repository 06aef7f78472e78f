import { defined, type Rng } from '../core/index.ts';
import { at } from '../market/index.ts';
import { ladderOf, signOf, triggersOf, usableLots } from './cascade-market.ts';
import type { NetworkMarketOutcome } from './solve-network.ts';
import type { NetworkSystem } from './network-system.ts';

/**
 * The network by its definition, for tests: one step at a time, drawn at random from everything that is due, with every figure computed anew before each.
 * A step is one level down in one market that does not hold, or one triggered position liquidated. Nothing is kept between steps but levels and
 * the set of liquidated positions. Slow: O(steps x markets x levels).
 */
export function referenceNetwork(system: NetworkSystem, shockLots: ArrayLike<number>, rng: Rng): readonly Omit<NetworkMarketOutcome, 'level'>[] {
  const sign = signOf(system.side);
  const markets = system.markets.map((market) => {
    const triggers = triggersOf(market, system.side);
    return {
      ticks: Array.from(ladderOf(market, system.side).ticks), usable: Array.from(usableLots(market, system.side)), tickSize: market.tickSize, lotSize: market.lotSize,
      level: 0, waiting: Array.from(triggers.ticks, (tick, i) => ({ tick, lots: at(triggers.lots, i) })), fired: 0,
    };
  });
  const get = (m: number): (typeof markets)[number] => defined(markets[m], 'market');
  const tick = (m: number): number => defined(get(m).ticks[get(m).level], 'level');
  const price = (m: number): number => tick(m) * get(m).tickSize;
  const depth = (m: number): number => get(m).usable.slice(0, get(m).level + 1).reduce((a, b) => a + b, 0);
  const flow = (e: NetworkSystem['edges'][number]): number => {
    const gap = sign * (Math.log(price(e.to)) - Math.log(price(e.from)));
    return Math.floor(Math.min(e.capacityQty, e.slopeQtyPerLog * Math.max(0, gap - e.costLog)) / get(e.from).lotSize + 1e-9);
  };
  const bought = (m: number): number => system.edges.filter((e) => e.from === m).reduce((sum, e) => sum + flow(e), 0);
  const sold = (m: number): number =>
    system.edges.filter((e) => e.to === m).reduce((sum, e) => sum + flow(e), 0) +
    system.hedges.filter((h) => h.to === m).reduce((sum, h) => sum + Math.floor(h.share * get(h.from).fired + 1e-9), 0);
  const short = (m: number): number => (shockLots[m] ?? 0) + get(m).fired + sold(m) - depth(m) - bought(m);
  const mark = (m: number): number => {
    const rule = system.marks[m];
    if (rule == null) return tick(m);
    const rows = rule.markets.map((source, i) => ({ p: price(source), w: rule.weights[i] ?? 0 })).sort((a, b) => sign * (b.p - a.p));
    const total = rows.reduce((sum, { w }) => sum + w, 0);
    let running = 0;
    const median = rows.find(({ w }) => (running += w) >= total / 2 - 1e-12 * total)?.p ?? 0;
    const mean = (clip: (p: number) => number): number => rows.reduce((sum, { p, w }) => sum + w * clip(p), 0) / total;
    const value = rule.rule === 'median' ? median : rule.rule === 'mean' ? mean((p) => p) : mean((p) => Math.max(0.98 * median, Math.min(1.02 * median, p)));
    return sign * Math.floor((sign * value) / get(m).tickSize + 1e-6);
  };
  for (;;) {
    const steps: (() => void)[] = [];
    for (const [m, market] of markets.entries()) {
      if (short(m) > 0 && market.level + 1 < market.ticks.length) steps.push(() => market.level++);
      const at = mark(m);
      for (const position of market.waiting) {
        if (sign * position.tick < sign * at) continue;
        steps.push(() => {
          market.waiting.splice(market.waiting.indexOf(position), 1);
          market.fired += position.lots;
        });
      }
    }
    if (steps.length === 0) break;
    rng.pick(steps)();
  }
  return markets.map((market, m) => ({
    tick: tick(m), dropTicks: Math.abs(defined(market.ticks[0], 'best') - tick(m)), liquidatedLots: market.fired, boughtLots: bought(m), soldLots: sold(m),
    unfilledLots: Math.max(0, short(m)), exhausted: short(m) > 0,
  }));
}
