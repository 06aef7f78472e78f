import { describe, expect, it } from '@jest/globals';
import { assetId, chainId, epochMs, price, ratio, sourceId, usd, venueId, warningId } from '@breakwater/models/core';
import type { FeedHealthMessage } from '../messages/global.ts';
import type { WarningMessage } from '../messages/warning.ts';
import { timelineCrashLine, timelineFeedLine, timelineLine, warningSentences, warningText } from './index.ts';

const at = Date.UTC(2025, 3, 13, 18, 2, 11);
const books = ['binance', 'okx', 'bybit', 'hyperliquid', 'kraken'].map((v) => ({ name: `book.${v}`, status: 'exact' as const, ageMs: 180 }));

/** The example of the surfaces' design: OM on 13 April 2025. */
const example: WarningMessage = {
  kind: 'warning', source: sourceId('alerting'), seq: 1, eventTime: epochMs(at), receivedAt: epochMs(at), id: warningId('BW-OM-20250413-7f3a9c21'), revision: 1, state: 'firing',
  severity: 'critical', warning: 'cascade.ignition', asset: assetId('OM'), onset: epochMs(at), horizonSeconds: 900,
  price: { value: price(5.62), low: price(5.6), high: price(5.64), status: 'exact' },
  ignitionUsd: { value: usd(4.1e6), low: usd(3.2e6), high: usd(5.6e6), status: 'inferred' },
  landingPrice: { value: price(0.92), low: price(0.55), high: price(1.6), status: 'inferred' },
  amplification: { value: ratio(2.3), low: ratio(2), high: ratio(3), status: 'inferred' },
  trigger: { chain: chainId('eip155:1'), tx: '0x1234567890abcdef', logIndex: 1, to: '0x91d4', toLabel: 'exchange:okx', units: 1e6, usd: usd(5.6e6), eventTime: epochMs(at - 60_000), state: 'included' },
  depositsUsd: usd(5.6e6),
  reasons: [
    { code: 'depth-fell', share: ratio(0.71), sinceMs: 9 * 3_600_000 + 131_000 },
    { code: 'forced-share', share: ratio(0.38), belowPrice: price(4.9) },
    { code: 'amplification', amplification: ratio(2.3) },
  ],
  inputs: [...books, { name: 'book.gate', status: 'inferred' }, { name: 'positions.binance', status: 'inferred' }],
  venues: [{ venue: venueId('okx'), ignitionUsd: null, status: 'exact' }], modelVersion: '1', inputHash: 'sha256:00',
};
const community = { language: 'en', audience: 'community' } as const;
const committee = { language: 'en', audience: 'committee' } as const;

describe('a warning in words', () => {
  it('reads as the example', () => {
    expect(warningText(example, { ...community, commands: true })).toBe(
      [
        '🔴 CRITICAL · OM',
        'A net sale of about $4.1 m (3.2 to 5.6) within 15 min would now set off forced sales down to about $0.92 (-84 %). $5.6 m was just deposited to OKX.',
        'Why: bids within 2 % fell 71 % since 09:00 UTC · 38 % of open positions close above $4.90 · forced sales make the fall 2.3 times as deep',
        'How sure: high on books (5 of 6 venues exact), medium on positions (inferred)',
        'BW-OM-20250413-7f3a9c21 · 18:02:11 UTC · /why BW-OM-20250413-7f3a9c21 · /mute OM',
      ].join('\n'),
    );
  });
  it('uses the terms of the field for the committee, with every band', () => {
    expect(warningSentences(example, { ...committee, now: at + 40_000 })).toMatchObject({
      headline: 'Ignition threshold: a net sale of $4.1 m (3.2 to 5.6) within 15 min starts a liquidation cascade down to about $0.92 (0.55 to 1.60, -84 %). $5.6 m was just deposited to OKX.',
      footer: 'BW-OM-20250413-7f3a9c21 · 18:02:11 UTC, 40 s ago',
    });
  });
  it('says how forced sales breed forced sales while it is open, with the band for the committee', () => {
    const reproduction = { value: ratio(1.3), low: ratio(0.42), high: ratio(3.14), status: 'inferred' as const };
    expect(warningSentences({ ...example, reproduction }, community).why.at(-1)).toBe('each forced dollar forces 1.3 more');
    expect(warningSentences({ ...example, state: 'acknowledged', reproduction }, committee).why.at(-1)).toBe('each forced dollar forces 1.3 (0.42 to 3.1) more');
    for (const other of [{ state: 'resolved' as const, reproduction }, { reproduction: null }, { reproduction: { ...reproduction, value: ratio(0) } }]) expect(warningSentences({ ...example, ...other }, committee).why.join()).not.toContain('forced dollar');
  });
  it('tells the largest deposit from the sum, and who sent it', () => {
    const { headline } = warningSentences({ ...example, depositsUsd: usd(9e6), trigger: example.trigger === null ? null : { ...example.trigger, fromLabel: 'issuer:mantra' } }, community);
    expect(headline).toContain('$9 m was just deposited to exchanges, $5.6 m of it to OKX, from Mantra.');
  });
  it('says what an owner had bought over the counter', () => {
    expect(warningSentences({ ...example, reasons: [{ code: 'otc-bought', cluster: 'fund:laser', units: 1e7, discount: ratio(0.5) }] }, community).why).toEqual(['Laser (fund) had bought 10 m over the counter, 50 % below the market']);
  });
  it('says how far deposits are from final', () => {
    const said = (state: 'included' | 'safe', undone: number): string => warningSentences({ ...example, reasons: [{ code: 'not-final', state, undone: ratio(undone) }] }, community).howSure;
    expect(said('included', 1_410 / 2_370_000)).toMatch(/; deposits included in a block and not final, 0\.06 % may be undone$/);
    expect(said('safe', 1e-9)).toMatch(/; deposits in a safe block and not final, less than 0\.01 % may be undone$/);
    expect([said('included', 0.056), said('included', 0.432), said('included', 1)].map((text) => /, ([^,]+) may be undone$/.exec(text)?.[1])).toEqual(['6 %', '43 %', '100 %']);
    expect(warningSentences({ ...example, reasons: [] }, community).howSure).not.toContain('undone');
  });
  it('names what is not known', () => {
    const inputs: WarningMessage['inputs'] = [...books, { name: 'book.okx:swap:OM-USDT-SWAP', status: 'stale', ageMs: 40_000 }, { name: 'positions.binance', status: 'missing' }, { name: 'transfers.eip155:1', status: 'stale', ageMs: 180_000 }];
    expect(warningSentences({ ...example, inputs, reasons: [{ code: 'inputs-dropped', names: ['book.okx'] }] }, community)).toMatchObject({
      why: [],
      howSure: 'high on books (4 of 5 venues exact), low on positions (missing); OKX book silent for 40 s, left out; no Binance positions, left out; eip155:1 transfers silent for 3 min, left out; part of the change may come from the inputs that dropped out, not from the market',
    });
  });
  it('is as loud in a retraction and says what was wrong', () => {
    const retracted: WarningMessage = { ...example, state: 'retracted', revision: 2, reasons: [{ code: 'reverted-transfer', tx: '0x1234567890abcdef', usd: usd(5.6e6) }] };
    expect(warningSentences(retracted, community)).toMatchObject({
      title: '↩️ RETRACTED (was CRITICAL) · OM',
      headline: 'Withdrawn, this warning was wrong: the deposit of $5.6 m that set it off was undone by the chain (transaction 0x12345678…). The deposits that remain do not reach the threshold of $4.1 m.',
      why: ['transaction 0x12345678… ($5.6 m) was undone by the chain'],
    });
    expect(warningSentences(retracted, community).footer).toBe('BW-OM-20250413-7f3a9c21#2 · 18:02:11 UTC');
    expect(timelineLine(retracted, at)).toBe('T+00h 00m  critical  OM  RETRACTED: the deposit of $5.6 m that set it off was undone by the chain');
  });
  it('claims nothing that is over, and calls no silence an all-clear', () => {
    const over = { ...example, state: 'resolved', depositsUsd: usd(2e5) } as const;
    expect(warningSentences(over, community).headline).toBe('Over: deposits within 15 min ($200 k) are again well below the sale that would set off forced sales ($4.1 m).');
    expect(timelineLine(over, at)).toBe('T+00h 00m  critical  OM  resolved: $200 k deposited, threshold $4.1 m');
    expect(warningSentences({ ...example, state: 'expired' }, community).headline).toContain('not an all-clear');
    const unwatched = { ...example, state: 'expired', reasons: [{ code: 'not-watched' }, ...example.reasons] } as const;
    expect(warningSentences(unwatched, community).headline).toBe('Ended without an answer: the asset is no longer watched. This is not an all-clear.');
    expect(warningSentences(unwatched, community).why).toEqual(warningSentences(example, community).why);
    expect(timelineLine(unwatched, at)).toContain('OM  expired, no longer watched: ');
  });
  it('lets no label start a line or turn the direction of reading', () => {
    const text = warningText({ ...example, trigger: example.trigger === null ? null : { ...example.trigger, toLabel: 'exchange:e\nvil\u202e\ud83d' } }, community);
    expect(text.split('\n')).toHaveLength(5);
    expect(text).toContain('deposited to E vil  .');
  });
  it('says the other kinds', () => {
    const fell = warningSentences({ ...example, warning: 'ignition.drop', severity: 'warning', reasons: [{ code: 'threshold-fell', from: usd(12.8e6), to: usd(4.1e6), sinceMs: 86_400_000 }] }, committee);
    expect(fell.headline).toBe('The ignition threshold has fallen to $4.1 m (3.2 to 5.6) of net sales within 15 min; 24 h ago it was $12.8 m. A liquidation cascade would go down to about $0.92 (0.55 to 1.60, -84 %).');
    const zero = warningSentences({ ...example, depositsUsd: usd(0), trigger: null, ignitionUsd: { value: usd(0), low: usd(0), high: usd(0), status: 'inferred' }, reasons: [{ code: 'ignited-at-zero' }] }, community);
    expect(zero.headline).toBe('Forced sales would now follow without any further sale, down to about $0.92 (-84 %).');
    const thin = warningSentences({ ...example, warning: 'depth.drop', severity: 'watch', ignitionUsd: null }, community);
    expect(thin).toMatchObject({ title: '🟡 WATCH · OM', headline: 'Bids within 2 % of the price have fallen 71 % from the high of the last 24 h.' });
  });
});

describe('the timeline', () => {
  const onset = at + 23 * 60_000;
  it('reads as the example', () => {
    const issuer: WarningMessage = { ...example, warning: 'deposits.issuer', severity: 'watch', eventTime: epochMs(onset - (31 * 60 + 20) * 60_000), reasons: [{ code: 'issuer-deposits', floatShare: ratio(0.021), usd: null }] };
    const drop: WarningMessage = { ...example, warning: 'ignition.drop', severity: 'warning', eventTime: epochMs(onset - 125 * 60_000), reasons: [{ code: 'threshold-fell', from: usd(12.8e6), to: usd(4.1e6), sinceMs: 86_400_000 }] };
    expect([issuer, drop, example].map((w) => timelineLine(w, onset))).toEqual([
      'T-31h 20m  watch     OM  issuer cluster moved 2.1 % of float to exchanges in 24 h',
      'T-02h 05m  warning   OM  ignition threshold $4.1 m, was $12.8 m yesterday',
      'T-00h 23m  critical  OM  $5.6 m deposited, threshold $4.1 m: forced sales to about $0.92',
    ]);
    expect(timelineCrashLine('OM', -0.3, 300_000, onset)).toBe('T+00h 00m  crash     OM  -30 % in 5 min (18:25 UTC)');
  });
  it('tells what fell out of a feed and when it came back', () => {
    const silent: FeedHealthMessage = {
      kind: 'feed.health', source: sourceId('okx:swap'), seq: 1, eventTime: epochMs(onset - (4 * 60 + 24) * 60_000), receivedAt: epochMs(onset), channel: 'book', status: 'silent', reason: 'silent-channel',
    };
    const lines: readonly (readonly [FeedHealthMessage, number | null, string])[] = [
      [silent, 240_000, 'T-04h 24m  feed      OM  OKX perpetual order book silent for 4 min, its depth is left out'],
      [{ ...silent, source: sourceId('binance:spot') }, null, 'T-04h 24m  feed      OM  Binance spot order book silent, its depth is left out'],
      [{ ...silent, status: 'ok' }, 420_000, 'T-04h 24m  feed      OM  OKX perpetual order book is back after 7 min'],
      [{ ...silent, source: sourceId('bybit:spot'), channel: 'socket', status: 'down' }, null, 'T-04h 24m  feed      OM  Bybit spot connection down, its books are left out'],
      [{ ...silent, channel: 'socket', status: 'stale' }, null, 'T-04h 24m  feed      OM  OKX perpetual connection stale, part of its figures age'],
      [{ ...silent, source: sourceId('eip155:1'), channel: 'blocks' }, 60_000, 'T-04h 24m  feed      OM  eip155:1 chain silent for 60 s, its new transfers are not seen'],
    ];
    for (const [message, span, line] of lines) expect(timelineFeedLine(message, 'OM', span, onset)).toBe(line);
  });
  it('gives date and time where no crash is known', () => {
    expect(timelineLine(example)).toMatch(/^2025-04-13 18:02:11 {2}critical {2}OM {2}\$5\.6 m deposited/);
  });
});
