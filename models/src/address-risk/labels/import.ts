import { assertNever, err, ok, type Result } from '../../core/index.ts';
import { categoryOf } from './categories.ts';
import { csvRows, type CsvRow } from './csv.ts';
import { addressListRows, ethLabelsCsv, ethLabelsJson, exchangeListRow, fortaRows, ownCsv, ownJson, type FormatContext, type ReadRow } from './formats.ts';
import type { ImportedLabels, ImportOptions, ImportProblem, LabelFormat } from './import-types.ts';
import { OWN_PRIORITY, sourceNamed } from './sources.ts';
import { ANY_EVM, type LabelStatement } from './statement.ts';
import { shownText } from './text.ts';

/** Whom a format is of, where nobody else is named. Anybody writes lists in our own: whose word one is has to be said. */
const SOURCE_OF: Readonly<Record<Exclude<LabelFormat, 'own'>, string>> = { 'eth-labels': 'eth-labels', 'exchange-list': 'exchange-list', 'address-list': 'address-list', forta: 'forta' };

/** Rows between two words on how far an import is. */
const TELL_EVERY = 5_000;

/** Names of files that hold lists of sanctioned addresses without saying so inside. */
const SANCTIONS = /(?<![a-z])(?:ofac|sdn|sanctions?|sanctioned)(?![a-z])/i;

/** The text as rows of CSV or entries of JSON, and the format that its columns show. */
type Opened = { readonly kind: 'csv'; readonly rows: Iterable<CsvRow>; readonly head: readonly string[] } | { readonly kind: 'json'; readonly entries: readonly unknown[] };

/**
 * Reads a list of labels. Rows that cannot be used are all named in `problems` and the rest is taken; fails when nothing can be read at all (no JSON, columns of no known format, a list without labels and no
 * label given, a list in our own format of nobody knows whom). How far a list is trusted is not for the list to say: its rows are at most as sure as `confidence` or the source, and only the user's own lists name who said
 * something first. Pure; linear in the length, about a second for 100,000 rows. Text of the list is made safe to show.
 */
export function importLabels(text: string, options: ImportOptions): Result<ImportedLabels, ImportProblem> {
  const opened = open(text);
  if (!opened.ok) return opened;
  const found = options.format ?? formatOf(opened.value);
  if (found === undefined) return err({ line: 1, rule: 'unknown-format', got: headOf(opened.value) });
  const isSanctions = found === 'address-list' && options.label === undefined && SANCTIONS.test(options.fileName ?? '');
  const label = isSanctions ? 'sanctioned:ofac' : options.label;
  if (found === 'address-list' && label === undefined) return err({ line: 1, rule: 'no-label', got: 'a list of addresses without labels' });
  const source = options.source ?? (isSanctions ? 'ofac' : found === 'own' ? undefined : SOURCE_OF[found]);
  if (source === undefined) return err({ line: 1, rule: 'no-source', got: 'a list in our own format' });
  const context: FormatContext = { label, chain: options.chain };
  return ok(collect(readRows(found, opened.value, context), { found, source, options }));
}

function open(text: string): Result<Opened, ImportProblem> {
  const first = text.trimStart()[0];
  if (first !== '{' && first !== '[') {
    const [head] = csvRows(text);
    return ok({ kind: 'csv', rows: csvRows(text), head: head?.fields.map((field) => field.trim().toLowerCase()) ?? [] });
  }
  try {
    const parsed = JSON.parse(text) as unknown;
    return ok({ kind: 'json', entries: Array.isArray(parsed) ? (parsed as readonly unknown[]) : Object.entries(parsed as object).map(([address, label]) => ({ address, label: label as unknown })) });
  } catch (error) {
    return err({ line: 1, rule: 'not-json', got: shownText(error instanceof Error ? error.message : String(error)) });
  }
}

function formatOf(opened: Opened): LabelFormat | undefined {
  if (opened.kind === 'json') {
    const [first] = opened.entries;
    if (first === undefined || typeof first === 'string') return 'address-list';
    const has = (name: string): boolean => typeof first === 'object' && first !== null && Object.hasOwn(first, name);
    if (!has('address')) return undefined;
    if (has('chainId') || has('explorer')) return 'eth-labels';
    return has('label') ? 'own' : has('nameTag') ? 'exchange-list' : undefined;
  }
  const head = new Set(opened.head);
  const all = (...names: readonly string[]): boolean => names.every((name) => head.has(name));
  if (all('explorer', 'label', 'address')) return 'eth-labels';
  if (all('banned_address') || all('contract_address', 'contract_tag') || all('address', 'etherscan_tag')) return 'forta';
  if (all('address', 'label')) return 'own';
  if (all('address', 'nametag')) return 'exchange-list';
  // Without a heading: an address and a label in every line, or an address alone.
  if (opened.head.length >= 2 && opened.head[1]?.includes(':') === true) return 'own';
  return opened.head.length === 1 && (/^0x[0-9a-f]{40}$/.test(opened.head[0] ?? '') || opened.head[0] === 'address') ? 'address-list' : undefined;
}

function headOf(opened: Opened): string {
  return shownText(opened.kind === 'csv' ? opened.head.join(',') : JSON.stringify(opened.entries[0]));
}

function readRows(format: LabelFormat, opened: Opened, context: FormatContext): Iterable<ReadRow> {
  switch (format) {
    case 'own':
      return opened.kind === 'csv' ? ownCsv(opened.rows, context) : ownJson(opened.entries, context);
    case 'eth-labels':
      return opened.kind === 'csv' ? ethLabelsCsv(opened.rows, context) : ethLabelsJson(opened.entries, context);
    case 'exchange-list':
      return exchangeListRow(opened.kind === 'csv' ? opened.rows : opened.entries, context);
    case 'address-list':
      return addressListRows(opened.kind === 'csv' ? opened.rows : opened.entries, context);
    case 'forta':
      return fortaRows(opened.kind === 'csv' ? opened.rows : [], context);
    default:
      return assertNever(format);
  }
}

/** Statements of the rows, each once: of rows that say the same of one address the surest one is kept, and a name tag where any has one. */
function collect(rows: Iterable<ReadRow>, { found, source, options }: { readonly found: LabelFormat; readonly source: string; readonly options: ImportOptions }): ImportedLabels {
  const known = sourceNamed(source);
  const most = options.confidence ?? known.confidence;
  // What a column says of origins would make one list several witnesses. Readers of other lists know the origin themselves.
  const namesOrigins = found !== 'own' || known.priority < OWN_PRIORITY;
  const kept = new Map<string, LabelStatement>();
  const problems: ImportProblem[] = [];
  let count = 0;
  let repeated = 0;
  for (const row of rows) {
    if (row.isRow !== false && ++count % TELL_EVERY === 0) options.onRows?.(count);
    if ('rule' in row) {
      problems.push({ line: row.line, rule: row.rule, got: shownText(row.got) });
      continue;
    }
    const { address, label, nameTag, validFrom, validUntil } = row;
    const origin = namesOrigins ? row.origin : undefined;
    const statement: LabelStatement = {
      address, chain: options.chain ?? row.chain ?? ANY_EVM, label, source, confidence: Math.min(most, row.confidence ?? most * (row.trust ?? 1)), statedAt: options.statedAt,
      ...(nameTag === undefined || nameTag === '' ? {} : { nameTag }), ...(origin === undefined || origin === source ? {} : { origin }),
      ...(validFrom === undefined ? {} : { validFrom }), ...(validUntil === undefined ? {} : { validUntil }),
    };
    const key = `${address} ${statement.chain} ${label} ${origin ?? ''} ${validFrom ?? ''} ${validUntil ?? ''}`;
    const before = kept.get(key);
    if (before === undefined) kept.set(key, statement);
    else {
      repeated++;
      const [surer, other] = statement.confidence > before.confidence ? [statement, before] : [before, statement];
      kept.set(key, surer.nameTag === undefined && other.nameTag !== undefined ? { ...surer, nameTag: other.nameTag } : surer);
    }
  }
  const statements = [...kept.values()];
  const unmapped = statements.reduce((sum, { label }) => sum + (categoryOf(label) === 'other' ? 1 : 0), 0);
  return { format: found, source, rows: count, statements, repeated, mapped: statements.length - unmapped, unmapped, problems };
}
