import { afterEach, describe, expect, it } from '@jest/globals';
import { silentLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { createNodeOutgoing } from '../network/outgoing-node.ts';
import { startOtlpReceiver } from '../suites/otlp-receiver.ts';
import { attemptPlace, noTracer, revisionPlace, tickPlace } from './index.ts';
import { createOtlpTracer, type OtlpDeps } from './otlp.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A receiver on a real socket, and what tracers that send to it are made of. */
async function setUp(change: Partial<OtlpDeps> = {}) {
  const receiver = await startOtlpReceiver();
  closers.push(() => receiver.close());
  const metrics = createMetrics();
  const lines: string[] = [];
  const deps: OtlpDeps = {
    url: receiver.url, allowHosts: ['127.0.0.1'], headers: { 'x-key': 'of-the-test' }, sampleRatio: 1, serviceName: 'breakwater', serviceVersion: '0.1.0', instance: 'one',
    outgoing: createNodeOutgoing({ userAgent: 'breakwater/test' }), log: { ...silentLog, warn: (event) => void lines.push(event), info: (event) => void lines.push(event) }, metrics, ...change,
  };
  return { deps, receiver, metrics, lines };
}
const warning = { id: 'BW-OM-20250413-7f3a9c21', revision: 1, asset: 'OM', eventTime: 1_744_567_331_000 } as const;

describe('createOtlpTracer', () => {
  it('sends a warning from tick to delivery as one trace, each span under what it came of', async () => {
    const { deps, receiver: { requests, spans }, metrics } = await setUp();
    const tracer = createOtlpTracer(deps);
    const tick = tracer.start('tick', tickPlace('OM', warning.eventTime));
    const revision = tracer.start('warning', revisionPlace(warning));
    const failed = tracer.start('delivery', attemptPlace(warning, 'webhook:desk', 1));
    failed.end({ recipient: 'webhook:desk' }, 'no answer');
    tracer.start('delivery', attemptPlace(warning, 'webhook:desk', 2)).end({ recipient: 'webhook:desk', outcome: 'delivered' });
    revision.end({ 'warning.id': warning.id });
    tick.end({ scores: 3, late: false });
    const other = tracer.start('resync');
    other.end();
    await tracer.close();

    expect(requests).toMatchObject([{ path: '/v1/traces', headers: { 'content-type': 'application/json', 'x-key': 'of-the-test' } }]);
    expect(requests[0]?.resource).toMatchObject({ 'service.name': 'breakwater', 'service.version': '0.1.0', 'service.instance.id': 'one' });
    const [first, second, warned, ticked, alone] = spans;
    expect(spans.map(({ name }) => name)).toEqual(['delivery', 'delivery', 'warning', 'tick', 'resync']);
    expect([first, second, warned, ticked].map((span) => span?.traceId)).toEqual(Array.from({ length: 4 }, () => tick.traceId));
    expect([first?.parentSpanId, second?.parentSpanId, warned?.parentSpanId, ticked?.parentSpanId]).toEqual([warned?.spanId, warned?.spanId, ticked?.spanId, undefined]);
    expect(alone?.traceId).toBe(other.traceId);
    expect(alone?.traceId).not.toBe(tick.traceId);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(5);
    expect([first?.status, second?.status.code ?? 0]).toEqual([{ code: 2, message: 'no answer' }, 0]);
    expect(ticked?.attributes).toEqual({ scores: 3, late: false });
    expect(await metrics.text()).toContain('breakwater_spans_total{outcome="sent"} 5');
  });

  it('finds the parent again in another process, and keeps the same share of traces in each', async () => {
    const { deps, receiver: { spans } } = await setUp({ sampleRatio: 0.3 });
    const ats = Array.from({ length: 200 }, (_, i) => warning.eventTime + i * 1_000);
    const scoring = createOtlpTracer(deps);
    for (const at of ats) scoring.start('tick', tickPlace('OM', at)).end();
    await scoring.close();
    const alerting = createOtlpTracer({ ...deps, instance: 'two', metrics: createMetrics() });
    for (const at of ats) alerting.start('warning', revisionPlace({ ...warning, eventTime: at })).end();
    await alerting.close();
    const ticks = new Map(spans.filter(({ name }) => name === 'tick').map((span) => [span.traceId, span.spanId]));
    const warnings = spans.filter(({ name }) => name === 'warning');
    expect(ticks.size).toBeGreaterThan(30);
    expect(ticks.size).toBeLessThan(90);
    expect(warnings.map(({ traceId, parentSpanId }) => [traceId, parentSpanId])).toEqual([...ticks]);
  });

  it('keeps systems of other names apart', async () => {
    const { deps } = await setUp();
    const [one, two] = [createOtlpTracer(deps), createOtlpTracer({ ...deps, serviceName: 'other', metrics: createMetrics() })];
    expect(one.start('tick', tickPlace('OM', 1)).traceId).not.toBe(two.start('tick', tickPlace('OM', 1)).traceId);
    expect(one.start('tick', tickPlace('OM', 1)).traceId).toBe(one.start('tick', tickPlace('OM', 1)).traceId);
    await Promise.all([one.close(), two.close()]);
  });

  it('sends nothing to a private address that is not named', async () => {
    const { deps, receiver: { requests }, metrics, lines } = await setUp({ allowHosts: [] });
    const tracer = createOtlpTracer(deps);
    tracer.start('tick').end();
    await tracer.close();
    expect([requests.length, lines]).toEqual([0, ['spans not sent']]);
    expect(await metrics.text()).toContain('breakwater_spans_total{outcome="dropped"} 1');
  });

  it('counts what does not fit in the queue beside what is sent', async () => {
    const { deps, receiver: { spans }, metrics } = await setUp();
    const tracer = createOtlpTracer(deps);
    for (let i = 0; i < 3_000; i++) tracer.start('tick').end();
    await tracer.close();
    const counted = (outcome: string, text: string): number => Number(new RegExp(`breakwater_spans_total\\{outcome="${outcome}"\\} (\\d+)`).exec(text)?.[1]);
    const text = await metrics.text();
    expect([counted('sent', text), counted('sent', text) + counted('dropped', text)]).toEqual([spans.length, 3_000]);
    expect(counted('dropped', text)).toBeGreaterThan(0);
  });

  it('counts what a receiver refuses, says so once, and goes on', async () => {
    const { deps, receiver, metrics, lines } = await setUp();
    receiver.answer(503);
    const tracer = createOtlpTracer(deps);
    for (let i = 0; i < 1_100; i++) tracer.start('tick').end();
    await tracer.close();
    expect(lines).toEqual(['spans not sent']);
    expect(await metrics.text()).toContain('breakwater_spans_total{outcome="dropped"} 1100');
    expect(() => tracer.start('tick').end()).not.toThrow();
  });
});

describe('noTracer', () => {
  it('makes no object at all', () => {
    expect(noTracer.start('tick', tickPlace('OM', 1))).toBe(noTracer.start('delivery'));
    expect([noTracer.enabled, noTracer.start('tick').traceId]).toEqual([false, undefined]);
  });
});
