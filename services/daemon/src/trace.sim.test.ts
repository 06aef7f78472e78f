import { describe, expect, it } from '@jest/globals';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createNodeOutgoing } from '@breakwater/platform/network/outgoing-node';
import { startOtlpReceiver, type ReceivedSpan } from '@breakwater/platform/suites';
import { createOtlpTracer } from '@breakwater/platform/trace/otlp';
import { simulate } from './simulation/test-run.ts';

/** A seed with warnings of more than one revision. */
const seed = 9;

describe('the traces of a run', () => {
  it('lead from the tick of every revision to each of its deliveries', async () => {
    const receiver = await startOtlpReceiver();
    const lines: Readonly<Record<string, unknown>>[] = [];
    const log = { ...silentLog, info: (event: string, fields?: object) => void lines.push({ event, ...fields }), with: () => log };
    const tracer = createOtlpTracer({
      url: receiver.url, allowHosts: ['127.0.0.1'], headers: {}, sampleRatio: 1, serviceName: 'breakwater', serviceVersion: 'test', instance: 'test', outgoing: createNodeOutgoing({ userAgent: 'breakwater/test' }), log: silentLog, metrics: createMetrics(),
    });
    const { warnings, received, violations } = await simulate(seed, { mode: 'quiet', tracer, log });
    await tracer.close();
    await receiver.close();
    expect(violations).toEqual([]);
    expect(warnings.length).toBeGreaterThan(1);

    const only = (name: string, attributes: object): ReceivedSpan | undefined => {
      const found = receiver.spans.filter((span) => span.name === name && Object.entries(attributes).every(([key, value]) => String(span.attributes[key]) === String(value)));
      expect([name, attributes, found.length]).toEqual([name, attributes, 1]);
      return found[0];
    };
    for (const { id, revision, asset, eventTime } of warnings) {
      const tick = only('tick', { asset, at: eventTime });
      const warning = only('warning', { id, revision });
      expect(warning).toMatchObject({ traceId: tick?.traceId, parentSpanId: tick?.spanId });
      expect(lines.filter((line) => line['event'] === 'warning' && line['id'] === id && line['revision'] === revision).map((line) => line['trace'])).toEqual([tick?.traceId]);
      for (const recipient of received.keys()) {
        expect(only('delivery', { id, revision, recipient })).toMatchObject({ traceId: tick?.traceId, parentSpanId: warning?.spanId, attributes: { outcome: 'delivered' } });
      }
    }
    expect(new Set(receiver.spans.map(({ spanId }) => spanId)).size).toBe(receiver.spans.length);
    // Of ticks, revisions, deliveries and resyncs: never of frames, of which there were thousands.
    expect(new Set(receiver.spans.map(({ name }) => name))).toEqual(new Set(['tick', 'warning', 'delivery', ...(receiver.spans.some(({ name }) => name === 'resync') ? ['resync'] : [])]));
  }, 180_000);
});
