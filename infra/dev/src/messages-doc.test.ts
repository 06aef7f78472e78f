import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from './env.ts';
import { messagesDocument } from './messages-doc.ts';

describe('docs/messages.md', () => {
  it('is what `npm run docs` writes', () => {
    expect(readFileSync(join(root, 'docs/messages.md'), 'utf8')).toBe(messagesDocument());
  });
  it('says what every message is', () => {
    for (const [, kind, comment] of messagesDocument().matchAll(/### `(.+)`\n\n(.*)\n/g)) expect([kind, (comment ?? '').length > 20]).toEqual([kind, true]);
  });
});
