import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { topics } from '@breakwater/contracts';
import { z } from 'zod';
import { root } from './env.ts';

/** A JSON Schema as far as the document needs it. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  const union = schema.anyOf ?? schema.oneOf;
  if (union !== undefined) return [...new Set(union.map(typeOf))].join(' or ');
  if (schema.type === 'array') return `list of ${schema.items === undefined ? 'anything' : typeOf(schema.items)}`;
  if (schema.type === 'object') return `{ ${Object.keys(schema.properties ?? {}).join(', ')} }`;
  return schema.type ?? 'anything';
}

/** Comments of the message sources: of each exported schema, and of the fields of a schema: from the file it is in, or else from where fields of several messages are explained. */
function readComments(): { readonly ofSchema: ReadonlyMap<string, string>; readonly ofField: (schema: string, field: string) => string | undefined } {
  const ofSchema = new Map<string, string>();
  const fileOf = new Map<string, string>();
  const ofField = new Map<string, string>();
  const folder = join(root, 'services/contracts/src/messages');
  const clean = (comment: string): string => comment.replace(/\s*\n\s*\*\s?/g, ' ').replace(/^\s*\*?\s*|\s+$/g, '');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).sort()) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const found of text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export const (\w+)/g)) {
      ofSchema.set(found[2] ?? '', clean(found[1] ?? ''));
      fileOf.set(found[2] ?? '', file);
    }
    for (const found of text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(\w+):/g)) ofField.set(`${file} ${found[2] ?? ''}`, clean(found[1] ?? ''));
  }
  return { ofSchema, ofField: (schema, field) => [fileOf.get(schema) ?? '', 'common.ts', 'score.ts'].map((file) => ofField.get(`${file} ${field}`)).find((comment) => comment !== undefined) };
}

/** The text of `docs/messages.md`: every message of every topic, from the schemas and the comments beside them. */
export function messagesDocument(): string {
  const { ofSchema, ofField } = readComments();
  const lines = ['# Messages', '', 'Everything that flows between the stages. Generated from `services/contracts/src` by `npm run docs`; do not edit.', '',
    'Times are milliseconds since 1970-01-01 UTC. `eventTime` is when it happened by the clock of the venue or chain, `receivedAt` when it reached us.', ''];
  for (const [topic, { key, carries }] of Object.entries(topics)) {
    lines.push(`## Topic \`${topic}\``, '', `Keyed by \`${key}\`: messages of one key keep their order.`, '');
    for (const schema of carries) {
      const json = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as Schema;
      const named = json.properties?.['kind']?.const;
      const kind = typeof named === 'string' ? named : '';
      const name = `${kind.replace(/\W(\w)/g, (_, letter: string) => letter.toUpperCase())}Message`.replace(/^bookDeep/, 'deepBook').replace(/^rateCross/, 'crossRate');
      lines.push(`### \`${kind}\``, '', ofSchema.get(name) ?? '', '', '| field | type | required | meaning |', '|---|---|---|---|');
      for (const [field, type] of Object.entries(json.properties ?? {})) {
        lines.push(`| \`${field}\` | ${typeOf(type)} | ${json.required?.includes(field) === true ? 'yes' : 'no'} | ${ofField(name, field) ?? ''} |`);
      }
      lines.push('');
    }
  }
  return lines.join('\n');
}
