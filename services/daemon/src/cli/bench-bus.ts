import { createSystemClock } from '@breakwater/platform/clock/system';
import { benchBus } from '@breakwater/platform/kafka/bench';
import { silentLog } from '@breakwater/platform/log';
import { printJson, type CommandContext } from './context.ts';
import { brokersAtHand } from './dev-broker.ts';
import { startProgress } from './progress.ts';

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
/** A pass of a few seconds, as many as it takes for the best of each to be undisturbed, and the pace that delays are promised at. */
const plan = { messages: 60_000, passes: 5, framesPerSecond: 5_000, seconds: 10 };

/** `breakwater bench bus`: market data from collectors to scoring through Kafka, beside kafkajs alone on the same bytes in the same run. */
export async function benchBusCommand(context: CommandContext, options: { readonly json: boolean }): Promise<void> {
  const kafka = await brokersAtHand(context);
  const progress = startProgress(context, 'measuring', plan.passes + 2, 'passes', nowMs);
  try {
    const figures = await benchBus({ brokers: kafka.brokers, clock: createSystemClock(), log: silentLog, now: nowMs, ...plan, onProgress: (done) => progress.update(done) });
    if (options.json) printJson(context, figures);
    else {
      context.stdout.write([
        `the bus         ${figures.messagesPerSecond} messages a second, ${figures.megabytesPerSecond} MB: encoded, through Kafka, decoded and checked`,
        `kafkajs alone   ${figures.kafkajsMessagesPerSecond} messages a second of the same bytes: ratio ${figures.ratio}`,
        `delay           ${figures.p50Ms} ms in the middle, ${figures.p99Ms} ms at 99 %, at ${figures.framesPerSecond} frames a second`, '',
      ].join('\n'));
    }
  } finally {
    progress.stop();
    await kafka.stop();
  }
}
