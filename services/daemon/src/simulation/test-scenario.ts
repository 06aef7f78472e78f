import { epochMs, type EpochMs } from '@breakwater/models/core';
import type { Scenario } from '@breakwater/simulator/scenarios';

/** Time between two steps of a simulated market, milliseconds: below what any feed takes for silence. */
export const stepMs = 5_000;
/** Time between two scores, milliseconds: a multiple of `stepMs`. */
export const tickMs = 20_000;
/** Steps of a run's course, in which faults happen. */
export const courseSteps = 90;

/**
 * A scenario played faster: its whole course in `courseSteps` steps of `stepMs`, so that a run is short and still has every feature of it. Books are
 * small, for speed.
 * After its end the conditions stay near those of the end.
 */
export function squeeze(scenario: Scenario): Scenario {
  const { start } = scenario;
  const factor = (scenario.end - start) / (courseSteps * stepMs);
  const squeezed = (t: EpochMs): EpochMs => epochMs(start + Math.round((t - start) / factor));
  return {
    ...scenario,
    book: { near: 4, far: 3 },
    end: epochMs(start + courseSteps * stepMs),
    steps: () => Array.from({ length: courseSteps + 1 }, (_, i) => epochMs(start + i * stepMs)),
    conditions: (t) => scenario.conditions(epochMs(start + (t - start) * factor)),
    transfers: scenario.transfers.map((transfer) => ({ ...transfer, at: squeezed(transfer.at) })),
    silences: scenario.silences.map((silence) => ({ ...silence, from: squeezed(silence.from), until: squeezed(silence.until) })),
  };
}
