import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { hyperliquidPerp, hyperliquidSpot } from './feed.ts';
import { parseHyperliquidDepth, parseHyperliquidFrame } from './map.ts';

const now = epochMs(1_800_000_000_000);
const parse = (value: unknown) => parseHyperliquidFrame(typeof value === 'string' ? value : JSON.stringify(value), now);

describe('Hyperliquid frames', () => {
  it('reads a whole book', () => {
    const data = { coin: 'OM', time: 1_799_999_999_500, levels: [[{ px: '0.1999', sz: '10.5', n: 2 }, { px: '0.1998', sz: '7', n: 1 }], [{ px: '0.2001', sz: '3', n: 1 }]] };
    const book = { kind: 'book', snapshot: true, symbol: 'OM', eventTime: 1_799_999_999_500, bids: [0.1999, 10.5, 0.1998, 7], asks: [0.2001, 3] };
    expect(parse({ channel: 'l2Book', data })).toEqual({ kind: 'events', events: [{ ...book, origin: 'live' }] });
    expect(parseHyperliquidDepth(JSON.stringify(data), 1)).toEqual({ kind: 'events', events: [{ ...book, origin: 'deep', layer: 1 }] });
  });

  it('reads trades with the aggressor: B bought, A sold', () => {
    const trade = { coin: 'OM', side: 'A', px: '0.2', sz: '5', hash: '0x0', time: 1_799_999_999_000, tid: 42, users: ['0x1', '0x2'] };
    expect(parse({ channel: 'trades', data: [trade, { ...trade, side: 'B', tid: 43 }] })).toEqual({
      kind: 'events',
      events: [
        { kind: 'trade', symbol: 'OM', eventTime: 1_799_999_999_000, id: '42', price: 0.2, qty: 5, side: 'sell' },
        { kind: 'trade', symbol: 'OM', eventTime: 1_799_999_999_000, id: '43', price: 0.2, qty: 5, side: 'buy' },
      ],
    });
  });

  it('reads the context of a perpetual, stamped on receipt', () => {
    const ctx = { funding: '-0.0000125', openInterest: '18617460.0', prevDayPx: '0.2', dayNtlVlm: '1', premium: null, oraclePx: '0.1995', markPx: '0.19963', midPx: null, impactPxs: null };
    expect(parse({ channel: 'activeAssetCtx', data: { coin: 'OM', ctx } })).toEqual({
      kind: 'events',
      events: [{ kind: 'ticker', symbol: 'OM', eventTime: now, mark: 0.19963, index: 0.1995, openInterest: 18617460, fundingRate: -0.0000125 }],
    });
    expect(parse({ channel: 'activeAssetCtx', data: { coin: 'OM', ctx: { ...ctx, markPx: 'NaN' } } })).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
  });

  it('tells control, ignored and unreadable frames apart', () => {
    expect(parse('Websocket connection established.')).toEqual({ kind: 'control', control: 'welcome' });
    expect(parse({ channel: 'pong' })).toEqual({ kind: 'control', control: 'pong' });
    expect(parse({ channel: 'subscriptionResponse', data: { method: 'subscribe', subscription: { type: 'l2Book', coin: 'OM', nSigFigs: null } } }))
      .toEqual({ kind: 'control', control: 'acknowledgement', channels: ['l2Book:OM'] });
    expect(parse({ channel: 'error', data: 'Invalid subscription' })).toEqual({ kind: 'control', control: 'refused', detail: 'Invalid subscription' });
    expect(parse({ channel: 'bbo', data: {} })).toEqual({ kind: 'ignored', channel: 'bbo' });
    expect(parse({ channel: 'activeSpotAssetCtx', data: {} })).toEqual({ kind: 'ignored', channel: 'activeSpotAssetCtx' });
    expect(parse('{"channel":')).toMatchObject({ kind: 'rejected', reason: 'not-json' });
    expect(parse([1])).toMatchObject({ kind: 'rejected', reason: 'unknown-shape' });
    expect(parse({ channel: 'l9Book', data: {} })).toMatchObject({ kind: 'rejected', reason: 'unknown-shape' });
    expect(parse({ channel: 'l2Book', data: { coin: 'OM', time: 12, levels: [[], []] } })).toMatchObject({ kind: 'rejected', reason: 'bad-time' });
    expect(parse({ channel: 'l2Book', data: { coin: 'OM', time: 1_799_999_999_000, levels: [[{ px: '-1', sz: '1', n: 1 }], []] } })).toMatchObject({ kind: 'rejected', reason: 'bad-number' });
    expect(parse({ channel: 'trades', data: [{ coin: 'OM', side: 'C', px: '1', sz: '1', time: 1_799_999_999_000 }] })).toMatchObject({ kind: 'rejected', reason: 'missing-field' });
  });
});

describe('Hyperliquid instruments', () => {
  it('derives lot and finest tick from szDecimals and knows delisted markets', () => {
    const meta = [
      { universe: [{ name: 'BTC', szDecimals: 5, maxLeverage: 40 }, { name: 'kPEPE', szDecimals: 0, maxLeverage: 10 }, { name: 'OLD', szDecimals: 1, maxLeverage: 3, isDelisted: true }, { name: 'BAD', szDecimals: 'x' }], marginTables: [] },
      [],
    ];
    const result = hyperliquidPerp.parseInstruments(JSON.stringify(meta));
    const common = { marketKind: 'linear', quote: 'USDC', settle: 'USDC', contractSize: 1, dated: false };
    expect(result).toEqual({
      ok: true,
      value: [
        // At most 6 - 5 = 1 decimal.
        { ...common, symbol: 'BTC', base: 'BTC', tickSize: 0.1, lotSize: 0.00001, maxLeverage: 40, trading: true },
        { ...common, symbol: 'kPEPE', base: 'kPEPE', tickSize: 0.000001, lotSize: 1, maxLeverage: 10, trading: true },
        { ...common, symbol: 'OLD', base: 'OLD', tickSize: 0.00001, lotSize: 0.1, maxLeverage: 3, trading: false },
      ],
    });
    expect(hyperliquidPerp.parseInstruments('{}').ok).toBe(false);
    expect(hyperliquidPerp.parseInstruments('no').ok).toBe(false);
  });

  it('names spot pairs as channels do, by tokens, and vouches for no name that anybody could take', () => {
    const token = (name: string, index: number, szDecimals: number, isCanonical = false) => ({ name, szDecimals, weiDecimals: 8, index, tokenId: '0x0', isCanonical, evmContract: null, fullName: null });
    const meta = {
      // Token 3 was left out: indices are not places.
      tokens: [token('USDC', 0, 8, true), token('PURR', 1, 0, true), token('HFUN', 2, 2), token('HYPE', 150, 2), token('BAD', 5, 9)],
      universe: [
        { name: 'PURR/USDC', tokens: [1, 0], index: 0, isCanonical: true }, { name: '@1', tokens: [2, 0], index: 1, isCanonical: false }, { name: '@107', tokens: [150, 0], index: 107, isCanonical: false },
        { name: '@2', tokens: [3, 0], index: 2 }, { name: '@3', tokens: [5, 0], index: 3 }, { name: '', tokens: [2, 0] }, { name: '@4', tokens: [2] },
      ],
    };
    const common = { marketKind: 'spot', quote: 'USDC', settle: 'USDC', contractSize: 1, trading: true, dated: false };
    expect(hyperliquidSpot.parseInstruments(JSON.stringify(meta))).toEqual({
      ok: true,
      value: [
        // At most 8 - 0 decimals.
        { ...common, symbol: 'PURR/USDC', base: 'PURR', tickSize: 0.00000001, lotSize: 1 },
        { ...common, symbol: '@1', base: 'HFUN', tickSize: 0.000001, lotSize: 0.01, freelyNamed: true },
        { ...common, symbol: '@107', base: 'HYPE', tickSize: 0.000001, lotSize: 0.01 },
      ],
    });
    expect(hyperliquidSpot.parseInstruments(JSON.stringify([meta, []])).ok).toBe(true);
    for (const other of ['no', '{}', JSON.stringify([{ universe: [{ name: 'BTC', szDecimals: 5 }] }, []])]) expect(hyperliquidSpot.parseInstruments(other).ok).toBe(false);
    // Nor does the list of pairs pass for perpetuals.
    expect(hyperliquidPerp.parseInstruments(JSON.stringify(meta))).toEqual({ ok: true, value: [] });
  });
});
