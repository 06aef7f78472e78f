import { shippedCoefficients } from '@breakwater/models/address-risk';
import { embargoDays, type TrainingResult } from './train-run.ts';
import type { LabelledTable } from './train-table.ts';

/** Figures that others published for the classification of accounts: none is the task of warning (see the card). */
export const published = {
  farrugia2020: { model: 'XGBoost', accuracy: 0.963, accuracyError: 0.006, auc: 0.994, aucError: 0.0007, rows: '2,179 illicit and 2,502 normal accounts, 42 features' },
} as const;

/** A mean with its standard error, to four digits. */
export function withError({ mean, standardError }: { readonly mean: number; readonly standardError: number }): string {
  return `${mean.toFixed(4)} +- ${standardError.toFixed(4)}`;
}

/** What a table is of: the accounts of Farrugia 2020, simulated worlds, or anything else. */
export type TableKind = 'accounts' | 'worlds' | 'table';

/** Columns that only the data of Farrugia 2020 has together. */
const farrugiaColumns = ['Avg min between sent tnx', 'Time Diff between first and last (Mins)', 'total ether balance', 'ERC20 uniq rec contract addr'];

/** Tells it by the columns. */
export function kindOf({ columns }: LabelledTable, simulated: boolean): TableKind {
  return simulated ? 'worlds' : farrugiaColumns.every((name) => columns.includes(name)) ? 'accounts' : 'table';
}

/** What figures of each kind say, and do not. */
export const remarks: Readonly<Record<TableKind, string>> = {
  accounts: 'This checks the machinery: it tells illicit accounts from normal ones, and says nothing of whether a price falls after a transfer.',
  worlds: 'These are simulated worlds: what the model finds of its own assumptions, and no evidence of real transfers.',
  table: 'These figures are of this table alone; what scores transfers was not fitted on it.',
};

/** How rows were parted. */
export function splitText({ grouped }: LabelledTable, blocked: boolean): string {
  if (blocked) return grouped ? 'later times and other groups than were learned from' : 'later times than were learned from; no column of groups';
  return grouped ? 'a group is never split' : 'no column of groups: rows that belong together may be on both sides (name one with --group)';
}

/** Rows that equal another, and what is found without them; undefined where there are none. */
export function equalText({ equal, results }: TrainingResult): string | undefined {
  if (equal.rows === 0) return undefined;
  const figures = results.flatMap(({ evaluation, alone }) => (alone === undefined ? [] : [`${evaluation.name} accuracy ${withError(alone.accuracy)}, AUC ${withError(alone.auc)}`]));
  return `${equal.rows} rows (${equal.cases} of them cases) equal another row in every column, so that a model may have seen them whatever the split; asked about all others only: ${figures.join('; ')}.`;
}

/** The model card of one training as Markdown. */
export function modelCard(source: string, table: LabelledTable, result: TrainingResult, best: string, kind: TableKind): string {
  const { results, folds, blocked, perceptron, fallback } = result;
  const cases = table.labels.reduce((a, b) => a + b, 0);
  const rows = results.map(({ evaluation: e, backend, seconds }) => `| ${e.name}${e.name === best ? ' (best)' : ''} | ${withError(e.accuracy)} | ${withError(e.auc)} | ${withError(e.precisionRecall)} | ${e.pooled.brier.score.toFixed(4)} | ${e.pooled.brier.calibrationError.toFixed(4)} | ${backend} | ${seconds.toFixed(1)} |`);
  const { farrugia2020: f } = published;
  const equal = equalText(result);
  const aside = kind === 'accounts' ? ['**A check of the machinery, not the task.** Telling illicit accounts from normal ones by what they did in their whole life is another and much easier question than whether a price falls after a transfer, at a prevalence of about one in a hundred, from what was known before it. Nothing here says how well the warnings will do.'] : [`**${remarks[kind]}**`];
  return [
    `# Model card: ${source}`, '', ...aside, '',
    '## Data', '',
    `- ${table.labels.length} rows, ${cases} of them cases (${((100 * cases) / table.labels.length).toFixed(1)} %), ${table.grouped ? `${new Set(table.groups).size} groups` : 'no column of groups'}, ${table.columns.length} columns; ${table.rejected} rows were not read${table.firstRejected === undefined ? '' : ` (first: ${table.firstRejected})`}.`,
    `- Left out: ${table.leftOut.length === 0 ? 'nothing' : table.leftOut.map(({ column, why }) => `${column} (${why})`).join(', ')}.`,
    `- ${folds.length} folds, ${splitText(table, blocked)}${blocked ? `; ${embargoDays} day of embargo` : ''}.`,
    ...(equal === undefined ? [] : [`- ${equal}`]), '',
    '## Figures', '', '| model | accuracy | area under the ROC curve | average precision | Brier | calibration error | backend | seconds |', '|---|---|---|---|---|---|---|---|', ...rows,
    ...(kind === 'accounts' ? [`| published: ${f.model}, Farrugia 2020 | ${f.accuracy} +- ${f.accuracyError} | ${f.auc} +- ${f.aucError} | | | | | |`] : []), '',
    `Means over folds with standard errors over folds (which share what they learn from, so the errors are a little small); Brier score and calibration error over all rows together. A score that says nothing has an average precision of ${(cases / table.labels.length).toFixed(4)}.`,
    ...(perceptron === undefined ? [] : ['', `The perceptron is ${withError(perceptron.difference)} of average precision ahead of the logistic regression: it ${perceptron.wins ? 'may' : 'may not'} replace it here (more than one standard error is asked for).`]),
    ...(fallback === undefined ? [] : ['', `${fallback}.`]), '',
    '## What scores transfers', '', `\`${shippedCoefficients.version}\`: a logistic regression whose coefficients come from simulated worlds. Of real transfers expect an area of 0.60 to 0.75; see docs/address-risk.md.`, '',
  ].join('\n');
}
