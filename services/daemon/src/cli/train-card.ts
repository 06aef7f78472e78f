import { shippedCoefficients } from '@breakwater/models/address-risk';
import type { TrainingResult } from './train-run.ts';
import type { LabelledTable } from './train-table.ts';

/** Figures that others published for the classification of accounts: none is the task of warning (see the card). */
export const published = {
  farrugia2020: { model: 'XGBoost', accuracy: 0.963, accuracyError: 0.006, auc: 0.994, aucError: 0.0007, rows: '2,179 illicit and 2,502 normal accounts, 42 features' },
} as const;

/** A mean with its standard error, to four digits. */
export function withError({ mean, standardError }: { readonly mean: number; readonly standardError: number }): string {
  return `${mean.toFixed(4)} +- ${standardError.toFixed(4)}`;
}

/** The model card of one training as Markdown. */
export function modelCard(source: string, table: LabelledTable, { results, folds, blocked, perceptron, fallback }: TrainingResult, best: string): string {
  const cases = table.labels.reduce((a, b) => a + b, 0);
  const rows = results.map(({ evaluation: e, backend, seconds }) => `| ${e.name}${e.name === best ? ' (best)' : ''} | ${withError(e.accuracy)} | ${withError(e.auc)} | ${withError(e.precisionRecall)} | ${e.pooled.brier.score.toFixed(4)} | ${e.pooled.brier.calibrationError.toFixed(4)} | ${backend} | ${seconds.toFixed(1)} |`);
  const { farrugia2020: f } = published;
  return [
    `# Model card: ${source}`, '',
    '**A check of the machinery, not the task.** Telling illicit accounts from normal ones by what they did in their whole life is another and much easier question than whether a price falls after a transfer, at a prevalence of about one in a hundred, from what was known before it. Nothing here says how well the warnings will do.', '',
    '## Data', '',
    `- ${table.labels.length} rows, ${cases} of them cases (${((100 * cases) / table.labels.length).toFixed(1)} %), ${new Set(table.groups).size} groups (addresses), ${table.columns.length} columns; ${table.rejected} rows were not read${table.firstRejected === undefined ? '' : ` (first: ${table.firstRejected})`}.`,
    `- Left out: ${table.leftOut.length === 0 ? 'nothing' : table.leftOut.map(({ column, why }) => `${column} (${why})`).join(', ')}.`,
    blocked ? `- ${folds.length} folds by time and token, a day of embargo: a model never saw the token or the time it was asked about.` : `- ${folds.length} folds; rows of one address are never on both sides.`, '',
    '## Figures', '', '| model | accuracy | area under the ROC curve | average precision | Brier | calibration error | backend | seconds |', '|---|---|---|---|---|---|---|---|', ...rows,
    ...(blocked ? [] : [`| published: ${f.model}, Farrugia 2020 | ${f.accuracy} +- ${f.accuracyError} | ${f.auc} +- ${f.aucError} | | | | | |`]), '',
    `Means over folds with standard errors over folds (which share what they learn from, so the errors are a little small); Brier score and calibration error over all rows together. A score that says nothing has an average precision of ${(cases / table.labels.length).toFixed(4)}.`,
    ...(perceptron === undefined ? [] : ['', `The perceptron is ${withError(perceptron.difference)} of average precision ahead of the logistic regression: it ${perceptron.wins ? 'may' : 'may not'} replace it here (more than one standard error is asked for).`]),
    ...(fallback === undefined ? [] : ['', `${fallback}.`]), '',
    '## What scores transfers', '', `\`${shippedCoefficients.version}\`: a logistic regression whose coefficients come from simulated worlds. Of real transfers expect an area of 0.60 to 0.75; see docs/address-risk.md.`, '',
  ].join('\n');
}
