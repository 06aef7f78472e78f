import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { okxFutures, okxSpot, okxSwap } from './feed.ts';
import { okxMarketOf } from './instruments.ts';
import { parseOkxDepth } from './map.ts';

const now = epochMs(1_800_000_000_000);
const ts = '1799999999990';
const T = Number(ts);
const spot = (value: unknown) => okxSpot.parseFrame(typeof value === 'string' ? value : JSON.stringify(value), now);
const swap = (value: unknown) => okxSwap.parseFrame(typeof value === 'string' ? value : JSON.stringify(value), now);
const futures = (value: unknown) => okxFutures.parseFrame(JSON.stringify(value), now);
const push = (channel: string, instId: string, row: object, extra: object = {}) => ({ arg: { channel, instId }, ...extra, data: [{ instId, ...row }] });

describe('OKX book frames', () => {
  const row = { asks: [['41006.8', '0.60038921', '0', '1']], bids: [['41006.3', '0', '0', '0']], ts, checksum: 0, seqId: 123457, prevSeqId: 123456 };

  it('goes by sequence number when there is one, and ignores the checksum', () => {
    expect(spot(push('books', 'BTC-USDT', row, { action: 'update' }))).toEqual({
      kind: 'events',
      events: [{ kind: 'book', origin: 'live', snapshot: false, symbol: 'BTC-USDT', eventTime: T, bids: [41006.3, 0], asks: [41006.8, 0.60038921], last: 123457, previous: 123456 }],
    });
    expect(spot(push('books', 'BTC-USDT', { ...row, prevSeqId: -1 }, { action: 'snapshot' }))).toMatchObject({ events: [{ snapshot: true, previous: -1 }] });
  });

  it('keeps the printed levels where only a checksum checks', () => {
    const old = { asks: row.asks, bids: [['41006.30', '1.0', '0', '1']], ts, checksum: -855196043 };
    expect(spot(push('books', 'BTC-USDT', old, { action: 'snapshot' }))).toMatchObject({
      events: [{ checksum: -855196043, printedBids: ['41006.30', '1.0'], printedAsks: ['41006.8', '0.60038921'], bids: [41006.3, 1] }],
    });
    expect(spot(push('books', 'BTC-USDT', { ...old, checksum: undefined }, { action: 'snapshot' }))).toMatchObject({ kind: 'rejected', reason: 'missing-field' });
  });

  it('refuses what is malformed', () => {
    expect(spot(push('books', 'BTC-USDT', row))).toMatchObject({ kind: 'rejected', reason: 'missing-field' });
    expect(spot(push('books', 'BTC-USDT', { ...row, seqId: 'x' }, { action: 'update' }))).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
    expect(spot(push('books', 'BTC-USDT', { ...row, bids: [['-1', '1']] }, { action: 'update' }))).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
    expect(spot(push('books', 'BTC-USDT', { ...row, ts: 'soon' }, { action: 'update' }))).toMatchObject({ kind: 'rejected', reason: 'bad-time' });
  });

  it('reads the REST books', () => {
    const body = (more: object): string => JSON.stringify({ code: '0', msg: '', data: [{ asks: [['2', '1', '0', '1']], bids: [['1', '3', '0', '2']], ts, ...more }] });
    const book = { kind: 'book', snapshot: true, symbol: 'BTC-USDT', eventTime: T, bids: [1, 3], asks: [2, 1] };
    expect(parseOkxDepth(body({ seqId: 9 }), 'BTC-USDT', 'seed')).toEqual({ kind: 'events', events: [{ ...book, origin: 'seed', last: 9 }] });
    expect(parseOkxDepth(body({}), 'BTC-USDT', 'deep')).toEqual({ kind: 'events', events: [{ ...book, origin: 'deep' }] });
    expect(parseOkxDepth('{"code":"51001","msg":"Instrument ID does not exist","data":[]}', 'X', 'deep')).toMatchObject({ kind: 'rejected', detail: 'Instrument ID does not exist' });
  });
});

describe('OKX trades and figures', () => {
  const one = (event: object) => ({ kind: 'events', events: [event] });
  const ticker = { kind: 'ticker', symbol: 'OM-USDT-SWAP', eventTime: T };

  it('reads trades; the side is the taker\'s and the size is in contracts', () => {
    expect(swap(push('trades', 'OM-USDT-SWAP', { tradeId: '130639474', px: '42219.9', sz: '12', side: 'buy', ts, count: '3' })))
      .toEqual(one({ kind: 'trade', symbol: 'OM-USDT-SWAP', eventTime: T, id: '130639474', price: 42219.9, qty: 12, side: 'buy' }));
    expect(swap(push('trades', 'OM-USDT-SWAP', { px: '1', sz: '1', side: 'both', ts }))).toMatchObject({ kind: 'rejected', reason: 'missing-field' });
  });

  it('reads last, mark, open interest and funding', () => {
    expect(swap(push('tickers', 'OM-USDT-SWAP', { last: '9999.99', ts }))).toEqual(one({ ...ticker, last: 9999.99 }));
    expect(swap(push('tickers', 'OM-USDT-SWAP', { last: '', ts }))).toEqual({ kind: 'events', events: [] });
    expect(swap(push('mark-price', 'OM-USDT-SWAP', { markPx: '42310.6', ts }))).toEqual(one({ ...ticker, mark: 42310.6 }));
    expect(swap(push('open-interest', 'OM-USDT-SWAP', { oi: '2216113.01', oiCcy: '22161.1', oiUsd: '1', ts }))).toEqual(one({ ...ticker, openInterest: 2216113.01 }));
    expect(swap(push('funding-rate', 'OM-USDT-SWAP', { fundingRate: '-0.0001', nextFundingRate: '', fundingTime: '1800003600000', ts })))
      .toEqual(one({ ...ticker, fundingRate: -0.0001, fundingTime: 1_800_003_600_000 }));
    expect(swap(push('funding-rate', 'OM-USDT-SWAP', { nextFundingRate: '0.0003', fundingTime: '1800003600000' })))
      .toEqual(one({ ...ticker, eventTime: now, nextFundingRate: 0.0003, fundingTime: 1_800_003_600_000 }));
  });

  it('gives an index to whatever follows it, and stablecoins as rates', () => {
    const index = { kind: 'index', symbol: 'OM-USDT', eventTime: T, price: 0.1 };
    expect(swap(push('index-tickers', 'OM-USDT', { idxPx: '0.1', ts }))).toEqual(one({ ...index, perpetual: 'OM-USDT-SWAP' }));
    // Several futures follow one index and none is named after it.
    expect(futures(push('index-tickers', 'OM-USDT', { idxPx: '0.1', ts }))).toEqual(one(index));
    const rate = one({ kind: 'rate', symbol: 'USDT-USD', eventTime: T, currency: 'USDT', usd: 0.9991 });
    expect(swap(push('index-tickers', 'USDT-USD', { idxPx: '0.9991', ts }))).toEqual(rate);
    expect(spot(push('index-tickers', 'USDT-USD', { idxPx: '0.9991', ts }))).toEqual(rate);
    expect(spot(push('index-tickers', 'USDC-USD', { idxPx: '1.0001', ts }))).toMatchObject({ events: [{ currency: 'USDC', usd: 1.0001 }] });
    expect(futures(push('index-tickers', 'USDC-USD', { idxPx: '1', ts }))).toEqual({ kind: 'events', events: [] });
    const btc = push('index-tickers', 'BTC-USD', { idxPx: '65000', ts });
    expect(swap(btc)).toMatchObject({ events: [{ kind: 'index', symbol: 'BTC-USD', price: 65000 }, { kind: 'rate', currency: 'BTC', usd: 65000 }] });
    expect(spot(btc)).toEqual(one({ kind: 'rate', symbol: 'BTC-USD', eventTime: T, currency: 'BTC', usd: 65000 }));
    expect(futures(btc)).toMatchObject({ events: [{ kind: 'index', symbol: 'BTC-USD', price: 65000 }] });
  });

  it('follows the dollar index with contracts in USDC until April 2023', () => {
    const at = (time: number, instId: string) => {
      const parsed = swap({ arg: { channel: 'index-tickers', instId }, data: [{ instId, idxPx: '2', ts: String(time) }] });
      return parsed.kind === 'events' ? parsed.events.filter((e) => e.kind === 'index').map((e) => e.symbol) : parsed;
    };
    const moved = Date.UTC(2023, 3, 10, 8, 40);
    expect([at(moved - 1, 'BTC-USD'), at(moved - 1, 'BTC-USDC'), at(moved - 1, 'OM-USDC'), at(moved - 1, 'BTC-USDT')]).toEqual([['BTC-USD', 'BTC-USDC'], [], ['OM-USDC'], ['BTC-USDT']]);
    expect([at(moved, 'BTC-USD'), at(moved, 'BTC-USDC')]).toEqual([['BTC-USD'], ['BTC-USDC']]);
  });

  it('reads every liquidation of a frame', () => {
    const frame = { arg: { channel: 'liquidation-orders', instType: 'SWAP' }, data: [{ instFamily: 'OM-USDT', instId: 'OM-USDT-SWAP', instType: 'SWAP', uly: 'OM-USDT', details: [
      { bkLoss: '0', bkPx: '0.007831', ccy: '', posSide: 'short', side: 'buy', sz: '13', ts }, { bkLoss: '0', bkPx: '0.0071', ccy: '', posSide: 'long', side: 'sell', sz: '2', ts },
    ] }] };
    const liquidation = { kind: 'liquidation', symbol: 'OM-USDT-SWAP', eventTime: T, disclosure: 'sampled' };
    expect(swap(frame)).toEqual({ kind: 'events', events: [{ ...liquidation, price: 0.007831, qty: 13, side: 'buy' }, { ...liquidation, price: 0.0071, qty: 2, side: 'sell' }] });
    for (const other of [spot, futures]) expect(other(frame)).toEqual({ kind: 'ignored', channel: 'other-market:liquidation-orders' });
    // What recorders made of REST answers.
    expect(futures({ arg: { channel: 'liquidations', instId: 'BTC-USD-220624', generated: true }, data: [{ bkLoss: '0', bkPx: '51886.2', ccy: '', posSide: 'short', side: 'buy', sz: '12', ts }] }))
      .toEqual(one({ ...liquidation, symbol: 'BTC-USD-220624', price: 51886.2, qty: 12, side: 'buy' }));
  });
});

describe('OKX frames without data', () => {
  it('tells control, ignored, legacy and unreadable ones apart', () => {
    expect(spot('pong')).toEqual({ kind: 'control', control: 'pong' });
    expect(spot({ event: 'subscribe', arg: { channel: 'trades', instId: 'BTC-USDT' }, connId: 'a4d3ae55' })).toEqual({ kind: 'control', control: 'acknowledgement', channels: ['trades:BTC-USDT'] });
    expect(spot({ event: 'error', code: '60012', msg: 'Invalid request', connId: 'a4d3ae55' })).toEqual({ kind: 'control', control: 'refused', detail: '60012 Invalid request' });
    expect(spot({ event: 'notice', code: '64008', msg: 'The connection will soon be closed for a service upgrade.' })).toMatchObject({ kind: 'control', control: 'notice' });
    expect(spot(push('bbo-tbt', 'BTC-USDT', {}))).toEqual({ kind: 'ignored', channel: 'bbo-tbt' });
    expect(spot(push('books5', 'BTC-USDT', {}))).toEqual({ kind: 'ignored', channel: 'books5' });
    for (const channel of ['public-block-trades', 'public-struc-block-trades', 'taker-volume-contract', 'long-short-account-ratio-contract-top-trader']) expect(swap({ arg: { channel, ccy: 'BTC' }, data: [{}] })).toEqual({ kind: 'ignored', channel });
    expect(spot(push('trades', 'BTC-USDT-SWAP', {}))).toEqual({ kind: 'ignored', channel: 'other-market:trades' });
    expect(swap(push('trades', 'BTC-USDT', {}))).toEqual({ kind: 'ignored', channel: 'other-market:trades' });
    expect(spot({ table: 'spot/trade', data: [] })).toMatchObject({ kind: 'rejected', reason: 'legacy-format' });
    expect(spot(push('unheard-of', 'BTC-USDT', {}))).toMatchObject({ kind: 'rejected', reason: 'unknown-shape' });
    expect(spot('{')).toMatchObject({ kind: 'rejected', reason: 'not-json' });
    expect(spot({})).toMatchObject({ kind: 'rejected', reason: 'unknown-shape' });
  });

  it('tells market types apart by symbol', () => {
    expect(['BTC-USDT', 'BTC-USDT-SWAP', 'BTC-USD_UM-SWAP', 'BTC-USD-260925', 'BTC-USD_UM_XPERP-310404', 'BTC-USD-260925-50000-C'].map(okxMarketOf)).toEqual(['spot', 'swap', 'swap', 'futures', 'futures', 'option']);
  });
});

describe('OKX instruments', () => {
  const list = (...data: object[]): string => JSON.stringify({ code: '0', msg: '', data });
  const swapRow = { instType: 'SWAP', baseCcy: '', quoteCcy: '', state: 'live', tickSz: '0.1', lotSz: '0.01', lever: '50' };

  it('reads spot markets', () => {
    const row = { instType: 'SPOT', instId: 'OM-USDT', baseCcy: 'OM', quoteCcy: 'USDT', settleCcy: '', ctVal: '', ctMult: '', tickSz: '0.0001', lotSz: '0.001', lever: '10', state: 'live' };
    expect(okxSpot.parseInstruments(list(row, { ...row, instId: 'X', tickSz: '' }, { ...row, instId: 'A-USDT', state: 'preopen' }))).toMatchObject({
      ok: true, value: [{ symbol: 'OM-USDT', marketKind: 'spot', base: 'OM', quote: 'USDT', settle: 'USDT', tickSize: 0.0001, lotSize: 0.001, contractSize: 1, trading: true, dated: false }, { symbol: 'A-USDT', trading: false }],
    });
    expect(okxSpot.parseInstruments('{"code":"50011","msg":"Too Many Requests"}').ok).toBe(false);
  });

  const future = { ...swapRow, instType: 'FUTURES', instId: 'BTC-USDT-261225', uly: 'BTC-USDT', settleCcy: 'USDT', ctType: 'linear', ctVal: '0.01', ctMult: '10', ctValCcy: 'BTC', ruleType: 'normal', expTime: '1798185600000' };

  it('sizes contracts: base units for linear, US dollars for inverse', () => {
    const result = okxSwap.parseInstruments(list(
      { ...swapRow, instId: 'BTC-USDT-SWAP', uly: 'BTC-USDT', settleCcy: 'USDT', ctType: 'linear', ctVal: '0.01', ctMult: '1', ctValCcy: 'BTC' },
      { ...swapRow, instId: 'BTC-USD-SWAP', uly: 'BTC-USD', settleCcy: 'BTC', ctType: 'inverse', ctVal: '100', ctMult: '1', ctValCcy: 'USD' },
      future,
      // Counts something else: not understood, left out.
      { ...swapRow, instId: 'ODD-USDT-SWAP', uly: 'ODD-USDT', settleCcy: 'USDT', ctType: 'linear', ctVal: '1', ctMult: '1', ctValCcy: 'USDT' },
    ));
    expect(result.ok ? result.value.map((i) => [i.symbol, i.marketKind, i.base, i.quote, i.settle, i.contractSize, i.maxLeverage, i.dated]) : []).toEqual([
      ['BTC-USDT-SWAP', 'linear', 'BTC', 'USDT', 'USDT', 0.01, 50, false],
      ['BTC-USD-SWAP', 'inverse', 'BTC', 'USD', 'BTC', 100, 50, false],
    ]);
  });

  it('knows which contracts are on no coin', () => {
    const row = { ...swapRow, instId: 'MU-USDT-SWAP', uly: 'MU-USDT', settleCcy: 'USDT', ctType: 'linear', ctVal: '0.01', ctMult: '1', ctValCcy: 'MU' };
    const result = okxSwap.parseInstruments(list(...[undefined, '', '1', '3', '4'].map((instCategory) => ({ ...row, instCategory }))));
    expect(result.ok ? result.value.map((i) => i.freelyNamed) : []).toEqual([undefined, undefined, undefined, true, true]);
  });

  it('lists futures by themselves: what expires as dated, X-Perps as perpetual', () => {
    const xperp = { ...future, instId: 'BTC-USD_UM_XPERP-310404', uly: 'BTC-USD', settleCcy: 'USDC', ctVal: '0.0001', ctMult: '1', ruleType: 'xperp', expTime: '1933286400000' };
    const inverse = { ...future, instId: 'BTC-USD-261225', uly: 'BTC-USD', settleCcy: 'BTC', ctType: 'inverse', ctVal: '100', ctMult: '1', ctValCcy: 'USD' };
    const result = okxFutures.parseInstruments(list(future, inverse, xperp, { ...xperp, ruleType: undefined }, { ...swapRow, instId: 'BTC-USDT-SWAP', uly: 'BTC-USDT', settleCcy: 'USDT', ctType: 'linear', ctVal: '0.01', ctMult: '1', ctValCcy: 'BTC' }));
    expect(result.ok ? result.value.map((i) => [i.symbol, i.marketKind, i.base, i.quote, i.settle, i.contractSize, i.dated, okxFutures.indexName?.(i)]) : []).toEqual([
      ['BTC-USDT-261225', 'linear', 'BTC', 'USDT', 'USDT', 0.1, true, 'BTC-USDT'],
      ['BTC-USD-261225', 'inverse', 'BTC', 'USD', 'BTC', 100, true, 'BTC-USD'],
      ['BTC-USD_UM_XPERP-310404', 'linear', 'BTC', 'USD', 'USDC', 0.0001, false, 'BTC-USD'],
      ['BTC-USD_UM_XPERP-310404', 'linear', 'BTC', 'USD', 'USDC', 0.0001, false, 'BTC-USD'],
    ]);
  });
});
