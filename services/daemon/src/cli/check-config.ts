import { readFileSync } from 'node:fs';
import { jsonSchemaOf, printable, printProblem } from '@breakwater/platform/config';
import { configSchema, parseConfig, type Config } from '../config.ts';
import { CommandError, printJson, type CommandContext } from './context.ts';
import { readUserFile } from './files.ts';

/** The config of a file, or every problem at once. Fails with a `CommandError` when there is no such file. */
export function parseConfigFile(path: string): ReturnType<typeof parseConfig> {
  return parseConfig(readUserFile(path), (file) => readFileSync(file, 'utf8'));
}

/** The config of a file; every problem at once when it is not one. */
export function readConfig(path: string): Config {
  const parsed = parseConfigFile(path);
  if (parsed.ok) return parsed.value;
  const lines = parsed.error.map((problem) => `  ${printProblem(problem)}`).join('\n');
  throw new CommandError(`${path} is not a usable config: ${parsed.error.length} problem${parsed.error.length === 1 ? '' : 's'}.\n${lines}\nMend them and run \`breakwater check-config ${path}\`.`);
}

/** `breakwater check-config [file]`: every problem at once; with `--schema` the JSON Schema for editors. */
export function checkConfigCommand(context: CommandContext, path: string, options: { readonly json: boolean; readonly schema: boolean }): void {
  if (options.schema) {
    context.stdout.write(`${JSON.stringify(jsonSchemaOf(configSchema), null, 2)}\n`);
    return;
  }
  if (options.json) {
    const parsed = parseConfigFile(path);
    printJson(context, parsed.ok ? { ok: true, config: printable(parsed.value) } : { ok: false, problems: parsed.error });
    if (!parsed.ok) throw new CommandError('', 1);
    return;
  }
  const config = readConfig(path);
  const venues = Object.entries(config.venues).filter(([, venue]) => venue.enabled).map(([id]) => id);
  context.stdout.write(`${path} is good: ${Object.keys(config.assets).join(', ')} on ${venues.join(', ')}; ${Object.keys(config.chains).join(', ') || 'no chain'}; warnings to ${recipientsOf(config).join(', ') || 'nobody'}.\n`);
}

/** Everyone a config sends warnings to, as people name them. */
function recipientsOf(config: Config): readonly string[] {
  const { terminal, file, webhooks, telegram } = config.alerting.notifiers;
  return [
    ...(terminal.enabled ? ['terminal'] : []), ...(file === undefined ? [] : [file.path]), ...Object.keys(webhooks).map((name) => `webhook ${name}`),
    ...(telegram === undefined ? [] : telegram.chats.map((chat) => `Telegram ${String(chat)}`)), ...(config.alerting.api.enabled ? [`console on ${config.alerting.api.host}:${config.alerting.api.port}`] : []),
  ];
}
