import type { DelayLaw } from './delay-law.ts';

/** One figure of a class that a config may replace. */
export interface SettlementParameter {
  readonly value: number;
  readonly unit: 'seconds' | 'blocks' | 'slots' | 'USD' | 'share' | 'per hour' | 'per second';
  /** The least and the most that it may be. */
  readonly min: number;
  readonly max: number;
  /** Where it comes from; `[A]` begins an assumption. */
  readonly source: string;
}

/** The figures of a class, by name. */
export type SettlementFigures = Readonly<Record<string, number>>;

/** A way through a ledger with its capacity; `capacityUsd` null where it is not limited. */
export interface SettlementWay {
  readonly law: DelayLaw;
  readonly capacityUsd: number | null;
}

/** What a class makes of its figures. */
export interface SettlementWays {
  /** The way that is taken while its capacity lasts. */
  readonly fast: SettlementWay;
  /** What is left when the fast way is full or closed: a slow exit, a unilateral close; null where the fast way is the only one. */
  readonly slow: DelayLaw | null;
  /** How likely a transfer that is in a block (or was handed over) now is undone, in [0, 1]. */
  readonly revertProbability: number;
  /** The same once it was credited at the end of the way. */
  readonly revertProbabilityAtCredit: number;
  /** How likely the way is closed under stress, in [0, 1]. */
  readonly haltProbability: number;
}

/** A kind of ledger, as data: what it is, its figures with their sources, and the ways that they make. */
export interface SettlementClassTerms {
  readonly about: string;
  readonly parameters: Readonly<Record<string, SettlementParameter>>;
  readonly ways: (figures: SettlementFigures) => SettlementWays;
}

/** What is read of a parameter that a class surely has. */
export function figureOf(figures: SettlementFigures, name: string): number {
  return figures[name] ?? NaN;
}
