import type { Endpoint, EndpointPeer } from '../endpoint.ts';
import type { HttpResponse } from '@breakwater/platform/network';
import { defined } from '@breakwater/models/core';
import type { Level, MarketState } from '../world/market.ts';
import { currencyMarkets } from '../world/currency-markets.ts';
import { decimalsOf, printLots, printTicks } from '../world/market.ts';
import type { World } from '../world/world.ts';
import { bookChange, createFrameMemo, json, nextFunding, parseObject, route, stringsOf, wholeNumber } from './reply.ts';

type Market = 'spot' | 'usdm';

/** Each step of the world is this many update ids; the first of a step's ids is `step * IDS + BASE`. */
const IDS_PER_STEP = 20;
const FIRST_ID = 5_000_000_000;
const FUNDING_MS = 8 * 3_600_000;
/** Streams of the `/market` endpoint of USD-M since 2026-04-23; all other known streams are `/public`
 * (https://developers.binance.info/docs/derivatives/usds-margined-futures/websocket-market-streams/Important-WebSocket-Change-Notice, read 2026-11). */
const MARKET_STREAMS = new Set(['aggTrade', 'markPrice', 'markPrice@1s', 'forceOrder', 'ticker', 'miniTicker']);
const DEPTH_STREAM = /^depth(5|10|20)?(@\d+ms)?$/;

/**
 * Binance spot (`/api/v3`, streams on `/ws` and `/stream`) or USD-M futures (`/fapi/v1`, streams on `/public` and `/market`).
 * An unrouted USD-M socket acknowledges every subscription and sends `/public` streams only, as the venue does.
 * Formats: https://developers.binance.com/docs (spot `web-socket-streams`, `rest-api`; USD-M `websocket-market-streams`, `market-data`), read 2026-11.
 */
export function createBinanceEndpoint(world: World, market: Market): Endpoint {
  const memo = createFrameMemo(world);
  const sessions = new Set<BinanceSession>();
  world.onStep(() => {
    for (const session of [...sessions]) pushStreams(world, market, session, memo, session.streams);
  });
  return {
    request: ({ method, url }) => answer(world, market, method, url),
    accept: (path, peer) => {
      const session = openSession(path, peer, market);
      if (session === undefined) {
        peer.close(1008, 'unknown path');
        return { onFrame: () => undefined, onClose: () => undefined };
      }
      sessions.add(session);
      // Mark prices go out every second of market time, so a new subscriber has one at once; other streams wait for the next change.
      const greet = (names: readonly string[]): void => pushStreams(world, market, session, memo, names.filter((name) => /@markPrice(@1s)?$/.test(name)));
      greet([...session.streams]);
      return { onFrame: (text) => control(market, session, text, greet), onClose: () => void sessions.delete(session) };
    },
  };
}

interface BinanceSession {
  readonly peer: EndpointPeer;
  /** Which streams are delivered. */
  readonly routed: 'all' | 'public' | 'market';
  readonly streams: Set<string>;
  combined: boolean;
}

function openSession(path: string, peer: EndpointPeer, market: Market): BinanceSession | undefined {
  const { path: whole, query } = route(path);
  const parts = whole.split('/').filter((part) => part !== '');
  const first = parts[0];
  const routed = market === 'spot' ? 'all' : first === 'market' ? 'market' : 'public';
  if (market === 'usdm' && (first === 'public' || first === 'market')) parts.shift();
  const mode = parts.shift();
  if (mode !== 'ws' && mode !== 'stream') return undefined;
  const inUrl = mode === 'ws' ? parts : (query.get('streams') ?? '').split('/').filter((name) => name !== '');
  return { peer, routed, streams: new Set(inUrl), combined: mode === 'stream' };
}

function control(market: Market, session: BinanceSession, text: string, greet: (names: readonly string[]) => void): void {
  const request = parseObject(text);
  const send = (value: unknown): void => session.peer.send(JSON.stringify(value));
  if (request === undefined) { send({ code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' }); return; }
  const id = request['id'] ?? null;
  const params = stringsOf(request['params']);
  switch (request['method']) {
    case 'SUBSCRIBE': {
      if (params === undefined) { send({ code: 2, msg: 'Invalid request: missing field `params`' }); return; }
      const most = market === 'spot' ? 1024 : 200;
      if (session.streams.size + params.length > most) { send({ error: { code: 2, msg: 'Invalid request: too many streams' }, id }); return; }
      for (const name of params) session.streams.add(name);
      send({ result: null, id });
      greet(params);
      return;
    }
    case 'UNSUBSCRIBE':
      for (const name of params ?? []) session.streams.delete(name);
      { send({ result: null, id }); return; }
    case 'LIST_SUBSCRIPTIONS':
      { send({ result: [...session.streams], id }); return; }
    case 'SET_PROPERTY': {
      const given: unknown = request['params'];
      if (!Array.isArray(given) || given[0] !== 'combined' || typeof given[1] !== 'boolean') { send({ code: 0, msg: 'Unknown property' }); return; }
      session.combined = given[1];
      send({ result: null, id }); return;
    }
    default:
      { send({ code: 2, msg: `Invalid request: unknown variant \`${String(request['method'])}\`, expected one of \`SUBSCRIBE\`, \`UNSUBSCRIBE\`, \`LIST_SUBSCRIPTIONS\`, \`SET_PROPERTY\`, \`GET_PROPERTY\`` }); return; }
  }
}

function pushStreams(world: World, market: Market, session: BinanceSession, memo: ReturnType<typeof createFrameMemo>, names: Iterable<string>): void {
  for (const name of names) {
    const at = name.indexOf('@');
    const kind = at < 0 ? '' : name.slice(at + 1);
    if (session.routed !== 'all' && (session.routed === 'market') !== MARKET_STREAMS.has(kind === 'arr' ? name.slice(1, at) : kind)) continue;
    for (const payload of memo(name, () => stream(world, market, name.slice(0, at), kind))) {
      session.peer.send(session.combined ? `{"stream":${JSON.stringify(name)},"data":${payload}}` : payload);
    }
  }
}

function stream(world: World, market: Market, symbol: string, kind: string): readonly string[] {
  if (kind === 'arr' && market === 'usdm') {
    const all = world.markets().filter(({ spec }) => spec.venue === 'binance' && spec.marketType === 'usdm');
    if (symbol === '!forceOrder') return all.flatMap(forceOrder);
    return symbol === '!markPrice' ? [JSON.stringify(all.map(markPrice))] : [];
  }
  const state = world.market('binance', market, symbol.toUpperCase());
  if (state === undefined) return [];
  const depth = DEPTH_STREAM.exec(kind);
  if (depth !== null) return [JSON.stringify(depth[1] === undefined ? depthUpdate(state, market) : partialDepth(state, market, Number(depth[1])))];
  switch (kind) {
    case 'aggTrade': return state.trades.map((trade) => JSON.stringify(aggTrade(state, trade)));
    case 'trade': return market === 'spot' ? state.trades.map((trade) => JSON.stringify(rawTrade(state, trade))) : [];
    case 'bookTicker': return [JSON.stringify(bookTicker(state, market))];
    case 'markPrice': case 'markPrice@1s': return market === 'usdm' ? [JSON.stringify(markPrice(state))] : [];
    case 'forceOrder': return market === 'usdm' ? forceOrder(state) : [];
    default: return [];
  }
}

function lastId(state: MarketState): number {
  return FIRST_ID + state.step * IDS_PER_STEP;
}

function price(state: MarketState, market: Market, ticks: number): string {
  // Spot prints eight decimals whatever the tick; futures print the tick's.
  return market === 'spot' ? (ticks * state.spec.tick).toFixed(8) : printTicks(state.spec, ticks);
}

function size(state: MarketState, market: Market, lots: number): string {
  return market === 'spot' ? (lots * state.spec.lot).toFixed(8) : printLots(state.spec, lots);
}

function pairs(state: MarketState, market: Market, levels: readonly Level[]): readonly (readonly [string, string])[] {
  return levels.map(([ticks, lots]) => [price(state, market, ticks), size(state, market, lots)]);
}

function depthUpdate(state: MarketState, market: Market): unknown {
  const change = bookChange(state, 5000);
  const u = lastId(state);
  const head = { e: 'depthUpdate', E: state.time, ...(market === 'usdm' ? { T: state.time } : {}), s: state.spec.symbol, U: u - IDS_PER_STEP + 1, u };
  return { ...head, ...(market === 'usdm' ? { pu: u - IDS_PER_STEP } : {}), b: pairs(state, market, change.bids), a: pairs(state, market, change.asks) };
}

function partialDepth(state: MarketState, market: Market, depth: number): unknown {
  const b = pairs(state, market, state.book.bids.slice(0, depth));
  const a = pairs(state, market, state.book.asks.slice(0, depth));
  const u = lastId(state);
  if (market === 'spot') return { lastUpdateId: u, bids: b, asks: a };
  return { e: 'depthUpdate', E: state.time, T: state.time, s: state.spec.symbol, U: u - IDS_PER_STEP + 1, u, pu: u - IDS_PER_STEP, b, a };
}

function aggTrade(state: MarketState, trade: MarketState['trades'][number]): unknown {
  const market = state.spec.marketType === 'spot' ? 'spot' : 'usdm';
  const body = { e: 'aggTrade', E: state.time, s: state.spec.symbol, a: trade.id, p: price(state, market, trade.ticks), q: size(state, market, trade.lots), f: trade.id, l: trade.id, T: state.time, m: trade.side === 'sell' };
  return market === 'spot' ? { ...body, M: true } : body;
}

function rawTrade(state: MarketState, trade: MarketState['trades'][number]): unknown {
  return { e: 'trade', E: state.time, s: state.spec.symbol, t: trade.id, p: price(state, 'spot', trade.ticks), q: size(state, 'spot', trade.lots), T: state.time, m: trade.side === 'sell', M: true };
}

function bookTicker(state: MarketState, market: Market): unknown {
  const [bid, bidLots] = defined(state.book.bids[0], 'best bid');
  const [ask, askLots] = defined(state.book.asks[0], 'best ask');
  const body = { u: lastId(state), s: state.spec.symbol, b: price(state, market, bid), B: size(state, market, bidLots), a: price(state, market, ask), A: size(state, market, askLots) };
  return market === 'spot' ? body : { e: 'bookTicker', ...body, T: state.time, E: state.time };
}

function markPrice(state: MarketState): unknown {
  return { e: 'markPriceUpdate', E: state.time, s: state.spec.symbol, p: state.mark.toFixed(8), i: state.index.toFixed(8), P: state.index.toFixed(8), r: state.fundingRate.toFixed(8), T: nextFunding(state.time, FUNDING_MS) };
}

/** Only the latest forced order of a symbol in 1,000 ms is published, so a step shows one at most. */
function forceOrder(state: MarketState): readonly string[] {
  const last = state.liquidations.at(-1);
  if (last === undefined) return [];
  const p = printTicks(state.spec, last.ticks);
  const q = printLots(state.spec, last.lots);
  return [JSON.stringify({ e: 'forceOrder', E: state.time, o: { s: state.spec.symbol, S: last.side.toUpperCase(), o: 'LIMIT', f: 'IOC', q, p, ap: p, X: 'FILLED', l: q, z: q, T: state.time } })];
}

function answer(world: World, market: Market, method: string, url: string): HttpResponse {
  const { path, query } = route(url);
  const prefix = market === 'spot' ? '/api/v3' : '/fapi/v1';
  if (method !== 'GET' || !path.startsWith(`${prefix}/`)) return json({ code: -1, msg: 'Not Found' }, 404);
  const symbol = query.get('symbol');
  const state = symbol === null ? undefined : world.market('binance', market, symbol);
  const name = path.slice(prefix.length + 1);
  if (name === 'ping') return json({});
  if (name === 'time') return json({ serverTime: world.now() });
  if (name === 'exchangeInfo') return json(exchangeInfo(world, market));
  if (name === 'premiumIndex' && market === 'usdm' && symbol === null) return json(usdm(world).map(premiumIndex));
  if (symbol === null) return json({ code: -1102, msg: "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed." }, 400);
  if (name === 'ticker/bookTicker' && market === 'spot') return quoteOf(world, symbol);
  if (state === undefined) return json({ code: -1121, msg: 'Invalid symbol.' }, 400);
  switch (name) {
    case 'depth': return depthSnapshot(state, market, query.get('limit'));
    case 'ticker/price': return json({ symbol, price: price(state, market, state.lastTicks), ...(market === 'usdm' ? { time: state.time } : {}) });
    case 'openInterest': if (market === 'usdm') return json({ symbol, openInterest: printLots(state.spec, state.openInterestLots), time: state.time }); break;
    case 'premiumIndex': if (market === 'usdm') return json(premiumIndex(state)); break;
  }
  return json({ code: -1, msg: 'Not Found' }, 404);
}

/** The best quotes of a spot market, of the scenario or between currencies; there is no time in them. */
function quoteOf(world: World, symbol: string): HttpResponse {
  const between = currencyMarkets(world, 'binance').find((each) => each.symbol === symbol);
  const printed = (text: string): string => Number(text).toFixed(8);
  if (between !== undefined) return json({ symbol, bidPrice: printed(between.bid), bidQty: '1000.00000000', askPrice: printed(between.ask), askQty: '1000.00000000' });
  const state = world.market('binance', 'spot', symbol);
  if (state === undefined) return json({ code: -1121, msg: 'Invalid symbol.' }, 400);
  const [bid, bidLots] = defined(state.book.bids[0], 'best bid');
  const [ask, askLots] = defined(state.book.asks[0], 'best ask');
  return json({ symbol, bidPrice: price(state, 'spot', bid), bidQty: size(state, 'spot', bidLots), askPrice: price(state, 'spot', ask), askQty: size(state, 'spot', askLots) });
}

function usdm(world: World): readonly MarketState[] {
  return world.markets().filter(({ spec }) => spec.venue === 'binance' && spec.marketType === 'usdm');
}

/** `lastUpdateId` lies inside the next update's [U, u], as it does when a snapshot is taken between two pushes. */
function depthSnapshot(state: MarketState, market: Market, limit: string | null): HttpResponse {
  const depth = wholeNumber(limit, market === 'spot' ? 100 : 500, 1, market === 'spot' ? 5000 : 1000);
  if (depth === undefined || (market === 'usdm' && ![5, 10, 20, 50, 100, 500, 1000].includes(depth))) return json({ code: -4021, msg: `${String(limit)} is not valid depth limit.` }, 400);
  const times = market === 'usdm' ? { E: state.time, T: state.time } : {};
  return json({ lastUpdateId: lastId(state) + 1, ...times, bids: pairs(state, market, state.book.bids.slice(0, depth)), asks: pairs(state, market, state.book.asks.slice(0, depth)) });
}

function premiumIndex(state: MarketState): unknown {
  return { symbol: state.spec.symbol, markPrice: state.mark.toFixed(8), indexPrice: state.index.toFixed(8), estimatedSettlePrice: state.index.toFixed(8), lastFundingRate: state.fundingRate.toFixed(8), interestRate: '0.00010000', nextFundingTime: nextFunding(state.time, FUNDING_MS), time: state.time };
}

interface Listed {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly tick: number;
  readonly lot: number;
}

function exchangeInfo(world: World, market: Market): unknown {
  const common = ({ symbol, base, quote, tick, lot }: Listed) => ({
    symbol, status: 'TRADING', baseAsset: base, quoteAsset: quote,
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: tick.toFixed(8), maxPrice: '100000.00000000', tickSize: tick.toFixed(8) },
      { filterType: 'LOT_SIZE', minQty: lot.toFixed(8), maxQty: '9000000.00000000', stepSize: lot.toFixed(8) },
    ],
  });
  const spot = (listed: Listed): unknown => ({
    ...common(listed), baseAssetPrecision: 8, quotePrecision: 8, quoteAssetPrecision: 8, orderTypes: ['LIMIT', 'MARKET'], isSpotTradingAllowed: true, isMarginTradingAllowed: true, permissions: [], permissionSets: [['SPOT']],
  });
  const between = market === 'spot' ? currencyMarkets(world, 'binance').map((each) => spot({ ...each, tick: Number(each.tick), lot: 0.1 })) : [];
  const symbols = world.markets().filter(({ spec }) => spec.venue === 'binance' && spec.marketType === market).map(({ spec }) => {
    if (market === 'spot') return spot(spec);
    return { ...common(spec), pair: spec.symbol, contractType: 'PERPETUAL', deliveryDate: 4133404800000, onboardDate: 1569398400000, maintMarginPercent: '2.5000', requiredMarginPercent: '5.0000', marginAsset: spec.quote, pricePrecision: decimalsOf(spec.tick), quantityPrecision: decimalsOf(spec.lot), underlyingType: 'COIN', triggerProtect: '0.0500' };
  });
  return { timezone: 'UTC', serverTime: world.now(), rateLimits: [], exchangeFilters: [], symbols: [...symbols, ...between] };
}
