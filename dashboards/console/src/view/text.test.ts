import { describe, expect, it } from '@jest/globals';
import { ageText, inputName, marketName, momentText, shortHash, stateText, tied, timesText } from './text.ts';

describe('text', () => {
  it('writes factors with two digits that tell', () => {
    expect([0, 0.003, 0.0731, 0.73, 0.999, 2.31, 9.96, 340.2, 2.5e7, NaN].map(timesText)).toEqual(['0.00 ×', 'under 0.01 ×', '0.07 ×', '0.73 ×', '1.0 ×', '2.3 ×', '10 ×', '340 ×', '2.5e+7 ×', 'unknown']);
  });
  it('keeps numbers and their units on one line, and nothing else', () => {
    expect(tied('a net sale of $4.1 m (3.2 to 5.6) within 15 min, -84 %; 3 deposits, 5 of 6 venues, 12 markets')).toBe(
      'a net sale of $4.1\u00a0m (3.2 to 5.6) within 15\u00a0min, -84\u00a0%; 3 deposits, 5 of 6 venues, 12 markets',
    );
  });
  it('names inputs, markets and chains for people', () => {
    expect(inputName('book.okx:perp:OM-USDT-SWAP')).toEqual({ reading: 'order book', place: 'OKX perp OM-USDT-SWAP' });
    expect(inputName('rate.USDT')).toEqual({ reading: 'exchange rate', place: 'USDT' });
    expect(inputName('transfers.eip155:1')).toEqual({ reading: 'transfers', place: 'eip155:1' });
    expect(inputName('weather')).toEqual({ reading: 'weather', place: '' });
    expect(['binance:usdm', 'eip155:1', 'newvenue:spot:A-B'].map(marketName)).toEqual(['Binance usdm', 'eip155:1', 'Newvenue spot A-B']);
  });
  it('gives ages that are never negative', () => {
    expect([momentText(Date.UTC(2025, 3, 13, 18, 2, 11), Date.UTC(2025, 3, 13, 18, 2, 51)), momentText(2_000, 1_000), momentText(0, null), ageText(5_000, 4_000)]).toEqual(['18:02:11 UTC, 40 s ago', '00:00:02 UTC, 0 s ago', '00:00:00 UTC', '0 s']);
  });
  it('says severity with what became of it', () => {
    expect((['firing', 'acknowledged', 'resolved', 'retracted', 'expired'] as const).map((state) => stateText({ severity: 'critical', state }))).toEqual([
      'critical', 'critical, acknowledged', 'resolved (was critical)', 'retracted (was critical)', 'expired (was critical)',
    ]);
  });
  it('shortens hashes', () => {
    expect([shortHash('0x1234'), shortHash(`0x${'ab'.repeat(32)}`), shortHash(`sha256:${'cd'.repeat(32)}`)]).toEqual(['0x1234', '0xababab…abab', 'cdcdcdcd…cdcd']);
  });
});
