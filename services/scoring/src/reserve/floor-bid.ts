import { depthWithin, type CascadeMarket } from '@breakwater/models/cascade';
import { at } from '@breakwater/models/market';
import type { MarketModel } from '../market-model.ts';
import { withLevel, type FloorLevel } from './floor-level.ts';
import type { KnownFloorBid } from './reserve-score.ts';

/** What is asked of a market that may take the bid. */
interface Modelled {
  readonly model: MarketModel;
  readonly usable: MarketModel['variants'];
}

/** Dollars of usable bids near the price of a market whose book is current and counted in units of the asset; 0 of any other. */
function depthOf({ model, usable }: Modelled): number {
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
export function withFloorBid<M extends Modelled>(modelled: readonly M[], floor: KnownFloorBid | undefined): readonly M[] {
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
  const next: M = { ...market, model: isCurrent ? { ...market.model, floor: level } : market.model, usable: isCurrent ? { low: withBid(low), value: withBid(value), high: withBid(high) } : { low, value, high: withBid(high) } };
  return modelled.map((one, i) => (i === deepest ? next : one));
}
