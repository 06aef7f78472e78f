import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { warningMessage, type WarningMessage } from '../messages/warning.ts';
import { timelineLine, warningSentences, warningText } from './index.ts';

const at = Date.UTC(2025, 3, 12, 11, 14);
const estimate = (value: number, low: number, high: number): object => ({ value, low, high, status: 'inferred' });
const moved = { code: 'cluster-deposits', cluster: 'issuer:mantra', addressCount: 17, dayUsd: 1.214e8, weekUsd: 1.63e8, dayFloatShare: 0.0224, weekFloatShare: 0.0301, ofThreshold: 4.24 };
const risk = { code: 'address-risk', cluster: 'issuer:mantra', probability: 0.31, baseRate: 0.021, features: ['size-over-threshold', 'issuer'] };

/** The issuer's deposits a day before a crash. */
const issuer = (over: object = {}): WarningMessage =>
  warningMessage.parse({
    kind: 'warning', source: 'alerting', seq: 1, eventTime: at, receivedAt: at, id: 'BW-OM-20250412-7f3a9c21', revision: 1, state: 'firing', severity: 'watch', warning: 'deposits.issuer', asset: 'OM', onset: at, horizonSeconds: 900,
    price: { value: 6.3, low: 6.3, high: 6.3, status: 'exact' }, ignitionUsd: estimate(2.86e7, 2e7, 4e7), landingPrice: estimate(2.1, 1.4, 3), amplification: null, trigger: null, depositsUsd: 0,
    reasons: [moved, risk, { code: 'issuer-deposits', floatShare: 0.02, usd: 1.214e8 }], inputs: [], venues: [], modelVersion: '1', inputHash: 'sha256:00', ...over,
  });
const committee = { language: 'en', audience: 'committee' } as const;
const community = { language: 'en', audience: 'community' } as const;

describe('deposits of an owner in words', () => {
  it('name the issuer’s cluster, its addresses, its share of the effective float and its size against the threshold', () => {
    const { headline, why } = warningSentences(issuer(), committee);
    expect(headline).toBe('The issuer cluster Mantra, 17 addresses, moved $121 m to exchanges in 24 h: 2.2 % of the effective float, 3 % in 7 days, 4.2 times the ignition threshold. Ignition threshold: a net sale of $28.6 m (20 to 40) within 15 min starts a liquidation cascade down to about $2.10 (1.40 to 3.00, -67 %).');
    expect(why).toEqual([
      'after such deposits of Mantra (issuer) a fall within a day is given 31 %, after any transfer 2.1 %; most for size against the ignition threshold, nearness to the issuer',
      'issuer cluster moved 2 % of the tokens in circulation ($121 m) to exchanges in 24 h',
    ]);
    expect(warningSentences(issuer(), community).headline).toMatch(/^The issuer Mantra, 17 addresses, moved \$121 m to exchanges in 24 h: 2\.2 % of the effective float, 3 % in 7 days, 4\.2 times the sale that would set off forced sales\./);
    expect(timelineLine(issuer(), epochMs(at + 1_871 * 60_000))).toBe('T-31h 11m  watch     OM  issuer cluster Mantra moved 2.2 % of effective float to exchanges in 24 h, 4.2 times the threshold');
    expect(warningText(issuer(), { ...community, commands: true }).length).toBeLessThan(900);
  });
  it('are said as before where nobody knows who holds the asset', () => {
    const bare = issuer({ reasons: [{ code: 'issuer-deposits', floatShare: 0.02, usd: 1.214e8 }] });
    expect(warningSentences(bare, committee).headline).toMatch(/^The issuer cluster moved 2 % of the float \(\$121 m\) to exchanges in 24 h\./);
    expect(timelineLine(bare)).toMatch(/issuer cluster moved 2 % of float to exchanges in 24 h$/);
  });
  it('name any other owner once, and further ones among the reasons', () => {
    const cluster = `0x${'ab'.repeat(20)}`;
    const second = { ...moved, cluster: 'fund:laser', addressCount: 1, weekFloatShare: null, ofThreshold: null };
    const whale = issuer({ warning: 'deposits.cluster', reasons: [{ ...moved, cluster }, { ...risk, cluster }, second] });
    const { headline, why } = warningSentences(whale, committee);
    expect(headline).toMatch(/^0xababab…abab, 17 addresses, moved \$121 m to exchanges in 24 h: 2\.2 % of the effective float, 3 % in 7 days, 4\.2 times the ignition threshold\. Ignition threshold: /);
    expect(why).toEqual([expect.stringMatching(/^after such deposits of 0xababab…abab a fall within a day is given 31 %/), 'Laser (fund), 1 address, sent $121 m to exchanges in 24 h: 2.2 % of the effective float']);
    expect(timelineLine(whale)).toMatch(/0xababab…abab moved 2\.2 % of effective float to exchanges in 24 h, 4\.2 times the threshold$/);
  });
  it('stay among the reasons once the warning is over', () => {
    expect(warningSentences(issuer({ state: 'resolved', revision: 2 }), committee).why[0]).toMatch(/^Mantra \(issuer\), 17 addresses, sent \$121 m to exchanges in 24 h: /);
  });
});

describe('warnings of a reserve', () => {
  const floors = { currency: 'BTC', floorBefore: 0.0000785, floorAfter: 0.0000671888, units: 5e6, tx: `0x${'45'.repeat(32)}` };
  it('say how far a mint or a fall carries the floor', () => {
    const minted = issuer({ warning: 'reserve.mint', reasons: [{ code: 'reserve-mint', ...floors }] });
    expect(warningSentences(minted, committee).headline).toBe('The owner minted 5 m tokens: the reserve behind one token goes from 0.00007850 BTC to 0.00006719 BTC (-14 %).');
    const first = issuer({ warning: 'reserve.mint', reasons: [{ code: 'reserve-mint', ...floors, floorBefore: 0 }] });
    expect(warningSentences(first, committee).headline).toMatch(/goes from 0 BTC to 0\.00006719 BTC\.$/);
    const fell = issuer({ warning: 'reserve.floor', reasons: [{ code: 'floor-fell', currency: 'BTC', from: 0.0000785, to: 0.0000671888, sinceMs: 86_400_000 }] });
    expect(warningSentences(fell, committee).headline).toMatch(/^The reserve behind one token has fallen from 0\.00007850 BTC to 0\.00006719 BTC \(-14 %\) in /);
    expect(timelineLine(fell)).toMatch(/reserve floor 0\.00006719 BTC, was 0\.00007850 BTC yesterday \(-14 %\)$/);
  });
  it('call what a market is held to what it is: the floor less custody, not the floor that is shown beside it', () => {
    const below = issuer({ warning: 'reserve.below', reasons: [{ code: 'below-floor', price: 3.62, floorUsd: 3.95 }] });
    expect(warningSentences(below, committee).headline).toBe('Market price $3.62 is below $3.95, the reserve floor less what custody may cost.');
    expect(warningSentences(below, community).headline).toMatch(/less than \$3\.95, what the reserve behind one token is worth less what custody may cost/);
    expect(timelineLine(below)).toMatch(/price \$3\.62 below \$3\.95, the reserve floor less custody$/);
  });
});
