import { z } from 'zod';
import { isSecretSchema } from './secret.ts';

/** A JSON Schema document. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema (draft 7, which YAML editors read) of what may be written in the file: durations and URLs as texts, each secret with its
 * `_file` twin, exactly one of the two when the secret is required.
 */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const document = z.toJSONSchema(schema, {
    target: 'draft-07', io: 'input', unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // `writeOnly` is the standard's mark for values that are never given out (JSON Schema Validation, draft 7, section 10.3).
      if (isSecretSchema(zodSchema)) Object.assign(jsonSchema, { type: 'string', minLength: 1, writeOnly: true });
    },
  });
  return withTwins(document) as JsonSchema;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withTwins(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withTwins);
  if (!isRecord(node)) return node;
  const copy: Record<string, unknown> = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withTwins(value)]));
  const properties = copy['properties'];
  if (copy['type'] !== 'object' || !isRecord(properties)) return copy;
  const secrets = Object.entries(properties).filter(([, value]) => isRecord(value) && value['writeOnly'] === true).map(([name]) => name);
  if (secrets.length === 0) return copy;
  const required = Array.isArray(copy['required']) ? copy['required'].map(String) : [];
  const twins = secrets.map((name) => [`${name}_file`, { type: 'string', minLength: 1, description: `Name of a file that holds ${name}.` }] as const);
  copy['properties'] = { ...properties, ...Object.fromEntries(twins) };
  copy['required'] = required.filter((name) => !secrets.includes(name));
  copy['allOf'] = secrets.map((name) => required.includes(name)
    ? { oneOf: [{ required: [name] }, { required: [`${name}_file`] }] }
    : { not: { required: [name, `${name}_file`] } });
  return copy;
}
