import type { MetricDescription } from '@breakwater/platform/metrics';
import { startIdleDaemon } from './idle-daemon.ts';

/** Every metric that a daemon of every part registers, but those of the Node process. Starts one and ends it: about a second. */
export async function daemonMetrics(): Promise<readonly MetricDescription[]> {
  const daemon = await startIdleDaemon();
  try {
    return daemon.metrics.described();
  } finally {
    await daemon.stop();
  }
}

/** The text of `docs/metrics.md`. */
export function metricsDocument(metrics: readonly MetricDescription[]): string {
  return [
    '# Metrics', '',
    'What a daemon says of itself at `/metrics`, in the Prometheus text format. Generated from what the parts register by `npm run docs`; do not edit.', '',
    'Served on loopback without a token, to others with one (role `reader`); [alert rules](../infra/prometheus/alerts.yaml) are beside. Figures of the Node process come along as `process_*` and `nodejs_*`.',
    'A counter begins at 0 with the process. A metric whose part is not configured (a bot, InfluxDB) is not there. Of one metric at most 1,000 combinations of labels are kept, the others are counted as `other`.', '',
    '| metric | type | labels | what it says |', '|---|---|---|---|',
    ...metrics.map(({ name, type, labels, help }) => `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help}. |`), '',
  ].join('\n');
}
