import { describe, expect, it } from '@jest/globals';
import { compareWithKey, readKey } from '../../testing/key.ts';
import { bitgetCoin, bitgetSpot, bitgetUsdc, bitgetUsdt } from './feed.ts';

const FUTURES = [bitgetUsdt, bitgetUsdc, bitgetCoin];
const WHOLE_BOOK = 'the key leaves the whole book out and takes its best 15 levels; here the whole book is carried too';
const RECENT_TRADES = 'the key drops the recent trades that a subscription brings; here they are carried with their ids';

describe('Bitget against an independent answer key', () => {
  it('agrees on every spot message of the second version', () => {
    const file = readKey('bitget');
    if (file === undefined) return;
    const { differences, compared, legacy, results } = compareWithKey(file, [bitgetSpot], { inputs: { 2: RECENT_TRADES, 5: WHOLE_BOOK, 6: WHOLE_BOOK } });
    expect(differences).toEqual([]);
    expect(legacy).toEqual([]);
    expect(compared).toEqual({ trade: 2, book_change: 1 });
    expect(results.map((r) => r.control ?? r.ignored ?? r.messages.length)).toEqual([1, 'acknowledgement', 1, 1, 'acknowledgement', 1, 1, 'books1', 1]);
    console.log('bitget', JSON.stringify({ compared }));
  });

  it('agrees on every futures message of the second version', () => {
    const file = readKey('bitget-futures');
    if (file === undefined) return;
    const { differences, compared, legacy, results } = compareWithKey(file, FUTURES, { inputs: { 3: WHOLE_BOOK, 4: WHOLE_BOOK } });
    expect(differences).toEqual([]);
    expect(legacy).toEqual([]);
    expect(compared).toEqual({ trade: 1, derivative_ticker: 2, book_change: 1 });
    expect(results.filter((r) => r.ignored !== undefined).map((r) => r.ignored)).toEqual(['books1', 'books1']);
    console.log('bitget-futures', JSON.stringify({ compared }));
  });

  it('agrees on every message of the third version', () => {
    const spot = readKey('bitget-v3');
    const futures = readKey('bitget-futures-v3');
    if (spot === undefined || futures === undefined) return;
    const a = compareWithKey(spot, [bitgetSpot], { inputs: { 1: RECENT_TRADES } });
    const b = compareWithKey(futures, FUTURES, { inputs: { 1: RECENT_TRADES } });
    expect([...a.differences, ...b.differences]).toEqual([]);
    expect([...a.legacy, ...b.legacy]).toEqual([]);
    expect(a.compared).toEqual({ trade: 1, book_change: 2 });
    expect(b.compared).toEqual({ trade: 1, book_change: 2, derivative_ticker: 1, liquidation: 2 });
    console.log('bitget v3', JSON.stringify({ spot: a.compared, futures: b.compared }));
  });

  it('takes the amount of a liquidation for a value: divided by the price it is a whole number of lots', () => {
    const file = readKey('bitget-futures-v3');
    if (file === undefined) return;
    const parsed = bitgetUsdt.parseFrame(JSON.stringify(file.messages[6]), 0 as Parameters<typeof bitgetUsdt.parseFrame>[1]);
    expect(parsed).toMatchObject({ events: [{ symbol: 'APEUSDT', qty: 83.1, side: 'sell' }, { symbol: 'IPUSDT', qty: 286.5, side: 'sell' }] });
  });
});
