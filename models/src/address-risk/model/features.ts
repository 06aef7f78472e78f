import { defined } from '../../core/index.ts';

/** Features of what an owner sends, or could send, to exchanges; the names of a score's reasons. */
export const addressFeatures = [
  'size-over-adv', 'size-over-depth', 'size-over-threshold', 'predicted-impact', 'supply-share', 'float-share', 'deposit-propensity', 'fan-in', 'fan-out', 'dormancy', 'age', 'deposits-week',
  'venues-week', 'issuer', 'unlock-near', 'unlock-size', 'hour-liquidity', 'funding', 'reproduction', 'concentration', 'counterparties', 'otc-discount',
] as const;
/** The name of a feature. */
export type AddressFeature = (typeof addressFeatures)[number];

/** What is known of the owner up to now. */
export interface OwnerFacts {
  /** Held of the supply, and sent or to be sent of the effective float, shares from 0. */
  readonly supplyShare: number | null;
  readonly floatShare: number | null;
  /** Share of transfers out that went to exchanges, shrunk towards the mean of all, 0 to 1. */
  readonly depositPropensity: number | null;
  /** Different counterparties it ever received from and sent to. */
  readonly fanIn: number | null;
  readonly fanOut: number | null;
  /** Since its last transfer out before the present ones, and since its first, days; null also where there was none. */
  readonly dormancyDays: number | null;
  readonly ageDays: number | null;
  /** What it deposited to exchanges in seven days, in dollars, and to how many of them. */
  readonly weekUsd: number | null;
  readonly venuesWeek: number | null;
  /** How near to the issuer, 0 to 1. */
  readonly issuerScore: number | null;
  /** Share of what it received that came from addresses labelled as theft, mixers or sanctioned, 0 to 1. */
  readonly taintedShare: number | null;
  /** How far below the market it bought, 0 to 1. */
  readonly otcDiscount: number | null;
}

/** What is known of the market now. */
export interface MarketFacts {
  /** Average daily volume and depth within 2 % of the price on the buyers' side, dollars. */
  readonly advUsd: number | null;
  readonly depthUsd: number | null;
  /** Standard deviation of daily returns, a ratio. */
  readonly dailyVolatility: number | null;
  /** The sale at which a cascade ignites, dollars; `none` where no sale that was looked at does. */
  readonly thresholdUsd: number | 'none' | null;
  /** The next unlock: days until it and its size over average daily volume; `none` where the schedule is known and has nothing ahead. */
  readonly unlock: { readonly days: number; readonly ofVolume: number | null } | 'none' | null;
  /** Depth at this hour of the week over its mean, 1 for an average hour. */
  readonly hourLiquidity: number | null;
  /** Funding of a perpetual for eight hours, a ratio. */
  readonly fundingPer8h: number | null;
  /** Liquidations that one liquidation brings. */
  readonly reproduction: number | null;
  /** Herfindahl-Hirschman index of owners, 0 to 1. */
  readonly hhi: number | null;
}

/** A transfer to an exchange, or what could become one: its size in dollars (null where it has no price), who and where. */
export interface AddressSituation {
  readonly sizeUsd: number | null;
  readonly owner: OwnerFacts;
  readonly market: MarketFacts;
}

/** Every feature in its unit; null is not known, which is said and not guessed. */
export type AddressFeatures = Readonly<Record<AddressFeature, number | null>>;

/** Facts of which nothing is known. */
export const unknownOwner: OwnerFacts = { supplyShare: null, floatShare: null, depositPropensity: null, fanIn: null, fanOut: null, dormancyDays: null, ageDays: null, weekUsd: null, venuesWeek: null, issuerScore: null, taintedShare: null, otcDiscount: null };
/** A market of which nothing is known. */
export const unknownMarket: MarketFacts = { advUsd: null, depthUsd: null, dailyVolatility: null, thresholdUsd: null, unlock: null, hourLiquidity: null, fundingPer8h: null, reproduction: null, hhi: null };

/** What moved a price by sigma sqrt(Q / V), in square-root impact: Y of Toth et al. 2011, arXiv 1105.1694 ("of order one"). */
export const impactFactor = 1;

const known = (x: number | null | undefined): number | null => (x === null || x === undefined || !Number.isFinite(x) ? null : x);
function over(a: number | null, b: number | null): number | null {
  return a === null || b === null || !(b > 0) ? null : a / b;
}

/**
 * Features of a situation: everything from the facts at that moment, nothing from later. `size-*` and `deposits-week` are ratios of dollars, `predicted-impact` is the square-root law's fall (Y sigma_d sqrt(Q / ADV)),
 * `dormancy`, `age` and `unlock-near` are days (infinite where nothing unlocks), the others as in the facts. A number that is not finite counts as not known.
 */
export function featuresOf({ sizeUsd, owner, market }: AddressSituation): AddressFeatures {
  const size = known(sizeUsd);
  const adv = known(market.advUsd);
  const ofVolume = over(size, adv);
  const volatility = known(market.dailyVolatility);
  const { unlock, thresholdUsd } = market;
  return {
    'size-over-adv': ofVolume,
    'size-over-depth': over(size, known(market.depthUsd)),
    // A market that nothing ignites is known: nothing is any part of its threshold.
    'size-over-threshold': thresholdUsd === 'none' ? (size === null ? null : 0) : over(size, known(thresholdUsd)),
    'predicted-impact': ofVolume === null || volatility === null ? null : impactFactor * volatility * Math.sqrt(Math.max(0, ofVolume)),
    'supply-share': known(owner.supplyShare),
    'float-share': known(owner.floatShare),
    'deposit-propensity': known(owner.depositPropensity),
    'fan-in': known(owner.fanIn),
    'fan-out': known(owner.fanOut),
    dormancy: known(owner.dormancyDays),
    age: known(owner.ageDays),
    'deposits-week': over(known(owner.weekUsd), adv),
    'venues-week': known(owner.venuesWeek),
    issuer: known(owner.issuerScore),
    'unlock-near': unlock === 'none' ? Infinity : known(unlock?.days),
    'unlock-size': unlock === 'none' ? 0 : known(unlock?.ofVolume),
    'hour-liquidity': known(market.hourLiquidity),
    funding: known(market.fundingPer8h),
    reproduction: known(market.reproduction),
    concentration: known(market.hhi),
    counterparties: known(owner.taintedShare),
    'otc-discount': known(owner.otcDiscount),
  };
}

const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));
const lnBetween = (low: number, high: number) => (x: number): number => Math.log(clamp(x, low, high));
const lnCount = (x: number): number => Math.log1p(clamp(x, 0, 1e6));
const plain = (low: number, high: number) => (x: number): number => clamp(x, low, high);

/**
 * How a feature enters the model. Sizes and shares by their logarithm between bounds, so that no single figure can say more than the most that was seen; times by ln(1 + days), a near unlock by e^(-days / 7). The bounds are
 * [A].
 */
const transforms: Readonly<Record<AddressFeature, (x: number) => number>> = {
  'size-over-adv': lnBetween(1e-4, 10), 'size-over-depth': lnBetween(1e-3, 1e3), 'size-over-threshold': lnBetween(1e-3, 20), 'predicted-impact': lnBetween(1e-4, 1),
  'supply-share': lnBetween(1e-6, 1), 'float-share': lnBetween(1e-6, 1), 'deposit-propensity': plain(0, 1), 'fan-in': lnCount, 'fan-out': lnCount, dormancy: lnCount, age: lnCount,
  'deposits-week': lnBetween(1e-4, 10), 'venues-week': lnCount, issuer: plain(0, 1), 'unlock-near': (days) => Math.exp(-Math.max(0, days) / 7), 'unlock-size': (ratio) => Math.log1p(clamp(ratio, 0, 100)),
  'hour-liquidity': lnBetween(0.1, 10), funding: (rate) => 1000 * clamp(rate, -0.01, 0.01), reproduction: plain(0, 3), concentration: lnBetween(1e-4, 1), counterparties: plain(0, 1), 'otc-discount': plain(0, 1),
};

/** Each feature as the model takes it, in the order of `addressFeatures`; NaN where it is not known. */
export function transformed(features: AddressFeatures): Float64Array {
  return Float64Array.from(addressFeatures, (name) => {
    const value = features[name];
    return value === null ? NaN : defined(transforms[name], name)(value);
  });
}
