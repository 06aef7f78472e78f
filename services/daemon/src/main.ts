#!/usr/bin/env node
import { run } from './cli/run.ts';

process.exitCode = await run(process.argv.slice(2), {
  env: { noColor: process.env['NO_COLOR'] !== undefined && process.env['NO_COLOR'] !== '', dataFolder: process.env['BREAKWATER_DATA'] ?? '../shared/data' },
  stdout: process.stdout,
  stderr: process.stderr,
});
