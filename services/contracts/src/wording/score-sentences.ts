import { ratio } from '@breakwater/models/core';
import type { ScoreMessage } from '../messages/score.ts';
import type { Reason } from '../messages/warning.ts';
import { howSureOf } from './how-sure.ts';
import { phrasesOf } from './languages.ts';
import type { Figures, WordingOptions } from './sentences.ts';
import { depositSentence, ignitionFacts, ignitionSentence, reasonText, reproductionText } from './sentences.ts';

/** A score in words, in the order in which it is to be read: what an asset without an open warning says. Plain text. */
export interface ScoreSentences {
  /** What sale would set off forced sales and where they would end, and what was just deposited. */
  readonly headline: string;
  /** What the figures rest on, without a full stop, most telling first. */
  readonly why: readonly string[];
  /** How far the inputs can be trusted and which are missing. */
  readonly howSure: string;
}

const dayMs = 86_400_000;
/** Depth lost since the day's high, and threshold lost since yesterday, that is worth a line: less is the market's usual breathing [A]. */
const tellingDepth = 0.2;
const tellingThreshold = 0.9;

/** Says a score with the phrases of warnings. Never fails: what is not known is said or left out. */
export function scoreSentences(score: ScoreMessage, options: Pick<WordingOptions, 'language' | 'audience'>): ScoreSentences {
  const phrases = phrasesOf(options.language);
  const { horizon, largest } = score.deposits;
  const figures: Figures = {
    eventTime: score.eventTime, horizonSeconds: score.horizonSeconds, price: score.price, ignitionUsd: score.ignitionUsd, landingPrice: score.landingPrice,
    trigger: largest, depositsUsd: horizon.count === 0 ? null : horizon.usd, reasons: reasonsOf(score),
  };
  const ignition = nothingIgnites(score) ? phrases.ignitionNone(options.audience) : ignitionSentence(figures, ignitionFacts(figures), phrases, options.audience);
  return {
    headline: [ignition, ...depositSentence(figures, phrases)].join(' '),
    why: [...figures.reasons.map((reason) => reasonText(reason, figures, phrases, options.audience)).filter((text) => text !== null), ...reproductionText(score.network?.reproduction, phrases, options.audience)],
    howSure: howSureOf({ inputs: score.inputs, reasons: figures.reasons }, phrases),
  };
}

/** Whether all that a threshold needs was read, so that its absence means that no sale ignites, and not that it is not known. */
export function nothingIgnites(score: ScoreMessage): boolean {
  return score.ignitionUsd === null && !score.ignitedAtZero && score.price !== null && score.depth2pctUsd !== null && score.openInterestUsd !== null;
}

function reasonsOf(score: ScoreMessage): readonly Reason[] {
  const reasons: Reason[] = [];
  const { horizon, day } = score.deposits;
  const forced = score.forcedShare !== null && score.forcedShare > 0;
  if (score.ignitedAtZero && forced) reasons.push({ code: 'ignited-at-zero' });
  for (const window of horizon.count > 1 ? [horizon, day] : [day]) {
    const said = window === day && day.count === horizon.count && horizon.count > 0;
    if (window.usd !== null && window.count > 0 && !said) reasons.push({ code: 'deposits', usd: window.usd, windowSeconds: window.windowSeconds, count: window.count });
  }
  const high = score.earlier.depth2pctUsdDayHigh;
  if (score.depth2pctUsd !== null && high !== null && high > 0 && score.depth2pctUsd <= (1 - tellingDepth) * high) {
    reasons.push({ code: 'depth-fell', share: ratio(1 - score.depth2pctUsd / high), sinceMs: dayMs });
  }
  const before = score.earlier.ignitionUsdDayAgo;
  if (score.ignitionUsd !== null && before !== null && score.ignitionUsd.value <= tellingThreshold * before) {
    reasons.push({ code: 'threshold-fell', from: before, to: score.ignitionUsd.value, sinceMs: dayMs });
  }
  if (forced && score.landingPrice !== null) reasons.push({ code: 'forced-share', share: score.forcedShare, belowPrice: score.landingPrice.value });
  if (score.amplification !== null && score.amplification.value > 1) reasons.push({ code: 'amplification', amplification: score.amplification.value });
  if (score.issuerFloatShare !== null && score.issuerFloatShare > 0) reasons.push({ code: 'issuer-deposits', floatShare: score.issuerFloatShare, usd: score.deposits.issuerDay.usd });
  return reasons;
}
