import { inspect } from 'node:util';
import { z } from 'zod';

/** A setting that must not be shown. Printing, joining, logging, inspecting or serialising it gives `***`, or what it was made to show. */
export interface Secret {
  /** The value, for the one place that sends it. */
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

/** What stands for a secret wherever it is printed. */
export const MASK = '***';

const secrets = new WeakSet();

/** Makes a secret. The value lives in a closure, so no way of listing properties reaches it. `shown` is printed in its place, e.g. the host of an address whose path is a key. */
export function createSecret(value: string, shown: string = MASK): Secret {
  const mask = (): string => shown;
  const secret = Object.freeze({ reveal: () => value, toString: mask, toJSON: mask, [inspect.custom]: mask });
  secrets.add(secret);
  return secret;
}

/** Whether `value` was made by `createSecret`. */
export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && secrets.has(value);
}

const secretSchemas = new WeakSet();

/** Whether a schema is one of `secret()`, before `.optional()` and the like. */
export function isSecretSchema(schema: object): boolean {
  return secretSchemas.has(schema);
}

/**
 * Schema of a secret: a non-empty text. Every such setting `x` has a twin `x_file`, the name of a file that holds the value (white space
 * at its end is cut off); `loadConfig` reads it. Problems never quote the value.
 */
export function secret(): z.ZodType<Secret> {
  const schema = z.unknown().transform((value, context) => {
    if (isSecret(value)) return value;
    if (typeof value === 'string' && value !== '') return createSecret(value);
    context.addIssue({ code: 'custom', message: secretRule(value), params: { secret: true } });
    return z.NEVER;
  });
  secretSchemas.add(schema);
  return schema;
}

/**
 * Schema of an `http` or `https` address that may hold a key (in its path or query): a secret of which only scheme and host are ever printed. As with
 * every secret, a setting `x` of this kind may be given as `x_file`. User names and passwords in it are rejected, as `fetch` sends none.
 */
export function secretUrl(): z.ZodType<Secret> {
  const rule = 'must be an address starting with https:// or http://, without user name or password';
  const schema = z.unknown().transform((value, context) => {
    const text = isSecret(value) ? value.reveal() : value;
    const parsed = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
    if (typeof text === 'string' && parsed !== undefined && /^https?:$/.test(parsed.protocol) && parsed.username === '' && parsed.password === '') {
      return createSecret(text, `${parsed.protocol}//${parsed.host}${parsed.pathname === '/' && parsed.search === '' ? '' : `/${MASK}`}`);
    }
    context.addIssue({ code: 'custom', message: value === undefined ? 'required (or its twin with _file)' : rule, params: { secret: true } });
    return z.NEVER;
  });
  secretSchemas.add(schema);
  return schema;
}

/** The shape of a secret setting, to spread into a `section`: `name` or `name_file`, never both. */
export function secretField<Name extends string>(name: Name): { readonly [K in Name]: z.ZodType<Secret> } {
  return { [name]: secret() } as { readonly [K in Name]: z.ZodType<Secret> };
}

function secretRule(value: unknown): string {
  if (value === undefined) return 'required (or its twin with _file)';
  return value === '' ? 'must not be empty' : 'must be a text in quotes';
}
