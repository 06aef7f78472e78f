import type { Language } from './languages.ts';

/** A term of ours that a reader may not know. */
export type Term = 'ignition-threshold' | 'landing-price' | 'amplification' | 'horizon' | 'margin' | 'plausible-sale' | 'extended-depth' | 'forced-share' | 'depth' | 'band' | 'input-hash' | 'reproduction'
  | 'value-at-risk' | 'expected-shortfall' | 'cascade-shortfall' | 'tail-index' | 'prior-only'
  | 'owner' | 'effective-float' | 'gini' | 'hhi' | 'nakamoto' | 'deposit-propensity' | 'address-risk' | 'unlock-overhang' | 'retroactive-look' | 'settlement' | 'reversal' | 'rescue' | 'reserve-floor' | 'effective-floor';

/** A term and what it means, in one sentence. */
export interface TermMeaning {
  readonly name: string;
  readonly meaning: string;
}

const en: Readonly<Record<Term, TermMeaning>> = {
  'ignition-threshold': { name: 'Ignition threshold', meaning: 'The smallest net sale within the horizon after which forced sales carry the price down by themselves.' },
  'landing-price': { name: 'Landing price', meaning: 'Where the price comes to rest after a sale just above the ignition threshold and all the forced sales it sets off.' },
  amplification: { name: 'Amplification', meaning: 'The fall with forced sales divided by the fall the same sale would cause without them.' },
  reproduction: { name: 'Reproduction number', meaning: 'How many dollars of forced sales each forced dollar sets off around the present prices: below 1 they die out, from 1 on they feed themselves.' },
  horizon: { name: 'Horizon', meaning: 'The window within which deposits and sales are added up and compared with the ignition threshold.' },
  margin: { name: 'Margin', meaning: 'The ignition threshold divided by what could plausibly be sold in the next hour: below 1, such a sale would be enough.' },
  'plausible-sale': { name: 'Plausible sale', meaning: 'What could be sold within the next hour: the deposits to exchanges of the last day, at least 1 % of open interest.' },
  'extended-depth': { name: 'Extended depth', meaning: 'The share of the fall that rests on bids assumed below where venues stop showing their books, not on bids that are seen.' },
  'forced-share': { name: 'Forced share', meaning: 'The dollars of open positions liquidated by a fall to the landing price, divided by open interest.' },
  depth: { name: 'Bids within 2 %', meaning: 'What all bids at most 2 % below the best one would pay, in US dollars, over the books that are current.' },
  band: { name: 'Band', meaning: 'The range that nine in ten of the plausible assumptions give about what is not seen: makers withdrawing, depth below the books, where positions close, arbitrage.' },
  'value-at-risk': { name: 'VaR', meaning: 'Value at risk: the fall within the horizon that is exceeded once in a hundred times, judged by the history of the price alone.' },
  'expected-shortfall': { name: 'ES', meaning: 'Expected shortfall: the mean of the worst one in forty falls within the horizon, judged by the history of the price alone.' },
  'cascade-shortfall': { name: 'Cascade ES', meaning: 'Expected shortfall once the forced sales are added that such falls would set off in the books and positions of now.' },
  'tail-index': { name: 'Tail index', meaning: 'How heavy the tail of losses is: the larger, the more extreme losses are to be expected; from 1 on the tail has no mean.' },
  'prior-only': { name: 'Prior only', meaning: 'Positions that rest on a first guess alone: the price has not been there since positions are followed, so nothing observed speaks for or against them.' },
  owner: { name: 'Owner', meaning: 'Addresses taken for one holder: by a label, a common funder, a deposit address, a vesting contract or the keys of a multisig, each with how sure that is.' },
  'effective-float': { name: 'Effective float', meaning: 'The tokens that could come to market: the supply without what is locked, what is the issuer’s, and a part of what has not moved for a year.' },
  gini: { name: 'Gini', meaning: 'How unevenly the token is held: 0 where all owners hold the same, near 1 where one holds nearly all.' },
  hhi: { name: 'HHI', meaning: 'Herfindahl-Hirschman index, the sum of squared shares: one over it is how many owners of equal size would be as concentrated.' },
  nakamoto: { name: 'Nakamoto coefficient', meaning: 'The fewest owners that together hold half: the smaller, the fewer could decide the price.' },
  'deposit-propensity': { name: 'Deposit propensity', meaning: 'The share of an owner’s transfers out that went to exchanges, drawn towards the mean of all owners where it has sent few.' },
  'address-risk': { name: 'Risk', meaning: 'How likely deposits of this size, by this owner, are followed by a fall within a day; beside it what is usual after any transfer.' },
  'unlock-overhang': { name: 'Unlock overhang', meaning: 'The tokens that unlocks are expected to bring to market by a date over a tenth of the volume traded until then: above 1 the market has to take more than it easily can.' },
  'retroactive-look': { name: 'Retroactive look', meaning: 'What labels that changed say of the last 30 days, told anew; no warning is fired for what is past.' },
  settlement: { name: 'Settlement', meaning: 'How long it takes until money sent from a ledger now can be used at the exchange where it is needed.' },
  reversal: { name: 'Undone', meaning: 'How likely a transfer that is in a block now does not stay: the chain is reorganised, or its operator goes back on it.' },
  rescue: { name: 'Help in time', meaning: 'How likely money sent from there now arrives before the price is at the landing price, were a sale of the ignition threshold to begin now.' },
  'reserve-floor': { name: 'Reserve floor', meaning: 'What the vault holds for each token outstanding: who redeems is paid that.' },
  'effective-floor': { name: 'Effective floor', meaning: 'What somebody who means to redeem pays in the market: below the floor, for the wait and the risk on the way.' },
  'input-hash': { name: 'Input hash', meaning: 'The fingerprint of everything the figures were computed from: the same hash and model version give the same figures.' },
};

const terms = { en } as const satisfies Readonly<Record<Language, Readonly<Record<Term, TermMeaning>>>>;

/** What each term of ours means, for a hover, a tap or a footnote. */
export function termMeanings(language: Language): Readonly<Record<Term, TermMeaning>> {
  return terms[language];
}
