import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { jsonSchemaOf, printable, printProblem } from '@breakwater/platform/config';
import { root } from '../../../infra/dev/src/env.ts';
import { configSchema, parseConfig } from './config.ts';

const noFiles = (): string => {
  throw new Error('nothing to read');
};
const problems = (text: string): readonly string[] => {
  const parsed = parseConfig(text, noFiles);
  return parsed.ok ? [] : parsed.error.map(printProblem);
};
const good = 'assets: { OM: {} }\nvenues: { okx: {} }\n';
const token = (address: string, chain = 'eip155:1'): string => `{ chain: '${chain}', address: '${address}', decimals: 18 }`;
const [a, b] = [`0x${'a'.repeat(40)}`, `0x${'b'.repeat(40)}`];
const chain = "chains: { 'eip155:1': { endpoints: ['http://127.0.0.1:1'] } }\n";

describe('the config file', () => {
  it('needs an asset and a venue, everything else has a default', () => {
    const parsed = parseConfig(good, noFiles);
    if (!parsed.ok) throw new Error(parsed.error.map(printProblem).join('\n'));
    expect(parsed.value).toMatchObject({ store: { path: 'data/breakwater.db' }, scoring: { everyMs: 1_000, horizonSeconds: 900 }, log: { level: 'info' } });
  });
  it('takes the example at the root', () => {
    expect(problems(readFileSync(join(root, 'breakwater.example.yaml'), 'utf8'))).toEqual([]);
  });
  it('takes a reserve behind one of the tokens, and says everything that is wrong with one at once', () => {
    const [vault, backing, lock] = ['1', '2', '3'].map((digit) => `0x${digit.repeat(40)}`);
    const withReserve = (reserve: object, tokens = [{ chain: 'eip155:1', address: a, decimals: 18 }]): readonly string[] => problems(JSON.stringify({ assets: { OM: { tokens, reserve } }, venues: { okx: {} }, chains: { 'eip155:1': { endpoints: ['http://127.0.0.1:1'] } } }));
    const whole = { chain: 'eip155:1', token: a, vault, backing: { address: backing, decimals: 18 }, cap: { call: 'cap()' }, lock: { address: lock } };
    expect(withReserve(whole)).toEqual([]);
    expect(withReserve({ ...whole, token: b, haircut: 1, everyMs: 5, backing: { address: '0x1', decimals: 99 }, owner: 'owner', lock: { address: lock, extended: 'x' } }).map((line) => line.slice(0, line.indexOf(':')))).toEqual([
      'assets.OM.reserve.backing.address', 'assets.OM.reserve.backing.decimals', 'assets.OM.reserve.owner', 'assets.OM.reserve.lock.extended', 'assets.OM.reserve.everyMs', 'assets.OM.reserve.haircut', 'assets.OM.reserve.token']);
    expect(withReserve({ ...whole, vault: a, lock: { address: backing } })).toEqual([expect.stringContaining('assets.OM.reserve.vault: must not be the address of token'), expect.stringContaining('assets.OM.reserve.lock: must not be the address of backing')]);
    expect(withReserve({ ...whole, chain: 'eip155:56' })).toEqual([expect.stringContaining('assets.OM.reserve.chain: a chain named under chains'), expect.stringContaining('assets.OM.reserve.token: one of the asset’s own tokens on that chain')]);
    expect(withReserve(whole, [{ chain: 'eip155:1', address: a, decimals: 18, ...{ multiplier: 2 } }])).toEqual([expect.stringContaining('assets.OM.reserve.token: a token that is one unit of the asset')]);
  });
  it('describes every top-level part for editors', () => {
    expect(Object.keys(jsonSchemaOf(configSchema)['properties'] as object).sort()).toEqual(['alerting', 'assets', 'bus', 'chains', 'collect', 'labels', 'log', 'probes', 'scoring', 'store', 'telemetry', 'venues']);
  });

  it('sends traces only where it may, and shows no key', () => {
    const withOtlp = (otlp: object): ReturnType<typeof parseConfig> => parseConfig(JSON.stringify({ assets: { OM: {} }, venues: { binance: {} }, telemetry: { otlp } }), () => '');
    const good = withOtlp({ url: 'https://collector.example/v1/traces', authorization: 'Bearer key-of-the-test' });
    expect(good.ok && good.value.telemetry.otlp).toMatchObject({ sampleRatio: 1, serviceName: 'breakwater', allowHosts: [] });
    expect(JSON.stringify(good)).not.toContain('key-of-the-test');
    expect(withOtlp({ url: 'http://10.0.0.7:4318/v1/traces' })).toMatchObject({ ok: false, error: [{ path: 'telemetry.otlp.url', rule: expect.stringContaining('public address') }] });
    expect(withOtlp({ url: 'http://10.0.0.7:4318/v1/traces', allowHosts: ['10.0.0.7'] }).ok).toBe(true);
    expect(withOtlp({ url: 'https://collector.example/v1/traces', sampleRatio: 2 })).toMatchObject({ ok: false, error: [{ path: 'telemetry.otlp.sampleRatio' }] });
  });
  it('names brokers of Kafka, whose password is never shown', () => {
    const parsed = parseConfig(`${good}bus: { kafka: { brokers: ['kafka-1:9092', 'kafka-2:9092'], ssl: true, sasl: { mechanism: scram-sha-512, username: breakwater, password_file: /run/kafka } } }\n`, () => 'OPEN-SESAME\n');
    if (!parsed.ok) throw new Error(parsed.error.map(printProblem).join('\n'));
    expect(JSON.stringify(printable(parsed.value))).not.toContain('SESAME');
    expect(parsed.value.bus.kafka).toMatchObject({ brokers: ['kafka-1:9092', 'kafka-2:9092'], ssl: true, prefix: 'breakwater' });
    expect(parsed.value.bus.kafka?.sasl?.password.reveal()).toBe('OPEN-SESAME');
  });
  it('says everything that is wrong with how Kafka is named at once, without the password', () => {
    expect(problems(`${good}bus: { kafka: { brokers: ['kafka-1', 'http://kafka:9092'], prefix: 'a b', sasl: { mechanism: gssapi, username: '', password: '' } } }\nprobes: { port: 70000 }\n`)).toEqual([
      'bus.kafka.brokers.0: must be host:port, as in kafka-1:9092, got "kafka-1"',
      'bus.kafka.brokers.1: must be host:port, as in kafka-1:9092, got "http://kafka:9092"',
      'bus.kafka.sasl.mechanism: must be plain or scram-sha-256 or scram-sha-512, got "gssapi"',
      'bus.kafka.sasl.username: must have at least 1 characters, got an empty text',
      'bus.kafka.sasl.password: must not be empty, got an empty text',
      'bus.kafka.prefix: must be 1 to 64 letters, digits or _ . -, got "a b"',
      'probes.port: must be at most 65535, got 70000',
    ]);
    expect(problems(`${good}bus: { kafka: { brokers: [] } }\n`)).toEqual(['bus.kafka.brokers: must have at least 1 entries, got a list of 0']);
  });

  it('shows of the addresses of nodes their hosts only, also of those in files', () => {
    const parsed = parseConfig(`${good}chains: { 'eip155:1': { endpoints: ['https://eth.example/v3/KEY', { url_file: /run/rpc }] } }\n`, () => 'https://files.example/KEY\n');
    if (!parsed.ok) throw new Error(parsed.error.map(printProblem).join('\n'));
    expect((printable(parsed.value) as { readonly chains: unknown }).chains).toMatchObject({ 'eip155:1': { endpoints: ['https://eth.example/***', 'https://files.example/***'], feed: { bloom: 'exact', finality: 'finalized' } } });
    expect(JSON.stringify(parsed.value)).not.toContain('KEY');
    expect(parsed.value.chains['eip155:1']?.endpoints.map((endpoint) => endpoint.reveal())).toEqual(['https://eth.example/v3/KEY', 'https://files.example/KEY']);
  });

  const rules: readonly (readonly [name: string, text: string, lines: readonly string[]])[] = [
    ['an empty file', '', ['assets: at least one asset to watch, got nothing', 'venues: at least one venue that is enabled, got nothing']],
    ['empty parts', 'assets: {}\nvenues: {}\n', ['assets: at least one asset to watch, got an empty mapping', 'venues: at least one venue that is enabled, got an empty mapping']],
    ['every venue switched off', 'assets: { OM: {} }\nvenues: { okx: { enabled: false }, bybit: { enabled: false } }\n', ['venues: at least one venue that is enabled, got none']],
    ['a part of another kind is said once', 'assets: 5\nvenues: { okx: {} }\n', ['assets: must be a mapping, got 5']],
    ['an unknown key', `${good}asset: {}\n`, ['asset: unknown key, got a mapping']],
    ['a number out of bounds', `${good}scoring: { everyMs: 5 }\n`, ['scoring.everyMs: must be at least 100, got 5']],
    ['a number that is a text', `${good}scoring: { everyMs: fast }\n`, ['scoring.everyMs: must be a number, got "fast"']],
    ['one of a list', `${good}log: { level: loud }\n`, ['log.level: must be debug or info or warn or error or silent, got "loud"']],
    ['a venue without a feed', 'assets: { OM: {} }\nvenues: { mexc: {} }\n', ['venues.mexc: no built-in feed; set feed: ccxt, got feed native']],
    ['a market a venue does not have', 'assets: { OM: {} }\nvenues: { bybit: { markets: [usdm] } }\n', ['venues.bybit.markets: must be of spot, linear, inverse, got "usdm"']],
    ['a market that another venue calls so', 'assets: { OM: {} }\nvenues: { kraken: { markets: [spot, swap] } }\n', ['venues.kraken.markets: must be of spot, futures, got "swap"']],
    ['addresses of a market a venue does not have', 'assets: { OM: {} }\nvenues: { okx: { endpoints: { swaps: { rest: "http://r" }, futures: { ws: { private: "ws://p" } } } } }\n', [
      'venues.okx.endpoints: must be of spot, swap, futures, got "swaps"', 'venues.okx.endpoints.futures.ws: must be of public, got "private"',
    ]],
    ['a market named at a market type that is not', 'assets: { OM: { instruments: { include: ["okx:swaps:OM-USDT-SWAP", "okx:futures:OM-USDT-261225", "mexc:swap:OM_USDT"], exclude: [bybit, "binance:coin-m"] } } }\nvenues: { okx: {} }\n', [
      'assets.OM.instruments.include.0: a market of okx:spot, okx:swap, okx:futures, got "okx:swaps:OM-USDT-SWAP"',
      'assets.OM.instruments.exclude.1: a market of binance:spot, binance:usdm, binance:coinm, got "binance:coin-m"',
    ]],
    ['a token on a chain that is not named', `assets: { OM: { tokens: [${token(a)}] } }\nvenues: { okx: {} }\n`, ['assets.OM.tokens.0.chain: a chain named under chains, got "eip155:1"']],
    ['a token that is no address', `assets: { OM: { tokens: [${token('0x12')}] } }\nvenues: { okx: {} }\n${chain}`, ['assets.OM.tokens.0.address: an address, 0x and 40 hexadecimal digits, got "0x12"']],
    ['a token of two assets', `assets: { OM: { tokens: [${token(a)}, ${token(b)}] }, INJ: { tokens: [${token(b)}] } }\nvenues: { okx: {} }\n${chain}`, [`assets.INJ.tokens.0.address: a token listed once; it is also a token of OM, got "${b}"`]],
    ['a coin with an address, a coin of another family, a token without an address', `assets: { OM: { tokens: [{ chain: 'eip155:1', address: '${a}', native: true, decimals: 18 }, { chain: 'eip155:1', decimals: 18 }, { chain: 'antelope:${'a'.repeat(32)}', address: eosio.token, decimals: 4 }] } }\nvenues: { okx: {} }\nchains: { 'eip155:1': { endpoints: ['http://127.0.0.1:1'] }, 'antelope:${'a'.repeat(32)}': { family: antelope, endpoints: ['http://127.0.0.1:2'] } }\n`, [
      `assets.OM.tokens.0.address: no address beside native: true, which is for EVM chains, got "${a}"`, 'assets.OM.tokens.1.address: an address, 0x and 40 hexadecimal digits, got nothing', 'assets.OM.tokens.2.address: <contract>:<SYMBOL>, as in eosio.token:EOS, got "eosio.token"',
    ]],
    ['more endpoints to agree than there are, a family that is not the chain’s', `${good}chains: { 'eip155:1': { endpoints: ['http://127.0.0.1:1'], quorum: 2 }, 'eip155:2': { family: antelope, endpoints: ['http://127.0.0.1:1'] } }\n`, [
      'chains.eip155:1.quorum: must not be more than there are endpoints, got 2', 'chains.eip155:2.family: must be evm for eip155:2, got "antelope"',
    ]],
    ['an endpoint that is no address, never quoted', `${good}chains: { 'eip155:1': { endpoints: ['wss://x/KEY'] } }\n`, ['chains.eip155:1.endpoints.0: must be an address starting with https:// or http://, without user name or password or must be a mapping, got ***']],
    ['a rule that clears before it fires', `${good}alerting: { rules: { cascadeIgnition: { reach: 0.5, clear: 0.9 } } }\n`, ['alerting.rules.cascadeIgnition.clear: must be below reach, got 0.9']],
    ['rules that clear below where they fire', `${good}alerting: { rules: { ignitionDrop: { below: 0.9, clear: 0.2 }, depthDrop: { below: 0.9, clear: 0.2 } } }\n`, [
      'alerting.rules.ignitionDrop.clear: must be above below, got 0.2', 'alerting.rules.depthDrop.clear: must be above below, got 0.2',
    ]],
    ['a rule with a broken neighbour', `${good}alerting: { rules: { depthDrop: { below: 0.9, clear: 0.2, clearForSeconds: soon } } }\n`, [
      'alerting.rules.depthDrop.clearForSeconds: must be a number, got "soon"', 'alerting.rules.depthDrop.clear: must be above below, got 0.2',
    ]],
    ['a chain that forgets what it may have to undo', `${good}chains: { 'eip155:1': { endpoints: ['http://127.0.0.1:1'], feed: { heldBlocks: 8, maxReorgDepth: 64 } } }\n`, [
      'chains.eip155:1.feed.heldBlocks: heldBlocks must be at least maxReorgDepth, got 8',
    ]],
    ['text that is not YAML', 'assets: [\n', ['line 2, column 1: must be valid YAML, got Flow sequence in block collection must be sufficiently indented and end with a ]']],
  ];
  it.each(rules)('%s', (_name, text, lines) => {
    expect(problems(text)).toEqual(lines);
  });

  it('takes InfluxDB for series, with a login that is never printed', () => {
    const withSeries = (text: string): ReturnType<typeof parseConfig> => parseConfig(`assets: { OM: {} }\nvenues: { binance: {} }\nstore: { series: { influx: ${text} } }`, () => 's3cret\n');
    const parsed = withSeries("{ url: 'http://127.0.0.1:8086', username: breakwater, password_file: /run/secrets/influx }");
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
    const { influx } = parsed.value.store.series;
    expect(influx).toMatchObject({ url: 'http://127.0.0.1:8086', database: 'breakwater', retentionDays: 90, spool: { maxMb: 256, syncMs: 1_000 } });
    expect(influx?.password?.reveal()).toBe('s3cret');
    expect(JSON.stringify(parsed.value)).not.toContain('s3cret');
    const rules = (text: string): readonly string[] => {
      const read = withSeries(text);
      return read.ok ? [] : read.error.map(({ path, rule }) => `${path}: ${rule}`);
    };
    expect(rules("{ url: 'http://user:s3cret@127.0.0.1:8086' }")).toEqual(['store.series.influx.url: must not hold a user name or password']);
    expect(rules("{ url: 'http://127.0.0.1:8086', username: x }")).toEqual(['store.series.influx: needs username and password together']);
    expect(rules("{ url: 'http://127.0.0.1:8086', username: x, password: y, token: z }")).toEqual(['store.series.influx: needs a user or a token, not both']);
    expect(rules("{ url: 'http://127.0.0.1:8086', database: 'a\"b', spool: { maxMb: 0 } }")).toHaveLength(2);
  });

  it('says everything at once, whatever kind it is', () => {
    expect(problems(`
assets: { OM: { float: -1, tokens: [${token(a, 'eip155:10')}, ${token('0x12')}] } }
venues: { mexc: {}, bybit: { markets: [usdm], enabled: maybe } }
${chain}alerting: { rules: { cascadeIgnition: { reach: 0.5, clear: 0.9 } } }
store: { path: '' }
colour: red
`)).toEqual([
      'venues.bybit.enabled: must be true or false, got "maybe"',
      'assets.OM.float: must be more than 0, got -1',
      'alerting.rules.cascadeIgnition.clear: must be below reach, got 0.9',
      'store.path: must have at least 1 characters, got an empty text',
      'colour: unknown key, got a text',
      'venues.mexc: no built-in feed; set feed: ccxt, got feed native',
      'venues.bybit.markets: must be of spot, linear, inverse, got "usdm"',
      'assets.OM.tokens.0.chain: a chain named under chains, got "eip155:10"',
      'assets.OM.tokens.1.address: an address, 0x and 40 hexadecimal digits, got "0x12"',
    ]);
  });
});
