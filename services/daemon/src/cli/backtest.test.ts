import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRng } from '@breakwater/models/core';
import { fitPoolOnce, marketModel, pooledDefaults, protocol, runMarket, usualModels, type PooledModel } from '@breakwater/models/tail-risk';
import { dataFile } from '../../../../infra/dev/src/env.ts';
import { readCandles } from './candles-file.ts';
import { runCollecting } from './test-run-collecting.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'breakwater-backtest-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const head = 'ts,open,high,low,close,volume';
const FIRST = Date.UTC(2026, 0, 1);
const last = (out: string): Record<string, unknown> => JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;

/** Bars of a random walk, as lines. */
function lines(seed: number, bars: number, prefix = ''): string[] {
  const rng = createRng(seed);
  let price = 10;
  return Array.from({ length: bars }, (_, i) => {
    const open = price;
    const close = (price *= Math.exp(0.002 * rng.normal()));
    return `${prefix}${FIRST + 300_000 * i},${open},${Math.max(open, close) * 1.0005},${Math.min(open, close) * 0.9995},${close},${1 + rng.next()}`;
  });
}

describe('a bad file', () => {
  const cases: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ['empty.csv', '', /holds no bars/],
    ['header.csv', `${head}\n`, /holds no bars/],
    ['column.csv', 'ts,open,high,low,volume\n1,1,1,1,1\n', /line 1: no column close\./],
    ['word.csv', `${head}\n${FIRST},1,1,1,1,1\n${FIRST + 300_000},1,high,1,1,1\n`, /word\.csv, line 3, column high: 'high' is no price above 0/],
    ['zero.csv', `${head}\n${FIRST},1,1,0,1,1\n`, /line 2, column low: '0' is no price above 0/],
    ['short.csv', `${head}\n${FIRST},1,1,1\n`, /line 2, column close: nothing is no price/],
    ['volume.csv', `${head}\n${FIRST},1,1,1,1,-3\n`, /line 2, column volume: '-3' is no quantity of 0 or more/],
    ['order.csv', `${head}\n${FIRST},1,1,1,1,1\n${FIRST},1,1,1,1,1\n`, /line 3, column time: '\d+' is not after the bar before/],
    ['time.csv', `${head}\nyesterday,1,1,1,1,1\n`, /line 2, column time: 'yesterday' is no time/],
    ['crossed.csv', `${head}\n${FIRST},1,1,2,1,1\n`, /line 2, column high: '1' is below the low 2/],
    ['hours.csv', `${head}\n${FIRST},1,1,1,1,1\n${FIRST + 3_600_000},1,1,1,1,1\n`, /bars are 3600 s apart.*Give bars of five minutes/],
    ['few.csv', [head, ...lines(1, 100)].join('\n'), /fewer than 250 say nothing/],
    ['zipped.csv.gz', 'no gzip', /zipped\.csv\.gz was not read: .*incorrect header check/],
  ];
  it.each(cases)('%s is refused with its place', async (name, text, said) => {
    const { code, out, err } = await runCollecting('backtest', 'var', write(name, text));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(said);
  });
  it('is named when it is not there, and usage is explained', async () => {
    expect((await runCollecting('backtest', 'var', join(folder, 'nowhere.csv'))).err).toMatch(/nowhere\.csv was not read: there is no such file/);
    expect(await runCollecting('backtest', 'var')).toMatchObject({ code: 2, err: expect.stringContaining('give one file') as unknown });
    expect(await runCollecting('backtest', 'vol', 'x')).toMatchObject({ code: 2, err: expect.stringContaining("no backtest 'vol'") as unknown });
    expect(await runCollecting('backtest', 'var', '--universe', write('young.csv', [`symbol,${head}`, ...lines(1, 300, 'A,')].join('\n')))).toMatchObject({ code: 1, err: expect.stringContaining('no market has 2251 bars') as unknown });
    expect(await runCollecting('backtest', 'var', write('two.csv', [`symbol,${head}`, ...lines(1, 2, 'A,'), ...lines(1, 2, 'B,')].join('\n')))).toMatchObject({ code: 2, err: expect.stringContaining('holds 2 markets: give it with --universe') as unknown });
  });
});

describe('one market', () => {
  it('is tested by every model, as a table and as JSON, with times in any form', async () => {
    const rows = lines(3, 2_400);
    const path = write('one.csv', [head, ...rows].join('\r\n'));
    const { code, out } = await runCollecting('backtest', 'var', path);
    expect(code).toBe(0);
    expect(out).toMatch(/^399 forecasts of the next five minutes after 2000 returns/);
    for (const name of ['historical 1,000', 'RiskMetrics .94', 'EWMA .97 + FHS', 'EWMA .80 + FHS', 'AR-GARCH + POT', 'pooled range filter (live)']) expect(out).toContain(`\n${name} `);
    const json = last((await runCollecting('backtest', 'var', path, '--json')).out);
    expect(json).toMatchObject({ forecasts: 399, live: 'pooled range filter' });
    const dated = write('dated.csv.gz', gzipSync([head.replace('ts', 'date'), ...rows.map((row) => row.replace(/^\d+/, (t) => new Date(Number(t)).toISOString().replace('T', ' ').slice(0, 19)))].join('\n')));
    expect(last((await runCollecting('backtest', 'var', dated, '--json')).out)).toEqual(json);
  });
});

describe('a universe', () => {
  it('ends with one line of counts, whatever the order of its markets', async () => {
    const [a, b, c] = [lines(4, 2_300, 'A,'), lines(5, 2_300, 'B,'), lines(6, 500, 'C,')];
    const grouped = write('grouped.csv', [`symbol,${head}`, ...a, ...b, ...c].join('\n'));
    const { code, out } = await runCollecting('backtest', 'var', '--universe', grouped, '--json', '--threads', '1');
    expect(code).toBe(0);
    const found = last(out);
    expect(found).toMatchObject({ symbols: 2, live: 'pooled range filter', seconds: expect.any(Number) as unknown });
    const models = found['models'] as readonly Record<string, unknown>[];
    expect(models.map(({ name }) => name)).toEqual(['historical 1,000', 'RiskMetrics .94', 'EWMA .97 + FHS', 'EWMA .80 + FHS', 'AR-GARCH + POT', 'live, alone', 'pooled range filter']);
    for (const model of models) {
      expect(Object.keys(model)).toEqual(['name', 'kupiec', 'independence', 'z2', 'all', 'allAndDq', 'fz0', 'fz0VsGarch', 'seconds']);
      expect(model['all']).toBeLessThanOrEqual(2);
    }
    const documents = out.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(documents[0]).toMatchObject({ protocol: { start: 2_000, refit: 288, forecasts: 299 }, skipped: ['C'] });
    expect(documents.filter((document) => 'symbol' in document)).toHaveLength(2);
    expect(documents.find((document) => 'leaveOneDayOut' in document)).toHaveProperty(['leaveOneDayOut', 'pooled range filter', 'all']);
    const turns = write('turns.csv', [`symbol,${head}`, ...a.flatMap((row, i) => [row, b[i] ?? '', c[i] ?? '']).filter((row) => row !== '')].join('\n'));
    const other = last((await runCollecting('backtest', 'var', '--universe', turns, '--json', '--threads', '1')).out);
    const bare = (of: unknown): unknown => (of as readonly Record<string, unknown>[]).map((model) => ({ ...model, seconds: 0 }));
    expect(bare(other['models'])).toEqual(bare(models));
  });

  it('gives coefficients of one fit, in the form of those that the model begins with', async () => {
    const path = write('pool.csv', [`symbol,${head}`, ...lines(7, 400, 'A,'), ...lines(8, 400, 'B,')].join('\n'));
    const to = join(folder, 'coefficients.json');
    expect(await runCollecting('backtest', 'var', '--universe', path, '--coefficients', to)).toMatchObject({ code: 0, out: '', err: expect.stringContaining(to) as unknown });
    const found = JSON.parse(readFileSync(to, 'utf8')) as PooledModel;
    const fitted = fitPoolOnce(await readCandles(path));
    for (const part of ['together', 'alone', 'laws'] as const) {
      for (const tail of ['valueAtRisk', 'shortfall'] as const) {
        expect(found[part]?.[tail]).toHaveLength(pooledDefaults[part]?.[tail].length ?? NaN);
        expect(found[part]?.[tail]).toEqual(Array.from(fitted[part]?.[tail] ?? [], (x) => Number(x.toPrecision(6))));
      }
    }
    expect(await runCollecting('backtest', 'var', path, '--coefficients', to)).toMatchObject({ code: 2, err: expect.stringContaining('give them with --universe') as unknown });
    expect(await runCollecting('backtest', 'var', '--universe', path, '--coefficients', join(folder, 'nowhere', 'x.json'))).toMatchObject({ code: 1, err: expect.stringContaining('was not written: there is no such file') as unknown });
  });

  const recorded = dataFile('om-2025-04/universe-5m-2025-04.csv.gz');
  (recorded === undefined ? it.skip : it)('two recorded markets have as many losses beyond the VaR as were counted before', async () => {
    const rows: string[] = [];
    const symbols = new Set<string>();
    const source = createReadStream(recorded ?? '').pipe(createGunzip());
    for await (const line of createInterface({ input: source })) {
      symbols.add(line.slice(0, line.indexOf(',')));
      // The header counts as one.
      if (symbols.size > 3) break;
      rows.push(line);
    }
    source.destroy();
    const universe = await readCandles(write('recorded.csv', rows.join('\n')));
    const counts = universe.symbols.map((symbol, k) => [symbol, ...Object.values(usualModels).slice(0, 4).map((make) => {
      const { losses, valuesAtRisk } = runMarket(universe, k, marketModel(make(protocol)), protocol);
      return losses.filter((loss, i) => loss > (valuesAtRisk[i] ?? NaN)).length;
    })]);
    // Historical, RiskMetrics, EWMA .97 and .80: counted once by another program from the same bars; 66 are expected.
    expect(counts).toEqual([['1000CAT_USDT', 72, 108, 66, 70], ['1000CHEEMS_USDT', 59, 103, 67, 66]]);
  });
});
