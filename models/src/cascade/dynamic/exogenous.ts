import { assert, defined, type Rng } from '../../core/index.ts';
import { at } from '../../market/index.ts';
import { reprice } from './book-walk.ts';
import type { DynamicSystem } from './dynamic-system.ts';
import { EXOGENOUS } from './ledger.ts';
import { rescue } from './rescue.ts';
import type { ArbitrageArrival, FundamentalJump, NoiseFlow, RescueArrival, Scenario } from './scenario.ts';
import { assertSettles, settle } from './settling.ts';
import { place, type Venue } from './venue.ts';

/** Parent orders of one market: lots of every second, buys > 0. */
interface OrderFlow {
  readonly market: number;
  readonly lots: Float64Array;
}

/** Orders that come at random to one market, with a stream of their own, and the second of the next one. */
interface NoiseSource {
  readonly market: number;
  readonly rng: Rng;
  readonly meanLots: number;
  /** ln(1 - probability of an order in a second). */
  readonly logNone: number;
  next: number;
}

/** What comes from outside, ready to be handed out second by second. */
export interface Exogenous {
  readonly scenario: Scenario;
  readonly returns: Rng;
  /** Of the markets that have any. */
  readonly flows: readonly OrderFlow[];
  readonly noise: readonly NoiseSource[];
  /** Sorted by second, and the next of each. */
  readonly jumps: readonly FundamentalJump[];
  readonly arrivals: readonly ArbitrageArrival[];
  readonly rescues: readonly RescueArrival[];
  nextJump: number;
  nextArrival: number;
  nextRescue: number;
  /** Markets whose fundamentals are the same share an exponential: the last one computed. */
  lastLog: number;
  lastScale: number;
}

/** The outside of a scenario. Each random figure has a stream of its own (`returns`, `noise:<market>`, `transfer:<i>`), which no other thing shifts. Crashes on an unlawful scenario. */
export function createExogenous(system: DynamicSystem, scenario: Scenario, rng: Rng): Exogenous {
  assertLawful(system, scenario);
  const noise = system.markets.flatMap((_, m) => {
    const flow = scenario.noise[m] ?? null;
    return flow === null || flow.ordersPerSecond === 0 ? [] : [noiseSource(m, flow, rng.fork(`noise:${m}`))];
  });
  const settled = settle(scenario, rng);
  return {
    scenario, returns: rng.fork('returns'), flows: ordersBySecond(system, { ...scenario, orders: [...scenario.orders, ...settled.orders] }), noise, jumps: inOrder(scenario.jumps), arrivals: inOrder([...scenario.arrivals, ...settled.arrivals]),
    rescues: inOrder([...scenario.rescues, ...settled.rescues]), nextJump: 0, nextArrival: 0, nextRescue: 0, lastLog: 0.5, lastScale: Math.exp(0.5),
  };
}

/** Moves fundamentals and places the orders of a second; once a second, in order. */
export function applyExogenous(outside: Exogenous, second: number, venues: readonly Venue[]): void {
  const common = commonReturn(outside, second);
  if (common !== 0) for (const v of venues) move(outside, v, v.returnBeta * common);
  for (let jump = outside.jumps[outside.nextJump]; jump?.at === second; jump = outside.jumps[++outside.nextJump]) {
    for (const v of venues) if (jump.market === undefined || jump.market === v.m) move(outside, v, (jump.market === undefined ? v.returnBeta : 1) * jump.logReturn);
  }
  for (const { market, lots } of outside.flows) {
    const slice = at(lots, second);
    if (slice !== 0) place(defined(venues[market], 'market'), EXOGENOUS, slice > 0 ? 1 : -1, Math.abs(slice));
  }
  for (const source of outside.noise) if (source.next === second) addNoise(defined(venues[source.market], 'market'), source);
}

function commonReturn({ scenario: { logReturns, sigmaPerSecond, driftPerSecond }, returns }: Exogenous, second: number): number {
  if (logReturns !== undefined) return logReturns[second] ?? 0;
  return sigmaPerSecond > 0 ? driftPerSecond + sigmaPerSecond * returns.normal() : driftPerSecond;
}

function move(outside: Exogenous, v: Venue, logReturn: number): void {
  if (logReturn === 0) return;
  v.logFundamental += logReturn;
  if (v.logFundamental !== outside.lastLog) {
    outside.lastLog = v.logFundamental;
    outside.lastScale = Math.exp(v.logFundamental);
  }
  v.book.scale = outside.lastScale;
  reprice(v.book);
}

/** Hands out the capital and the collateral that arrive in a second; once a second, in order. */
export function applyArrivals(outside: Exogenous, second: number, capital: Float64Array, venues: readonly Venue[]): void {
  const { arrivals, rescues } = outside;
  for (let arrival = arrivals[outside.nextArrival]; arrival?.at === second; arrival = arrivals[++outside.nextArrival]) capital[arrival.edge] = at(capital, arrival.edge) + arrival.qty;
  for (let arrival = rescues[outside.nextRescue]; arrival?.at === second; arrival = rescues[++outside.nextRescue]) {
    const v = defined(venues[arrival.market], 'market');
    rescue(arrival.side === 'long' ? v.long : v.short, arrival);
  }
}

function noiseSource(market: number, { ordersPerSecond, meanLots }: NoiseFlow, rng: Rng): NoiseSource {
  const source = { market, rng, meanLots, logNone: Math.log(1 - ordersPerSecond), next: 0 };
  source.next = secondsUntil(source) - 1;
  return source;
}

/** Seconds from one order to the next, >= 1: geometric, as one trial a second gives, drawn at once. */
function secondsUntil({ rng, logNone }: NoiseSource): number {
  return 1 + Math.floor(Math.log(1 - rng.next()) / logNone);
}

/** Lots of one random order: 1 + floor of an exponential number, so that its mean is near `meanLots` when that is large. */
function addNoise(v: Venue, source: NoiseSource): void {
  const { rng, meanLots } = source;
  const direction = rng.chance(0.5) ? -1 : 1;
  place(v, EXOGENOUS, direction, 1 + Math.floor(-meanLots * Math.log(1 - rng.next())));
  source.next += secondsUntil(source);
}

/** The parent orders of every market that has some: orders of one market in one second net. */
function ordersBySecond({ markets }: DynamicSystem, { orders, seconds }: Scenario): readonly OrderFlow[] {
  return markets.flatMap((_, market) => {
    const own = orders.filter((order) => order.market === market);
    if (own.length === 0) return [];
    const flow = new Float64Array(seconds);
    for (const { side, at: start, lots, overSeconds } of own) {
      for (let i = 0; i < overSeconds && start + i < seconds; i++) {
        const slice = Math.floor((lots * (i + 1)) / overSeconds) - Math.floor((lots * i) / overSeconds);
        flow[start + i] = at(flow, start + i) + (side === 'buy' ? slice : -slice);
      }
    }
    return [{ market, lots: flow }];
  });
}

/** Sorted by second; within a second as given. */
function inOrder<T extends { readonly at: number }>(events: readonly T[]): readonly T[] {
  return [...events].sort((a, b) => a.at - b.at);
}

function assertLawful({ markets, edges }: DynamicSystem, scenario: Scenario): void {
  const isSecond = (at: number): boolean => Number.isSafeInteger(at) && at >= 0;
  assert(isSecond(scenario.seconds) && scenario.seconds >= 1 && Number.isSafeInteger(scenario.sampleSeconds) && scenario.sampleSeconds >= 1, 'a scenario lasts whole seconds');
  const known = (m: number): boolean => markets[m] !== undefined;
  for (const order of scenario.orders) {
    assert(known(order.market) && isSecond(order.at) && Number.isSafeInteger(order.lots) && order.lots >= 0 && Number.isSafeInteger(order.overSeconds) && order.overSeconds >= 1, 'an order is of whole lots over whole seconds');
  }
  for (const { at: second } of [...scenario.jumps, ...scenario.arrivals, ...scenario.rescues]) assert(isSecond(second), `an event happens in a whole second >= 0, got ${second}`);
  assertSettles(scenario, edges.length, markets.length);
  for (const { edge } of scenario.arrivals) defined(edges[edge], `edge ${edge}`);
  for (const { market, shiftTicks } of scenario.rescues) assert(known(market) && Number.isSafeInteger(shiftTicks) && shiftTicks >= 0, 'collateral moves positions by whole ticks');
}
