import { configReload, type ConfigChange } from '@breakwater/contracts';
import { printProblem } from '@breakwater/platform/config';
import { CommandError, printJson, type CommandContext } from './context.ts';
import { createDaemonClient, type DaemonPlace } from './daemon-client.ts';

/** Flags of `reload`, as parsed. */
export interface ReloadFlags extends DaemonPlace {
  readonly json: boolean;
}

/** `breakwater reload`: a running daemon reads its config file anew and goes on with it; exit code 1 when it refused. */
export async function reloadCommand(context: CommandContext, flags: ReloadFlags): Promise<void> {
  const reload = await createDaemonClient(flags).post('/v1/config/reload', configReload);
  if (reload === undefined) throw new CommandError(`the daemon at ${flags.url} cannot reload its configuration: it is of an older version. Restart it.`);
  if (flags.json) printJson(context, reload);
  if (reload.outcome === 'refused') {
    const lines = [...reload.problems.map(printProblem), ...reload.restart.map(({ path, reason }) => `${path}: restart needed: ${reason}`)].map((line) => `  ${line}`).join('\n');
    throw new CommandError(flags.json ? '' : `the configuration was not reloaded, and nothing of it was changed.\n${lines}\n${reload.problems.length > 0 ? 'Mend the file and try again.' : 'Take these back and try again, or restart the daemon.'}`);
  }
  if (flags.json) return;
  context.stdout.write(reload.outcome === 'unchanged' ? 'Nothing has changed.\n' : `${reload.changes.map(lineOf).join('\n')}\n`);
}

function lineOf({ what, name, change }: ConfigChange): string {
  return `${change} ${what} ${name}`;
}
