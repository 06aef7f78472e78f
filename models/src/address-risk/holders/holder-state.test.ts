import { describe, expect, it } from '@jest/globals';
import { createHolderState, type HolderSettings } from './holder-state.ts';
import { lastSentBefore } from './holder-record.ts';
import { countOf, meet, NOBODY, together } from './counterparties.ts';

const DAY = 86_400_000;
const settings: HolderSettings = { mint: '0x0', limit: 100, perDay: 100, venueOf: (address) => (address === 'okx' ? 'exchange:okx' : undefined) };
const t = (from: string, to: string, amount: bigint) => ({ from, to, amount });

describe('a state of holders', () => {
  it('keeps exact integers of any size, what is minted and what is burnt', () => {
    const state = createHolderState(settings);
    state.begin(0, true);
    const much = 2n ** 255n + 1n;
    state.apply({ number: 1, at: 0, transfers: [t('0x0', 'a', much), t('a', 'b', 1n), t('b', '0x0', 1n)] });
    expect(state.get('a')?.balance).toBe(2n ** 255n);
    expect(state.figures()).toMatchObject({ minted: much, burnt: 1n, holders: 1, positive: 2n ** 255n, isComplete: true });
  });

  it('says that history is missing when somebody sends what he never got', () => {
    const state = createHolderState(settings);
    state.begin(0, true);
    state.apply({ number: 1, at: 0, transfers: [t('a', 'b', 5n)] });
    expect(state.figures()).toMatchObject({ isComplete: false, negative: 1, holders: 1 });
    state.revert(0);
    expect(state.figures()).toMatchObject({ isComplete: true, negative: 0, addresses: 0 });
  });

  it('begun late, does not know since when a sender was there', () => {
    const state = createHolderState(settings);
    state.begin(100, false);
    state.apply({ number: 100, at: 7, transfers: [t('a', 'b', 5n)] });
    expect([state.get('a')?.since, state.get('b')?.since]).toEqual([-1, 7]);
    expect(state.figures().isComplete).toBe(false);
  });

  it('goes on from what a snapshot says of everybody, also after a restart and a reorganisation', () => {
    const state = createHolderState(settings);
    state.begin(51, false);
    state.apply({ number: 51, at: 9, transfers: [t('a', 'c', 10n)] });
    expect(state.figures()).toMatchObject({ isComplete: false, negative: 1 });
    state.correct([['a', 60n], ['b', 40n]], 7, true);
    const parts = new Map(state.save());
    const again = createHolderState(settings, (name) => parts.get(name));
    const held = (one: typeof state) => [...one.entries()].map(([address, { balance }]) => `${address} ${balance}`).sort();
    for (const one of [state, again]) {
      expect(held(one)).toEqual(['a 50', 'b 40', 'c 10']);
      expect(one.figures()).toMatchObject({ minted: 100n, positive: 100n, holders: 3, isComplete: true });
      expect([one.get('b')?.since, one.get('b')?.moved]).toEqual([-1, 7]);
      one.revert(50);
      expect(held(one)).toEqual(['a 60', 'b 40']);
      expect(one.figures().isComplete).toBe(true);
    }
    // A source that knows of more than it names says so.
    state.correct([], 9, false);
    expect(state.figures().isComplete).toBe(false);
  });

  it('takes over what a contract says while its chunks are being written, and loses nothing of either', () => {
    const state = createHolderState({ ...settings, limit: 1e6 });
    state.begin(0, true);
    const store = new Map<string, string>();
    const save = (): void => {
      for (const [name, text] of state.save()) store.set(name, text);
    };
    for (let n = 1; n <= 9000; n++) state.apply({ number: n, at: n, transfers: [t('0x0', `w${n}`, 5n)] });
    state.settle(8990);
    save();
    state.apply({ number: 9001, at: 9001, transfers: [t('w1', 'w2', 1n)] });
    state.correct([['w1', -2n], ['w3', 2n]], 9000, true);
    save();
    const again = createHolderState({ ...settings, limit: 1e6 }, (name) => store.get(name));
    for (const one of [state, again]) {
      expect(['w1', 'w2', 'w3', 'w4', 'w9000'].map((address) => one.get(address)?.balance)).toEqual([2n, 6n, 7n, 5n, 5n]);
      expect(one.figures()).toMatchObject({ holders: 9000, positive: 45_000n, minted: 45_000n, isComplete: true });
    }
  });

  it('folds away who has least beyond its limit, counts it, and says that it is not whole any more', () => {
    const state = createHolderState({ ...settings, limit: 20 });
    state.begin(0, true);
    for (let n = 1; n <= 3000; n++) state.apply({ number: n, at: n, transfers: [t('0x0', `w${n % 60}`, BigInt(n % 60) + 1n)] });
    state.settle(3000);
    const parts = state.save();
    const figures = state.figures();
    expect(figures.addresses).toBeLessThanOrEqual(20);
    expect(figures).toMatchObject({ folded: 42, isComplete: false });
    // Nothing is lost of the sum.
    expect(figures.positive + figures.foldedAmount).toBe(figures.minted);
    const again = createHolderState({ ...settings, limit: 20 }, (name) => parts.get(name));
    expect(again.figures()).toEqual(figures);
  });

  it('knows the supply again when everybody who was folded away is said to hold what they held', () => {
    const state = createHolderState({ ...settings, limit: 20 });
    state.begin(0, true);
    for (let n = 1; n <= 3000; n++) state.apply({ number: n, at: n, transfers: [t('0x0', `w${n % 60}`, BigInt(n % 60) + 1n), ...(n % 60 === 0 ? [t('w0', '0x0', 1n)] : [])] });
    state.settle(3000);
    state.save();
    expect(state.figures().folded).toBeGreaterThan(30);
    state.apply({ number: 3001, at: 3001, transfers: [t('0x0', 'w1', 7n)] });
    const truth = new Map(Array.from({ length: 60 }, (_, i): [string, bigint] => [`w${i}`, i === 0 ? 0n : 50n * BigInt(i + 1) + (i === 1 ? 7n : 0n)]));
    state.correct([...truth].map(([address, balance]): [string, bigint] => [address, balance - (state.get(address)?.balance ?? 0n)]).filter(([, difference]) => difference !== 0n), 3001, true);
    const supply = [...truth.values()].reduce((sum, one) => sum + one, 0n);
    const figures = state.figures();
    expect(figures).toMatchObject({ isComplete: true, positive: supply, folded: 0, burnt: 50n });
    expect(figures.minted - figures.burnt).toBe(supply);
    state.revert(3000);
    expect(state.figures().minted - state.figures().burnt).toBe(supply - 7n);
    state.apply({ number: 3001, at: 3001, transfers: [t('0x0', 'w1', 7n)] });
  });

  it('a reorganisation below what can be taken back leaves a mark', () => {
    const state = createHolderState(settings);
    state.begin(0, true);
    for (let n = 1; n <= 3000; n++) state.apply({ number: n, at: n, transfers: [t('0x0', 'a', 1n)] });
    state.settle(2990);
    state.save();
    state.revert(2989);
    expect(state.figures()).toMatchObject({ lostReorgs: 1, isComplete: false });
  });

  it('keeps of a full day the largest, those to exchanges first, and counts the rest', () => {
    const state = createHolderState({ ...settings, perDay: 3 });
    state.begin(0, true);
    for (let n = 1; n <= 2100; n++) state.apply({ number: n, at: 5 * DAY + n, transfers: [t('a', n === 7 ? 'okx' : 'b', BigInt(n))] });
    state.settle(2100);
    state.save();
    expect([...state.recent()].map(({ amount }) => amount)).toEqual([7n, 2099n, 2100n]);
    expect(state.figures().leftOut).toEqual({ count: 2097, amount: BigInt((2100 * 2101) / 2 - 7 - 2099 - 2100) });
  });

  it('knows dormancy before today, whom money came from first, and deposits as they were known', () => {
    const state = createHolderState(settings);
    state.begin(0, true);
    state.apply({ number: 1, at: DAY, transfers: [t('0x0', 'issuer', 100n), t('issuer', 'a', 50n), t('b', 'a', 0n)] });
    state.apply({ number: 2, at: 2 * DAY, transfers: [t('a', 'okx', 10n)] });
    state.apply({ number: 3, at: 9 * DAY + 5, transfers: [t('a', 'okx', 10n), t('a', 'c', 1n)] });
    const a = state.get('a');
    expect(a).toMatchObject({ funder: 'issuer', out: 3, deposits: 2, since: DAY });
    expect(a === undefined ? 0 : lastSentBefore(a, 9 * DAY + 9)).toBe(2 * DAY);
    expect(a === undefined ? 0 : lastSentBefore(a, 10 * DAY)).toBe(9 * DAY + 5);
    // Nothing was sent by b: anybody can make a stranger send 0.
    expect(state.get('b')).toBeUndefined();
  });

  it('takes an address that only ever empties itself into one exchange for one of that exchange', () => {
    const state = createHolderState(settings);
    state.begin(0, true);
    for (const n of [1, 2]) state.apply({ number: n, at: n, transfers: [t('0x0', 'user', 5n), t('user', 'd', 5n), t('d', 'okx', 5n)] });
    expect(state.venueOf('d', 9)).toBe('exchange:okx');
    state.apply({ number: 3, at: 3, transfers: [t('0x0', 'user', 5n), t('user', 'd', 5n)] });
    expect(state.get('user')?.deposits).toBe(1);
    state.apply({ number: 4, at: 4, transfers: [t('d', 'elsewhere', 5n)] });
    expect(state.venueOf('d', 9)).toBeUndefined();
  });
});

describe('counting counterparties', () => {
  it('is near the truth from 1 to 100,000, and the same however often one is met', () => {
    for (const n of [1, 2, 5, 20, 100, 3000, 100_000]) {
      let met = NOBODY;
      for (let i = 0; i < n; i++) met = meet(met, `0x${i.toString(16).padStart(40, '0')}`);
      expect(meet(met, `0x${(0).toString(16).padStart(40, '0')}`)).toBe(met);
      expect(Math.abs(countOf(met) / n - 1)).toBeLessThan(0.4);
      expect(met.length).toBeLessThanOrEqual(64);
    }
    expect(countOf(NOBODY)).toBe(0);
  });

  it('those met by two', () => {
    const of = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `w${from + i}`).reduce(meet, NOBODY);
    const padded = (met: string): number => countOf(met);
    expect(padded(together(of(0, 300), of(200, 500)))).toBe(padded(of(0, 500)));
    expect(together(NOBODY, of(0, 5))).toBe(of(0, 5));
  });
});
