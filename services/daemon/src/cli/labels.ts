import { ANY_EVM, addressOn, exportLabels, isChainScope, isLabelText, labelFormats, MOST_REASON, shownText, type ImportProblem, type LabelFormat } from '@breakwater/models/address-risk';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { noLabels, appendLabels, readLabelStore, type StoredLabels } from '../labels/label-store.ts';
import type { LabelRecord } from '../labels/label-records.ts';
import { labelPathOf } from '../labels/label-registry.ts';
import { readList, type ReadList } from '../labels/import-file.ts';
import { readConfig } from './check-config.ts';
import { CommandError, printJson, type CommandContext } from './context.ts';
import { readUserFile } from './files.ts';
import { startProgress } from './progress.ts';

/** Where labels are: a file that is named, or that of a config. */
export interface LabelsPlace {
  readonly config: string;
  readonly file?: string;
  readonly json: boolean;
}

/** Flags of `labels import`, as parsed. */
export interface LabelsImportFlags extends LabelsPlace {
  readonly source?: string;
  readonly format?: string;
  readonly label?: string;
  readonly chain?: string;
  readonly confidence?: number;
  readonly stated?: number;
  readonly replaces?: boolean;
}

/** Flags of `labels dispute` and `labels link`, as parsed. */
export interface LabelsWordFlags extends LabelsPlace {
  readonly by: string;
  readonly reason: string;
  readonly label?: string;
  readonly confidence?: number;
}

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
/** Most refused rows that are printed of a file; `--json` has them all. */
const SHOWN_PROBLEMS = 20;

/** The file of labels that is meant. */
export function labelFileOf({ config, file }: LabelsPlace): string {
  return file ?? labelPathOf(readConfig(config));
}

/** `breakwater labels import <file>...`: reads lists and keeps what they say; what cannot be used is named, and the rest is taken. */
export function labelsImportCommand(context: CommandContext, paths: readonly string[], flags: LabelsImportFlags): void {
  const store = labelFileOf(flags);
  const options = checkedOptions(flags);
  const texts = paths.map((path) => ({ path, text: readUserFile(path) }));
  const total = texts.reduce((sum, { text }) => sum + lines(text), 0);
  const progress = startProgress(context, 'importing', total, 'rows', nowMs);
  let done = 0;
  const lists: ReadList[] = [];
  try {
    for (const { path, text } of texts) {
      const read = readList(path, text, { ...options, replaces: flags.replaces, statedAt: flags.stated ?? createSystemClock().now(), onRows: (rows) => progress.update(done + rows) }, createSystemClock().now());
      if (!read.ok) throw new CommandError(`${path} was not imported, and nothing else: ${unusable(read.error)}`);
      lists.push(read.value);
      done += lines(text);
      progress.update(done);
    }
  } finally {
    progress.stop();
  }
  const known = new Set<string>();
  const { cutBytes } = appendLabels(store, (held) => {
    for (const { id } of held.batches) known.add(id);
    return [...new Map(lists.map(({ batch }) => [batch.id, batch])).values()].filter(({ id, statements }) => !known.has(id) && statements.length > 0);
  });
  if (cutBytes > 0) context.stderr.write(`${store} ended in an import that was cut off: its ${cutBytes} bytes are gone. Import that list again.\n`);
  const results = lists.map(({ imported, batch }, i) => {
    const isNew = !known.has(batch.id) && batch.statements.length > 0;
    known.add(batch.id);
    return { ...counts(imported), file: paths[i], isNew, problems: imported.problems };
  });
  if (flags.json) printJson(context, { store, files: results });
  else for (const result of results) context.stdout.write(told(result));
}

function counts({ format, source, rows, statements, repeated, mapped, unmapped, problems }: ReadList['imported']) {
  return { format, source, rows, statements: statements.length, mapped, unmapped, repeated, refused: problems.length };
}

function told({ file, format, source, rows, statements, mapped, unmapped, repeated, refused, isNew, problems }: ReturnType<typeof counts> & { readonly file: string | undefined; readonly isNew: boolean; readonly problems: readonly ImportProblem[] }): string {
  const rest = problems.length - SHOWN_PROBLEMS;
  return [
    `${file ?? ''}: ${rows} rows of ${format}, said by ${source}: ${statements} statements (${mapped} in a category of ours, ${unmapped} kept as other:<their word>), ${repeated} said again, ${refused} refused.${isNew ? '' : statements === 0 ? ' Nothing to keep.' : ' Imported before: nothing has changed.'}`,
    ...problems.slice(0, SHOWN_PROBLEMS).map(({ line, rule, got }) => `  line ${line}: ${WORDS[rule]}, got ${JSON.stringify(got)}`),
    ...(rest > 0 ? [`  and ${rest} more; --json has them all`] : []), '',
  ].join('\n');
}

/** Why a row was refused, in words. */
const WORDS: Readonly<Record<ImportProblem['rule'], string>> = {
  'not-json': 'not JSON', 'not-an-address': 'not an address of the chain', 'not-a-label': 'not a label such as exchange:okx', 'not-a-chain': 'not an explorer or chain that is known', 'not-a-confidence': 'not a confidence above 0 to 1',
  'not-a-time': 'not a time', 'two-labels': 'two labels for one address', 'no-label': 'no label', 'no-source': 'no source', 'unknown-format': 'not a format that is known',
};

function unusable({ line, rule, got }: ImportProblem): string {
  if (rule === 'no-label') return 'it is a list of addresses without labels. Say what they are with --label, as in --label sanctioned:ofac.';
  if (rule === 'no-source') return 'it is a list in our own format, which anybody can write. Say whose word it is: --source committee where it is your own, else a name for who made it, as in --source a-friend.';
  if (rule === 'unknown-format') return `its columns are of no format that is known (${got}). Give --format ${labelFormats.join('|')}, or a CSV with the columns address,label.`;
  return `line ${line}: ${WORDS[rule]}, ${got}. Mend the file.`;
}

function checkedOptions({ source, format, label, chain, confidence }: LabelsImportFlags) {
  if (format !== undefined && !labelFormats.some((known) => known === format)) throw new CommandError(`no format '${format}': there are ${labelFormats.join(', ')}.`, 2);
  if (label !== undefined) checkLabel(label);
  if (chain !== undefined && !isChainScope(chain)) throw new CommandError(`no chain '${chain}': give eip155 (every EVM chain) or a CAIP-2 id such as eip155:1.`, 2);
  if (source !== undefined && !/^[a-z0-9][a-z0-9._-]{0,63}$/.test(source)) throw new CommandError(`no name of a source: '${source}'. Give lower-case letters, digits and . _ -, as in committee.`, 2);
  return { source, format: format as LabelFormat | undefined, label, chain, confidence };
}

function checkLabel(label: string): void {
  if (!isLabelText(label)) throw new CommandError(`no label '${shownText(label)}': give <category>:<name> in lower case, as in exchange:okx.`, 2);
}

function lines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return Math.max(1, count);
}

/** `breakwater labels dispute <address>`: somebody holds a label for wrong; it counts for less from now on, and stays. */
export function labelsDisputeCommand(context: CommandContext, address: string, flags: LabelsWordFlags): void {
  const { label } = flags;
  if (label !== undefined) checkLabel(label);
  const of = checkedAddress(address);
  const store = labelFileOf(flags);
  const record: LabelRecord = { kind: 'dispute', address: of, ...(label === undefined ? {} : { label }), ...word(flags), at: createSystemClock().now() };
  let held: StoredLabels = noLabels;
  appendLabels(store, (before) => {
    held = before;
    return [record];
  });
  const said = held.statements.filter((statement) => statement.address === of && (label === undefined || statement.label === label)).length;
  if (flags.json) printJson(context, { store, ...record, statements: said });
  else context.stdout.write(`Noted: ${record.by} disputes ${label ?? 'every label'} of ${of}.${said === 0 ? ' Nothing like that was imported: the dispute counts for labels of the config and for what comes.' : ''}\nSee \`breakwater labels show ${of}\`; a running daemon takes it over with \`breakwater reload\`.\n`);
}

/** `breakwater labels link <a> <b>`: somebody knows that two addresses are of one owner. */
export function labelsLinkCommand(context: CommandContext, first: string, second: string, flags: LabelsWordFlags): void {
  const [a, b] = [checkedAddress(first), checkedAddress(second)];
  if (a === b) throw new CommandError(`${a} was not linked: it is one address, given twice.`, 2);
  const store = labelFileOf(flags);
  const record = { kind: 'link', a, b, code: 'committee', confidence: flags.confidence ?? 1, ...word(flags), at: createSystemClock().now() } as const;
  appendLabels(store, () => [record]);
  if (flags.json) printJson(context, { store, ...record });
  else context.stdout.write(`Noted: ${record.by} says that ${a} and ${b} are of one owner.\n`);
}

/** `breakwater labels export`: what was imported, as a list in our own format. */
export function labelsExportCommand(context: CommandContext, flags: LabelsPlace & { readonly source?: string }): void {
  const { statements } = readLabelStore(labelFileOf(flags));
  const chosen = statements.filter(({ source }) => flags.source === undefined || source === flags.source);
  if (flags.json) printJson(context, { statements: chosen });
  else context.stdout.write(exportLabels(chosen));
}

function word({ by, reason }: LabelsWordFlags): { readonly by: string; readonly reason: string } {
  const [who, why] = [shownText(by), shownText(reason, MOST_REASON)];
  if (who === '' || why === '') throw new CommandError('say who and why: --by and --reason must not be empty.', 2);
  return { by: who, reason: why };
}

function checkedAddress(text: string): string {
  const found = addressOn(ANY_EVM, text) ?? addressOn('antelope', text);
  if (found === undefined) throw new CommandError(`no address '${shownText(text)}': give 0x and 40 hexadecimal digits, or an account of an Antelope chain.`, 2);
  return found;
}
