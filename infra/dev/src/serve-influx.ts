/**
 * An InfluxDB in the foreground for people without Docker: `node infra/dev/dist/serve-influx.js`. Its first line on stdout is `{"url":"http://127.0.0.1:port"}`; it ends, and
 * removes its data, on SIGINT and SIGTERM, with `--until-input-ends` also when its standard input does: then it never outlives who started it.
 */
import { startInflux } from './influx.ts';

const influx = await startInflux();
if (influx === undefined) process.exit(2);
const stop = (): void => void influx.stop().then(() => process.exit(0));
process.once('SIGINT', stop).once('SIGTERM', stop);
if (process.argv.includes('--until-input-ends')) process.stdin.on('end', stop).resume();
process.stdout.write(`${JSON.stringify({ url: influx.url })}\n`);
