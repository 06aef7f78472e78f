import { nativeFeeds, runCanary, type CanaryReport } from '@breakwater/collectors';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { createNodeNetwork } from '@breakwater/platform/network/node';
import { version } from '../version.ts';
import { readConfig } from './check-config.ts';
import { CommandError, printJson, printTable, type CommandContext } from './context.ts';

/**
 * `breakwater canary`: each venue's list, answers and addresses of sockets against what the code expects of them. `--json` gives one document a market type as
 * each is done. Exit code 1 when something is not as expected.
 */
export async function canaryCommand(context: CommandContext, options: { readonly config: string; readonly json: boolean }): Promise<void> {
  const config = readConfig(options.config);
  const reports: CanaryReport[] = [];
  const network = createNodeNetwork({ userAgent: `breakwater/${version}` });
  await runCanary({ feeds: nativeFeeds, config, network, clock: createSystemClock(), signal: new AbortController().signal }, (report) => {
    reports.push(report);
    if (options.json) printJson(context, report);
  });
  if (!options.json) printTable(context, ['market type', 'tried', 'result'], reports.flatMap(({ source, probes }) => probes.map((p) => [source, p.name, p.reason === undefined ? p.detail : `${p.reason}: ${p.detail}`])));
  const wrong = reports.reduce((n, { probes }) => n + probes.filter((p) => p.reason !== undefined).length, 0);
  if (wrong > 0) throw new CommandError(`${String(wrong)} ${wrong === 1 ? 'thing is' : 'things are'} not as expected: a venue changed, or cannot be reached from here. Compare with its documentation (\`breakwater venues\` names the pages) and report what differs.`);
}
