import { describe, expect, it } from '@jest/globals';
import { assetId, epochMs, price, ratio, sourceId, usd, venueId, warningId } from '@breakwater/models/core';
import type { HeartbeatMessage } from '../messages/heartbeat.ts';
import type { WarningMessage } from '../messages/warning.ts';
import { botCommandNames, helpText, statusText, unknownAssetText, whyText } from './index.ts';

const now = Date.UTC(2025, 3, 13, 18, 2, 34);
const ago = (seconds: number): ReturnType<typeof epochMs> => epochMs(now - seconds * 1_000);
const pulse = (asset: string, change: Partial<HeartbeatMessage['assets'][number]> = {}): HeartbeatMessage['assets'][number] => ({
  asset: assetId(asset), lastScoreAt: ago(35), lastGoodScoreAt: ago(35), status: 'exact', inputs: { exact: 8, inferred: 2, stale: 0, missing: 0 }, notKnown: [], openWarnings: 0, worst: null, ...change,
});
const beat: HeartbeatMessage = {
  kind: 'heartbeat', source: sourceId('alerting'), seq: 7, eventTime: ago(34), receivedAt: ago(34), intervalSeconds: 60, previousAt: ago(94), gaps: [],
  assets: [pulse('TIA', { lastGoodScoreAt: null, inputs: { exact: 0, inferred: 0, stale: 0, missing: 0 } }), pulse('OM', { status: 'stale', inputs: { exact: 8, inferred: 2, stale: 1, missing: 0 }, notKnown: ['book.okx:swap:OM-USDT-SWAP', 'transfers.eip155:1'], openWarnings: 2, worst: 'critical' })],
  feeds: { ok: 11, total: 12 }, chains: { ok: 2, total: 2 }, modelVersion: '1',
};
const options = { language: 'en', now } as const;

describe('the answer to /status', () => {
  it('says the assets, the worst first, the feeds and the last sign of life', () => {
    expect(statusText(beat, [{ asset: 'TIA', until: now + 3_600_000 }], options).split('\n')).toEqual([
      'Status · 18:02:34 UTC',
      'Last sign of life: 18:02:00 UTC, 34 s ago, one every 60 s',
      'Feeds: 11 of 12 well · chains: 2 of 2 well',
      'OM: last good score 18:01:59 UTC, 35 s ago · inputs 8 exact, 2 inferred, 1 stale · left out: OKX book, eip155:1 transfers · 2 open warnings, worst critical',
      'TIA: no good score yet · inputs none yet · no open warning',
      'Muted here: TIA until 19:02:34 UTC, in 60 min',
    ]);
  });
  it('says one asset alone', () => {
    expect(statusText(beat, [], options, 'TIA')).toContain('TIA: no good score yet');
    expect(statusText(beat, [], options, 'TIA')).not.toContain('OM:');
  });
  it('never calls silence a good sign', () => {
    expect(statusText(null, [], options)).toBe('Status · nothing to tell yet: there has been no sign of life since the start.');
    expect(statusText({ ...beat, eventTime: ago(600) }, [], options)).toContain('The last sign of life is 10 min old and one is due every 60 s: what stands here may no longer be so.');
  });
  it('stays within a message and counts what does not fit', () => {
    const many = statusText({ ...beat, assets: Array.from({ length: 200 }, (_, i) => pulse(`A${String(i)}`)) }, [], options);
    expect(many.length).toBeLessThan(4_000);
    const shown = many.split('\n').filter((line) => /^A\d+:/.test(line)).length;
    expect(many).toContain(`${String(200 - shown)} more assets: /status and its name`);
  });
});

const warning: WarningMessage = {
  kind: 'warning', source: sourceId('alerting'), seq: 1, eventTime: ago(23), receivedAt: ago(23), id: warningId('BW-OM-20250413-7f3a9c21'), revision: 2, state: 'firing', severity: 'critical', warning: 'cascade.ignition',
  asset: assetId('OM'), onset: ago(3_600), horizonSeconds: 900, price: { value: price(5.62), low: price(5.6), high: price(5.64), status: 'exact' },
  ignitionUsd: { value: usd(4.1e6), low: usd(3.2e6), high: usd(5.6e6), status: 'inferred' }, landingPrice: { value: price(0.92), low: price(0.55), high: price(1.6), status: 'inferred' },
  amplification: null, trigger: null, depositsUsd: null, reasons: [{ code: 'depth-fell', share: ratio(0.71), sinceMs: 9 * 3_600_000 }, { code: 'amplification', amplification: ratio(2.3) }],
  inputs: [{ name: 'book.binance', status: 'exact' }, ...['okx', 'bybit', 'gate', 'mexc'].map((v) => ({ name: `book.${v}`, status: 'stale' as const, ageMs: 40_000 }))],
  venues: [{ venue: venueId('okx'), ignitionUsd: usd(1.2e6), status: 'inferred' }, { venue: venueId('binance'), ignitionUsd: null, status: 'stale' }], modelVersion: '1', inputHash: 'sha256:00',
};

describe('the answer to /why', () => {
  it('says every reason, every input that is not known, the venues and what came before', () => {
    expect(whyText([{ ...warning, revision: 1, severity: 'watch', eventTime: ago(3_600) }, warning], options).split('\n')).toEqual([
      '🔴 CRITICAL · OM',
      'A net sale of about $4.1 m (3.2 to 5.6) within 15 min would now set off forced sales down to about $0.92 (-84 %).',
      'Why:',
      '• bids within 2 % fell 71 % since 09:02 UTC',
      '• forced sales make the fall 2.3 times as deep',
      'How sure: low on books (1 of 5 venues exact); OKX book silent for 40 s, left out; Bybit book silent for 40 s, left out; Gate book silent for 40 s, left out; 1 more input left out',
      'Not known:',
      '• OKX book silent for 40 s, left out',
      '• Bybit book silent for 40 s, left out',
      '• Gate book silent for 40 s, left out',
      '• MEXC book silent for 40 s, left out',
      'Sale that would set it off on each venue alone:',
      '• OKX $1.2 m (inferred)',
      '• Binance none, or not measurable (stale)',
      'So far:',
      '• 17:02:34 UTC, 60 min ago watch',
      '• 18:02:11 UTC, 23 s ago critical',
      'BW-OM-20250413-7f3a9c21#2 · 18:02:11 UTC, 23 s ago',
    ]);
  });
  it('stays within a message whatever the warning holds', () => {
    const long = { ...warning, venues: Array.from({ length: 300 }, (_, i) => ({ venue: venueId(`venue-${String(i)}`), ignitionUsd: usd(1e6), status: 'exact' })) };
    const text = whyText(Array.from({ length: 40 }, (_, i) => ({ ...long, revision: i + 1 })), options);
    expect(text.length).toBeLessThanOrEqual(4_000);
    expect(text.endsWith('…')).toBe(true);
    expect(whyText(Array.from({ length: 40 }, (_, i) => ({ ...warning, revision: i + 1 })), options)).toContain('• 28 earlier revisions');
  });
});

describe('the other answers', () => {
  it('name every command, raise no voice and cut what a person wrote', () => {
    for (const name of botCommandNames) expect(helpText('en')).toContain(`/${name}`);
    expect(helpText('en')).not.toContain('!');
    expect(unknownAssetText(`X\n${'Y'.repeat(99)}`, ['OM', 'TIA'], 'en')).toBe(`X ${'Y'.repeat(30)} is not watched here. Watched: OM, TIA.`);
    expect(unknownAssetText('X', Array.from({ length: 60 }, (_, i) => `A${String(i)}`), 'en')).toMatch(/A19 and 40 more\.$/);
  });
});
