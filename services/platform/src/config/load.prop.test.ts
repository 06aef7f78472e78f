import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { z } from 'zod';
import { duration, loadConfig, parseDuration, printProblem, secretField, section, url } from './index.ts';

const schema = section({
  every: duration(), server: url().optional(), ...secretField('apiKey'),
  list: z.array(z.union([z.string(), section({ a: z.number() })])).optional(), map: z.record(z.string(), z.number()).optional(),
});
const readFile = (path: string): string => {
  if (path.length % 2 === 0) throw new Error('unreadable');
  return path;
};
const neverThrows = (text: string): void => {
  const result = loadConfig(text, schema, { readFile });
  if (!result.ok) {
    expect(result.error.length).toBeGreaterThan(0);
    for (const problem of result.error) expect(printProblem(problem)).toMatch(/: .*, got ./s);
  }
};

it('never throws for any text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), neverThrows), { numRuns: 500 });
  const yamlish = fc.array(fc.constantFrom('every', 'apiKey', '_file', ': ', '\n', '  ', '- ', '[', ']', '{', '}', '&a ', '*a', '!!map ', '"', "'", '|', '? ', '<<', '1s', '#', '%', '---\n', '\t', '__proto__', 'null', ',', '!x ', '@'), { maxLength: 40 });
  fc.assert(fc.property(yamlish.map((parts) => parts.join('')), neverThrows), { numRuns: 1_000 });
});

it('never throws for any YAML value', () => {
  const key = fc.oneof(fc.constantFrom('every', 'server', 'apiKey', 'apiKey_file', 'list', 'map', '_file', '__proto__', 'constructor'), fc.string());
  const value = fc.letrec((tie) => ({ node: fc.oneof({ maxDepth: 4 }, fc.string(), fc.double(), fc.boolean(), fc.constant(null), fc.array(tie('node'), { maxLength: 4 }), fc.dictionary(key, tie('node'), { maxKeys: 5 })) })).node;
  fc.assert(fc.property(fc.dictionary(key, value, { maxKeys: 8 }), (data) => neverThrows(stringify(data))), { numRuns: 1_000 });
});

it('never prints a secret, whatever else is wrong', () => {
  fc.assert(fc.property(fc.string({ minLength: 1 }), fc.constantFrom('every: 1\n', 'apiKey: x\n', 'other: [\n', 'server: 5\n', 'apiKey_file: /x\n'), (noise, more) => {
    const result = loadConfig(`apiKey: "SECRETVALUE"\n${more}"${JSON.stringify(noise).slice(1, -1)}": 1\n`, schema, { readFile });
    if (!result.ok) expect(result.error.map(printProblem).join('\n')).not.toContain('SECRETVALUE');
  }));
});

it('reads what it would write of a duration', () => {
  fc.assert(fc.property(fc.nat(1_000), fc.constantFrom(['ms', 1] as const, ['s', 1_000] as const, ['m', 60_000] as const, ['h', 3_600_000] as const, ['d', 86_400_000] as const), (n, [unit, ms]) => {
    expect(parseDuration(`${String(n)}${unit}`)).toBe(n * ms);
  }));
});
