import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { WarningMessage } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import { assetId, defined, epochMs, usd } from '@breakwater/models/core';
import fc from 'fast-check';
import { createMemoryStore } from '../simulated/memory-store.ts';
import type { DeliveryOrder, DeliveryOutcome, Journal, LatestWarningsQuery } from '../store/index.ts';
import { testTime, testWarning } from './messages.ts';

/** A place where stores live. */
export interface JournalPlace {
  /** Opens the journal that lives here; never called while one is open. */
  open(): Journal | Promise<Journal>;
  /** Removes the place; the journal is closed. */
  dispose(): void | Promise<void>;
}

const at = (ms: number): EpochMs => epochMs(testTime + ms);
const commit = (journal: Journal, warnings: readonly WarningMessage[], recipients: readonly string[] = [], ms = 0): Promise<void> =>
  journal.commitWarnings({ warnings, recipients, checkpoints: {}, at: at(ms) });

/** Tests that every journal passes. `make` gives a new, empty place. `runs` are those of the property, fewer where opening takes its time. */
export function describeJournal(name: string, make: () => JournalPlace | Promise<JournalPlace>, runs = 25): void {
  describe(`journal: ${name}`, () => {
    let place: JournalPlace;
    let journal: Journal;
    beforeEach(async () => {
      place = await make();
      journal = await place.open();
    });
    afterEach(async () => {
      await journal.close();
      await place.dispose();
    });

    it('keeps the last value of a checkpoint', async () => {
      expect(await journal.checkpoint('chain')).toBeUndefined();
      await journal.saveCheckpoints({ chain: '0x1', scores: '7' });
      await journal.saveCheckpoints({ chain: '0x2' });
      expect([await journal.checkpoint('chain'), await journal.checkpoint('scores')]).toEqual(['0x2', '7']);
    });

    it('commits warnings, outbox and checkpoint together', async () => {
      await journal.commitWarnings({ warnings: [testWarning(1)], recipients: ['web', 'chat'], checkpoints: { scores: '8' }, at: at(0) });
      expect(await journal.warning(testWarning(1).id)).toEqual([testWarning(1)]);
      expect((await journal.pending('web', at(0), 10)).map((entry) => entry.warning)).toEqual([testWarning(1)]);
      expect((await journal.pending('chat', at(0), 10)).length).toBe(1);
      expect(await journal.checkpoint('scores')).toBe('8');
    });

    it('commits nothing of a step of which one part is unlawful', async () => {
      const unlawful = { ...testWarning(2), onset: 'yesterday' as unknown as EpochMs };
      await expect(journal.commitWarnings({ warnings: [testWarning(1), unlawful], recipients: ['web'], checkpoints: { scores: '9' }, at: at(0) })).rejects.toThrow('breaks its contract');
      expect(await journal.warnings(0, 10)).toEqual([]);
      expect(await journal.pending('web', at(0), 10)).toEqual([]);
      expect(await journal.checkpoint('scores')).toBeUndefined();
    });

    it('ignores a revision that is already there, and adds no delivery for it', async () => {
      await commit(journal, [testWarning(1)], ['web']);
      await commit(journal, [testWarning(1, 1, { depositsUsd: usd(5) }), testWarning(1, 2)], ['web']);
      expect((await journal.warning(testWarning(1).id)).map((warning) => [warning.revision, warning.depositsUsd])).toEqual([[1, 1.2e6], [2, 1.2e6]]);
      expect((await journal.pending('web', at(0), 10)).map((entry) => entry.warning.revision)).toEqual([1, 2]);
    });

    it('names the open warnings by their latest revision', async () => {
      const arb = assetId('ARB');
      await commit(journal, [testWarning(1), testWarning(2), testWarning(3, 1, { asset: arb }), testWarning(4)]);
      await commit(journal, [testWarning(1, 2, { state: 'acknowledged' }), testWarning(2, 2, { state: 'resolved' }), testWarning(4, 2, { state: 'retracted' })]);
      expect((await journal.openWarnings()).map((warning) => [warning.id, warning.revision])).toEqual([[testWarning(3, 1, { asset: arb }).id, 1], [testWarning(1).id, 2]]);
      expect((await journal.openWarnings(arb)).map((warning) => warning.asset)).toEqual(['ARB']);
    });

    it('pages through all revisions in the order of their commits', async () => {
      for (let i = 1; i <= 5; i++) await commit(journal, [testWarning(i)]);
      const first = await journal.warnings(0, 3);
      const rest = await journal.warnings(defined(first.at(-1), 'a page').row, 3);
      expect([...first, ...rest].map((each) => each.warning.id)).toEqual([1, 2, 3, 4, 5].map((i) => testWarning(i).id));
    });

    it('lists the latest revision of each warning by page, narrowed by asset and state', async () => {
      const arb = assetId('ARB');
      const of = async (query: Omit<LatestWarningsQuery, 'limit'>, limit = 10): Promise<readonly string[]> => (await journal.latestWarnings({ ...query, limit })).map(({ row, warning }) => `${row} ${warning.id.slice(-1)}#${warning.revision}`);
      expect(await of({})).toEqual([]);
      await commit(journal, [testWarning(1), testWarning(2), testWarning(3, 1, { asset: arb })]);
      await commit(journal, [testWarning(1, 2, { state: 'acknowledged' }), testWarning(4), testWarning(2, 2, { state: 'resolved' })]);
      for (const step of ['before', 'after a restart']) {
        expect([step, await of({})]).toEqual([step, ['5 4#1', '3 3#1', '2 2#2', '1 1#2']]);
        expect([step, await of({ asset: assetId('OM') })]).toEqual([step, ['5 4#1', '2 2#2', '1 1#2']]);
        expect([step, await of({ state: 'open' }), await of({ state: 'ended' })]).toEqual([step, ['5 4#1', '3 3#1', '1 1#2'], ['2 2#2']]);
        expect([step, await of({ asset: arb, state: 'ended' }), await of({ asset: arb, state: 'open' })]).toEqual([step, [], ['3 3#1']]);
        expect([step, await of({}, 2), await of({ before: 3 }, 2), await of({ before: 1 })]).toEqual([step, ['5 4#1', '3 3#1'], ['2 2#2', '1 1#2'], []]);
        expect([step, await of({ asset: assetId('OM'), state: 'open', before: 5 })]).toEqual([step, ['1 1#2']]);
        await journal.close();
        journal = await place.open();
      }
      // A revision that is there already, or that comes late, does not take the place of a later one.
      await commit(journal, [testWarning(1, 2, { state: 'firing' }), testWarning(5, 2), testWarning(5, 1)]);
      expect((await of({}, 2)).map((line) => line.split(' ')[1])).toEqual(['5#2', '4#1']);
    });

    it('holds later revisions of a warning back behind one that waits, and no other warning', async () => {
      await commit(journal, [testWarning(1)], ['web']);
      const [entry] = await journal.pending('web', at(0), 10);
      await journal.recordAttempt(defined(entry, 'an entry'), { kind: 'retry', at: at(0), nextAt: at(500), reason: 'server answered 500' });
      await commit(journal, [testWarning(1, 2), testWarning(2)], ['web'], 100);
      expect((await journal.pending('web', at(100), 10)).map((each) => each.warning.id)).toEqual([testWarning(2).id]);
      expect(await journal.nextDue('web')).toBe(at(100));
      const due = await journal.pending('web', at(500), 10);
      expect(due.map((each) => [each.warning.id, each.warning.revision, each.attempts])).toEqual([[testWarning(1).id, 1, 1], [testWarning(1).id, 2, 0], [testWarning(2).id, 1, 0]]);
      expect((await journal.pending('web', at(500), 2)).length).toBe(2);
    });

    it('holds everything later back behind one that waits when asked to keep the order, also after a restart', async () => {
      await commit(journal, [testWarning(1), testWarning(2)], ['chat', 'web']);
      const [first, second] = await journal.pending('chat', at(0), 10, 'all');
      expect([first?.warning.id, second?.warning.id]).toEqual([testWarning(1).id, testWarning(2).id]);
      await journal.recordAttempt(defined(first, 'an entry'), { kind: 'retry', at: at(0), nextAt: at(500), reason: 'busy' });
      await commit(journal, [testWarning(3)], ['chat'], 100);
      const seen = async (recipient: string, now: number): Promise<readonly (readonly [string, number])[]> => (await journal.pending(recipient, at(now), 10, 'all')).map((each) => [each.warning.id, each.attempts]);
      for (const step of ['before', 'after a restart']) {
        expect([step, await seen('chat', 499), await journal.nextDue('chat', 'all')]).toEqual([step, [], at(500)]);
        expect([step, await journal.nextDue('chat')]).toEqual([step, at(0)]);
        expect([step, await seen('chat', 500)]).toEqual([step, [[testWarning(1).id, 1], [testWarning(2).id, 0], [testWarning(3).id, 0]]]);
        // Another recipient is not held back.
        expect([step, await seen('web', 0)]).toEqual([step, [[testWarning(1).id, 0], [testWarning(2).id, 0]]]);
        await journal.close();
        journal = await place.open();
      }
      // One in the middle that waits lets those before it through.
      const [head, middle] = await journal.pending('chat', at(500), 10, 'all');
      await journal.recordAttempt(defined(middle, 'an entry'), { kind: 'retry', at: at(500), nextAt: at(900), reason: 'busy' });
      expect(await seen('chat', 600)).toEqual([[testWarning(1).id, 1]]);
      expect(await journal.nextDue('chat', 'all')).toBe(at(500));
      await journal.recordAttempt(defined(head, 'an entry'), { kind: 'abandoned', at: at(600), reason: 'gone' });
      expect([await seen('chat', 899), await journal.nextDue('chat', 'all')]).toEqual([[], at(900)]);
      expect((await journal.pending('chat', at(900), 1, 'all')).length).toBe(1);
      expect(await journal.nextDue('nobody', 'all')).toBeUndefined();
    });

    it('says when the next entry is due, counting what holds it back', async () => {
      expect(await journal.nextDue('web')).toBeUndefined();
      await commit(journal, [testWarning(1), testWarning(1, 2)], ['web']);
      expect(await journal.nextDue('web')).toBe(at(0));
      const [first] = await journal.pending('web', at(0), 1);
      await journal.recordAttempt(defined(first, 'an entry'), { kind: 'retry', at: at(1), nextAt: at(900), reason: 'busy' });
      expect(await journal.nextDue('web')).toBe(at(900));
      expect(await journal.nextDue('chat')).toBeUndefined();
    });

    it('settles delivered and abandoned entries, and takes repeats of an outcome without harm', async () => {
      await commit(journal, [testWarning(1), testWarning(2)], ['web', 'chat']);
      const [one, two] = await journal.pending('web', at(0), 10);
      const delivered: DeliveryOutcome = { kind: 'delivered', at: at(1) };
      await journal.recordAttempt(defined(one, 'an entry'), delivered);
      await journal.recordAttempt(defined(one, 'an entry'), delivered);
      const retry: DeliveryOutcome = { kind: 'retry', at: at(1), nextAt: at(2), reason: 'busy' };
      await journal.recordAttempt(defined(two, 'an entry'), retry);
      await journal.recordAttempt(defined(two, 'an entry'), retry);
      const left = await journal.pending('web', at(2), 10);
      expect(left.map((entry) => [entry.warning.id, entry.attempts])).toEqual([[testWarning(2).id, 1]]);
      await journal.recordAttempt(defined(left[0], 'an entry'), { kind: 'abandoned', at: at(3), reason: 'recipient gone' });
      expect(await journal.nextDue('web')).toBeUndefined();
      expect((await journal.pending('chat', at(3), 10)).length).toBe(2);
    });

    it('has everything again after a restart', async () => {
      await journal.commitWarnings({ warnings: [testWarning(1), testWarning(2)], recipients: ['web'], checkpoints: { scores: '8' }, at: at(0) });
      const [entry] = await journal.pending('web', at(0), 10);
      await journal.recordAttempt(defined(entry, 'an entry'), { kind: 'delivered', at: at(1) });
      await journal.close();
      await expect(journal.checkpoint('scores')).rejects.toMatchObject({ code: 'store-failed' });
      journal = await place.open();
      expect(await journal.checkpoint('scores')).toBe('8');
      expect((await journal.warnings(0, 10)).length).toBe(2);
      expect((await journal.pending('web', at(1), 10)).map((each) => each.warning.id)).toEqual([testWarning(2).id]);
    });

    it('property: any sequence of operations gives what the plain rules give', async () => {
      await fc.assert(fc.asyncProperty(fc.array(operation, { maxLength: 40 }), (operations) => compareWithRules(make, operations)), { numRuns: runs });
    });
  });
}

/** Recipients of the property: one of each order. */
const orderOf = (recipient: string): DeliveryOrder => (recipient === 'chat' ? 'all' : 'warning');

type Operation =
  | { readonly kind: 'commit'; readonly warnings: readonly { readonly id: number; readonly revision: number; readonly state: 'firing' | 'resolved' }[]; readonly recipients: readonly string[] }
  | { readonly kind: 'deliver'; readonly recipient: string; readonly outcome: 'delivered' | 'retry' | 'abandoned'; readonly wait: number }
  | { readonly kind: 'checkpoint'; readonly name: string; readonly value: string }
  | { readonly kind: 'reopen' };

const revision = fc.record({ id: fc.integer({ min: 1, max: 3 }), revision: fc.integer({ min: 1, max: 4 }), state: fc.constantFrom('firing' as const, 'resolved' as const) });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('commit' as const), warnings: fc.array(revision, { maxLength: 3 }), recipients: fc.subarray(['web', 'chat']) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('deliver' as const), recipient: fc.constantFrom('web', 'chat'), outcome: fc.constantFrom('delivered' as const, 'retry' as const, 'abandoned' as const), wait: fc.integer({ min: 0, max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('checkpoint' as const), name: fc.constantFrom('a', 'b'), value: fc.string() }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
);

/** Runs `operations` on a journal and on the plain rules side by side; the clock moves 10 ms at each. */
async function compareWithRules(make: () => JournalPlace | Promise<JournalPlace>, operations: readonly Operation[]): Promise<void> {
  const place = await make();
  let journal = await place.open();
  const rules = createMemoryStore().journal;
  try {
    for (const [i, op] of operations.entries()) {
      const now = at(i * 10);
      if (op.kind === 'reopen') {
        await journal.close();
        journal = await place.open();
      } else if (op.kind === 'checkpoint') {
        await journal.saveCheckpoints({ [op.name]: op.value });
        rules.saveCheckpoints({ [op.name]: op.value });
      } else if (op.kind === 'commit') {
        const terms = { warnings: op.warnings.map((each) => testWarning(each.id, each.revision, { state: each.state })), recipients: op.recipients, checkpoints: {}, at: now };
        await journal.commitWarnings(terms);
        rules.commitWarnings(terms);
      } else {
        const order = orderOf(op.recipient);
        const [mine] = await journal.pending(op.recipient, now, 1, order);
        const [theirs] = rules.pending(op.recipient, now, 1, order);
        expect(await journal.nextDue(op.recipient, order)).toEqual(rules.nextDue(op.recipient, order));
        expect([mine?.warning, mine?.attempts]).toEqual([theirs?.warning, theirs?.attempts]);
        if (mine === undefined || theirs === undefined) continue;
        const outcome: DeliveryOutcome = op.outcome === 'delivered' ? { kind: 'delivered', at: now } : op.outcome === 'retry' ? { kind: 'retry', at: now, nextAt: at(i * 10 + op.wait), reason: 'busy' } : { kind: 'abandoned', at: now, reason: 'gone' };
        await journal.recordAttempt(mine, outcome);
        rules.recordAttempt(theirs, outcome);
      }
    }
    const end = at(operations.length * 10);
    expect(await journal.openWarnings()).toEqual(rules.openWarnings());
    for (const state of [undefined, 'open', 'ended'] as const) {
      // Rows are compared by their order only: a store may leave numbers out, of a revision that was there already.
      const [page, same] = [await journal.latestWarnings({ state, asset: assetId('OM'), limit: 2 }), rules.latestWarnings({ state, asset: assetId('OM'), limit: 2 })];
      expect(page.map((each) => each.warning)).toEqual(same.map((each) => each.warning));
      const [rest, sameRest] = [await journal.latestWarnings({ state, before: page.at(-1)?.row ?? 1, limit: 9 }), rules.latestWarnings({ state, before: same.at(-1)?.row ?? 1, limit: 9 })];
      expect(rest.map((each) => each.warning)).toEqual(sameRest.map((each) => each.warning));
    }
    expect((await journal.warnings(0, 1_000)).map((each) => each.warning)).toEqual(rules.warnings(0, 1_000).map((each) => each.warning));
    for (const recipient of ['web', 'chat']) {
      for (const order of ['warning', 'all'] as const) {
        expect(await journal.nextDue(recipient, order)).toEqual(rules.nextDue(recipient, order));
        expect((await journal.pending(recipient, end, 1_000, order)).map((each) => [each.warning, each.attempts])).toEqual(rules.pending(recipient, end, 1_000, order).map((each) => [each.warning, each.attempts]));
      }
    }
    for (const name of ['a', 'b']) expect(await journal.checkpoint(name)).toEqual(rules.checkpoint(name));
  } finally {
    await journal.close();
    await place.dispose();
  }
}
