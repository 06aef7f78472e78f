import { assert, type Rng } from '../../core/index.ts';
import { at } from '../../market/index.ts';
import { consumeBridge, type ArrivalPlan } from '../../settlement/index.ts';
import type { ArbitrageArrival, ExogenousOrder, RescueArrival, Scenario, SettlingTransfer } from './scenario.ts';

/** A share of a transfer that arrives in one second. */
interface Piece {
  readonly at: number;
  /** Of the whole, in [0, 1]. */
  readonly share: number;
}

/** What transfers bring. */
export interface Settled {
  readonly arrivals: readonly ArbitrageArrival[];
  readonly rescues: readonly RescueArrival[];
  readonly orders: readonly ExogenousOrder[];
}

/** More pieces than any scenario needs: a bound of work, not of the model. */
const mostPieces = 100_000;

/**
 * What the transfers of a scenario bring and when: bridges are consumed first come, first served, and what does not fit takes the slow way. A piece is there in the first whole second by which its delay is over; what comes
 * after the end is left out. Transfers that are drawn have a stream of their own (`transfer:<i>`), which no other thing shifts. O(pieces log pieces).
 */
export function settle({ transfers, bridges, seconds }: Scenario, rng: Rng): Settled {
  const [arrivals, rescues, orders]: [ArbitrageArrival[], RescueArrival[], ExogenousOrder[]] = [[], [], []];
  if (transfers.length === 0) return { arrivals, rescues, orders };
  const passed = transfers.map(() => 0);
  for (const [b, bridge] of bridges.entries()) {
    const queue = transfers.flatMap(({ fast, sentAt, usd }, i) => (fast?.bridge === b ? [{ i, at: sentAt, amount: usd }] : []));
    for (const [k, usd] of consumeBridge(bridge, queue).entries()) passed[queue[k]?.i ?? 0] = usd;
  }
  let count = 0;
  for (const [i, transfer] of transfers.entries()) {
    const pieces = piecesOf(transfer, (passed[i] ?? 0) / transfer.usd, rng.fork(`transfer:${i}`)).filter((piece) => piece.at < seconds);
    count += pieces.length;
    assert(count <= mostPieces, `transfers come in at most ${mostPieces} pieces`);
    const { to } = transfer;
    if (to.kind === 'arbitrage') for (const piece of pieces) arrivals.push({ edge: to.edge, at: piece.at, qty: to.qty * piece.share });
    else if (to.kind === 'rescue') rescues.push(...rescuesOf(to, pieces));
    else orders.push(...ordersOf(to, pieces));
  }
  return { arrivals, rescues, orders };
}

/** When which share is there. `fastShare`: what fitted through the bridge. */
function piecesOf({ sentAt, fast, slow, halt, arrival }: SettlingTransfer, fastShare: number, rng: Rng): readonly Piece[] {
  const ways: readonly { readonly plan: ArrivalPlan | null; readonly share: number }[] = [{ plan: fast?.plan ?? null, share: fastShare }, { plan: slow, share: 1 - fastShare }];
  if (arrival === 'sampled') {
    const isHalted = rng.next() < halt;
    return ways.flatMap(({ plan, share }) => {
      if (plan === null) return [];
      const delay = at(plan.delays, rng.int(plan.delays.length));
      return isHalted || share === 0 ? [] : [{ at: sentAt + Math.ceil(delay), share }];
    });
  }
  return ways.flatMap(({ plan, share }) => (plan === null || share === 0 ? [] : Array.from(plan.delays, (delay) => ({ at: sentAt + Math.ceil(delay), share: (share * (1 - halt)) / plan.delays.length }))));
}

/**
 * Collateral that comes in pieces: each moves its share of all positions in the range, which is a larger share of those that earlier pieces left there. So the whole moves `share` of them where a moved position leaves the
 * range, and may move one twice where it does not.
 */
function rescuesOf({ share, ...rest }: Extract<SettlingTransfer['to'], { readonly kind: 'rescue' }>, pieces: readonly Piece[]): readonly RescueArrival[] {
  let moved = 0;
  return [...pieces].sort((a, b) => a.at - b.at).map((piece) => {
    const part = share * piece.share;
    const left = 1 - moved;
    moved += part;
    return { market: rest.market, side: rest.side, fromTick: rest.fromTick, toTick: rest.toTick, shiftTicks: rest.shiftTicks, at: piece.at, share: left > 0 ? Math.min(1, part / left) : 0 };
  });
}

/** Whole lots in pieces: by then as many as the shares that are there make, rounded down, so that the rounding of one piece is made up for by the next. */
function ordersOf({ market, side, lots }: Extract<SettlingTransfer['to'], { readonly kind: 'trade' }>, pieces: readonly Piece[]): readonly ExogenousOrder[] {
  let there = 0;
  return [...pieces].sort((a, b) => a.at - b.at).flatMap((piece) => {
    const before = wholeLots(lots, there);
    there += piece.share;
    const size = wholeLots(lots, there) - before;
    return size > 0 ? [{ market, side, at: piece.at, lots: size, overSeconds: 1 }] : [];
  });
}

/** Lots of a share; rounds what arithmetic left just below a whole number up to it. */
function wholeLots(lots: number, share: number): number {
  return Math.floor(lots * share + 1e-9);
}

/** Crashes where transfers, bridges or what they name are not lawful; edges and markets by their number. */
export function assertSettles({ transfers, bridges }: Scenario, edges: number, markets: number): void {
  for (const { to, sentAt, usd, fast, slow, halt } of transfers) {
    assert(Number.isSafeInteger(sentAt) && sentAt >= 0 && usd > 0 && halt >= 0 && halt <= 1, 'a transfer sets out in a whole second >= 0, has a value and is held back by a share');
    assert(fast === null || bridges[fast.bridge] !== undefined, 'a transfer takes a bridge that is there');
    for (const plan of [fast?.plan ?? null, slow]) assert(plan === null || (plan.delays.length > 0 && plan.delays.every((delay) => delay >= 0)), 'a plan has delays that are not negative');
    if (to.kind === 'arbitrage') assert(edges > to.edge && to.edge >= 0, `edge ${to.edge} is there`);
    else if (to.kind === 'trade') assert(markets > to.market && to.market >= 0 && Number.isSafeInteger(to.lots) && to.lots >= 0, 'capital trades whole lots in a market that is there');
    else assert(markets > to.market && to.market >= 0 && to.share >= 0 && to.share <= 1 && Number.isSafeInteger(to.shiftTicks) && to.shiftTicks >= 0, 'collateral moves a share of positions by whole ticks');
  }
}
