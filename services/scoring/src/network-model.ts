import type { NetworkScore } from '@breakwater/contracts';
import { defined, ratio, usd, type InstrumentId, type VenueId } from '@breakwater/models/core';
import { depthWithin, mergeGrid, mergeMarkets, reproductionOf, type CascadeMarket, type MergeSource, type NetworkSystem } from '@breakwater/models/cascade';
import { at } from '@breakwater/models/market';
import { arbitrageShares } from './assumptions.ts';

/** One market of an asset, with the dollars of its quote currency. */
export interface JoinedMarket {
  readonly instrument: InstrumentId;
  readonly venue: VenueId;
  readonly market: CascadeMarket;
  readonly usdPerQuote: number;
}

/** An asset's markets joined, all in US dollars and units of the asset. */
export interface AssetNetwork {
  readonly system: NetworkSystem;
  /** Who each market of the system is, in its order. */
  readonly nodes: readonly { readonly instrument: InstrumentId; readonly venue: VenueId }[];
}

/**
 * Arbitrage of every market with the deepest one, where prices are made [A]: capital for a share of what the shallower one bids within 2 % (`arbitrageShares`), all of it in use once prices are 1 % apart
 * beyond a cost of 0.2 % (a taker fee of 5 to 10 basis points on each side, and the risk in between). What the horizon
 * allows to arrive from elsewhere is in it; ledgers with their delays are not modelled.
 */
const arbitrage = { costLog: 0.002, fullAtLog: 0.01 } as const;
/**
 * Marks of perpetuals [A]: half from the market's own price, half from the asset's spot markets by their depth. Venues build the mark from an index of spot prices and a basis averaged over
 * minutes (`models/market/venues`), so over a horizon of 15 minutes it follows both.
 */
const ownShareOfMark = 0.5;
/** The fall that shows how large the positions of a market are. */
const shownFall = 0.1;

/**
 * Joins the markets of an asset: books and positions in dollars on one grid; a market without a book, whose positions are still there, lends them to the one with the deepest book. Undefined
 * where none has a book. O(levels + positions).
 */
export function joinMarkets(markets: readonly JoinedMarket[]): AssetNetwork | undefined {
  const withBook = markets.map((joined) => ({ joined, depthUsd: depthWithin(joined.market, 'sell', 0.02).quote * joined.usdPerQuote })).filter(({ depthUsd }) => depthUsd > 0);
  if (withBook.length === 0) return undefined;
  const grid = mergeGrid(markets.map(({ market, usdPerQuote }): MergeSource => ({ market, usdPerQuote })));
  const deepest = withBook.reduce((a, b) => (b.depthUsd > a.depthUsd ? b : a)).joined;
  const bookless = markets.filter(({ market }) => market.bids.ticks.length === 0).map(({ market, usdPerQuote }) => ({ market, usdPerQuote }));
  const nodes = withBook.map(({ joined }) => {
    const own = { market: joined.market, usdPerQuote: joined.usdPerQuote };
    const merged: CascadeMarket = { ...mergeMarkets(joined.instrument, joined === deepest ? [own, ...bookless] : [own], grid), kind: joined.market.kind === 'spot' ? 'spot' : 'linear' };
    return { joined, market: merged, depthUnits: depthWithin(merged, 'sell', 0.02).lots * merged.lotSize };
  }).filter(({ market, depthUnits }) => market.bids.ticks.length > 0 && depthUnits > 0);
  if (nodes.length === 0) return undefined;
  return {
    system: { side: 'sell', markets: nodes.map(({ market }) => market), hedges: [], ...linksOf(nodes.map(({ joined, depthUnits }) => ({ isSpot: joined.market.kind === 'spot', depthUnits })), arbitrageShares.value) },
    nodes: nodes.map(({ joined: { instrument, venue } }) => ({ instrument, venue })),
  };
}

/** What joins markets of one unit and lot size: arbitrage with the deepest, and the marks of those that are not spot. `depthUnits`: usable bids within 2 %. O(markets^2). */
export function linksOf(nodes: readonly { readonly isSpot: boolean; readonly depthUnits: number }[], arbitrageShare: number): Pick<NetworkSystem, 'edges' | 'marks'> {
  const spots = nodes.flatMap(({ isSpot, depthUnits: units }, i) => (isSpot && units > 0 ? [{ i, units }] : []));
  const spotUnits = spots.reduce((sum, spot) => sum + spot.units, 0);
  const hub = nodes.reduce((best, node, i) => (node.depthUnits > (nodes[best]?.depthUnits ?? 0) ? i : best), 0);
  const edges = nodes.flatMap(({ depthUnits }, other) => {
    if (other === hub) return [];
    const capacityQty = arbitrageShare * depthUnits;
    const terms = { capacityQty, slopeQtyPerLog: capacityQty / arbitrage.fullAtLog, costLog: arbitrage.costLog };
    return [{ from: hub, to: other, ...terms }, { from: other, to: hub, ...terms }];
  });
  const marks = nodes.map(({ isSpot }, i) => {
    if (isSpot || spotUnits === 0) return null;
    return { rule: 'mean' as const, markets: [i, ...spots.map((spot) => spot.i)], weights: [ownShareOfMark, ...spots.map((spot) => ((1 - ownShareOfMark) * spot.units) / spotUnits)] };
  });
  return { edges, marks };
}

/** Which market ignites which, under central assumptions; `band` is that of the reproduction number. O(markets^2 x positions near the price). */
export function networkScoreOf({ system, nodes }: AssetNetwork, band: (value: number) => { readonly low: number; readonly high: number }, status: NetworkScore['reproduction']['status']): NetworkScore {
  const central = reproductionOf(system);
  const { low, high } = band(central.number);
  return {
    reproduction: { value: ratio(central.number), low: ratio(low), high: ratio(high), status },
    markets: nodes.map(({ instrument, venue }, m) => ({
      instrument, venue, share: ratio(central.vector?.[m] ?? 0), reproduction: ratio(central.byMarket[m] ?? 0), triggerUsd: usd(triggerValue(defined(system.markets[m], 'market'))),
    })),
    links: central.next.flatMap((row, to) => row.flatMap((value, from) => (value > 0 ? [{ from, to, reproduction: ratio(value) }] : []))),
  };
}

/** US dollars of positions that a fall of `shownFall` from the best price would liquidate. */
function triggerValue(market: CascadeMarket): number {
  const { ticks, lots } = market.longTriggers;
  const best = market.bids.ticks[0] ?? 0;
  let value = 0;
  for (let k = 0; k < ticks.length && at(ticks, k) >= best * (1 - shownFall); k++) value += at(lots, k) * market.lotSize;
  return value * best * market.tickSize;
}
