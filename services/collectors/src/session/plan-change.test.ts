import { describe, expect, it } from '@jest/globals';
import { currencyCode } from '@breakwater/models/core';
import { nativeFeeds } from '../feeds.ts';
import type { PlanOptions, SocketPlan, VenueInstrument } from '../venue.ts';
import { sameSubscription } from './connection.ts';
import { carriedPlan } from './plan-change.ts';

/** Market `n` of a venue: names are of the kind of any venue's, and none is a market that rates are read from. */
function market(n: number): VenueInstrument {
  const base = currencyCode(`C${n}`);
  return { symbol: `C${n}USDT`, marketKind: 'linear', base, quote: currencyCode('USDT'), settle: currencyCode('USDT'), tickSize: 0.01, lotSize: 1, contractSize: 1, trading: true, dated: false };
}
function markets(from: number, until: number): readonly VenueInstrument[] {
  return Array.from({ length: until - from }, (_, i) => market(from + i));
}
function symbolsOf(sockets: readonly SocketPlan[]): ReadonlySet<string> {
  return new Set(sockets.flatMap((s) => s.channels.map((c) => c.symbol)).filter((symbol) => /^C\d+USDT$/.test(symbol)));
}
function unchanged(a: readonly SocketPlan[], b: readonly SocketPlan[]): readonly SocketPlan[] {
  return a.filter((socket) => b.some((other) => other.name === socket.name && sameSubscription(socket, other)));
}

describe.each(nativeFeeds.map((feed) => [feed.venue.source, feed] as const))('the sockets of %s', (_source, { venue, endpoints }) => {
  const options: PlanOptions = { endpoints, rates: true, deepEveryMs: 15_000, pollEveryMs: 10_000 };
  const held = markets(0, 120);
  const before = venue.plan(held, options).sockets;

  it('stay what they are when markets are added, but for those that have room, which take them on', () => {
    const { sockets, placed } = carriedPlan(venue, held, [...held, ...markets(120, 125)], options);
    expect(placed.slice(0, 120)).toEqual(held);
    expect(symbolsOf(sockets)).toEqual(symbolsOf(venue.plan(markets(0, 125), options).sockets));
    expect(new Set(sockets.map((s) => s.name)).size).toBe(sockets.length);
    // Every socket that was there carries what it carried, and no market moves from one to another.
    for (const socket of before) {
      const now = sockets.find((s) => s.name === socket.name);
      for (const symbol of symbolsOf([socket])) expect(symbolsOf(now === undefined ? [] : [now]).has(symbol)).toBe(true);
    }
    // One socket of each role has room at most.
    expect(before.length - unchanged(before, sockets).length).toBeLessThanOrEqual(3);
  });

  it('lose the markets that are gone, and no other socket changes', () => {
    const [gone, ...stays] = held;
    const { sockets, placed } = carriedPlan(venue, held, stays, options);
    expect(placed).toEqual(held);
    expect(symbolsOf(sockets)).toEqual(symbolsOf(venue.plan(stays, options).sockets));
    const carriers = before.filter((s) => s.channels.some((c) => c.symbol === gone?.symbol));
    expect(carriers.length).toBeGreaterThan(0);
    for (const socket of before) {
      const now = sockets.find((s) => s.name === socket.name);
      if (carriers.includes(socket)) {
        // Not even subscribed any more, where other markets keep the socket.
        expect(now?.subscribe.some((frame) => new RegExp(`"[^"]*${gone?.symbol ?? ''}[^"]*"`, 'i').test(frame)) ?? false).toBe(false);
      } else expect(now === undefined ? false : sameSubscription(now, socket)).toBe(true);
    }
  });

  it('are given up with the last of their markets, whose places are then free', () => {
    const { sockets, placed } = carriedPlan(venue, held, [], options);
    expect([placed, symbolsOf(sockets)]).toEqual([[], new Set()]);
    // A market that comes back is where it was.
    const back = carriedPlan(venue, held, held, options);
    expect(unchanged(before, back.sockets)).toHaveLength(before.length);
  });
});
