/**
 * Traces, as a port: what happened from a tick to a delivery, as spans under one another. Spans are made for each asset's ticks, for revisions of warnings, for tries to deliver, for resyncs and for
 * requests of the API; never for frames. `trace/otlp` is the adapter; without it `noTracer` makes nothing.
 */

/** What is said of a span. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** One piece of work, from its start to its end. */
export interface Span {
  /** The id of its trace, 32 hexadecimal digits, for log lines; undefined where nothing is traced. */
  readonly traceId: string | undefined;
  /** Ends it, once. With an error it has failed. */
  end(attributes?: SpanAttributes, error?: string): void;
}

/**
 * Where a span belongs. Ids are made of these texts and the name of the service, so that who goes on with a piece of work, after a restart or in another process, needs no more than the work itself
 * to find its parent. A `key` is used once.
 */
export interface SpanPlace {
  /** All spans of one `trace` make a trace. */
  readonly trace: string;
  readonly key: string;
  /** The `key` of the span above it; the span is the first of its trace without. */
  readonly parent?: string;
}

/** Makes spans. */
export interface Tracer {
  /** Whether spans go anywhere: what is only made for them can be left out otherwise. */
  readonly enabled: boolean;
  /** Begins a span; one without a place is a trace of its own. */
  start(name: string, place?: SpanPlace): Span;
}

const noSpan: Span = Object.freeze({ traceId: undefined, end: () => undefined });

/** The tracer that makes nothing: one object for every span. */
export const noTracer: Tracer = Object.freeze({ enabled: false, start: () => noSpan });

/** The place of the span of an asset's tick: the first of the trace of what came of the score of this event time. */
export function tickPlace(asset: string, at: number): SpanPlace {
  return { trace: `${asset} ${at}`, key: 'tick' };
}

/** What tells a revision of a warning. */
export interface TracedRevision {
  readonly id: string;
  readonly revision: number;
  readonly asset: string;
  readonly eventTime: number;
}

/** The place of the span of a revision, under the tick of its event time; an acknowledgement has that of the tick before it. */
export function revisionPlace(warning: TracedRevision): SpanPlace {
  const { trace, key } = tickPlace(warning.asset, warning.eventTime);
  return { trace, key: `${warning.id}#${warning.revision}`, parent: key };
}

/** The place of the span of a try to deliver a revision, under the revision. */
export function attemptPlace(warning: TracedRevision, recipient: string, attempt: number): SpanPlace {
  const { trace, key } = revisionPlace(warning);
  return { trace, key: `${key} ${recipient} ${attempt}`, parent: key };
}
