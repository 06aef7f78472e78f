import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const attribute = z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) });
/** What of an OTLP/HTTP request in JSON is looked at (opentelemetry-proto, trace/v1; in JSON ids are hexadecimal: OTLP specification, "JSON Protobuf Encoding", read 2026-11). */
const otlpRequest = z.object({
  resourceSpans: z.array(z.object({
    resource: z.object({ attributes: z.array(attribute) }),
    scopeSpans: z.array(z.object({
      spans: z.array(z.object({
        traceId: z.string().regex(/^[0-9a-f]{32}$/), spanId: z.string().regex(/^[0-9a-f]{16}$/), parentSpanId: z.string().optional(), name: z.string(),
        attributes: z.array(attribute), status: z.object({ code: z.number().optional(), message: z.string().optional() }),
      })),
    })),
  })),
});

/** A span as it was received. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code?: number | undefined; readonly message?: string | undefined };
}

/** A receiver of traces on a real socket of this machine, as a collector's OTLP/HTTP port is. */
export interface OtlpReceiver {
  readonly url: string;
  /** The heads of the requests so far, with the attributes of their resource. */
  readonly requests: readonly { readonly path: string; readonly headers: IncomingMessage['headers']; readonly resource: Readonly<Record<string, unknown>> }[];
  readonly spans: readonly ReceivedSpan[];
  /** What it answers with from now on; 200 at first. */
  answer(status: number): void;
  close(): Promise<void>;
}

function membersOf(attributes: readonly z.infer<typeof attribute>[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

/** Starts a receiver for tests. A request that is no OTLP in JSON ends the test with the reason. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const requests: OtlpReceiver['requests'][number][] = [];
  const spans: ReceivedSpan[] = [];
  let status = 200;
  const take = ({ url = '', headers }: IncomingMessage, text: string): void => {
    for (const { resource, scopeSpans } of otlpRequest.parse(JSON.parse(text)).resourceSpans) {
      requests.push({ path: url, headers, resource: membersOf(resource.attributes) });
      for (const span of scopeSpans.flatMap((scope) => scope.spans)) spans.push({ ...span, parentSpanId: span.parentSpanId === '' ? undefined : span.parentSpanId, attributes: membersOf(span.attributes) });
    }
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part)).on('end', () => {
      take(request, text);
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`, requests, spans,
    answer: (next) => {
      status = next;
    },
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
}
