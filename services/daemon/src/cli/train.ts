import { writeFileSync } from 'node:fs';
import { figuresOver, shippedSize, type Brier, type FoldFigures } from '@breakwater/models/address-risk';
import type { Command } from 'commander';
import { CommandError, printJson, printTable, type CommandContext } from './context.ts';
import { readUserFile, reasonOf } from './files.ts';
import { startProgress } from './progress.ts';
import { addressJson, addressModelOf, addressText } from './train-address.ts';
import { equalText, kindOf, modelCard, published, remarks, splitText, withError, type TableKind } from './train-card.ts';
import { ablations, calibrationOf, fitsOf, foldsOf, simulatedTable, trainTable, trainedModels, withoutColumns, worthOf, type TrainedResult, type TrainingPlan, type TrainingResult } from './train-run.ts';
import { readTable, type LabelledTable } from './train-table.ts';

/** Flags of `train`, as parsed. */
export interface TrainFlags {
  readonly data?: string;
  readonly simulated?: number;
  readonly model: string;
  readonly folds: number;
  readonly seed: number;
  readonly label?: string;
  readonly group?: string;
  readonly time?: string;
  readonly ignore?: readonly string[];
  readonly out?: string;
  readonly card?: string;
  readonly json: boolean;
}

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
const round = (x: number, places = 4): number => Number(x.toFixed(places));

/** Joins `train` to the command line; `whole` reads a number from 1 up. */
export function addTrainCommand(train: Command, context: CommandContext, whole: (text: string) => number): void {
  train
    .argument('<what>', 'address-risk')
    .option('--data <csv>', 'a labelled table: a header, a column FLAG or label of 0 and 1, and a column address or token that says what belongs together')
    .option('--simulated <tokens>', 'instead of a file: worlds that the shipped model was not fitted on, with so many tokens of 200 transfers each', whole)
    .option('--model <name>', 'logistic, trees, mlp (TensorFlow.js) or all', 'all')
    .option('--folds <n>', 'parts that are asked about in turn', whole, 10)
    .option('--seed <n>', 'seed of folds, trees and first weights', whole, 1)
    .option('--label <column>', 'the column of the label')
    .option('--group <column>', 'the column of what may not be split across folds')
    .option('--time <column>', 'a column of time: folds then ask about what came later than what they learned from')
    .option('--ignore <column...>', 'columns not to learn from')
    .option('--out <file>', 'write the best model, fitted on all rows, as JSON, and one that scores transfers where the table has their features')
    .option('--card <file>', 'write the model card of this training as Markdown')
    .action((what: string, flags: TrainFlags) => trainCommand(context, what, flags));
}

/** `breakwater train address-risk`: trains, evaluates on rows that were not seen, and writes the model and its card. */
export async function trainCommand(context: CommandContext, what: string, flags: TrainFlags): Promise<void> {
  if (what !== 'address-risk') throw new CommandError(`no model '${what}' is trained: there is address-risk. Run \`breakwater train --help\`.`, 2);
  const models = flags.model === 'all' ? trainedModels : trainedModels.filter((name) => name === flags.model);
  if (models.length === 0) throw new CommandError(`no model '${flags.model}': there are ${trainedModels.join(', ')} and all.`, 2);
  if ((flags.data === undefined) === (flags.simulated === undefined)) throw new CommandError('give --data with a file, or --simulated. Run `breakwater train --help`.', 2);
  // Seeds are taken by their lower 32 bits.
  if (flags.simulated !== undefined && flags.seed >>> 0 === shippedSize.seed) throw new CommandError(`seed ${flags.seed} makes the worlds that the shipped model was fitted on: give another --seed.`, 2);
  const simulated = flags.simulated === undefined ? undefined : simulatedTable(flags.seed, flags.simulated);
  const table = simulated?.table ?? readTable(flags.data ?? '', readUserFile(flags.data ?? ''), flags);
  const groups = new Set(table.groups).size;
  if (flags.folds < 2 || flags.folds > groups) throw new CommandError(`${flags.folds} folds cannot be made of ${groups} groups: give --folds from 2 to ${groups}.`, 2);
  const plan: TrainingPlan = { table, models, folds: flags.folds, seed: flags.seed };
  if (foldsOf(plan).length === 0) throw new CommandError('no fold has rows to learn from and rows to ask about: the times are too close together. Leave --time away.');
  const source = flags.data ?? 'simulated worlds';
  const progress = startProgress(context, 'training', fitsOf(plan), 'fits', nowMs);
  const result = await trainTable(plan, nowMs, (done) => progress.update(done)).finally(() => progress.stop());
  const best = bestOf(result, simulated !== undefined);
  const kind = kindOf(table, simulated !== undefined);
  const address = addressModelOf(table, simulated !== undefined, flags.seed);
  if (flags.out !== undefined) write(flags.out, `${JSON.stringify({ model: best.evaluation.name, columns: table.columns, source, fitted: best.data, ...(address === undefined ? {} : { addressModel: address.model }) })}\n`);
  if (flags.card !== undefined) write(flags.card, modelCard(source, table, result, best.evaluation.name, kind));
  const worlds = simulated === undefined ? undefined : await askWorlds(plan, result, simulated.shipped);
  const extra = address === undefined ? worlds : { ...worlds, addressModel: addressJson(address) };
  if (flags.json) printJson(context, jsonOf(table, result, best, kind, extra));
  else {
    printResult(context, source, table, result, best, kind, worlds);
    if (address !== undefined) context.stdout.write(`${addressText(address)}\n`);
  }
}

/** Best by what matters: average precision where cases are rare, else the area under the ROC curve. */
function bestOf({ results }: TrainingResult, rare: boolean): TrainedResult {
  const figure = ({ evaluation: e }: TrainedResult): number => (rare ? e.precisionRecall.mean : e.auc.mean);
  return results.reduce((a, b) => (figure(b) > figure(a) ? b : a));
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new CommandError(`${path} was not written: ${reasonOf(error)}. Check the path.`);
  }
}

const figuresJson = ({ accuracy, auc, precisionRecall: area }: FoldFigures): Record<string, number> => ({
  accuracy: round(accuracy.mean), accuracySe: round(accuracy.standardError, 5), auc: round(auc.mean, 5), aucSe: round(auc.standardError, 5), prAuc: round(area.mean, 5), prAucSe: round(area.standardError, 5),
});
const brierJson = ({ score, calibrationError }: Brier): Record<string, number> => ({ brier: round(score, 5), calibrationError: round(calibrationError, 5) });

/** Of simulated worlds also: how the shipped coefficients do on the same folds (as they are; calibrated for comparison), what the logistic loses without some columns, what alerts would be worth. */
async function askWorlds(plan: TrainingPlan, { folds }: TrainingResult, shipped: Float64Array): Promise<Record<string, unknown>> {
  const { table } = plan;
  const without: Record<string, unknown> = {};
  for (const [name, columns] of Object.entries(ablations)) {
    const { results: [found] } = await trainTable({ ...plan, table: withoutColumns(table, columns), models: ['logistic'] }, nowMs, () => undefined);
    if (found !== undefined) without[name] = figuresJson(found.evaluation);
  }
  const asked = new Set(folds.flatMap((fold) => fold.test));
  const worth = worthOf(table, shipped.map((x, i) => (asked.has(i) ? x : NaN)));
  const { raw, beta, isotonic } = calibrationOf(folds, shipped, table.labels);
  return {
    shipped: { ...figuresJson(figuresOver(folds, shipped, table.labels)), ...brierJson(raw) }, shippedCalibrated: { beta: brierJson(beta), isotonic: brierJson(isotonic) }, logisticWithout: without,
    shippedAlerts: { precision: round(worth.budget.precision), recall: round(worth.budget.recall), alerts: worth.budget.alerts }, shippedNetBenefit: worth.netBenefit.map((one) => ({ threshold: one.threshold, benefit: round(one.benefit, 6), always: round(one.always, 6) })),
  };
}

/** The first line of figures and what trained it are the best model's, all of them. */
export function jsonOf(table: LabelledTable, { results, folds, blocked, equal, perceptron, fallback }: TrainingResult, best: TrainedResult, kind: TableKind, extra: Record<string, unknown> | undefined): Record<string, unknown> {
  const e = best.evaluation;
  const cases = table.labels.reduce((a, b) => a + b, 0);
  return {
    folds: folds.length, accuracy: round(e.accuracy.mean), accuracySe: round(e.accuracy.standardError, 5), auc: round(e.auc.mean, 5), aucSe: round(e.auc.standardError, 5), backend: best.backend, rowsPerSecond: best.rowsPerSecond,
    model: e.name, rows: table.labels.length, cases, groups: table.grouped ? new Set(table.groups).size : null, columns: table.columns.length, rejected: table.rejected, leftOut: table.leftOut, split: splitText(table, blocked), equalRows: equal.rows, equalCases: equal.cases,
    models: results.map(({ evaluation: m, alone, backend, rowsPerSecond, seconds }) => ({
      model: m.name, accuracy: round(m.accuracy.mean), accuracySe: round(m.accuracy.standardError, 5), auc: round(m.auc.mean, 5), aucSe: round(m.auc.standardError, 5), prAuc: round(m.precisionRecall.mean, 5), prAucSe: round(m.precisionRecall.standardError, 5),
      prevalence: round(m.pooled.precisionRecall.prevalence), brier: round(m.pooled.brier.score, 5), calibrationError: round(m.pooled.brier.calibrationError, 5), delong: { auc: round(m.pooled.auc.auc, 5), low: round(m.pooled.auc.low, 5), high: round(m.pooled.auc.high, 5) },
      ...(alone === undefined ? {} : { withoutEqualRows: figuresJson(alone) }), backend, rowsPerSecond, seconds: round(seconds, 1),
    })),
    ...(perceptron === undefined ? {} : { mlpOverLogistic: { prAuc: round(perceptron.difference.mean, 5), prAucSe: round(perceptron.difference.standardError, 5), wins: perceptron.wins } }), ...(fallback === undefined ? {} : { fallback }),
    ...(kind === 'accounts' ? { published: { accuracy: published.farrugia2020.accuracy, accuracyError: published.farrugia2020.accuracyError, auc: published.farrugia2020.auc, aucError: published.farrugia2020.aucError, of: 'Farrugia 2020' } } : {}), ...extra, note: remarks[kind],
  };
}

function printResult(context: CommandContext, source: string, table: LabelledTable, result: TrainingResult, best: TrainedResult, kind: TableKind, extra: Record<string, unknown> | undefined): void {
  const { results, folds, blocked, perceptron, fallback } = result;
  const cases = table.labels.reduce((a, b) => a + b, 0);
  const out = (text: string): void => void context.stdout.write(`${text}\n`);
  out(`${source}: ${table.labels.length} rows (${cases} cases)${table.grouped ? ` of ${new Set(table.groups).size} groups` : ''}, ${table.columns.length} columns; ${folds.length} folds, ${splitText(table, blocked)}.`);
  if (table.leftOut.length > 0) out(`Left out: ${table.leftOut.map(({ column, why }) => `${column} (${why})`).join(', ')}.`);
  if (table.rejected > 0) out(`Not read: ${table.rejected} rows (first: ${table.firstRejected ?? ''}).`);
  out('');
  const rows: (string | number | null)[][] = results.map(({ evaluation: e, backend, rowsPerSecond, seconds }) => [
    `${e.name}${e === best.evaluation ? ' (best)' : ''}`, withError(e.accuracy), withError(e.auc), withError(e.precisionRecall), e.pooled.brier.score.toFixed(4), e.pooled.brier.calibrationError.toFixed(4), backend, String(rowsPerSecond), seconds.toFixed(1),
  ]);
  const { farrugia2020: f } = published;
  if (kind === 'accounts') rows.push([`published (${f.model}, Farrugia 2020)`, `${f.accuracy} +- ${f.accuracyError}`, `${f.auc} +- ${f.aucError}`, '', '', '', '', '', '']);
  printTable(context, ['model', 'accuracy', 'AUC', 'average precision', 'Brier', 'calibration error', 'backend', 'rows a second', 's'], rows);
  out(`\nStandard errors are over folds. A score that says nothing has an average precision of ${(cases / table.labels.length).toFixed(4)}.`);
  const equal = equalText(result);
  if (equal !== undefined) out(equal);
  if (perceptron !== undefined) out(`The perceptron is ${withError(perceptron.difference)} of average precision ahead of the logistic regression: it ${perceptron.wins ? 'may' : 'may not'} replace it here.`);
  if (fallback !== undefined) out(`${fallback}.`);
  if (extra !== undefined) out(JSON.stringify(extra));
  out(remarks[kind]);
}
