import type { InputGroup, ScoreMessage } from '@breakwater/contracts';
import { inputOf } from '@breakwater/contracts';
import type { EpochMs, Usd } from '@breakwater/models/core';
import { DAY, HOUR } from '@breakwater/models/core';

/**
 * What is remembered of an asset's inputs between scores, so that a figure that jumps because a feed dropped out can be told from one
 * that jumps because the market did. Part of the checkpoint.
 */
export interface InputMemory {
  /** When each input could first and last be used (event time). */
  readonly seen: Readonly<Record<string, InputSpan>>;
  /** The threshold of the last score from which nothing had dropped out. */
  readonly sound: SoundFigures | null;
}
/** From when to when an input could be used. */
export interface InputSpan {
  readonly first: EpochMs;
  readonly last: EpochMs;
}
/** Figures of a score from which nothing had dropped out. */
export interface SoundFigures {
  readonly ignitionUsd: Usd | null;
  readonly ignitedAtZero: boolean;
}

/** Nothing remembered. */
export const noMemory: InputMemory = { seen: {}, sound: null };

/** How one score's inputs compare with what was there before. Names in order. */
export interface InputView {
  /** Usable within the memory's span, stale, missing or not listed now. */
  readonly dropped: readonly string[];
  /** Usable now and not yet a day ago, so that a figure of a day ago is of something else. */
  readonly gained: readonly string[];
  readonly sound: SoundFigures | null;
}

/** A view in which nothing dropped out and nothing is new. */
export const steadyView: InputView = { dropped: [], gained: [], sound: null };

/**
 * How long an input that is gone counts as dropped rather than as never there: longer than a day, so that figures are
 * compared with those of a day ago only when they are of the same inputs.
 */
const spanMs = DAY + HOUR;
/** Most inputs remembered for one asset; beyond it the ones unused for longest are forgotten. */
const maxInputs = 256;

/** Compares a score's inputs with the memory and updates it. O(inputs log inputs). */
export function observeInputs(memory: InputMemory, score: ScoreMessage): { readonly memory: InputMemory; readonly view: InputView } {
  const at = score.eventTime;
  const usable = new Set(score.inputs.filter((i) => i.status === 'exact' || i.status === 'inferred').map((i) => i.name));
  const seen = new Map<string, InputSpan>(Object.entries(memory.seen).filter(([, span]) => span.last > at - spanMs));
  const dropped = [...seen.keys()].filter((name) => !usable.has(name)).sort();
  for (const name of usable) seen.set(name, { first: seen.get(name)?.first ?? at, last: at });
  const gained = [...usable].filter((name) => (seen.get(name)?.first ?? at) > at - DAY).sort();
  const sound = dropped.length === 0 ? { ignitionUsd: score.ignitionUsd?.value ?? null, ignitedAtZero: score.ignitedAtZero } : memory.sound;
  return { memory: { seen: bounded(seen), sound }, view: { dropped, gained, sound: memory.sound } };
}

/** Those of `names` whose readings belong to one of `groups`; readings of no known group belong to all. */
export function ofGroups(names: readonly string[], groups: readonly InputGroup[]): readonly string[] {
  return names.filter((name) => {
    const { group } = inputOf(name);
    return group === 'other' || groups.includes(group);
  });
}

function bounded(seen: ReadonlyMap<string, InputSpan>): Readonly<Record<string, InputSpan>> {
  const entries = [...seen].sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length <= maxInputs) return Object.fromEntries(entries);
  const kept = new Set([...entries].sort(([, a], [, b]) => b.last - a.last || a.first - b.first).slice(0, maxInputs).map(([name]) => name));
  return Object.fromEntries(entries.filter(([name]) => kept.has(name)));
}
