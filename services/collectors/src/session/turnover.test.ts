import { describe, expect, it } from '@jest/globals';
import { epochMs, price, qty } from '@breakwater/models/core';
import type { TradeEvent } from '../venue.ts';
import { createTurnover } from './turnover.ts';

const at = (ms: number) => epochMs(1_786_310_400_000 + ms);
const trade = (symbol: string, p: number, q: number): TradeEvent => ({ kind: 'trade', symbol, eventTime: at(0), price: price(p), qty: qty(q), side: 'buy' });

describe('turnover', () => {
  it('adds what was traded, halves it in half an hour, and counts contracts by their size', () => {
    const turnover = createTurnover((symbol) => (symbol === 'C' ? 10 : 1));
    turnover.heard(trade('A', 2, 50), at(0));
    turnover.heard(trade('A', 2, 50), at(0));
    turnover.heard({ kind: 'book', symbol: 'A', eventTime: at(0), origin: 'live', snapshot: false, bids: [], asks: [] }, at(0));
    expect([turnover.of('A'), turnover.of('B'), turnover.of('C')]).toEqual([200, 0, 0]);
    turnover.heard(trade('C', 3, 4), at(1_800_000));
    expect([turnover.of('A'), turnover.of('C')]).toEqual([100, 120]);
    turnover.heard(trade('A', 1, 10), at(3_600_000));
    expect([turnover.of('A'), turnover.of('C')]).toEqual([60, 60]);
  });
});
