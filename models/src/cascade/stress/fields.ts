/** One thing that is wrong with a document: where, which rule it breaks, what stands there. */
export interface StressProblem {
  /** E.g. `markets[0].bids[1][0]`; the empty string is the document itself. */
  readonly path: string;
  readonly rule: string;
  readonly got: string;
}

/** A reader of unknown JSON that collects every problem instead of stopping at the first. */
export interface FieldReader {
  readonly problems: readonly StressProblem[];
  problem(path: string, rule: string, got: unknown): void;
  /** A mapping with no keys but those of `known`; undefined (and a problem) for anything else. */
  mapping(path: string, value: unknown, known?: readonly string[]): Readonly<Record<string, unknown>> | undefined;
  list(path: string, value: unknown): readonly unknown[] | undefined;
  /** A finite number for which `holds` is true; `rule` says what that is. */
  number(path: string, value: unknown, rule: string, holds: (x: number) => boolean): number | undefined;
  text(path: string, value: unknown): string | undefined;
  oneOf<T extends string>(path: string, value: unknown, choices: readonly T[]): T | undefined;
}

/** Longest piece of a document that a problem quotes. */
const quoteLength = 80;
/** Problems that are listed of one document; the rest are counted. */
const maxProblems = 1_000;

/** Makes a reader of one document. */
export function createFieldReader(): FieldReader {
  const problems: StressProblem[] = [];
  const problem = (path: string, rule: string, got: unknown): void => {
    if (problems.length < maxProblems) problems.push({ path, rule, got: quoted(got) });
    else if (problems.length === maxProblems) problems.push({ path: '', rule: `more than ${String(maxProblems)} problems, the rest are not listed`, got: '' });
  };
  return {
    problems, problem,
    mapping: (path, value, known) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        problem(path, 'must be an object', value);
        return undefined;
      }
      const fields = value as Readonly<Record<string, unknown>>;
      if (known !== undefined) for (const key of Object.keys(fields)) if (!known.includes(key)) problem(joined(path, key), `unknown field; there are ${known.join(', ')}`, fields[key]);
      return fields;
    },
    list: (path, value) => {
      if (Array.isArray(value)) return value as readonly unknown[];
      problem(path, 'must be a list', value);
      return undefined;
    },
    number: (path, value, rule, holds) => {
      if (typeof value === 'number' && Number.isFinite(value) && holds(value)) return value;
      problem(path, rule, value);
      return undefined;
    },
    text: (path, value) => {
      if (typeof value === 'string' && value !== '') return value;
      problem(path, 'must be a text that is not empty', value);
      return undefined;
    },
    oneOf: (path, value, choices) => {
      const found = choices.find((choice) => choice === value);
      if (found === undefined) problem(path, `must be one of ${choices.join(', ')}`, value);
      return found;
    },
  };
}

/** The path of a field below a path. */
export function joined(path: string, key: string): string {
  const step = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? (path === '' ? key : `.${key}`) : `[${JSON.stringify(key)}]`;
  return `${path}${step}`;
}

function quoted(value: unknown): string {
  if (value === undefined) return 'nothing';
  // JSON has no NaN or infinity; a caller with numbers of its own may.
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > quoteLength ? `${text.slice(0, quoteLength - 3)}...` : text;
}
