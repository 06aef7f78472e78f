import { assert, normalCdf, normalQuantile } from '../core/index.ts';
import type { Banded } from './weighted-losses.ts';

/**
 * Falls that no history of the asset holds, each a pure function of stated inputs. A loss is a share of the price (or of what a docstring names), 0 to 1. Inputs that nobody knows are given with a band,
 * and the loss has the band of its worst and best ends taken together. Models and defaults are design assumptions [A] except where a source is named.
 */
export interface GapLoss extends Banded {
  /** What is sold, US dollars, where the scenario is a sale: the market's own response to it is then the better answer. */
  readonly saleUsd?: Banded;
}

/** A figure without a band. */
const exactly = (x: number): Banded => ({ value: x, low: x, high: x });

/** A figure, or one with its band. */
export type Uncertain = number | Banded;

const banded = (x: Uncertain): Banded => (typeof x === 'number' ? exactly(x) : x);

/** What a function that does not fall in any argument makes of bands. */
function through(inputs: readonly Uncertain[], f: (...values: number[]) => number): Banded {
  const bands = inputs.map(banded);
  assert(bands.every(({ low, value, high }) => low <= value && value <= high), 'low <= value <= high');
  return { value: f(...bands.map(({ value }) => value)), low: f(...bands.map(({ low }) => low)), high: f(...bands.map(({ high }) => high)) };
}

const DAYS_A_YEAR = 365;

/** Jumps of a log-price, `perYear` of them: normal (Merton 1976), or a share `falls` of them (in (0, 1]) falls that are exponential with mean `meanFall` > 0 (Kou 2002, Management Science 48(8)). */
export type JumpLaw =
  | { readonly kind: 'merton'; readonly perYear: number; readonly mean: number; readonly spread: number }
  | { readonly kind: 'kou'; readonly perYear: number; readonly falls: number; readonly meanFall: number };

/** One jump a month of -25 % with a spread of 20 %, in log-price [A]: what the crash insurance of the design is checked with. */
export const defaultJumps: JumpLaw = { kind: 'merton', perYear: 12, mean: -0.25, spread: 0.2 };

/** The fall of one jump, given that it is a fall: median, and 5 to 95 % as the band; with it the probability (0 to 1) of at least one within the horizon. */
export function jumpLoss(law: JumpLaw, horizonDays: number): GapLoss & { readonly probability: number } {
  assert(law.perYear >= 0 && horizonDays >= 0, 'a rate and a horizon from 0 on');
  const falls = law.kind === 'kou' ? law.falls : normalCdf(-law.mean / law.spread);
  // Exceeded with probability p, among falls.
  const fallAt = (p: number): number => -Math.expm1(law.kind === 'kou' ? law.meanFall * Math.log(p) : law.mean + law.spread * normalQuantile(p * falls));
  return { value: fallAt(0.5), low: fallAt(0.95), high: fallAt(0.05), probability: -Math.expm1((-law.perYear * falls * horizonDays) / DAYS_A_YEAR) };
}

/** Terms beyond which a Poisson weight of fewer than a hundred expected jumps is nothing. */
const MOST_JUMPS = 400;

/**
 * Merton's jump diffusion without drift (the price's expectation stays): the probability that the price is below `share` (> 0) of today's after `days`. `sigma` is annual, without jumps. Source: Merton 1976,
 * Journal of Financial Economics 3: a Poisson mixture of normals. Fewer than 100 expected jumps. O(expected jumps).
 */
export function jumpDiffusionBelow(options: { readonly share: number; readonly days: number; readonly sigma: number; readonly jumps: Extract<JumpLaw, { readonly kind: 'merton' }> }): number {
  const { share, days, sigma, jumps: { perYear, mean, spread } } = options;
  const years = days / DAYS_A_YEAR;
  const expected = perYear * years;
  assert(share > 0 && years > 0 && sigma > 0 && spread >= 0 && expected >= 0 && expected < 100, 'a share, a time and a spread above 0, and fewer than 100 expected jumps');
  const drift = (-sigma * sigma) / 2 - perYear * Math.expm1(mean + (spread * spread) / 2);
  let [weight, below] = [Math.exp(-expected), 0];
  for (let n = 0; n <= MOST_JUMPS; n++) {
    below += weight * normalCdf((Math.log(share) - drift * years - n * mean) / Math.sqrt(sigma * sigma * years + n * spread * spread));
    weight *= expected / (n + 1);
    if (n > expected && weight < 1e-18) break;
  }
  return Math.min(1, below);
}

/** How far a price falls in a time in which nothing can be done, at so many standard deviations: 1 - exp(-multiple sigma sqrt(days)). */
function unhedged(sigmaDaily: number, minutes: number, multiple: number): number {
  return -Math.expm1(-multiple * sigmaDaily * Math.sqrt(minutes / 1_440));
}

/** Price risk while nothing can be done. */
export interface Standstill {
  /** Standard deviation of log-returns of a day. */
  readonly sigmaDaily: Uncertain;
  /** How long, minutes: an outage of an exchange is 15 to 240, 60 in the middle [A]. */
  readonly minutes?: Uncertain;
  /** Standard deviations of the fall that is meant: expected shortfall of the standardised tail (`potShortfall`), or 2.338 as for a normal law at 97.5 %. */
  readonly multiple?: Uncertain;
}

const NORMAL_SHORTFALL = 2.3378;

/** An exchange is away: a position there can be neither sold nor hedged meanwhile. The loss at its return. */
export function outageLoss({ sigmaDaily, minutes = { value: 60, low: 15, high: 240 }, multiple = NORMAL_SHORTFALL }: Standstill): GapLoss {
  return through([sigmaDaily, minutes, multiple], unhedged);
}

/**
 * An oracle stands still (20 minutes, 5 to 60 [A]): nobody is liquidated meanwhile, and when it moves again all that the price has passed is forced at once. `loss` is the fall seen then; `uncovered` the part of a position's value that
 * its margin (share of its notional at the frozen price, its distance to bankruptcy) no longer covers, which the venue or its fund bears.
 */
export function oracleFreezeLoss({ sigmaDaily, minutes = { value: 20, low: 5, high: 60 }, multiple = NORMAL_SHORTFALL, margin }: Standstill & { readonly margin: number }): { readonly loss: GapLoss; readonly uncovered: Banded } {
  assert(margin >= 0, `a margin from 0 on, got ${margin}`);
  const loss = through([sigmaDaily, minutes, multiple], unhedged);
  const beyond = (x: number): number => Math.max(0, x - margin);
  return { loss, uncovered: { value: beyond(loss.value), low: beyond(loss.low), high: beyond(loss.high) } };
}

/**
 * A coin that serves as collateral loses its peg by `fall` (share of a dollar; USDe was at 0.65 on Binance on 10 October 2025, so 0.35). A position of leverage `leverage` whose margin is such coins to a share
 * `collateralShare` comes as much closer to its liquidation as by a fall of its market of fall x share / leverage: that is the loss. Leverage >= 1.
 */
export function depegLoss({ fall, collateralShare, leverage }: { readonly fall: Uncertain; readonly collateralShare: Uncertain; readonly leverage: number }): GapLoss {
  assert(leverage >= 1, `leverage from 1 on, got ${leverage}`);
  return through([fall, collateralShare], (depeg, share) => (depeg * share) / leverage);
}

/** What a sale is held against. */
export interface SaleMarket {
  /** Turnover of a day, US dollars, > 0. */
  readonly dailyVolumeUsd: number;
  /** Standard deviation of log-returns of a day. */
  readonly sigmaDaily: number;
  /** Y of the square-root law: about 1, 0.5 to 1.5 [A] (Toth et al. 2011, Physical Review X 1). */
  readonly prefactor?: Uncertain;
}

const DEFAULT_PREFACTOR: Banded = { value: 1, low: 0.5, high: 1.5 };

/** The fall by the square-root law of impact, 1 - exp(-Y sigma sqrt(Q / V)); it holds for sales up to some days' turnover and says little beyond. */
export function impactLoss(saleUsd: Uncertain, { dailyVolumeUsd, sigmaDaily, prefactor = DEFAULT_PREFACTOR }: SaleMarket): GapLoss {
  assert(dailyVolumeUsd > 0 && sigmaDaily >= 0, 'a turnover above 0 and a spread from 0 on');
  const loss = through([saleUsd, prefactor], (sale, y) => -Math.expm1(-y * sigmaDaily * Math.sqrt(Math.max(0, sale) / dailyVolumeUsd)));
  return { ...loss, saleUsd: banded(saleUsd) };
}

/**
 * Coins bought over the counter at a discount (0.5 by default: the sales of OM that were reported before its fall of April 2025) come to market: their buyers gain at any price above what they paid, so they sell on until all is
 * sold or the price has fallen by the discount. The loss is the smaller of the two.
 */
export function otcLoss(coinsUsd: Uncertain, market: SaleMarket, discount: number = 0.5): GapLoss {
  assert(discount > 0 && discount < 1, `a discount in (0, 1), got ${discount}`);
  const impact = impactLoss(coinsUsd, market);
  const most = (x: number): number => Math.min(discount, x);
  return { ...impact, value: most(impact.value), low: most(impact.low), high: most(impact.high) };
}

/** What an unlock brings to market. */
export interface Unlock {
  /** Worth of the coins that become free, US dollars, >= 0. */
  readonly unlockedUsd: number;
  /** Share that is sold: 0.1 to 0.6, 0.3 in the middle [A]. */
  readonly soldShare?: Uncertain;
}

/** Coins that become free are sold in part; `overhang` is how many days of a tenth of the turnover that takes. */
export function unlockLoss({ unlockedUsd, soldShare = { value: 0.3, low: 0.1, high: 0.6 } }: Unlock, market: SaleMarket): GapLoss & { readonly overhang: Banded } {
  assert(unlockedUsd >= 0, `a worth from 0 on, got ${unlockedUsd}`);
  const saleUsd = through([soldShare], (share) => share * unlockedUsd);
  return { ...impactLoss(saleUsd, market), overhang: through([saleUsd], (sale) => sale / (0.1 * market.dailyVolumeUsd)) };
}
