import { describe, expect, it } from '@jest/globals';
import { root } from '../dev/src/env.ts';
import { checkImport, checkText, findCycles, importsOf, modelOrder, readDependencies, readTree, rules } from './tidy.ts';

const dependencies = readDependencies(root);
const tree = readTree(root);
const imports = tree.flatMap(({ file, text }) => importsOf(file, text));

describe('the tree keeps the dependency rules', () => {
  it('reads a tree with files of every package', () => {
    for (const rule of rules) expect([rule.folder, tree.some(({ file }) => file.startsWith(rule.folder))]).toEqual([rule.folder, true]);
    expect(imports.length).toBeGreaterThan(100);
  });
  it('imports only what the table allows', () => {
    const broken = imports.map((found) => ({ ...found, rule: checkImport(found, dependencies) })).filter(({ rule }) => rule !== undefined);
    expect(broken).toEqual([]);
  });
  it('keeps clocks, randomness and the environment where they belong', () => {
    expect(tree.map(({ file, text }) => ({ file, rule: checkText(file, text) })).filter(({ rule }) => rule !== undefined)).toEqual([]);
  });
  it('has no cycles between files', () => {
    expect(findCycles(imports)).toEqual([]);
  });
});

describe('a planted violation of each rule is found', () => {
  const planted: readonly (readonly [string, string, RegExp])[] = [
    ['models/src/core/x.ts', 'node:fs', /pure/],
    ['models/src/core/x.ts', 'zod', /may not import zod/],
    ['models/src/core/x.ts', '../market/index.ts', /comes later/],
    ['models/src/positions/x.ts', '../cascade/index.ts', /comes later/],
    ['models/src/cascade/x.ts', '../market/ladder.ts', /through its index/],
    ['models/src/core/x.ts', '@breakwater/contracts', /may not import/],
    ['services/contracts/src/x.ts', '@breakwater/models/cascade', /may not import/],
    ['services/contracts/src/x.ts', 'node:fs', /pure/],
    ['services/contracts/src/x.ts', 'yaml', /may not import yaml/],
    ['services/platform/src/bus/x.ts', '@breakwater/collectors', /may not import/],
    ['services/platform/src/bus/x.ts', '@breakwater/models/cascade', /may not import/],
    ['services/platform/src/bus/x.ts', 'libsql', /confined/],
    ['services/platform/src/bus/x.ts', 'ws', /confined/],
    ['services/platform/src/bus/x.ts', 'yaml', /confined/],
    ['services/platform/src/bus/x.ts', 'pino', /confined/],
    ['services/platform/src/bus/kafka.ts', 'kafkajs', /confined/],
    ['services/collectors/src/intake/intake.ts', '@breakwater/platform/lease/kafka', /adapters/],
    ['services/platform/src/bus/x.ts', 'prom-client', /confined/],
    ['services/collectors/src/intake/intake.ts', '@breakwater/scoring', /may not import/],
    ['services/collectors/src/intake/intake.ts', '@breakwater/platform/bus/memory', /adapters/],
    ['services/collectors/src/intake/intake.ts', '@breakwater/platform/simulated', /adapters/],
    ['services/alerting/src/notifiers/webhook/webhook.ts', '@breakwater/platform/network/outgoing-node', /adapters/],
    ['services/alerting/src/notifiers/webhook/webhook.ts', '@breakwater/platform/network/node', /adapters/],
    ['services/collectors/src/intake/intake.ts', 'ccxt', /confined/],
    ['services/collectors/src/intake/intake.ts', 'viem', /confined/],
    ['services/collectors/src/intake/intake.ts', 'zod', /confined/],
    ['services/collectors/src/intake/intake.ts', 'fastify', /may not import fastify/],
    ['services/collectors/src/venues/okx/map.ts', '../../../../platform/src/errors.ts', /stay inside/],
    ['services/scoring/src/x.ts', '@breakwater/alerting', /may not import/],
    ['services/scoring/src/x.ts', 'zod', /may not import zod/],
    ['services/alerting/src/x.ts', '@breakwater/scoring', /may not import/],
    ['services/alerting/src/x.ts', '@breakwater/simulator', /may not import/],
    ['services/alerting/src/x.ts', 'zod', /confined/],
    ['services/alerting/src/x.ts', 'viem', /confined/],
    ['services/simulator/src/x.ts', '@breakwater/daemon', /may not import/],
    ['services/simulator/src/x.ts', '@breakwater/collectors', /may not import/],
    ['services/simulator/src/x.ts', 'ccxt', /may not import ccxt/],
    ['services/daemon/src/pipeline.ts', '@breakwater/platform/bus/memory', /adapters/],
    ['services/daemon/src/pipeline.ts', 'commander', /confined/],
    ['services/daemon/src/pipeline.ts', 'left-pad', /may not import/],
    ['services/scoring/src/x.ts', '@breakwater/scoring', /relative path/],
  ];
  it.each(planted)('%s imports %s', (file, specifier, rule) => {
    expect(checkImport({ file, specifier }, dependencies)).toMatch(rule);
  });
  it('and a test may stand on a simulated server', () => {
    expect(checkImport({ file: 'services/alerting/src/notifiers/webhook/webhook.int.test.ts', specifier: '@breakwater/simulator' }, dependencies)).toBeUndefined();
  });
  it('and a port is not taken for an adapter', () => {
    expect(checkImport({ file: 'services/alerting/src/notifiers/webhook/webhook.ts', specifier: '@breakwater/platform/network/outgoing' }, dependencies)).toBeUndefined();
  });
  it('an import that package.json does not declare', () => {
    expect(checkImport({ file: 'services/scoring/src/x.ts', specifier: '@breakwater/models/core' }, new Map())).toMatch(/not declared/);
  });
  it('a clock in a model, the environment anywhere', () => {
    expect(checkText('models/src/core/x.ts', 'const t = Date.now();')).toMatch(/pure/);
    expect(checkText('models/src/core/x.ts', 'const t = Math.random();')).toMatch(/pure/);
    expect(checkText('models/src/core/x.ts', '// Date.now() in a comment is fine')).toBeUndefined();
    expect(checkText('services/scoring/src/x.ts', 'const home = process.env.HOME;')).toMatch(/process\.env/);
  });
  it('a cycle', () => {
    expect(findCycles([{ file: 'a/x.ts', specifier: './y.ts' }, { file: 'a/y.ts', specifier: './x.ts' }])).toHaveLength(1);
  });
  it('knows every model folder that exists', () => {
    const folders = new Set(tree.filter(({ file }) => file.startsWith('models/src/')).map(({ file }) => file.split('/')[2] ?? ''));
    expect([...folders].filter((folder) => !modelOrder.includes(folder))).toEqual([]);
  });
});
