import type { SpanAttributes, SpanPlace, Tracer } from '../trace/index.ts';

/** A span as it ended. */
export interface RecordedSpan {
  readonly name: string;
  readonly place: SpanPlace | undefined;
  readonly attributes: SpanAttributes;
  readonly error: string | undefined;
}

/** A tracer that keeps what ended, in order. */
export function createRecordingTracer(): Tracer & { readonly spans: readonly RecordedSpan[] } {
  const spans: RecordedSpan[] = [];
  return {
    spans, enabled: true,
    start: (name, place) => ({ traceId: place?.trace ?? 'alone', end: (attributes = {}, error) => void spans.push({ name, place, attributes, error }) }),
  };
}
