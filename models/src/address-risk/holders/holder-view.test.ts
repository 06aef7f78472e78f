import { describe, expect, it } from '@jest/globals';
import type { AddressLink } from '../labels/clusters.ts';
import { createHolderState } from './holder-state.ts';
import { holderView, type HolderView } from './holder-view.ts';
import { venueLabel, type HolderLabels } from './owners.ts';
import { reviewLabels } from './review.ts';

const DAY = 86_400_000;
const START = 20_000 * DAY;

function labelsOf(known: Readonly<Record<string, string>>, links: readonly AddressLink[] = []): HolderLabels {
  const lookup = (address: string) => (known[address] === undefined ? undefined : { label: known[address], confidence: 0.9, disputed: false });
  return { lookup, labelOf: (address) => known[address], links };
}

function world(known: Readonly<Record<string, string>>) {
  const state = createHolderState({ mint: '0x0', limit: 1e6, perDay: 1e6, venueOf: (address) => venueLabel(known[address]) });
  state.begin(0, true);
  let number = 0;
  const move = (at: number, from: string, to: string, amount: bigint): void => state.apply({ number: ++number, at, transfers: [{ from, to, amount }] });
  return { state, move, view: (at: number, over: Readonly<Record<string, string>> = {}, links: readonly AddressLink[] = []): HolderView => holderView(state, labelsOf({ ...known, ...over }, links), { at, perUnit: 1, dormantWeight: 0.5, mostOwners: 48, mostAddresses: 8 }) };
}

const owner = (view: HolderView, cluster: string) => {
  const found = view.owners.find((one) => one.cluster === cluster);
  if (found === undefined) throw new Error(`no owner ${cluster} among ${view.owners.map((one) => one.cluster).join()}`);
  return found;
};

const LABELS = { okx: 'exchange:okx', gate: 'exchange:gate', issuer1: 'issuer:mantra', issuer2: 'issuer:mantra', vest: 'locked:vesting', bridge: 'bridge:arbitrum', dead: 'burn:dead' };

/** 1,000 units: 300 of the issuer, 100 locked, 50 burnt, 100 at an exchange, 50 in a bridge, 400 of four owners. */
function settled() {
  const one = world(LABELS);
  one.move(START, '0x0', 'issuer1', 1000n);
  for (const [to, amount] of [['issuer2', 100n], ['vest', 100n], ['dead', 50n], ['okx', 100n], ['bridge', 50n], ['a', 100n], ['b', 100n], ['c', 100n], ['d', 100n]] as const) one.move(START, 'issuer1', to, amount);
  return one;
}

describe('who holds a token', () => {
  it('stands exchanges, bridges, burnt and locked apart, and measures the rest by owner', () => {
    const view = settled().view(START + DAY);
    expect(view).toMatchObject({ holders: 10, isComplete: true, supplyUnits: 1000, effectiveFloatUnits: 1000 - 100 - 300 - 50, apart: { exchanges: 100, bridges: 50, locked: 100, burnt: 50, issuer: 300, dormant: 0 } });
    // The issuer's 300 and four times 100.
    expect(view.concentration).toMatchObject({ hhi: expect.closeTo((9 + 4) / 49, 12), nakamoto: 2 });
    expect(owner(view, 'issuer:mantra')).toMatchObject({ addressCount: 2, addresses: ['issuer1', 'issuer2'], units: 300, supplyShare: 0.3, issuerScore: 1, confidence: 0.9 });
    expect(owner(view, 'a')).toMatchObject({ label: null, confidence: 0, units: 100, floatShare: 100 / 550, issuerScore: 0.5, dormancyDays: null, ageDays: 1 });
  });

  it('says how much of what an owner received came from flagged addresses, by how sure labels are, and nothing where nobody is labelled', () => {
    const one = settled();
    one.move(START + 40 * DAY, '0x0', 'm', 100n);
    one.move(START + 40 * DAY, '0x0', 'u', 100n);
    one.move(START + 40 * DAY, 'm', 'e', 30n);
    one.move(START + 40 * DAY, 'okx', 'e', 70n);
    one.move(START + 40 * DAY, 'u', 'f', 10n);
    one.move(START + 40 * DAY, 'okx', 'c', 1n);
    const at = START + 41 * DAY;
    const tainted = (view: HolderView, cluster: string): number | null => owner(view, cluster).taintedShare;
    const view = one.view(at, { m: 'mixer:tornado' });
    // Labels are 0.9 sure: of 100 that e received 30 came from there, and it was the first to send.
    expect(tainted(view, 'e')).toBeCloseTo(0.9, 12);
    expect(tainted(view, 'f')).toBeNull();
    expect(tainted(view, 'c')).toBe(0);
    expect(tainted(view, 'a')).toBe(0);
    one.move(START + 40 * DAY + 1, 'm', 'c', 3n);
    expect(tainted(one.view(at, { m: 'hack:bridge' }), 'c')).toBeCloseTo((0.9 * 3) / (100 + 1 + 3), 12);
    expect(tainted(one.view(at), 'c')).toBe(0);
    // What moves between addresses of one owner is not received.
    expect(tainted(one.view(at, { m: 'mixer:tornado', c: 'mixer:tornado' }), 'mixer:tornado')).toBe(0);
  });

  it('a part of what has not moved for a year does not count, and dust does not wake it', () => {
    const one = settled();
    one.move(START + 300 * DAY, 'a', 'b', 50n);
    one.move(START + 360 * DAY, 'a', 'c', 1n);
    one.move(START + 364 * DAY, 'bridge', 'd', 1n);
    const view = one.view(START + 366 * DAY);
    // c got 1 of 101: dust; d got 1 of 101: dust; a sent, b got a third of what it holds.
    expect(view.apart.dormant).toBe(202);
    expect(view.effectiveFloatUnits).toBe(550 - 101);
  });

  it('sums deposits of a day and a week by owner and exchange, through deposit addresses too, and what exchanges move among themselves is none', () => {
    const one = settled();
    const now = START + 20 * DAY;
    one.move(START, 'c', 'dep', 20n);
    one.move(START + 1, 'dep', 'gate', 20n);
    one.move(START + 2, 'c', 'dep', 5n);
    one.move(START + 3, 'dep', 'gate', 5n);
    one.move(now - 8 * DAY, 'a', 'okx', 7n);
    one.move(now - 6 * DAY, 'a', 'okx', 10n);
    one.move(now - 2 * 3_600_000, 'a', 'gate', 20n);
    one.move(now - 3_600_000, 'c', 'dep', 30n);
    one.move(now - 1_800_000, 'dep', 'gate', 30n);
    one.move(now - 60_000, 'okx', 'gate', 50n);
    one.move(now - 60_000, 'issuer2', 'okx', 40n);
    const view = one.view(now);
    expect(owner(view, 'a')).toMatchObject({ depositsDayUnits: 20, depositsWeekUnits: 30, venuesWeek: ['exchange:gate', 'exchange:okx'] });
    expect(owner(view, 'c')).toMatchObject({ depositsDayUnits: 30, depositsWeekUnits: 30, venuesWeek: ['exchange:gate'], addressCount: 2, links: [{ code: 'deposit-address', confidence: 0.7, addresses: 2, by: 'exchange:gate' }] });
    expect(owner(view, 'issuer:mantra')).toMatchObject({ depositsDayUnits: 40 });
    expect(view.owners.filter(({ depositsDayUnits }) => depositsDayUnits > 0).map(({ cluster }) => cluster)).toEqual(['issuer:mantra', 'a', 'c']);
    // Those that ever deposited more often stand out from the mean of all.
    expect(owner(view, 'a').depositPropensity).toBeGreaterThan(owner(view, 'b').depositPropensity);
  });

  it('names of many addresses those that send to exchanges before those that hold', () => {
    const one = settled();
    const wallets = Array.from({ length: 12 }, (_, i) => `w${String(10 + i)}`);
    for (const wallet of wallets) one.move(START + DAY, 'b', wallet, 5n);
    one.move(START + 2 * DAY, 'w20', 'okx', 2n);
    one.move(START + 2 * DAY, 'w21', 'okx', 5n);
    const { addresses, addressCount } = owner(one.view(START + 3 * DAY), 'b');
    expect(addressCount).toBe(13);
    expect(addresses).toEqual(['w21', 'w20', 'b', 'w10', 'w11', 'w12', 'w13', 'w14']);
    // Of what is more than a week ago nothing is known any more.
    expect(owner(one.view(START + 30 * DAY), 'b').addresses).toEqual(['b', 'w10', 'w11', 'w12', 'w13', 'w14', 'w15', 'w16']);
  });

  it('takes whom one funder funded for one owner, unless it funds many or is known', () => {
    const one = settled();
    for (const wallet of ['w1', 'w2', 'w3']) one.move(START + DAY, 'b', wallet, 10n);
    for (let i = 0; i < 60; i++) one.move(START + DAY, 'd', `airdrop${i}`, 1n);
    const view = one.view(START + 2 * DAY);
    expect(owner(view, 'b')).toMatchObject({ addressCount: 4, units: 100, links: [{ code: 'common-funder', confidence: 0.6, addresses: 4, by: 'b' }], issuerScore: 0.5 });
    expect(owner(view, 'd').addressCount).toBe(1);
    // With a label of its own a wallet is its own owner's; a label of the funder says what its wallets are.
    const known = one.view(START + 2 * DAY, { w1: 'fund:laser', b: 'issuer:mantra' });
    expect(owner(known, 'fund:laser')).toMatchObject({ units: 10, addressCount: 1, issuerScore: 0 });
    expect(owner(known, 'w2')).toMatchObject({ issuerScore: 0.5 });
    // Whom a person says to be one owner is one.
    expect(owner(one.view(START + 2 * DAY, {}, [{ a: 'a', b: 'issuer2', code: 'committee', confidence: 0.95, by: 'committee' }]), 'issuer:mantra')).toMatchObject({ addressCount: 3, units: 400 });
  });

  it('before the first block that is known there is more than was seen', () => {
    const state = createHolderState({ mint: '0x0', limit: 1e6, perDay: 1e6, venueOf: () => undefined });
    state.begin(50, false);
    state.apply({ number: 50, at: START, transfers: [{ from: 'a', to: 'b', amount: 5n }] });
    const view = holderView(state, labelsOf({}), { at: START + DAY, perUnit: 1, dormantWeight: 0.5, knownSupply: 100, mostOwners: 48, mostAddresses: 8 });
    expect(view).toMatchObject({ isComplete: false, holders: 1, supplyUnits: 100, effectiveFloatUnits: 100 });
    expect(owner(view, 'b')).toMatchObject({ units: 5, supplyShare: 0.05 });
  });
});

describe('looking back with other labels', () => {
  it('says per day and owner what was deposited as it was known, and as it is known now', () => {
    const one = settled();
    const now = START + 40 * DAY;
    one.move(now - 31 * DAY, 'a', 'okx', 99n);
    one.move(now - 2 * DAY, 'a', 'okx', 10n);
    one.move(now - DAY, 'a', 'later', 20n);
    one.move(now - DAY, 'b', 'okx', 5n);
    const found = reviewLabels(one.state, labelsOf(LABELS), labelsOf({ ...LABELS, later: 'exchange:gate', a: 'issuer:mantra' }), now);
    expect(found.days).toEqual([
      { day: now - 2 * DAY, depositsBefore: 10n, depositsAfter: 10n, issuerBefore: 0n, issuerAfter: 10n },
      { day: now - DAY, depositsBefore: 5n, depositsAfter: 25n, issuerBefore: 0n, issuerAfter: 20n },
    ]);
    expect(found.owners).toEqual([{ cluster: 'issuer:mantra', before: 0n, after: 30n }, { cluster: 'a', before: 10n, after: 0n }]);
  });
});
