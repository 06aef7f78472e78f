import { describe, expect, it } from '@jest/globals';
import type { CaptureLine } from '../../replay/index.ts';
import { replayCapture } from '../../replay/index.ts';
import { captureLines } from '../../testing/data.ts';
import { accountedReplay, applyAll, expectSoundBook } from '../../testing/replay-check.ts';
import { okxFutures, okxSpot, okxSwap } from './feed.ts';

const venues = [okxSpot, okxSwap, okxFutures];

describe('replay of a recorded OKX capture of 2022 (checksums, no sequence numbers)', () => {
  it('accounts for every frame, rejects none, has no gap and never crosses a book', async () => {
    const lines = await captureLines('OKX');
    if (lines === undefined) return;
    const result = await accountedReplay('OKX', lines, venues);
    expect(result.rejected).toEqual({});
    for (const book of result.books) expectSoundBook(book);
  });

  it('verifies every checksum', async () => {
    const lines = await captureLines('OKX');
    if (lines === undefined) return;
    // Each frame's checksum covers the book after it: applied means that it was computed and was equal.
    const { events } = applyAll(lines, venues);
    for (const event of events) expect(event.checksum).toBeDefined();
    expect(events).toHaveLength(290);
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
    ], { venues, publish: (_topic, m) => (m.kind === 'ticker' ? tickers.push([m.instrument, m.last ?? m.index]) : 0), assets: 'all' });
    expect(tickers).toEqual([['okx:spot:OM-USDT', 1], ['okx:swap:OM-USDT-SWAP', 2], ['okx:futures:OM-USD_UM_XPERP-310404', 3], ['okx:swap:OM-USDT-SWAP', 4], ['okx:futures:OM-USD_UM_XPERP-310404', 5]]);
    expect(result).toMatchObject({ frames: 6, framesNormalized: 6, ignored: {}, rejected: {}, normalized: { ticker: 5, rate: 1 } });
  });
});
