import { describe, expect, it } from '@jest/globals';
import { assetId, createRng, epochMs, price, qty, venueId, type Rng } from '@breakwater/models/core';
import type { ChannelPlan, VenueEvent } from '../venue.ts';
import { createLiveness } from './liveness.ts';
import { createWitness } from './witness.ts';

const START = 1_786_310_400_000;
const OM = assetId('OM');
const HOUR = 3_600_000;
const at = (ms: number) => epochMs(START + ms);

describe('a witness', () => {
  it('counts the moments of the others, one in 100 ms of each, by asset and channel', () => {
    const witness = createWitness();
    const [a, b, c] = ['a', 'b', 'c'].map((v) => witness.seat(OM, 'trades', venueId(v)));
    const elsewhere = witness.seat(OM, 'book', venueId('a'));
    for (let i = 0; i < 500; i++) b?.heard(at(1_000));
    b?.heard(at(1_099));
    b?.heard(at(1_100));
    c?.heard(at(1_100));
    expect([a?.others(), b?.others(), c?.others(), elsewhere.others()]).toEqual([3, 1, 2, 0]);
    expect([a?.venues(), b?.venues()]).toEqual([2, 1]);
    // Two markets of one venue are one voice.
    expect(witness.seat(OM, 'trades', venueId('b')).others()).toBe(1);
  });
});

interface Rig {
  readonly said: string[];
  /** Lets time pass; each speaker says something at random moments of this mean interval, milliseconds. */
  run(ms: number, intervals: { readonly own?: number; readonly ownBook?: number; readonly others?: number }): void;
  now(): number;
}

/** A watch over the channels of one market, among two other venues of the same asset. */
function createRig(seed: number, channels: readonly ChannelPlan[]): Rig {
  const rng = createRng(seed);
  const witness = createWitness();
  const own = venueId('own');
  const said: string[] = [];
  const watch = createLiveness(channels, {
    onSilent: (channel, { witnessed, never }, now) => said.push(`${channel.channel} ${never ? 'never heard' : 'silent'}${witnessed ? ' by witness' : ''} ${Math.round((now - START) / 1_000)}`),
    onHeard: (channel) => said.push(`${channel.channel} heard`),
    seatOf: (channel) => (channel.channel === 'book' || channel.channel === 'trades' ? witness.seat(OM, channel.channel, own) : undefined),
  });
  const others = ['x', 'y'].flatMap((v) => (['book', 'trades'] as const).map((c) => witness.seat(OM, c, venueId(v))));
  watch.opened(channels, at(0));
  let t = 0;
  const event = (kind: 'trade' | 'book'): VenueEvent => (kind === 'trade'
    ? { kind, symbol: 'A', eventTime: at(t), price: price(1), qty: qty(1), side: 'buy' }
    : { kind, symbol: 'A', eventTime: at(t), origin: 'live', snapshot: false, bids: [], asks: [] });
  const speaks = (interval: number | undefined, stream: Rng): boolean => interval !== undefined && stream.chance(100 / interval);
  return {
    said, now: () => t,
    run: (ms, intervals) => {
      for (const until = t + ms; t < until; ) {
        t += 100;
        if (speaks(intervals.own, rng)) watch.heard(event('trade'), at(t));
        if (speaks(intervals.ownBook, rng)) watch.heard(event('book'), at(t));
        for (const seat of others) if (speaks(intervals.others, rng)) seat.heard(at(t));
        if (t % 1_000 === 0) watch.check(at(t));
      }
    },
  };
}

const trades: ChannelPlan = { symbol: 'A', channel: 'trades', sparse: true, expectedEveryMs: 60_000 };
const book: ChannelPlan = { symbol: 'A', channel: 'book', sparse: false, expectedEveryMs: 600_000 };

describe('silence while other venues speak', () => {
  it('of trades is an incident after ten times the longest gap that was usual, and none where all venues fall quiet', () => {
    for (const seed of [1, 2, 3]) {
      const s = createRig(seed, [trades]);
      s.run(3 * HOUR, { own: 10_000, others: 1_000 });
      // Everything falls quiet for a night: nobody speaks, nobody is accused.
      s.run(8 * HOUR, {});
      s.run(HOUR, { own: 10_000, others: 1_000 });
      expect({ seed, said: s.said }).toEqual({ seed, said: [] });
      const from = s.now();
      s.run(HOUR, { others: 1_000 });
      expect(s.said).toHaveLength(1);
      expect(s.said[0]).toMatch(/^trades silent by witness/);
      const after = Number(s.said[0]?.split(' ').at(-1)) - from / 1_000;
      // The mean gap is 10 s; the longest of a thousand some 70 s.
      expect(after).toBeGreaterThan(300);
      expect(after).toBeLessThan(1_500);
      s.run(60_000, { own: 10_000, others: 1_000 });
      expect(s.said.at(-1)).toBe('trades heard');
    }
  });

  it('of a book is an incident sooner than by its own pace, which was learned in quiet hours too', () => {
    for (const seed of [1, 2, 3]) {
      const s = createRig(seed, [book]);
      // A quiet night, in which all speak rarely, teaches that minutes of silence are usual; then the market wakes up.
      s.run(4 * HOUR, { ownBook: 60_000, others: 30_000 });
      s.run(HOUR, { ownBook: 3_000, others: 1_500 });
      expect({ seed, said: s.said }).toEqual({ seed, said: [] });
      const from = s.now();
      s.run(HOUR, { others: 1_500 });
      expect(s.said).toHaveLength(1);
      expect(s.said[0]).toMatch(/^book silent by witness/);
      const after = Number(s.said[0]?.split(' ').at(-1)) - from / 1_000;
      // Alone it would be three times the longest interval of the night, some 300 s each, as 700 messages halve it.
      expect(after).toBeGreaterThan(5);
      expect(after).toBeLessThan(180);
    }
  });

  it('is not held against a market whose pace is not known, but for long and with its own book moving', () => {
    const s = createRig(1, [trades, book]);
    s.run(HOUR, { others: 1_000 });
    // Its book says nothing either, and is accused by its own pace; its trades are not.
    expect(s.said.filter((line) => line.startsWith('trades'))).toEqual([]);
    const t = createRig(1, [trades, book]);
    t.run(2 * HOUR, { ownBook: 5_000, others: 1_000 });
    expect(t.said.filter((line) => line.startsWith('trades'))).toHaveLength(1);
    expect(Number(t.said[0]?.split(' ').at(-1))).toBeGreaterThan(600);
  });

  it('does not accuse a market after a burst of trades in a quiet hour', () => {
    const s = createRig(4, [trades]);
    for (let i = 0; i < 3; i++) {
      s.run(HOUR, { own: 300_000, others: 1_000 });
      s.run(60_000, { own: 300, others: 300 });
    }
    s.run(2 * HOUR, { own: 300_000, others: 1_000 });
    expect(s.said).toEqual([]);
  });
});
