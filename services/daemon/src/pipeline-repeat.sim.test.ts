import { describe, expect, it } from '@jest/globals';
import { inCi, simulationSeeds } from '../../../infra/dev/src/env.ts';
import { comparable } from './drill/warnings-hash.ts';
import { pass, planSeeds, timeoutMs } from './simulation/test-pass.ts';
import type { Outcome } from './simulation/test-run.ts';

const { compared } = planSeeds(simulationSeeds(), inCi);

const logOf = (outcome: Outcome): readonly (readonly unknown[])[] => outcome.warnings.map(comparable);

/** The last state that each recipient was told of each warning. */
function lastStates(outcome: Outcome): readonly (readonly [recipient: string, last: readonly string[]])[] {
  const states = new Map(outcome.warnings.map((w) => [`${w.id}#${w.revision}`, `${w.id} ${w.state}`]));
  return [...outcome.received].map(([recipient, deliveries]) => [recipient, [...new Map(deliveries.map((delivery) => [delivery.split('#')[0], states.get(delivery) ?? 'unknown'])).values()].sort()]);
}

/** Rule and last state of every warning, in the order of their onsets. */
function ends(outcome: Outcome): readonly string[] {
  const last = new Map(outcome.warnings.map((w) => [w.id, w]));
  return [...last.values()].sort((a, b) => a.onset - b.onset || (a.warning < b.warning ? -1 : 1)).map((w) => `${w.warning} ${w.state} ${w.severity}`);
}

describe('the whole pipeline, run twice', () => {
  it('gives the same log of warnings, deliveries and faults for the same seed', async () => {
    for (const seed of compared.slice(0, 4)) {
      const [first, second] = [await pass(seed, 'faults'), await pass(seed, 'faults')];
      expect({ seed, log: logOf(second), received: [...second.received], counts: second.counts }).toEqual({ seed, log: logOf(first), received: [...first.received], counts: first.counts });
    }
  }, timeoutMs);

  // Between two ticks nothing of the market is in hand: books come back from snapshots before the next, windows and history from the store.
  it('warns exactly the same when it is killed between ticks', async () => {
    let crashes = 0;
    for (const seed of compared) {
      const [quiet, killed] = [await pass(seed, 'quiet'), await pass(seed, 'killed-between-ticks')];
      crashes += killed.counts['crash'] ?? 0;
      expect({ seed, log: logOf(killed), last: lastStates(killed) }).toEqual({ seed, log: logOf(quiet), last: lastStates(quiet) });
    }
    expect(crashes).toBeGreaterThan(compared.length);
  }, timeoutMs);

  // A tick that was in hand is scored again with the books that are back by then: a condition may be seen a tick later, no warning may be missing.
  it('ends with the same warnings when it is killed at any moment', async () => {
    for (const seed of compared) {
      const [quiet, killed] = [await pass(seed, 'quiet'), await pass(seed, 'killed')];
      expect({ seed, ends: ends(killed) }).toEqual({ seed, ends: ends(quiet) });
    }
  }, timeoutMs);
});
