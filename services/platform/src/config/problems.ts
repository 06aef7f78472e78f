import type { z } from 'zod';
import { isSecret, MASK } from './secret.ts';

/** One thing wrong with a config. */
export interface ConfigProblem {
  /** Where, e.g. `assets.0.symbol`, or `line 3, column 5` for a syntax error. */
  readonly path: string;
  /** What is demanded there. */
  readonly rule: string;
  /** What stands there instead, shortened; `***` where it may be a secret. */
  readonly got: string;
}

/** `path: rule, got value`. */
export function printProblem(problem: ConfigProblem): string {
  return `${problem.path}: ${problem.rule}, got ${problem.got}`;
}

type Issue = z.core.$ZodIssue;

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text', number: 'a number', int: 'a whole number', boolean: 'true or false', object: 'a mapping', record: 'a mapping', array: 'a list', null: 'nothing',
};

/** The wording of a broken rule, for schemas that give none of their own. */
export function ruleOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'required';
      return `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'too_small': return sizeRule(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big': return sizeRule(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'invalid_value':
      if (issue.input === undefined) return 'required';
      return `must be ${issue.values.map((value) => String(value)).join(' or ')}`;
    case 'not_multiple_of': return `must be a multiple of ${String(issue.divisor)}`;
    case 'invalid_format': return issue.format === 'regex' ? `must match ${String(issue['pattern'])}` : `must be a valid ${issue.format}`;
    case 'unrecognized_keys': return 'unknown key';
    case 'invalid_union': return issue.input === undefined ? 'required' : 'must be one of the documented forms';
    case 'invalid_key': return 'the name is not allowed';
    case 'invalid_element': return 'an element is not allowed';
    case 'custom': return 'is not allowed';
    default: return 'is not allowed';
  }
}

function sizeRule(origin: string, word: string, bound: number | bigint): string {
  const what = `${word} ${String(bound)}`;
  if (origin === 'string') return `must have ${what} characters`;
  if (origin === 'array' || origin === 'set' || origin === 'map') return `must have ${what} entries`;
  return `must be ${what}`;
}

/** Problems of a failed parse. `files` are the paths whose value came from an `x_file` setting. */
export function problemsOf(issues: readonly Issue[], data: unknown, files: ReadonlySet<string>): ConfigProblem[] {
  return issues.flatMap((issue) => flatten(issue, [])).flatMap(({ issue, path }): ConfigProblem[] => {
    const where = path.length === 0 ? 'file' : path.join('.');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const full = [...path, key].join('.');
        const written = files.has(full) ? `${full}_file` : full;
        // Not the value: it may be a secret under a mistyped name.
        return { path: written, rule: 'unknown key', got: kindOf(valueAt(data, [...path, key])) };
      });
    }
    const isSecretRule = issue.code === 'custom' && issue.params?.['secret'] === true;
    if (files.has(where)) {
      // A secret schema takes what a file held unless it could not be read, which is reported already.
      return isSecretRule ? [] : [{ path: `${where}_file`, rule: 'unknown key', got: 'a text' }];
    }
    const value = valueAt(data, path);
    const hide = (isSecretRule || looksSecret(path)) && value !== undefined && value !== null && value !== '';
    return [{ path: where, rule: issue.message, got: hide ? MASK : shown(value) }];
  });
}

interface Placed { readonly issue: Issue; readonly path: readonly PropertyKey[] }

/** Unions report one list of issues a form: the form that fits best speaks, when it got further than its own kind. */
function flatten(issue: Issue, base: readonly PropertyKey[]): Placed[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const inner = issue.errors.filter((form) => form.every((i) => i.path.length > 0 || i.code === 'unrecognized_keys'));
    const best = inner.reduce<readonly Issue[] | undefined>((a, b) => (a === undefined || b.length < a.length ? b : a), undefined);
    if (best !== undefined) return best.flatMap((i) => flatten(i, path));
    const rules = new Set(issue.errors.flatMap((form) => form.map((i) => i.message)));
    // A value that one form takes for a secret is not quoted, whatever the others take it for.
    const hidden = issue.errors.some((form) => form.some((i) => i.code === 'custom' && i.params?.['secret'] === true));
    return [{ issue: hidden ? { code: 'custom', path: issue.path, message: [...rules].join(' or '), params: { secret: true } } : { ...issue, message: [...rules].join(' or ') }, path }];
  }
  if ((issue.code === 'invalid_key' || issue.code === 'invalid_element') && issue.issues.length > 0) {
    return [{ issue: { ...issue, message: issue.issues.map((i) => i.message).join(' and ') }, path }];
  }
  return [{ issue, path }];
}

function looksSecret(path: readonly PropertyKey[]): boolean {
  return path.some((segment) => /secret|token|password|passphrase|credential|private|apikey/i.test(String(segment)));
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return value;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (isSecret(value) || typeof value === 'string') return 'a text';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`;
}

function shown(value: unknown): string {
  if (isSecret(value)) return MASK;
  if (typeof value === 'string') return value === '' ? 'an empty text' : JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `a list of ${String(value.length)}`;
  return kindOf(value);
}
