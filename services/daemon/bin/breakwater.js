#!/usr/bin/env node
// Committed, so that `npm ci` can link it before the first build.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/main.js', import.meta.url);
if (!existsSync(fileURLToPath(main))) {
  console.error('breakwater is not built: dist/main.js is missing. Run `npm run build` in the checkout.');
  process.exit(1);
}
await import(main.href);
