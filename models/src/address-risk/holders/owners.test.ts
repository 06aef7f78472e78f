import { describe, expect, it } from '@jest/globals';
import { createHolderState } from './holder-state.ts';
import { holderView, type HolderView } from './holder-view.ts';
import { ownersOf, venueLabel, type HolderLabels, type Owners } from './owners.ts';

const DAY = 86_400_000;
const START = 20_000 * DAY;
const KNOWN: Readonly<Record<string, string>> = { okx: 'exchange:okx', gate: 'exchange:gate' };

const labels: HolderLabels = { lookup: (address) => (KNOWN[address] === undefined ? undefined : { label: KNOWN[address], confidence: 0.9, disputed: false }), labelOf: (address) => KNOWN[address], links: [] };

function world(isWhole = true) {
  const state = createHolderState({ mint: '0x0', limit: 1e6, perDay: 1e6, venueOf: (address) => venueLabel(KNOWN[address]) });
  state.begin(isWhole ? 0 : 100, isWhole);
  let number = 100;
  const move = (from: string, to: string, amount: number): void => state.apply({ number: ++number, at: START + number * 1000, transfers: [{ from, to, amount: BigInt(amount) }] });
  return {
    state, move,
    owners: (at = START + DAY): Owners => ownersOf(state, labels, at),
    view: (over: Partial<HolderLabels> = {}): HolderView => holderView(state, { ...labels, ...over }, { at: START + DAY, perUnit: 1, dormantWeight: 0.5, mostOwners: 48, mostAddresses: 8 }),
  };
}

const owner = (view: HolderView, cluster: string) => view.owners.find((one) => one.cluster === cluster);
const together = (owners: Owners, ...addresses: readonly string[]): boolean => new Set(addresses.map((address) => owners.clusterOf(address))).size === 1;

describe('a deposit address of an exchange', () => {
  it('is none that was there before the first block: nobody knows that it sent all it had', () => {
    const one = world(false);
    for (let i = 0; i < 3; i++) one.move('whale', 'okx', 1000);
    expect(one.state.get('whale')).toMatchObject({ out: 3, deposits: 3, emptied: 0 });
    expect(one.owners().venueOf('whale')).toBeUndefined();
    expect(owner(one.view(), 'whale')).toMatchObject({ depositsDayUnits: 3000, venuesWeek: ['exchange:okx'] });
    // Not even when what was seen to come and go is even.
    one.move('x', 'whale', 4000);
    one.move('whale', 'okx', 1000);
    expect(one.state.get('whale')).toMatchObject({ balance: 0n, emptied: 0 });
  });

  it('is found in a state that began late too, where it only passes on what was seen to come', () => {
    const one = world(false);
    for (let i = 0; i < 2; i++) {
      one.move('customer', 'dep', 10);
      one.move('dep', 'okx', 10);
    }
    expect(one.owners().venueOf('dep')).toBe('exchange:okx');
    // Sending more than was seen to come says that there was more.
    for (let i = 0; i < 2; i++) {
      one.move('customer', 'rich', 10);
      one.move('rich', 'okx', 50);
    }
    expect(one.owners().venueOf('rich')).toBeUndefined();
  });

  it('that holds something at a snapshot is known by what it sends after it', () => {
    const state = createHolderState({ mint: '0x0', limit: 100, perDay: 100, venueOf: (address) => venueLabel(KNOWN[address]) });
    state.begin(51, false);
    state.correct([['dep', 7n], ['customer', 100n]], START, true);
    state.apply({ number: 51, at: START, transfers: [{ from: 'dep', to: 'okx', amount: 7n }, { from: 'customer', to: 'dep', amount: 5n }, { from: 'dep', to: 'okx', amount: 5n }] });
    expect(state.venueOf('dep', START)).toBe('exchange:okx');
  });
});

describe('who funded whom', () => {
  /** `root` funds ten, each of which funds ten. */
  function tree() {
    const one = world();
    one.move('0x0', 'root', 10_000);
    for (let i = 0; i < 10; i++) {
      one.move('root', `child${i}`, 900);
      for (let j = 0; j < 10; j++) one.move(`child${i}`, `grandchild${i}${j}`, 50);
    }
    return one;
  }

  it('goes one step: a tree of two levels is not one owner', () => {
    const owners = tree().owners();
    expect(together(owners, 'root', ...Array.from({ length: 10 }, (_, i) => `child${i}`))).toBe(true);
    expect(owners.clusters.get(owners.clusterOf('root'))?.addresses).toHaveLength(11);
    expect(owners.clusterOf('grandchild37')).toBe('grandchild37');
  });

  it('says nothing of whom others sent to as well', () => {
    const one = tree();
    one.move('stranger', 'child4', 5);
    const owners = one.owners();
    expect(together(owners, 'root', 'child3')).toBe(true);
    expect(together(owners, 'root', 'child4')).toBe(false);
    // It is nobody's by a funder then, so whom it funded can be its own.
    expect(together(owners, 'child4', 'grandchild40', 'grandchild49')).toBe(true);
  });

  it('joins nobody to strangers by way of a deposit address that they share', () => {
    const one = world();
    one.move('0x0', 'root', 1000);
    one.move('0x0', 'other', 1000);
    for (const child of ['child1', 'child2', 'child3']) one.move('root', child, 100);
    for (const [from, to] of [['child1', 'dep1'], ['child2', 'dep1'], ['child3', 'dep3'], ['other', 'dep3']] as const) {
      one.move(from, to, 50);
      one.move(to, 'okx', 50);
    }
    const owners = one.owners();
    expect(together(owners, 'root', 'child1', 'child2', 'dep1')).toBe(true);
    expect(together(owners, 'other', 'child3', 'dep3')).toBe(true);
    expect(together(owners, 'root', 'child3')).toBe(false);
  });
});

describe('who sends to a deposit address', () => {
  function deposits() {
    const one = world();
    for (const holder of ['customer', 'dust0', 'dust1', 'dust2', 'dust3', 'dust4', 'dust5']) one.move('0x0', holder, 10_000);
    for (let i = 0; i < 2; i++) {
      one.move('customer', 'dep', 1000);
      one.move('dep', 'okx', 1000);
    }
    return one;
  }

  it('does not become its owner by a little, nor hides him, however many do', () => {
    const one = deposits();
    expect(together(one.owners(), 'customer', 'dep')).toBe(true);
    for (let i = 0; i < 6; i++) one.move(`dust${i}`, 'dep', 1);
    one.move('dep', 'okx', 6);
    const owners = one.owners();
    expect(together(owners, 'customer', 'dep')).toBe(true);
    for (let i = 0; i < 6; i++) expect(owners.clusterOf(`dust${i}`)).toBe(`dust${i}`);
  });

  it('nor by being first, before or after what was sent is remembered', () => {
    const one = world();
    for (const holder of ['dust', 'customer']) one.move('0x0', holder, 10_000);
    one.move('dust', 'dep', 1);
    one.move('dep', 'okx', 1);
    expect(one.owners().venueOf('dep')).toBeUndefined();
    one.move('customer', 'dep', 1000);
    one.move('dep', 'okx', 1000);
    expect(one.owners().venueOf('dep')).toBe('exchange:okx');
    expect(together(one.owners(), 'customer', 'dep')).toBe(true);
    expect(one.owners().clusterOf('dust')).toBe('dust');
  });

  it('is nobody where many send, and a real share makes several one', () => {
    const one = deposits();
    for (let i = 0; i < 2; i++) one.move(`dust${i}`, 'dep', 800);
    one.move('dep', 'okx', 1600);
    expect(together(one.owners(), 'customer', 'dep', 'dust0', 'dust1')).toBe(true);
    for (let i = 2; i < 6; i++) one.move(`dust${i}`, 'dep', 800);
    one.move('dep', 'okx', 3200);
    expect(one.owners().clusterOf('customer')).toBe('customer');
  });

  it('from an exchange makes no owner, and counts for what is a little', () => {
    const one = world();
    for (const holder of ['gate', 'dust']) one.move('0x0', holder, 10_000);
    for (let i = 0; i < 2; i++) {
      one.move('gate', 'dep', 1000);
      one.move('dep', 'okx', 1000);
    }
    one.move('dust', 'dep', 1);
    one.move('dep', 'okx', 1);
    expect(one.owners().clusterOf('dust')).toBe('dust');
  });
});

describe('how sure an owner is', () => {
  it('is the weakest of the links that hold it together, also where others of the kind are surer', () => {
    const one = world();
    for (const holder of ['a', 'b', 'c', 'd']) one.move('0x0', holder, 100);
    const link = (a: string, b: string, confidence: number) => ({ a, b, code: 'committee', confidence, by: 'somebody' }) as const;
    const view = one.view({ links: [link('a', 'b', 0.95), link('b', 'c', 0.55), link('a', 'c', 0.52)] });
    // The link of 0.52 joins nothing that is not joined.
    expect(owner(view, 'a')).toMatchObject({ addressCount: 3, confidence: 0.55, links: [{ code: 'committee', confidence: 0.95, addresses: 3, by: 'somebody' }] });
    expect(owner(view, 'd')).toMatchObject({ confidence: 0, links: [] });
  });
});
