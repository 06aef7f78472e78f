import { defined, type Rng } from '../../core/index.ts';
import { averagePremium, fundingRate, premiumIndex } from '../../market/index.ts';
import type { HedgeLink } from '../network-system.ts';
import type { Direction } from './book-walk.ts';
import { depthTarget, nextKappa, nextVariance, perSecond } from './depth-multiplier.ts';
import type { DynamicState } from './dynamic-state.ts';
import type { DynamicSystem } from './dynamic-system.ts';
import type { Account, DynamicPath, MarketPath } from './path.ts';
import type { DynamicPolicy } from './policy.ts';
import { beyond, comeToRest, goTo, growBack, lotsAt, take, tickOf } from './reference-book.ts';
import { priceOf, readIndex, readMark, referenceMarket, startMark, type ReferenceMarket, type ReferencePosition } from './reference-market.ts';
import { referenceTransfers, type ReferencePiece } from './reference-transfers.ts';
import { book, close, endOfSecond, fireAll, fundEquityOf, heldOf, openOf, ORDERING, releaseHeld, worthAt, type ReferenceNotes } from './reference-positions.ts';
import type { RescueArrival, Scenario } from './scenario.ts';

/**
 * The dynamic engine by its definition, for tests: an array of positions, orders one at a time, every average and every trigger computed anew from the whole past, market by
 * market and with the market package's own index, mark, funding and fund rules. Sequential clearing only; fills are always kept. Slow: O(seconds x (positions log positions +
 * seconds)).
 */
export function referenceDynamic(system: DynamicSystem, state: DynamicState, scenario: Scenario, policy: DynamicPolicy, rng: Rng): DynamicPath {
  const shaped = policy.reshape ?? ((positions) => positions);
  const markets = system.markets.map((market, m) => referenceMarket(market, m, defined(state.markets[m], 'state'), shaped(market.longs, market, 'long'), shaped(market.shorts, market, 'short')));
  const get = (m: number): ReferenceMarket => defined(markets[m], 'market');
  for (const of of markets) readIndex(of, markets);
  for (const of of markets) startMark(of);
  const log = (m: number): number => Math.log(priceOf(get(m)));
  const notes: ReferenceNotes = { second: 0, fills: [] };
  const draws = outside(scenario, markets, rng);
  const edges = system.edges.map((edge) => ({ ...edge, inUse: 0 }));
  const onTheWay = referenceTransfers(scenario, rng);
  const sent = { fired: new Map<string, number>(), adl: new Map<string, number>() };
  const carries = system.carries.map((carry) => ({ ...carry, left: carry.lots, startLog: log(carry.perp) }));
  const samples = markets.map(() => ({ ticks: [] as number[], markTicks: [] as number[], displacement: [] as number[], kappa: [] as number[], liquidatedLots: [] as number[], ends: [] as number[] }));

  for (let second = 0; second < scenario.seconds; second++) {
    notes.second = second;
    const due = onTheWay(second);
    draws(second, due);
    for (const of of markets) {
      thin(of, defined(state.markets[of.m], 'state').variance);
      executeOrders(of, notes);
    }
    for (const of of markets) growBack(of.book, of.market.depth.resilience);
    for (const of of markets) {
      readMark(of, markets, second);
      for (const side of ['long', 'short'] as const) fireAll(of, side, second, policy.bufferSeconds);
      for (const side of ['long', 'short'] as const) bidForHeld(of, side, notes, policy);
      if (of.totals.long.fired + of.totals.short.fired > 0) of.first.liquidation ??= second;
    }
    sendHedges(markets, system.hedges, sent.fired, 'fired');
    for (const of of markets) endOfSecond(of, notes, policy);
    sendHedges(markets, system.adlHedges, sent.adl, 'adl');
    for (const arrival of scenario.arrivals) if (arrival.at === second) defined(edges[arrival.edge], 'edge').capacityQty += arrival.qty;
    for (const arrival of scenario.rescues) if (arrival.at === second) saveSome(get(arrival.market), arrival);
    for (const { to, share, before } of due) {
      if (to.kind === 'arbitrage') defined(edges[to.edge], 'edge').capacityQty += to.qty * share;
      else if (to.kind === 'rescue') saveSome(get(to.market), { ...to, at: second, share: before < 1 ? Math.min(1, (to.share * share) / (1 - before)) : 0 });
    }
    for (const edge of edges) {
      edge.inUse -= edge.inUse * perSecond(edge.releaseHalfLife);
      const open = log(edge.to) - log(edge.from) - edge.costLog;
      const target = open <= 0 ? 0 : Math.floor(Math.min(edge.capacityQty, edge.slopeQtyPerLog * open) / get(edge.from).market.lotSize + 1e-9);
      const lots = Math.max(0, Math.floor(target - edge.inUse + 1e-9));
      edge.inUse += lots;
      get(edge.from).orders.arbitrage.buy += lots;
      get(edge.to).orders.arbitrage.sell += lots;
    }
    for (const of of markets) fund(of);
    for (const carry of carries) {
      const sign = Math.sign(carry.left);
      const isStopped = Math.abs(log(carry.perp) - log(carry.spot)) > carry.stopBasis || sign * (log(carry.perp) - carry.startLog) > carry.marginLog;
      if (!isStopped || sign === 0) continue;
      const lots = Math.min(Math.abs(carry.left), Math.ceil(Math.abs(carry.lots) / carry.unwindSeconds));
      carry.left -= sign * lots;
      get(carry.perp).orders.carry[sign > 0 ? 'buy' : 'sell'] += lots;
      get(carry.spot).orders.carry[sign > 0 ? 'sell' : 'buy'] += lots;
    }
    for (const [m, sample] of samples.entries()) {
      const of = get(m);
      sample.ends.push(tickOf(of.book));
      if ((second + 1) % scenario.sampleSeconds !== 0) continue;
      sample.ticks.push(tickOf(of.book));
      sample.markTicks.push(of.marks.nearest);
      sample.displacement.push(of.book.u);
      sample.kappa.push(of.book.kappa);
      sample.liquidatedLots.push(of.totals.long.fired + of.totals.short.fired);
    }
  }
  const paths = markets.map((of, m): MarketPath => {
    const { ends, ...series } = defined(samples[m], 'samples');
    return {
      ticks: Int32Array.from(series.ticks), markTicks: Int32Array.from(series.markTicks), displacement: Float64Array.from(series.displacement), kappa: Float64Array.from(series.kappa),
      liquidatedLots: Float64Array.from(series.liquidatedLots), ...endOf(of, ends),
    };
  });
  return { seconds: scenario.seconds, sampleSeconds: scenario.sampleSeconds, markets: paths, fills: scenario.recordFills ? notes.fills : [] };
}

/** Returns and orders from outside, drawn as the engine's streams are. */
function outside(scenario: Scenario, markets: readonly ReferenceMarket[], rng: Rng): (second: number, due: readonly ReferencePiece[]) => void {
  const returns = rng.fork('returns');
  const noise = markets.map((_, m) => {
    const [stream, flow] = [rng.fork(`noise:${m}`), scenario.noise[m]];
    const wait = (): number => 1 + Math.floor(Math.log(1 - stream.next()) / Math.log(1 - (flow?.ordersPerSecond ?? 0)));
    return { stream, wait, next: flow == null || flow.ordersPerSecond === 0 ? -1 : wait() - 1 };
  });
  return (second, due) => {
    const drawn = scenario.logReturns !== undefined ? (scenario.logReturns[second] ?? 0) : scenario.driftPerSecond + (scenario.sigmaPerSecond > 0 ? scenario.sigmaPerSecond * returns.normal() : 0);
    for (const { book: own, market } of markets) own.logFundamental += market.returnBeta * drawn;
    for (const jump of scenario.jumps) {
      if (jump.at !== second) continue;
      for (const { m, book: own, market } of markets) if (jump.market === undefined || jump.market === m) own.logFundamental += jump.market === undefined ? market.returnBeta * jump.logReturn : jump.logReturn;
    }
    for (const [m, { orders }] of markets.entries()) {
      let net = 0;
      for (const order of scenario.orders) {
        const i = second - order.at;
        if (order.market !== m || i < 0 || i >= order.overSeconds) continue;
        const slice = Math.floor((order.lots * (i + 1)) / order.overSeconds) - Math.floor((order.lots * i) / order.overSeconds);
        net += order.side === 'buy' ? slice : -slice;
      }
      for (const { to, share, before } of due) if (to.kind === 'trade' && to.market === m) net += (to.side === 'buy' ? 1 : -1) * (Math.floor(to.lots * (before + share) + 1e-9) - Math.floor(to.lots * before + 1e-9));
      orders.exogenous[net > 0 ? 'buy' : 'sell'] += Math.abs(net);
      const flow = scenario.noise[m];
      const source = defined(noise[m], 'noise');
      if (flow == null || source.next !== second) continue;
      const isSale = source.stream.chance(0.5);
      orders.exogenous[isSale ? 'sell' : 'buy'] += 1 + Math.floor(-flow.meanLots * Math.log(1 - source.stream.next()));
      source.next += source.wait();
    }
  };
}

/** Variance over the whole past, and the depth multiplier. */
function thin(of: ReferenceMarket, startVariance: number): void {
  const { depth } = of.market;
  of.logPrices.push(of.book.logFundamental + of.book.u);
  let variance = startVariance;
  for (let i = 1; i < of.logPrices.length; i++) variance = nextVariance(variance, defined(of.logPrices[i], 'log-price') - defined(of.logPrices[i - 1], 'log-price'));
  const regrowth = perSecond(depth.recoveryHalfLife);
  of.adlHit -= of.adlHit * regrowth;
  const kappa = nextKappa(of.book.kappa, depthTarget(depth, variance, of.adlHit), regrowth);
  if (kappa === of.book.kappa) return;
  of.book.kappa = kappa;
  of.book.taken = null;
}

function wanted(of: ReferenceMarket, direction: Direction): number {
  const accounts = ORDERING.reduce((sum, account) => sum + of.orders[account][direction === 1 ? 'buy' : 'sell'], 0);
  return accounts + openOf(of, direction === -1 ? 'long' : 'short').reduce((sum, p) => sum + p.left, 0);
}

/** Serves orders of a direction one by one, `lots` in all, at a tick. */
function serve(of: ReferenceMarket, notes: ReferenceNotes, direction: Direction, lots: number, tick: number, kind: 'book' | 'cross'): void {
  let left = lots;
  for (const account of ORDERING) left -= serveAccount(of, notes, account, direction, left, tick, kind);
  while (left > 0) {
    const p = defined(openOf(of, direction === -1 ? 'long' : 'short')[0], 'order');
    const taken = Math.min(left, p.left);
    close(of, notes, p, taken, tick, kind);
    left -= taken;
  }
}

function serveAccount(of: ReferenceMarket, notes: ReferenceNotes, account: Account, direction: Direction, most: number, tick: number, kind: 'book' | 'cross'): number {
  const orders = of.orders[account];
  const key = direction === 1 ? 'buy' : 'sell';
  const lots = Math.min(most, orders[key]);
  if (lots === 0) return 0;
  orders[key] -= lots;
  const cash = -direction * lots * worthAt(of, tick);
  book(of, notes, { kind, lots, tick }, [{ account, cash, lots: direction * lots }, { account: 'makers', cash: -cash, lots: -direction * lots }]);
  return lots;
}

/** Limit orders that a tick is past leave the book, the highest limit first. */
function dropBeyond(of: ReferenceMarket, side: 'long' | 'short', tick: number): void {
  if (of.market.liquidationOrder !== 'limitAtBankruptcy') return;
  for (const p of openOf(of, side)) {
    if (p.sign * p.limit <= p.sign * tick) continue;
    p.status = 'expired';
    p.sentAs = of.counter++;
  }
}

function executeOrders(of: ReferenceMarket, notes: ReferenceNotes): void {
  const at = tickOf(of.book);
  dropBeyond(of, 'long', at);
  dropBeyond(of, 'short', at);
  const crossed = Math.min(wanted(of, -1), wanted(of, 1));
  serve(of, notes, -1, crossed, at, 'cross');
  serve(of, notes, 1, crossed, at, 'cross');
  const direction: Direction = wanted(of, -1) > 0 ? -1 : 1;
  if (wanted(of, direction) === 0) return;
  while (wanted(of, direction) > 0) {
    const lots = Math.min(wanted(of, direction), lotsAt(of.book, direction));
    if (lots > 0) {
      serve(of, notes, direction, lots, tickOf(of.book), 'book');
      take(of.book, direction, lots);
      continue;
    }
    const next = beyond(of.book, direction);
    if (next === null) break;
    dropBeyond(of, direction === -1 ? 'long' : 'short', tickOf(of.book, next.side, next.level));
    if (wanted(of, direction) > 0) goTo(of.book, direction, next);
  }
  comeToRest(of.book, direction);
}

function bidForHeld(of: ReferenceMarket, side: 'long' | 'short', notes: ReferenceNotes, policy: DynamicPolicy): void {
  const heldLots = heldOf(of, side).reduce((sum, p) => sum + p.left, 0);
  if (heldLots === 0) return;
  let lots = policy.bufferBid?.({ market: of.m, side, second: notes.second, heldLots, markTick: of.marks[side] }) ?? 0;
  while (lots > 0) {
    const p = defined(heldOf(of, side)[0], 'held order');
    const taken = Math.min(lots, p.left);
    close(of, notes, p, taken, of.marks[side], 'buffer');
    lots -= taken;
  }
  releaseHeld(of, side, notes.second);
}

function sendHedges(markets: readonly ReferenceMarket[], links: readonly HedgeLink[], sent: Map<string, number>, kind: 'fired' | 'adl'): void {
  for (const [i, { from, to, share }] of links.entries()) {
    for (const side of ['long', 'short'] as const) {
      const owed = Math.floor(share * defined(markets[from], 'market').totals[side][kind] + 1e-9);
      const key = `${i}:${side}`;
      defined(markets[to], 'market').orders.hedgers[side === 'long' ? 'sell' : 'buy'] += owed - (sent.get(key) ?? 0);
      sent.set(key, owed);
    }
  }
}

/** Collateral arrives: part of a position becomes one of its own, farther away. */
function saveSome(of: ReferenceMarket, { side, fromTick, toTick, share, shiftTicks }: RescueArrival): void {
  if (shiftTicks === 0 || share === 0) return;
  const moved = (p: ReferencePosition, tick: number): number => Math.max(1, Math.min(0x7fffffff, tick - p.sign * shiftTicks));
  const positions = of.positions.flatMap((p) => {
    const isIn = p.side === side && p.status === 'waiting' && p.tick >= Math.min(fromTick, toTick) && p.tick <= Math.max(fromTick, toTick);
    const lots = !isIn ? 0 : p.rest > 0 ? (share >= 0.5 ? p.lots : 0) : Math.floor(share * p.lots + 1e-9);
    if (lots === 0) return [p];
    const [tick, bankruptcy] = [moved(p, p.tick), moved(p, p.bankruptcy)];
    const saved = {
      ...p, lots, tick, bankruptcy, firstRatio: tick / bankruptcy, firstRate: p.sign * (1 - bankruptcy / tick),
      tail: p.tail.map((t) => ({ ...t, tick: moved(p, t.tick), bankruptcyTick: moved(p, t.bankruptcyTick) })),
    };
    p.lots -= lots;
    return p.lots === 0 ? [saved] : [p, saved];
  });
  // Those that fired keep their places before those that wait.
  const rank = (p: ReferencePosition): number => (p.status === 'waiting' ? 1 : 0);
  of.positions = positions.sort((a, b) => rank(a) - rank(b) || (rank(a) === 1 && a.side === b.side ? a.sign * (b.tick - a.tick) : 0));
}

function fund(of: ReferenceMarket): void {
  const { funding, margin } = of.market;
  if (funding === null) return;
  const price = tickOf(of.book) * 1_024;
  of.premiums.push(premiumIndex(price, price, of.index));
  of.until--;
  if (of.until > 0) return;
  of.rate = fundingRate(funding.rule, averagePremium(funding.rule, of.premiums), { periodHours: funding.period / 3_600 });
  of.until = funding.period;
  of.premiums = [];
  const move = of.rate * of.marks.nearest;
  of.shift.long += move / (1 - margin.maintenanceRate);
  of.shift.short += move / (1 + margin.maintenanceRate);
  of.shift.bankruptcy += move;
}

function endOf(of: ReferenceMarket, ends: readonly number[]): Omit<MarketPath, 'ticks' | 'markTicks' | 'displacement' | 'kappa' | 'liquidatedLots'> {
  const totals = (side: 'long' | 'short'): MarketPath['longs'] => {
    const { fired, filled, taken, adl } = of.totals[side];
    return { firedLots: fired, filledLots: filled, takenOverLots: taken, adlLots: adl, openLots: [...openOf(of, side), ...heldOf(of, side)].reduce((sum, p) => sum + p.left, 0) };
  };
  const unfilled = (key: 'sell' | 'buy'): number => ORDERING.reduce((sum, account) => sum + of.orders[account][key], 0);
  return {
    id: of.market.id, startTick: of.startTick, endTick: tickOf(of.book), lowestTick: Math.min(of.startTick, ...ends), highestTick: Math.max(of.startTick, ...ends),
    longs: totals('long'), shorts: totals('short'), unfilledSellLots: unfilled('sell'), unfilledBuyLots: unfilled('buy'), accounts: { ...of.accounts }, fundEquity: fundEquityOf(of), unit: of.unit,
    firstLiquidationSecond: of.first.liquidation, firstAdlSecond: of.first.adl, fundingRate: of.rate,
  };
}
