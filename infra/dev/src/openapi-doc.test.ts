import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from './env.ts';
import { openApiText } from './openapi-doc.ts';

describe('docs/openapi.json', () => {
  it('is what `npm run docs` writes', () => {
    expect(readFileSync(join(root, 'docs/openapi.json'), 'utf8')).toBe(openApiText());
  });
});
