import { describe, expect, it } from '@jest/globals';
import { assetPulse, assetSummary } from '@breakwater/contracts';
import { assetId, epochMs, usd } from '@breakwater/models/core';
import { sampleScore, sampleTime } from '../testing/sample.ts';
import { byMargin, isGood, pulseOf, summaryOf, worstSeverity, worstStatus } from './summary.ts';

const om = assetId('OM');
const at = (seconds: number): ReturnType<typeof epochMs> => epochMs(sampleTime + seconds * 1_000);

describe('summaryOf', () => {
  it('says what a score says, with its margin over what could be sold', () => {
    // Threshold $10 m; deposits of the day $2 m are more than 1 % of open interest, $0.6 m: 10 / 2 = 5. Price 5.62 after 5.7: -1.4 %.
    const summary = summaryOf(om, sampleScore({ deposits: 2 }), ['watch', 'critical'], at(1), 30_000);
    expect(summary).toMatchObject({ asset: 'OM', state: 'live', time: sampleTime, plausibleSaleUsd: 2e6, margin: 5, status: 'inferred', openWarnings: 2, worst: 'critical' });
    expect(summary.moveHour).toBeCloseTo(5.62 / 5.7 - 1, 12);
    expect(assetSummary.parse(summary)).toEqual(summary);
  });
  it('takes 1 % of open interest when less was deposited or deposits have no price', () => {
    expect(summaryOf(om, sampleScore({ deposits: 0.1 }), [], at(1), 30_000)).toMatchObject({ plausibleSaleUsd: 600_000, margin: 10 / 0.6 });
    expect(summaryOf(om, sampleScore({ deposits: null }), [], at(1), 30_000).plausibleSaleUsd).toBe(600_000);
    expect(summaryOf(om, sampleScore({ deposits: 3, measured: false }), [], at(1), 30_000)).toMatchObject({ plausibleSaleUsd: 3e6, moveHour: null, price: null });
  });
  it('has no margin where either side is not known or nothing could be sold', () => {
    for (const terms of [{ threshold: null }, { deposits: null, measured: false }, { deposits: 0, measured: false }]) expect(summaryOf(om, sampleScore(terms), [], at(1), 30_000).margin).toBeNull();
    expect(summaryOf(om, sampleScore({ threshold: 0, deposits: 1 }), [], at(1), 30_000).margin).toBe(0);
  });
  it('waits before the first score, and is stale when the score is old or every book is out', () => {
    const waiting = summaryOf(om, undefined, [], at(0), 30_000);
    expect(waiting).toMatchObject({ state: 'waiting', time: null, margin: null, status: 'missing', openWarnings: 0, worst: null });
    expect(assetSummary.parse(waiting)).toEqual(waiting);
    expect(summaryOf(om, sampleScore(), [], at(30), 30_000).state).toBe('live');
    expect(summaryOf(om, sampleScore(), [], at(30.001), 30_000).state).toBe('stale');
    expect(summaryOf(om, sampleScore({ out: { 'book.okx': 'stale' } }), [], at(1), 30_000)).toMatchObject({ state: 'live', status: 'stale' });
    expect(summaryOf(om, sampleScore({ out: { 'book.okx': 'stale', 'book.binance': 'missing' } }), [], at(1), 30_000)).toMatchObject({ state: 'stale', status: 'missing' });
    expect(summaryOf(om, sampleScore({ inputs: [] }), [], at(1), 30_000)).toMatchObject({ state: 'live', status: 'missing' });
  });
  it('sorts by margin, unknown last, then by name', () => {
    const of = (asset: string, threshold: number | null) => summaryOf(assetId(asset), sampleScore({ asset, threshold, deposits: 1 }), [], at(1), 30_000);
    expect([of('D', null), of('C', 9), of('B', 9), of('A', 2), of('AA', null)].sort(byMargin).map((s) => s.asset)).toEqual(['A', 'B', 'C', 'AA', 'D']);
  });
});

describe('pulseOf', () => {
  it('counts inputs by status and names what is not known, at most eight', () => {
    const out = Object.fromEntries(['book.okx', 'positions.okx'].map((name) => [name, 'missing' as const]));
    const pulse = pulseOf(om, sampleScore({ out, at: 5 }), at(2), ['warning']);
    expect(pulse).toEqual({ asset: 'OM', lastScoreAt: at(5), lastGoodScoreAt: at(2), status: 'missing', inputs: { exact: 2, inferred: 1, stale: 0, missing: 2 }, notKnown: ['book.okx', 'positions.okx'], openWarnings: 1, worst: 'warning' });
    expect(assetPulse.parse(pulse)).toEqual(pulse);
    const many = sampleScore({ inputs: Array.from({ length: 20 }, (_, i) => ({ name: `book.${String(i).padStart(2, '0')}`, status: 'stale' as const })) });
    expect(pulseOf(om, many, null, []).notKnown).toEqual(['book.00', 'book.01', 'book.02', 'book.03', 'book.04', 'book.05', 'book.06', 'book.07']);
    expect(pulseOf(om, undefined, null, [])).toMatchObject({ lastScoreAt: null, status: 'missing', notKnown: [] });
  });
  it('calls a score good that could have warned', () => {
    const booksOut = { 'book.okx': 'stale', 'book.binance': 'stale' } as const;
    expect([isGood(sampleScore()), isGood(sampleScore({ threshold: null })), isGood(sampleScore({ out: booksOut }))]).toEqual([true, true, true]);
    expect([isGood(sampleScore({ threshold: null, out: booksOut })), isGood(sampleScore({ measured: false }))]).toEqual([false, false]);
  });
  it('ranks statuses and severities', () => {
    expect(worstStatus([{ name: 'a', status: 'stale' }, { name: 'b', status: 'exact' }])).toBe('stale');
    expect([worstSeverity([]), worstSeverity(['warning', 'watch'])]).toEqual([null, 'warning']);
  });
  it('takes deposits alone while nothing is open', () => {
    expect(summaryOf(om, { ...sampleScore({ deposits: 1 }), openInterestUsd: usd(0) }, [], at(1), 30_000).plausibleSaleUsd).toBe(1e6);
  });
});
