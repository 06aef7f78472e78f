import { createSystemClock } from '@breakwater/platform/clock/system';
import { benchBus } from '@breakwater/platform/kafka/bench';
import { silentLog } from '@breakwater/platform/log';
import { printJson, type CommandContext } from './context.ts';
import { benchWarning } from './bench-warning.ts';
import { brokersAtHand } from './dev-broker.ts';
import { startProgress } from './progress.ts';

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
/** A pass of a few seconds, as many as it takes for the best of each to be undisturbed, and the pace that delays are promised at. */
const plan = { messages: 60_000, passes: 5, framesPerSecond: 5_000, seconds: 10 };

/** The tick and the length of the measurement from frames to warnings. */
const warningPlan = { tickEveryMs: 100, seconds: 10 };

/**
 * `breakwater bench bus`: market data from collectors to scoring through Kafka, beside kafkajs alone on the same bytes in the same run. The delays of the JSON form are those from a frame to
 * the committed warning that it had a part in, with a score tick of 100 ms.
 */
export async function benchBusCommand(context: CommandContext, options: { readonly json: boolean }): Promise<void> {
  const kafka = await brokersAtHand(context);
  const progress = startProgress(context, 'measuring', plan.passes + 3, 'passes', nowMs);
  try {
    const figures = await benchBus({ brokers: kafka.brokers, clock: createSystemClock(), log: silentLog, now: nowMs, ...plan, onProgress: (done) => progress.update(done) });
    const { p50Ms, p99Ms, framesPerSecond, revisions } = await benchWarning({ brokers: kafka.brokers, now: nowMs, framesPerSecond: plan.framesPerSecond, ...warningPlan });
    if (options.json) printJson(context, { ...figures, p50Ms, p99Ms, framesPerSecond });
    else {
      context.stdout.write([
        `the bus         ${figures.messagesPerSecond} messages a second, ${figures.megabytesPerSecond} MB: encoded, through Kafka, decoded and checked`,
        `kafkajs alone   ${figures.kafkajsMessagesPerSecond} messages a second of the same bytes: ratio ${figures.ratio}`,
        `delay           ${figures.p50Ms} ms in the middle, ${figures.p99Ms} ms at 99 %, at ${figures.framesPerSecond} frames a second: from collectors to scoring`,
        `to the warning  ${p50Ms} ms in the middle, ${p99Ms} ms at 99 %, at ${framesPerSecond} frames a second: from a frame to the commit of a warning, a tick of ${warningPlan.tickEveryMs} ms, ${revisions} revisions`, '',
      ].join('\n'));
    }
  } finally {
    progress.stop();
    await kafka.stop();
  }
}
