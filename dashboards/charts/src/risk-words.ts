import type { Language } from '@breakwater/contracts';
import { termMeanings } from '@breakwater/contracts';

/** What the charts of positions and of losses say beyond numbers. */
export interface RiskWords {
  // Where positions are liquidated.
  readonly mapTitle: string;
  readonly perStep: (step: string) => string;
  readonly priceAxis: (asset: string) => string;
  readonly priceAxisShort: string;
  readonly inStep: string;
  readonly cumulativeAxis: string;
  readonly cumulative: string;
  readonly mark: (price: string) => string;
  readonly band: string;
  readonly bandTo: (usd: string) => string;
  readonly priorOnly: string;
  readonly hatchedPrior: string;
  readonly otherVenues: (count: number) => string;
  readonly stepRange: (side: 'long' | 'short', from: string, to: string, prices: string) => string;
  readonly total: (usd: string, band: string | null) => string;
  readonly ofVenue: (venue: string, usd: string, share: string, prior: string | null) => string;
  readonly reaching: (side: 'long' | 'short', usd: string) => string;
  readonly nothingInStep: string;
  readonly side: string;
  readonly sideOf: Readonly<Record<'long' | 'short', string>>;
  readonly move: string;
  readonly priceFrom: string;
  readonly priceTo: string;
  readonly liquidated: string;
  readonly low: string;
  readonly high: string;
  readonly byStep: string;
  readonly byVenue: string;
  readonly venue: string;
  readonly status: string;
  readonly longs: string;
  readonly shorts: string;
  readonly noMap: (asset: string) => string;
  readonly noMapPositions: (asset: string) => string;
  // How much may be lost.
  readonly tailTitle: (asset: string, horizon: string) => string;
  readonly basis: (bars: string, bar: string) => string;
  readonly lossAxis: (horizon: string) => string;
  readonly probabilityAxis: string;
  readonly probability: (odds: string) => string;
  readonly oneIn: (count: string) => string;
  readonly withoutForced: string;
  readonly withForced: string;
  readonly observed: string;
  readonly valueAtRisk: string;
  readonly shortfall: string;
  readonly cascade: string;
  readonly level: string;
  readonly figure: string;
  readonly value: string;
  readonly loss: string;
  readonly exceeded: string;
  readonly lossOver: (loss: string) => string;
  readonly never: string;
  readonly tailIndex: string;
  readonly notIdentified: string;
  readonly noMean: string;
  readonly noForced: string;
  readonly backtest: string;
  readonly test: string;
  readonly result: string;
  readonly rejectedBelow: string;
  readonly verdict: string;
  readonly beyond: string;
  readonly ofExpected: (count: string) => string;
  readonly rejected: string;
  readonly notRejected: string;
  readonly scenarios: string;
  readonly scenario: string;
  readonly alone: string;
  readonly notKnown: string;
  readonly noTail: (asset: string) => string;
  readonly tooShort: (asset: string) => string;
}

const terms = termMeanings('en');

const en: RiskWords = {
  mapTitle: 'Where are open positions liquidated?',
  perStep: (step) => `$ liquidated in each ${step} of the price`,
  priceAxis: (asset) => `price ($ for one ${asset}): longs below the mark, shorts above it`,
  priceAxisShort: 'price ($): longs left, shorts right of the mark',
  inStep: 'liquidated ($)',
  cumulativeAxis: 'cumulative ($)',
  cumulative: 'Cumulative from the mark',
  mark: (price) => `mark ${price}`,
  band: `${terms.band.name} of the total`,
  bandTo: (usd) => `${terms.band.name} of the total, to ${usd}`,
  priorOnly: terms['prior-only'].name,
  hatchedPrior: `hatched: ${terms['prior-only'].name.toLowerCase()}`,
  otherVenues: (count) => `${String(count)} more venues`,
  stepRange: (side, from, to, prices) => `${side === 'long' ? 'Longs closed by a fall' : 'Shorts closed by a rise'} of ${from} to ${to} (${prices})`,
  total: (usd, band) => `${usd}${band === null ? '' : ` (${band})`} in this step`,
  ofVenue: (venue, usd, share, prior) => `${venue} ${usd}, ${share}${prior === null ? '' : `, of it ${prior} prior only`}`,
  reaching: (side, usd) => `${usd} liquidated by a ${side === 'long' ? 'fall' : 'rise'} that reaches its end`,
  nothingInStep: 'No position is known or inferred here.',
  side: 'Positions',
  sideOf: { long: 'longs', short: 'shorts' },
  move: 'Move',
  priceFrom: 'Price from',
  priceTo: 'Price to',
  liquidated: 'Liquidated',
  low: 'Low',
  high: 'High',
  byStep: 'Liquidated in each step of the price',
  byVenue: 'By venue',
  venue: 'Venue',
  status: 'Positions are',
  longs: 'Longs',
  shorts: 'Shorts',
  noMap: (asset) => `Where positions of ${asset} are liquidated is not known yet: it comes with the scores of every half minute.`,
  noMapPositions: (asset) => `No market of ${asset} has positions, or none has said its open interest.`,
  tailTitle: (asset, horizon) => `How much could ${asset} fall within ${horizon}, and how likely is that?`,
  basis: (bars, bar) => `from ${bars} bars of ${bar}`,
  lossAxis: (horizon) => `fall of the price within ${horizon} (%)`,
  probabilityAxis: 'probability of a larger fall',
  probability: (odds) => `probability ${odds}`,
  oneIn: (count) => `1 in ${count}`,
  withoutForced: 'From past prices',
  withForced: 'With forced sales',
  observed: 'Largest falls seen',
  valueAtRisk: terms['value-at-risk'].name,
  shortfall: terms['expected-shortfall'].name,
  cascade: terms['cascade-shortfall'].name,
  level: 'Level',
  figure: 'Figure',
  value: 'Value',
  loss: 'Fall',
  exceeded: 'Exceeded',
  lossOver: (loss) => `A fall of more than ${loss}`,
  never: 'beyond what is known',
  tailIndex: terms['tail-index'].name,
  notIdentified: 'too few large falls to tell',
  noMean: 'The mean of the tail is not identified: expected shortfall is not to be relied on.',
  noForced: 'Forced sales are not known now, so cascade ES is not.',
  backtest: 'Its own forecasts against what came',
  test: 'Test',
  result: 'Result',
  rejectedBelow: 'Rejected below',
  verdict: 'Model',
  beyond: 'Bars beyond VaR 99 %',
  ofExpected: (count) => `${count} expected`,
  rejected: 'rejected',
  notRejected: 'not rejected',
  scenarios: 'Falls that no history holds',
  scenario: 'Scenario',
  alone: 'Without forced sales',
  notKnown: 'not known',
  noTail: (asset) => `How much ${asset} could fall is not known yet: it comes with the scores of every half minute.`,
  tooShort: (asset) => `Too little of the price of ${asset} is known to say how much it could fall: it takes some hours.`,
};

const words = { en } as const satisfies Readonly<Record<Language, RiskWords>>;

/** The words of the charts of positions and of losses in a language. */
export function riskWordsOf(language: Language): RiskWords {
  return words[language];
}
