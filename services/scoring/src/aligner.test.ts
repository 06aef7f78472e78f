import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assetId, epochMs, sourceId } from '@breakwater/models/core';
import { createAligner, type Aligner, type FoldMessage } from './aligner.ts';
import { rate, transfer } from './testing/messages.ts';

const options = { tickEveryMs: 1_000, behindAfterMs: 60_000, latenessMs: 100, maxAheadMs: 5_000, bufferLimit: 1_000, startedAt: epochMs(10_000), startGraceMs: 0 };
const a = sourceId('a');
const b = sourceId('b');
const times = (messages: readonly FoldMessage[] | undefined): readonly number[] => (messages ?? []).map((m) => m.eventTime);

describe('ticks', () => {
  it('come when every expected source has passed, with the messages up to them in order of event time, source and sequence', () => {
    const aligner = createAligner(options);
    aligner.expect(a);
    aligner.expect(b);
    aligner.push(rate('b', 10_900, 1));
    aligner.push(rate('a', 10_900, 1));
    aligner.push(rate('a', 10_200, 1));
    aligner.push(rate('a', 11_001, 1));
    aligner.watermark(a, epochMs(11_000));
    expect(aligner.due(epochMs(11_050))).toBeUndefined();
    aligner.watermark(b, epochMs(11_400));
    const due = aligner.due(epochMs(11_050));
    expect(due?.at).toBe(11_000);
    expect(due?.messages.map((m) => [m.eventTime, m.source])).toEqual([[10_200, 'a'], [10_900, 'a'], [10_900, 'b']]);
    expect(due?.lagging).toEqual([]);
    expect(aligner.stats().buffered).toBe(1);
    expect(aligner.due(epochMs(11_050))).toBeUndefined();
  });
  it('fold transfers of an asset in the order in which they were told, whatever other assets have in between', () => {
    const aligner = createAligner(options);
    const own = (asset: string, tx: string, at: number) => ({ ...transfer(tx, at, 1), asset: assetId(asset) });
    // A bus that keeps the order of each asset alone may hand over all of another one's first.
    for (const message of [own('APE', '0x1', 12_500), own('OM', '0x2', 10_500), own('OM', '0x3', 10_400), own('OM', '0x2', 11_500)]) aligner.push(message);
    aligner.watermark(sourceId('eip155:1'), epochMs(11_000));
    expect(aligner.due(epochMs(11_000))?.messages.map((m) => (m.kind === 'transfer' ? m.tx : ''))).toEqual(['0x2', '0x3']);
    aligner.watermark(sourceId('eip155:1'), epochMs(12_000));
    expect(aligner.due(epochMs(12_000))?.messages).toHaveLength(1);
  });
  it('do not wait for a laggard longer than the lateness, and name it', () => {
    const aligner = createAligner(options);
    aligner.expect(a);
    aligner.push(rate('b', 10_500, 1));
    expect(aligner.due(epochMs(11_099))).toBeUndefined();
    expect(aligner.due(epochMs(11_100))).toMatchObject({ at: 11_000, lagging: ['a'] });
    expect(aligner.stats().forced).toBe(1);
  });
  it('name who is so far behind that what was said last is old, and nobody who never promised anything', () => {
    const aligner = createAligner(options);
    aligner.expect(a);
    aligner.push(rate('b', 10_500, 1));
    aligner.watermark(b, epochMs(11_000));
    const behindAt = (t: number): unknown => {
      const due = aligner.due(epochMs(t));
      return [due?.at, [...(due?.behind ?? [])]];
    };
    expect([behindAt(71_100), behindAt(72_100)]).toEqual([[71_000, []], [72_000, ['b']]]);
    aligner.watermark(b, epochMs(72_500));
    expect(behindAt(73_100)).toEqual([73_000, []]);
    aligner.release(b);
    expect(behindAt(200_100)).toEqual([200_000, []]);
  });
  it('are not forced while sources are still starting', () => {
    const aligner = createAligner({ ...options, startGraceMs: 5_000 });
    aligner.expect(a);
    aligner.push(rate('b', 10_500, 1));
    expect(aligner.due(epochMs(14_999))).toBeUndefined();
    expect(aligner.due(epochMs(15_000))?.at).toBe(14_000);
  });
  it('are not asked for before they can be forced, however old the last one is', () => {
    const aligner = createAligner({ ...options, startGraceMs: 5_000 });
    aligner.resumeAfter(epochMs(1_000));
    expect(aligner.nextDeadline()).toBe(15_000);
    expect(aligner.due(epochMs(15_000))?.at).toBe(14_000);
    expect(aligner.nextDeadline()).toBe(15_100);
  });
  it('do not wait for a source that is down', () => {
    const aligner = createAligner(options);
    aligner.expect(a);
    aligner.expect(b);
    aligner.push(rate('a', 10_500, 1));
    aligner.watermark(a, epochMs(11_000));
    aligner.release(b);
    expect(aligner.due(epochMs(11_000))?.at).toBe(11_000);
  });
  it('after a gap are one, the latest', () => {
    const aligner = createAligner(options);
    aligner.resumeAfter(epochMs(11_000));
    aligner.push(rate('a', 11_500, 1));
    aligner.watermark(a, epochMs(99_500));
    expect(aligner.due(epochMs(99_500))?.at).toBe(99_000);
  });
  it('count and keep what comes late, and take the receipt time of what is far ahead', () => {
    const aligner = createAligner(options);
    aligner.resumeAfter(epochMs(12_000));
    aligner.push(rate('a', 11_000, 1));
    aligner.push({ ...rate('a', 90_000, 1), receivedAt: epochMs(12_500) });
    aligner.watermark(a, epochMs(13_000));
    expect(times(aligner.due(epochMs(13_000))?.messages)).toEqual([11_000, 12_500]);
    expect(aligner.stats()).toMatchObject({ late: 1, ahead: 1 });
  });
});

describe('the order of arrival', () => {
  const event = fc.record({ source: fc.constantFrom('a', 'b', 'c'), at: fc.integer({ min: 10_001, max: 20_000 }) });
  const drain = (aligner: Aligner): string[] => {
    const seen: string[] = [];
    for (let now = 11_000; now <= 21_000; now += 1_000) {
      for (const source of ['a', 'b', 'c']) aligner.watermark(sourceId(source), epochMs(now));
      const due = aligner.due(epochMs(now));
      if (due !== undefined) seen.push(`tick ${due.at}`, ...due.messages.map((m) => `${m.source} ${m.seq}`));
    }
    return seen;
  };
  it('never changes what is folded, as long as each source keeps its own', () => {
    fc.assert(fc.property(fc.array(event, { minLength: 1, maxLength: 60 }), fc.infiniteStream(fc.nat()), (events, random) => {
      const messages = events.map((e) => rate(e.source, e.at, 1)).sort((x, y) => x.eventTime - y.eventTime || x.seq - y.seq);
      const straight = createAligner(options);
      for (const m of messages) straight.push(m);
      const shuffled = createAligner(options);
      const queues = ['a', 'b', 'c'].map((source) => messages.filter((m) => m.source === source));
      for (;;) {
        const left = queues.filter((queue) => queue.length > 0);
        if (left.length === 0) break;
        const next = left[(random.next().value as number) % left.length]?.shift();
        if (next !== undefined) shuffled.push(next);
      }
      expect(drain(shuffled)).toEqual(drain(straight));
    }), { numRuns: 200 });
  });
});
