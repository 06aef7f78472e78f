import type { Result } from '@breakwater/models/core';
import { err, ok } from '@breakwater/models/core';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { messageOf } from '../errors.ts';
import { problemsOf, ruleOf } from './problems.ts';
import type { ConfigProblem } from './problems.ts';
import { createSecret } from './secret.ts';

export { printProblem } from './problems.ts';
export type { ConfigProblem } from './problems.ts';

/** What loading needs from outside. */
export interface LoadOptions {
  /** The environment is never read; `x_file` settings take its place. */
  readonly env?: never;
  /** The text of the file that an `x_file` setting names; throws when it cannot be read. */
  readonly readFile: (path: string) => string;
}

/** Larger texts are rejected unread: a config of every asset and venue there is stays below 100 kB. */
const MAX_TEXT = 1_048_576;

/**
 * Reads a YAML 1.2 text against a schema. Gives the value, or every problem at once, in the order of the file's structure: syntax
 * errors, repeated and unknown keys, each broken rule. Never throws for any text.
 */
export function loadConfig<T>(text: string, schema: z.ZodType<T>, options: LoadOptions): Result<T, readonly ConfigProblem[]> {
  const raw = parseYaml(text);
  if (!raw.ok) return raw;
  const problems: ConfigProblem[] = [];
  const files = new Set<string>();
  // An empty file is an empty mapping, so that its problems are the settings that are missing.
  const data = readSecretFiles(raw.value ?? {}, [], options.readFile, problems, files);
  const parsed = schema.safeParse(data, { error: ruleOf });
  if (!parsed.success) problems.push(...problemsOf(parsed.error.issues, data, files));
  if (problems.length > 0) return err(problems);
  return parsed.success ? ok(parsed.data) : err(problems);
}

function parseYaml(text: string): Result<unknown, readonly ConfigProblem[]> {
  if (text.length > MAX_TEXT) return err([{ path: 'file', rule: `must have at most ${String(MAX_TEXT)} characters`, got: String(text.length) }]);
  try {
    const document = parseDocument(text, { version: '1.2', schema: 'core', uniqueKeys: true, strict: true, prettyErrors: true, logLevel: 'error' });
    const faults = [...document.errors, ...document.warnings];
    if (faults.length > 0) return err(faults.map(syntaxProblem));
    // Aliases expand to copies; the bound stops a text of a few lines from expanding to gigabytes.
    return ok(document.toJS({ maxAliasCount: 100 }) as unknown);
  } catch (error) {
    // The parser throws for alias expansion beyond the bound and for nesting deeper than its stack.
    return err([{ path: 'file', rule: 'must be YAML of ordinary depth and size', got: messageOf(error).slice(0, 100) }]);
  }
}

function syntaxProblem(error: { readonly code: string; readonly message: string; readonly linePos?: readonly { readonly line: number; readonly col: number }[] | undefined }): ConfigProblem {
  const at = error.linePos?.[0];
  const path = at === undefined ? 'file' : `line ${String(at.line)}, column ${String(at.col)}`;
  // The parser's message goes on with a quotation of the source, which may hold a secret.
  const rule = (error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
  return error.code === 'DUPLICATE_KEY' ? { path, rule: 'each key once', got: 'a repeated key' } : { path, rule: 'must be valid YAML', got: rule.slice(0, 100) };
}

/** Replaces every `x_file` by `x` with the file's text as a secret; `files` collects the paths replaced. */
function readSecretFiles(node: unknown, path: readonly string[], readFile: LoadOptions['readFile'], problems: ConfigProblem[], files: Set<string>): unknown {
  if (Array.isArray(node)) return node.map((item, i) => readSecretFiles(item, [...path, String(i)], readFile, problems, files));
  if (typeof node !== 'object' || node === null) return node;
  const entries: [string, unknown][] = [];
  for (const [key, value] of Object.entries(node)) {
    const name = key.endsWith('_file') ? key.slice(0, -'_file'.length) : '';
    if (name === '') {
      entries.push([key, readSecretFiles(value, [...path, key], readFile, problems, files)]);
      continue;
    }
    const where = [...path, key].join('.');
    if (Object.hasOwn(node, name)) {
      problems.push({ path: where, rule: `either ${name} or ${key}, not both`, got: 'both' });
      continue;
    }
    files.add([...path, name].join('.'));
    entries.push([name, createSecret(readSecretFile(value, where, readFile, problems))]);
  }
  return Object.fromEntries(entries);
}

function readSecretFile(file: unknown, where: string, readFile: LoadOptions['readFile'], problems: ConfigProblem[]): string {
  if (typeof file !== 'string' || file === '') {
    problems.push({ path: where, rule: 'must name a file', got: typeof file === 'string' ? 'an empty text' : `a ${typeof file}` });
    return '';
  }
  try {
    const text = readFile(file).trimEnd();
    if (text === '') problems.push({ path: where, rule: 'must name a file that is not empty', got: JSON.stringify(file) });
    return text;
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : 'unreadable';
    problems.push({ path: where, rule: 'must name a file that can be read', got: `${JSON.stringify(file)} (${code})` });
    return '';
  }
}
