import { createRng, type Rng } from '../../core/index.ts';
import { impactFactor, type AddressSituation, type MarketFacts, type OwnerFacts } from './features.ts';
import { sigmoid } from './logistic.ts';

/** A deposit to an exchange in a simulated world, and whether the price fell after it. */
export interface SimulatedEvent {
  readonly situation: AddressSituation;
  /** The world (a token) it is of, a group of folds, and its time, days since the beginning. */
  readonly token: number;
  readonly day: number;
  /** Residual return of the 24 hours after it, a ratio from -1. */
  readonly residualReturn: number;
  /** Whether that is below the conditional 1 % quantile and at most -10 %. */
  readonly label: 0 | 1;
}

/**
 * Every number of the worlds is an assumption [A], chosen to be of the order seen for listed tokens of mid size; none was estimated. What is meant to be real is the shape: owners differ in what they do with a deposit, what is
 * sold moves the price by the square-root law, and past a threshold by the fall of a cascade.
 */
export const assumptions = {
  /** Median and spread of the logarithm: value of the float in dollars; daily volume over it; depth within 2 % over daily volume; daily volatility. */
  floatUsd: [1.5e8, 1.2], advOverFloat: [0.05, 0.7], depthOverAdv: [0.012, 0.6], volatility: [0.055, 0.4],
  /** Liquidations that one brings: mean and deviation; the threshold over depth at none of it, how steeply it falls with it, and its spread. */
  reproduction: [0.45, 0.3], thresholdOverDepth: 40, thresholdSlope: 2, thresholdSpread: 0.6,
  /** Below this reproduction number nothing ignites. */
  leastReproduction: 0.2,
  /** How often a token has a published schedule, and an unlock ahead in it. */
  scheduled: 0.4, unlockAhead: 0.7,
  /** Net sales of all others of a day over daily volume: deviation. */
  othersOverAdv: 0.03,
  /** Fall of a cascade: least, and what Beta(2, 2) adds at most. */
  leastFall: 0.12, furtherFall: 0.5,
  /** Degrees of freedom of daily residual returns. */
  degrees: 4,
  /** How often each source of facts is away: everything, market data, the model of cascades, holders, the schedule, funding. */
  away: { everything: 0.03, market: 0.05, cascade: 0.08, owner: 0.08, schedule: 0.2, funding: 0.15, hour: 0.1, tainted: 0.5, otc: 0.8 },
} as const;

/** Kinds of owners: how often they deposit, size over float (median, spread of the logarithm), log odds of selling at once before what else is known, propensity, counterparties, days of silence and age, venues, nearness to the issuer. */
const kinds = [
  { name: 'issuer', share: 0.03, size: [4e-3, 1.4], sells: -0.2, propensity: [2, 6], fans: 30, silence: 60, age: 500, venues: 1.5, issuer: [6, 2], otc: 0.3 },
  { name: 'fund', share: 0.07, size: [2e-3, 1.2], sells: 0.2, propensity: [3, 5], fans: 20, silence: 90, age: 400, venues: 1, issuer: [2, 6], otc: 0.4 },
  { name: 'whale', share: 0.15, size: [1e-3, 1.2], sells: -0.3, propensity: [2, 4], fans: 12, silence: 30, age: 300, venues: 0.6, issuer: [1, 20], otc: 0.1 },
  { name: 'maker', share: 0.25, size: [8e-4, 1], sells: -2.5, propensity: [8, 4], fans: 200, silence: 0.5, age: 300, venues: 3, issuer: [1, 15], otc: 0.02 },
  { name: 'trader', share: 0.5, size: [2e-4, 1.2], sells: -0.8, propensity: [4, 4], fans: 8, silence: 10, age: 150, venues: 0.4, issuer: [1, 40], otc: 0.01 },
] as const;
type Kind = (typeof kinds)[number];

const lognormal = (rng: Rng, [median, spread]: readonly [number, number]): number => median * Math.exp(spread * rng.normal());
/** Exponential with this mean. */
const waiting = (rng: Rng, mean: number): number => -mean * Math.log(1 - rng.next());
/** Gamma of a whole shape: the logarithm of a product of uniforms. */
function gammaWhole(rng: Rng, shape: number): number {
  let product = 1;
  for (let i = 0; i < shape; i++) product *= 1 - rng.next();
  return -Math.log(product);
}
/** Beta with whole parameters up to about 20, or by inversion where one of them is 1. */
function beta(rng: Rng, [a, b]: readonly [number, number]): number {
  if (a === 1) return 1 - Math.exp(Math.log(1 - rng.next()) / b);
  const x = gammaWhole(rng, a);
  return x / (x + gammaWhole(rng, b));
}
/** Student's t with 4 degrees, scaled to deviation 1. */
function residual(rng: Rng): number {
  return (rng.normal() / Math.sqrt(gammaWhole(rng, assumptions.degrees / 2) / (assumptions.degrees / 2))) * Math.SQRT1_2;
}
/** The 1 % quantile of `residual`: -3.746947 (t with 4 degrees, any table) over the root of 2. */
const onePercent = -3.746947 * Math.SQRT1_2;

interface Token {
  readonly floatUsd: number;
  readonly floatOfSupply: number;
  readonly adv: number;
  readonly depth: number;
  readonly volatility: number;
  readonly hhi: number;
  readonly scheduled: boolean;
  readonly firstDay: number;
}

function drawToken(rng: Rng): Token {
  const floatUsd = lognormal(rng, assumptions.floatUsd);
  const adv = floatUsd * lognormal(rng, assumptions.advOverFloat);
  return {
    floatUsd, adv, depth: adv * lognormal(rng, assumptions.depthOverAdv), volatility: Math.min(0.25, lognormal(rng, assumptions.volatility)), floatOfSupply: 0.1 + 0.9 * rng.next(),
    hhi: Math.min(0.9, lognormal(rng, [0.03, 1])), scheduled: rng.chance(assumptions.scheduled), firstDay: Math.floor(rng.next() * 300),
  };
}

function drawKind(rng: Rng): Kind {
  let u = rng.next();
  for (const kind of kinds) {
    u -= kind.share;
    if (u < 0) return kind;
  }
  return kinds[4];
}

function drawMarket(rng: Rng, token: Token): MarketFacts & { readonly threshold: number } {
  const reproduction = Math.max(0, assumptions.reproduction[0] + assumptions.reproduction[1] * rng.normal());
  const depth = token.depth * Math.exp(0.3 * rng.normal());
  const ignites = reproduction >= assumptions.leastReproduction;
  const threshold = ignites ? depth * assumptions.thresholdOverDepth * Math.exp(-assumptions.thresholdSlope * reproduction + assumptions.thresholdSpread * rng.normal()) : Infinity;
  const ahead = token.scheduled && rng.chance(assumptions.unlockAhead);
  return {
    advUsd: token.adv, depthUsd: depth, dailyVolatility: token.volatility, threshold, thresholdUsd: ignites ? threshold : 'none', hourLiquidity: Math.exp(0.3 * rng.normal()),
    fundingPer8h: 1e-4 * (1 + 2.5 * (reproduction - 0.45) + 1.5 * rng.normal()), reproduction, hhi: token.hhi,
    unlock: ahead ? { days: waiting(rng, 25), ofVolume: lognormal(rng, [1.5, 1]) } : token.scheduled ? 'none' : null,
  };
}

function drawOwner(rng: Rng, token: Token, kind: Kind): { readonly owner: OwnerFacts; readonly sizeUsd: number } {
  const share = Math.min(0.5, lognormal(rng, kind.size));
  const sizeUsd = share * token.floatUsd;
  return {
    sizeUsd,
    owner: {
      floatShare: share, supplyShare: Math.min(1, share * token.floatOfSupply * (1 + waiting(rng, kind.name === 'issuer' ? 20 : 3))), depositPropensity: beta(rng, kind.propensity),
      fanIn: Math.floor(waiting(rng, kind.fans)), fanOut: Math.floor(waiting(rng, kind.fans)), dormancyDays: rng.chance(0.1) ? null : waiting(rng, kind.silence), ageDays: waiting(rng, kind.age),
      weekUsd: sizeUsd * (1 + waiting(rng, 1)), venuesWeek: 1 + Math.floor(waiting(rng, kind.venues)), issuerScore: rng.chance(kind.name === 'issuer' || kind.name === 'fund' ? 0.9 : 0.15) ? beta(rng, kind.issuer) : 0,
      taintedShare: rng.chance(0.03) ? rng.next() : 0, otcDiscount: rng.chance(kind.otc) ? 0.1 + 0.5 * rng.next() : 0,
    },
  };
}

/** Log odds that a deposit is sold within the day. */
function sellingOdds(kind: Kind, owner: OwnerFacts, market: MarketFacts): number {
  const silent = Math.log1p(owner.dormancyDays ?? 0);
  const near = typeof market.unlock === 'object' && market.unlock !== null ? Math.exp(-market.unlock.days / 7) : 0;
  return kind.sells + 0.25 * (silent - 2) + 0.5 * Math.log(owner.venuesWeek ?? 1) + 0.8 * near + 1.5 * (owner.otcDiscount ?? 0) + 1 * (owner.taintedShare ?? 0) + 0.6 * ((owner.depositPropensity ?? 0.5) - 0.5);
}

/** The residual return of the day after: what is sold of the deposit and by others, square-root impact in an hour's liquidity, the cascade past the threshold, and everything else. */
function respond(rng: Rng, token: Token, market: ReturnType<typeof drawMarket>, sizeUsd: number, odds: number): number {
  const sold = rng.chance(sigmoid(odds)) ? sizeUsd * beta(rng, [3, 1]) : 0;
  const others = Math.max(0, assumptions.othersOverAdv * token.adv * rng.normal());
  const sale = (sold + others) / (market.hourLiquidity ?? 1);
  const impact = impactFactor * token.volatility * Math.sqrt(sale / token.adv);
  // How much of it comes within the time in which the book does not refill.
  const atOnce = sale * beta(rng, [1, 2]);
  const cascade = atOnce >= market.threshold ? assumptions.leastFall + assumptions.furtherFall * beta(rng, [2, 2]) : 0;
  return Math.max(-1, token.volatility * residual(rng) - impact - cascade);
}

/** Takes away what would not be known: each source of facts is away now and then, independently of what happens. */
function hide(rng: Rng, { sizeUsd, owner, market }: AddressSituation): AddressSituation {
  const { away } = assumptions;
  const all = rng.chance(away.everything);
  const gone = (p: number): boolean => rng.chance(p) || all;
  const [noMarket, noCascade, noOwner, noSchedule, noFunding, noHour, noTainted, noOtc] = [away.market, away.cascade, away.owner, away.schedule, away.funding, away.hour, away.tainted, away.otc].map(gone);
  const unless = <T>(is: boolean | undefined, value: T): T | null => (is === true ? null : value);
  return {
    sizeUsd: unless(all, sizeUsd),
    owner: {
      supplyShare: unless(noOwner, owner.supplyShare), floatShare: unless(noOwner, owner.floatShare), depositPropensity: unless(noOwner, owner.depositPropensity), fanIn: unless(noOwner, owner.fanIn), fanOut: unless(noOwner, owner.fanOut),
      dormancyDays: unless(noOwner, owner.dormancyDays), ageDays: unless(noOwner, owner.ageDays), weekUsd: unless(noOwner, owner.weekUsd), venuesWeek: unless(noOwner, owner.venuesWeek), issuerScore: unless(noOwner, owner.issuerScore),
      taintedShare: unless(noTainted, owner.taintedShare), otcDiscount: unless(noOtc, owner.otcDiscount),
    },
    market: {
      advUsd: unless(noMarket, market.advUsd), depthUsd: unless(noMarket, market.depthUsd), dailyVolatility: unless(noMarket, market.dailyVolatility), thresholdUsd: unless(noCascade, market.thresholdUsd),
      unlock: unless(noSchedule, market.unlock), hourLiquidity: unless(noHour, market.hourLiquidity), fundingPer8h: unless(noFunding, market.fundingPer8h), reproduction: unless(noCascade, market.reproduction), hhi: unless(noOwner, market.hhi),
    },
  };
}

/** How large a simulated history is. */
export interface SimulationSize {
  readonly seed: number;
  readonly tokens: number;
  readonly eventsPerToken: number;
}

/**
 * Deposits of seeded worlds with the prevalence kept: no case is drawn more often for having ended badly. The same seed gives the same events. O(tokens * eventsPerToken), about 3 us an event. `label` follows the definition of the
 * real task with the quantile that holds in these worlds without any deposit.
 */
export function simulateEvents({ seed, tokens, eventsPerToken }: SimulationSize): readonly SimulatedEvent[] {
  const events: SimulatedEvent[] = [];
  for (let t = 0; t < tokens; t++) {
    const rng = createRng(seed).fork(`token ${t}`);
    const token = drawToken(rng);
    for (let e = 0; e < eventsPerToken; e++) {
      const kind = drawKind(rng);
      const market = drawMarket(rng, token);
      const { owner, sizeUsd } = drawOwner(rng, token, kind);
      const residualReturn = respond(rng, token, market, sizeUsd, sellingOdds(kind, owner, market));
      const situation = hide(rng, { sizeUsd, owner, market });
      events.push({ situation, token: t, day: token.firstDay + Math.floor((365 * e) / eventsPerToken), residualReturn, label: residualReturn <= -0.1 && residualReturn <= token.volatility * onePercent ? 1 : 0 });
    }
  }
  return events;
}
