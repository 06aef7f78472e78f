import { describe, expect, it } from '@jest/globals';
import type { Message } from '@breakwater/contracts';
import { assetId, currencyCode, epochMs, instrumentId, sourceId, venueId } from '@breakwater/models/core';
import { createSource, REPEAT_EVERY_MS, type HealthChange } from './source.ts';

const t0 = Date.UTC(2026, 10, 21);
const id = (symbol: string) => instrumentId('bybit', 'linear', symbol);
const watched = (symbol: string) => ({
  id: id(symbol), asset: assetId('OM'), multiplier: 1,
  listing: { symbol, marketKind: 'linear', base: currencyCode('OM'), quote: currencyCode('USDT'), settle: currencyCode('USDT'), tickSize: 0.1, lotSize: 1, contractSize: 1, trading: true, dated: false },
}) as const;
const change = (channel: HealthChange['channel'], status: HealthChange['status'], symbol?: string, reason = 'resumed'): HealthChange =>
  ({ channel, status, reason, eventTime: epochMs(t0 + 5), receivedAt: epochMs(t0 + 5), detail: 'as it was', ...(symbol === undefined ? {} : { asset: assetId('OM'), instrument: id(symbol) }) });

function rig() {
  const out: Message[] = [];
  const source = createSource(sourceId('bybit:linear'), (_, message) => void out.push(message));
  return {
    out, source,
    define: (symbol: string): boolean => source.instrument(watched(symbol), venueId('bybit'), epochMs(t0)),
    /** What follows a watermark of this time. */
    after: (at: number): Message[] => {
      out.length = 0;
      source.watermark(epochMs(at), epochMs(at + 300));
      expect(out[0]).toMatchObject({ kind: 'watermark', eventTime: at });
      return out.slice(1);
    },
  };
}

describe('what a source says but once', () => {
  it('is said again every hour of event time, as it was, with numbers and times that go on', () => {
    const s = rig();
    s.define('OMUSDT');
    s.source.health(change('instruments', 'ok'));
    s.source.health(change('openInterest', 'stale', 'OMUSDT', 'poll-failed'));
    const first = [...s.out];
    expect(s.after(t0 + 1_000)).toEqual([]);
    expect(s.after(t0 + REPEAT_EVERY_MS + 999)).toEqual([]);
    const again = s.after(t0 + REPEAT_EVERY_MS + 1_000);
    const now = epochMs(t0 + REPEAT_EVERY_MS + 1_300);
    expect(again).toEqual(first.map((message, i) => ({ ...message, seq: 6 + i, eventTime: now, receivedAt: now })));
    expect(s.after(t0 + REPEAT_EVERY_MS + 2_000)).toEqual([]);
    expect(s.after(t0 + 2 * REPEAT_EVERY_MS + 1_000)).toHaveLength(3);
    // To the source it is no news: neither is published again because of it, nor is a change held back.
    expect([s.define('OMUSDT'), s.source.health(change('instruments', 'ok')), s.source.health(change('instruments', 'stale'))]).toEqual([false, false, true]);
  });

  it('leaves out what is down, books, and markets that are gone, and has those that are halted', () => {
    const s = rig();
    for (const symbol of ['OMUSDT', 'GONEUSDT', 'HALTEDUSDT']) s.define(symbol);
    s.source.health(change('socket', 'down'));
    s.source.health(change('book', 'stale', 'OMUSDT'));
    s.source.health(change('ticker', 'stale', 'GONEUSDT'));
    s.source.health(change('instruments', 'down', 'GONEUSDT', 'instrument-gone'));
    s.source.health(change('instruments', 'down', 'HALTEDUSDT', 'instrument-halted'));
    s.after(t0);
    expect(s.after(t0 + REPEAT_EVERY_MS).map((m) => [m.kind, 'instrument' in m ? m.instrument : undefined])).toEqual([['instrument', id('OMUSDT')], ['instrument', id('HALTEDUSDT')]]);
    // One that comes back is a market again.
    expect(s.define('GONEUSDT')).toBe(true);
    expect(s.after(t0 + 2 * REPEAT_EVERY_MS).filter((m) => 'instrument' in m && m.instrument === id('GONEUSDT')).map(({ kind }) => kind)).toEqual(['instrument', 'feed.health']);
  });
});
