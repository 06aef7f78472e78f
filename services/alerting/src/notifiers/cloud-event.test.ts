import { describe, expect, it } from '@jest/globals';
import { cloudEvent } from '@breakwater/contracts';
import { assetId, defined, ratio, usd, venueId } from '@breakwater/models/core';
import fc from 'fast-check';
import { awkwardWarnings } from '../testing/awkward-warnings.ts';
import { sampleDeposit } from '../testing/sample.ts';
import { sampleHeartbeat } from '../testing/sample-heartbeat.ts';
import { sampleWarning } from '../testing/sample-warning.ts';
import { heartbeatEvent, maxEventBytes, warningEvent } from './cloud-event.ts';

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
type Listed = { readonly name: string; readonly status: string };
type Data = { readonly inputs: readonly Listed[]; readonly venues: readonly unknown[]; readonly reasons: readonly unknown[]; readonly truncated?: Readonly<Record<string, number>> };
const dataOf = (event: { readonly data: unknown }): Data => event.data as Data;

describe('warningEvent', () => {
  it('has the figures as numbers, under names with their units, and nothing of the picture', () => {
    const warning = sampleWarning({ response: null, acknowledgedBy: 'desk', state: 'acknowledged' });
    const event = cloudEvent.parse(JSON.parse(JSON.stringify(warningEvent(warning))));
    expect(event).toMatchObject({ specversion: '1.0', type: 'io.breakwater.warning.v1', id: `${warning.id}#1`, source: '/assets/OM', time: '2025-04-13T18:00:00.000Z', datacontenttype: 'application/json' });
    expect(event.data).toEqual({
      warningId: warning.id, revision: 1, state: 'acknowledged', severity: 'critical', asset: 'OM', kind: 'cascade.ignition', onset: '2025-04-13T18:00:00.000Z', horizonSeconds: 900,
      priceUsd: { value: 5.62, low: 5.62, high: 5.62, status: 'exact' }, ignitionUsd: { value: 4.1e6, low: 3.2e6, high: 5.74e6, status: 'inferred' },
      landingPrice: { value: 0.92, low: 0.55, high: 1.6, status: 'inferred' }, amplification: { value: 2.3, low: 1.5, high: 3, status: 'inferred' },
      trigger: { kind: 'transfer', usd: 5.6e6, units: 5.6e6, chain: 'eip155:1', tx: '0xaaaabbbbccccdddd', logIndex: 3, to: 'okx', toAddress: '0x91d4', state: 'included', time: '2025-04-13T18:00:00.000Z' },
      depositsUsd: 5.6e6, acknowledgedBy: 'desk', reasons: JSON.parse(JSON.stringify(warning.reasons)), venues: JSON.parse(JSON.stringify(warning.venues)), inputs: JSON.parse(JSON.stringify(warning.inputs)), inputHash: 'sha256:00', modelVersion: 'test-1',
    });
  });
  it('is the same for the same revision whenever it was received', () => {
    expect(warningEvent(sampleWarning({ receivedAt: sampleWarning().onset, seq: 9 }))).toEqual(warningEvent(sampleWarning()));
  });
  it.each(awkwardWarnings())('is under 20 kB: %s', (_, warning) => {
    expect(bytes(warningEvent(warning))).toBeLessThan(maxEventBytes);
  });
  it('cuts 200 inputs from the end, those that are well first, and says how many are missing', () => {
    const inputs = Array.from({ length: 200 }, (_, i) => ({ name: `book.venue-${String(i)}`, status: i === 199 ? ('missing' as const) : i === 150 ? ('stale' as const) : ('exact' as const), ageMs: 180 + i, detail: 'as read from the stream of the venue, in order and without a gap since it was connected' }));
    const event = warningEvent(sampleWarning({ inputs }));
    const { inputs: kept, truncated, venues, reasons } = dataOf(event);
    expect(bytes(event)).toBeLessThan(maxEventBytes);
    expect(bytes(event)).toBeGreaterThan(maxEventBytes - 500);
    expect(kept.slice(0, 3).map(({ name, status }) => [name, status])).toEqual([['book.venue-199', 'missing'], ['book.venue-150', 'stale'], ['book.venue-0', 'exact']]);
    expect(truncated).toEqual({ inputs: 200 - kept.length });
    expect([venues.length, reasons.length]).toEqual([sampleWarning().venues.length, sampleWarning().reasons.length]);
    expect(dataOf(warningEvent(sampleWarning())).truncated).toBeUndefined();
  });
  it('property: is under 20 kB and counts every entry, whatever the lists and texts', () => {
    const text = fc.oneof(fc.string({ maxLength: 3_000, unit: 'grapheme' }), fc.string({ maxLength: 3_000, unit: fc.constantFrom('\u0000', '"', '€', 'a') }));
    const input = fc.record({ name: text, status: fc.constantFrom('exact' as const, 'inferred' as const, 'stale' as const, 'missing' as const), detail: text });
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), fc.integer({ min: 0, max: 400 }), fc.array(fc.array(text, { maxLength: 60 }), { maxLength: 3 }), text, (inputs, venues, names, label) => {
        const reasons = [...names.map((each) => ({ code: 'inputs-dropped' as const, names: each })), ...Array.from({ length: venues }, () => ({ code: 'amplification' as const, amplification: ratio(2) }))];
        const event = warningEvent(sampleWarning({ inputs, reasons, venues: Array.from({ length: venues }, () => ({ venue: venueId('v'), ignitionUsd: usd(1), status: 'exact' })), trigger: { ...sampleDeposit(1), toLabel: label, fromLabel: label } }));
        expect(bytes(event)).toBeLessThan(maxEventBytes);
        const data = dataOf(event);
        expect([data.inputs.length + (data.truncated?.['inputs'] ?? 0), data.venues.length + (data.truncated?.['venues'] ?? 0), data.reasons.length + (data.truncated?.['reasons'] ?? 0)]).toEqual([inputs.length, venues, reasons.length]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('heartbeatEvent', () => {
  const [pulse] = sampleHeartbeat(1).message.assets;
  const withAssets = (count: number) => sampleHeartbeat(7, { assets: Array.from({ length: count }, (_, i) => ({ ...defined(pulse, 'a pulse'), asset: assetId(`A${String(i)}`) })) });
  it('has the heartbeat to read and to check', () => {
    const beat = sampleHeartbeat(3);
    expect(cloudEvent.parse(heartbeatEvent(beat))).toEqual({
      specversion: '1.0', type: 'io.breakwater.heartbeat.v1', id: 'heartbeat@2025-04-13T18:03:00.000Z', source: '/heartbeat', time: '2025-04-13T18:03:00.000Z', datacontenttype: 'application/json',
      data: { heartbeat: beat.message, signed: beat.signed },
    });
  });
  it('stays under 20 kB: first only what is signed, then only what there is room for', () => {
    const [some, many] = [withAssets(70), withAssets(400)];
    expect(heartbeatEvent(some).data).toEqual({ signed: some.signed });
    const cut = heartbeatEvent(many);
    const { heartbeat, truncated } = cut.data as { readonly heartbeat: { readonly assets: readonly unknown[] }; readonly truncated: { readonly assets: number } };
    expect(heartbeat).toMatchObject({ seq: 7, previousAt: many.message.previousAt });
    expect(heartbeat.assets.length + truncated.assets).toBe(400);
    for (const beat of [some, many]) {
      expect(bytes(heartbeatEvent(beat))).toBeLessThan(maxEventBytes);
      expect(bytes(heartbeatEvent(beat))).toBeGreaterThan(maxEventBytes / 2);
    }
  });
});
