import { assert, defined, type Rng } from '../core/index.ts';
import { at, type Triggers } from '../market/index.ts';
import { ladderOf, signOf, triggersOf, usableLots } from './cascade-market.ts';
import { markTickOf } from './mark-of.ts';
import type { ArbitrageEdge, MarkSources, NetworkSystem } from './network-system.ts';

/** Rounds lots that arithmetic left just below a whole number up to it (the stress contract). */
const lotSlack = 1e-9;
/** Levels that are passed over together while even the flows at the last of them would not do. */
const blockLevels = 32;

/** Where every market of a system has come to, and how much each still holds. Ticks only ever move away from the best price. */
export interface NetworkSolver {
  /**
   * Raises the shocks to `shockLots` (whole, each at least what it was) and moves every market to the greatest assignment of ticks at which all hold.
   * The order in which markets are looked at does not change it; `order` draws one, for tests.
   */
  raise(shockLots: ArrayLike<number>, order?: Rng): void;
  /** Level of the ladder a market is on. */
  level(index: number): number;
  /** Lots liquidated in a market. */
  fired(index: number): number;
  /** Lots bought in a market by arbitrage that sells elsewhere. */
  bought(index: number): number;
  /** Lots sold in a market by arbitrage and by hedges that are unwound. */
  sold(index: number): number;
  /** The shock a market would hold on its level, lots: below the shock it has, it is on its last level and visible depth has ended. */
  capacity(index: number): number;
  shock(index: number): number;
  /** Levels and triggers passed so far. */
  operations(): number;
  /** What `restore` goes back to. O(markets). */
  save(): SolverState;
  restore(state: SolverState): void;
}

/** A state of a solver. */
export interface SolverState {
  readonly numbers: Float64Array;
}

/** What a market is made of, ready to be walked. */
interface Node {
  readonly ticks: Int32Array;
  readonly usable: Float64Array;
  readonly triggers: Triggers;
  readonly tickSize: number;
  readonly lotSize: number;
  readonly mark: MarkSources | null;
  /** Weights of the mark's sources, and room for their prices. */
  readonly sourceWeights: Float64Array;
  readonly sourcePrices: Float64Array;
  readonly buys: readonly ArbitrageEdge[];
  readonly sells: readonly ArbitrageEdge[];
  readonly unwinds: readonly { readonly from: number; readonly share: number }[];
  /** Markets that may not hold any more once this one's price has moved, and once more of it is liquidated. */
  readonly priceTo: readonly number[];
  readonly firedTo: readonly number[];
}

/**
 * A solver at the best prices with no shock. Each market holds at tick t when its usable depth down to t and what arbitrage buys there cover
 * the shock, its liquidations at the mark, and what arbitrage and hedges sell there. Every price's demand is non-decreasing in every other price,
 * so there is a greatest assignment (Knaster and Tarski), and going down market by market from the best prices ends in it. A worklist holds the markets
 * whose neighbours moved; pointers into books and triggers only go down. O(levels + triggers) in all, times the neighbours of a market near its outcome.
 */
export function createNetworkSolver(system: NetworkSystem): NetworkSolver {
  const sign = signOf(system.side);
  const nodes = system.markets.map((_, index) => nodeOf(system, index));
  const nodeAt = (m: number): Node => defined(nodes[m], 'market');
  const n = nodes.length;
  // One array a figure, in one block that can be copied.
  const state = new Float64Array(7 * n);
  const view = (i: number): Float64Array => state.subarray(i * n, (i + 1) * n);
  const [level, depth, fired, next, shock, price, logPrice] = [view(0), view(1), view(2), view(3), view(4), view(5), view(6)];
  let operations = 0;
  const queue: number[] = [];
  const queued = new Uint8Array(n);

  const logAt = (node: Node, i: number): number => Math.log(at(node.ticks, i) * node.tickSize);
  /** Whole lots that an edge moves when `gap` is by how much the selling side's log-price is the better one. */
  const flow = (edge: ArbitrageEdge, gap: number, lotSize: number): number => {
    const open = gap - edge.costLog;
    return open <= 0 ? 0 : Math.floor(Math.min(edge.capacityQty, edge.slopeQtyPerLog * open) / lotSize + lotSlack);
  };
  const boughtAt = (node: Node, own: number): number => {
    let lots = 0;
    for (const edge of node.buys) lots += flow(edge, sign * (at(logPrice, edge.to) - own), node.lotSize);
    return lots;
  };
  const soldAt = (node: Node, own: number): number => {
    let lots = 0;
    for (const edge of node.sells) lots += flow(edge, sign * (own - at(logPrice, edge.from)), node.lotSize);
    return lots;
  };
  const unwound = (node: Node): number => {
    let lots = 0;
    for (const { from, share } of node.unwinds) lots += Math.floor(share * at(fired, from) + lotSlack);
    return lots;
  };
  const fireTo = (m: number, node: Node, markTick: number): void => {
    const { ticks, lots } = node.triggers;
    let k = at(next, m);
    if (k >= ticks.length || sign * at(ticks, k) < sign * markTick) return;
    let sum = at(fired, m);
    for (; k < ticks.length && sign * at(ticks, k) >= sign * markTick; k++) sum += at(lots, k);
    operations += k - at(next, m);
    next[m] = k;
    fired[m] = sum;
  };
  /** The mark of a market, in its ticks, when it trades at `tick`. */
  const markTick = (m: number, { mark, tickSize, sourcePrices, sourceWeights }: Node, tick: number): number => {
    if (mark === null) return tick;
    for (let k = 0; k < mark.markets.length; k++) {
      const source = mark.markets[k] ?? m;
      sourcePrices[k] = source === m ? tick * tickSize : at(price, source);
    }
    return markTickOf(mark.rule, sourcePrices, sourceWeights, tickSize, sign);
  };

  /** Takes one market down to the first level at which it holds; its last one otherwise. */
  const descend = (m: number): void => {
    const node = nodeAt(m);
    const last = node.ticks.length - 1;
    const [firedBefore, levelBefore] = [at(fired, m), at(level, m)];
    const hasEdges = node.buys.length + node.sells.length > 0;
    const fixed = at(shock, m) + unwound(node);
    let i = levelBefore;
    let held = at(depth, m);
    for (;;) {
      fireTo(m, node, markTick(m, node, at(node.ticks, i)));
      const own = !hasEdges ? 0 : i === levelBefore ? at(logPrice, m) : logAt(node, i);
      const demand = fixed + at(fired, m) + (hasEdges ? soldAt(node, own) - boughtAt(node, own) : 0);
      if (held >= demand || i === last) break;
      // Flows at the end of the block are the most favourable within it: levels that would not do even with them are passed over.
      const end = hasEdges ? Math.min(i + blockLevels, last) : last;
      const far = hasEdges ? logAt(node, end) : 0;
      const favour = hasEdges ? boughtAt(node, far) - soldAt(node, far) : 0;
      const began = i;
      do {
        held += at(node.usable, ++i);
        if (node.mark === null) fireTo(m, node, at(node.ticks, i));
      } while (i < end && held + favour < fixed + at(fired, m));
      operations += i - began;
    }
    depth[m] = held;
    if (i !== levelBefore) {
      level[m] = i;
      price[m] = at(node.ticks, i) * node.tickSize;
      logPrice[m] = Math.log(at(price, m));
      node.priceTo.forEach(push);
    }
    if (at(fired, m) !== firedBefore) node.firedTo.forEach(push);
  };
  const push = (m: number): void => {
    if (queued[m] === 1) return;
    queued[m] = 1;
    queue.push(m);
  };
  const pull = (order: Rng | undefined): number => {
    const i = order === undefined ? 0 : order.int(queue.length);
    const [m] = queue.splice(i, 1);
    assert(m !== undefined, 'the worklist is not empty');
    queued[m] = 0;
    return m;
  };

  for (const [m, node] of nodes.entries()) {
    depth[m] = at(node.usable, 0);
    price[m] = at(node.ticks, 0) * node.tickSize;
    logPrice[m] = Math.log(at(price, m));
  }
  let begun = false;
  const logOf = (m: number): number => at(logPrice, m);
  return {
    raise: (shockLots, order) => {
      for (let m = 0; m < n; m++) {
        const lots = shockLots[m] ?? 0;
        assert(Number.isSafeInteger(lots) && lots >= at(shock, m), `a shock is a whole number of lots and only grows, got ${String(lots)}`);
        if (begun && lots === at(shock, m)) continue;
        shock[m] = lots;
        push(m);
      }
      begun = true;
      while (queue.length > 0) descend(pull(order));
    },
    level: (m) => at(level, m), fired: (m) => at(fired, m), shock: (m) => at(shock, m),
    bought: (m) => boughtAt(nodeAt(m), logOf(m)),
    sold: (m) => soldAt(nodeAt(m), logOf(m)) + unwound(nodeAt(m)),
    capacity: (m) => {
      const node = nodeAt(m);
      return at(depth, m) + boughtAt(node, logOf(m)) - soldAt(node, logOf(m)) - unwound(node) - at(fired, m);
    },
    operations: () => operations,
    save: () => ({ numbers: state.slice() }),
    restore: ({ numbers }) => state.set(numbers),
  };
}

function nodeOf(system: NetworkSystem, index: number): Node {
  const market = defined(system.markets[index], 'market');
  const { ticks } = ladderOf(market, system.side);
  assert(ticks.length > 0, `market ${market.id} has no level to walk`);
  const mark = system.marks[index] ?? null;
  const buys = system.edges.filter(({ from }) => from === index);
  const sells = system.edges.filter(({ to }) => to === index);
  const unwinds = system.hedges.filter(({ to }) => to === index);
  const watching = system.marks.flatMap((other, owner) => (owner !== index && other?.markets.includes(index) === true ? [owner] : []));
  const priceTo = new Set([...buys.map(({ to }) => to), ...sells.map(({ from }) => from), ...watching]);
  return {
    ticks, usable: usableLots(market, system.side), triggers: triggersOf(market, system.side), tickSize: market.tickSize, lotSize: market.lotSize,
    mark, sourceWeights: Float64Array.from(mark?.weights ?? []), sourcePrices: new Float64Array(mark?.markets.length ?? 0), buys, sells, unwinds, priceTo: [...priceTo], firedTo: [...new Set(system.hedges.filter(({ from }) => from === index).map(({ to }) => to))],
  };
}
