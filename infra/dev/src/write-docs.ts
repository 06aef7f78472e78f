import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { grafanaFiles } from '@breakwater/grafana';
import { root } from './env.ts';
import { messagesDocument } from './messages-doc.ts';
import { daemonMetrics, metricsDocument } from './metrics-doc.ts';
import { openApiText } from './openapi-doc.ts';
import { seriesDocument } from './series-doc.ts';

writeFileSync(join(root, 'docs/messages.md'), messagesDocument());
writeFileSync(join(root, 'docs/openapi.json'), openApiText());
writeFileSync(join(root, 'docs/series.md'), seriesDocument());
writeFileSync(join(root, 'docs/metrics.md'), metricsDocument(await daemonMetrics()));
for (const [path, text] of Object.entries(grafanaFiles())) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
