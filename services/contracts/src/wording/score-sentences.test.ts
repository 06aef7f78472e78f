import { describe, expect, it } from '@jest/globals';
import { assetId, chainId, epochMs, price, ratio, sourceId, usd } from '@breakwater/models/core';
import type { ScoreMessage } from '../messages/score.ts';
import { nothingIgnites, scoreSentences, termMeanings } from './index.ts';

const at = epochMs(Date.UTC(2025, 3, 13, 18, 2, 11));
const none = { units: 0, usd: usd(0), count: 0 };
const quiet: ScoreMessage = {
  kind: 'score', source: sourceId('scoring'), seq: 1, eventTime: at, receivedAt: at, asset: assetId('OM'), horizonSeconds: 900,
  price: { value: price(5.62), low: price(5.6), high: price(5.64), status: 'exact' },
  ignitionUsd: { value: usd(12.8e6), low: usd(9e6), high: usd(19e6), status: 'inferred' }, landingPrice: { value: price(2.1), low: price(1.4), high: price(3.3), status: 'inferred' },
  amplification: null, ignitedAtZero: false, depth2pctUsd: usd(4e6), openInterestUsd: usd(60e6), extendedShare: ratio(0.3), forcedShare: null,
  deposits: { horizon: { windowSeconds: 900, ...none }, day: { windowSeconds: 86_400, ...none }, issuerDay: { windowSeconds: 86_400, ...none }, largest: null },
  issuerFloatShare: null, earlier: { ignitionUsdDayAgo: null, depth2pctUsdDayHigh: null, priceHourAgo: null }, markets: [],
  inputs: [{ name: 'book.binance', status: 'exact', ageMs: 180 }, { name: 'positions.binance', status: 'inferred' }], modelVersion: '1', inputHash: 'sha256:00',
};
const committee = { language: 'en', audience: 'committee' } as const;

describe('a score in words', () => {
  it('says the threshold of a quiet asset, and claims no deposit where there was none', () => {
    expect(scoreSentences(quiet, committee)).toEqual({
      headline: 'Ignition threshold: a net sale of $12.8 m (9 to 19) within 15 min starts a liquidation cascade down to about $2.10 (1.40 to 3.30, -63 %).',
      why: [],
      howSure: 'high on books (1 of 1 venue exact), medium on positions (inferred)',
    });
  });
  it('lists what it rests on, with a comparison for each', () => {
    const busy: ScoreMessage = {
      ...quiet, amplification: { value: ratio(2.3), low: ratio(2), high: ratio(3), status: 'inferred' }, forcedShare: ratio(0.38), issuerFloatShare: ratio(0.021), depth2pctUsd: usd(2e6),
      deposits: {
        horizon: { windowSeconds: 900, units: 1e6, usd: usd(5.6e6), count: 1 }, day: { windowSeconds: 86_400, units: 2e6, usd: usd(11e6), count: 4 }, issuerDay: { windowSeconds: 86_400, units: 1e6, usd: usd(5.6e6), count: 1 },
        largest: { chain: chainId('eip155:1'), tx: '0x12', logIndex: 0, to: '0x91', toLabel: 'exchange:okx', units: 1e6, usd: usd(5.6e6), eventTime: at, state: 'final' },
      },
      earlier: { ignitionUsdDayAgo: usd(30e6), depth2pctUsdDayHigh: usd(8e6), priceHourAgo: null },
    };
    const said = scoreSentences(busy, committee);
    expect(said.headline).toMatch(/ \$5\.6 m was just deposited to OKX\.$/);
    expect(said.why).toEqual([
      '$11 m in 4 deposits to exchanges within 24 h',
      'bids within 2 % fell 75 % from the high of the last 24 h',
      'the ignition threshold fell from $30 m to $12.8 m in 24 h',
      '38 % of open positions close above $2.10',
      'amplification 2.3: the fall with liquidations over the fall without',
      'issuer cluster moved 2.1 % of the tokens in circulation ($5.6 m) to exchanges in 24 h',
    ]);
  });
  it('says how forced sales breed forced sales where they do', () => {
    const network = { reproduction: { value: ratio(0.8), low: ratio(0.3), high: ratio(1.7), status: 'inferred' as const }, markets: [], links: [] };
    expect(scoreSentences({ ...quiet, network }, committee).why).toEqual(['each forced dollar forces 0.8 (0.3 to 1.7) more']);
    for (const other of [null, { ...network, reproduction: { ...network.reproduction, value: ratio(0) } }]) expect(scoreSentences({ ...quiet, network: other }, committee).why).toEqual([]);
  });
  it('tells a market in which nothing ignites from one that cannot be measured', () => {
    const nothing: ScoreMessage = { ...quiet, ignitionUsd: null, landingPrice: null };
    expect(scoreSentences(nothing, committee).headline).toBe('No net sale that the books can take, seen or extended, starts a liquidation cascade now.');
    expect([nothingIgnites(nothing), nothingIgnites({ ...nothing, openInterestUsd: null }), nothingIgnites(quiet)]).toEqual([true, false, false]);
    expect(scoreSentences({ ...nothing, openInterestUsd: null }, committee).headline).toBe('The ignition threshold cannot be measured now.');
    expect(scoreSentences({ ...nothing, price: null }, { ...committee, audience: 'community' }).headline).toBe('The sale that would set off forced sales cannot be measured now.');
  });
  it('says forced sales that need no sale at all', () => {
    const said = scoreSentences({ ...quiet, ignitedAtZero: true, forcedShare: ratio(0.2) }, committee);
    expect(said.headline).toMatch(/^The ignition threshold is zero/);
    expect(said.why[0]).toBe('positions are already past their liquidation price');
  });
});

describe('the terms', () => {
  it('have one sentence each, without raising their voice', () => {
    for (const { name, meaning } of Object.values(termMeanings('en'))) {
      expect(name).not.toBe('');
      expect(meaning).toMatch(/^[A-Z][^!.]*[^!]\.$/);
    }
  });
});
