import type { HttpResponse } from '@breakwater/platform/network';
import type { Endpoint, EndpointPeer } from '../endpoint.ts';
import { defined } from '@breakwater/models/core';
import { accountLiquidationPrice } from '../world/accounts.ts';
import type { Level, MarketState, SimulatedAccount } from '../world/market.ts';
import { decimalsOf, printLots, printTicks, trimZeros } from '../world/market.ts';
import type { World } from '../world/world.ts';
import { createFrameMemo, json, parseObject, route } from './reply.ts';

/** Levels a side of every book answer (https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/info-endpoint, read 2026-11). */
const DEPTH = 20;

/**
 * Hyperliquid perpetuals: `POST /info` and the socket on `/ws`. Books are whole snapshots of 20 levels a side; `nSigFigs` (2 to 5) merges
 * levels and so reaches deeper. Liquidations are not published as a stream; every trade names the accounts of its two sides, and anybody may ask for the state of an account.
 * Formats: https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api (info endpoint, websocket), read 2026-11.
 */
export function createHyperliquidEndpoint(world: World): Endpoint {
  const memo = createFrameMemo(world);
  const sessions = new Set<HyperliquidSession>();
  world.onStep(() => {
    for (const session of [...sessions]) {
      for (const [key, subscription] of session.subscriptions) {
        for (const frame of memo(key, () => push(world, subscription, false))) session.peer.send(frame);
      }
    }
  });
  return {
    request: ({ method, url, body }) => (method === 'POST' && route(url).path === '/info' ? info(world, body) : json({}, 404)),
    accept: (path, peer) => {
      if (route(path).path !== '/ws') {
        peer.close(1008, 'unknown path');
        return { onFrame: () => undefined, onClose: () => undefined };
      }
      const session: HyperliquidSession = { peer, subscriptions: new Map() };
      sessions.add(session);
      return { onFrame: (text) => control(world, session, text), onClose: () => void sessions.delete(session) };
    },
  };
}

interface Subscription {
  readonly type: string;
  readonly coin: string;
  readonly nSigFigs: number | null;
  readonly mantissa: number | null;
}

interface HyperliquidSession {
  readonly peer: EndpointPeer;
  readonly subscriptions: Map<string, Subscription>;
}

function control(world: World, session: HyperliquidSession, text: string): void {
  const send = (channel: string, data: unknown): void => session.peer.send(JSON.stringify({ channel, data }));
  const request = parseObject(text);
  if (request?.['method'] === 'ping') { session.peer.send('{"channel":"pong"}'); return; }
  const given: unknown = request?.['subscription'];
  const method = request?.['method'];
  if ((method !== 'subscribe' && method !== 'unsubscribe') || typeof given !== 'object' || given === null) { send('error', `Error parsing JSON into valid websocket request: ${text}`); return; }
  const subscription = asSubscription(given as Readonly<Record<string, unknown>>);
  if (subscription === undefined || !exists(world, subscription)) { send('error', `Invalid subscription ${JSON.stringify(given)}`); return; }
  const key = JSON.stringify(subscription);
  if (method === 'unsubscribe') {
    if (!session.subscriptions.delete(key)) { send('error', `Already unsubscribed: ${JSON.stringify(given)}`); return; }
    send('subscriptionResponse', { method, subscription: printed(subscription) }); return;
  }
  if (session.subscriptions.has(key)) { send('error', `Already subscribed: ${JSON.stringify(given)}`); return; }
  session.subscriptions.set(key, subscription);
  send('subscriptionResponse', { method, subscription: printed(subscription) });
  for (const frame of push(world, subscription, true)) session.peer.send(frame);
}

function asSubscription(value: Readonly<Record<string, unknown>>): Subscription | undefined {
  const { type, coin, nSigFigs, mantissa } = value;
  if (typeof type !== 'string' || typeof coin !== 'string') return undefined;
  return { type, coin, nSigFigs: typeof nSigFigs === 'number' ? nSigFigs : null, mantissa: typeof mantissa === 'number' ? mantissa : null };
}

function printed({ type, coin, nSigFigs, mantissa }: Subscription): unknown {
  return type === 'l2Book' ? { type, coin, nSigFigs, mantissa } : { type, coin };
}

function exists(world: World, { type, coin, nSigFigs, mantissa }: Subscription): boolean {
  return find(world, coin) !== undefined && ['l2Book', 'trades', 'activeAssetCtx', 'bbo'].includes(type) && lawfulPrecision(nSigFigs, mantissa);
}

/** `nSigFigs` is null or 2 to 5; `mantissa` 1, 2 or 5 goes with `nSigFigs` 5 only. */
function lawfulPrecision(nSigFigs: number | null, mantissa: number | null): boolean {
  if (nSigFigs !== null && (!Number.isInteger(nSigFigs) || nSigFigs < 2 || nSigFigs > 5)) return false;
  return mantissa === null || (nSigFigs === 5 && [1, 2, 5].includes(mantissa));
}

function find(world: World, coin: string): MarketState | undefined {
  return world.market('hyperliquid', 'perp', coin);
}

function push(world: World, subscription: Subscription, first: boolean): readonly string[] {
  const state = find(world, subscription.coin);
  if (state === undefined) return [];
  const frame = (data: unknown): readonly string[] => [JSON.stringify({ channel: subscription.type, data })];
  switch (subscription.type) {
    case 'l2Book': return frame(l2Book(state, subscription.nSigFigs, subscription.mantissa));
    case 'bbo': return frame({ coin: state.spec.symbol, time: state.time, bbo: [rows(state, state.book.bids.slice(0, 1))[0], rows(state, state.book.asks.slice(0, 1))[0]] });
    case 'trades': return first || state.trades.length === 0 ? [] : frame(state.trades.map((trade) => ({ coin: state.spec.symbol, side: trade.side === 'buy' ? 'B' : 'A', px: px(state, trade.ticks), sz: sz(state, trade.lots), time: state.time, hash: `0x${trade.id.toString(16).padStart(64, '0')}`, tid: trade.id, users: tradersOf(state, trade.id) })));
    case 'activeAssetCtx': return frame({ coin: state.spec.symbol, ctx: context(state) });
    default: return [];
  }
}

/** Buyer and seller of a trade: two accounts of the market, every one of them sooner or later; where nobody holds anything, two that never will. */
function tradersOf({ accounts, step }: MarketState, trade: number): readonly string[] {
  const nobody = (n: number): string => `0x${n.toString(16).padStart(40, '0')}`;
  return [1, 2].map((n) => accounts[(5 * step + 2 * trade + n) % Math.max(1, accounts.length)]?.address ?? nobody(n));
}

const px = (state: MarketState, ticks: number): string => trimZeros(printTicks(state.spec, ticks));
const sz = (state: MarketState, lots: number): string => printLots(state.spec, lots);

interface Row {
  readonly px: string;
  readonly sz: string;
  readonly n: number;
}

function rows(state: MarketState, levels: readonly Level[]): readonly Row[] {
  return levels.map(([ticks, lots]) => ({ px: px(state, ticks), sz: sz(state, lots), n: 1 + (lots % 7) }));
}

function l2Book(state: MarketState, nSigFigs: number | null, mantissa: number | null): unknown {
  const side = (levels: readonly Level[], up: boolean): readonly Row[] => rows(state, (nSigFigs === null ? levels : merge(state, levels, nSigFigs, mantissa ?? 1, up)).slice(0, DEPTH));
  return { coin: state.spec.symbol, time: state.time, levels: [side(state.book.bids, false), side(state.book.asks, true)] };
}

/** Levels summed on a grid of `nSigFigs` significant figures of the best price; bids are rounded down, asks up. */
function merge(state: MarketState, levels: readonly Level[], nSigFigs: number, mantissa: number, up: boolean): readonly Level[] {
  const best = defined(levels[0], 'best level')[0] * state.spec.tick;
  const step = Math.max(1, Math.round((10 ** (Math.floor(Math.log10(best)) - nSigFigs + 1) * mantissa) / state.spec.tick));
  const merged = new Map<number, number>();
  for (const [ticks, lots] of levels) {
    const at = (up ? Math.ceil(ticks / step) : Math.floor(ticks / step)) * step;
    if (at > 0) merged.set(at, (merged.get(at) ?? 0) + lots);
  }
  return [...merged];
}

/** Funding is paid hourly: an eighth of the eight-hour rate. Open interest in coins. */
function context(state: MarketState): unknown {
  const { spec, day } = state;
  const [bid] = defined(state.book.bids[0], 'best bid');
  const [ask] = defined(state.book.asks[0], 'best ask');
  const text = (value: number): string => trimZeros(value.toFixed(decimalsOf(spec.tick)));
  return {
    funding: trimZeros((state.fundingRate / 8).toFixed(10)), openInterest: sz(state, state.openInterestLots), prevDayPx: text(day.open), dayNtlVlm: day.turnover.toFixed(6), premium: trimZeros((state.mark / state.index - 1).toFixed(10)),
    oraclePx: text(state.index), markPx: text(state.mark), midPx: text(((bid + ask) / 2) * spec.tick), impactPxs: [px(state, bid), px(state, ask)], dayBaseVlm: day.volume.toFixed(1),
  };
}

function info(world: World, body: string | undefined): HttpResponse {
  const request = parseObject(body);
  const perps = world.markets().filter(({ spec }) => spec.venue === 'hyperliquid');
  const meta = { universe: perps.map(({ spec }) => ({ szDecimals: decimalsOf(spec.lot), name: spec.symbol, maxLeverage: spec.maxLeverage, marginTableId: spec.maxLeverage })), marginTables: perps.map(({ spec }) => [spec.maxLeverage, { description: '', marginTiers: [{ lowerBound: '0.0', maxLeverage: spec.maxLeverage }] }]), collateralToken: 0 };
  switch (request?.['type']) {
    case 'meta': return json(meta);
    case 'metaAndAssetCtxs': return json([meta, perps.map(context)]);
    case 'allMids': return json(Object.fromEntries(perps.map((state) => [state.spec.symbol, px(state, state.lastTicks)])));
    case 'l2Book': {
      const subscription = asSubscription(request);
      const state = subscription === undefined ? undefined : find(world, subscription.coin);
      if (subscription === undefined || !lawfulPrecision(subscription.nSigFigs, subscription.mantissa)) break;
      return json(state === undefined ? null : l2Book(state, subscription.nSigFigs, subscription.mantissa));
    }
    case 'clearinghouseState': {
      const { user } = request;
      if (typeof user !== 'string' || !/^0x[0-9a-f]{40}$/i.test(user)) break;
      return json(clearinghouseState(world, perps, user.toLowerCase()));
    }
  }
  return { status: 422, headers: { 'content-type': 'text/plain' }, body: 'Failed to deserialize the JSON body into the target type' };
}

/** Everything an account has: one position in a market at most, with its margin behind it. An address that nobody has an account at answers like an empty one. */
function clearinghouseState(world: World, perps: readonly MarketState[], address: string): unknown {
  const held = perps.flatMap((state) => state.accounts.filter((account) => account.address === address).map((account) => ({ account, state, figures: accountFigures(state, account) })));
  const summary = (of: typeof held): unknown => {
    const sum = (pick: (row: (typeof held)[number]) => number): string => of.reduce((total, row) => total + pick(row), 0).toFixed(6);
    return { accountValue: sum(({ figures }) => figures.equity), totalNtlPos: sum(({ figures }) => figures.value), totalRawUsd: sum(({ figures }) => figures.rawUsd), totalMarginUsed: sum(({ figures }) => figures.marginUsed) };
  };
  const cross = held.filter(({ account }) => account.margin === 'cross');
  return {
    marginSummary: summary(held), crossMarginSummary: summary(cross), crossMaintenanceMarginUsed: cross.reduce((sum, { figures, state }) => sum + figures.value / (2 * state.spec.maxLeverage), 0).toFixed(6), withdrawable: '0.0',
    assetPositions: held.map(({ account, state, figures }) => ({ type: 'oneWay', position: positionOf(state, account, figures) })), time: perps[0]?.time ?? world.now(),
  };
}

interface AccountFigures {
  /** Signed, coins. */
  readonly size: number;
  readonly value: number;
  readonly profit: number;
  /** Margin and profit. */
  readonly equity: number;
  readonly marginUsed: number;
  /** Equity without what the position is worth. */
  readonly rawUsd: number;
}

function accountFigures({ spec, mark }: MarketState, { side, lots, entryPrice, leverage, margin }: SimulatedAccount): AccountFigures {
  const size = (side === 'long' ? 1 : -1) * lots * spec.lot;
  const value = Math.abs(size) * mark;
  const profit = size * (mark - entryPrice);
  const equity = (Math.abs(size) * entryPrice) / leverage + profit;
  return { size, value, profit, equity, marginUsed: margin === 'isolated' ? equity : value / leverage, rawUsd: equity - size * mark };
}

function positionOf({ spec }: MarketState, account: SimulatedAccount, { size, value, profit, equity, marginUsed, rawUsd }: AccountFigures): unknown {
  const liquidation = accountLiquidationPrice(spec, account);
  return {
    coin: spec.symbol, szi: size.toFixed(decimalsOf(spec.lot)), entryPx: account.entryPrice.toFixed(8), positionValue: value.toFixed(6), unrealizedPnl: profit.toFixed(6), returnOnEquity: (profit / (equity - profit)).toFixed(10),
    liquidationPx: liquidation === null ? null : liquidation.toFixed(10), marginUsed: marginUsed.toFixed(6), maxLeverage: spec.maxLeverage, cumFunding: { allTime: '0.0', sinceOpen: '0.0', sinceChange: '0.0' },
    leverage: account.margin === 'isolated' ? { type: 'isolated', value: account.leverage, rawUsd: rawUsd.toFixed(6) } : { type: 'cross', value: account.leverage },
  };
}
