import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng, epochMs, price, type Rng } from '@breakwater/models/core';
import type { AccountEvent, AccountPosition } from '../venue.ts';
import { createAccountQueue, type AccountQueue } from './account-queue.ts';

const START = 1_800_000_000_000;
const LATENCY_MS = 400;

const position = (symbol: string, qty: number, liquidationPrice: number | null, mark = 1): AccountPosition =>
  ({ symbol, qty, entryPrice: price(1), marginUsed: 1, leverage: 'isolated', liquidationPrice: liquidationPrice === null ? null : price(liquidationPrice), value: Math.abs(qty) * mark });
const answer = (symbol: string, positions: readonly AccountPosition[]): AccountEvent => ({ kind: 'account', symbol, eventTime: epochMs(START), positions });
const riskOf = (positions: readonly AccountPosition[]): number =>
  positions.reduce((sum, { symbol, qty, liquidationPrice }) => sum + (symbol !== 'OM' || liquidationPrice === null ? 0 : Math.abs(qty) / Math.max(0.005, (qty > 0 ? 1 : -1) * (1 - liquidationPrice))), 0);

/** A venue with many accounts, asked as a session asks it: so many requests a second, answers a while later. */
function run(queue: AccountQueue, world: ReadonlyMap<string, readonly AccountPosition[]>, options: { readonly perTurn: number; readonly seconds: number; readonly trades: (second: number) => readonly string[]; readonly each: (at: number, answeredAt: ReadonlyMap<string, number>) => void }): readonly number[] {
  const answeredAt = new Map<string, number>();
  const asked: number[] = [];
  let due: { readonly at: number; readonly account: string }[] = [];
  for (let second = 0; second < options.seconds; second++) {
    const at = START + 1_000 * second;
    for (const { account } of due) {
      queue.answered(answer(account, world.get(account) ?? []), epochMs(at - 1_000 + LATENCY_MS));
      answeredAt.set(account, at - 1_000 + LATENCY_MS);
    }
    due = [];
    queue.named(options.trades(second));
    for (let n = 0; n < options.perTurn; n++) {
      const account = queue.next(epochMs(at));
      if (account === undefined) break;
      asked.push(at);
      due.push({ at, account });
    }
    options.each(at, answeredAt);
  }
  return asked;
}

/** Accounts whose positions are heavy-tailed in size and spread in distance, as on the venue; half have none in the market watched. */
function accountsOf(count: number, rng: Rng): Map<string, readonly AccountPosition[]> {
  return new Map(Array.from({ length: count }, (_, i) => {
    const size = 100 * (1 - rng.next()) ** -1.2;
    const distance = 0.01 + 0.9 * rng.next();
    const long = rng.chance(0.5);
    const held = rng.chance(0.5) ? [position('OM', long ? size : -size, long ? 1 - distance : 1 + distance)] : [];
    return [`account ${i}`, [...held, position('BTC', 5, 0.9)]];
  }));
}

describe('the order in which accounts are asked', () => {
  it.each([1, 2, 3])('keeps 99 % of what is at risk younger than two minutes, within the budget: seed %i', (seed) => {
    const rng = createRng(seed).fork('accounts');
    const world = accountsOf(600, rng);
    const names = [...world.keys()];
    const queue = createAccountQueue({ perMinute: 240, isWatched: (symbol) => symbol === 'OM' });
    const atRisk = names.map((name) => ({ name, risk: riskOf(world.get(name) ?? []) })).sort((a, b) => b.risk - a.risk);
    const total = atRisk.reduce((sum, { risk }) => sum + risk, 0);
    let sum = 0;
    const top = atRisk.filter(({ risk }) => (sum += risk) - risk < 0.99 * total && risk > 0);
    expect(top.length).toBeLessThan(300);
    let oldest = 0;
    const asked = run(queue, world, {
      perTurn: 4, seconds: 1_800,
      // Everybody has traded within five minutes; some do all the time.
      trades: (second) => [...names.slice(2 * second, 2 * second + 2), rng.pick(names), rng.pick(names.slice(0, 20))],
      each: (at, answeredAt) => {
        if (at < START + 900_000) return;
        for (const { name } of top) oldest = Math.max(oldest, at - (answeredAt.get(name) ?? 0));
      },
    });
    expect(oldest).toBeLessThanOrEqual(120_000);
    for (let from = START; from < START + 1_740_000; from += 10_000) expect(asked.filter((at) => at >= from && at < from + 60_000).length).toBeLessThanOrEqual(240);
    expect(queue.stats(epochMs(START + 1_800_000))).toMatchObject({ accounts: 600, coreShare: expect.any(Number), dropped: 0 });
    expect(queue.stats(epochMs(START + 1_800_000)).coreShare).toBeGreaterThanOrEqual(0.99);
  });

  it('keeps the most at risk fresh where the budget is too small for all, and says what share that is', () => {
    const world = new Map(Array.from({ length: 400 }, (_, i): [string, readonly AccountPosition[]] => [`account ${i}`, [position('OM', 100 - i / 10, 0.9)]]));
    const queue = createAccountQueue({ perMinute: 60, isWatched: () => true });
    const ages: number[] = [];
    run(queue, world, {
      perTurn: 1, seconds: 3_600, trades: (second) => (second === 0 ? [...world.keys()] : []),
      each: (at, answeredAt) => {
        if (at >= START + 3_000_000) for (let i = 0; i < 60; i++) ages.push(at - (answeredAt.get(`account ${i}`) ?? 0));
      },
    });
    const { core, coreShare, oldestCoreMs } = queue.stats(epochMs(START + 3_600_000));
    expect(core).toBe(75);
    expect(coreShare).toBeLessThan(0.25);
    expect(Math.max(...ages)).toBeLessThanOrEqual(120_000);
    expect(oldestCoreMs).toBeLessThanOrEqual(120_000);
  });

  it('looks again at who is near when the mark moves', () => {
    const queue = createAccountQueue({ perMinute: 12, isWatched: () => true });
    const world = new Map<string, readonly AccountPosition[]>([['far', [position('OM', 10, 0.5)]], ...Array.from({ length: 40 }, (_, i): [string, readonly AccountPosition[]] => [`near ${i}`, [position('OM', 100, 0.95)]])]);
    queue.named([...world.keys()]);
    const ask = (from: number, seconds: number): string[] => Array.from({ length: seconds / 5 }, (_, i) => epochMs(from + 5_000 * i)).flatMap((at) => {
      const account = queue.next(at);
      if (account !== undefined) queue.answered(answer(account, world.get(account) ?? []), at);
      return account ?? [];
    });
    ask(START, 600);
    // A small position far away has too little at risk to be kept fresh.
    expect(ask(START + 600_000, 300).filter((account) => account === 'far').length).toBeLessThanOrEqual(1);
    // The others close theirs, and the mark comes near to it.
    for (const name of world.keys()) if (name !== 'far') world.set(name, []);
    ask(START + 900_000, 3_000);
    queue.marked('OM', 0.502);
    expect(queue.stats(epochMs(START + 3_900_000))).toMatchObject({ holders: 1, core: 1 });
    expect(ask(START + 3_900_000, 300).filter((account) => account === 'far').length).toBeGreaterThanOrEqual(3);
  });

  it('asks accounts that have traded since before those that have not, and nobody twice within 45 s', () => {
    const queue = createAccountQueue({ perMinute: 240, isWatched: () => true });
    queue.named(['a', 'b', 'c']);
    const at = (seconds: number) => epochMs(START + 1_000 * seconds);
    expect([queue.next(at(0)), queue.next(at(0)), queue.next(at(0)), queue.next(at(0))]).toEqual(['a', 'b', 'c', undefined]);
    queue.named(['c']);
    expect(queue.next(at(44))).toBeUndefined();
    expect(queue.stats(at(44))).toMatchObject({ accounts: 3, waiting: 1, holders: 0 });
    expect([queue.next(at(45)), queue.next(at(45)), queue.next(at(45)), queue.next(at(45))]).toEqual(['c', 'a', 'b', undefined]);
  });

  it('reads again those with a position more often than those with none', () => {
    const world = new Map(Array.from({ length: 400 }, (_, i): [string, readonly AccountPosition[]] => [`account ${i}`, i < 100 ? [position('OM', 1, null)] : []]));
    const queue = createAccountQueue({ perMinute: 60, isWatched: () => true });
    const last = new Map<string, number>();
    run(queue, world, { perTurn: 1, seconds: 3_600, trades: (second) => (second === 0 ? [...world.keys()] : []), each: (_at, answeredAt) => answeredAt.forEach((at, account) => last.set(account, at)) });
    const oldest = (from: number, to: number): number => Math.max(...Array.from({ length: to - from }, (_, i) => START + 3_600_000 - (last.get(`account ${from + i}`) ?? 0)));
    expect(oldest(0, 100)).toBeLessThan(300_000);
    expect(oldest(100, 400)).toBeGreaterThan(500_000);
    expect(oldest(100, 400)).toBeLessThan(1_200_000);
  });

  it('keeps a bounded number: those with nothing at risk go first, and are counted', () => {
    const queue = createAccountQueue({ perMinute: 60_000, isWatched: () => true, most: 100 });
    for (let i = 0; i < 300; i++) {
      queue.named([`account ${i}`]);
      const account = queue.next(epochMs(START + 6_000 * i));
      if (account !== undefined) queue.answered(answer(account, Number(account.slice(8)) < 20 ? [position('OM', 5, 0.9)] : []), epochMs(START + 6_000 * i));
    }
    queue.next(epochMs(START + 6_000 * 300));
    const stats = queue.stats(epochMs(START + 6_000 * 300));
    expect(stats.accounts).toBeLessThanOrEqual(100);
    expect(stats).toMatchObject({ holders: 20, core: 20, coreShare: 1 });
    // Equal ones in the order of their names.
    expect(queue.worthKeeping(20)).toEqual(Array.from({ length: 20 }, (_, i) => `account ${i}`).sort());
    // Those that were begun with and not asked yet are not lost.
    queue.named(['recalled']);
    expect(queue.worthKeeping(100).at(-1)).toBe('recalled');
    expect(stats.accounts + stats.dropped).toBe(300);
    // All at once: what is too much for now is refused, and counted.
    queue.named(Array.from({ length: 500 }, (_, i) => `flood ${i}`));
    expect(queue.stats(epochMs(START)).accounts).toBeLessThanOrEqual(110);
  });

  it('goes on whatever is told, in whatever order', () => {
    const account = fc.integer({ min: 0, max: 8 }).map((i) => `account ${i}`);
    const step = fc.oneof(
      fc.record({ kind: fc.constant('named' as const), account }),
      fc.record({ kind: fc.constant('answered' as const), account, qty: fc.double({ min: -10, max: 10, noNaN: true }).filter((x) => x !== 0), at: fc.option(fc.double({ min: 0.01, max: 3, noNaN: true })) }),
      fc.record({ kind: fc.constant('marked' as const), mark: fc.double({ min: 0.01, max: 3, noNaN: true }) }),
      fc.record({ kind: fc.constant('next' as const), wait: fc.integer({ min: 0, max: 60_000 }) }),
    );
    fc.assert(fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const queue = createAccountQueue({ perMinute: 240, isWatched: () => true, most: 5 });
      const askedAt = new Map<string, number>();
      let now = START;
      for (const s of steps) {
        if (s.kind === 'named') queue.named([s.account]);
        else if (s.kind === 'answered') queue.answered(answer(s.account, [position('OM', s.qty, s.at)]), epochMs(now));
        else if (s.kind === 'marked') queue.marked('OM', s.mark);
        else {
          now += s.wait;
          const chosen = queue.next(epochMs(now));
          if (chosen !== undefined) askedAt.set(chosen, now);
          const { accounts, coreShare, oldestCoreMs } = queue.stats(epochMs(now));
          expect(accounts).toBeLessThanOrEqual(5);
          expect(coreShare).toBeGreaterThanOrEqual(0);
          expect(coreShare).toBeLessThanOrEqual(1 + 1e-9);
          expect(oldestCoreMs).toBeGreaterThanOrEqual(0);
        }
      }
    }), { numRuns: 300, seed: 20_261_127 });
  });
});
