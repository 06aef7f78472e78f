import type { Audience, Language } from '@breakwater/contracts';
import { termMeanings } from '@breakwater/contracts';

/** What charts say beyond numbers: names of axes and series, questions, empty states. Sentences about a warning or a score come from contracts. */
export interface ChartWords {
  readonly responseTitle: (horizon: string) => string;
  readonly timelineTitle: (asset: string, span: string) => string;
  readonly span: (from: string, to: string) => string;
  readonly at: (price: string) => string;
  readonly to: (owner: string) => string;
  readonly from: (owner: string) => string;
  // Axes.
  readonly netSale: (horizon: string) => string;
  readonly pricePer: (asset: string) => string;
  readonly time: string;
  readonly dollars: string;
  // Series and marks.
  readonly threshold: (audience: Audience) => string;
  readonly thresholdAt: (audience: Audience, usd: string) => string;
  readonly withForced: string;
  readonly withoutForced: string;
  readonly band: string;
  readonly bandShort: string;
  readonly largestDeposit: string;
  readonly tippingPoints: string;
  readonly price: string;
  readonly transfers: string;
  /** Beside the strip of deposits. */
  readonly depositsShort: string;
  readonly deposits: (count: number, usd: string) => string;
  readonly moreInTable: (count: number) => string;
  /** The threshold in a legend where its band leaves the plot. */
  readonly bandBeyond: (name: string, usd: string) => string;
  readonly knownTo: string;
  // Tooltips and tables.
  readonly sale: (usd: string) => string;
  readonly priceEndsAt: (price: string) => string;
  readonly priceEndsBelow: (price: string) => string;
  /** The last tipping point a sale has passed. */
  readonly pastTipping: (usd: string, from: string, to: string) => string;
  readonly fallsFrom: string;
  readonly fallsTo: string;
  readonly saleUpTo: string;
  readonly endsAtHead: string;
  readonly move: string;
  readonly pessimistic: string;
  readonly optimistic: string;
  readonly figure: string;
  readonly value: string;
  readonly landingPrice: string;
  readonly severity: string;
  readonly event: string;
  readonly amount: string;
  readonly place: string;
  readonly sender: string;
  readonly state: string;
  readonly warnings: string;
  readonly notKnown: string;
  // The network of venues.
  readonly networkTitle: string;
  readonly networkMarks: string;
  readonly breeds: (factor: string) => string;
  readonly acrossVenues: (count: number) => string;
  readonly ignitesMost: (from: string, to: string) => string;
  readonly feedsItself: (venue: string, isAlone: boolean) => string;
  readonly meaningOfOne: string;
  readonly nothingBred: string;
  readonly moreVenues: (count: number) => string;
  readonly linkForces: (from: string, to: string, factor: string) => string;
  readonly wouldLiquidate: (usd: string) => string;
  readonly forcesAnywhere: (factor: string) => string;
  readonly leadingShare: (share: string) => string;
  readonly reproduction: string;
  readonly byVenue: string;
  readonly byLink: string;
  readonly venue: string;
  readonly trigger: string;
  readonly forcedAnywhere: string;
  readonly leading: string;
  readonly soldAt: string;
  readonly forcedAt: string;
  readonly forcedPerDollar: string;
  // Empty states.
  readonly noPrice: (asset: string) => string;
  readonly noResponse: (asset: string) => string;
  readonly noBids: (asset: string) => string;
  readonly noTimeline: (asset: string) => string;
  readonly noNetwork: (asset: string) => string;
  readonly noPositions: (asset: string) => string;
}

const en: ChartWords = {
  responseTitle: (horizon) => `Where would the price end if this much were sold within ${horizon}?`,
  timelineTitle: (asset, span) => `How close did ${asset} come to forced sales in these ${span}?`,
  span: (from, to) => `${from} to ${to}`,
  at: (price) => `at ${price}`,
  to: (owner) => `to ${owner}`,
  from: (owner) => `from ${owner}`,
  netSale: (horizon) => `net sale within ${horizon} ($)`,
  pricePer: (asset) => `price ($ for one ${asset})`,
  time: 'time (UTC)',
  dollars: 'threshold, deposits ($)',
  threshold: (audience) => (audience === 'community' ? 'Forced sales begin' : termMeanings('en')['ignition-threshold'].name),
  thresholdAt: (audience, usd) => (audience === 'community' ? `Forced sales begin at ${usd}` : `${termMeanings('en')['ignition-threshold'].name} ${usd}`),
  withForced: 'With forced sales',
  withoutForced: 'Without forced sales',
  bandShort: termMeanings('en').band.name,
  band: `${termMeanings('en').band.name}, pessimistic to optimistic`,
  largestDeposit: 'Largest deposit',
  tippingPoints: 'Further tipping points',
  price: 'Price',
  transfers: 'Deposits to exchanges',
  depositsShort: 'deposits',
  deposits: (count, usd) => `${String(count)} deposits, ${usd}`,
  moreInTable: (count) => `and ${String(count)} more, listed in the table`,
  bandBeyond: (name, usd) => `${name}, band to ${usd}`,
  knownTo: 'books known to here',
  sale: (usd) => `Net sale of ${usd}`,
  priceEndsAt: (price) => `price ends at ${price}`,
  priceEndsBelow: (price) => `price ends below ${price}, where the books known end`,
  pastTipping: (usd, from, to) => `past the tipping point at ${usd}: from ${from} to ${to}`,
  fallsFrom: 'Price before',
  fallsTo: 'Price after',
  saleUpTo: 'Net sale of at most',
  endsAtHead: 'Price ends at',
  move: 'Move',
  pessimistic: 'Pessimistic',
  optimistic: 'Optimistic',
  figure: 'Figure',
  value: 'Value',
  landingPrice: termMeanings('en')['landing-price'].name,
  severity: 'Severity',
  event: 'What happened',
  amount: 'Amount',
  place: 'To',
  sender: 'From',
  state: 'State',
  warnings: 'Warnings',
  notKnown: 'not known',
  networkTitle: 'Which venue ignites which?',
  networkMarks: 'circle: $ a fall of 10 % liquidates; arrow: $ forced per $ sold',
  breeds: (factor) => `Each forced dollar forces $${factor} more`,
  acrossVenues: (count) => (count === 1 ? '' : ` across ${String(count)} venues`),
  ignitesMost: (from, to) => `${from} ignites ${to} most`,
  feedsItself: (venue, isAlone) => `${venue} ignites itself${isAlone ? '' : ' most'}`,
  meaningOfOne: 'Below $1 forced sales die out; from $1 on they feed themselves.',
  nothingBred: 'A small forced sale forces no other: no position closes near the present prices.',
  moreVenues: (count) => `${String(count)} more ${count === 1 ? 'venue is' : 'venues are'} in the table.`,
  linkForces: (from, to, factor) => (from === to ? `Each dollar sold at ${from} forces up to $${factor} there` : `Each dollar sold at ${from} forces up to $${factor} at ${to}`),
  wouldLiquidate: (usd) => `a fall of 10 % would liquidate ${usd} here`,
  forcesAnywhere: (factor) => `each dollar sold here forces up to $${factor} anywhere`,
  leadingShare: (share) => `${share} of what feeds itself lives here`,
  reproduction: termMeanings('en').reproduction.name,
  byVenue: 'By venue',
  byLink: 'Forced for each dollar sold',
  venue: 'Venue',
  trigger: 'Liquidated by a fall of 10 %',
  forcedAnywhere: '$ forced anywhere for each $ sold here',
  leading: 'Share of what feeds itself',
  soldAt: 'Sold at',
  forcedAt: 'Forced at',
  forcedPerDollar: '$ forced for each $ sold',
  noPrice: (asset) => `No price of ${asset} yet: no order book has been read.`,
  noResponse: (asset) => `No answer of the market of ${asset} yet: it comes with the next score.`,
  noBids: (asset) => `No bids of ${asset} are known, so no sale can be answered.`,
  noTimeline: (asset) => `Nothing of ${asset} is recorded in this window yet: no score, no warning, no deposit.`,
  noNetwork: (asset) => `Which venue of ${asset} ignites which is not measured yet: it comes with the next score.`,
  noPositions: (asset) => `No market of ${asset} has both an order book and positions, so no forced sale can be traced.`,
};

const words = { en } as const satisfies Readonly<Record<Language, ChartWords>>;

/** The words of charts in a language. */
export function wordsOf(language: Language): ChartWords {
  return words[language];
}
