import { describe, expect, it } from '@jest/globals';
import type { AssetMessage, GlobalMessage } from '@breakwater/contracts';
import { assetId, currencyCode, defined, epochMs, instrumentId } from '@breakwater/models/core';
import { scoringDefaults } from './config.ts';
import { createScorer } from './scorer.ts';
import { book, crossRate, instrument, rate, watermark } from './testing/messages.ts';

const t0 = 1_700_000_000_000;

/** The score a second after a spot market in lira (bids from 240) and one in USDT (bids from 6) were read: the same book, prices times 40. */
function scoreWith(...messages: readonly (AssetMessage | GlobalMessage)[]) {
  const scorer = createScorer({ ...scoringDefaults, assets: [{ asset: assetId('OM') }] }, epochMs(t0), { startGraceMs: 0 });
  scorer.watch({ asset: assetId('OM') });
  const spot = { marketKind: 'spot' } as const;
  for (const message of [
    instrument('binance', t0, { ...spot, quote: currencyCode('TRY') }), book('binance', t0, [240, 1_000, 238, 5_000, 230, 10], [241, 1_000]),
    instrument('okx', t0, spot), book('okx', t0, [6, 1_000, 5.95, 5_000, 5.75, 10], [6.03, 1_000]), ...messages, watermark('binance', t0 + 1_000), watermark('okx', t0 + 1_000),
  ]) scorer.push(message);
  const score = defined(scorer.due(epochMs(t0 + 1_000))?.scores[0], 'a score');
  const market = (venue: string) => defined(score.markets.find((m) => m.instrument === instrumentId(venue, 'perp', 'OMUSDT')), `the market of ${venue}`);
  return { score, market: market('binance'), tether: market('okx'), input: score.inputs.find((i) => i.name === 'rate.TRY') };
}

describe('a market in lira', () => {
  it('is in the figures at the lira\'s dollars: 240 lira of 0.025 USDT are 6 dollars', () => {
    const { score, market, tether, input } = scoreWith(rate('okx', t0, 1), crossRate('binance', t0 + 500, 'TRY', 'USDT', 0.025, 0.0001));
    expect(market).toMatchObject({ price: 6, status: 'exact' });
    // A lira is a fortieth: both markets have the same depth in dollars.
    expect(market.depth2pctUsd).toBeCloseTo(tether.depth2pctUsd ?? NaN, 6);
    expect(score.depth2pctUsd).toBeCloseTo(2 * (tether.depth2pctUsd ?? NaN), 6);
    expect(score.price).toMatchObject({ value: 6, status: 'exact' });
    expect(input).toEqual({ name: 'rate.TRY', status: 'exact', ageMs: 1_000 });
  });

  it('is at what a depegged USDT makes of it', () => {
    const { market } = scoreWith(rate('okx', t0, 0.9), crossRate('binance', t0, 'TRY', 'USDT', 0.025));
    expect(market.price).toBeCloseTo(5.4, 12);
  });

  it('is missing and in no figure while there is no rate', () => {
    const { score, market, tether, input } = scoreWith(rate('okx', t0, 1));
    expect(market).toMatchObject({ price: null, status: 'missing', depth2pctUsd: null });
    expect(score.depth2pctUsd).toBe(tether.depth2pctUsd);
    expect(input).toEqual({ name: 'rate.TRY', status: 'missing' });
  });

  it('is in the figures as not known while USDT is only taken at par', () => {
    const { market, input } = scoreWith(crossRate('binance', t0, 'TRY', 'USDT', 0.025));
    expect(market).toMatchObject({ price: 6, status: 'missing' });
    expect(input).toEqual({ name: 'rate.TRY', status: 'missing' });
  });
});
