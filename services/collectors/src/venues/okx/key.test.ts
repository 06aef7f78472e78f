import { describe, expect, it } from '@jest/globals';
import { isRecord } from '../../numbers.ts';
import { compareWithKey, readKey } from '../../testing/key.ts';
import { okxSpot, okxSwap } from './feed.ts';

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
});
