import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import type { BookEvent, ParsedFrame } from '../../venue.ts';
import { bybitInverse, bybitLinear, bybitSpot } from './feed.ts';
import { nextBybitPage, parseBybitInstruments } from './instruments.ts';
import { parseBybitDepth, parseBybitFrame } from './map.ts';
import { createBybitSync } from './sync.ts';

// Frames written for these tests from the documented formats.
const T = 1_786_310_400_000;
const parse = (frame: unknown): ParsedFrame => parseBybitFrame(JSON.stringify(frame));
const ticker = (data: Record<string, unknown>, type = 'delta'): ParsedFrame => parse({ topic: 'tickers.OMUSDT', type, data: { symbol: 'OMUSDT', ...data }, cs: 1, ts: T });

describe('Bybit frames', () => {
  it('reads books, snapshot and change', () => {
    expect(parse({ topic: 'orderbook.1000.OMUSDT', type: 'delta', ts: T, data: { s: 'OMUSDT', b: [['6.10', '0']], a: [['6.2', '5']], u: 7, seq: 9 }, cts: T - 5 })).toEqual({
      kind: 'events', events: [{ kind: 'book', symbol: 'OMUSDT', eventTime: T, origin: 'live', snapshot: false, bids: [6.1, 0], asks: [6.2, 5], last: 7 }],
    });
    // `u` = 1 is a snapshot after a restart of the service, whatever the type says.
    expect(parse({ topic: 'orderbook.50.OMUSDT', type: 'delta', ts: T, data: { s: 'OMUSDT', b: [], a: [], u: 1 } })).toMatchObject({ events: [{ snapshot: true }] });
  });

  it('keeps absent and zero apart in tickers, and takes the open interest of one side', () => {
    expect(ticker({ openInterest: '200', singleOpenInterest: '100', fundingRate: '-0.0001', nextFundingTime: String(T), markPrice: '6.15' })).toMatchObject({
      events: [{ kind: 'ticker', openInterest: 100, printedOpenInterest: 200, fundingRate: -0.0001, fundingTime: T, mark: 6.15 }],
    });
    // Without the field of one side the only figure is taken as it stands.
    expect(ticker({ openInterest: '200' })).toEqual({ kind: 'events', events: [{ kind: 'ticker', symbol: 'OMUSDT', eventTime: T, openInterest: 200 }] });
    expect(ticker({ openInterest: 'x', singleOpenInterest: '100' })).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
    expect(ticker({ openInterest: '0', fundingRate: '0' })).toMatchObject({ events: [{ openInterest: 0, fundingRate: 0 }] });
    expect(ticker({ bid1Price: '6.1', bid1Size: '1' })).toEqual({ kind: 'ignored', channel: 'tickers.quotes' });
    expect(ticker({ markPrice: '0' })).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
    // Dated futures: nothing to fund.
    expect(ticker({ lastPrice: '6', fundingRate: '', nextFundingTime: '0' })).toEqual({ kind: 'events', events: [{ kind: 'ticker', symbol: 'OMUSDT', eventTime: T, last: 6 }] });
  });

  it('reads the rate of a stablecoin from the dollar index beside the last price', () => {
    const frame = parse({ topic: 'tickers.BTCUSDT', ts: T, type: 'snapshot', cs: 1, data: { symbol: 'BTCUSDT', lastPrice: '50000', usdIndexPrice: '49950' } });
    // 49,950 dollars for what costs 50,000 USDT: 0.999 dollars each.
    expect(frame).toMatchObject({ events: [{ kind: 'ticker', last: 50_000 }, { kind: 'rate', currency: 'USDT', usd: 0.999 }] });
    expect(parse({ topic: 'tickers.ETHUSDT', ts: T, type: 'snapshot', data: { symbol: 'ETHUSDT', lastPrice: '2000', usdIndexPrice: '1999' } })).toMatchObject({ events: [{ kind: 'ticker' }] });
  });

  it('turns the side of a liquidated position into the side of its order', () => {
    const frame = (S: string): unknown => ({ topic: 'allLiquidation.OMUSDT', type: 'snapshot', ts: T, data: [{ T: T - 3, s: 'OMUSDT', S, v: '10', p: '5.5' }] });
    // A long position was liquidated: it is sold.
    expect(parse(frame('Buy'))).toEqual({ kind: 'events', events: [{ kind: 'liquidation', symbol: 'OMUSDT', eventTime: T - 3, price: 5.5, qty: 10, side: 'sell', disclosure: 'complete' }] });
    expect(parse(frame('Sell'))).toMatchObject({ events: [{ side: 'buy' }] });
    expect(parse({ topic: 'liquidation.OMUSDT', type: 'snapshot', ts: T, data: { updatedTime: T, symbol: 'OMUSDT', side: 'Buy', size: '1', price: '5' } })).toMatchObject({ events: [{ side: 'sell', disclosure: 'sampled' }] });
  });

  it('tells control, uncarried, legacy and garbage apart', () => {
    expect(parse({ success: true, ret_msg: '', conn_id: 'x', op: 'subscribe' })).toEqual({ kind: 'control', control: 'acknowledgement' });
    expect(parse({ success: false, ret_msg: 'error:handler not found', conn_id: 'x', op: 'subscribe' })).toMatchObject({ control: 'refused', detail: 'error:handler not found' });
    // A message that is no text, and would throw if it were made one.
    expect(parse({ success: false, ret_msg: { toString: 1 }, op: 'subscribe' })).toMatchObject({ control: 'refused', detail: '{"toString":1}' });
    expect(parse({ success: false, op: 'subscribe' })).toMatchObject({ control: 'refused', detail: '' });
    expect(parse({ success: true, ret_msg: 'pong', conn_id: 'x', op: 'ping' })).toEqual({ kind: 'control', control: 'pong' });
    expect(parse({ topic: 'kline.1.OMUSDT', type: 'snapshot', ts: T, data: [] })).toEqual({ kind: 'ignored', channel: 'kline' });
    expect(parse({ topic: 'orderBookL2_25.BTCUSD', type: 'delta', data: {} })).toMatchObject({ reason: 'legacy-format' });
    for (const topic of ['kline.BTCUSD.1m', 'kline_1.BTCUSDT', 'orderbook.40.BTCUSDT']) expect(parse({ topic, type: 'delta', data: {} })).toMatchObject({ reason: 'legacy-format' });
    expect(parse({ topic: 'kline.1.BTCUSDT', ts: T, type: 'snapshot', data: [] })).toEqual({ kind: 'ignored', channel: 'kline' });
    expect(parse({ topic: 'nonsense.X', data: {} })).toMatchObject({ reason: 'unknown-shape' });
    expect(parse([1])).toMatchObject({ reason: 'unknown-shape' });
    expect(parseBybitFrame('{')).toMatchObject({ reason: 'not-json' });
    expect(parse({ topic: 'publicTrade.OMUSDT', ts: T, data: [{ T, s: 'OMUSDT', S: 'Buy', v: '1', p: '0', i: 'a' }] })).toMatchObject({ reason: 'bad-number' });
    expect(parse({ topic: 'publicTrade.OMUSDT', ts: T, data: [{ T: 5, s: 'OMUSDT', S: 'Buy', v: '1', p: '2', i: 'a' }] })).toMatchObject({ reason: 'bad-time' });
  });

  it('reads the REST book as a deep snapshot', () => {
    expect(parseBybitDepth(JSON.stringify({ retCode: 0, result: { s: 'OMUSDT', b: [['6', '1']], a: [], ts: T, u: 3 } }))).toMatchObject({ events: [{ origin: 'deep', snapshot: true, bids: [6, 1] }] });
    expect(parseBybitDepth('{"retCode":{"toString":1},"result":{}}')).toMatchObject({ kind: 'rejected', reason: 'unknown-shape' });
    expect(parseBybitDepth(JSON.stringify({ retCode: 10001, retMsg: 'params error', result: {} }))).toMatchObject({ kind: 'rejected' });
  });
});

describe('Bybit instruments', () => {
  const entry = { symbol: 'OMUSDT', contractType: 'LinearPerpetual', status: 'Trading', baseCoin: 'OM', quoteCoin: 'USDT', settleCoin: 'USDT', leverageFilter: { maxLeverage: '50.00' }, priceFilter: { tickSize: '0.0001' }, lotSizeFilter: { qtyStep: '0.1' } };
  const page = (category: string, list: unknown[], nextPageCursor = ''): string => JSON.stringify({ retCode: 0, result: { category, list, nextPageCursor } });

  it('reads perpetuals, dated futures and spot', () => {
    const parsed = parseBybitInstruments(page('linear', [entry, { ...entry, symbol: 'OMUSDT-26DEC26', contractType: 'LinearFutures', status: 'PreLaunch' }, { symbol: 'broken' }]));
    expect(parsed).toMatchObject({ ok: true, value: [{ symbol: 'OMUSDT', marketKind: 'linear', tickSize: 0.0001, lotSize: 0.1, maxLeverage: 50, trading: true, dated: false }, { symbol: 'OMUSDT-26DEC26', trading: false, dated: true }] });
    expect(parsed.ok && parsed.value).toHaveLength(2);
    expect(parseBybitInstruments(page('spot', [{ symbol: 'OMUSDT', status: 'Trading', baseCoin: 'OM', quoteCoin: 'USDT', priceFilter: { tickSize: '0.001' }, lotSizeFilter: { basePrecision: '0.01' } }]))).toMatchObject({ value: [{ marketKind: 'spot', settle: 'USDT', lotSize: 0.01 }] });
    const inverse = { ...entry, symbol: 'BTCUSD', contractType: 'InversePerpetual', baseCoin: 'BTC', quoteCoin: 'USD', settleCoin: 'BTC', priceFilter: { tickSize: '0.10' }, lotSizeFilter: { qtyStep: '1' } };
    expect(parseBybitInstruments(page('inverse', [inverse, { ...inverse, symbol: 'BTCUSDZ26', contractType: 'InverseFutures' }]))).toMatchObject({ value: [
      { symbol: 'BTCUSD', marketKind: 'inverse', base: 'BTC', quote: 'USD', settle: 'BTC', tickSize: 0.1, lotSize: 1, contractSize: 1, dated: false }, { symbol: 'BTCUSDZ26', marketKind: 'inverse', dated: true },
    ] });
    const types = parseBybitInstruments(page('linear', ['', 'innovation', 'stock', 'Commodity', undefined].map((symbolType) => ({ ...entry, symbolType }))));
    expect(types.ok ? types.value.map((i) => i.freelyNamed) : []).toEqual([undefined, undefined, true, true, undefined]);
    expect(parseBybitInstruments('{}').ok).toBe(false);
  });

  it('follows pages by cursor', () => {
    const url = 'https://api.bybit.com/v5/market/instruments-info?category=linear&limit=1000';
    expect(nextBybitPage(page('linear', [], 'a=b&c'), url)).toBe(`${url}&cursor=a%3Db%26c`);
    expect(nextBybitPage(page('linear', [], 'x'), `${url}&cursor=a`)).toBe(`${url}&cursor=x`);
    expect(nextBybitPage(page('linear', []), url)).toBeUndefined();
  });
});

describe('Bybit book rule', () => {
  const event = (last: number, snapshot = false): BookEvent => ({ kind: 'book', symbol: 'OMUSDT', eventTime: epochMs(T), origin: 'live', snapshot, bids: [], asks: [], last });

  it('applies changes that follow one another, drops repeats, breaks once on a gap and waits for a snapshot', () => {
    const sync = createBybitSync();
    expect(sync.next(event(5))).toEqual({ kind: 'break', reason: 'no-snapshot' });
    expect(sync.next(event(6))).toEqual({ kind: 'hold' });
    expect(sync.next(event(10, true)).kind).toBe('apply');
    expect(sync.next(event(11)).kind).toBe('apply');
    expect(sync.next(event(11))).toEqual({ kind: 'drop', reason: 'duplicate' });
    expect(sync.next(event(9))).toEqual({ kind: 'drop', reason: 'old' });
    expect(sync.next(event(13))).toEqual({ kind: 'break', reason: 'sequence-gap' });
    expect(sync.synced()).toBe(false);
    expect(sync.next(event(14))).toEqual({ kind: 'hold' });
    // A restart of the service counts from 1 again.
    expect(sync.next(event(1, true)).kind).toBe('apply');
    expect(sync.next(event(2)).kind).toBe('apply');
  });
});

describe('Bybit plan', () => {
  const options = { endpoints: { rest: 'http://r', ws: { spot: 'ws://s', linear: 'ws://l', inverse: 'ws://i' } }, rates: true, deepEveryMs: 15_000, pollEveryMs: 10_000 };
  const instruments = Array.from({ length: 60 }, (_, i) => ({ symbol: `A${i}USDT` })) as unknown as Parameters<typeof bybitSpot.plan>[0];

  it('stays within ten arguments a request and spreads symbols over sockets', () => {
    const plan = bybitSpot.plan(instruments, options);
    expect(plan.sockets).toHaveLength(2);
    for (const frame of plan.sockets.flatMap((s) => s.subscribe)) expect((JSON.parse(frame) as { args: string[] }).args.length).toBeLessThanOrEqual(10);
    expect(plan.sockets[0]?.subscribe.join()).toContain('tickers.BTCUSDT');
    expect(plan.sockets[0]?.channels.filter((c) => c.channel === 'rates')).toHaveLength(2);
    expect(plan.resync('A55USDT')).toMatchObject({ kind: 'resubscribe', socket: 'spot-1' });
  });

  it('asks for the same of inverse contracts as of linear ones, on their own socket, and for no rates', () => {
    const [linear, inverse] = [bybitLinear, bybitInverse].map((venue) => venue.plan(instruments.slice(0, 1), options));
    const args = (plan: typeof linear) => plan?.sockets.flatMap((s) => s.subscribe).flatMap((frame) => (JSON.parse(frame) as { args: string[] }).args);
    expect(args(inverse)).toEqual(['orderbook.1000.A0USDT', 'publicTrade.A0USDT', 'tickers.A0USDT', 'allLiquidation.A0USDT']);
    expect(args(inverse)).toEqual(args(linear));
    expect(inverse?.sockets.map((s) => [s.name, s.url])).toEqual([['inverse-0', 'ws://i']]);
    expect(inverse?.polls.map((p) => p.request.url)).toEqual(['http://r/v5/market/orderbook?category=inverse&symbol=A0USDT&limit=1000']);
    // Their tickers are deltas too: what one leaves out stands.
    expect([bybitSpot, bybitLinear, bybitInverse].map((v) => v.tickersAreDeltas)).toEqual([false, true, true]);
    expect(bybitInverse.parseFrame(JSON.stringify({ topic: 'tickers.BTCUSD', type: 'snapshot', ts: T, cs: 1, data: { symbol: 'BTCUSD', lastPrice: '60000', markPrice: '60001', indexPrice: '60002', openInterest: '850000000', openInterestValue: '14166.6', singleOpenInterest: '425000000', fundingRate: '0.0001', nextFundingTime: String(T) } }), epochMs(T)))
      .toMatchObject({ events: [{ kind: 'ticker', last: 60_000, mark: 60_001, index: 60_002, openInterest: 425_000_000, fundingRate: 0.0001 }] });
  });

  it('tells its own addresses from the other market type\'s', () => {
    expect(bybitSpot.owns('wss://stream.bybit.com/v5/public/spot')).toBe(true);
    expect(bybitLinear.owns('wss://stream.bybit.com/v5/public/spot')).toBe(false);
    expect(bybitLinear.owns('https://api.bybit.com/v5/market/instruments-info?&category=linear&status=Trading&limit=1000')).toBe(true);
    expect(bybitLinear.owns('wss://stream.binance.com/public/linear')).toBe(false);
    for (const url of ['wss://stream.bybit.com/v5/public/inverse', 'https://api.bybit.com/v5/market/orderbook?category=inverse&symbol=BTCUSD']) expect([bybitSpot, bybitLinear, bybitInverse].map((v) => v.owns(url))).toEqual([false, false, true]);
  });
});
