import { assert } from '../core/index.ts';
import { at } from '../market/index.ts';
import { HOLD_DAYS, SIGMA_DAILY } from './class-grid.ts';
import type { FlowModel } from './inference-types.ts';

/**
 * The open positions of one side under one guess at how they are opened and closed, by the price they were opened at and by class. Columns are kept for
 * every class as if all openings were of it, which makes liquidations linear in the class weights: with weights w the side is sum of w_k x column k, and
 * that sum is the open interest exactly after every step. Shorts are longs of the negative log-price, so there is one case.
 */
export interface FlowDensity {
  /** Index of the first bucket; bucket b holds log-prices (sign taken) about (base + b) x logStep. */
  base: number;
  /** First and last bucket that may hold anything; first > last: none does. */
  first: number;
  last: number;
  /** Share of each group and bucket that has not been closed since `columns` were last brought up to date: [group][bucket]. */
  readonly alive: readonly Float64Array[];
  /** Openings not liquidated since, as of when `alive` was 1: [group][class][bucket]. */
  readonly columns: readonly (readonly Float64Array[])[];
  /** Sum over classes of weight x column: [group][bucket]. */
  readonly mixed: readonly Float64Array[];
  /** Highest bucket of each class that may hold anything. */
  readonly top: Int32Array;
}

/** What does not change from step to step. */
export interface FlowTerms {
  readonly flow: FlowModel;
  readonly logStep: number;
  /** Whole buckets from opening to liquidation; Infinity for the class that is never liquidated. */
  readonly offsets: Float64Array;
  readonly distances: Float64Array;
  readonly buckets: number;
}

/** One minute as a side sees it: log-prices with the side's sign, so that low is always where its positions are liquidated. */
export interface SignedMinute {
  readonly low: number;
  readonly high: number;
  readonly close: number;
  readonly openInterest: number;
  readonly previousOpenInterest: number;
  readonly volume: number;
}

/** An empty density about log-price `centre` (sign taken). */
export function emptyDensity(terms: FlowTerms, centre: number): FlowDensity {
  const { flow, offsets, buckets, logStep } = terms;
  const row = (): Float64Array => new Float64Array(buckets);
  return {
    base: Math.round(centre / logStep) - (buckets >> 1), first: buckets, last: -1, alive: flow.groups.map(() => row().fill(1)), mixed: flow.groups.map(row),
    columns: flow.groups.map(() => Array.from(offsets, row)), top: new Int32Array(offsets.length).fill(-1),
  };
}

/**
 * Spreads the open interest that is there at the start over entry prices and classes, as it would be after a long time of openings at a steady rate, closing at
 * a steady hazard and a Brownian log-price: the density of a position's log-gain y is k/2 (exp(-k |y|) - exp(-k (2 d + y))) for y > -d, with d its class's
 * distance and k = sqrt(2 hazard) / sigma (the Green's function of Brownian motion killed at -d). The parameters are assumed [A].
 */
export function seedDensity(density: FlowDensity, terms: FlowTerms, weights: Float64Array, close: number, openInterest: number): void {
  const { flow: { groups }, logStep, distances, buckets } = terms;
  const meanPace = 1 / groups.reduce((sum, g) => sum + g.share / g.pace, 0);
  for (const [g, { share, pace }] of groups.entries()) {
    const rate = Math.sqrt((2 * pace) / (meanPace * HOLD_DAYS)) / SIGMA_DAILY;
    defaulted(density.alive[g]).fill(1);
    for (let k = 0; k < distances.length; k++) {
      const d = at(distances, k);
      const column = columnOf(density, g, k).fill(0);
      for (let b = 0; b < buckets; b++) {
        const gain = close - (density.base + b) * logStep;
        if (gain <= -d + logStep / 2) continue;
        column[b] = (share / pace) * rate * (Math.exp(-rate * Math.abs(gain)) - Math.exp(-rate * (2 * d + gain)));
      }
    }
  }
  density.first = 0;
  density.last = buckets - 1;
  density.top.fill(buckets - 1);
  for (const mixed of density.mixed) mixed.fill(0);
  remix(density, weights);
  rescale(density, openInterest);
}

/** Brings `mixed` up to date after the weights changed. O(groups x classes x buckets). */
export function remix(density: FlowDensity, weights: Float64Array): void {
  for (const [g, mixed] of density.mixed.entries()) {
    mixed.fill(0);
    for (let k = 0; k < weights.length; k++) {
      const column = columnOf(density, g, k);
      const w = at(weights, k);
      for (let b = density.first; b <= density.last; b++) mixed[b] = at(mixed, b) + w * at(column, b);
    }
  }
}

/** Makes the side's positions sum to the open interest. */
export function rescale(density: FlowDensity, openInterest: number): void {
  const total = totalOf(density);
  if (!(total > 0)) return;
  const factor = openInterest / total;
  for (const alive of density.alive) for (let b = density.first; b <= density.last; b++) alive[b] = at(alive, b) * factor;
}

/** All positions of the side, in the unit of open interest. O(groups x buckets). */
export function totalOf({ alive, mixed, first, last }: FlowDensity): number {
  let total = 0;
  for (const [g, row] of mixed.entries()) {
    const share = defaulted(alive[g]);
    for (let b = first; b <= last; b++) total += at(share, b) * at(row, b);
  }
  return total;
}

/**
 * One minute. First what the path's low crosses is liquidated; then owners close what the volume says; then openings are spread evenly over the minute's range of
 * prices, and those the close has already crossed are liquidated too. `crossed` gets, by class, what was liquidated had all openings been of that class. O(groups x buckets + buckets crossed x classes).
 */
export function stepDensity(density: FlowDensity, terms: FlowTerms, weights: Float64Array, given: SignedMinute, crossed: Float64Array): void {
  const { flow, logStep, offsets } = terms;
  const reach = ((terms.buckets >> 1) - 2) * logStep * 0.5;
  // A minute that moved by more than the buckets hold is cut to what they do.
  const minute = { ...given, low: Math.max(given.low, given.close - reach), high: Math.min(given.high, given.close + reach) };
  crossed.fill(0);
  shiftTo(density, terms, minute.low, minute.high);
  cross(density, offsets, weights, Math.ceil(minute.low / logStep - 1e-9) - density.base, crossed);
  const change = minute.openInterest - minute.previousOpenInterest;
  let opened = Math.max(0, change) + (flow.churn * Math.max(0, minute.volume - Math.abs(change))) / 2;
  const before = totalOf(density);
  // Open interest is what is left and what is opened: either more must be closed or more must have been opened.
  let closed = Math.min(before + opened - minute.openInterest, mostClosed * before);
  if (closed < 0) closed = 0;
  opened = Math.max(0, minute.openInterest - before + closed);
  if (closed > 0) close(density, flow, closed, Math.round(minute.close / logStep) - density.base);
  if (opened > 0) open(density, terms, weights, opened, minute);
  cross(density, offsets, weights, Math.ceil(minute.close / logStep - 1e-9) - density.base, crossed);
  tidy(density, minute.openInterest);
  rescale(density, minute.openInterest);
}

/** Most of what is open that owners close in a minute [A]: a volume beyond that is day trading. */
const mostClosed = 0.9;

/** Liquidates everything whose trigger bucket is at or above `reached`. */
function cross(density: FlowDensity, offsets: Float64Array, weights: Float64Array, reached: number, crossed: Float64Array): void {
  for (let k = 0; k < offsets.length; k++) {
    const from = Math.max(density.first, reached + at(offsets, k));
    const to = at(density.top, k);
    if (!(from <= to)) continue;
    for (const [g, columns] of density.columns.entries()) {
      const column = defaulted(columns[k]);
      const mixed = defaulted(density.mixed[g]);
      const alive = defaulted(density.alive[g]);
      for (let b = from; b <= to; b++) {
        const x = at(column, b);
        if (x === 0) continue;
        crossed[k] = at(crossed, k) + x * at(alive, b);
        column[b] = 0;
        mixed[b] = Math.max(0, at(mixed, b) - at(weights, k) * x);
      }
    }
    density.top[k] = from - 1;
  }
}

/** Closes `amount` (less than all) at hazards in proportion to the pace of each group, and less for positions that are losing: those opened above `price` (a bucket). */
function close(density: FlowDensity, flow: FlowModel, amount: number, price: number): void {
  const classes: { readonly g: number; readonly losing: boolean; readonly pace: number; readonly mass: number }[] = [];
  for (const [g, { pace }] of flow.groups.entries()) {
    const [alive, mixed] = [defaulted(density.alive[g]), defaulted(density.mixed[g])];
    let winning = 0;
    let losing = 0;
    for (let b = density.first; b <= density.last; b++) {
      const mass = at(alive, b) * at(mixed, b);
      if (b > price) losing += mass;
      else winning += mass;
    }
    classes.push({ g, losing: false, pace, mass: winning }, { g, losing: true, pace: pace * (1 - flow.holdLosers), mass: losing });
  }
  const hazard = hazardFor(classes, amount);
  for (const { g, losing, pace } of classes) {
    const alive = defaulted(density.alive[g]);
    const left = Math.exp(-hazard * pace);
    const [from, to] = losing ? [Math.max(density.first, price + 1), density.last] : [density.first, Math.min(density.last, price)];
    for (let b = from; b <= to; b++) alive[b] = at(alive, b) * left;
  }
}

/** The hazard h with sum of mass (1 - exp(-h pace)) = amount, by Newton from below: the sum is concave in h, so it never overshoots. */
function hazardFor(classes: readonly { readonly pace: number; readonly mass: number }[], amount: number): number {
  let hazard = 0;
  for (let i = 0; i < 60; i++) {
    let closed = 0;
    let slope = 0;
    for (const { pace, mass } of classes) {
      const left = Math.exp(-hazard * pace);
      closed += mass * (1 - left);
      slope += mass * pace * left;
    }
    const step = (amount - closed) / slope;
    if (!(step > 1e-12 * (1 + hazard))) break;
    hazard += step;
  }
  return hazard;
}

/** Opens `amount`, spread evenly over the buckets of the minute's range, for every class. */
function open(density: FlowDensity, { flow, logStep }: FlowTerms, weights: Float64Array, amount: number, { low, high }: SignedMinute): void {
  const from = Math.round(low / logStep) - density.base;
  const to = Math.round(high / logStep) - density.base;
  const each = amount / (to - from + 1);
  if (density.last < density.first) density.first = density.last = from;
  density.first = Math.min(density.first, from);
  density.last = Math.max(density.last, to);
  let total = 0;
  for (let k = 0; k < weights.length; k++) total += at(weights, k);
  for (const [g, { share }] of flow.groups.entries()) {
    const [alive, mixed, columns] = [defaulted(density.alive[g]), defaulted(density.mixed[g]), defaulted(density.columns[g])];
    for (let b = from; b <= to; b++) {
      const x = (each * share) / at(alive, b);
      for (const column of columns) column[b] = at(column, b) + x;
      mixed[b] = at(mixed, b) + total * x;
    }
  }
  for (let k = 0; k < density.top.length; k++) density.top[k] = Math.max(at(density.top, k), to);
}

/** Shares so small that float64 would soon hold nothing are multiplied in; buckets at the ends that hold next to nothing are forgotten. */
function tidy(density: FlowDensity, openInterest: number): void {
  for (const [g, alive] of density.alive.entries()) {
    for (let b = density.first; b <= density.last; b++) {
      const share = at(alive, b);
      if (share > smallestShare && share < 1 / smallestShare) continue;
      for (const column of [...defaulted(density.columns[g]), defaulted(density.mixed[g])]) column[b] = at(column, b) * share;
      alive[b] = 1;
    }
  }
  const nothing = 1e-7 * openInterest;
  while (density.first <= density.last && heldAt(density, density.first) <= nothing) forget(density, density.first++);
  while (density.last >= density.first && heldAt(density, density.last) <= nothing) forget(density, density.last--);
}

const smallestShare = 1e-30;

/** The most any class holds in a bucket. */
function heldAt(density: FlowDensity, b: number): number {
  let most = 0;
  for (const [g, columns] of density.columns.entries()) for (const column of columns) most = Math.max(most, at(column, b) * at(defaulted(density.alive[g]), b));
  return most;
}

function forget(density: FlowDensity, b: number): void {
  for (const [g, columns] of density.columns.entries()) {
    for (const column of columns) column[b] = 0;
    defaulted(density.mixed[g])[b] = 0;
    defaulted(density.alive[g])[b] = 1;
  }
}

/** Moves the window of buckets so that it holds `low` to `high`; what falls off an end is joined to the last bucket there. */
function shiftTo(density: FlowDensity, { logStep, buckets }: FlowTerms, low: number, high: number): void {
  const [from, to] = [Math.round(low / logStep) - density.base, Math.round(high / logStep) - density.base];
  if (from >= 0 && to < buckets) return;
  const by = Math.round((from + to) / 2) - (buckets >> 1);
  for (const [g, alive] of density.alive.entries()) {
    const rows = [...defaulted(density.columns[g]), defaulted(density.mixed[g])];
    for (const row of rows) for (let b = density.first; b <= density.last; b++) row[b] = at(row, b) * at(alive, b);
    alive.fill(1);
    for (const row of rows) shiftRow(row, by);
  }
  density.base += by;
  density.first = 0;
  density.last = buckets - 1;
  density.top.fill(buckets - 1);
}

function shiftRow(row: Float64Array, by: number): void {
  const old = row.slice();
  row.fill(0);
  for (let b = 0; b < old.length; b++) {
    const to = Math.max(0, Math.min(row.length - 1, b - by));
    row[to] = at(row, to) + at(old, b);
  }
}

/** One class's column of one group. */
export function columnOf(density: FlowDensity, g: number, k: number): Float64Array {
  return defaulted(density.columns[g]?.[k]);
}

function defaulted<T>(row: T | undefined): T {
  assert(row !== undefined, 'a row of the density');
  return row;
}
