import { unit } from '@breakwater/contracts';
import type { Result, Usd } from '@breakwater/models/core';
import { err, ok } from '@breakwater/models/core';
import { z } from 'zod';
import type { AssetState } from './asset-state.ts';
import type { RuleName } from './rules/condition.ts';
import { ruleNames } from './rules/condition.ts';
import type { OpenState } from './saved-open.ts';
import { moment, openState } from './saved-open.ts';

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
