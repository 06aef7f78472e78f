import { describe, expect, it } from '@jest/globals';
import { createRng, type Rng } from '../../core/index.ts';
import { createHolderState, type HolderSettings, type HolderState } from './holder-state.ts';
import type { HolderBlock } from './holder-table.ts';

const DAY = 86_400_000;
const MINT = '0x0';
const settings: HolderSettings = { mint: MINT, limit: 1e6, perDay: 1e6, venueOf: (address) => (address.startsWith('x') ? 'exchange:okx' : address.startsWith('y') ? 'exchange:gate' : undefined) };

/** Everything a state says, in an order that is no accident of its slots. */
function told(state: HolderState): unknown {
  return {
    figures: state.figures(), holders: [...state.entries()].sort(([x], [y]) => (x < y ? -1 : 1)),
    recent: [...state.recent()].map(({ at, from, to, amount }) => `${at} ${from} ${to} ${amount}`),
  };
}

/** Balances, counted from scratch. */
function recount(chain: readonly HolderBlock[]): ReadonlyMap<string, bigint> {
  const balances = new Map<string, bigint>();
  for (const { transfers } of chain) {
    for (const { from, to, amount } of transfers) {
      if (from !== MINT) balances.set(from, (balances.get(from) ?? 0n) - amount);
      if (to !== MINT) balances.set(to, (balances.get(to) ?? 0n) + amount);
    }
  }
  return balances;
}

function block(rng: Rng, number: number): HolderBlock {
  const who = (): string => rng.pick(['w', 'w', 'w', 'x', 'y']) + String(Math.floor(rng.next() ** 3 * 60));
  const transfers = Array.from({ length: rng.pick([0, 1, 1, 3, 12]) }, () => ({ from: rng.chance(0.1) ? MINT : who(), to: rng.chance(0.03) ? MINT : who(), amount: BigInt(rng.int(1000)) * 10n ** BigInt(rng.int(60)) }));
  return { number, at: 1_700_000_000_000 + number * 600_000, transfers };
}

/** A state that is saved and read again, as a store would keep it. */
function kept(rules: HolderSettings) {
  const store = new Map<string, string>();
  let state = createHolderState(rules);
  return {
    state: () => state,
    save: () => {
      for (const [name, text] of state.save()) store.set(name, text);
    },
    keep: (parts: ReadonlyMap<string, string>) => {
      for (const [name, text] of parts) store.set(name, text);
    },
    restart: () => {
      state = createHolderState(rules, (name) => store.get(name));
    },
  };
}

describe('holders', () => {
  it('whatever is applied, taken back, saved and read again: the state is that of the chain alone', () => {
    let reorgs = 0;
    for (let seed = 0; seed < 40; seed++) {
      const rng = createRng(seed);
      const run = kept(settings);
      run.state().begin(0, true);
      const chain: HolderBlock[] = [];
      let final = -1;
      let saved: HolderBlock[] = [];
      for (let step = 0; step < 300; step++) {
        const turn = rng.next();
        if (turn < 0.7) {
          const next = block(rng, (chain.at(-1)?.number ?? -1) + 1 + rng.int(3));
          chain.push(next);
          run.state().apply(next);
        } else if (turn < 0.8) {
          const to = Math.max(final, (chain.at(-1)?.number ?? 0) - 1 - rng.int(12));
          if (chain.some(({ number }) => number > to)) reorgs++;
          run.state().revert(to);
          while ((chain.at(-1)?.number ?? -1) > to) chain.pop();
        } else if (turn < 0.9) {
          final = Math.max(final, (chain.at(-1)?.number ?? 0) - rng.int(20));
          run.state().settle(final);
        } else if (turn < 0.97) {
          run.save();
          saved = [...chain];
        } else {
          // What was not saved is lost, and the chain is followed again from what was.
          run.restart();
          if (saved.length === 0) run.state().begin(0, true);
          chain.splice(0, chain.length, ...saved);
          final = Math.min(final, saved.at(-1)?.number ?? -1);
        }
      }
      const fresh = createHolderState(settings);
      fresh.begin(0, true);
      for (const one of chain) fresh.apply(one);
      expect(told(run.state())).toEqual(told(fresh));
      const balances = recount(chain);
      for (const [address, record] of run.state().entries()) expect(record.balance).toBe(balances.get(address));
      expect([...run.state().entries()].filter(([, { balance }]) => balance > 0n)).toHaveLength([...balances.values()].filter((balance) => balance > 0n).length);
    }
    expect(reorgs).toBeGreaterThan(500);
  });

  it('the same where addresses are written in chunks in between', () => {
    const rng = createRng(99);
    const run = kept(settings);
    run.state().begin(0, true);
    const chain: HolderBlock[] = [];
    for (let number = 0; number < 4000; number++) {
      const next = block(rng, number);
      chain.push(next);
      run.state().apply(next);
      if (number % 40 === 39) {
        run.state().revert(number - 6);
        chain.splice(-6);
        for (let again = number - 5; again <= number; again++) {
          const other = block(rng, again);
          chain.push(other);
          run.state().apply(other);
        }
      }
      run.state().settle(number - 12);
      if (number % 10 === 9) run.save();
      if (number % 333 === 0) {
        run.save();
        run.restart();
      }
    }
    const fresh = createHolderState(settings);
    fresh.begin(0, true);
    for (const one of chain) fresh.apply(one);
    const all = told(fresh) as { readonly recent: readonly string[] };
    const ours = told(run.state()) as { readonly recent: readonly string[] };
    // Of final blocks the days that are long over are gone.
    const last = chain.at(-1)?.at ?? 0;
    const recentOnly = (lines: readonly string[]): readonly string[] => lines.filter((line) => Number(line.split(' ')[0]) >= (Math.floor(last / DAY) - 10) * DAY);
    expect({ ...ours, recent: recentOnly(ours.recent) }).toEqual({ ...all, recent: recentOnly(all.recent) });
    expect(chain.reduce((n, { transfers }) => n + transfers.length, 0)).toBeGreaterThan(10_000);
  });

  it('the same where it stops while many chunks are written a few at a time, and no step writes much', () => {
    const rng = createRng(7);
    const run = kept(settings);
    run.state().begin(0, true);
    let chain: HolderBlock[] = [];
    let saved: readonly HolderBlock[] = [];
    let [stops, most] = [0, 0];
    const wallet = (): string => `w${rng.int(12_000)}`;
    for (let number = 0; number < 1500; number++) {
      const at = chain.length;
      const transfers = Array.from({ length: 30 }, (_, i) => (at < 400 ? { from: MINT, to: `w${at * 30 + i}`, amount: 1000n } : { from: wallet(), to: rng.chance(0.1) ? 'x1' : wallet(), amount: BigInt(1 + rng.int(9)) }));
      const next = { number: (chain.at(-1)?.number ?? -1) + 1, at: 1_700_000_000_000 + number * 1000, transfers };
      chain.push(next);
      run.state().apply(next);
      run.state().settle(next.number - 5);
      if (number % 3 === 0) {
        const parts = run.state().save();
        most = Math.max(most, [...parts].filter(([name, text]) => /^[ab]/.test(name) && text !== '').length);
        run.keep(parts);
        saved = [...chain];
      } else if (rng.chance(0.02)) {
        run.restart();
        chain = [...saved];
        stops++;
      }
    }
    const fresh = createHolderState(settings);
    fresh.begin(0, true);
    for (const one of chain) fresh.apply(one);
    const text = (state: HolderState): string => JSON.stringify(told(state), (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
    expect(text(run.state()) === text(fresh)).toBe(true);
    expect(run.state().figures().isComplete).toBe(true);
    expect([stops > 10, most]).toEqual([true, 16]);
  });
});
