import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { createSecret, duration, hostName, isSecret, jsonSchemaOf, loadConfig, milliseconds, parseDuration, printable, printProblem, secret, secretField, secretUrl, section, url } from './index.ts';

const schema = section({
  name: z.string().min(1),
  interval: duration({ min: '1s', max: '1h' }),
  latenessMs: milliseconds({ max: 5_000 }).optional(),
  server: url(['wss', 'ws']).optional(),
  host: hostName().optional(),
  level: z.enum(['low', 'high']).optional(),
  ports: z.array(z.number().int().min(1)).max(2).optional(),
  telegram: section({ ...secretField('botToken'), chatId: z.string() }).optional(),
  form: z.union([z.literal('none'), z.number(), section({ kind: z.literal('x'), size: z.number() })]).optional(),
  perVenue: z.record(z.string().regex(/^[a-z]+$/, 'must be lower case'), z.number()).optional(),
});
const files: Readonly<Record<string, string>> = { '/run/token': '123:abc\n', '/run/empty': '\n' };
const readFile = (path: string): string => {
  const text = files[path];
  if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  return text;
};
const load = (text: string) => loadConfig(text, schema, { readFile });
const problems = (text: string): string[] => {
  const result = load(text);
  return result.ok ? [] : result.error.map(printProblem);
};
const base = 'name: x\ninterval: 15m\n';

describe('loadConfig', () => {
  it('gives the value', () => {
    const result = load(`${base}latenessMs: 100\nserver: wss://fstream.binance.com/ws\nhost: 10.0.0.1\nports: [1, 2]\ntelegram: { botToken: "1:a", chatId: "-5" }\n`);
    if (!result.ok) throw new Error(result.error.map(printProblem).join('\n'));
    expect(result.value.interval).toBe(900_000);
    expect(result.value.latenessMs).toBe(100);
    expect(result.value.telegram?.botToken.reveal()).toBe('1:a');
  });

  // One fixture a rule: text added to (or replacing) the base, and the problems printed.
  const rules: readonly (readonly [name: string, text: string, printed: readonly string[]])[] = [
    ['missing settings, all at once', '', ['name: required, got nothing', 'interval: required, got nothing']],
    ['wrong types', 'name: 5\ninterval: 30\nports: 7\ntelegram: yes\n', [
      'name: must be a text, got 5',
      'interval: must be a duration with its unit, as in 30s or 15m, got 30',
      'ports: must be a list, got 7',
      'telegram: must be a mapping, got "yes"',
    ]],
    ['unknown key', `${base}nmae: hidden\n`, ['nmae: unknown key, got a text']],
    ['unknown key inside', `${base}telegram: { botToken: a, chatId: b, bottoken: hidden }\n`, ['telegram.bottoken: unknown key, got a text']],
    ['duration out of bounds', 'name: x\ninterval: 2h\n', ['interval: must lie between 1s and 1h, got "2h"']],
    ['duration without unit', 'name: x\ninterval: "15"\n', ['interval: must be a duration with its unit, as in 30s or 15m, got "15"']],
    ['number bounds', `${base}latenessMs: -1\nports: [0, 2]\n`, ['latenessMs: must be at least 0, got -1', 'ports.0: must be at least 1, got 0']],
    ['list too long', `${base}ports: [1, 2, 3]\n`, ['ports: must have at most 2 entries, got a list of 3']],
    ['whole numbers', `${base}ports: [1.5]\n`, ['ports.0: must be a whole number, got 1.5']],
    ['empty text', 'name: ""\ninterval: 1s\n', ['name: must have at least 1 characters, got an empty text']],
    ['one of', `${base}level: middle\n`, ['level: must be low or high, got "middle"']],
    ['URL scheme', `${base}server: https://x.com\n`, ['server: must be an address starting with wss:// or ws://, got "https://x.com"']],
    ['URL with a password', `${base}server: wss://me:hidden@x.com\n`, ['server: must not hold a user name or password, got ***']],
    ['host name', `${base}host: "x.com:80"\n`, ['host: must be a host name or an IP address, without scheme or port, got "x.com:80"']],
    ['union, no form', `${base}form: other\n`, ['form: must be none or must be a number or must be a mapping, got "other"']],
    ['union, best form', `${base}form: { kind: x }\n`, ['form.size: required, got nothing']],
    ['names in a record', `${base}perVenue: { OKX: 1 }\n`, ['perVenue.OKX: must be lower case, got 1']],
    ['secret missing', `${base}telegram: { chatId: b }\n`, ['telegram.botToken: required (or its twin with _file), got nothing']],
    ['secret of another type', `${base}telegram: { botToken: 1234, chatId: b }\n`, ['telegram.botToken: must be a text in quotes, got ***']],
    ['secret and its file', `${base}telegram: { botToken: hidden, botToken_file: /run/token, chatId: b }\n`, [
      'telegram.botToken_file: either botToken or botToken_file, not both, got both',
    ]],
    ['secret file missing', `${base}telegram: { botToken_file: /run/none, chatId: b }\n`, [
      'telegram.botToken_file: must name a file that can be read, got "/run/none" (ENOENT)',
    ]],
    ['secret file empty', `${base}telegram: { botToken_file: /run/empty, chatId: b }\n`, [
      'telegram.botToken_file: must name a file that is not empty, got "/run/empty"',
    ]],
    ['secret file not a name', `${base}telegram: { botToken_file: 5, chatId: b }\n`, ['telegram.botToken_file: must name a file, got a number']],
    ['a file for what is no secret', `${base}host_file: /run/token\nother_file: /run/token\n`, [
      'host_file: unknown key, got a text', 'other_file: unknown key, got a text',
    ]],
    ['repeated key', `${base}name: y\n`, ['line 3, column 1: each key once, got a repeated key']],
    ['YAML syntax', 'name: x\ninterval: "1s\n', ['line 3, column 1: must be valid YAML, got Missing closing \"quote']],
    ['several documents', 'name: x\n---\nname: y\n', ['line 2, column 1: must be valid YAML, got Source contains multiple documents; please use YAML.parseAllDocuments()']],
    ['not a mapping', '- 1\n', ['file: must be a mapping, got a list of 1']],
  ];
  it.each(rules)('%s', (_, text, printed) => {
    const got = problems(text);
    expect(got).toEqual(printed);
    expect(got.join()).not.toContain('hidden');
  });

  it('reads a secret from its file and cuts the newline', () => {
    const result = load(`${base}telegram: { botToken_file: /run/token, chatId: b }\n`);
    expect(result.ok && result.value.telegram?.botToken.reveal()).toBe('123:abc');
  });

  it('stops alias bombs, endless nesting and oversized texts', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]', ...Array.from({ length: 9 }, (_, i) => {
      const name = String.fromCharCode(98 + i);
      const before = String.fromCharCode(97 + i);
      return `${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(',')}]`;
    })].join('\n');
    expect(problems(bomb)[0]).toMatch(/^file: must be YAML of ordinary depth and size/);
    expect(problems('['.repeat(100_000)).length).toBeGreaterThan(0);
    expect(problems(`name: ${'x'.repeat(1_048_577)}`)[0]).toMatch(/^file: must have at most 1048576 characters/);
  });
});

describe('secrets', () => {
  const hidden = createSecret('hidden');
  it('print as *** everywhere', () => {
    expect(`${String(hidden)} ${JSON.stringify({ hidden })} ${inspect({ hidden })} ${inspect(hidden)}`).toBe('*** {"hidden":"***"} { hidden: *** } ***');
    expect(JSON.stringify(Object.entries(hidden))).not.toContain('hidden');
    expect(hidden.reveal()).toBe('hidden');
  });
  it('are masked in a printable config, in lists and mappings too', () => {
    const config = { a: hidden, b: [hidden, 1], c: { d: new Map([['e', hidden]]), f: undefined, g: 5n }, h: new Set([hidden]) };
    expect(printable(config)).toEqual({ a: '***', b: ['***', 1], c: { d: { e: '***' }, g: '5' }, h: ['***'] });
  });
  it('that are addresses show scheme and host, written or in a file, in either form of a list, and are never quoted in a problem', () => {
    const listed = section({ nodes: z.array(z.union([secretUrl(), section({ url: secretUrl() }).transform(({ url }) => url)])) });
    const read = loadConfig('nodes: ["https://a.example/hidden", "http://b.example:8545", { url_file: /run/url }]\n', listed, { readFile: () => 'https://c.example/?key=hidden\n' });
    expect(read.ok && printable(read.value)).toEqual({ nodes: ['https://a.example/***', 'http://b.example:8545', 'https://c.example/***'] });
    expect(read.ok && read.value.nodes.map((node) => node.reveal())).toEqual(['https://a.example/hidden', 'http://b.example:8545', 'https://c.example/?key=hidden']);
    const bad = loadConfig('nodes: ["ftp://hidden", "https://hidden:hidden@x.example", hidden, 5]\n', listed, { readFile });
    expect(bad.ok ? [] : bad.error.map(printProblem)).toHaveLength(4);
    expect(JSON.stringify(bad)).not.toContain('hidden');
  });
  it('cannot be forged by a look-alike', () => {
    expect(isSecret({ reveal: () => 'x', toString: () => '***', toJSON: () => '***' })).toBe(false);
  });
});

describe('parseDuration', () => {
  it.each([['250ms', 250], ['30s', 30_000], ['15m', 900_000], ['1h30m', 5_400_000], ['1.5h', 5_400_000], ['7d', 604_800_000], ['0s', 0]])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
  it.each(['', '15', 'm', '1 m', '-1s', '1e3s', '1sx', ' 1s', '1w'])('rejects %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('jsonSchemaOf', () => {
  const document = jsonSchemaOf(schema);
  it('describes what is written, not what is loaded', () => {
    expect(document).toMatchObject({ type: 'object', additionalProperties: false, required: ['name', 'interval'] });
    expect(document['properties']).toMatchObject({ interval: { type: 'string' }, latenessMs: { type: 'number', minimum: 0 }, server: { type: 'string', format: 'uri' } });
  });
  it('gives every secret a twin', () => {
    expect(document['properties']).toMatchObject({
      telegram: {
        properties: { botToken: { type: 'string', minLength: 1, writeOnly: true }, botToken_file: { type: 'string' }, chatId: { type: 'string' } },
        required: ['chatId'],
        allOf: [{ oneOf: [{ required: ['botToken'] }, { required: ['botToken_file'] }] }],
      },
    });
    expect(jsonSchemaOf(section({ key: secret().optional() }))).toMatchObject({
      properties: { key: { writeOnly: true }, key_file: { type: 'string' } }, allOf: [{ not: { required: ['key', 'key_file'] } }],
    });
  });
});
