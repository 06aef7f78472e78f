import { benchPositions } from '@breakwater/models/positions';
import { printJson, type CommandContext } from './context.ts';
import { startProgress } from './progress.ts';

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
const [markets, seed] = [200, 1];

/** `breakwater bench positions`: how well positions nobody shows are inferred in random markets whose positions are known. Some minutes. */
export async function benchPositionsCommand(context: CommandContext, options: { readonly json: boolean }): Promise<void> {
  const began = nowMs();
  const progress = startProgress(context, 'inferring', markets, 'markets', nowMs);
  const found = benchPositions(seed, markets, (done) => progress.update(done));
  progress.stop();
  const figures = { bench: 'positions', ...found, seconds: Math.round((nowMs() - began) / 1_000) };
  if (options.json) {
    printJson(context, figures);
    return;
  }
  context.stdout.write([
    `coverage            ${percent(figures.coverage)} of what can be liquidated lies in steps of 2.5 % whose 90 % band holds it; ${percent(figures.stepCoverage)} of the steps`,
    `error               less than that of a map with 10, 25, 50 and 100 times alike in ${percent(figures.betterShare)} of ${figures.markets} markets; median ratio ${figures.medianErrorRatio}`,
    `within 15 %         shape alone: less in ${percent(figures.nearBetterShare)}; median ratio ${figures.nearMedianErrorRatio}`, '',
  ].join('\n'));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
