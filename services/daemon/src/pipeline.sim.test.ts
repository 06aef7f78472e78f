/** @jest-environment ./infra/dev/fast-environment.js */
import { afterAll, describe, expect, it } from '@jest/globals';
import { inCi, simulationSeeds } from '../../../infra/dev/src/env.ts';
import { comparable } from './drill/warnings-hash.ts';
import { simulate, type Outcome } from './simulation/test-run.ts';

const chosen = simulationSeeds();
const seeds = chosen ?? Array.from({ length: inCi ? 200 : 40 }, (_, i) => i + 1);
/** Seeds of one test, so that a failure names few and each test ends in time. */
const chunk = 10;
const chunks = Array.from({ length: Math.ceil(seeds.length / chunk) }, (_, i) => seeds.slice(i * chunk, (i + 1) * chunk));
const timeoutMs = 120_000;
/** Runs of which two are compared: fewer, as each is another run. */
const compared = seeds.slice(0, inCi ? 20 : 8);

/** Every fault that the seeds must have seen: a run in which nothing goes wrong proves nothing. */
const kinds = [
  'drop', 'duplicate', 'reorder', 'delay', 'mutate', 'truncate', 'oversize', 'disconnect', 'silence', 'refuse', 'stall', 'rate-limited', 'server-error', 'truncated-body', 'partition',
  'venue-silence', 'clock-offset', 'reorg', 'reorg-reincluded', 'lie', 'disk-failed', 'disk-ack-lost', 'crash', 'ended-by-store', 'conflated',
  'recipient-failed', 'recipient-lostAcks', 'recipient-hung', 'recipient-fileFailed',
];

const totals = new Map<string, number>();
const states = new Map<string, number>();
let runs = 0;

function add(table: Map<string, number>, key: string, by: number): void {
  table.set(key, (table.get(key) ?? 0) + by);
}

/** Runs a seed and fails with every broken rule and how to run the seed alone. */
async function pass(seed: number, mode: Parameters<typeof simulate>[1]['mode']): Promise<Outcome> {
  const outcome = await simulate(seed, { mode }).catch((error: unknown) => {
    throw new Error(`seed ${seed} (${mode}) did not end; alone: BREAKWATER_SEEDS=${seed} npm test -- pipeline.sim`, { cause: error });
  });
  if (outcome.violations.length > 0) throw new Error(`seed ${seed} (${mode}); alone: BREAKWATER_SEEDS=${seed} npm test -- pipeline.sim\n${outcome.violations.join('\n')}`);
  return outcome;
}

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

describe('the whole pipeline', () => {
  it.each(chunks.map((part) => [part.length === 1 ? String(part[0]) : `${part[0]} to ${part.at(-1)}`, part] as const))('keeps its promises while everything goes wrong: seeds %s', async (_name, part) => {
    for (const seed of part) {
      const outcome = await pass(seed, 'faults');
      runs++;
      for (const [kind, n] of Object.entries(outcome.counts)) add(totals, kind, n);
      for (const { state } of outcome.warnings) add(states, state, 1);
    }
  }, timeoutMs);

  (chosen === undefined ? it : it.skip)('has seen every kind of fault and every way a warning ends', () => {
    expect(kinds.filter((kind) => (totals.get(kind) ?? 0) === 0)).toEqual([]);
    expect(['firing', 'resolved', 'retracted'].filter((state) => (states.get(state) ?? 0) === 0)).toEqual([]);
  });

  it('gives the same log of warnings, deliveries and faults for the same seed', async () => {
    for (const seed of compared.slice(0, 6)) {
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

  afterAll(() => {
    const list = (table: ReadonlyMap<string, number>): string => [...table].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, n]) => `${key} ${n}`).join(', ');
    process.stdout.write(`simulation: ${runs} seeds; faults: ${list(totals)}; revisions: ${list(states)}\n`);
  });
});
