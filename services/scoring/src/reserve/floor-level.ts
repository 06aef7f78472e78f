import { depthWithin, type CascadeMarket } from '@breakwater/models/cascade';
import { at, type Ladder } from '@breakwater/models/market';
import type { ModelledMarket } from '../modelled-market.ts';
import type { KnownFloorBid } from './reserve-score.ts';

/** A level that no maker takes back: whole ticks and lots of its market. */
export interface FloorLevel {
  readonly tick: number;
  readonly lots: number;
}

/** The same bids with one more level, joined with the one that is there. O(levels). */
export function withLevel({ ticks, lots }: Ladder, { tick, lots: more }: FloorLevel): Ladder {
  let place = 0;
  while (place < ticks.length && at(ticks, place) > tick) place++;
  if (place < ticks.length && at(ticks, place) === tick) {
    const joined = lots.slice();
    joined[place] = at(lots, place) + more;
    return { ticks, lots: joined };
  }
  const [nextTicks, nextLots] = [new Int32Array(ticks.length + 1), new Float64Array(ticks.length + 1)];
  nextTicks.set(ticks.subarray(0, place));
  nextTicks.set(ticks.subarray(place), place + 1);
  nextLots.set(lots.subarray(0, place));
  nextLots.set(lots.subarray(place), place + 1);
  nextTicks[place] = tick;
  nextLots[place] = more;
  return { ticks: nextTicks, lots: nextLots };
}

/** Dollars of usable bids near the price of a market whose book is current and counted in units of the asset; 0 of any other. */
function depthOf({ model, usable }: ModelledMarket): number {
  if (model.rate === undefined || model.best === undefined || model.bookStatus !== 'exact' || usable.value.kind === 'inverse') return 0;
  return depthWithin(usable.value, 'sell', 0.02).quote * model.rate.usd;
}

/** A level of the bid's price and size in a market; above the best bid it stands with the best, so that no price is made of it. Undefined where it is less than a lot or a tick. */
function levelIn(market: CascadeMarket, usdPerQuote: number, { bid }: KnownFloorBid): FloorLevel | undefined {
  const level = { tick: Math.min(Math.floor(bid.price / usdPerQuote / market.tickSize + 1e-6), at(market.bids.ticks, 0)), lots: Math.floor(bid.units / market.lotSize + 1e-9) };
  return level.tick >= 1 && level.lots >= 1 ? level : undefined;
}

/**
 * The markets of an asset with its floor as a bid in the deepest one: whoever redeems buys where prices are made. It is added after makers' withdrawal, which it takes no part in; one that is not current is left to the
 * optimistic end. The same markets without a bid. O(levels).
 */
export function withFloorBid(modelled: readonly ModelledMarket[], floor: KnownFloorBid | undefined): readonly ModelledMarket[] {
  if (floor === undefined) return modelled;
  const depths = modelled.map(depthOf);
  const deepest = depths.indexOf(Math.max(...depths));
  const market = modelled[deepest];
  if (market?.model.rate === undefined || !((depths[deepest] ?? 0) > 0)) return modelled;
  const level = levelIn(market.usable.value, market.model.rate.usd, floor);
  if (level === undefined) return modelled;
  const { low, value, high } = market.usable;
  const isCurrent = floor.status === 'exact';
  const withBid = (of: CascadeMarket): CascadeMarket => ({ ...of, bids: withLevel(of.bids, level) });
  const next: ModelledMarket = { ...market, model: isCurrent ? { ...market.model, floor: level } : market.model, usable: isCurrent ? { low: withBid(low), value: withBid(value), high: withBid(high) } : { low, value, high: withBid(high) } };
  return modelled.map((one, i) => (i === deepest ? next : one));
}
