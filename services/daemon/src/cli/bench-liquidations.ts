import { benchLiquidations } from '../liquidations/bench-liquidations.ts';
import { printJson, type CommandContext } from './context.ts';
import { startProgress } from './progress.ts';

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
const [runs, seed] = [200, 1];

/** `breakwater bench liquidations`: whether totals of liquidations, inferred from sampled feeds, lie in their bands. */
export async function benchLiquidationsCommand(context: CommandContext, options: { readonly json: boolean }): Promise<void> {
  const began = nowMs();
  const progress = startProgress(context, 'simulating', runs, 'runs', nowMs);
  const found = benchLiquidations(seed, runs, (done) => progress.update(done));
  progress.stop();
  const figures = { bench: 'liquidations', ...found, seconds: Math.round((nowMs() - began) / 1_000) };
  if (options.json) {
    printJson(context, figures);
    return;
  }
  context.stdout.write([
    `coverage            ${figures.covered} of ${figures.runs} totals through feeds that publish the last order of a second lie in their 90 % band (${(100 * figures.coverage).toFixed(1)} %)`,
    `estimate            median ${figures.medianRatio} times the truth; what is published is ${figures.medianPublished} of it`,
    `complete feeds      ${figures.exact} of ${figures.complete} totals are exact`, '',
  ].join('\n'));
}
