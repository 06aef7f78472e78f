import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { bookOf, expectTruthUnderDamage } from '../../testing/damaged-stream.ts';
import { arrivalsOf, makeRangeWorld, rangeAges, rangeFaults, rangeSteps } from '../../testing/range-world.ts';
import type { BookEvent, ParsedFrame } from '../../venue.ts';
import { parseKucoinBook } from './books.ts';
import { kucoinFutures, kucoinSpot } from './feed.ts';
import type { KucoinMarket } from './instruments.ts';
import { createKucoinSync } from './sync.ts';

const pairs = (flat: readonly number[]): string[][] => Array.from({ length: flat.length / 2 }, (_, i) => [String(flat[2 * i]), String(flat[2 * i + 1])]);
/** An event of a book as KuCoin prints it, and read again. */
function throughTheWire(market: KucoinMarket, event: BookEvent): ParsedFrame {
  if (event.origin === 'seed') {
    const data = { time: event.eventTime, ts: event.eventTime * 1e6, sequence: market === 'spot' ? String(event.last) : event.last, bids: pairs(event.bids), asks: [] };
    return parseKucoinBook(market, JSON.stringify({ code: '200000', data }), 'X', event.snapshot ? 'whole' : 'part');
  }
  if (market === 'futures') {
    const data = { sequence: event.last, change: `${event.bids[0] ?? 0},buy,${event.bids[1] ?? 0}`, timestamp: event.eventTime };
    return kucoinFutures.parseFrame(JSON.stringify({ topic: '/contractMarket/level2:X', type: 'message', subject: 'level2', data }), epochMs(0));
  }
  const bids = pairs(event.bids).map((pair) => [...pair, String(event.last)]);
  const data = { changes: { asks: [['0', '0', String(event.first)]], bids }, sequenceStart: event.first, sequenceEnd: event.last, symbol: 'X', time: event.eventTime };
  return kucoinSpot.parseFrame(JSON.stringify({ topic: '/market/level2:X', type: 'message', subject: 'trade.l2update', data }), epochMs(0));
}

describe.each(['spot', 'futures'] as const)('KuCoin %s books, from frames that are lost, repeated, swapped, and answers of any age', (market) => {
  it('are what the venue has, or are not in use', () => {
    expectTruthUnderDamage(fc.tuple(rangeSteps, rangeFaults, rangeAges), ([list, plan, ages]) => {
      // A futures frame is one change; the venue sends no snapshots on its sockets.
      const world = makeRangeWorld(market === 'futures' ? list.map(([, price, quantity]) => [1, price, quantity, 0] as const) : list);
      const arrivals = arrivalsOf(world, plan.map((fault) => (fault.endsWith('snapshot') || (market === 'futures' && fault === 'part') ? 'seed' : fault)), ages);
      return { sync: createKucoinSync(market), arrivals: arrivals.map((arrival) => bookOf(throughTheWire(market, arrival))), truth: (e) => world.bookAt(e.last ?? 0) };
    }, { runs: 500, seed: 20261127 });
  });
});

describe('the example of KuCoin\'s page', () => {
  it('ends in the book that the page shows', () => {
    // Changes 15 to 19 over a book of 16: what is 15 or 16 is in it already, 18 sets a bid and 19 removes an ask.
    const sync = createKucoinSync('spot');
    const changes = { asks: [['3988.62', '8', '15'], ['3988.59', '3', '16'], ['3988.61', '0', '19']], bids: [['3988.50', '44', '18']] };
    const frame = kucoinSpot.parseFrame(JSON.stringify({ topic: '/market/level2:X', type: 'message', subject: 'trade.l2update', data: { changes, sequenceStart: 15, sequenceEnd: 19, symbol: 'X', time: 1_800_000_000_000 } }), epochMs(0));
    const seed = parseKucoinBook('spot', JSON.stringify({ code: '200000', data: {
      time: 1_800_000_000_000, sequence: '16',
      asks: [['3988.59', '3'], ['3988.60', '47'], ['3988.61', '32'], ['3988.62', '8']], bids: [['3988.51', '56'], ['3988.50', '15'], ['3988.49', '100'], ['3988.48', '10']],
    } }), 'X', 'whole');
    expect(sync.next(bookOf(frame))).toEqual({ kind: 'hold' });
    expect(sync.next(bookOf(seed))).toMatchObject({
      kind: 'apply', events: [{ snapshot: true, last: 19, bids: [3988.51, 56, 3988.5, 44, 3988.49, 100, 3988.48, 10], asks: [3988.59, 3, 3988.6, 47, 3988.62, 8] }],
    });
  });
});
