import type { RatioEstimate } from '../messages/common.ts';
import type { LiquidationMap } from '../messages/liquidation-map.ts';
import type { HawkesScore } from '../messages/score.ts';
import type { TailBacktest, TailLoss, TailScore } from '../messages/tail.ts';
import { leastTailForecasts, tailTestLevel } from '../tail-terms.ts';
import { formatDuration, formatFactor, formatShare } from './format.ts';
import type { Language } from './languages.ts';
import { phrasesOf } from './languages.ts';

/** Value at risk, expected shortfall and cascade expected shortfall side by side, without a full stop: `within 60 min: VaR 3.1 % (2.6 to 3.8 %), ES 4.4 % (3.5 to 6.1 %), cascade ES, with forced sales, 31 % (12 to 55 %)`. */
export function riskSentence(tail: Pick<TailScore, 'horizonSeconds' | 'valueAtRisk' | 'expectedShortfall' | 'cascadeExpectedShortfall'>, language: Language = 'en'): string {
  const said = (loss: TailLoss | null): string | null => (loss === null ? null : lossText(loss));
  return phrasesOf(language).riskSideBySide(formatDuration(tail.horizonSeconds * 1_000), lossText(tail.valueAtRisk), said(tail.expectedShortfall), said(tail.cascadeExpectedShortfall));
}

/** Losses at several moments, one line each under a sentence that says what they are; shares of the price, null where not known. No line where there is no moment. */
export function lossLines(losses: readonly { readonly when: string; readonly valueAtRisk: number; readonly expectedShortfall: number | null; readonly cascadeShortfall: number | null }[], language: Language = 'en'): readonly string[] {
  if (losses.length === 0) return [];
  const phrases = phrasesOf(language);
  const said = (loss: number | null): string | null => (loss === null ? null : formatShare(loss));
  return [phrases.lossesIntro, ...losses.map(({ when, valueAtRisk, expectedShortfall, cascadeShortfall }) => `  ${when}  ${phrases.lossesShort(formatShare(valueAtRisk), said(expectedShortfall), said(cascadeShortfall))}`)];
}

function lossText({ value, low, high }: TailLoss): string {
  const [from, to] = [formatShare(low), formatShare(high)];
  return from === to ? formatShare(value) : `${formatShare(value)} (${from.replace(/ %$/, '')} to ${to})`;
}

/** Tests of a backtest that the model fails, in the order in which they are told. */
export function failedTests({ coverage, independence, z2, z2Critical }: TailBacktest): readonly ('coverage' | 'independence' | 'shortfall')[] {
  return [...(coverage < tailTestLevel ? ['coverage' as const] : []), ...(independence < tailTestLevel ? ['independence' as const] : []), ...(z2 < z2Critical ? ['shortfall' as const] : [])];
}

/** What came of the forecasts of single bars, or how many are missing until that can be said (nothing of it from a score that does not count them). */
export function backtestSentence({ barSeconds, forecasts, backtest }: Pick<TailScore, 'barSeconds' | 'forecasts' | 'backtest'>, language: Language = 'en'): string {
  const phrases = phrasesOf(language);
  const bar = formatDuration(barSeconds * 1_000);
  if (backtest === null || backtest === undefined) return phrases.backtestWaits(bar, String(leastTailForecasts), forecasts === undefined ? null : String(Math.max(1, leastTailForecasts - forecasts)));
  return phrases.backtest(bar, String(backtest.forecasts), String(backtest.exceedances), String(Math.round(backtest.expected)), failedTests(backtest).map((test) => phrases.backtestName[test]));
}

/** What the positions of a map rest on, as shares of all dollars in it; they add up to 1, or are all 0 where there are none. */
export interface PositionBasis {
  readonly exact: number;
  readonly inferred: number;
  readonly priorOnly: number;
}

/** Adds up what a map rests on: positions of venues that publish every one, those inferred from what was observed, and those that rest on the prior alone. O(venues · steps). */
export function basisOf({ venues }: Pick<LiquidationMap, 'venues'>): PositionBasis {
  let [exact, inferred, priorOnly] = [0, 0, 0];
  for (const { status, long, short, longPrior, shortPrior } of venues) {
    const all = sum(long) + sum(short);
    if (status === 'exact') exact += all;
    else {
      const prior = Math.min(all, sum(longPrior) + sum(shortPrior));
      priorOnly += prior;
      inferred += all - prior;
    }
  }
  const total = exact + inferred + priorOnly;
  return total > 0 && Number.isFinite(total) ? { exact: exact / total, inferred: inferred / total, priorOnly: priorOnly / total } : { exact: 0, inferred: 0, priorOnly: 0 };
}

/** What the positions of a map rest on, in words; parts below half a per cent are left out. */
export function positionsSentence(map: Pick<LiquidationMap, 'venues'>, language: Language = 'en'): string {
  const phrases = phrasesOf(language);
  const { exact, inferred, priorOnly } = basisOf(map);
  if (exact + inferred + priorOnly === 0) return phrases.noPositionsKnown;
  const said = (share: number): string | null => (share < 0.005 ? null : formatShare(share));
  return phrases.positionsRest(said(exact), said(inferred), said(priorOnly));
}

/** What published liquidations say of the reproduction number, beside what the engine says, and whether one of the two must be wrong. */
export function branchingSentence({ branching, events, disagreement }: HawkesScore, reproduction: RatioEstimate | null, language: Language = 'en'): string {
  return phrasesOf(language).branching(factorText(branching), String(events), reproduction === null ? null : factorText(reproduction), disagreement);
}

function factorText({ value, low, high }: RatioEstimate): string {
  const [from, to] = [formatFactor(low), formatFactor(high)];
  return from === to ? formatFactor(value) : `${formatFactor(value)} (${from} to ${to})`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + (Number.isFinite(value) && value > 0 ? value : 0), 0);
}
