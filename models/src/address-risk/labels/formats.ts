import { UNNAMED } from './categories.ts';
import type { CsvRow } from './csv.ts';
import type { ImportProblem } from './import-types.ts';
import { chainOfExplorer, mapPublicLabel, nameInTag } from './public-names.ts';
import { ANY_EVM } from './statement.ts';
import { addressOn, isChainScope, isLabelText, shownText } from './text.ts';

/** What the reader of a format is told. */
export interface FormatContext {
  readonly label: string | undefined;
  readonly chain: string | undefined;
}

/** One thing a list says; or why a row was not taken. `isRow` is false for what is said beside the row itself. */
export type ReadRow = (RowStatement | ImportProblem) & { readonly isRow?: false };
interface RowStatement {
  readonly line: number;
  readonly address: string;
  readonly chain?: string;
  readonly label: string;
  readonly nameTag?: string;
  readonly origin?: string;
  /** What the row says itself (the importer takes no more than its list is worth), or how much of its source's confidence it has. */
  readonly confidence?: number;
  readonly trust?: number;
  readonly validFrom?: number;
  readonly validUntil?: number;
}

/** Who says first what explorers' lists repeat. */
const EXPLORERS_ORIGIN = 'etherscan';

/** Reads fields of rows by the names of their columns; the first row is the heading. */
function* byColumn(rows: Iterable<CsvRow>, standard?: readonly string[]): Generator<{ readonly line: number; readonly of: (name: string) => string }> {
  let columns: ReadonlyMap<string, number> | undefined;
  for (const { line, fields } of rows) {
    if (columns === undefined) {
      const names = fields.map((field) => field.trim().toLowerCase());
      const isHead = standard === undefined || names.some((name) => standard.includes(name));
      columns = new Map((isHead ? names : standard).map((name, i) => [name, i]));
      if (isHead) continue;
    }
    const map = columns;
    yield { line, of: (name) => fields[map.get(name) ?? -1]?.trim() ?? '' };
  }
}

function* byField(entries: readonly unknown[]): Generator<{ readonly line: number; readonly of: (name: string) => string }> {
  for (const [i, entry] of entries.entries()) {
    const fields = typeof entry === 'object' && entry !== null ? (entry as Readonly<Record<string, unknown>>) : {};
    yield {
      line: i + 1,
      of: (name) => {
        const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
        return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
      },
    };
  }
}

type Reader = (name: string) => string;

function ethLabelsRow(line: number, of: Reader, nameTag: string, chain: string | undefined, { label }: FormatContext): ReadRow {
  if (chain === undefined) return { line, rule: 'not-a-chain', got: of('explorer') || of('chainId') };
  const address = addressOn(chain, of('address'));
  if (address === undefined) return { line, rule: 'not-an-address', got: of('address') };
  const tag = shownText(nameTag);
  if (label !== undefined) return { line, address, chain, label, nameTag: tag, origin: EXPLORERS_ORIGIN };
  if (of('label') === '') return { line, rule: 'not-a-label', got: '' };
  const mapped = mapPublicLabel(of('label').toLowerCase(), tag);
  return { line, address, chain, label: mapped.label, trust: mapped.confidence, nameTag: tag, origin: EXPLORERS_ORIGIN };
}

/** `explorer,label,address,nameTag,subcategory` (https://github.com/dawsbot/eth-labels). */
export function* ethLabelsCsv(rows: Iterable<CsvRow>, context: FormatContext): Generator<ReadRow> {
  for (const { line, of } of byColumn(rows)) yield ethLabelsRow(line, of, of('nametag'), context.chain ?? chainOfExplorer(of('explorer').toLowerCase()), context);
}

/** `[{"address", "chainId", "label", "nameTag"}]` of the same project; `explorer` in place of `chainId`, too. */
export function* ethLabelsJson(entries: readonly unknown[], context: FormatContext): Generator<ReadRow> {
  for (const { line, of } of byField(entries)) {
    const byNumber = isChainScope(`eip155:${of('chainId')}`) ? `eip155:${of('chainId')}` : undefined;
    yield ethLabelsRow(line, of, of('nameTag'), context.chain ?? byNumber ?? chainOfExplorer(of('explorer').toLowerCase()), context);
  }
}

/** `address,nameTag`: addresses of exchanges, whose names are in the tags. Where a label is given, it is of all. */
export function* exchangeListRow(rows: Iterable<CsvRow> | readonly unknown[], { label, chain }: FormatContext): Generator<ReadRow> {
  const isJson = Array.isArray(rows);
  for (const { line, of } of isJson ? byField(rows) : byColumn(rows as Iterable<CsvRow>)) {
    const address = addressOn(chain ?? ANY_EVM, of('address'));
    const nameTag = shownText(of(isJson ? 'nameTag' : 'nametag'));
    if (address === undefined) yield { line, rule: 'not-an-address', got: of('address') };
    else yield { line, address, label: label ?? `exchange:${nameTag === '' ? UNNAMED : nameInTag(nameTag, 'exchange')}`, nameTag };
  }
}

/** A list of addresses alone: JSON strings, or one a line. */
export function* addressListRows(rows: Iterable<CsvRow> | readonly unknown[], { label = '', chain }: FormatContext): Generator<ReadRow> {
  const texts = Array.isArray(rows)
    ? rows.map((entry: unknown, i) => ({ line: i + 1, text: typeof entry === 'string' ? entry : JSON.stringify(entry) }))
    : [...(rows as Iterable<CsvRow>)].map(({ line, fields }) => ({ line, text: fields[0]?.trim() ?? '' }));
  for (const { line, text } of texts) {
    if (line === 1 && text.toLowerCase() === 'address') continue;
    const address = addressOn(chain ?? ANY_EVM, text);
    yield address === undefined ? { line, rule: 'not-an-address', got: text } : { line, address, label };
  }
}

/** How far the creator of a malicious contract is taken for malicious, of what the contract is [A]: factories make contracts for everybody. */
const CREATOR_TRUST = 0.8;
const FORTA_LABELS: Readonly<Record<string, string>> = { 'phish-hack': 'phishing:forta', 'etherscan-phish-hack-list': 'phishing:forta' };

/**
 * The lists of https://github.com/forta-network/labelled-datasets: `banned_address,wallet_tag,data_source`; `address,etherscan_tag,etherscan_labels,is_contract`; and malicious contracts with their creators.
 * Nearly all of it repeats explorers, and names them as its origin.
 */
export function* fortaRows(rows: Iterable<CsvRow>, { label, chain = ANY_EVM }: FormatContext): Generator<ReadRow> {
  for (const { line, of } of byColumn(rows)) {
    const given = of('banned_address') || of('contract_address') || of('address');
    const address = addressOn(chain, given);
    const said = (of('data_source') || of('etherscan_labels') || of('contract_creator_etherscan_label')).toLowerCase();
    const meaning = label ?? (Object.hasOwn(FORTA_LABELS, said) ? (FORTA_LABELS[said] ?? '') : 'malicious:forta');
    const isScraped = said !== '' || /etherscan|ethereum\.tags/i.test(of('source'));
    const origin = isScraped ? { origin: EXPLORERS_ORIGIN } : {};
    if (address === undefined) yield { line, rule: 'not-an-address', got: given };
    else yield { line, address, label: meaning, nameTag: shownText(of('wallet_tag') || of('etherscan_tag') || of('contract_tag') || of('notes')), ...origin };
    const creator = addressOn(chain, of('contract_creator'));
    if (creator !== undefined) yield { line, address: creator, label: meaning, trust: CREATOR_TRUST, nameTag: shownText(of('contract_creator_tag')), ...origin, isRow: false };
  }
}

const OWN_COLUMNS = ['address', 'label'];

/** Our own format, which anybody can write: `address,label` with an optional heading that may also name `chain`, `nametag`, `origin`, `confidence`, `validfrom` and `validuntil` (times as ISO 8601 or milliseconds). */
export function* ownCsv(rows: Iterable<CsvRow>, context: FormatContext): Generator<ReadRow> {
  yield* ownRows(byColumn(rows, OWN_COLUMNS), context);
}

/** The same as JSON: `{"0x..": "exchange:okx"}` or `[{"address", "label", ...}]`. */
export function* ownJson(entries: readonly unknown[], context: FormatContext): Generator<ReadRow> {
  yield* ownRows(byField(entries), context);
}

function* ownRows(rows: Iterable<{ readonly line: number; readonly of: Reader }>, context: FormatContext): Generator<ReadRow> {
  // A plain list says one thing of an address: two labels are a slip of the pen. A row that says how sure it is is one of several statements.
  const owners = new Map<string, string>();
  for (const { line, of: read } of rows) {
    const row = ownRow(line, (name) => read(name) || read(name.toLowerCase()), context);
    if ('rule' in row) {
      yield row;
      continue;
    }
    const key = `${row.address} ${row.chain ?? ''} ${row.validFrom ?? ''} ${row.validUntil ?? ''}`;
    const before = owners.get(key);
    if (before !== undefined && before !== row.label && row.confidence === undefined) yield { line, rule: 'two-labels', got: `${row.address} is ${before} and ${row.label}` };
    else {
      owners.set(key, row.label);
      yield row;
    }
  }
}

function ownRow(line: number, of: Reader, { chain: given, label: standard }: FormatContext): ReadRow {
  const chain = given ?? (of('chain') || ANY_EVM);
  if (!isChainScope(chain)) return { line, rule: 'not-a-chain', got: chain };
  const address = addressOn(chain, of('address'));
  if (address === undefined) return { line, rule: 'not-an-address', got: of('address') };
  const label = of('label') || (standard ?? '');
  if (!isLabelText(label)) return { line, rule: 'not-a-label', got: label };
  const said = of('confidence');
  const confidence = said === '' ? undefined : Number(said);
  if (confidence !== undefined && !(confidence > 0 && confidence <= 1)) return { line, rule: 'not-a-confidence', got: said };
  const [validFrom, validUntil] = [timeOf(of('validFrom')), timeOf(of('validUntil'))];
  if (Number.isNaN(validFrom) || Number.isNaN(validUntil)) return { line, rule: 'not-a-time', got: `${of('validFrom')} ${of('validUntil')}` };
  const [nameTag, origin] = [shownText(of('nameTag')), shownText(of('origin'))];
  return {
    line, address, chain, label, ...(nameTag === '' ? {} : { nameTag }), ...(origin === '' ? {} : { origin }), ...(confidence === undefined ? {} : { confidence }),
    ...(validFrom === undefined ? {} : { validFrom }), ...(validUntil === undefined ? {} : { validUntil }),
  };
}

/** Milliseconds since 1970 of a time as it is written; undefined where there is none, NaN where it is none. */
function timeOf(text: string): number | undefined {
  if (text === '') return undefined;
  return /^\d{9,15}$/.test(text) ? Number(text) : /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
}
