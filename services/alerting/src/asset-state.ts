import type { ScoreMessage, WarningMessage } from '@breakwater/contracts';
import { unit } from '@breakwater/contracts';
import type { EpochMs, Result, Usd } from '@breakwater/models/core';
import { epochMs, err, ok } from '@breakwater/models/core';
import { z } from 'zod';
import type { AlertingConfig } from './config.ts';
import type { OpenState } from './lifecycle.ts';
import { advance, expire, openState } from './lifecycle.ts';
import type { RuleName } from './rules/condition.ts';
import { ruleNames } from './rules/condition.ts';
import { evaluateRules } from './rules/index.ts';
import type { InputMemory } from './rules/inputs.ts';
import { noMemory, observeInputs } from './rules/inputs.ts';

/** Everything alerting knows of an asset: its checkpoint is this, so a restart goes on exactly where it stopped. */
export interface AssetState {
  /** Event time of the last score taken in; scores at or before it are redeliveries. Null before the first. */
  readonly processedThrough: EpochMs | null;
  readonly inputs: InputMemory;
  /** Open warnings by rule. */
  readonly open: Readonly<Partial<Record<RuleName, OpenState>>>;
}

/** An asset of which nothing is known yet. */
export const newAssetState: AssetState = { processedThrough: null, inputs: noMemory, open: {} };

/** A state and the revisions that led to it. */
export interface AssetStep {
  readonly state: AssetState;
  readonly warnings: readonly WarningMessage[];
}

/**
 * Folds one score into an asset's state: rules, then the lifecycle of each. Pure; a score at or before `processedThrough` changes nothing.
 * O(inputs log inputs).
 */
export function foldScore(state: AssetState, score: ScoreMessage, config: AlertingConfig, receivedAt: EpochMs): AssetStep {
  if (state.processedThrough !== null && score.eventTime <= state.processedThrough) return { state, warnings: [] };
  const { memory, view } = observeInputs(state.inputs, score);
  const open: Partial<Record<RuleName, OpenState>> = {};
  const warnings: WarningMessage[] = [];
  for (const evaluation of evaluateRules(score, config.rules, view)) {
    const next = advance(state.open[evaluation.rule], evaluation, score, config.lifecycle, receivedAt);
    if (next.state !== undefined) open[evaluation.rule] = next.state;
    warnings.push(...next.warnings);
  }
  return { state: { processedThrough: score.eventTime, inputs: memory, open }, warnings };
}

/** Ends the warnings of an asset of which nothing has been known for long at `now`, by a clock: for when no score comes any more. */
export function foldSilence(state: AssetState, now: EpochMs, config: AlertingConfig, receivedAt: EpochMs): AssetStep {
  const open: Partial<Record<RuleName, OpenState>> = {};
  const warnings: WarningMessage[] = [];
  for (const rule of ruleNames) {
    const held = state.open[rule];
    if (held === undefined) continue;
    const expired = expire(held, now, config.lifecycle, receivedAt);
    if (expired === null) open[rule] = held;
    else warnings.push(expired);
  }
  return warnings.length === 0 ? { state, warnings } : { state: { ...state, open }, warnings };
}

const moment = z.number().nonnegative().transform((t) => epochMs(t));
const saved = z.object({
  version: z.literal(1),
  processedThrough: moment.nullable(),
  /** `[name, first, last]` of each input. */
  seen: z.array(z.tuple([z.string(), moment, moment])),
  sound: z.object({ ignitionUsd: unit.usd.nullable(), ignitedAtZero: z.boolean() }).nullable(),
  open: z.partialRecord(z.enum(ruleNames), openState),
});

/** Writes a state as a checkpoint. The same state gives the same text. */
export function saveAssetState(state: AssetState): string {
  return JSON.stringify({
    version: 1,
    processedThrough: state.processedThrough,
    seen: Object.entries(state.inputs.seen).map(([name, span]) => [name, span.first, span.last]),
    sound: state.inputs.sound,
    open: Object.fromEntries(ruleNames.flatMap((rule) => (state.open[rule] === undefined ? [] : [[rule, state.open[rule]]]))),
  });
}

/** Reads a checkpoint; fails with what is wrong with it. */
export function loadAssetState(text: string): Result<AssetState, string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return err('not JSON');
  }
  const parsed = saved.safeParse(json);
  if (!parsed.success) return err(z.prettifyError(parsed.error));
  const { processedThrough, seen, sound, open } = parsed.data;
  const held: Partial<Record<RuleName, OpenState>> = {};
  for (const rule of ruleNames) {
    const state = open[rule];
    if (state !== undefined) held[rule] = state;
  }
  const figures: { readonly ignitionUsd: Usd | null; readonly ignitedAtZero: boolean } | null = sound;
  return ok({ processedThrough, inputs: { seen: Object.fromEntries(seen.map(([name, first, last]) => [name, { first, last }])), sound: figures }, open: held });
}
