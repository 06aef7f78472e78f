import type { NetworkScore } from '@breakwater/contracts';
import { defined, ratio, usd, type InstrumentId, type VenueId } from '@breakwater/models/core';
import { assetResponse, depthWithin, mergeGrid, mergeMarkets, reproductionOf, type AssetQuestion, type AssetResponse, type CascadeMarket, type MergeSource, type NetworkSystem } from '@breakwater/models/cascade';
import { at } from '@breakwater/models/market';
import type { Variant } from './market-model.ts';

/** One market of an asset under one variant, with the dollars of its quote currency. */
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
 * Arbitrage of every market with the deepest one, where prices are made [A]: capital for half of what the shallower one bids within 2 % in the centre, a quarter in the pessimistic end, and all of it in the optimistic
 * one; all of it is in use once prices are 1 % apart beyond a cost of 0.2 % (a taker fee of 5 to 10 basis points on each side, and the risk in between). What the horizon
 * allows to arrive from elsewhere is in it; ledgers with their delays are not modelled.
 */
const arbitrage = { costLog: 0.002, fullAtLog: 0.01, shareOfDepth: { low: 0.25, value: 0.5, high: 1 } } as const;
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
export function joinMarkets(markets: readonly JoinedMarket[], variant: Variant): AssetNetwork | undefined {
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
  const spots = nodes.flatMap((node, i) => (node.joined.market.kind === 'spot' ? [{ i, units: node.depthUnits }] : []));
  const spotUnits = spots.reduce((sum, spot) => sum + spot.units, 0);
  const hub = nodes.reduce((best, node, i) => (node.depthUnits > (nodes[best]?.depthUnits ?? 0) ? i : best), 0);
  const edges = nodes.flatMap(({ depthUnits }, other) => {
    if (other === hub) return [];
    const capacityQty = arbitrage.shareOfDepth[variant] * depthUnits;
    const terms = { capacityQty, slopeQtyPerLog: capacityQty / arbitrage.fullAtLog, costLog: arbitrage.costLog };
    return [{ from: hub, to: other, ...terms }, { from: other, to: hub, ...terms }];
  });
  const marks = nodes.map(({ joined }, i) => {
    if (joined.market.kind === 'spot' || spotUnits === 0) return null;
    return { rule: 'mean' as const, markets: [i, ...spots.map((spot) => spot.i)], weights: [ownShareOfMark, ...spots.map((spot) => ((1 - ownShareOfMark) * spot.units) / spotUnits)] };
  });
  return {
    system: { side: 'sell', markets: nodes.map(({ market }) => market), edges, hedges: [], marks },
    nodes: nodes.map(({ joined: { instrument, venue } }) => ({ instrument, venue })),
  };
}

/** The figures of an asset over its joined markets, US dollars; see `assetResponse`. */
export function answerNetwork(network: AssetNetwork, question: AssetQuestion): AssetResponse | undefined {
  return assetResponse(network.system, question);
}

/** Which market ignites which, with the band of the reproduction number from the pessimistic and the optimistic system. O(markets^2 x positions near the price). */
export function networkScoreOf(networks: Readonly<Record<Variant, AssetNetwork>>, status: NetworkScore['reproduction']['status']): NetworkScore {
  const central = reproductionOf(networks.value.system);
  const ends = [central.number, reproductionOf(networks.low.system).number, reproductionOf(networks.high.system).number];
  const { markets } = networks.value.system;
  return {
    reproduction: { value: ratio(central.number), low: ratio(Math.min(...ends)), high: ratio(Math.max(...ends)), status },
    markets: networks.value.nodes.map(({ instrument, venue }, m) => ({
      instrument, venue, share: ratio(central.vector?.[m] ?? 0), reproduction: ratio(central.byMarket[m] ?? 0), triggerUsd: usd(triggerValue(defined(markets[m], 'market'))),
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
