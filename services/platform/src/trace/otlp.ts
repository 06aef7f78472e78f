import { createHash, randomBytes } from 'node:crypto';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, TraceIdRatioBasedSampler, type IdGenerator, type ReadableSpan, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { BreakwaterError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { CounterMetric, Metrics } from '../metrics.ts';
import type { Outgoing } from '../network/outgoing.ts';
import type { Span, SpanAttributes, SpanPlace, Tracer } from './index.ts';

/** What traces are sent with. */
export interface OtlpDeps {
  /** Where OTLP/HTTP takes traces, e.g. `http://collector:4318/v1/traces`. */
  readonly url: string;
  /** Hosts that may be sent to although their address is private. */
  readonly allowHosts: readonly string[];
  /** Sent with every request, e.g. a key of the receiver. */
  readonly headers: Readonly<Record<string, string>>;
  /** Share of traces that are kept, 0 to 1; whole traces, and the same ones in every process. */
  readonly sampleRatio: number;
  /** `service.name`; also what ids are made of, so that two systems that send to one place need two names. */
  readonly serviceName: string;
  readonly serviceVersion: string;
  /** `service.instance.id`. */
  readonly instance: string;
  readonly outgoing: Outgoing;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** A tracer whose spans go to an OpenTelemetry receiver. */
export interface OtlpTracer extends Tracer {
  /** Sends what waits, for as long as it may take, and makes no more spans. */
  close(): Promise<void>;
}

/** Spans that wait and are sent at once, how often, and for how long one request may take: the defaults of the OpenTelemetry SDK specification (trace SDK, "Batching processor", read 2026-11), but for the last. */
const batching = { maxQueueSize: 2_048, maxExportBatchSize: 512, scheduledDelayMillis: 5_000, exportTimeoutMillis: 10_000 } as const;
/** OTLP/HTTP with JSON (opentelemetry.io, OTLP specification 1.x, "OTLP/HTTP", read 2026-11). */
const contentType = 'application/json';

/**
 * Makes a tracer that posts spans as OTLP/HTTP JSON through the guarded port, like every other address that people configure: a private one only where it is named. What cannot be sent is counted and
 * dropped; nothing waits for it, and when more waits than the queue holds, new spans are dropped.
 */
export function createOtlpTracer(deps: OtlpDeps): OtlpTracer {
  const ids = createIds();
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': deps.serviceName, 'service.version': deps.serviceVersion, 'service.instance.id': deps.instance }),
    sampler: new TraceIdRatioBasedSampler(deps.sampleRatio), idGenerator: ids, spanProcessors: [createProcessor(deps)],
  });
  const tracer = provider.getTracer('breakwater', deps.serviceVersion);
  const idOf = (text: string, bytes: number): string => createHash('sha256').update(`${deps.serviceName}\n${text}`).digest('hex').slice(0, 2 * bytes);
  const parentOf = (traceId: string, { trace: name, parent }: SpanPlace): typeof ROOT_CONTEXT => {
    if (parent === undefined) return ROOT_CONTEXT;
    return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: idOf(`${name}\n${parent}`, 8), traceFlags: TraceFlags.SAMPLED, isRemote: true });
  };
  return {
    enabled: true,
    start: (name, place): Span => {
      const traceId = place === undefined ? undefined : idOf(place.trace, 16);
      ids.next = { traceId, spanId: place === undefined ? undefined : idOf(`${place.trace}\n${place.key}`, 8) };
      const span = tracer.startSpan(name, { kind: SpanKind.INTERNAL }, place === undefined || traceId === undefined ? ROOT_CONTEXT : parentOf(traceId, place));
      return {
        traceId: span.spanContext().traceId,
        end: (attributes: SpanAttributes = {}, error?: string) => {
          span.setAttributes(attributes);
          if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error.slice(0, 500) });
          span.end();
        },
      };
    },
    close: () => provider.shutdown(),
  };
}

/** Gives the ids that are asked for next, and random ones otherwise. The SDK asks while a span is started, not later. */
function createIds(): IdGenerator & { next: { traceId?: string | undefined; spanId?: string | undefined } } {
  const taken = (id: string | undefined, bytes: number): string => id ?? randomBytes(bytes).toString('hex');
  const ids = {
    next: {} as { traceId?: string | undefined; spanId?: string | undefined },
    generateTraceId: () => taken(ids.next.traceId, 16),
    generateSpanId: () => taken(ids.next.spanId, 8),
  };
  return ids;
}

/** The SDK's processor in batches, which drops what its queue cannot hold and tells nobody how much: so it is dropped, and counted, before it. What waits here is at least what waits there. */
function createProcessor(deps: OtlpDeps): SpanProcessor {
  const count = deps.metrics.counter('breakwater_spans_total', 'Spans of traces, by what came of sending them', ['outcome']);
  for (const outcome of ['sent', 'dropped']) count.inc({ outcome }, 0);
  let waiting = 0;
  const exporter = createExporter(deps, count);
  const batches = new BatchSpanProcessor({ ...exporter, export: (spans, done) => {
    waiting -= spans.length;
    exporter.export(spans, done);
  } }, batching);
  return {
    onStart: () => undefined,
    onEnd: (span) => {
      if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
      if (waiting >= batching.maxQueueSize) {
        count.inc({ outcome: 'dropped' });
        return;
      }
      waiting++;
      batches.onEnd(span);
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => batches.shutdown(),
  };
}

function createExporter({ url, allowHosts, headers, outgoing, log }: OtlpDeps, count: CounterMetric<'outcome'>): SpanExporter {
  let failing = false;
  const send = async (spans: readonly ReadableSpan[]): Promise<void> => {
    const body = JsonTraceSerializer.serializeRequest([...spans]);
    if (body === undefined) throw new BreakwaterError('bad-answer', 'spans not serialised');
    const { status } = await outgoing.post({ url, body: Buffer.from(body).toString('utf8'), allowHosts, timeoutMs: batching.exportTimeoutMillis, headers: { 'content-type': contentType, ...headers } });
    if (status < 200 || status > 299) throw new BreakwaterError('http-failed', `spans refused with status ${status}`);
  };
  return {
    export: (spans, done) => {
      void send(spans).then(() => {
        count.inc({ outcome: 'sent' }, spans.length);
        if (failing) log.info('spans are taken again');
        failing = false;
        done({ code: ExportResultCode.SUCCESS });
      }, (error: unknown) => {
        count.inc({ outcome: 'dropped' }, spans.length);
        // Once, and not every five seconds for as long as the receiver is away.
        if (!failing) log.warn('spans not sent', { spans: spans.length, error: messageOf(error) });
        failing = true;
        // It has been told of; the SDK would print it once more.
        done({ code: ExportResultCode.SUCCESS });
      });
    },
    shutdown: async () => undefined,
  };
}
