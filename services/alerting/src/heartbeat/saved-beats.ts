import { unit } from '@breakwater/contracts';
import type { Result } from '@breakwater/models/core';
import { err, ok } from '@breakwater/models/core';
import { z } from 'zod';

const beatState = z
  .object({
    /** Of the last heartbeat; -1 before the first. */
    seq: z.number().int().min(-1),
    /** Time of the last heartbeat; null before the first. */
    at: unit.epochMs.nullable(),
    /** Stretches without heartbeats, newest last. */
    gaps: z.array(z.object({ from: unit.epochMs, to: unit.epochMs }).readonly()).readonly(),
  })
  .readonly();
/** What is kept from one heartbeat to the next, also over restarts. */
export type BeatState = z.infer<typeof beatState>;

const saved = z.object({ version: z.literal(1), state: beatState });

/** Writes the state as a checkpoint. */
export function saveBeats(state: BeatState): string {
  return JSON.stringify({ version: 1, state });
}

/** Reads a checkpoint; fails with what is wrong with it. */
export function loadBeats(text: string): Result<BeatState, string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return err('not JSON');
  }
  const parsed = saved.safeParse(json);
  return parsed.success ? ok(parsed.data.state) : err(z.prettifyError(parsed.error));
}
