import type { ScoreMessage, WarningMessage } from '@breakwater/contracts';
import type { EpochMs, WarningId } from '@breakwater/models/core';
import type { AlertingConfig } from './config.ts';
import type { Acknowledgement } from './lifecycle.ts';
import { acknowledge, advance, endUnwatched, expire } from './lifecycle.ts';
import type { RuleName } from './rules/condition.ts';
import { ruleNames } from './rules/condition.ts';
import { evaluateRules } from './rules/index.ts';
import type { InputMemory } from './rules/inputs.ts';
import { noMemory, observeInputs } from './rules/inputs.ts';
import type { OpenState } from './saved-open.ts';

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

/** A score as warnings may rest on it: of deposits that may still be undone only those of which it pays to tell by now. */
export function evidenceOf(score: ScoreMessage): ScoreMessage {
  return score.told === undefined ? score : { ...score, ...score.told };
}

/**
 * Folds one score into an asset's state: rules, then the lifecycle of each. Pure; a score at or before `processedThrough` changes nothing.
 * O(inputs log inputs).
 */
export function foldScore(state: AssetState, whole: ScoreMessage, config: AlertingConfig, receivedAt: EpochMs): AssetStep {
  if (state.processedThrough !== null && whole.eventTime <= state.processedThrough) return { state, warnings: [] };
  const score = evidenceOf(whole);
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

/** Ends every open warning of an asset that is not watched any more. What was known of its inputs is forgotten; scores that were taken in stay so. Pure. */
export function foldUnwatched(state: AssetState, receivedAt: EpochMs): AssetStep {
  const warnings = ruleNames.flatMap((rule) => {
    const held = state.open[rule];
    return held === undefined ? [] : [endUnwatched(held, state.processedThrough ?? held.last.eventTime, receivedAt)];
  });
  return { state: { ...newAssetState, processedThrough: state.processedThrough }, warnings };
}

/**
 * Acknowledges one open warning of an asset: the step and the warning as it stands afterwards, or null when no open warning has this id. Repeating it changes
 * nothing. It is dated by the last score taken in, so that no later revision comes before it.
 */
export function foldAcknowledgement(state: AssetState, id: WarningId, terms: Acknowledgement, receivedAt: EpochMs): { readonly step: AssetStep; readonly warning: WarningMessage } | null {
  const rule = ruleNames.find((name) => state.open[name]?.last.id === id);
  const held = rule === undefined ? undefined : state.open[rule];
  if (rule === undefined || held === undefined) return null;
  const next = acknowledge(held, terms, state.processedThrough ?? held.last.eventTime, receivedAt);
  if (next === null) return { step: { state, warnings: [] }, warning: held.last };
  return { step: { state: { ...state, open: { ...state.open, [rule]: next.state } }, warnings: [next.warning] }, warning: next.warning };
}
