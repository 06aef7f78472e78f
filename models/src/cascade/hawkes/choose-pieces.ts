import { assert, err, type Result } from '../../core/index.ts';
import { fitHawkes, type HawkesFit, type HawkesProblem, type HawkesQuestion } from './fit-hawkes.ts';

/**
 * Fits with each of several numbers of baseline pieces and keeps the fit with the least -2 log-likelihood + parameters x log(events) (Schwarz 1978): a baseline that is too stiff reads a busy hour as branching, one
 * that is too fine reads branching as busy minutes. Default 1, 2, 4, 8, 16 and 32, of which those with fewer than ten events a piece and kind on average are left out. As much work as the fits.
 */
export function fitHawkesChoosing(question: Omit<HawkesQuestion, 'pieces' | 'edges'>, choices: readonly number[] = [1, 2, 4, 8, 16, 32]): Result<HawkesFit, HawkesProblem> {
  assert(choices.length > 0, 'at least one number of pieces');
  const kinds = question.count ?? 1;
  let best: { readonly fit: Result<HawkesFit, HawkesProblem>; readonly score: number } | undefined;
  for (const pieces of choices) {
    if (best !== undefined && question.times.length < 10 * pieces * kinds) continue;
    const fit = fitHawkes({ ...question, pieces });
    if (!fit.ok) return fit;
    const score = -2 * fit.value.logLikelihood + (kinds * pieces + kinds * kinds + 1) * Math.log(question.times.length);
    if (best === undefined || score < best.score) best = { fit, score };
  }
  return best?.fit ?? err('too-few');
}
