import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { addressFeatures, crossValidate, defaultTrees, featuresOf, groupedFolds, shippedSize, simulateEvents, transformed, treesLearner } from '@breakwater/models/address-risk';
import { readAddressModel } from '../address-model/config.ts';
import type { CommandContext } from './context.ts';
import { dataFile } from '../../../../infra/dev/src/env.ts';
import { addressJson, addressModelOf, addressRowsOf, addressText, isAddressTable } from './train-address.ts';
import { equalText, kindOf, modelCard, splitText } from './train-card.ts';
import { calibrationOf, foldsOf, simulatedTable, trainTable, withoutColumns } from './train-run.ts';
import { equalRows, readTable } from './train-table.ts';
import { jsonOf, trainCommand } from './train.ts';

const csv = ['Index,Address,FLAG, Amount ,Name,"Count, all"', '1, 0xAA ,1,1.5,x,3', '2,0xbb,0,,y,"4"', '3,0xaa,1,2e3,,5', '', '4,0xcc,2,1,z,6', '5,0xdd,0,1'].join('\n');

describe('a labelled table', () => {
  test('leaves out row numbers and text, takes empty cells as not known, joins addresses of any case, and counts what it does not read', () => {
    const table = readTable('t.csv', csv);
    expect(table.columns).toEqual(['Amount', 'Count, all']);
    expect([...table.rows.values]).toEqual([1.5, 3, NaN, 4, 2000, 5]);
    expect([...table.labels]).toEqual([1, 0, 1]);
    expect(table.groups).toEqual(['0xaa', '0xbb', '0xaa']);
    expect(table.leftOut).toEqual([{ column: 'Index', why: 'a number of the row' }, { column: 'Name', why: 'text' }]);
    expect([table.rejected, table.firstRejected]).toEqual([2, "line 6: the label is '2', not 0 or 1"]);
  });

  test('takes the columns it is told, times in seconds or as dates', () => {
    const text = 'when,who,bad,x,z\n1700000000,a,1,1,2\n2023-11-15T22:13:20Z,b,0,2,3\n';
    const table = readTable('t.csv', text, { label: 'bad', group: 'WHO', time: 'when', ignore: ['z'] });
    expect([...(table.days ?? [])].map((day) => Math.round(1e4 * day) / 1e4)).toEqual([19675.9259, 19676.9259]);
    expect(table.columns).toEqual(['x']);
    expect([...withoutColumns({ ...table, columns: ['x'] }, ['x']).columns]).toEqual([]);
  });

  test('says what is wrong of a file that cannot be learned from', () => {
    expect(() => readTable('t.csv', 'a,b\n1,2\n')).toThrow('t.csv was not read: it has no column named FLAG or label. Name it with --label.');
    expect(() => readTable('t.csv', 'a,label\n1,1\n2,1\n')).toThrow('there have to be both labels');
    expect(() => readTable('t.csv', csv, { label: 'nope' })).toThrow("no column 'nope' for the label");
  });
});

test('a training evaluates every model on the same folds and describes itself', async () => {
  const lines = Array.from({ length: 120 }, (_, i) => `0x${(i % 100).toString(16)},${i % 3 === 0 ? 1 : 0},${(i % 3 === 0 ? 2 : 0) + (i % 7)},${i % 5}`);
  const table = readTable('t.csv', ['address,label,a,b', ...lines].join('\n'));
  const done: number[] = [];
  let clock = 0;
  const result = await trainTable({ table, models: ['logistic', 'mlp'], folds: 3, seed: 1 }, () => (clock += 1_000), (n) => done.push(n));
  expect(done).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(result.results.map((one) => one.evaluation.name)).toEqual(['logistic', 'mlp']);
  expect(result.results.every((one) => one.evaluation.auc.mean > 0.6 && one.rowsPerSecond > 0)).toBe(true);
  expect(result.perceptron).toBeDefined();
  const card = modelCard('t.csv', table, result, 'logistic', kindOf(table, false));
  expect(card).toContain('These figures are of this table alone');
  expect(card).not.toContain('Farrugia');
  expect(card).toContain('| logistic (best) |');
  expect(modelCard('t.csv', table, result, 'logistic', 'accounts')).toContain('| published: XGBoost, Farrugia 2020 | 0.963 +- 0.006 | 0.994 +- 0.0007 |');
  for (const best of result.results) {
    const json = jsonOf(table, result, best, 'table', undefined);
    expect([json['model'], json['backend'], json['rowsPerSecond']]).toEqual([best.evaluation.name, best.backend, best.rowsPerSecond]);
    expect([json['split'], 'published' in json]).toEqual(['a group is never split', false]);
  }
});

test('rows that equal another are counted, and the figures without them are those of the others', async () => {
  // 40 rows that tell their label, and twelve without a difference, of both labels.
  const lines = [...Array.from({ length: 40 }, (_, i) => `${i % 2},${10 * (i % 2) + i / 40},`), ...Array.from({ length: 12 }, (_, i) => `${i % 4 === 0 ? 1 : 0},,7`)];
  const table = readTable('t.csv', ['label,a,b', ...lines].join('\n'));
  expect([table.grouped, splitText(table, false)]).toEqual([false, 'no column of groups: rows that belong together may be on both sides (name one with --group)']);
  const { rows, cases, has } = equalRows(table);
  expect([rows, cases, has(39), has(40)]).toEqual([12, 3, false, true]);
  const result = await trainTable({ table, models: ['logistic'], folds: 4, seed: 1 }, () => 0, () => undefined);
  expect(result.results[0]?.alone?.auc.mean).toBe(1);
  expect(result.results[0]?.evaluation.auc.mean).toBeLessThan(1);
  expect(equalText(result)).toContain('12 rows (3 of them cases) equal another row in every column');
});

test('calibration is learned on what a fold learns from: it mends probabilities that are three times too bold', () => {
  const { table, shipped } = simulatedTable(5, 8);
  const folds = foldsOf({ table, models: [], folds: 4, seed: 1 });
  const { raw, beta, isotonic } = calibrationOf(folds, shipped.map((p) => Math.min(0.9, 3 * p + 0.1)), table.labels);
  expect(raw.calibrationError).toBeGreaterThan(0.1);
  expect(Math.max(beta.calibrationError, isotonic.calibrationError)).toBeLessThan(0.03);
});

test('a table with every feature of the address model gives a model that scores transfers, the same as from the features as the model takes them', () => {
  const events = simulateEvents({ seed: 12, tokens: 30, eventsPerToken: 100 });
  const cell = (value: number | null): string => (value === null ? '' : String(Math.min(value, 1e9)));
  const lines = events.map((event) => [event.token, event.day, event.label, ...Object.values(featuresOf(event.situation)).map(cell)].join());
  const table = readTable('t.csv', [['token', 'day', 'label', ...addressFeatures].join(), ...lines].join('\n'), { time: 'day' });
  const trained = addressModelOf(table, false, 1);
  const { table: taken } = simulatedTable(12, 30);
  expect(isAddressTable(table)).toBe(true);
  expect(addressRowsOf(table, false)).toEqual(events.map((event) => transformed(featuresOf(event.situation))));
  expect(addressRowsOf(taken, true)[0]).toEqual(Float64Array.from(taken.rows.values.subarray(0, addressFeatures.length)));
  expect(trained?.model.version).toBe('address-logistic-own');
  expect(readAddressModel(JSON.stringify({ addressModel: trained?.model }))).toEqual({ ok: true, value: trained?.model });
  if (trained === undefined) return;
  expect(addressText(trained)).toContain(`asked about the last ${String(trained.rows.check)} (${String(trained.check.cases)} cases)`);
  expect(addressJson(trained)).toMatchObject({ version: 'address-logistic-own', rows: trained.rows });
  expect(addressModelOf(withoutColumns(table, ['age']), false, 1)).toBeUndefined();
});

test('the worlds that the shipped model was fitted on are refused', async () => {
  const flags = { simulated: 2, model: 'logistic', folds: 2, json: true };
  for (const seed of [shippedSize.seed, shippedSize.seed + 2 ** 32]) {
    await expect(trainCommand({} as CommandContext, 'address-risk', { ...flags, seed })).rejects.toThrow('worlds that the shipped model was fitted on');
  }
});

test('on the data of Farrugia 2020 small trees of our own reach an area of 0.990, no address on both sides', async () => {
  const file = dataFile('address-model/farrugia-2020.csv');
  if (file === undefined) return;
  const table = readTable(file, readFileSync(file, 'utf8'));
  expect([table.rows.rows, table.rows.columns, table.rejected, new Set(table.groups).size]).toEqual([4681, 45, 0, 4676]);
  const { rows, cases } = equalRows(table);
  expect([kindOf(table, false), rows, cases]).toEqual(['accounts', 542, 531]);
  expect(table.leftOut.map((one) => one.column)).toEqual(['Index', 'ERC20 most sent token type', 'ERC20_most_rec_token_type']);
  for (const { train, test: asked } of foldsOf({ table, models: [], folds: 10, seed: 1 })) {
    const own = new Set(asked.map((i) => table.groups[i]));
    expect(train.some((i) => own.has(table.groups[i] ?? ''))).toBe(false);
  }
  // Fewer and faster trees than the command's: the whole takes a minute there.
  const evaluation = await crossValidate(treesLearner({ ...defaultTrees, trees: 120, learningRate: 0.15, columnShare: 0.4 }), table.rows, table.labels, groupedFolds(table.groups, table.labels, 3, 1));
  expect(evaluation.auc.mean).toBeGreaterThan(0.99);
  expect(evaluation.accuracy.mean).toBeGreaterThan(0.94);
});
