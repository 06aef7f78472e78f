import { assert, err, ok, type Result } from '../../core/index.ts';
import { fitHawkes, type HawkesFit, type HawkesProblem, type HawkesQuestion } from './fit-hawkes.ts';

/** Fits whose criterion is within this of the least are not without support (Burnham and Anderson 2002, section 2.6). */
const SUPPORTED = 10;
const PIECES = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96] as const;

/**
 * Fits with each of several numbers of baseline pieces (ascending): a baseline that is too stiff reads a busy hour as branching, one that is too fine reads branching as busy minutes. The figures are those of the fit with the least
 * -2 log-likelihood / dispersion + 2 parameters (Akaike 1974, with the dispersion of the finest fit; a criterion that asks for more stays with a stiff baseline over minutes that swing). The band of the ratio holds the bands of all fits
 * within 10 of it, and of the next coarser and finer one, since pieces rarely begin where the baseline turns: over baselines that were constant, swung from piece to piece or drifted it held the truth in nine runs of ten. Numbers that leave
 * fewer than ten events a piece and kind on average are left out. Fits that did not converge are left out while any did. As much work as the fits.
 */
export function fitHawkesChoosing(question: Omit<HawkesQuestion, 'pieces' | 'edges'>, choices: readonly number[] = PIECES): Result<HawkesFit, HawkesProblem> {
  assert(choices.length > 0, 'at least one number of pieces');
  const kinds = question.count ?? 1;
  const fits: HawkesFit[] = [];
  for (const pieces of choices) {
    if (fits.length > 0 && question.times.length < 10 * pieces * kinds) continue;
    const fit = fitHawkes({ ...question, pieces });
    if (!fit.ok) return fit;
    fits.push(fit.value);
  }
  const settled = fits.filter(({ converged }) => converged);
  const candidates = settled.length > 0 ? settled : fits;
  const dispersion = candidates.at(-1)?.dispersion ?? 1;
  const scores = candidates.map(({ logLikelihood, edges }) => (-2 * logLikelihood) / dispersion + 2 * kinds * (edges.length - 1));
  const least = Math.min(...scores);
  const chosen = scores.indexOf(least);
  const best = candidates[chosen];
  if (best === undefined) return err('too-few');
  const open = candidates.filter((_, i) => Math.abs(i - chosen) <= 1 || (scores[i] ?? NaN) <= least + SUPPORTED);
  const ratio = { value: best.ratio.value, low: Math.min(...open.map((fit) => fit.ratio.low)), high: Math.max(...open.map((fit) => fit.ratio.high)) };
  return ok({ ...best, ratio });
}
