import type { MetricDescription } from '@breakwater/platform/metrics';
import { sharedMetrics, startIdleDaemon } from './idle-daemon.ts';

/** Every metric that daemons of every part register, in one process and on Kafka, but those of the Node process. Starts one and ends it: some seconds. */
export async function daemonMetrics(): Promise<readonly MetricDescription[]> {
  const daemon = await startIdleDaemon();
  try {
    return await withShared(daemon.metrics.described());
  } finally {
    await daemon.stop();
  }
}

/** What one process registers, and what comes with Kafka. */
export async function withShared(own: readonly MetricDescription[]): Promise<readonly MetricDescription[]> {
  const known = new Set(own.map(({ name }) => name));
  return [...own, ...(await sharedMetrics()).filter(({ name }) => !known.has(name))].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The text of `docs/metrics.md`. */
export function metricsDocument(metrics: readonly MetricDescription[]): string {
  return [
    '# Metrics', '',
    'What a daemon says of itself at `/metrics`, in the Prometheus text format. Generated from what the parts register by `npm run docs`; do not edit.', '',
    'Served on loopback without a token, to others with one (role `reader`); [alert rules](../infra/prometheus/alerts.yaml) are beside. Figures of the Node process come along as `process_*` and `nodejs_*`.',
    'A counter begins at 0 with the process. A metric whose part is not configured (a bot, InfluxDB, Kafka) is not there, and a process of one stage has those of that stage. Of one metric at most 1,000 combinations of labels are kept, the others are counted as `other`.', '',
    '| metric | type | labels | what it says |', '|---|---|---|---|',
    ...metrics.map(({ name, type, labels, help }) => `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help}. |`), '',
  ].join('\n');
}
