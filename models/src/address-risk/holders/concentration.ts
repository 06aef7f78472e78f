/** How evenly something is held. Shares are of the sum over all who hold anything. */
export interface HeldConcentration {
  /** 0 for equal holders, up to (n - 1)/n when one of n holds nearly all. */
  readonly gini: number;
  /** Sum of squared shares (Herfindahl-Hirschman), 1/n to 1. */
  readonly hhi: number;
  /** Its inverse: as many equal holders would give the same sum, 1 to n. */
  readonly effectiveHolders: number;
  /** Fewest holders that have at least half. */
  readonly nakamoto: number;
}

/** Share at which the Nakamoto coefficient of holdings counts (Srinivasan and Lee 2017, "Quantifying decentralization"). */
const HALF = 0.5;
/** Half the spacing of float64 at 1, over which sums of shares are taken for equal. */
const TINY = 1e-12;

/**
 * Gini, HHI and Nakamoto coefficient of holdings, one entry an owner, in any unit. What is not above 0 is left out; undefined when nothing is left. Gini = 2 sum i x_(i) / (n sum x) - (n + 1)/n over
 * holdings in ascending order (Dixon et al. 1987, without the correction n/(n - 1)). Costs a sort: 20 ms for 200,000.
 */
export function concentrationOf(units: Iterable<number>): HeldConcentration | undefined {
  return concentrationOfAscending(ascending(units));
}

/** The same of holdings that are in ascending order and above 0 each. */
export function concentrationOfAscending(held: Float64Array): HeldConcentration | undefined {
  const n = held.length;
  const total = sum(held);
  if (n === 0 || !(total > 0)) return undefined;
  let ranked = 0;
  let hhi = 0;
  for (let index = 0; index < n; index++) {
    const share = (held[index] ?? 0) / total;
    ranked += (index + 1) * share;
    hhi += share * share;
  }
  return { gini: clamp((2 * ranked) / n - (n + 1) / n), hhi: Math.min(1, Math.max(1 / n, hhi)), effectiveHolders: Math.min(n, Math.max(1, 1 / hhi)), nakamoto: fewestWith(held, total, HALF, false) };
}

/** How few could stop or rule a chain whose producers are elected by stake (DPoS) or weighed by it. */
export interface VotingConcentration {
  readonly voters: number;
  readonly hhi: number;
  /** Fewest with more than a third: enough to stop a chain that wants two thirds (Castro and Liskov 1999). */
  readonly third: number;
  /** Fewest with more than half: enough to rule a chain of the longest branch, or a vote by majority. */
  readonly half: number;
}

/** Concentration of voting power, one entry a producer or an owner of several. Undefined when nobody has any. */
export function votingConcentration(powers: Iterable<number>): VotingConcentration | undefined {
  const held = ascending(powers);
  const total = sum(held);
  if (held.length === 0 || !(total > 0)) return undefined;
  return { voters: held.length, hhi: held.reduce((squares, power) => squares + (power / total) ** 2, 0), third: fewestWith(held, total, 1 / 3, true), half: fewestWith(held, total, HALF, true) };
}

/** What of a token's supply stands apart from its effective float. Units of the token, none below 0. */
export interface FloatParts {
  readonly supply: number;
  /** In contracts that release it later. */
  readonly locked: number;
  /** Of the issuer's own owners. */
  readonly issuer: number;
  /** Still in the supply, at addresses that nobody has a key of. */
  readonly burnt: number;
  /** What has not moved for a year, of owners who are none of these. */
  readonly dormant: number;
  /** Part of the dormant that does not count, 0 to 1. */
  readonly dormantWeight: number;
}

/** Effective float: supply - locked - issuer - burnt - weight * dormant, never below 0. */
export function effectiveFloat(parts: FloatParts): number {
  return Math.max(0, parts.supply - parts.locked - parts.issuer - parts.burnt - parts.dormantWeight * parts.dormant);
}

function ascending(units: Iterable<number>): Float64Array {
  return Float64Array.from([...units].filter((value) => value > 0 && value < Infinity)).sort();
}

/** Sum from the smallest up, which loses least. */
function sum(held: Float64Array): number {
  let total = 0;
  for (const units of held) total += units;
  return total;
}

/** Fewest of the largest that together have `share` of the total, or more than it where `strictly`. */
function fewestWith(held: Float64Array, total: number, share: number, strictly: boolean): number {
  let together = 0;
  for (let k = 1; k <= held.length; k++) {
    together += (held[held.length - k] ?? 0) / total;
    if (strictly ? together > share + TINY : together >= share - TINY) return k;
  }
  return held.length;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
