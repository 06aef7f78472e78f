import type { Language, ScoreMessage, TailLoss, TailPoint, TailScore } from '@breakwater/contracts';
import { riskWordsOf } from './risk-words.ts';
import { drawable } from './scale.ts';

/** What a tail is drawn from; `tailOfScore` makes one. */
export type TailInput = Pick<ScoreMessage, 'asset' | 'eventTime' | 'tail'>;

/** The tail of a score. */
export function tailOfScore({ asset, eventTime, tail }: ScoreMessage): TailInput {
  return { asset, eventTime, tail };
}

/** A figure of the tail, and where it stands: on the curve it belongs to. */
export interface TailMark {
  readonly kind: 'value-at-risk' | 'shortfall' | 'cascade';
  readonly level: number;
  readonly loss: number;
  readonly low: number;
  readonly high: number;
  /** How probable a larger loss is, > 0. */
  readonly probability: number;
}

/** A point of a tail: both coordinates > 0. */
export interface LossPoint {
  readonly loss: number;
  readonly probability: number;
}

/** A tail in plain numbers, all of them drawable on logarithmic axes. */
export interface TailDrawing {
  readonly tail: TailScore;
  readonly curve: readonly LossPoint[];
  readonly forced: readonly LossPoint[] | undefined;
  readonly observed: readonly LossPoint[];
  readonly marks: readonly TailMark[];
}

/** Why there is no tail, or its numbers. */
export type TailFigures = { readonly kind: 'empty'; readonly why: string } | ({ readonly kind: 'tail' } & TailDrawing);

/** Smaller losses are no losses; rarer ones than once in a hundred thousand horizons (eleven years of hours) are beyond any history of a coin. [A] */
const leastLoss = 1e-5;
const leastProbability = 1e-5;

/** The numbers of a tail, or why there are none. O(points). */
export function tailFigures({ asset, tail }: TailInput, language: Language): TailFigures {
  const words = riskWordsOf(language);
  if (tail === undefined) return { kind: 'empty', why: words.noTail(asset) };
  const curve = tail === null ? [] : pointsOf(tail.curve);
  if (tail === null || curve.length < 2) return { kind: 'empty', why: words.tooShort(asset) };
  const forced = tail.forcedCurve === null ? [] : pointsOf(tail.forcedCurve);
  const marks = [
    markOf('value-at-risk', tail.valueAtRisk, curve), markOf('shortfall', tail.expectedShortfall, curve), markOf('cascade', tail.cascadeExpectedShortfall, forced.length < 2 ? curve : forced),
  ].filter((mark) => mark !== undefined);
  return { kind: 'tail', tail, curve, forced: forced.length < 2 ? undefined : forced, observed: pointsOf(tail.observed), marks };
}

function pointsOf(points: readonly TailPoint[]): readonly LossPoint[] {
  return points
    .map(([loss, probability]) => ({ loss: drawable(loss) ?? 0, probability: drawable(probability) ?? 0 }))
    .filter(({ loss, probability }) => loss >= leastLoss && loss <= 1 && probability >= leastProbability && probability <= 1)
    .sort((a, b) => a.loss - b.loss || b.probability - a.probability);
}

function markOf(kind: TailMark['kind'], of: TailLoss | null, curve: readonly LossPoint[]): TailMark | undefined {
  const loss = drawable(of?.value);
  if (of === null || loss === undefined || loss < leastLoss || loss > 1) return undefined;
  const [low, high] = [Math.min(loss, Math.max(leastLoss, of.low)), Math.max(loss, Math.min(1, of.high))];
  // A value at risk is a point of its curve by what it is; a mean beyond a level stands where its curve has that loss.
  return { kind, level: of.level, loss, low, high, probability: kind === 'value-at-risk' ? 1 - of.level : (probabilityAt(curve, loss) ?? curve.at(-1)?.probability ?? 1 - of.level) };
}

/** How probable a loss of more than `loss` is on a curve, between its points on logarithmic axes; undefined beyond its end. O(points). */
export function probabilityAt(curve: readonly LossPoint[], loss: number): number | undefined {
  const next = curve.findIndex((point) => point.loss >= loss);
  const [a, b] = [curve[next - 1], curve[next]];
  if (b === undefined) return undefined;
  if (a === undefined || b.loss <= a.loss) return b.probability;
  const share = Math.log(loss / a.loss) / Math.log(b.loss / a.loss);
  return Math.exp(Math.log(a.probability) + share * Math.log(b.probability / a.probability));
}
