import { describe, expect, it } from '@jest/globals';
import { createRng, epochMs, ok, warningId } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import type { Clock } from '@breakwater/platform/clock';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { Leases } from '@breakwater/platform/lease';
import { leaseTiming } from '@breakwater/platform/lease/keep';
import { createMemoryLeases } from '@breakwater/platform/lease/memory';
import { silentLog } from '@breakwater/platform/log';
import { createMetrics } from '@breakwater/platform/metrics';
import { createSimulatedClock, createSimulatedDisk } from '@breakwater/platform/simulated';
import type { Journal, JournalTurn, SharedJournal } from '@breakwater/platform/store';
import { testWarning } from '@breakwater/platform/suites';
import type { AlertTerm } from './alert-holder.ts';
import { createAlertHolder } from './alert-holder.ts';

const id = warningId('BW-OM-20250413-00000000');

/** A journal that several instances share, on one disk: a turn that takes it shuts out those before. */
function sharedJournal(base: Journal): SharedJournal {
  let latest: JournalTurn | undefined;
  const guarded = (turn: JournalTurn): Journal => {
    const check = async <T>(write: () => Promise<T>): Promise<T> => {
      if (latest !== turn || !turn.held()) throw new BreakwaterError('fenced', `turn ${turn.term} is over`);
      return write();
    };
    return {
      ...base, saveCheckpoints: (values) => check(() => base.saveCheckpoints(values)), commitWarnings: (commit) => check(() => base.commitWarnings(commit)),
      recordAttempt: (entry, outcome) => check(() => base.recordAttempt(entry, outcome)),
      // Of the turn alone.
      close: async () => undefined,
    };
  };
  return {
    copy: base, ready: async () => undefined, close: async () => undefined, writer: () => (latest === undefined ? null : { term: latest.term, address: latest.address }),
    take: async (turn) => {
      latest = turn;
      return guarded(turn);
    },
  };
}

function setUp(own: { readonly shared?: SharedJournal } = {}) {
  const activity = createActivity();
  const clock = createSimulatedClock({ start: epochMs(1_790_000_000_000), activity });
  const leases = createMemoryLeases(clock);
  const { journal } = createSimulatedDisk({ rng: createRng(1) }).open();
  const shared = own.shared ?? sharedJournal(journal);
  const log: string[] = [];
  const pass = (ms: number): Promise<void> => clock.advanceTo(epochMs(clock.now() + ms));
  const start = (name: string, own: { readonly clock?: Clock; readonly leases?: Leases } = {}) => {
    const stop = new AbortController();
    const terms: { readonly term: AlertTerm; readonly onError: (error: unknown) => void }[] = [];
    const metrics = createMetrics();
    const holder = createAlertHolder(
      { leases: own.leases ?? leases, journal: shared, instance: name, address: `http://${name}/`, clock: own.clock ?? clock, log: silentLog, metrics, signal: stop.signal },
      async (term, onError) => {
        terms.push({ term, onError });
        log.push(`${name} on`);
        return {
          acknowledge: async () => ok(testWarning(1)), latestHeartbeat: () => null,
          stop: async () => {
            log.push(`${name} off${term.signal.aborted ? '' : ' too early'}`);
          },
        };
      },
    );
    return { holder, stop, terms, metrics, done: holder.run() };
  };
  return { clock, leases, journal, log, pass, start };
}

describe('createAlertHolder', () => {
  it('has one instance active, and another within moments of its clean end', async () => {
    const { log, pass, start } = setUp();
    const [a, b] = [start('a'), start('b')];
    await pass(10_000);
    expect([log, a.holder.status(), b.holder.status()]).toEqual([['a on'], { active: true, term: 1, address: 'http://a/' }, { active: false, term: 1, address: 'http://a/' }]);
    expect(await a.holder.acknowledge(id, 'ada')).toMatchObject({ ok: true });
    await expect(b.holder.acknowledge(id, 'ada')).rejects.toMatchObject({ code: 'standby' });
    expect([await a.metrics.text(), await b.metrics.text()].map((text) => /breakwater_alert_active (\d)/.exec(text)?.[1])).toEqual(['1', '0']);
    a.stop.abort();
    await pass(leaseTiming.askEveryMs + 100);
    await a.done;
    expect(log).toEqual(['a on', 'a off', 'b on']);
    expect(b.holder.status()).toEqual({ active: true, term: 2, address: 'http://b/' });
    await expect(a.holder.acknowledge(id, 'ada')).rejects.toMatchObject({ code: 'standby' });
    b.stop.abort();
    await b.done;
  });

  it('is over for an instance that was paused before it does anything, and it stands by again', async () => {
    const { clock, log, pass, start } = setUp();
    let paused = false;
    const late: (() => void)[] = [];
    const slow: Clock = { now: () => clock.now(), after: (ms, fn) => clock.after(ms, () => {
      if (paused) late.push(fn);
      else fn();
    }) };
    const a = start('a', { clock: slow });
    await pass(1_000);
    const b = start('b');
    await pass(1_000);
    paused = true;
    await pass(20_000);
    const term = a.terms[0]?.term;
    // It wakes: nothing of it has run yet.
    expect([term?.held(), term?.signal.aborted]).toEqual([false, false]);
    await expect(term?.journal.saveCheckpoints({ x: 'of a' })).rejects.toMatchObject({ code: 'fenced' });
    expect(log).toEqual(['a on', 'b on']);
    paused = false;
    for (const fn of late.splice(0)) fn();
    await pass(1_000);
    expect(log).toEqual(['a on', 'b on', 'a off']);
    await b.terms[0]?.term.journal.saveCheckpoints({ x: 'of b' });
    // It takes its next turn as anybody would.
    b.stop.abort();
    await pass(2_000);
    await b.done;
    expect(log).toEqual(['a on', 'b on', 'a off', 'b off', 'a on']);
    expect(await a.terms[1]?.term.journal.checkpoint('x')).toBe('of b');
    a.stop.abort();
    await a.done;
  });

  it('fails, saying what to do, when the journal knows a later turn than the lease that it holds', async () => {
    const { log, pass, start } = setUp({ shared: {
      copy: createSimulatedDisk({ rng: createRng(2) }).open().journal, ready: async () => undefined, close: async () => undefined, writer: () => ({ term: 900, address: '' }),
      take: (turn) => Promise.reject(new BreakwaterError('fenced', `turn 900 has begun, this is ${turn.term}`)),
    } });
    const a = start('a');
    const failed = expect(a.done).rejects.toThrow('the lease alerting is held with term 1, but its journal has turn 900 already');
    await pass(1_000);
    await failed;
    expect(log).toEqual([]);
  });

  it('ends the turn and stands by when it hears that another has taken over, and gives the lease to others and fails on what it cannot recover from', async () => {
    const { log, pass, start } = setUp();
    const a = start('a');
    await pass(1_000);
    a.terms[0]?.onError(new BreakwaterError('fenced', 'turn 9 has begun'));
    await pass(1_000);
    expect(log).toEqual(['a on', 'a off', 'a on']);
    const failed = expect(a.done).rejects.toThrow('the rules are broken');
    const b = start('b');
    a.terms[1]?.onError(new Error('the rules are broken'));
    await pass(1_000);
    await failed;
    expect(log).toEqual(['a on', 'a off', 'a on', 'a off', 'b on']);
    b.stop.abort();
    await b.done;
  });
});
