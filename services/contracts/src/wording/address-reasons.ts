import type { AddressFeatureName, AddressReason, AddressRisk } from '../messages/address-score.ts';
import { formatDuration, formatFactor, formatMove, formatShare } from './format.ts';
import { phrasesOf, type Language } from './languages.ts';

/** How the value of a feature is written: its unit is part of the contract of a reason. */
type FeatureUnit = 'times' | 'volumes' | 'usual' | 'share' | 'flagged' | 'move' | 'count' | 'days' | 'score';

/** Units in which reasons give the values of their features. */
const units: Readonly<Record<AddressFeatureName, FeatureUnit>> = {
  'size-over-adv': 'times', 'size-over-depth': 'times', 'size-over-threshold': 'times', 'predicted-impact': 'share', 'supply-share': 'share', 'float-share': 'share', 'deposit-propensity': 'share', 'fan-in': 'count', 'fan-out': 'count',
  dormancy: 'days', age: 'days', 'deposits-week': 'volumes', 'venues-week': 'count', issuer: 'score', 'unlock-near': 'days', 'unlock-size': 'volumes', 'hour-liquidity': 'usual', funding: 'move', reproduction: 'score', concentration: 'score',
  counterparties: 'flagged', 'otc-discount': 'share',
};

const dayMs = 86_400_000;
/** A smaller part of the log odds is hardly one: 5 % of the odds. [A] */
const hardly = Math.log(1.05);

/** A reason in two parts: what was measured, and what it does to the odds. */
export interface RiskReasonText {
  readonly measured: string;
  readonly effect: string;
}

interface ReasonWords {
  readonly is: (feature: string, value: string) => string;
  readonly unknown: (feature: string) => string;
  readonly noUnlock: (feature: string) => string;
  readonly times: (factor: string) => string;
  readonly volumes: (factor: string) => string;
  readonly ofUsual: (factor: string) => string;
  readonly flagged: (share: string) => string;
  readonly score: (value: string) => string;
  readonly raises: (times: string) => string;
  readonly lowers: (times: string) => string;
  readonly hardly: string;
  readonly usual: (probability: string, baseRate: string, times: string) => string;
}

const en: ReasonWords = {
  is: (feature, value) => `${feature}: ${value}`,
  unknown: (feature) => `${feature}: not known, taken for usual`,
  noUnlock: (feature) => `${feature}: none ahead`,
  times: (factor) => `${factor} times`,
  volumes: (factor) => `${factor} times daily volume`,
  ofUsual: (factor) => `${factor} times the usual`,
  flagged: (share) => `${share} of what it received came from flagged addresses`,
  score: (value) => value,
  raises: (times) => `raises the odds ${times} times`,
  lowers: (times) => `lowers the odds ${times} times`,
  hardly: 'hardly changes the odds',
  usual: (probability, baseRate, times) => `A fall within a day after such deposits is given ${probability}; after any transfer it is ${baseRate}${times === '' ? '' : `, so ${times} times as likely`}.`,
};
const words = { en } as const satisfies Readonly<Record<Language, ReasonWords>>;

function valueText(feature: AddressFeatureName, value: number, say: ReasonWords): string {
  switch (units[feature]) {
    case 'times':
      return say.times(formatFactor(value));
    case 'volumes':
      return say.volumes(formatFactor(value));
    case 'usual':
      return say.ofUsual(formatFactor(value));
    case 'flagged':
      return say.flagged(formatShare(value));
    case 'share':
      return formatShare(value);
    case 'move':
      return formatMove(value);
    case 'days':
      return formatDuration(value * dayMs);
    case 'count':
      return formatFactor(Math.round(value));
    case 'score':
      return say.score(formatFactor(value));
  }
}

/** One reason of a risk, in plain words: `size against the ignition threshold: 1.4 times` and `raises the odds 2.3 times`. */
export function riskReasonText({ feature, value, logOdds }: AddressReason, language: Language = 'en'): RiskReasonText {
  const say = words[language];
  const name = phrasesOf(language).address.feature[feature];
  const effect = !Number.isFinite(logOdds) || Math.abs(logOdds) < hardly ? say.hardly : (logOdds > 0 ? say.raises : say.lowers)(formatFactor(Math.exp(Math.abs(logOdds))));
  // Where the schedule is known to have nothing ahead there is no number of days, and yet it weighs.
  if (value === null && feature === 'unlock-near' && logOdds !== 0) return { measured: say.noUnlock(name), effect };
  return { measured: value === null ? say.unknown(name) : say.is(name, valueText(feature, value, say)), effect };
}

/** How likely a fall is after what an owner could do, beside what is usual, in one sentence. */
export function riskSentenceOf({ probability, baseRate }: Pick<AddressRisk, 'probability' | 'baseRate'>, language: Language = 'en'): string {
  const times = baseRate > 0 ? probability / baseRate : 0;
  return words[language].usual(formatShare(probability), formatShare(baseRate), times >= 1.05 ? formatFactor(times) : '');
}
