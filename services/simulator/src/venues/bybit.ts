import type { HttpResponse } from '@breakwater/platform/network';
import type { Endpoint, EndpointPeer } from '../endpoint.ts';
import { defined } from '@breakwater/models/core';
import type { Level, MarketState } from '../world/market.ts';
import type { CurrencyMarket } from '../world/currency-markets.ts';
import { currencyMarkets } from '../world/currency-markets.ts';
import { decimalsOf, printLots, printTicks, trimZeros } from '../world/market.ts';
import type { World } from '../world/world.ts';
import { bookChange, createFrameMemo, json, nextFunding, parseObject, route, stringsOf, wholeNumber } from './reply.ts';

type Category = 'spot' | 'linear';

const FIRST_U = 1_000_000;
const FIRST_SEQ = 100_000_000_000;
const FUNDING_HOURS = 4;
/** Depths of the order-book topic and, for spot, the most arguments of one request (https://bybit-exchange.github.io/docs/v5/websocket/public/orderbook and /ws/connect, read 2026-11). */
const DEPTHS = new Set([1, 50, 200, 1000]);
const MOST_SPOT_ARGS = 10;

/**
 * Bybit v5: REST under `/v5/market`, sockets on `/v5/public/spot` and `/v5/public/linear`. Subscribing to a topic again sends a fresh snapshot.
 * `tickers.BTCUSDT` and `tickers.BTCUSDC` on spot exist besides the scenario's markets, for the rates of USDT and USDC: `usdIndexPrice` over `lastPrice`.
 * Formats: https://bybit-exchange.github.io/docs/v5, read 2026-11.
 */
export function createBybitEndpoint(world: World): Endpoint {
  const memo = createFrameMemo(world);
  const sessions = new Set<BybitSession>();
  let opened = 0;
  const linear = (): readonly MarketState[] => world.markets().filter(({ spec }) => spec.venue === 'bybit' && spec.marketType === 'linear');
  const tickers = new Map(linear().map((state) => [state.spec.symbol, { fields: tickerFields(state, 'linear'), changed: {} }]));
  world.onStep(() => {
    for (const state of linear()) {
      const fields = tickerFields(state, 'linear');
      const before = tickers.get(state.spec.symbol)?.fields ?? {};
      tickers.set(state.spec.symbol, { fields, changed: Object.fromEntries(Object.entries(fields).filter(([name, value]) => name === 'symbol' || before[name] !== value)) });
    }
    for (const session of [...sessions]) {
      for (const topic of session.topics) {
        for (const frame of memo(`${session.category}/${topic}`, () => push(world, session.category, topic, (symbol) => tickers.get(symbol)?.changed ?? {}))) session.peer.send(frame);
      }
    }
  });
  return {
    request: ({ method, url }) => answer(world, method, url),
    accept: (path, peer) => {
      const category = route(path).path.slice('/v5/public/'.length);
      if (!path.startsWith('/v5/public/') || (category !== 'spot' && category !== 'linear')) {
        peer.close(1008, 'unknown path');
        return { onFrame: () => undefined, onClose: () => undefined };
      }
      const session: BybitSession = { peer, category, topics: new Set(), connection: `sim-${++opened}` };
      sessions.add(session);
      return { onFrame: (text) => control(world, session, text), onClose: () => void sessions.delete(session) };
    },
  };
}

/** A ticker's fields as printed. */
type Fields = Readonly<Record<string, string>>;

interface BybitSession {
  readonly peer: EndpointPeer;
  readonly category: Category;
  readonly topics: Set<string>;
  readonly connection: string;
}

function control(world: World, session: BybitSession, text: string): void {
  const request = parseObject(text);
  const reqId = typeof request?.['req_id'] === 'string' ? request['req_id'] : '';
  const reply = (success: boolean, message: string, op: string): void => session.peer.send(JSON.stringify({ success, ret_msg: message, conn_id: session.connection, req_id: reqId, op }));
  if (request === undefined) { reply(false, 'error:request is not a json', ''); return; }
  if (request['op'] === 'ping') { reply(true, 'pong', 'ping'); return; }
  const args = stringsOf(request['args']);
  if (request['op'] === 'unsubscribe') {
    for (const topic of args ?? []) session.topics.delete(topic);
    reply(true, '', 'unsubscribe'); return;
  }
  if (request['op'] !== 'subscribe') { reply(false, `error:op ${String(request['op'])} not found`, String(request['op'])); return; }
  if (args === undefined || args.length === 0) { reply(false, 'error:params not found', 'subscribe'); return; }
  if (session.category === 'spot' && args.length > MOST_SPOT_ARGS) { reply(false, 'args size >10', 'subscribe'); return; }
  const unknown = args.find((topic) => !exists(world, session.category, topic));
  if (unknown !== undefined) { reply(false, `error:handler not found,topic:${unknown}`, 'subscribe'); return; }
  reply(true, session.category === 'spot' ? 'subscribe' : '', 'subscribe');
  for (const topic of args) {
    session.topics.add(topic);
    for (const frame of first(world, session.category, topic)) session.peer.send(frame);
  }
}

function parseTopic(topic: string): { readonly name: string; readonly depth: number; readonly symbol: string } {
  const parts = topic.split('.');
  return parts[0] === 'orderbook' ? { name: 'orderbook', depth: Number(parts[1]), symbol: parts.slice(2).join('.') } : { name: parts[0] ?? '', depth: 0, symbol: parts.slice(1).join('.') };
}

function exists(world: World, category: Category, topic: string): boolean {
  const { name, depth, symbol } = parseTopic(topic);
  if (category === 'spot' && name === 'tickers' && isBitcoin(symbol)) return true;
  if (world.market('bybit', category, symbol) === undefined) return false;
  return name === 'publicTrade' || name === 'tickers' || (name === 'orderbook' && DEPTHS.has(depth)) || (name === 'allLiquidation' && category === 'linear');
}

/** What a topic sends at once when subscribed. */
function first(world: World, category: Category, topic: string): readonly string[] {
  const { name, depth, symbol } = parseTopic(topic);
  if (category === 'spot' && name === 'tickers' && isBitcoin(symbol)) return [bitcoinTicker(world, symbol)];
  const state = world.market('bybit', category, symbol);
  if (state === undefined) return [];
  if (name === 'orderbook') return [orderbook(state, category, topic, 'snapshot', { bids: state.book.bids.slice(0, depth), asks: state.book.asks.slice(0, depth) })];
  return name === 'tickers' ? [ticker(state, category, topic, 'snapshot', tickerFields(state, category))] : [];
}

/** What a topic sends for the present step. */
function push(world: World, category: Category, topic: string, changed: (symbol: string) => Fields): readonly string[] {
  const { name, depth, symbol } = parseTopic(topic);
  if (category === 'spot' && name === 'tickers' && isBitcoin(symbol)) return [bitcoinTicker(world, symbol)];
  const state = world.market('bybit', category, symbol);
  if (state === undefined) return [];
  switch (name) {
    case 'orderbook':
      // The first level is always sent whole; the others as changes.
      return depth === 1 ? first(world, category, topic) : [orderbook(state, category, topic, 'delta', bookChange(state, depth))];
    case 'tickers': return [category === 'spot' ? ticker(state, category, topic, 'snapshot', tickerFields(state, category)) : ticker(state, category, topic, 'delta', changed(symbol))];
    case 'publicTrade': return state.trades.length === 0 ? [] : [trades(state, category, topic)];
    case 'allLiquidation': return state.liquidations.length === 0 ? [] : [liquidations(state, topic)];
    default: return [];
  }
}

const u = (state: MarketState): number => FIRST_U + state.step;
const seq = (state: MarketState): number => FIRST_SEQ + state.step * 10;

/** Linear prints the decimals of the tick; spot prints none it does not need. */
function printer(state: MarketState, category: Category): { price(ticks: number): string; size(lots: number): string } {
  if (category === 'linear') return { price: (ticks) => printTicks(state.spec, ticks), size: (lots) => (lots === 0 ? '0' : printLots(state.spec, lots)) };
  return { price: (ticks) => trimZeros(printTicks(state.spec, ticks)), size: (lots) => trimZeros(printLots(state.spec, lots)) };
}

function pairs(state: MarketState, category: Category, levels: readonly Level[]): readonly (readonly [string, string])[] {
  const print = printer(state, category);
  return levels.map(([ticks, lots]) => [print.price(ticks), print.size(lots)]);
}

function orderbook(state: MarketState, category: Category, topic: string, type: 'snapshot' | 'delta', levels: { readonly bids: readonly Level[]; readonly asks: readonly Level[] }): string {
  const data = { s: state.spec.symbol, b: pairs(state, category, levels.bids), a: pairs(state, category, levels.asks), u: u(state), seq: seq(state) };
  return JSON.stringify(category === 'spot' ? { topic, ts: state.time, type, data, cts: state.time } : { topic, type, ts: state.time, data, cts: state.time });
}

function trades(state: MarketState, category: Category, topic: string): string {
  const print = printer(state, category);
  const data = state.trades.map(({ id, ticks, lots, side }) => {
    const S = side === 'buy' ? 'Buy' : 'Sell';
    if (category === 'spot') return { i: String(2_000_000_000_000_000 + id), T: state.time, p: print.price(ticks), v: print.size(lots), S, seq: seq(state), s: state.spec.symbol, BT: false, RPI: false };
    const uuid = `00000000-0000-5000-8000-${id.toString(16).padStart(12, '0')}`;
    return { T: state.time, s: state.spec.symbol, S, v: print.size(lots), p: print.price(ticks), L: side === 'buy' ? 'PlusTick' : 'MinusTick', i: uuid, BT: false, RPI: false, seq: seq(state) };
  });
  return JSON.stringify(category === 'spot' ? { topic, ts: state.time, type: 'snapshot', data } : { topic, type: 'snapshot', ts: state.time, data });
}

/** Every forced order. `S` is the side of the position: `Buy` is a long that was liquidated; `p` the bankruptcy price. */
function liquidations(state: MarketState, topic: string): string {
  const print = printer(state, 'linear');
  const data = state.liquidations.map(({ ticks, lots, side }) => ({ T: state.time, s: state.spec.symbol, S: side === 'sell' ? 'Buy' : 'Sell', v: print.size(lots), p: print.price(ticks) }));
  return JSON.stringify({ topic, type: 'snapshot', ts: state.time, data });
}

function ticker(state: MarketState, category: Category, topic: string, type: 'snapshot' | 'delta', data: unknown): string {
  return JSON.stringify(category === 'spot' ? { topic, ts: state.time, type, cs: seq(state), data } : { topic, type, data, cs: seq(state), ts: state.time });
}

function dayFields(state: MarketState, category: Category): Fields {
  const print = printer(state, category);
  const ticks = (price: number): string => print.price(Math.round(price / state.spec.tick));
  const { open, high, low, volume, turnover } = state.day;
  return { price24hPcnt: (state.lastTicks * state.spec.tick / open - 1).toFixed(6), lastPrice: print.price(state.lastTicks), prevPrice24h: ticks(open), highPrice24h: ticks(high), lowPrice24h: ticks(low), turnover24h: turnover.toFixed(4), volume24h: volume.toFixed(4) };
}

function linearFields(state: MarketState): Fields {
  const [bid, bidLots] = defined(state.book.bids[0], 'best bid');
  const [ask, askLots] = defined(state.book.asks[0], 'best ask');
  const print = printer(state, 'linear');
  return {
    symbol: state.spec.symbol, ...dayFields(state, 'linear'), markPrice: state.mark.toFixed(decimalsOf(state.spec.tick)), indexPrice: state.index.toFixed(decimalsOf(state.spec.tick)),
    openInterest: printLots(state.spec, state.openInterestLots), openInterestValue: (state.openInterestLots * state.spec.lot * state.mark).toFixed(2), fundingRate: fundingRate(state),
    bid1Price: print.price(bid), bid1Size: print.size(bidLots), ask1Price: print.price(ask), ask1Size: print.size(askLots),
  };
}

/** Per the venue's own funding period. */
function fundingRate(state: MarketState): string {
  return trimZeros(((state.fundingRate * FUNDING_HOURS) / 8).toFixed(8));
}

function tickerFields(state: MarketState, category: Category): Fields {
  if (category === 'spot') return { symbol: state.spec.symbol, ...dayFields(state, 'spot'), usdIndexPrice: '' };
  return { ...linearFields(state), tickDirection: 'ZeroPlusTick', prevPrice1h: '', nextFundingTime: String(nextFunding(state.time, FUNDING_HOURS * 3_600_000)), fundingIntervalHour: String(FUNDING_HOURS), fundingCap: '0.005' };
}

/** Markets beside the scenario's, by the currency whose rate they tell. */
const BITCOIN = { BTCUSDT: 'USDT', BTCUSDC: 'USDC' } as const;
const isBitcoin = (symbol: string): symbol is keyof typeof BITCOIN => Object.hasOwn(BITCOIN, symbol);

function bitcoinFields(world: World, symbol: keyof typeof BITCOIN): Fields {
  const { btcUsd, usdtUsd, usdcUsd } = world.conditions();
  const last = (btcUsd / (BITCOIN[symbol] === 'USDT' ? usdtUsd : usdcUsd)).toFixed(2);
  return { symbol, lastPrice: last, highPrice24h: last, lowPrice24h: last, prevPrice24h: last, volume24h: '9000', turnover24h: '750000000', price24hPcnt: '0', usdIndexPrice: btcUsd.toFixed(6) };
}

function bitcoinTicker(world: World, symbol: keyof typeof BITCOIN): string {
  return JSON.stringify({ topic: `tickers.${symbol}`, ts: world.now(), type: 'snapshot', cs: FIRST_SEQ + world.step() * 10, data: bitcoinFields(world, symbol) });
}

/** The best quotes, which spot tickers of the stream do not have and those of REST do. */
function quoteFields(state: MarketState, category: Category): Fields {
  const [bid, bidLots] = defined(state.book.bids[0], 'best bid');
  const [ask, askLots] = defined(state.book.asks[0], 'best ask');
  const print = printer(state, category);
  return { bid1Price: print.price(bid), bid1Size: print.size(bidLots), ask1Price: print.price(ask), ask1Size: print.size(askLots) };
}

/** A spot ticker of REST of a market between currencies. */
function currencyFields({ symbol, bid, ask }: CurrencyMarket): Fields {
  return { symbol, bid1Price: trimZeros(bid), bid1Size: '1000', ask1Price: trimZeros(ask), ask1Size: '1000', lastPrice: trimZeros(bid), prevPrice24h: trimZeros(bid), price24hPcnt: '0', highPrice24h: trimZeros(ask), lowPrice24h: trimZeros(bid), turnover24h: '100000', volume24h: '100000', usdIndexPrice: '' };
}

/** Those of them that a request of `category` for `symbol` (all when null) asks for. */
function bitcoinAsked(category: Category, symbol: string | null): readonly (keyof typeof BITCOIN)[] {
  return category === 'spot' ? Object.keys(BITCOIN).filter(isBitcoin).filter((each) => symbol === null || each === symbol) : [];
}

function answer(world: World, method: string, url: string): HttpResponse {
  const { path, query } = route(url);
  const envelope = (result: unknown, code: number = 0, message: string = 'OK'): HttpResponse => json({ retCode: code, retMsg: message, result, retExtInfo: {}, time: world.now() });
  if (method !== 'GET') return json({}, 404);
  if (path === '/v5/market/time') return envelope({ timeSecond: String(Math.floor(world.now() / 1000)), timeNano: `${world.now()}000000` });
  const category = query.get('category');
  if (!path.startsWith('/v5/market/')) return json({}, 404);
  if (category !== 'spot' && category !== 'linear') return envelope({}, 10001, 'params error: Category is invalid');
  const symbol = query.get('symbol');
  const state = symbol === null ? undefined : world.market('bybit', category, symbol);
  const all = world.markets().filter(({ spec }) => spec.venue === 'bybit' && spec.marketType === category && (symbol === null || spec.symbol === symbol));
  const between = currencyMarkets(world, 'bybit').filter((each) => category === 'spot' && (symbol === null || each.symbol === symbol));
  switch (path.slice('/v5/market/'.length)) {
    case 'instruments-info': return envelope({ category, list: [...instruments(all, category, symbol), ...between.map((each) => spotInstrument(each.symbol, each.base, each.quote, each.tick, '0.0001'))], nextPageCursor: '' });
    case 'tickers': {
      const list = [...all.map((each) => ({ ...tickerFields(each, category), ...quoteFields(each, category) })), ...bitcoinAsked(category, symbol).map((each) => bitcoinFields(world, each)), ...between.map(currencyFields)];
      return symbol !== null && list.length === 0 ? envelope({}, 10001, 'Not supported symbols') : envelope({ category, list });
    }
    case 'orderbook': {
      const depth = wholeNumber(query.get('limit'), category === 'spot' ? 1 : 25, 1, 1000);
      if (state === undefined || depth === undefined) return envelope({}, 10001, 'params error: symbol invalid');
      return envelope({ s: symbol, a: pairs(state, category, state.book.asks.slice(0, depth)), b: pairs(state, category, state.book.bids.slice(0, depth)), ts: state.time, u: u(state), seq: seq(state), cts: state.time });
    }
    case 'open-interest': {
      if (state === undefined || category !== 'linear') return envelope({}, 10001, 'params error: symbol invalid');
      return envelope({ symbol, category, list: [{ openInterest: printLots(state.spec, state.openInterestLots), timestamp: String(state.time) }], nextPageCursor: '' });
    }
    default: return json({}, 404);
  }
}

function instruments(all: readonly MarketState[], category: Category, symbol: string | null): readonly unknown[] {
  const btc = bitcoinAsked(category, symbol).map((each) => spotInstrument(each, 'BTC', BITCOIN[each], '0.01', '0.000001'));
  return [...btc, ...all.map(({ spec }) => {
    const tick = spec.tick.toFixed(decimalsOf(spec.tick));
    const lot = spec.lot.toFixed(decimalsOf(spec.lot));
    if (category === 'spot') return spotInstrument(spec.symbol, spec.base, spec.quote, tick, lot);
    return {
      symbol: spec.symbol, contractType: 'LinearPerpetual', status: 'Trading', baseCoin: spec.base, quoteCoin: spec.quote, launchTime: '1667200000000', deliveryTime: '0', deliveryFeeRate: '', priceScale: String(decimalsOf(spec.tick)),
      leverageFilter: { minLeverage: '1', maxLeverage: spec.maxLeverage.toFixed(2), leverageStep: '0.01' }, priceFilter: { minPrice: tick, maxPrice: '1999.9998', tickSize: tick },
      lotSizeFilter: { maxOrderQty: '350000', minOrderQty: lot, qtyStep: lot, postOnlyMaxOrderQty: '350000', maxMktOrderQty: '70000', minNotionalValue: '5' },
      unifiedMarginTrade: true, fundingInterval: FUNDING_HOURS * 60, settleCoin: spec.quote, copyTrading: 'none', upperFundingRate: '0.005', lowerFundingRate: '-0.005', isPreListing: false, preListingInfo: null,
    };
  })];
}

function spotInstrument(symbol: string, base: string, quote: string, tick: string, lot: string): unknown {
  return { symbol, baseCoin: base, quoteCoin: quote, innovation: '0', status: 'Trading', marginTrading: 'utaOnly', stTag: '0', lotSizeFilter: { basePrecision: lot, quotePrecision: '0.0000001', minOrderQty: lot, maxOrderQty: '400000', minOrderAmt: '5', maxOrderAmt: '8000000' }, priceFilter: { tickSize: tick }, riskParameters: { priceLimitRatioX: '0.05', priceLimitRatioY: '0.05' } };
}
