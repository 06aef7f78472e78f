import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dataFile, root } from '../../../../infra/dev/src/env.ts';
import { runCollecting } from './test-run-collecting.ts';

const commands = ['start', 'drill', 'replay', 'normalize', 'report', 'snapshot', 'stress', 'check-config', 'doctor', 'venues', 'settlement', 'bench', 'backtest'] as const;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'breakwater-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const json = (text: string): unknown => JSON.parse(text) as unknown;
/** One market of Bybit's instrument list, by the venue's document of the endpoint. */
const instruments = {
  retCode: 0, retMsg: 'OK', time: 1_786_310_400_000,
  result: { category: 'linear', nextPageCursor: '', list: [{
    symbol: 'OMUSDT', contractType: 'LinearPerpetual', status: 'Trading', baseCoin: 'OM', quoteCoin: 'USDT', settleCoin: 'USDT', launchTime: '1', deliveryTime: '0', priceScale: '4',
    leverageFilter: { minLeverage: '1', maxLeverage: '25.00', leverageStep: '0.01' }, priceFilter: { minPrice: '0.0001', maxPrice: '199', tickSize: '0.0001' }, lotSizeFilter: { maxOrderQty: '1', minOrderQty: '1', qtyStep: '1', minNotionalValue: '5' },
  }] },
};
const capture = (...frames: readonly unknown[]): string =>
  [
    { t: 'header', ts: 1_786_310_400, exchange: 'BYBIT' }, { t: 'http', ts: 1_786_310_400, conn: 'h', url: 'https://api.bybit.com/v5/market/instruments-info?category=linear', data: JSON.stringify(instruments) }, { t: 'connect', ts: 1_786_310_400, conn: 'a', url: 'wss://stream.bybit.com/v5/public/linear' },
    ...frames.map((frame, i) => ({ t: 'recv', ts: 1_786_310_400 + i, conn: 'a', data: JSON.stringify(frame) })),
  ].map((line) => JSON.stringify(line)).join('\n');
const book = { topic: 'orderbook.200.OMUSDT', type: 'snapshot', ts: 1_786_310_400_000, cts: 1_786_310_400_000, data: { s: 'OMUSDT', b: [['1.1', '10']], a: [['1.2', '10']], u: 1, seq: 1 } };

describe('help and usage', () => {
  it('lists every command and ends with 0', async () => {
    const { code, out, err } = await runCollecting('--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const command of commands) expect(out).toContain(`  ${command} `);
  });
  it.each(commands)('%s --help has an example and --json', async (command) => {
    const { code, out, err } = await runCollecting(command, '--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(new RegExp(`Example:\\n {2}\\$ breakwater ${command} `));
    expect(out).toContain('--json');
  });
  const misuse: readonly (readonly [name: string, args: readonly string[], said: RegExp])[] = [
    ['an unknown command', ['drlil'], /unknown command 'drlil'/],
    ['an unknown option', ['replay', 'x', '--fast'], /unknown option '--fast'/],
    ['a missing argument', ['replay'], /missing required argument 'capture'/],
    ['a number that is none', ['drill', 'random', '--seed', '-1'], /whole number/],
    ['an unknown scenario', ['drill', 'om-2026'], /no scenario 'om-2026': there are om-2025, random\. Run/],
    ['an unknown venue', ['venues', '--venue', 'mtgox'], /no built-in feed for 'mtgox': there are binance, bybit, okx, .*feed: ccxt/],
    ['an unknown stage', ['start', '--stage', 'trade'], /no stage 'trade'/],
    ['a port that is none', ['start', '--port', '70000'], /give a port, 0 to 65535/],
    ['an unknown bench', ['bench', 'disk', '--capture', 'x'], /no bench 'disk'/],
    ['a bench without a capture', ['bench', 'ingest'], /measured nothing: .*give one with --capture/],
  ];
  it.each(misuse)('%s ends with 2', async (_name, args, said) => {
    const { code, out, err } = await runCollecting(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(said);
  });
  it.each([['replay'], ['normalize'], ['check-config'], ['doctor', '--config'], ['start', '--config'], ['bench', 'ingest', '--capture']])('%s of a file that is not there ends with 1 and says what to do', async (...args) => {
    const { code, out, err } = await runCollecting(...args, join(folder, 'none.json'));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/none\.json was not (read|replayed): there is no such file\. \S.*\.\n$/);
  });
});

describe('start', () => {
  it('says that one stage alone needs brokers', async () => {
    const path = write('memory.yaml', 'assets: { OM: {} }\nvenues: { okx: {} }\n');
    const { code, out, err } = await runCollecting('start', '--config', path, '--stage', 'score');
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: `--stage score was not started: one stage alone meets the others on Kafka, and ${path} names no brokers. Give bus.kafka.brokers, or run without --stage.\n` });
  });
  it('says which shards there are', async () => {
    const path = write('shards.yaml', 'assets: { OM: {} }\nvenues: { okx: {}, bybit: {} }\ncollect: { shards: 2 }\nbus: { kafka: { brokers: ["127.0.0.1:1"] } }\n');
    const said = async (...args: readonly string[]): Promise<readonly [number, string]> => {
      const { code, err } = await runCollecting('start', '--config', path, ...args);
      return [code, err];
    };
    expect(await said('--stage', 'collect', '--shard', '2')).toEqual([2, '--shard 2 was not started: collect.shards is 2, so there are 0 to 1.\n']);
    expect(await said('--stage', 'score', '--shard', '0')).toEqual([2, '--shard 0 was not started: shards are of --stage collect.\n']);
    for (const stage of ['collect', 'all']) expect(await said('--stage', stage)).toEqual([2, `--stage ${stage} was not started: ${path} shares the venues out among 2 processes. Give --stage collect and --shard 0 to 1.\n`]);
  });
});

describe('check-config', () => {
  it('takes the example at the root', async () => {
    const { code, out, err } = await runCollecting('check-config', join(root, 'breakwater.example.yaml'));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/is good: INJ on binance, bybit, okx, hyperliquid, gate, bitget, kucoin, kraken, coinbase, mexc; eip155:1; warnings to terminal, data\/warnings\.jsonl/);
  });
  it('lists every problem of a bad one and ends with 1', async () => {
    const path = write('bad.yaml', 'assets: {}\nvenues: { mexc: {} }\nlog: { level: loud }\n');
    const { code, out, err } = await runCollecting('check-config', path);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe([
      `${path} is not a usable config: 3 problems.`, '  log.level: must be debug or info or warn or error or silent, got "loud"', '  assets: at least one asset to watch, got an empty mapping',
      '  venues.mexc: no built-in feed; set feed: ccxt, got feed native', `Mend them and run \`breakwater check-config ${path}\`.`, '',
    ].join('\n'));
  });
  it('says the same to machines', async () => {
    const bad = await runCollecting('check-config', write('bad.yaml', 'assets: {}\nvenues: { okx: {} }\n'), '--json');
    expect({ code: bad.code, err: bad.err, value: json(bad.out) }).toEqual({ code: 1, err: '', value: { ok: false, problems: [{ path: 'assets', rule: 'at least one asset to watch', got: 'an empty mapping' }] } });
    const good = await runCollecting('check-config', write('good.yaml', 'assets: { OM: {} }\nvenues: { okx: {} }\n'), '--json');
    expect(good.code).toBe(0);
    expect(json(good.out)).toMatchObject({ ok: true, config: { venues: { okx: { enabled: true } } } });
  });
  it('prints the JSON Schema', async () => {
    const { code, out } = await runCollecting('check-config', '--schema');
    expect(code).toBe(0);
    expect(json(out)).toMatchObject({ type: 'object', properties: { assets: {}, venues: {} } });
  });
});

describe('normalize', () => {
  it('prints one line an input, also for those that gave nothing', async () => {
    const path = write('bybit.json', JSON.stringify([book, { op: 'pong' }, { topic: 'kline.1.OMUSDT', ts: 1, data: [] }, { surprise: 1 }]));
    const { code, out, err } = await runCollecting('normalize', path, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out.trimEnd().split('\n').map(json) as readonly { readonly index: number; readonly messages: readonly unknown[] }[];
    expect(lines.map(({ index, messages }) => [index, messages.length])).toEqual([[0, 1], [1, 0], [2, 0], [3, 0]]);
    expect(lines[0]).toMatchObject({ messages: [{ type: 'book_change', symbol: 'OMUSDT', isSnapshot: true, bids: [{ price: 1.1, amount: 10 }] }] });
    expect(lines[1]).toEqual({ index: 1, messages: [], control: 'pong' });
    expect(lines[2]).toHaveProperty('ignored');
    expect(lines[3]).toMatchObject({ rejected: expect.any(String), detail: expect.any(String) });
  });
  it('takes the venue from the flag, and refuses what it cannot know', async () => {
    const path = write('frames.json', JSON.stringify([book]));
    expect((await runCollecting('normalize', path, '--venue', 'bybit')).code).toBe(0);
    expect(await runCollecting('normalize', path)).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/no built-in feed for frames; known: /) });
    expect(await runCollecting('normalize', write('number.json', '5'))).toMatchObject({ code: 1, err: expect.stringMatching(/neither a list of messages nor/) });
    expect(await runCollecting('normalize', write('broken.json', '{'))).toMatchObject({ code: 1, err: expect.stringMatching(/it is not JSON/) });
  });
  it.each(['binance-futures', 'binance-delivery', 'binance', 'bybit', 'bybit-spot', 'okex-swap', 'okex-futures', 'okex-futures-X-Perp', 'okex-USDC-contracts-before-and-after-index-migration', 'okex', 'hyperliquid'])('reads the recorded messages of %s', async (venue) => {
    const path = dataFile(`exchange-messages/${venue}.json`);
    if (path === undefined) return;
    const { code, out, err } = await runCollecting('normalize', path, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const file = json(readFileSync(path, 'utf8')) as { readonly messages: readonly unknown[] };
    const lines = out.trimEnd().split('\n').map(json) as readonly { readonly index: number; readonly messages: readonly unknown[]; readonly rejected?: string }[];
    expect(lines.map(({ index }) => index)).toEqual(file.messages.map((_, i) => i));
    expect(lines.every(({ messages }) => Array.isArray(messages))).toBe(true);
    // Formats that venues no longer serve are the only thing refused.
    expect([...new Set(lines.flatMap(({ rejected }) => (rejected === undefined ? [] : [rejected])))].filter((reason) => reason !== 'legacy-format')).toEqual([]);
  });
});

describe('replay', () => {
  it('counts the frames of a capture, plain and packed', async () => {
    const text = capture(book, { op: 'pong' }, { surprise: 1 });
    for (const path of [write('c.jsonl', text), write('c.jsonl.gz', gzipSync(text))]) {
      const { code, out, err } = await runCollecting('replay', path, '--json');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(json(out)).toMatchObject({ frames: 3, framesNormalized: 1, control: { pong: 1 }, normalized: { book: 1 }, books: [{ instrument: 'bybit:linear:OMUSDT', bestBid: 1.1, bestAsk: 1.2, levels: 2, crossedEver: false }] });
    }
    const shown = await runCollecting('replay', join(folder, 'c.jsonl'));
    expect(shown.out).toMatch(/^frames {6}3, of which normalised 1\n/);
    expect(shown.out).toMatch(/bybit:linear:OMUSDT {2,}1\.1 {2,}1\.2 {2,}2 {2,}no/);
  });
  it('reads a plain capture that was cut off in a line', async () => {
    const text = capture(book, book);
    const { code, out } = await runCollecting('replay', write('cut.jsonl', text.slice(0, -20)), '--json');
    expect(code).toBe(0);
    expect(json(out)).toMatchObject({ frames: 1 });
  });
  it('reads a packed capture up to where it was cut off', async () => {
    const packed = gzipSync(capture(...Array.from({ length: 200 }, () => book)));
    const { code, out } = await runCollecting('replay', write('cut.jsonl.gz', packed.subarray(0, packed.length - 40)), '--json');
    expect(code).toBe(0);
    const { frames } = json(out) as { readonly frames: number };
    expect([frames > 100, frames < 200]).toEqual([true, true]);
  });
  it('refuses what is no capture, and one without frames', async () => {
    expect(await runCollecting('replay', write('cut.jsonl.zst', Buffer.from('28b52ffd0458', 'hex')))).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/cut\.jsonl\.zst was not replayed: /) });
    expect(await runCollecting('replay', write('empty.jsonl', ''))).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/it holds no received frames/) });
  });
});

describe('doctor', () => {
  const config = (name: string, address: string): string => write(name, JSON.stringify({
    assets: { OM: {} }, venues: { okx: { markets: ['swap'], endpoints: { swap: { rest: address } } } }, chains: { 'eip155:1': { endpoints: [address] } }, store: { path: join(folder, 'doctor', 'x.db') },
  }));
  it('finds what answers', async () => {
    const server = createServer((_, response) => response.end('{"jsonrpc":"2.0","id":1,"result":"0x1","code":"0","data":[]}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as { readonly port: number };
      const { code, out, err } = await runCollecting('doctor', '--config', config('up.yaml', `http://127.0.0.1:${port}`), '--json');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const report = json(out) as { readonly ok: boolean; readonly checks: readonly { readonly name: string; readonly ok: boolean }[] };
      expect(report.ok).toBe(true);
      // Only the market types that are collected.
      expect(report.checks.map(({ name }) => name).filter((name) => name.startsWith('okx:'))).toEqual(['okx:swap']);
      expect(report.checks.map(({ name }) => name)).toEqual(expect.arrayContaining(['node', 'disk', 'okx:swap', 'clock against okx:swap', expect.stringMatching(/^eip155:1 127\.0\.0\.1:\d+$/)]));
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
  it('names what does not, and ends with 1', async () => {
    // Port 1 (tcpmux) is not served.
    const { code, out, err } = await runCollecting('doctor', '--config', config('down.yaml', 'http://127.0.0.1:1'));
    expect(code).toBe(1);
    expect(out).toMatch(/okx:swap +BAD +\S.*Check the network/);
    expect(out).toMatch(/eip155:1 127\.0\.0\.1:1 +BAD /);
    expect(err).toMatch(/\d of \d checks failed: .*BAD\.\n$/);
  });
});

describe('bench ingest', () => {
  it('prints its figures', async () => {
    // The figures of so short a run say nothing; that they are there and agree does.
    const path = write('bench.jsonl', capture(...Array.from({ length: 50 }, () => book)));
    const { code, out, err } = await runCollecting('bench', 'ingest', '--capture', path, '--passes', '7', '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const result = json(out) as Readonly<Record<string, number>>;
    expect(result).toMatchObject({ bench: 'ingest', frames: 50 });
    expect(result['ratio']).toBeCloseTo((result['usPerFrame'] ?? NaN) / (result['jsonParseUsPerFrame'] ?? NaN), 1);
  });
});
