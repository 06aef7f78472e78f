#!/usr/bin/env node
import { run } from './cli/run.ts';

// Whoever reads the output may have had enough of it (`| head`): that is no failure.
for (const stream of [process.stdout, process.stderr]) stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await run(process.argv.slice(2), {
  env: { noColor: process.env['NO_COLOR'] !== undefined && process.env['NO_COLOR'] !== '', dataFolder: process.env['BREAKWATER_DATA'] ?? '../shared/data', kafka: process.env['BREAKWATER_KAFKA'], influx: process.env['BREAKWATER_INFLUX'] },
  stdout: process.stdout,
  stderr: process.stderr,
});
