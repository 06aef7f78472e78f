/**
 * A broker in the foreground for people without Docker: `node infra/dev/dist/serve-kafka.js [3.9.1|4.1.1]`. Its first line on stdout is `{"brokers":["127.0.0.1:port"]}`;
 * it ends, and removes its data, on SIGINT and SIGTERM, with `--until-input-ends` also when its standard input does: then it never outlives who started it.
 */
import { kafkaVersions, startKafka } from './kafka.ts';

const args = process.argv.slice(2);
const wanted = args.find((arg) => !arg.startsWith('-')) ?? '4.1.1';
const version = kafkaVersions.find((known) => known === wanted);
if (version === undefined) {
  process.stderr.write(`no Kafka ${wanted}: there are ${kafkaVersions.join(' and ')}\n`);
  process.exit(2);
}
const kafka = await startKafka({ version });
const stop = (): void => void kafka.stop().then(() => process.exit(0));
process.once('SIGINT', stop).once('SIGTERM', stop);
if (args.includes('--until-input-ends')) process.stdin.on('end', stop).resume();
process.stdout.write(`${JSON.stringify({ brokers: kafka.brokers })}\n`);
