import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import type { CaptureLine } from '../../replay/index.ts';
import { replayCapture } from '../../replay/index.ts';
import { captureLines } from '../../testing/data.ts';
import { okxFutures, okxSpot, okxSwap } from './feed.ts';
import { createOkxSync } from './sync.ts';

const total = (table: Readonly<Record<string, number>>): number => Object.values(table).reduce((a, b) => a + b, 0);

describe('replay of a recorded OKX capture of 2022 (checksums, no sequence numbers)', () => {
  it('accounts for every frame, rejects none, has no gap and never crosses a book', async () => {
    const lines = await captureLines('OKX');
    if (lines === undefined) return;
    const result = await replayCapture(lines, { venues: [okxSpot, okxSwap, okxFutures], publish: () => undefined, assets: 'all' });
    console.log('OKX', JSON.stringify(result));
    expect(result.frames).toBe(lines.filter((l) => l.t === 'recv').length);
    expect(result.framesNormalized + total(result.control) + total(result.ignored) + total(result.rejected)).toBe(result.frames);
    expect(result.rejected).toEqual({});
    expect(result.gaps).toBe(0);
    for (const book of result.books) {
      expect(book.crossedEver).toBe(false);
      expect(book.bestBid ?? NaN).toBeLessThan(book.bestAsk ?? NaN);
    }
  });

  it('verifies every checksum', async () => {
    const lines = await captureLines('OKX');
    if (lines === undefined) return;
    const syncs = new Map<string, ReturnType<typeof createOkxSync>>();
    let verified = 0;
    for (const line of lines) {
      if (line.t !== 'recv') continue;
      for (const venue of [okxSpot, okxSwap, okxFutures]) {
        const parsed = venue.parseFrame(line.data, epochMs(1_652_459_225_000));
        if (parsed.kind !== 'events') continue;
        for (const event of parsed.events) {
          if (event.kind !== 'book') continue;
          expect(event.checksum).toBeDefined();
          const sync = syncs.get(event.symbol) ?? createOkxSync();
          syncs.set(event.symbol, sync);
          // Each frame's checksum covers the book after it: `apply` means that it was computed and was equal.
          expect(sync.next(event).kind).toBe('apply');
          verified++;
        }
      }
    }
    expect(verified).toBe(290);
  });
});

describe('replay of one connection with several market types', () => {
  it('takes an index to the market type whose markets follow it, and rates to one of them', async () => {
    const T = 1_799_999_999_000;
    const row = { baseCcy: '', quoteCcy: '', state: 'live', tickSz: '0.1', lotSz: '1', lever: '50', ctMult: '1' };
    const line = (t: CaptureLine['t'], more: Partial<CaptureLine>): CaptureLine => ({ t, ts: T / 1_000, conn: 'a', url: '', data: '', exchange: '', ...more });
    const list = (instType: string, ...data: readonly object[]): CaptureLine => line('http', { conn: 'h', url: `https://www.okx.com/api/v5/public/instruments?instType=${instType}`, data: JSON.stringify({ code: '0', data: data.map((d) => ({ ...row, instType, ...d })) }) });
    const push = (channel: string, instId: string, more: object): CaptureLine => line('recv', { data: JSON.stringify({ arg: { channel, instId }, data: [{ instId, ts: String(T), ...more }] }) });
    const tickers: unknown[] = [];
    const result = await replayCapture([
      line('header', { exchange: 'OKX' }),
      list('SPOT', { instId: 'OM-USDT', baseCcy: 'OM', quoteCcy: 'USDT' }),
      list('SWAP', { instId: 'OM-USDT-SWAP', uly: 'OM-USDT', settleCcy: 'USDT', ctType: 'linear', ctVal: '1', ctValCcy: 'OM' }),
      list('FUTURES', { instId: 'OM-USD_UM_XPERP-310404', uly: 'OM-USD', settleCcy: 'USD', ctType: 'linear', ctVal: '1', ctValCcy: 'OM', ruleType: 'xperp' }),
      line('connect', { url: 'wss://ws.okx.com:8443/ws/v5/public' }),
      push('tickers', 'OM-USDT', { last: '1' }), push('tickers', 'OM-USDT-SWAP', { last: '2' }), push('tickers', 'OM-USD_UM_XPERP-310404', { last: '3' }),
      push('index-tickers', 'OM-USDT', { idxPx: '4' }), push('index-tickers', 'OM-USD', { idxPx: '5' }), push('index-tickers', 'USDT-USD', { idxPx: '1' }),
    ], { venues: [okxSpot, okxSwap, okxFutures], publish: (_topic, m) => (m.kind === 'ticker' ? tickers.push([m.instrument, m.last ?? m.index]) : 0), assets: 'all' });
    expect(tickers).toEqual([['okx:spot:OM-USDT', 1], ['okx:swap:OM-USDT-SWAP', 2], ['okx:futures:OM-USD_UM_XPERP-310404', 3], ['okx:swap:OM-USDT-SWAP', 4], ['okx:futures:OM-USD_UM_XPERP-310404', 5]]);
    expect(result).toMatchObject({ frames: 6, framesNormalized: 6, ignored: {}, rejected: {}, normalized: { ticker: 5, rate: 1 } });
  });
});
