import { describe, expect, it } from '@jest/globals';
import { currencyCode, epochMs } from '@breakwater/models/core';
import { nativeFeeds } from '../feeds.ts';
import type { ParsedFrame, RatePair, Venue } from '../venue.ts';
import { binanceSpot } from './binance/feed.ts';
import { bitgetSpot } from './bitget/feed.ts';
import { bybitSpot } from './bybit/feed.ts';
import { coinbaseSpot } from './coinbase/feed.ts';
import { gateSpot } from './gate/feed.ts';
import { krakenSpot } from './kraken/feed.ts';
import { kucoinSpot } from './kucoin/feed.ts';
import { okxSpot } from './okx/feed.ts';

const now = epochMs(1_800_000_000_000);
const T = 1_799_999_999_990;
const lira = (symbol: string): RatePair => ({ symbol, base: currencyCode('USDT'), quote: currencyCode('TRY'), currency: currencyCode('TRY') });
const options = { endpoints: { rest: 'http://r', ws: {} }, rates: true, deepEveryMs: 15_000, pollEveryMs: 10_000 };

/** A venue's answer for its market of USDT in lira, written from the documented format; `over` replaces fields of the quote. */
interface Case {
  readonly venue: Venue;
  readonly pair: RatePair;
  /** The market's name in the answer, where that is not the symbol. */
  readonly printed?: string;
  readonly url: string;
  /** Names of bid and ask. */
  readonly sides: readonly [bid: string, ask: string];
  readonly answer: (over?: Readonly<Record<string, unknown>>) => unknown;
  /** What the venue answers for a market it does not have, where the status is 200. */
  readonly refusal?: unknown;
  /** The answer does not name its market. */
  readonly unnamed?: true;
  /** Event time: the answer's own, or that of its receipt where it has none. */
  readonly at: number;
}
const cases: readonly Case[] = [
  {
    venue: binanceSpot, pair: lira('USDTTRY'), url: 'http://r/api/v3/ticker/bookTicker?symbol=USDTTRY', sides: ['bidPrice', 'askPrice'], at: now,
    answer: (over) => ({ symbol: 'USDTTRY', bidPrice: '39.60000000', bidQty: '431.00000000', askPrice: '40.40000000', askQty: '9.00000000', ...over }),
  },
  {
    venue: bybitSpot, pair: lira('USDTTRY'), url: 'http://r/v5/market/tickers?category=spot&symbol=USDTTRY', sides: ['bid1Price', 'ask1Price'], at: T,
    answer: (over) => ({ retCode: 0, retMsg: 'OK', result: { category: 'spot', list: [{ symbol: 'USDTTRY', bid1Price: '39.6', bid1Size: '2', ask1Price: '40.4', ask1Size: '1.8', lastPrice: '40.1', usdIndexPrice: '', ...over }] }, retExtInfo: {}, time: T }),
    refusal: { retCode: 10_001, retMsg: 'Not supported symbols', result: {}, retExtInfo: {}, time: T },
  },
  {
    venue: okxSpot, pair: lira('USDT-TRY'), url: 'http://r/api/v5/market/ticker?instId=USDT-TRY', sides: ['bidPx', 'askPx'], at: T,
    answer: (over) => ({ code: '0', msg: '', data: [{ instType: 'SPOT', instId: 'USDT-TRY', last: '40.1', lastSz: '3', askPx: '40.4', askSz: '1', bidPx: '39.6', bidSz: '2', ts: String(T), ...over }] }),
    refusal: { code: '51001', msg: "Instrument ID, Instrument ID code, or Spread ID doesn't exist.", data: [] },
  },
  {
    venue: krakenSpot, pair: lira('USDT/TRY'), printed: 'USDTTRY', url: 'http://r/0/public/Ticker?pair=USDTTRY', sides: ['b', 'a'], at: now,
    answer: (over) => ({ error: [], result: { USDTTRY: { a: ['40.40000', '9', '9.000'], b: ['39.60000', '431', '431.000'], c: ['40.10000', '3.0'], ...over } } }),
    refusal: { error: ['EQuery:Unknown asset pair'] },
  },
  {
    venue: bitgetSpot, pair: lira('USDTTRY'), url: 'http://r/api/v3/market/tickers?category=SPOT&symbol=USDTTRY', sides: ['bid1Price', 'ask1Price'], at: T,
    answer: (over) => ({ code: '00000', msg: 'success', requestTime: T, data: [{ category: 'SPOT', symbol: 'USDTTRY', lastPrice: '40.1', ask1Price: '40.4', bid1Price: '39.6', bid1Size: '2', ask1Size: '0.5', ...over }] }),
    refusal: { code: '40034', msg: 'Parameter symbol error', requestTime: T, data: null },
  },
  {
    // Its time is a text.
    venue: coinbaseSpot, pair: lira('USDT-TRY'), url: 'http://r/api/v3/brokerage/market/product_book?product_id=USDT-TRY&limit=1', sides: ['bid', 'ask'], at: T - 1,
    answer: (over) => {
      const { bid, ask } = { bid: '39.6', ask: '40.4', ...over };
      return { pricebook: { product_id: 'USDT-TRY', bids: [{ price: bid, size: '2' }], asks: [{ price: ask, size: '1.5' }], time: new Date(T - 1).toISOString() }, last: '40.1' };
    },
    refusal: { error: 'NOT_FOUND', message: 'product not found' },
  },
  {
    venue: gateSpot, pair: lira('USDT_TRY'), url: 'http://r/api/v4/spot/tickers?currency_pair=USDT_TRY', sides: ['highest_bid', 'lowest_ask'], at: now,
    answer: (over) => [{ currency_pair: 'USDT_TRY', last: '40.1', lowest_ask: '40.4', lowest_size: '9', highest_bid: '39.6', highest_size: '431', change_percentage: '-1.1', base_volume: '2', ...over }],
    refusal: { label: 'INVALID_CURRENCY_PAIR', message: 'invalid currency pair' },
  },
  {
    venue: kucoinSpot, pair: lira('USDT-TRY'), url: 'http://r/api/v1/market/orderbook/level1?symbol=USDT-TRY', sides: ['bestBid', 'bestAsk'], at: T, unnamed: true,
    answer: (over) => ({ code: '200000', data: { time: T, sequence: '14610502970', price: '40.1', size: '3', bestBid: '39.6', bestBidSize: '2', bestAsk: '40.4', bestAskSize: '1', ...over } }),
    refusal: { code: '200000', data: null },
  },
];
const read = ({ venue, pair }: Case, body: unknown): ParsedFrame | undefined => venue.ratePoll?.(pair, options).parse(typeof body === 'string' ? body : JSON.stringify(body), now);
const rejected = (reason: string) => expect.objectContaining({ kind: 'rejected', reason });

describe.each(cases.map((c) => [c.venue.source, c] as const))('best bid and ask of %s', (_name, c) => {
  it('are asked for by symbol, at the pace of the other polls', () => {
    expect(c.venue.ratePoll?.(c.pair, options)).toMatchObject({ name: `rate ${c.pair.symbol}`, request: { method: 'GET', url: c.url }, everyMs: 10_000, channel: 'rates' });
  });

  it('are the rate of the quote as one over the middle: 39.6 to 40.4 lira for a USDT make a lira 0.025', () => {
    expect(read(c, c.answer())).toEqual({
      kind: 'events', events: [{ kind: 'rate.cross', symbol: c.pair.symbol, eventTime: c.at, rate: { currency: 'TRY', against: 'USDT', price: 0.025, low: 1 / 40.4, high: 1 / 39.6 } }],
    });
  });

  it('are the rate of the base as they stand', () => {
    const euro: RatePair = { ...c.pair, base: currencyCode('EUR'), quote: currencyCode('USDT'), currency: currencyCode('EUR') };
    const [bid, ask] = c.sides;
    expect(read({ ...c, pair: euro }, c.answer({ [bid]: '1.125', [ask]: '1.15625' }))).toMatchObject({ events: [{ rate: { currency: 'EUR', against: 'USDT', price: 1.140625, low: 1.125, high: 1.15625 } }] });
  });

  it('are rejected by reason when they are no rate', () => {
    const [bid, ask] = c.sides;
    expect(read(c, c.answer({ [bid]: '0' }))).toEqual(rejected('no-quote'));
    expect(read(c, c.answer({ [ask]: '' }))).toEqual(rejected('no-quote'));
    expect(read(c, c.answer({ [bid]: '41' }))).toEqual(rejected('crossed-quote'));
    expect(read(c, c.answer({ [bid]: '30' }))).toEqual(rejected('wide-quote'));
    expect(read(c, c.answer({ [bid]: '1e12', [ask]: '1.001e12' }))).toEqual(rejected('out-of-range'));
  });

  it('are rejected by reason when they are not understood, or another market\'s', () => {
    const [bid, ask] = c.sides;
    expect(read(c, '{')).toEqual(rejected('not-json'));
    for (const wrong of ['x', '-1', '01', null, {}, true]) expect(read(c, c.answer({ [bid]: wrong }))).toEqual(rejected('bad-number'));
    // JSON leaves out what is undefined.
    expect(read(c, c.answer({ [ask]: undefined }))).toEqual(rejected('missing-field'));
    if (c.unnamed === true) expect(JSON.stringify(c.answer())).not.toContain(c.pair.symbol);
    const other = JSON.stringify(c.answer()).replaceAll(c.printed ?? c.pair.symbol, 'BTCUSDT');
    expect(read(c, other)).toEqual(c.unnamed === true ? read(c, c.answer()) : rejected('unknown-symbol'));
    if (c.refusal !== undefined) expect(read(c, c.refusal)).toEqual(rejected('unknown-shape'));
    for (const empty of [{}, [], null, { result: {}, retCode: 0 }, { code: '0', data: [] }]) expect(read(c, empty)?.kind).toBe('rejected');
  });
});

describe('answers with a time of their own', () => {
  it('need a lawful one', () => {
    for (const c of cases.filter(({ at }) => at === T)) expect(read(c, JSON.stringify(c.answer()).replaceAll(String(T), '17'))).toEqual(rejected('bad-time'));
  });
});

describe('feeds that read rates', () => {
  it('are those that list spot markets whose coins are what they are called', () => {
    expect(nativeFeeds.filter(({ venue }) => venue.ratePoll !== undefined).map(({ venue }) => venue.source)).toEqual(['binance:spot', 'bybit:spot', 'okx:spot', 'kraken:spot', 'bitget:spot', 'coinbase:spot', 'gate:spot', 'kucoin:spot']);
    expect(okxSpot.dollarRates).toEqual(['USDT', 'USDC', 'BTC', 'ETH']);
    expect(coinbaseSpot.dollarRates).toEqual(['USDT', 'BTC', 'ETH']);
    expect(krakenSpot.dollarRates).toEqual(['USDT', 'USDC', 'EUR', 'GBP']);
  });
});
