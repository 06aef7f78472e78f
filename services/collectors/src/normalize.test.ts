import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { allVenues } from './feeds.ts';
import { normalizeMessages } from './normalize.ts';
import { compareWithKey, readKey } from './testing/key.ts';
import { bybitLinear, bybitSpot } from './venues/bybit/feed.ts';
import { okxFutures, okxSwap } from './venues/okx/feed.ts';

describe('normal form against an independent answer key', () => {
  it('agrees on every Bybit v5 derivative message and lists what is from before v5', () => {
    const file = readKey('bybit');
    if (file === undefined) return;
    const { differences, compared, legacy, results } = compareWithKey(file, [bybitLinear], {
      inputs: {
        // The key's author drops the first frame of this stream; it is the same frame as the next input, which agrees.
        52: 'first message of a stream dropped by the key',
      },
    });
    expect(differences).toEqual([]);
    // `orderbook.1` is a best-quote stream (book_ticker in the key), not carried: the deeper stream has it.
    expect(results.filter((r) => r.ignored === 'orderbook.1').map((r) => r.index)).toEqual([40, 41, 51]);
    // A snapshot has every field, so there the key's figures must all be ours.
    for (const index of [44, 46, 48]) {
      const [key] = file.expected[index] as Record<string, unknown>[];
      for (const field of ['lastPrice', 'openInterest', 'fundingRate', 'fundingTimestamp', 'indexPrice', 'markPrice']) {
        const ours = results[index]?.messages[0] as unknown as Record<string, unknown>;
        expect({ index, field, value: ours[field] ?? null }).toEqual({ index, field, value: key?.[field] });
      }
    }
    console.log(JSON.stringify({ compared, legacy }));
    expect(legacy).toEqual([0, ...Array.from({ length: 37 }, (_, i) => i + 1)]);
    expect(compared).toEqual({ trade: 4, book_change: 2, derivative_ticker: 4, liquidation: 3 });
  });

  it('agrees on every Bybit v5 spot message', () => {
    const file = readKey('bybit-spot');
    if (file === undefined) return;
    const { differences, compared, legacy } = compareWithKey(file, [bybitSpot]);
    expect(differences).toEqual([]);
    console.log(JSON.stringify({ compared, legacy }));
    expect(legacy).toEqual([0, 1, 2, 3, 4]);
    expect(compared['book_change']).toBe(2);
  });

  it('prints open interest as the venue does, whichever sides it counts', () => {
    // Bybit's `openInterest` counts both sides; archives keep the field as printed, while the ticker messages of the bus carry one side.
    const frame = { topic: 'tickers.OMUSDT', type: 'delta', ts: 1_786_310_400_000, data: { symbol: 'OMUSDT', openInterest: '200', singleOpenInterest: '100' } };
    const result = normalizeMessages('bybit', [frame], [bybitLinear]);
    expect(result).toMatchObject({ ok: true, value: [{ messages: [{ type: 'derivative_ticker', openInterest: 200 }] }] });
    const [event] = ((parsed) => (parsed.kind === 'events' ? parsed.events : []))(bybitLinear.parseFrame(JSON.stringify(frame), epochMs(0)));
    expect(event).toMatchObject({ openInterest: 100 });
  });

  it('reads recordings that keep the time of each message, and tells an index to its perpetual or by itself', () => {
    const frame = { arg: { channel: 'index-tickers', instId: 'OM-USDT' }, data: [{ instId: 'OM-USDT', idxPx: '0.5', ts: '1786310400000' }] };
    const recorded = { localTimestamp: '2026-08-09T21:20:00.100Z', message: frame };
    const stamp = { timestamp: '2026-08-09T21:20:00.000Z', indexPrice: 0.5 };
    expect(normalizeMessages('okex-swap', [recorded], [okxSwap])).toMatchObject({ ok: true, value: [{ messages: [{ type: 'derivative_ticker', exchange: 'okex-swap', symbol: 'OM-USDT-SWAP', ...stamp }] }] });
    expect(normalizeMessages('okex-futures-X-Perp', [recorded, frame], [okxFutures])).toMatchObject({ ok: true, value: [1, 2].map(() => ({ messages: [{ type: 'index', exchange: 'okex-futures', symbol: 'OM-USDT', ...stamp }] })) });
  });

  it('refuses an exchange without a feed', () => {
    expect(normalizeMessages('mtgox', [], [bybitLinear]).ok).toBe(false);
    expect(normalizeMessages('binance-options', [], allVenues)).toMatchObject({ ok: false, error: expect.stringMatching(/^no built-in feed for binance-options \(options are not carried\); known: binance, /) });
  });
});
