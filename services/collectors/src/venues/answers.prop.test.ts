import { describe, expect, it } from '@jest/globals';
import { currencyCode, epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { nativeFeeds } from '../feeds.ts';
import { mutations } from '../testing/mutate.ts';
import { isSound } from '../testing/sound.ts';
import type { RatePair, VenueInstrument } from '../venue.ts';

const now = epochMs(1_800_000_000_000);
const T = 1_799_999_999_990;
/** Answers of REST, by venue: books, figures and instrument lists. Written from the documented formats. */
const answers: Readonly<Record<string, readonly unknown[]>> = {
  binance: [
    { lastUpdateId: 160, E: T, bids: [['0.0024', '10']], asks: [['0.0026', '3']] }, { symbol: 'OMUSDT', openInterest: '5', time: T }, { symbol: 'USDTTRY', bidPrice: '39.6', askPrice: '40.4' },
    { symbols: [{ symbol: 'OMUSDT', status: 'TRADING', contractStatus: 'TRADING', contractSize: 10, contractType: 'PERPETUAL', baseAsset: 'OM', quoteAsset: 'USDT', marginAsset: 'USDT', filters: [{ filterType: 'PRICE_FILTER', tickSize: '0.01' }, { filterType: 'LOT_SIZE', stepSize: '1' }] }] },
  ],
  bybit: [
    { retCode: 0, result: { s: 'OMUSDT', b: [['6', '1']], a: [['7', '1']], ts: T, u: 3 } }, { retCode: 10_001, retMsg: 'params error', result: {} },
    { retCode: 0, result: { category: 'spot', list: [{ symbol: 'USDTTRY', bid1Price: '39.6', ask1Price: '40.4' }] }, time: T },
    { retCode: 0, result: { category: 'linear', nextPageCursor: 'x', list: [{ symbol: 'OMUSDT', contractType: 'LinearPerpetual', status: 'Trading', baseCoin: 'OM', quoteCoin: 'USDT', settleCoin: 'USDT', leverageFilter: { maxLeverage: '50' }, priceFilter: { tickSize: '0.01' }, lotSizeFilter: { qtyStep: '1' } }] } },
  ],
  okx: [
    { code: '0', msg: '', data: [{ asks: [['2', '1', '0', '1']], bids: [['1', '2', '0', '1']], ts: String(T), seqId: 7 }] }, { code: '51001', msg: 'no such instrument', data: [] },
    { code: '0', data: [{ instId: 'USDTTRY', bidPx: '39.6', askPx: '40.4', ts: String(T) }] },
    { code: '0', data: [{ instType: 'SWAP', instId: 'OM-USDT-SWAP', uly: 'OM-USDT', settleCcy: 'USDT', ctType: 'linear', ctVal: '1', ctMult: '1', ctValCcy: 'OM', tickSz: '0.01', lotSz: '1', lever: '50', state: 'live' }, { instType: 'FUTURES', instId: 'OM-USD-261225', uly: 'OM-USD', settleCcy: 'OM', ctType: 'inverse', ctVal: '10', ctMult: '1', ctValCcy: 'USD', tickSz: '0.01', lotSz: '1', lever: '20', state: 'live', ruleType: 'normal' }, { instType: 'SPOT', instId: 'OM-USDT', baseCcy: 'OM', quoteCcy: 'USDT', tickSz: '0.01', lotSz: '1', state: 'live' }] },
  ],
  hyperliquid: [
    { coin: 'OM', time: T, levels: [[{ px: '0.19', sz: '10', n: 2 }], [{ px: '0.2', sz: '3', n: 1 }]] },
    [{ universe: [{ name: 'OM', szDecimals: 1, maxLeverage: 5 }] }, []], { tokens: [{ name: 'USDC', szDecimals: 8, index: 0 }, { name: 'HYPE', szDecimals: 2, index: 150 }], universe: [{ name: '@107', tokens: [150, 0], index: 107 }] },
  ],
};
const market: VenueInstrument = { symbol: 'OMUSDT', marketKind: 'linear', base: currencyCode('OM'), quote: currencyCode('USDT'), settle: currencyCode('USDT'), tickSize: 0.01, lotSize: 1, contractSize: 1, trading: true, dated: false };
const lira: RatePair = { symbol: 'USDTTRY', base: currencyCode('USDT'), quote: currencyCode('TRY'), currency: currencyCode('TRY') };

describe.each(nativeFeeds.map(({ venue, endpoints }) => [venue.source, venue, endpoints] as const))('answers of %s', (_name, venue, endpoints) => {
  it('never throws on a damaged answer and never lets an unsound number through', () => {
    const options = { endpoints, rates: true, deepEveryMs: 15_000, pollEveryMs: 10_000 };
    const plan = venue.plan([market], options);
    const rate = venue.ratePoll?.(lira, options);
    const resync = plan.resync(market.symbol);
    const polls = [...plan.polls, ...(resync.kind === 'request' ? [resync.poll] : []), ...(rate === undefined ? [] : [rate])];
    const request = venue.instrumentRequests(endpoints)[0] ?? { method: 'GET' as const, url: endpoints.rest };
    let events = 0;
    let rates = 0;
    let listed = 0;
    fc.assert(
      fc.property(mutations(answers[venue.venue] ?? []), (body) => {
        for (const poll of polls) {
          const parsed = poll.parse(body, now);
          if (parsed.kind !== 'events') continue;
          events++;
          if (poll === rate) rates++;
          for (const event of parsed.events) expect(isSound(event)).toBe(true);
        }
        const list = venue.parseInstruments(body);
        if (list.ok) {
          for (const i of list.value) {
            listed++;
            expect([i.tickSize, i.lotSize, i.contractSize, i.maxLeverage ?? 1].every((n) => n > 0 && Number.isFinite(n))).toBe(true);
          }
        }
        const next = venue.nextInstrumentPage?.(body, request);
        if (next !== undefined) expect(URL.canParse(next.url)).toBe(true);
      }),
      { numRuns: 4_000, seed: 20261121 },
    );
    expect(events).toBeGreaterThan(50);
    if (rate !== undefined) expect(rates).toBeGreaterThan(30);
    expect(listed).toBeGreaterThan(50);
  });
});
