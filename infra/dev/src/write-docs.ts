import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './env.ts';
import { messagesDocument } from './messages-doc.ts';
import { daemonMetrics, metricsDocument } from './metrics-doc.ts';
import { openApiText } from './openapi-doc.ts';
import { seriesDocument } from './series-doc.ts';

writeFileSync(join(root, 'docs/messages.md'), messagesDocument());
writeFileSync(join(root, 'docs/openapi.json'), openApiText());
writeFileSync(join(root, 'docs/series.md'), seriesDocument());
writeFileSync(join(root, 'docs/metrics.md'), metricsDocument(await daemonMetrics()));
