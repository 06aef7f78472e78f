import type { Lifecycle } from '@breakwater/platform/lifecycle';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';
import { createNodeOutgoing } from '@breakwater/platform/network/outgoing-node';
import { noTracer, type Tracer } from '@breakwater/platform/trace';
import type { OtlpConfig } from '@breakwater/platform/trace/config';
import { version } from './version.ts';

/** What the tracer is opened with. */
export interface TracerDeps {
  readonly lifecycle: Lifecycle;
  readonly metrics: Metrics;
  readonly log: Log;
  /** The name of this process, which no other ever has. */
  readonly instance: string;
}

/** The tracer of the config; without one nothing of OpenTelemetry is loaded. */
export async function openTracer(config: OtlpConfig | undefined, { lifecycle, metrics, log, instance }: TracerDeps): Promise<Tracer> {
  if (config === undefined) return noTracer;
  const { createOtlpTracer } = await import('@breakwater/platform/trace/otlp');
  const { url, allowHosts, sampleRatio, serviceName, authorization } = config;
  const tracer = createOtlpTracer({
    url, allowHosts, sampleRatio, serviceName, serviceVersion: version, instance, metrics, log,
    headers: authorization === undefined ? {} : { authorization: authorization.reveal() },
    // Of its own: a drill's time does not wait for spans to be sent.
    outgoing: createNodeOutgoing({ userAgent: `breakwater/${version}` }),
  });
  lifecycle.onClose('traces', () => tracer.close());
  return tracer;
}
