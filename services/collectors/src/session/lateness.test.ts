import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { epochMs } from '@breakwater/models/core';
import type { BookEvent } from '../venue.ts';
import { createLateness } from './lateness.ts';

const START = 1_786_310_400_000;
const book = (symbol: string, eventTime: number): BookEvent => ({ kind: 'book', symbol, eventTime: epochMs(eventTime), origin: 'live', snapshot: false, bids: [], asks: [] });

function setUp() {
  const said: string[] = [];
  const watch = createLateness({
    onLate: (symbol, byMs) => said.push(`${symbol} late ${Math.round(byMs / 1_000)}`),
    onTimely: (symbol) => said.push(`${symbol} timely`),
    onSkew: (offsetMs, skewed) => said.push(`${skewed ? 'skewed' : 'right'} ${Math.round(offsetMs / 1_000)}`),
  });
  let second = 0;
  /** A second in which an update arrives that is `lagMs` old. */
  const pass = (lagMs: number, symbol = 'A'): void => {
    const now = START + second++ * 1_000;
    watch.heard(book(symbol, now - lagMs), epochMs(now));
    watch.check(epochMs(now));
  };
  /** Nothing arrives for a while, as when a queue has formed. */
  const wait = (ms: number): void => void (second += ms / 1_000);
  return { watch, said, pass, wait };
}

describe('lateness', () => {
  it('says after three seconds that a book is late, and at once that it is timely again', () => {
    const { watch, said, pass, wait } = setUp();
    for (let i = 0; i < 10; i++) pass(40);
    wait(20_000);
    for (let i = 0; i < 2; i++) pass(20_000);
    expect(said).toEqual([]);
    pass(20_000);
    expect(said).toEqual(['A late 20']);
    expect(watch.late()).toEqual(['A']);
    pass(60);
    expect(said).toEqual(['A late 20', 'A timely']);
  });

  it.each([30_000, -30_000])('takes a clock that is %d ms off for what it is, and no book for late', (offset) => {
    const { watch, said, pass } = setUp();
    for (let i = 0; i < 1_000; i++) pass(40 - offset);
    expect(said).toEqual([`skewed ${offset / 1_000}`]);
    expect(watch.late()).toEqual([]);
  });

  it('takes a clock that is set back for late frames, and for what it is after ten minutes', () => {
    const { said, pass, wait } = setUp();
    for (let i = 0; i < 10; i++) pass(40);
    wait(20_000);
    for (let i = 0; i < 580; i++) pass(20_000);
    expect(said).toEqual(['A late 20']);
    for (let i = 0; i < 20; i++) pass(20_000);
    expect(said).toEqual(['A late 20', 'A timely', 'skewed -20']);
  });

  it('is not misled by a frame or two from ahead of time, as after a restart whose clock was set back', () => {
    const { watch, said, pass } = setUp();
    pass(-5_000);
    pass(-5_000);
    for (let i = 0; i < 1_000; i++) pass(40);
    expect([said, watch.late()]).toEqual([[], []]);
  });

  it('measures every book by the best one of its venue', () => {
    const { watch, said, pass } = setUp();
    for (let i = 0; i < 10; i++) {
      pass(40, 'A');
      pass(12_000, 'B');
    }
    expect(said).toEqual(['B late 12']);
    expect(watch.late()).toEqual(['B']);
  });

  it('is not misled by a quiet book that is told again with the time of its last change', () => {
    const { watch, said } = setUp();
    for (let minute = 0; minute < 60; minute++) {
      const now = START + minute * 60_000;
      watch.heard(book('A', START - 30), epochMs(now));
      watch.check(epochMs(now));
    }
    expect(said).toEqual([]);
  });

  it('never calls a book late whose lag stays within five seconds of its least, whatever the clocks', () => {
    fc.assert(fc.property(fc.integer({ min: -60_000, max: 60_000 }), fc.array(fc.integer({ min: 0, max: 4_900 }), { minLength: 1, maxLength: 200 }), (offset, lags) => {
      const { watch, pass } = setUp();
      for (const lag of lags) pass(lag - offset);
      expect(watch.late()).toEqual([]);
    }));
  });
});
