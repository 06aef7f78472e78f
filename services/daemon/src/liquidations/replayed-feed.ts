import { nativeFeeds, type Venue } from '@breakwater/collectors';
import { createGroundMemory, liquidationPractice, liquidationTotal, liquidationTotalByGround, type LiquidationTotal } from '@breakwater/models/market';
import { assert, defined, epochMs, type EpochMs } from '@breakwater/models/core';
import { venueEndpoints, type EndpointName, type MarketSpec, type MarketState, type World } from '@breakwater/simulator';
import { scenarios } from '@breakwater/simulator/scenarios';
import type { ForcedOrder, LiquidationRun, LiquidationVenue } from './liquidation-run.ts';

const start = 1_760_000_400_000;

/** How each venue names the market, and what asks it for forced orders and marks. */
const feeds: Readonly<Record<LiquidationVenue, { readonly endpoint: EndpointName; readonly spec: Pick<MarketSpec, 'marketType' | 'symbol'>; readonly path: string; readonly subscribe: readonly object[] }>> = {
  binance: { endpoint: 'binance-usdm', spec: { marketType: 'usdm', symbol: 'OMUSDT' }, path: '/market/ws/omusdt@forceOrder/omusdt@markPrice@1s', subscribe: [] },
  okx: {
    endpoint: 'okx', spec: { marketType: 'swap', symbol: 'OM-USDT-SWAP' }, path: '/ws/v5/public',
    subscribe: [{ op: 'subscribe', args: [{ channel: 'liquidation-orders', instType: 'SWAP' }, { channel: 'mark-price', instId: 'OM-USDT-SWAP' }] }],
  },
  bybit: { endpoint: 'bybit', spec: { marketType: 'linear', symbol: 'OMUSDT' }, path: '/v5/public/linear', subscribe: [{ op: 'subscribe', args: ['allLiquidation.OMUSDT', 'tickers.OMUSDT'] }] },
};

/** What was read of a run, and the total that must have been behind it. */
export interface InferredTotal {
  /** In lots. */
  readonly total: LiquidationTotal;
  /** Orders and marks read, and frames that were refused. */
  readonly orders: number;
  readonly marks: number;
  readonly rejected: number;
}

/**
 * Plays a run to a simulated venue second by second, reads its frames as its collector does, and adds up what they say. The venue publishes what its practice lets through: Binance and OKX the last order
 * of each second, Bybit all.
 */
export function inferThroughFeed(venue: LiquidationVenue, run: LiquidationRun): InferredTotal {
  const { endpoint, spec, path, subscribe } = feeds[venue];
  const reader = defined(nativeFeeds.find((feed) => feed.venue.venue === venue && feed.venue.marketType === spec.marketType), 'feed').venue;
  const world = replayedWorld({ ...spec, venue, run });
  const frames: string[] = [];
  const session = venueEndpoints(world)[endpoint].accept(path, { send: (text) => void frames.push(text), close: (code, reason) => assert(false, `the venue closed: ${code} ${reason}`) });
  for (const each of subscribe) session.onFrame(JSON.stringify(each));
  const practice = defined(liquidationPractice(venue), 'practice');
  const memory = createGroundMemory(practice.windowMs);
  const read = { orders: 0, marks: 0, rejected: 0, volume: 0, squares: 0 };
  for (let second = 0; second < run.seconds; second++) {
    world.advance(epochMs(start + second * 1_000));
    for (const text of frames.splice(0)) readFrame(reader, text, spec.symbol, world.now(), memory, read);
  }
  const samples = memory.samples(start + run.seconds * 1_000 - 1);
  const complete = { windows: run.seconds, count: read.orders, volume: read.volume, squares: read.squares };
  return { total: practice.sampling === 'complete' ? liquidationTotal([complete], 'complete') : liquidationTotalByGround(samples), orders: read.orders, marks: read.marks, rejected: read.rejected };
}

function readFrame(reader: Venue, text: string, symbol: string, now: EpochMs, memory: ReturnType<typeof createGroundMemory>, read: { orders: number; marks: number; rejected: number; volume: number; squares: number }): void {
  const parsed = reader.parseFrame(text, now);
  if (parsed.kind === 'rejected') read.rejected++;
  if (parsed.kind !== 'events') return;
  for (const event of parsed.events) {
    if (event.symbol !== symbol) continue;
    if (event.kind === 'ticker' && event.mark !== undefined) {
      read.marks++;
      memory.mark(event.eventTime, event.mark);
    }
    if (event.kind !== 'liquidation') continue;
    read.orders++;
    read.volume += event.qty;
    read.squares += event.qty * event.qty;
    memory.order(event.eventTime, event.side === 'sell' ? 'long' : 'short', event.qty);
  }
}

/** A world of one market that is where the run says, one second a step, and has the forced orders of that second. */
function replayedWorld({ venue, marketType, symbol, run }: Pick<MarketSpec, 'marketType' | 'symbol'> & { readonly venue: LiquidationVenue; readonly run: LiquidationRun }): World {
  const scenario = defined(scenarios['random'], 'scenario')(1, true);
  const spec: MarketSpec = {
    venue, marketType, symbol, base: 'OM', quote: 'USDT', kind: 'linear', tick: run.tickSize, lot: 1, contractSize: 1, maxLeverage: 50, depthUsd: 1e6, spreadBps: 2, basisBps: 0, openInterestUsd: 1e7, volumeUsdPerMinute: 1e5,
  };
  const bySecond = new Map<number, ForcedOrder[]>();
  for (const order of run.orders) bySecond.set(order.second, [...(bySecond.get(order.second) ?? []), order]);
  const listeners = new Set<() => void>();
  let now = epochMs(start - 1_000);
  let state = stateAt(-1, now);
  function stateAt(second: number, time: EpochMs): MarketState {
    const ticks = defined(run.markTicks[Math.max(0, second)], 'mark');
    const price = ticks * run.tickSize;
    return {
      spec, time, step: second + 1, book: { bids: [[ticks - 1, 1_000]], asks: [[ticks + 1, 1_000]] }, previous: undefined, trades: [], lastTicks: ticks, mark: price, index: price, openInterestLots: 1e6, fundingRate: 0,
      liquidations: (bySecond.get(second) ?? []).map((order) => ({ ticks: order.tick, lots: order.lots, side: order.side === 'long' ? ('sell' as const) : ('buy' as const) })),
      accounts: [], day: { open: price, high: price, low: price, volume: 0, turnover: 0 },
    };
  }
  return {
    scenario: { ...scenario, markets: [spec], silences: [] }, now: () => now, step: () => state.step, conditions: () => ({ ...scenario.conditions(scenario.start), price: state.mark }), markets: () => [state],
    market: (of, type, name) => (of === venue && type === marketType && name === symbol ? state : undefined),
    advance: (t) => {
      now = t;
      state = stateAt(Math.round((t - start) / 1_000), t);
      for (const listener of [...listeners]) listener();
    },
    onStep: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
