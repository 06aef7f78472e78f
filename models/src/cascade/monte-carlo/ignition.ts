import { defined } from '../../core/index.ts';
import { at, type Ladder } from '../../market/index.ts';
import { isGap, ladderOf, signOf } from '../cascade-market.ts';
import { createNetworkSolver, type NetworkSolver, type SolverState } from '../network-solver.ts';
import type { AssetShare } from '../network-response.ts';
import type { NetworkSystem } from '../network-system.ts';

/** Two sales closer than this share of the largest one are neighbours: a fall of the gap between them is a jump. */
const resolution = 1 / 1_024;
/** Sales tried first are this share of the largest one apart. */
const firstStride = 1 / 16;
/** Ladders are cut this many gaps beyond where a step begins: enough to see a fall of one. */
const cutGaps = 1.5;

/**
 * Whether a sale of `saleUnits` (>= 0) is at or beyond the ignition threshold of a system: whether on the way to it the asset's price somewhere falls by at least
 * `gap` (in (0, 1)) with liquidations while the sale grows by no more than a thousandth of `saleUnits`, or already without a sale. The same question as
 * `networkResponse(...).ignitionUnits`, answered by yes or no for a few times the cost of one solution: a step is looked at on ladders cut a little below where
 * it begins, so a fall is seen without following it to its end. The end of a market's visible depth alone is no ignition; the others are followed beyond it.
 */
export function reachesIgnition(system: NetworkSystem, share: AssetShare, saleUnits: number, gap: number): boolean {
  const steps = createSteps(system, share, gap);
  let here = steps.start;
  const zero = steps.next(here, 0);
  if (zero === 'far' || isGap(here.price, zero.price, gap)) return true;
  here = zero;
  for (let stride = saleUnits * firstStride; here.units < saleUnits; ) {
    const units = Math.min(saleUnits, here.units + stride);
    const there = steps.next(here, units);
    if (there !== 'far' && !isGap(here.price, there.price, gap)) {
      if (!isGap(here.price, there.price, gap / 2)) stride *= 2;
      here = there;
      continue;
    }
    if (units - here.units > saleUnits * resolution) {
      stride = Math.max((units - here.units) / 4, (saleUnits * resolution) / 2);
      continue;
    }
    if (steps.hasFired(here)) return true;
    // A hole in the books is no ignition: on from below it.
    here = steps.through(here, units);
  }
  return false;
}

/** Where a walk stands, and how to come back. */
interface Place {
  readonly units: number;
  readonly price: number;
  readonly fired: number;
  readonly saved: SolverState;
}

interface Steps {
  readonly start: Place;
  /** Goes on to a sale of `units`; `far` when the price falls by the gap, of which the whole is then not known. */
  next(from: Place, units: number): Place | 'far';
  /** Whether anything was liquidated in the step last gone. */
  hasFired(from: Place): boolean;
  /** The same on whole ladders. */
  through(from: Place, units: number): Place;
}

function createSteps(system: NetworkSystem, share: AssetShare, gap: number): Steps {
  const sign = signOf(system.side);
  const ladders = system.markets.map((market) => ladderOf(market, system.side));
  const whole = createNetworkSolver(system);
  const place = (solver: NetworkSolver, units: number): Place => {
    let [price, fired] = [0, 0];
    for (const [m, { ticks }] of ladders.entries()) {
      price += defined(share.priceWeights[m], 'weight') * at(ticks, solver.level(m)) * (system.markets[m]?.tickSize ?? 0);
      fired += solver.fired(m);
    }
    return { units, price, fired, saved: solver.save() };
  };
  const go = (solver: NetworkSolver, from: Place, units: number): Place => {
    solver.restore(from.saved);
    solver.raise(share.lotsPerUnit.map((lots) => Math.min(Number.MAX_SAFE_INTEGER, Math.floor(lots * units * (1 + 1e-12) + 1e-9))));
    return place(solver, units);
  };
  let cut: { readonly solver: NetworkSolver; readonly price: number } | undefined;
  let last: Place | undefined;
  const cutFor = (from: Place): NetworkSolver => {
    if (cut !== undefined && !isGap(cut.price, from.price, gap / 4)) return cut.solver;
    whole.restore(from.saved);
    const shorter = ladders.map((ladder, m) => cutBelow(ladder, whole.level(m), 1 - sign * cutGaps * gap, sign));
    const markets = system.markets.map((market, m) => ({ ...market, ...(system.side === 'sell' ? { bids: defined(shorter[m], 'ladder') } : { asks: defined(shorter[m], 'ladder') }) }));
    cut = { solver: createNetworkSolver({ ...system, markets }), price: from.price };
    return cut.solver;
  };
  return {
    start: place(whole, 0),
    next: (from, units) => {
      const solver = cutFor(from);
      last = go(solver, from, units);
      // On whole ladders the price is no better than on cut ones.
      if (isGap(from.price, last.price, gap)) return 'far';
      // A market that came to the end of its cut ladder would have gone on: its end says nothing yet of the others.
      if (ladders.some((_, m) => solver.capacity(m) < solver.shock(m))) last = go(whole, from, units);
      return last;
    },
    hasFired: (from) => last !== undefined && last.fired > from.fired,
    through: (from, units) => go(whole, from, units),
  };
}

/** The levels up to the first beyond `factor` times the price of `level`, and that one. */
function cutBelow({ ticks, lots }: Ladder, level: number, factor: number, sign: 1 | -1): Ladder {
  const floor = sign * factor * at(ticks, level);
  let [low, high] = [level, ticks.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sign * at(ticks, middle) < floor) high = middle;
    else low = middle + 1;
  }
  return { ticks: ticks.subarray(0, low + 1), lots: lots.subarray(0, low + 1) };
}
