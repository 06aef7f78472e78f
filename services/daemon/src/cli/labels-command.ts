import { InvalidArgumentError, type Command } from 'commander';
import { labelFormats } from '@breakwater/models/address-risk';
import type { CommandContext } from './context.ts';
import type { LabelsShowFlags } from './labels-show.ts';
import type { LabelsImportFlags, LabelsPlace, LabelsWordFlags } from './labels.ts';

/** Adds `breakwater labels` and what it does to the program. */
export function addLabelsCommand(root: Command, context: CommandContext, { defaultConfig, example }: { readonly defaultConfig: string; readonly example: (...lines: readonly string[]) => string }): void {
  const labels = root.command('labels').description('labels of addresses: import public lists, see what is known of an address and why, dispute it').exitOverride()
    .addHelpText('after', example('breakwater labels import eth-labels.csv ofac-ETH.json', 'breakwater labels show 0x28c6c06298d514db089934071355e5743bf21d60'));
  const add = (name: string, description: string, ...examples: readonly string[]): Command =>
    labels.command(name).description(description)
      .option('-c, --config <file>', 'config file, which says where labels are kept (labels.path)', defaultConfig)
      .option('--file <file>', 'the file of labels itself, instead of that of a config')
      .option('--json', 'machine output on stdout, logs on stderr', false).addHelpText('after', example(...examples)).exitOverride();

  add('import', 'read lists of labels and keep what they say; the same list twice changes nothing', 'breakwater labels import eth-labels.csv cex-addresses.csv phishing_scams.csv', 'breakwater labels import blocked.json --label sanctioned:ofac --source ofac', 'breakwater labels import ours.csv --source committee')
    .argument('<list...>', 'CSV or JSON: eth-labels, lists of exchanges (address,nameTag), Forta lists, lists of addresses alone, or our own (address,label)')
    .option('--source <name>', 'who says so; by default whom the format is of; our own format needs it: committee for your own word')
    .option('--format <format>', `how to read it (${labelFormats.join(', ')}); found out by default`)
    .option('--label <category:name>', 'what every address of a list without labels is, as in exchange:okx')
    .option('--chain <id>', 'where it holds: eip155 (every EVM chain) or a CAIP-2 id; by default what the list says, else every EVM chain')
    .option('--confidence <share>', 'how sure what does not say is, and the most a row may say, above 0 to 1; by default what is assumed of the source', confidence)
    .option('--stated <date>', 'the day the list is of, as in 2022-05-31; now by default', date)
    .option('--replaces', 'it is a newer edition: what earlier imports of a file of this name and source say, and it does not, has ended')
    .action(async (lists: readonly string[], flags: LabelsImportFlags) => (await import('./labels.ts')).labelsImportCommand(context, lists, flags));
  add('show', 'everything said of an address, what counts and whom it belongs to; or the addresses of a label', 'breakwater labels show 0x28c6c06298d514db089934071355e5743bf21d60', 'breakwater labels show exchange:okx --limit 100 --json')
    .argument('<address|label>', 'an address, or a label such as exchange:okx')
    .option('--chain <id>', 'on this chain, as in eip155:1; every chain of which something was said by default')
    .option('--at <date>', 'what held then, as in 2025-04-13; now by default', date)
    .option('--limit <n>', 'most addresses of a label', whole, 50)
    .action(async (what: string, flags: LabelsShowFlags) => (await import('./labels-show.ts')).labelsShowCommand(context, what, flags));
  add('dispute', 'say that a label is wrong: it counts for less, and stays', 'breakwater labels dispute 0x28c6c06298d514db089934071355e5743bf21d60 --label exchange:binance --by "Ana Perez" --reason "sold in March"')
    .argument('<address>', 'an address')
    .option('--label <category:name>', 'the label that is wrong; all of them by default')
    .requiredOption('--by <name>', 'who says so')
    .requiredOption('--reason <text>', 'why, for whoever reads it')
    .action(async (address: string, flags: LabelsWordFlags) => (await import('./labels.ts')).labelsDisputeCommand(context, address, flags));
  add('link', 'say that two addresses are of one owner', 'breakwater labels link 0x28c6c06298d514db089934071355e5743bf21d60 0x21a31ee1afc51d94c2efccaa2092ad1028285549 --by "Ana Perez" --reason "same signer"')
    .argument('<address>', 'an address')
    .argument('<other>', 'another one')
    .requiredOption('--by <name>', 'who says so')
    .requiredOption('--reason <text>', 'why, for whoever reads it')
    .option('--confidence <share>', 'how sure that is, above 0 to 1', confidence)
    .action(async (a: string, b: string, flags: LabelsWordFlags) => (await import('./labels.ts')).labelsLinkCommand(context, a, b, flags));
  add('export', 'print what was imported as a list that can be imported again', 'breakwater labels export --source committee > ours.csv')
    .option('--source <name>', 'only what this source says')
    .action(async (flags: LabelsPlace & { readonly source?: string }) => (await import('./labels.ts')).labelsExportCommand(context, flags));
}

function confidence(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value <= 1)) throw new InvalidArgumentError('give a number above 0, at most 1');
  return value;
}

function date(text: string): number {
  const value = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!(value >= 0)) throw new InvalidArgumentError('give a day, as in 2025-04-13');
  return value;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('give a whole number, 1 or more');
  return value;
}
