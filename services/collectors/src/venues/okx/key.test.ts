import { describe, expect, it } from '@jest/globals';
import { normalizeMessages } from '../../normalize.ts';
import { isRecord } from '../../numbers.ts';
import { compareWithKey, readKey } from '../../testing/key.ts';
import { okxFutures, okxSpot, okxSwap } from './feed.ts';

/** Inputs in the format of OKX v3 (`table`), which is no longer served. */
const V3_SPOT = [0, 1, 2, 3, 4, 5, 6];
const V3_SWAP = [0, 1, 2, 3, 4, 5, 6, 7, 8];

/** The first v5 messages of the file were recorded in December 2021, the last v3 ones in 2020. */
const FIRST_V5 = '2021-12-01';
const FIELDS = ['lastPrice', 'openInterest', 'fundingRate', 'fundingTimestamp', 'predictedFundingRate', 'indexPrice', 'markPrice'] as const;
type Ticker = Readonly<Record<string, unknown>>;
const isTicker = (m: unknown): m is Ticker => isRecord(m) && m['type'] === 'derivative_ticker';
const recordedBefore = (m: Ticker, date: string): boolean => String(m['localTimestamp']) < date;

describe('OKX against an independent answer key', () => {
  it('agrees on every v5 spot message and lists v3 as legacy', () => {
    const file = readKey('okex');
    if (file === undefined) return;
    const { differences, compared, legacy, results } = compareWithKey(file, [okxSpot]);
    expect(differences).toEqual([]);
    expect(legacy).toEqual(V3_SPOT);
    expect(results[7]?.control).toBe('acknowledgement');
    expect(compared).toEqual({ trade: 2, book_change: 2 });
    console.log('okex', JSON.stringify({ compared, legacy }));
  });

  it('agrees on every v5 swap message and lists v3 as legacy', () => {
    const file = readKey('okex-swap');
    if (file === undefined) return;
    const { differences, compared, legacy, results } = compareWithKey(file, [okxSwap], {
      // The key has no pairing: what comes from v3 messages is told by the time of its recording.
      expected: (m) => recordedBefore(m, FIRST_V5) || isTicker(m),
      // Tickers are compared below: the key stamps funding on receipt and keeps that stamp on later tickers of the same market.
      ours: isTicker,
    });
    expect(differences).toEqual([]);
    expect(legacy).toEqual(V3_SWAP);
    expect(compared['trade']).toBe(1);
    expect(compared['book_change']).toBe(1);

    const theirs = file.expected.flat().filter((m): m is Ticker => isTicker(m) && !recordedBefore(m, FIRST_V5));
    const ours = results.flatMap((r) => r.messages.map((m) => m as unknown)).filter(isTicker);
    const agree = (a: Ticker, b: Ticker): boolean => a['symbol'] === b['symbol'] && FIELDS.every((f) => a[f] === undefined || a[f] === b[f]);
    expect(ours).toHaveLength(7);
    for (const ticker of ours) expect(theirs.filter((t) => agree(ticker, t))).not.toEqual([]);
    for (const ticker of theirs) expect(ours.filter((t) => agree(t, ticker))).not.toEqual([]);
    console.log('okex-swap', JSON.stringify({ compared: { ...compared, derivative_ticker: ours.length }, legacy }));
  });

  it('agrees on every v5 futures message and lists v3 as legacy', () => {
    const file = readKey('okex-futures');
    if (file === undefined) return;
    const { differences, compared, legacy, results } = compareWithKey(file, [okxFutures], {
      inputs: {
        21: 'the key keeps the time of the mark price before: the recorded open interest is older',
        29: 'the key is given the same frame as in 30 under a date before the channel was read by its author, and leaves it out',
      },
    });
    expect(differences).toEqual([]);
    // v3 as above.
    expect(legacy).toEqual(Array.from({ length: 17 }, (_, i) => i));
    expect(results[21]?.messages).toMatchObject([{ type: 'derivative_ticker', symbol: 'FIL-USDT-220325', openInterest: 236_870 }]);
    expect(results[29]?.messages).toEqual(results[30]?.messages);
    // The key tells an index with the next ticker of a market; here it is told by itself.
    expect(results.flatMap((r) => r.messages).filter((m) => m.type === 'index')).toMatchObject([{ symbol: 'FIL-USDT', indexPrice: 35.583 }]);
    expect(results.filter((r) => r.ignored !== undefined).map((r) => r.ignored)).toEqual(['price-limit']);
    expect(compared).toEqual({ trade: 1, book_change: 2, derivative_ticker: 3, liquidation: 3 });
    console.log('okex-futures', JSON.stringify({ compared, legacy }));
  });

  it('reads funding of an X-Perp, and the index that it follows', () => {
    const file = readKey('okex-futures-X-Perp');
    if (file === undefined) return;
    const results = normalizeMessages(file.venue, file.messages, [okxFutures]);
    const [index, funding] = results.ok ? results.value.map((r) => r.messages) : [];
    const [theirs] = file.expected.flat().filter(isTicker);
    const ours = { ...funding?.[0], ...(index?.[0]?.type === 'index' ? { indexPrice: index[0].indexPrice } : {}) } as Ticker;
    expect(index).toMatchObject([{ type: 'index', symbol: 'BTC-USD', exchange: 'okex-futures' }]);
    for (const field of ['type', 'symbol', 'exchange', 'timestamp', 'fundingRate', 'fundingTimestamp', 'indexPrice']) expect({ field, value: ours[field] }).toEqual({ field, value: theirs?.[field] });
  });

  it('gives contracts in USDC the index of their time', () => {
    const file = readKey('okex-USDC-contracts-before-and-after-index-migration');
    if (file === undefined) return;
    const results = normalizeMessages(file.venue, file.messages, [okxSwap]);
    const theirs = file.expected.flat().filter(isTicker);
    // What is known of the market after each frame, as the key keeps it.
    let known: Ticker = {};
    const ours = (results.ok ? results.value : []).flatMap((r) => r.messages).flatMap((m): Ticker[] => {
      if (m.type !== 'derivative_ticker' || m.symbol !== 'BTC-USDC-SWAP') return [];
      known = { ...known, ...m };
      return m.lastPrice === undefined ? [] : [known];
    });
    expect(theirs).toHaveLength(3);
    expect(ours.map((m) => ['symbol', 'exchange', 'timestamp', 'lastPrice', 'indexPrice'].map((f) => m[f]))).toEqual(theirs.map((m) => ['symbol', 'exchange', 'timestamp', 'lastPrice', 'indexPrice'].map((f) => m[f])));
  });
});
