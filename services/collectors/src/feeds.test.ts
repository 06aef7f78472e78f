import { describe, expect, it } from '@jest/globals';
import { currencyCode } from '@breakwater/models/core';
import { nativeFeeds } from './feeds.ts';
import type { VenueInstrument } from './venue.ts';

const market: VenueInstrument = { symbol: 'OM-USDT-SWAP', marketKind: 'linear', base: currencyCode('OM'), quote: currencyCode('USDT'), settle: currencyCode('USDT'), tickSize: 0.01, lotSize: 1, contractSize: 1, trading: true, dated: false };

describe.each(nativeFeeds.map((feed) => [feed.venue.source, feed] as const))('what %s discloses', (source, { venue, endpoints, weightPerMinute }) => {
  const { figures, liquidations, bookRule, checked } = venue.facts;

  it('is said, with the pages that say so and the date they were read', () => {
    expect(source).toBe(`${venue.venue}:${venue.marketType}`);
    expect(figures).toHaveProperty('instruments');
    expect(figures).toHaveProperty('book');
    for (const { name, source: page } of Object.values(figures)) expect([name !== '', new URL(page).protocol]).toEqual([true, 'https:']);
    expect(bookRule).not.toBe('');
    expect(checked).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(weightPerMinute).toBeGreaterThan(0);
    // What is told of liquidations is read from somewhere.
    expect(figures.liquidations !== undefined).toBe(liquidations.kind !== 'none');
  });

  it('is what is asked for: streams that are subscribed, polls that are made', () => {
    const plan = venue.plan([market], { endpoints, rates: false, deepEveryMs: 15_000, pollEveryMs: 10_000 });
    const streamed = new Set<string>(plan.sockets.flatMap((s) => s.channels).map((c) => c.channel));
    const polled = new Set<string>(plan.polls.map((p) => p.channel));
    const byOf = (figure: keyof typeof figures): string | undefined => figures[figure]?.by;
    for (const figure of ['book', 'trades', 'liquidations'] as const) {
      if (byOf(figure) === 'stream') expect([figure, streamed.has(figure)]).toEqual([figure, true]);
    }
    for (const figure of ['book.deep', 'openInterest', 'funding'] as const) if (byOf(figure) === 'poll') expect([figure, polled.has(figure) || polled.has('ticker')]).toEqual([figure, true]);
    expect(byOf('book.deep') === 'poll').toBe(polled.has('book.deep'));
    // Nothing is asked for that is not said.
    for (const channel of ['trades', 'liquidations', 'openInterest', 'funding'] as const) if (streamed.has(channel) || polled.has(channel)) expect([channel, channel in figures]).toEqual([channel, true]);
    if (streamed.has('ticker')) expect(['last', 'mark', 'index'].some((figure) => figure in figures)).toBe(true);
  });
});
