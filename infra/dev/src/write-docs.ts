import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './env.ts';
import { messagesDocument } from './messages-doc.ts';

writeFileSync(join(root, 'docs/messages.md'), messagesDocument());
