import { mapReachPercent, mapStepPercent, type InputStatus, type LiquidationMap, type VenueLiquidations } from '@breakwater/contracts';
import { price, usd, type VenueId } from '@breakwater/models/core';
import { quoteValue } from '@breakwater/models/cascade';
import { at, type PositionSide } from '@breakwater/models/market';
import type { PriorTriggers } from '@breakwater/models/positions';
import { worst } from './input-status.ts';
import type { Part } from './modelled-market.ts';

const steps = Math.round(mapReachPercent / mapStepPercent);

/** US dollars in each step of one side, with the part that no price has tested and the ends of the band. */
interface SideSums {
  readonly value: Float64Array;
  readonly prior: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

const noSums = (): SideSums => ({ value: new Float64Array(steps), prior: new Float64Array(steps), low: new Float64Array(steps), high: new Float64Array(steps) });

/**
 * Where the positions of an asset are liquidated, by venue and distance from its price; null where no market has any. Those beyond `mapReachPercent` are left out. Ends of the bands of buckets are
 * added up, which is wider than the band of the sum. O(positions).
 */
export function liquidationMapOf(parts: readonly Part[], unitPrice: number): LiquidationMap | null {
  const venues = new Map<VenueId, { readonly long: SideSums; readonly short: SideSums; readonly statuses: InputStatus[] }>();
  for (const part of parts) {
    const { state: { definition }, model } = part;
    if (definition === undefined || (model.longs === undefined && model.shorts === undefined)) continue;
    const held = venues.get(definition.venue) ?? { long: noSums(), short: noSums(), statuses: [] };
    venues.set(definition.venue, held);
    held.statuses.push(model.positionStatus);
    if (model.longs !== undefined) addSide(held.long, part, model.longs, 'long', unitPrice);
    if (model.shorts !== undefined) addSide(held.short, part, model.shorts, 'short', unitPrice);
  }
  if (venues.size === 0) return null;
  const rows = [...venues].sort(([a], [b]) => (a < b ? -1 : 1));
  const total = (side: PositionSide, of: 'low' | 'high') => Array.from({ length: steps }, (_, i) => usd(rows.reduce((sum, [, sums]) => sum + at(sums[side][of], i), 0)));
  const list = (values: Float64Array) => Array.from(values, usd);
  return {
    stepPercent: mapStepPercent, price: price(unitPrice),
    venues: rows.map(([venue, { long, short, statuses }]): VenueLiquidations => ({
      venue, status: worst(statuses), long: list(long.value), short: list(short.value), longPrior: list(long.prior), shortPrior: list(short.prior),
    })),
    long: { low: total('long', 'low'), high: total('long', 'high') }, short: { low: total('short', 'low'), high: total('short', 'high') },
  };
}

function addSide(sums: SideSums, { usable: { value: market }, rate }: Part, triggers: PriorTriggers & { readonly priorOnlyLots?: Float64Array }, side: PositionSide, unitPrice: number): void {
  const sign = side === 'long' ? -1 : 1;
  const { ticks, lots, low, high, priorOnlyLots = lots } = triggers;
  for (let k = 0; k < ticks.length; k++) {
    const tick = at(ticks, k);
    const distance = sign * ((tick * market.tickSize * rate.usd) / unitPrice - 1) * 100;
    // What is passed by the asset's price and not by the market's own is about to fire.
    const step = Math.max(0, Math.floor(distance / mapStepPercent));
    if (step >= steps) continue;
    const add = (to: Float64Array, count: number): void => void (to[step] = at(to, step) + quoteValue(market, count, tick) * rate.usd);
    add(sums.value, at(lots, k));
    add(sums.prior, at(priorOnlyLots, k));
    add(sums.low, at(low, k));
    add(sums.high, at(high, k));
  }
}
