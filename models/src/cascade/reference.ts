import type { Rng } from '../core/index.ts';
import { at } from '../market/index.ts';
import { ladderOf, signOf, triggersOf, usableLots, type CascadeMarket, type ShockSide } from './cascade-market.ts';

/** Where the reference simulation ends; the fields mean what they mean in `StaticOutcome`. */
export interface ReferenceOutcome {
  readonly tick: number;
  readonly liquidatedLots: number;
  readonly fundLots: number;
  readonly unfilledLots: number;
}

/** Liquidates one position at a time, whichever triggered one `rng` picks, repricing the whole book after each. For tests: O(n^2). */
export function referenceMarketOrders(market: CascadeMarket, side: ShockSide, shockLots: number, rng: Rng): ReferenceOutcome {
  const triggers = triggersOf(market, side);
  const waiting = Array.from(triggers.ticks, (tick, i) => ({ tick, lots: at(triggers.lots, i) }));
  let forced = 0;
  for (;;) {
    const price = priceAfter(market, side, shockLots + forced);
    const triggered = waiting.filter((p) => (side === 'sell' ? p.tick >= price.tick : p.tick <= price.tick));
    if (triggered.length === 0) return { tick: price.tick, liquidatedLots: forced, fundLots: 0, unfilledLots: price.unfilled };
    const picked = rng.pick(triggered);
    waiting.splice(waiting.indexOf(picked), 1);
    forced += picked.lots;
  }
}

/** Goes down the levels one by one with the whole list of orders in hand, limit at the bankruptcy price. For tests: O(n^2). */
export function referenceLimitOrders(market: CascadeMarket, side: ShockSide, shockLots: number): ReferenceOutcome {
  const sign = signOf(side);
  const { ticks } = ladderOf(market, side);
  const usable = usableLots(market, side);
  const triggers = triggersOf(market, side);
  let waiting = Array.from(triggers.ticks, (tick, i) => ({ tick: sign * tick, lots: at(triggers.lots, i), limit: sign * at(triggers.bankruptcyTicks, i) }));
  let active: typeof waiting = [];
  let shock = shockLots;
  let liquidatedLots = 0;
  let fundLots = 0;
  const sum = (list: typeof waiting): number => list.reduce((total, p) => total + p.lots, 0);
  for (let i = 0; i < ticks.length; i++) {
    const price = sign * at(ticks, i);
    const fired = waiting.filter((p) => p.tick >= price);
    waiting = waiting.filter((p) => p.tick < price);
    liquidatedLots += sum(fired);
    active = [...active, ...fired].sort((a, b) => b.limit - a.limit);
    fundLots += sum(active.filter((p) => p.limit > price));
    active = active.filter((p) => p.limit <= price);
    let room = at(usable, i) - Math.min(shock, at(usable, i));
    shock -= Math.min(shock, at(usable, i));
    for (const order of active) {
      const take = Math.min(room, order.lots);
      order.lots -= take;
      room -= take;
    }
    active = active.filter((p) => p.lots > 0);
    if (shock + sum(active) === 0) return { tick: at(ticks, i), liquidatedLots, fundLots, unfilledLots: 0 };
  }
  return { tick: at(ticks, ticks.length - 1), liquidatedLots, fundLots, unfilledLots: shock + sum(active) };
}

function priceAfter(market: CascadeMarket, side: ShockSide, lots: number): { readonly tick: number; readonly unfilled: number } {
  const { ticks } = ladderOf(market, side);
  const usable = usableLots(market, side);
  let left = lots;
  for (let i = 0; i < ticks.length; i++) {
    left -= at(usable, i);
    if (left <= 0) return { tick: at(ticks, i), unfilled: 0 };
  }
  return { tick: at(ticks, ticks.length - 1), unfilled: left };
}
