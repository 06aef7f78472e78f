import type { Result } from '@breakwater/models/core';
import { err, ok } from '@breakwater/models/core';

/** Names the owner of an address, e.g. `exchange:okx` or `issuer:mantra`; undefined when unknown. Takes an address in any case, and the moment of what it did, milliseconds since 1970: addresses change hands. */
export type LabelOf = (address: string, at: number) => string | undefined;

/** Why a label file was refused; `line` counts from 1 (the entry's number in JSON). */
export interface LabelProblem {
  readonly line: number;
  readonly rule: 'not-json' | 'not-an-address' | 'not-a-label' | 'two-labels';
  readonly got: string;
}

const ADDRESS = /^0x[0-9a-f]{40}$/;
const LABEL = /^[a-z][a-z0-9-]*:[a-z0-9][a-z0-9._-]*$/;

/** True for `<category>:<name>` in lower case, e.g. `exchange:okx`. */
export function isLabel(text: string): boolean {
  return LABEL.test(text);
}

/** True for `0x` and 40 hexadecimal digits in lower case. */
export function isAddress(text: string): boolean {
  return ADDRESS.test(text);
}

/** Looks labels up in `sources`, the earlier one winning where two name the same address (a committee's own list before a public one). */
export function createLabels(...sources: readonly Readonly<Record<string, string>>[]): LabelOf {
  const byAddress = new Map<string, string>();
  for (const source of sources) {
    for (const [address, label] of Object.entries(source)) {
      const key = address.toLowerCase();
      if (!byAddress.has(key)) byAddress.set(key, label);
    }
  }
  return (address) => byAddress.get(address.toLowerCase());
}

/**
 * Reads a label file: JSON (`{"0x..": "exchange:okx"}` or `[{"address", "label"}]`) when it begins with `{` or `[`, otherwise CSV with
 * `address,label` columns, an optional heading, `#` comments and no quoting. All problems are reported at once; one problem refuses the file.
 */
export function parseLabels(text: string): Result<Readonly<Record<string, string>>, readonly LabelProblem[]> {
  const first = text.trimStart()[0];
  const rows = first === '{' || first === '[' ? jsonRows(text) : ok(csvRows(text));
  if (!rows.ok) return rows;
  const labels: Record<string, string> = {};
  const problems: LabelProblem[] = [];
  for (const { line, address, label } of rows.value) {
    const key = address.toLowerCase();
    if (!ADDRESS.test(key)) problems.push({ line, rule: 'not-an-address', got: address });
    else if (!LABEL.test(label)) problems.push({ line, rule: 'not-a-label', got: label });
    else if (labels[key] !== undefined && labels[key] !== label) problems.push({ line, rule: 'two-labels', got: `${key} is ${labels[key]} and ${label}` });
    else labels[key] = label;
  }
  return problems.length > 0 ? err(problems) : ok(labels);
}

interface Row {
  readonly line: number;
  readonly address: string;
  readonly label: string;
}

function csvRows(text: string): readonly Row[] {
  const rows: Row[] = [];
  text.split(/\r?\n/).forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || /^address\s*,\s*label/i.test(line)) return;
    const [address = '', label = ''] = line.split(',');
    rows.push({ line: index + 1, address: address.trim(), label: label.trim() });
  });
  return rows;
}

function jsonRows(text: string): Result<readonly Row[], readonly LabelProblem[]> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return err([{ line: 1, rule: 'not-json', got: error instanceof Error ? error.message : String(error) }]);
  }
  const entries: readonly unknown[] = Array.isArray(parsed) ? parsed : Object.entries(parsed ?? {}).map(([address, label]) => ({ address, label: label as unknown }));
  return ok(entries.map((entry, index) => ({ line: index + 1, address: field(entry, 'address'), label: field(entry, 'label') })));
}

function field(entry: unknown, name: 'address' | 'label'): string {
  const value = typeof entry === 'object' && entry !== null ? (entry as Readonly<Record<string, unknown>>)[name] : undefined;
  return typeof value === 'string' ? value : '';
}
