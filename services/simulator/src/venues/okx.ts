import type { HttpResponse } from '@breakwater/platform/network';
import type { Endpoint, EndpointPeer } from '../endpoint.ts';
import { defined } from '@breakwater/models/core';
import type { Level, MarketState } from '../world/market.ts';
import type { CurrencyMarket } from '../world/currency-markets.ts';
import { currencyMarkets } from '../world/currency-markets.ts';
import { decimalsOf, printLots, printTicks, trimZeros } from '../world/market.ts';
import type { World } from '../world/world.ts';
import { bookChange, createFrameMemo, json, nextFunding, parseObject, route, wholeNumber } from './reply.ts';

const FIRST_SEQ = 200_000_000;
const FUNDING_MS = 8 * 3_600_000;
/** Levels a side of the `books` channel. */
const BOOKS_DEPTH = 400;
/** What the venue says with code 51001. */
const UNKNOWN_INSTRUMENT = "Instrument ID, Instrument ID code, or Spread ID doesn't exist.";
const INDICES = ['USDT-USD', 'USDC-USD', 'BTC-USDT', 'BTC-USD', 'ETH-USD'] as const;

/**
 * OKX v5: REST under `/api/v5`, the public socket on `/ws/v5/public`. Books carry `seqId` and `prevSeqId` (-1 marks a snapshot) and a checksum
 * that is always 0, as in production since 2026-06-23. Subscribing again sends a fresh snapshot. During a `Silence` of the scenario the books
 * channel acknowledges and sends nothing; its next frame is a snapshot.
 * Formats: https://www.okx.com/docs-v5/en, read 2026-11.
 */
export function createOkxEndpoint(world: World): Endpoint {
  const memo = createFrameMemo(world);
  const sessions = new Set<OkxSession>();
  let opened = 0;
  world.onStep(() => {
    for (const session of [...sessions]) pushStep(world, session, memo);
  });
  return {
    request: ({ method, url }) => answer(world, method, url),
    accept: (path, peer) => {
      if (route(path).path !== '/ws/v5/public') {
        peer.close(4404, 'unknown path');
        return { onFrame: () => undefined, onClose: () => undefined };
      }
      const session: OkxSession = { peer, channels: new Map(), connection: `sim${++opened}` };
      sessions.add(session);
      return { onFrame: (text) => control(world, session, text), onClose: () => void sessions.delete(session) };
    },
  };
}

interface Arg {
  readonly channel: string;
  readonly instId?: string;
  readonly instType?: string;
}

interface OkxSession {
  readonly peer: EndpointPeer;
  /** By the printed argument. `stale` books get a snapshot next. */
  readonly channels: Map<string, { readonly arg: Arg; stale: boolean }>;
  readonly connection: string;
}

function control(world: World, session: OkxSession, text: string): void {
  if (text === 'ping') { session.peer.send('pong'); return; }
  const send = (value: object): void => session.peer.send(JSON.stringify({ ...value, connId: session.connection }));
  const request = parseObject(text);
  const args: unknown = request?.['args'];
  const op = request?.['op'];
  if ((op !== 'subscribe' && op !== 'unsubscribe') || !Array.isArray(args)) { send({ event: 'error', code: '60012', msg: `Invalid request: ${text}` }); return; }
  for (const item of args) {
    const arg = asArg(item);
    if (arg === undefined || !exists(world, arg)) {
      send({ event: 'error', code: '60018', msg: `Wrong URL or channel:${arg?.channel ?? ''},instId:${arg?.instId ?? ''} doesn't exist. Please use the correct URL, channel and parameters referring to API document.` });
      continue;
    }
    const key = JSON.stringify(arg);
    if (op === 'unsubscribe') {
      session.channels.delete(key);
      send({ event: 'unsubscribe', arg });
      continue;
    }
    send({ event: 'subscribe', arg });
    const silent = isSilent(world, arg);
    session.channels.set(key, { arg, stale: silent });
    if (!silent) for (const frame of frames(world, arg, true)) session.peer.send(frame);
  }
}

function asArg(value: unknown): Arg | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { channel, instId, instType } = value as Readonly<Record<string, unknown>>;
  if (typeof channel !== 'string') return undefined;
  return { channel, ...(typeof instType === 'string' ? { instType } : {}), ...(typeof instId === 'string' ? { instId } : {}) };
}

const SWAP_CHANNELS = new Set(['mark-price', 'funding-rate', 'open-interest']);
const MARKET_CHANNELS = new Set(['books', 'books5', 'bbo-tbt', 'trades', 'tickers']);

function exists(world: World, arg: Arg): boolean {
  if (arg.channel === 'liquidation-orders') return arg.instType === 'SWAP';
  if (arg.channel === 'index-tickers') return indexPrice(world, arg.instId ?? '') !== undefined;
  const state = find(world, arg.instId ?? '');
  if (state === undefined) return false;
  return MARKET_CHANNELS.has(arg.channel) || (SWAP_CHANNELS.has(arg.channel) && state.spec.marketType === 'swap');
}

function find(world: World, instId: string): MarketState | undefined {
  return world.market('okx', instId.endsWith('-SWAP') ? 'swap' : 'spot', instId);
}

function isSilent(world: World, arg: Arg): boolean {
  return arg.channel.startsWith('books') && world.scenario.silences.some(({ from, until }) => world.now() >= from && world.now() < until);
}

function pushStep(world: World, session: OkxSession, memo: ReturnType<typeof createFrameMemo>): void {
  for (const [key, channel] of session.channels) {
    if (isSilent(world, channel.arg)) {
      channel.stale = true;
      continue;
    }
    const snapshot = channel.stale;
    channel.stale = false;
    for (const frame of memo(`${key}${String(snapshot)}`, () => frames(world, channel.arg, snapshot))) session.peer.send(frame);
  }
}

/** What a channel sends for the present step; `snapshot` is its first push. */
function frames(world: World, arg: Arg, snapshot: boolean): readonly string[] {
  if (arg.channel === 'liquidation-orders') return snapshot ? [] : liquidations(world, arg);
  const wrap = (data: unknown): readonly string[] => [JSON.stringify({ arg, data: [data] })];
  if (arg.channel === 'index-tickers') return wrap(indexTicker(world, arg.instId ?? ''));
  const state = find(world, arg.instId ?? '');
  if (state === undefined) return [];
  switch (arg.channel) {
    case 'books': return [JSON.stringify({ arg, action: snapshot ? 'snapshot' : 'update', data: [bookData(state, snapshot)] })];
    case 'books5': return wrap(top(state, 5));
    case 'bbo-tbt': return wrap(top(state, 1));
    case 'trades': return snapshot ? [] : state.trades.map((trade) => JSON.stringify({ arg, data: [{ instId: state.spec.symbol, tradeId: String(trade.id), px: px(state, trade.ticks), sz: sz(state, trade.lots), side: trade.side, ts: String(state.time), count: '1', source: '0', seqId: seqId(state) }] }));
    case 'tickers': return wrap(ticker(state));
    case 'mark-price': return wrap(markPrice(state));
    case 'funding-rate': return wrap(funding(state));
    case 'open-interest': return wrap(openInterest(state));
    default: return [];
  }
}

const seqId = (state: MarketState): number => FIRST_SEQ + state.step * 7;
const px = (state: MarketState, ticks: number): string => trimZeros(printTicks(state.spec, ticks));
const sz = (state: MarketState, lots: number): string => trimZeros(printLots(state.spec, lots));

/** Price, quantity, a deprecated "0", and the number of orders. */
function rows(state: MarketState, levels: readonly Level[]): readonly (readonly string[])[] {
  return levels.map(([ticks, lots]) => [px(state, ticks), sz(state, lots), '0', lots === 0 ? '0' : String(1 + (lots % 9))]);
}

function bookData(state: MarketState, snapshot: boolean): unknown {
  const levels = snapshot ? { bids: state.book.bids.slice(0, BOOKS_DEPTH), asks: state.book.asks.slice(0, BOOKS_DEPTH) } : bookChange(state, BOOKS_DEPTH);
  return { asks: rows(state, levels.asks), bids: rows(state, levels.bids), ts: String(state.time), checksum: 0, prevSeqId: snapshot ? -1 : FIRST_SEQ + (state.step - 1) * 7, seqId: seqId(state) };
}

function top(state: MarketState, depth: number): unknown {
  return { asks: rows(state, state.book.asks.slice(0, depth)), bids: rows(state, state.book.bids.slice(0, depth)), instId: state.spec.symbol, ts: String(state.time), seqId: seqId(state) };
}

const instType = (state: MarketState): string => (state.spec.marketType === 'swap' ? 'SWAP' : 'SPOT');

function ticker(state: MarketState): unknown {
  const [bid, bidLots] = defined(state.book.bids[0], 'best bid');
  const [ask, askLots] = defined(state.book.asks[0], 'best ask');
  const text = (value: number): string => trimZeros(value.toFixed(decimalsOf(state.spec.tick)));
  const { open, high, low, volume } = state.day;
  return { instType: instType(state), instId: state.spec.symbol, last: px(state, state.lastTicks), lastSz: sz(state, state.trades.at(-1)?.lots ?? 1), askPx: px(state, ask), askSz: sz(state, askLots), bidPx: px(state, bid), bidSz: sz(state, bidLots), open24h: text(open), high24h: text(high), low24h: text(low), sodUtc0: text(open), sodUtc8: text(open), volCcy24h: volume.toFixed(2), vol24h: (volume / state.spec.contractSize).toFixed(2), ts: String(state.time) };
}

function markPrice(state: MarketState): unknown {
  return { instId: state.spec.symbol, instType: instType(state), markPx: trimZeros(state.mark.toFixed(decimalsOf(state.spec.tick))), ts: String(state.time) };
}

function funding(state: MarketState): unknown {
  const at = nextFunding(state.time, FUNDING_MS);
  const rate = trimZeros(state.fundingRate.toFixed(10));
  return { formulaType: 'withRate', fundingRate: rate, fundingTime: String(at), impactValue: '', instId: state.spec.symbol, instType: 'SWAP', interestRate: '0.0001', maxFundingRate: '0.015', method: 'current_period', minFundingRate: '-0.015', nextFundingRate: '', nextFundingTime: String(at + FUNDING_MS), premium: trimZeros((state.mark / state.index - 1).toFixed(10)), settFundingRate: rate, settState: 'settled', ts: String(state.time) };
}

/** `oi` counts contracts, `oiCcy` coins, `oiUsd` dollars. */
function openInterest(state: MarketState): unknown {
  const contracts = state.openInterestLots * state.spec.lot;
  const coins = contracts * state.spec.contractSize;
  return { instId: state.spec.symbol, instType: 'SWAP', oi: sz(state, state.openInterestLots), oiCcy: trimZeros(coins.toFixed(4)), oiUsd: (coins * state.mark).toFixed(2), ts: String(state.time) };
}

/** At most one forced order a second and contract is published. `bkPx` is the bankruptcy price. */
function liquidations(world: World, arg: Arg): readonly string[] {
  return world.markets().filter(({ spec }) => spec.venue === 'okx' && spec.marketType === 'swap').flatMap((state) => {
    const last = state.liquidations.at(-1);
    if (last === undefined) return [];
    const details = [{ bkLoss: '0', bkPx: px(state, last.ticks), ccy: '', posSide: last.side === 'sell' ? 'long' : 'short', side: last.side, sz: sz(state, last.lots), ts: String(state.time) }];
    const family = state.spec.symbol.replace(/-SWAP$/, '');
    return [JSON.stringify({ arg, data: [{ details, instFamily: family, instId: state.spec.symbol, instType: 'SWAP', uly: family }] })];
  });
}

function indexPrice(world: World, instId: string): number | undefined {
  const { usdtUsd, usdcUsd, btcUsd, price } = world.conditions();
  switch (instId) {
    case 'USDT-USD': return usdtUsd;
    case 'USDC-USD': return usdcUsd;
    case 'BTC-USD': return btcUsd;
    // A fixed ratio: no simulated market is quoted in ether, the channel only has to exist.
    case 'ETH-USD': return btcUsd / 30;
    case 'BTC-USDT': return btcUsd / usdtUsd;
    case `${world.scenario.config.asset}-USDT`: return price;
    default: return undefined;
  }
}

function indexTicker(world: World, instId: string): unknown {
  const value = indexPrice(world, instId);
  const text = trimZeros((value ?? 0).toFixed(instId.startsWith('BTC') ? 1 : 5));
  return { instId, idxPx: text, high24h: text, low24h: text, open24h: text, sodUtc0: text, sodUtc8: text, ts: String(world.now()) };
}

function answer(world: World, method: string, url: string): HttpResponse {
  const { path, query } = route(url);
  const data = (list: readonly unknown[]): HttpResponse => json({ code: '0', msg: '', data: list });
  const fail = (code: string, msg: string): HttpResponse => json({ code, msg, data: [] });
  if (method !== 'GET') return json({ code: '404', msg: 'Not Found', data: [] }, 404);
  if (path === '/api/v5/public/time') return data([{ ts: String(world.now()) }]);
  const instId = query.get('instId');
  const type = query.get('instType');
  const listed = world.markets().filter((state) => state.spec.venue === 'okx' && (type === null || instType(state) === type) && (instId === null || state.spec.symbol === instId));
  const between = currencyMarkets(world, 'okx').filter(({ symbol }) => type === 'SPOT' && (instId === null || symbol === instId));
  const swaps = listed.filter(({ spec }) => spec.marketType === 'swap');
  switch (path) {
    case '/api/v5/public/instruments': return type === null ? fail('50014', 'Parameter instType can not be empty') : instId !== null && listed.length + between.length === 0 ? fail('51001', UNKNOWN_INSTRUMENT) : data([...listed.map(instrument), ...between.map(currencyInstrument)]);
    case '/api/v5/market/books': case '/api/v5/market/books-full': {
      const full = path.endsWith('-full');
      const depth = wholeNumber(query.get('sz'), 1, 1, full ? 5000 : 400);
      const state = find(world, instId ?? '');
      if (state === undefined) return fail('51001', UNKNOWN_INSTRUMENT);
      if (depth === undefined) return fail('51000', 'Parameter sz error');
      // The full book has three columns: price, quantity, number of orders.
      const columns = (levels: readonly Level[]): readonly (readonly string[])[] => rows(state, levels.slice(0, depth)).map((row) => (full ? row.filter((_, i) => i !== 2) : row));
      return data([{ asks: columns(state.book.asks), bids: columns(state.book.bids), ts: String(state.time), ...(full ? {} : { seqId: seqId(state) }) }]);
    }
    case '/api/v5/market/ticker': {
      if (instId === null) return fail('50014', 'Parameter instId can not be empty');
      const between = currencyMarkets(world, 'okx').find(({ symbol }) => symbol === instId);
      const state = find(world, instId);
      if (between !== undefined) return data([currencyTicker(world, between)]);
      return state === undefined ? fail('51001', UNKNOWN_INSTRUMENT) : data([ticker(state)]);
    }
    case '/api/v5/market/tickers': return type === null ? fail('50014', 'Parameter instType can not be empty') : data([...listed.map(ticker), ...between.map((each) => currencyTicker(world, each))]);
    case '/api/v5/public/open-interest': return data(swaps.map(openInterest));
    case '/api/v5/public/mark-price': return data(swaps.map(markPrice));
    case '/api/v5/public/funding-rate': return data(swaps.map(funding));
    case '/api/v5/market/index-tickers': {
      const names = instId === null ? [...INDICES, `${world.scenario.config.asset}-USDT`].filter((name) => name.endsWith(`-${query.get('quoteCcy') ?? ''}`)) : [instId];
      const known = names.filter((name) => indexPrice(world, name) !== undefined);
      return known.length === 0 ? fail('51001', UNKNOWN_INSTRUMENT) : data(known.map((name) => indexTicker(world, name)));
    }
    default: return json({ code: '404', msg: 'Not Found', data: [] }, 404);
  }
}

function instrument({ spec }: MarketState): unknown {
  const swap = spec.marketType === 'swap';
  const number = (value: number): string => value.toFixed(decimalsOf(value));
  return {
    alias: '', baseCcy: swap ? '' : spec.base, category: '1', ctMult: swap ? '1' : '', ctType: swap ? 'linear' : '', ctVal: swap ? number(spec.contractSize) : '', ctValCcy: swap ? spec.base : '', expTime: '', instFamily: swap ? spec.symbol.replace(/-SWAP$/, '') : '',
    instId: spec.symbol, instType: swap ? 'SWAP' : 'SPOT', lever: String(spec.maxLeverage), listTime: '1597026383085', lotSz: number(spec.lot), maxLmtSz: '100000000', maxMktSz: '1000000', minSz: number(spec.lot), optType: '', quoteCcy: swap ? '' : spec.quote, ruleType: 'normal', settleCcy: swap ? spec.quote : '', state: 'live', stk: '', tickSz: number(spec.tick), uly: swap ? spec.symbol.replace(/-SWAP$/, '') : '',
  };
}

function currencyTicker(world: World, { symbol, bid, ask }: CurrencyMarket): unknown {
  const [bidPx, askPx] = [trimZeros(bid), trimZeros(ask)];
  return { instType: 'SPOT', instId: symbol, last: bidPx, lastSz: '10', askPx, askSz: '1000', bidPx, bidSz: '1000', open24h: bidPx, high24h: bidPx, low24h: bidPx, sodUtc0: bidPx, sodUtc8: bidPx, volCcy24h: '100000', vol24h: '100000', ts: String(world.now()) };
}

function currencyInstrument({ symbol, base, quote, tick }: CurrencyMarket): unknown {
  return {
    alias: '', baseCcy: base, category: '1', ctMult: '', ctType: '', ctVal: '', ctValCcy: '', expTime: '', instFamily: '', instId: symbol, instType: 'SPOT', lever: '', listTime: '1597026383085', lotSz: '0.0001', maxLmtSz: '100000000',
    maxMktSz: '1000000', minSz: '1', optType: '', quoteCcy: quote, ruleType: 'normal', settleCcy: '', state: 'live', stk: '', tickSz: tick, uly: '',
  };
}
