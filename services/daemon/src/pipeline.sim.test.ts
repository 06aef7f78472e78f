import { afterAll, describe, expect, it } from '@jest/globals';
import { inCi, simulationSeeds } from '../../../infra/dev/src/env.ts';
import { pass, planSeeds, timeoutMs } from './simulation/test-pass.ts';

const chosen = simulationSeeds();
const { seeds } = planSeeds(chosen, inCi);

/** Seeds of one test, so that a failure names few and each test ends in time. */
const chunk = 10;
const chunks = Array.from({ length: Math.ceil(seeds.length / chunk) }, (_, i) => seeds.slice(i * chunk, (i + 1) * chunk));

/** Every fault that the seeds must have seen: a run in which nothing goes wrong proves nothing. */
const kinds = [
  'drop', 'duplicate', 'reorder', 'delay', 'mutate', 'truncate', 'oversize', 'disconnect', 'silence', 'refuse', 'stall', 'rate-limited', 'server-error', 'truncated-body', 'partition',
  'venue-silence', 'clock-offset', 'reorg', 'reorg-reincluded', 'lie', 'disk-failed', 'disk-ack-lost', 'crash', 'ended-by-store', 'conflated',
  'recipient-failed', 'recipient-lostAcks', 'recipient-hung', 'recipient-fileFailed',
];

/** Those of which so few happen that a short run may see none. */
const rare = new Set(['mutate', 'partition', 'venue-silence', 'conflated', 'recipient-failed', 'recipient-lostAcks', 'recipient-hung', 'recipient-fileFailed']);

const totals = new Map<string, number>();
const states = new Map<string, number>();
let runs = 0;

function add(table: Map<string, number>, key: string, by: number): void {
  table.set(key, (table.get(key) ?? 0) + by);
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

  (chosen === undefined ? it : it.skip)('has seen every kind of fault and every way a warning ends; a short run those that are frequent', () => {
    expect(kinds.filter((kind) => (totals.get(kind) ?? 0) === 0 && !(inCi && rare.has(kind)))).toEqual([]);
    expect((inCi ? ['firing', 'resolved'] : ['firing', 'resolved', 'retracted']).filter((state) => (states.get(state) ?? 0) === 0)).toEqual([]);
  });

  afterAll(() => {
    const list = (table: ReadonlyMap<string, number>): string => [...table].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, n]) => `${key} ${n}`).join(', ');
    process.stdout.write(`simulation: ${runs} seeds; faults: ${list(totals)}; revisions: ${list(states)}\n`);
  });
});
