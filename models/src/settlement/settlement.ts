import { settlementClasses, type SettlementClassName } from './classes.ts';
import { createDelay, type DelayLaw } from './delay-law.ts';
import type { Delay } from './delay.ts';
import type { SettlementClassTerms, SettlementFigures } from './settlement-class.ts';

/** How one ledger settles, as written: its class, and figures of it that are known better (by the names of `settlementClasses`). */
export interface SettlementSpec {
  readonly class: SettlementClassName;
  readonly figures?: SettlementFigures;
}

/** How one ledger settles, ready for use. */
export interface Settlement {
  readonly class: SettlementClassName;
  /** What is taken first, and what fits through it, US dollars; null where it is not limited. */
  readonly fast: Delay;
  readonly fastCapacityUsd: number | null;
  /** What is left when that is full; null where there is nothing else. */
  readonly slow: Delay | null;
  readonly revertProbability: number;
  readonly revertProbabilityAtCredit: number;
  readonly haltProbability: number;
  /** The laws of the two ways. */
  readonly laws: { readonly fast: DelayLaw; readonly slow: DelayLaw | null };
}

/** What is wrong with a spec, in words a person can act on; empty where nothing is. */
export function settlementProblems(spec: SettlementSpec): readonly string[] {
  const { parameters } = termsOf(spec.class);
  return Object.entries(spec.figures ?? {}).flatMap(([name, value]) => {
    const known = parameters[name];
    if (known === undefined) return [`${spec.class} has no figure ${name}: there are ${Object.keys(parameters).join(', ')}`];
    return value >= known.min && value <= known.max && (!isWhole(known.unit) || Number.isSafeInteger(value)) ? [] : [`${name} is ${isWhole(known.unit) ? 'a whole number ' : ''}between ${known.min} and ${known.max} ${known.unit}, got ${value}`];
  });
}

function isWhole(unit: string): boolean {
  return unit === 'blocks' || unit === 'slots';
}

/** The terms of a class by its name. */
export function termsOf(name: SettlementClassName): SettlementClassTerms {
  return settlementClasses[name];
}

/** The figures that a spec stands for: its own, else those of its class. */
export function figuresOf(spec: SettlementSpec): SettlementFigures {
  return { ...Object.fromEntries(Object.entries(termsOf(spec.class).parameters).map(([name, { value }]) => [name, value])), ...spec.figures };
}

/** A spec made ready; it has no problems (`settlementProblems`). Some 10 to 50 ms: make it once. */
export function createSettlement(spec: SettlementSpec): Settlement {
  const ways = termsOf(spec.class).ways(figuresOf(spec));
  return {
    class: spec.class, fast: createDelay(ways.fast.law), fastCapacityUsd: ways.fast.capacityUsd, slow: ways.slow === null ? null : createDelay(ways.slow),
    revertProbability: ways.revertProbability, revertProbabilityAtCredit: ways.revertProbabilityAtCredit, haltProbability: ways.haltProbability, laws: { fast: ways.fast.law, slow: ways.slow },
  };
}

/** One way after another, as from an exchange over a ledger to the next: L = L_exchange + L_ledger (`createDelay` says how far off a sum may be). */
export function pathLaw(...laws: readonly DelayLaw[]): DelayLaw {
  return { kind: 'sum', parts: laws };
}
