import { assert, defined } from '../core/index.ts';
import { at } from '../market/index.ts';
import { isGap, ladderOf } from './cascade-market.ts';
import { createNetworkSolver, type SolverState } from './network-solver.ts';
import type { NetworkSystem } from './network-system.ts';

/** How a sale of the whole asset falls on a system's markets, and what its price is made of. One number a market each. */
export interface AssetShare {
  /** Lots sold in each market for each unit of the asset sold, >= 0, not all 0. */
  readonly lotsPerUnit: readonly number[];
  /** What each market's price (quote currency) counts in the asset's price: weight times value of its quote currency, >= 0, not all 0. */
  readonly priceWeights: readonly number[];
}

/** How far and how finely a response is followed. */
export interface ResponseReach {
  /** Where two outcomes this far apart (share of the larger price, in (0, 1)) with liquidations in between are an ignition. */
  readonly ignitionGap: number;
  /** The first sale tried, units, > 0: about what moves the price by a fraction of the gap. */
  readonly firstUnits: number;
  /** Nothing beyond so many times the threshold is of interest, >= 1. */
  readonly timesIgnition: number;
  /** Nothing beyond is of interest when nothing ignites, units; `Infinity` goes on to the end of the books. */
  readonly maxUnits: number;
  /** Sales up to this are of interest whatever ignites, units; default 0. */
  readonly leastUnits?: number;
}

/** A sale of at most `units`, and more than that of the step before, ends at `price` or a little above it. */
export interface NetworkStep {
  readonly units: number;
  readonly price: number;
}

/** The answer of an asset to sales of every size. */
export interface NetworkResponse {
  /** Steps less than the ignition gap apart up to the threshold, wider after it; empty when not even a sale of nothing holds. */
  readonly steps: readonly NetworkStep[];
  /** Price of a sale of nothing at the best prices. */
  readonly bestPrice: number;
  readonly ignitedAtZero: boolean;
  /** The sale at which the asset ignites: any less is safe. 0 when ignited at zero, null when nothing ignites. */
  readonly ignitionUnits: number | null;
  /** The price just above it, a bound (too high for a sale, too low for a purchase) where visible depth ends; null when nothing ignites. */
  readonly landingPrice: number | null;
  /** Lots liquidated in each market at the landing, at the end of visible depth without one; null when nothing ignites. */
  readonly landingFired: readonly number[] | null;
  /** Visible depth of some market ended within reach: beyond the last step prices are not known. */
  readonly exhausted: boolean;
}

/** Halvings after which single steps are taken: what is left of a range then holds a few events. */
const halvings = 10;
/** How much wider steps may be once the threshold is found. */
const afterwards = 3;
/** Ranges looked at before a sweep gives up: far more than a hundred books need. */
const maxRanges = 100_000;

/**
 * Follows an asset from a sale of nothing upwards through `createNetworkSolver`, which only ever goes down: every level is walked about once. As the response
 * is monotone, a range over which the price falls by less than the gap holds no ignition; only others are halved, and at the last gone through event by
 * event. Threshold and landing are exact. O(levels + triggers), times the logarithm of resolution near a jump.
 */
export function networkResponse(system: NetworkSystem, share: AssetShare, reach: ResponseReach): NetworkResponse {
  assert(share.lotsPerUnit.some((x) => x > 0) && reach.firstUnits > 0, 'a sale must fall on some market');
  const { leastUnits = 0 } = reach;
  const sweep = createSweep(system, share, reach.ignitionGap);
  const steps: NetworkStep[] = [];
  const start = sweep.state(0);
  const done = (rest: Partial<NetworkResponse>): NetworkResponse =>
    ({ steps: joinedSteps(steps), bestPrice: sweep.bestPrice, ignitedAtZero: false, ignitionUnits: null, landingPrice: null, landingFired: null, exhausted: false, ...rest });
  if (start.exhausted || isGap(sweep.bestPrice, start.price, reach.ignitionGap)) {
    if (!start.exhausted) steps.push({ units: 0, price: start.price });
    return done({ ignitedAtZero: true, ignitionUnits: 0, landingPrice: start.price, landingFired: start.firedLots, exhausted: start.exhausted });
  }
  let here = start;
  let stride = reach.firstUnits;
  let found: Jump | undefined;
  steps.push({ units: 0, price: start.price });
  for (let range = 0; range < maxRanges; range++) {
    const limit = Math.max(leastUnits, found === undefined ? reach.maxUnits : found.units * reach.timesIgnition);
    if (here.units >= limit) break;
    const there = sweep.state(Math.min(here.units + stride, limit));
    // Beyond the threshold nothing is looked for any more: steps are for the eye alone.
    const gap = found === undefined ? reach.ignitionGap : Math.min(0.5, afterwards * reach.ignitionGap);
    const wide = found === undefined && isGap(here.price, there.price, gap);
    if (!there.exhausted && !wide) {
      steps.push({ units: there.units, price: there.price });
      if (!isGap(here.price, there.price, gap / 2)) stride *= 2;
      else if (isGap(here.price, there.price, gap)) stride = Math.max(reach.firstUnits, stride / 2);
      here = there;
      continue;
    }
    const jump = found === undefined ? sweep.firstJump(here, there, (step) => void steps.push(step)) : undefined;
    if (jump?.after.exhausted === true) {
      return done({ ...(jump.ignites ? endOf(jump) : {}), exhausted: true });
    }
    if (jump !== undefined) {
      found = jump;
      // The landing price stands until the next market moves.
      here = { ...jump.after, units: Math.max(jump.units, Math.min(sweep.holdsTo(), Math.max(leastUnits, jump.units * reach.timesIgnition))) };
      steps.push({ units: here.units, price: here.price });
    } else if (there.exhausted) {
      return done({ ...endOf(found), exhausted: true });
    } else {
      here = sweep.state(there.units);
      steps.push({ units: here.units, price: here.price });
      // A wide range without a jump of its own was too long.
      stride = Math.max(reach.firstUnits, stride / 4);
    }
  }
  return done(endOf(found));
}

/** Steps in a row that end at one price are one step. */
function joinedSteps(steps: readonly NetworkStep[]): readonly NetworkStep[] {
  return steps.filter(({ price }, i) => price !== steps[i + 1]?.price);
}

/** Where a sweep stands, and how to come back. */
interface State {
  readonly units: number;
  readonly price: number;
  readonly exhausted: boolean;
  readonly fired: number;
  readonly firedLots: readonly number[];
  readonly saved: SolverState;
}

interface Jump {
  readonly units: number;
  readonly after: State;
  /** False for the end of visible depth without a fall that would count. */
  readonly ignites: boolean;
}

function endOf(found: Jump | undefined): Partial<NetworkResponse> {
  return found === undefined ? {} : { ignitionUnits: found.units, landingPrice: found.after.price, landingFired: found.after.firedLots };
}

/** Whole lots of a product: one that rounding left just below a whole number counts as it, at any size. `lots` >= 0. */
export function wholeLots(lots: number): number {
  return Math.floor(lots * (1 + 1e-12) + 1e-9);
}

interface Sweep {
  readonly bestPrice: number;
  /** Goes on to a sale of `units`, at least what was reached. */
  state(units: number): State;
  /** The least sale at which some market no longer holds on its level; `Infinity` when there is none. */
  holdsTo(): number;
  /** The first jump, or the end of visible depth, between two states; undefined when there is neither. Leaves the sweep there. */
  firstJump(from: State, to: State, onStep: (step: NetworkStep) => void): Jump | undefined;
}

function createSweep(system: NetworkSystem, share: AssetShare, gap: number): Sweep {
  const solver = createNetworkSolver(system);
  const ladders = system.markets.map((market) => ladderOf(market, system.side).ticks);
  const priceOf = (level: (m: number) => number): number =>
    share.priceWeights.reduce((sum, weight, m) => sum + weight * at(defined(ladders[m], 'ladder'), level(m)) * (system.markets[m]?.tickSize ?? 0), 0);
  const state = (units: number): State => {
    solver.raise(share.lotsPerUnit.map((lots) => wholeLots(lots * units)));
    const firedLots = ladders.map((_, m) => solver.fired(m));
    const exhausted = ladders.some((_, m) => solver.capacity(m) < solver.shock(m));
    return { units, price: priceOf((m) => solver.level(m)), exhausted, fired: firedLots.reduce((a, b) => a + b, 0), firedLots, saved: solver.save() };
  };
  /** The least sale at which some market no longer holds on its level. */
  const nextEvent = (): number =>
    share.lotsPerUnit.reduce((least, lots, m) => (lots > 0 ? Math.min(least, (solver.capacity(m) + 1) / lots) : least), Infinity);
  /** Halves a range towards the first fall of the gap in it; gives what is left of it. */
  const narrow = (from: State, end: number, onStep: (step: NetworkStep) => void): { readonly low: State; readonly high: number } => {
    let [low, high] = [from, end];
    for (let i = 0; i < halvings && high - low.units > 1e-9 * high; i++) {
      const middle = state((low.units + high) / 2);
      if (middle.exhausted || isGap(low.price, middle.price, gap)) {
        high = middle.units;
        solver.restore(low.saved);
        continue;
      }
      low = middle;
      onStep({ units: low.units, price: low.price });
    }
    return { low, high };
  };
  const firstJump: Sweep['firstJump'] = (from, to, onStep) => {
    solver.restore(from.saved);
    let low = from;
    while (low.units < to.units && (to.exhausted || isGap(low.price, to.price, gap))) {
      const left = narrow(low, to.units, onStep);
      low = left.low;
      for (;;) {
        const units = nextEvent();
        if (!(units <= left.high)) {
          low = state(left.high);
          break;
        }
        const reached = state(units);
        const ignites = isGap(low.price, reached.price, gap) && reached.fired > low.fired;
        if (low.units < units) onStep({ units, price: low.price });
        if (ignites || reached.exhausted) return { units, after: reached, ignites };
        low = reached;
      }
    }
    return undefined;
  };
  return { bestPrice: priceOf(() => 0), state, holdsTo: nextEvent, firstJump };
}
