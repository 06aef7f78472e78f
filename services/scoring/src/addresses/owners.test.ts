import { describe, expect, it } from '@jest/globals';
import type { HoldersMessage } from '@breakwater/contracts';
import { chainId, ratio, sourceId } from '@breakwater/models/core';
import { holders, owner } from '../testing/messages.ts';
import { createHolderMemory } from './holder-memory.ts';
import { holdingsOf, type Holdings } from './owners.ts';

const t0 = 1_700_000_000_000;
const [one, ten] = [chainId('eip155:1'), chainId('eip155:10')];

function together(...messages: readonly HoldersMessage[]): Holdings | undefined {
  const memory = createHolderMemory();
  for (const message of messages) memory.fold(message);
  return holdingsOf(memory.chains(), undefined);
}

describe('who holds an asset', () => {
  it('is what its one chain said last, and nothing before', () => {
    expect(together()).toBeUndefined();
    const facts = owner('issuer:mantra', 2e8);
    const known = together(holders(t0, [owner('fund:a', 1)]), holders(t0 + 1, [facts], { supplyUnits: 9e8 }));
    expect(known).toMatchObject({ at: t0 + 1, complete: true, holders: 1_000, supplyUnits: 9e8, floatUnits: 4e8, concentration: { nakamoto: 7 } });
    expect([...(known?.owners.values() ?? [])]).toEqual([facts]);
  });
  it('adds up over chains, without counting twice what a bridge holds of one for the other', () => {
    const apart = { exchanges: 0, locked: 0, burnt: 0, issuer: 0, dormant: 0 };
    const main = holders(t0, [owner('fund:a', 100, { addresses: ['0x1'], venuesWeek: ['okx'], depositsWeekUnits: 10, fanIn: 9, dormancyDays: 3, ageDays: null })], { supplyUnits: 1_000, effectiveFloatUnits: 800, apart: { ...apart, bridges: 300 }, holders: 5 });
    const side = holders(t0 - 5, [owner('fund:a', 50, { addresses: ['0x2'], venuesWeek: ['bybit'], depositsWeekUnits: 5, dormancyDays: 1, confidence: ratio(0.6) }), owner('0x3', 20)], {
      chain: ten, supplyUnits: 200, effectiveFloatUnits: 200, apart: { ...apart, bridges: 0 }, holders: 2, complete: false, concentration: null,
    });
    const known = together(side, main);
    expect(known).toMatchObject({ at: t0 - 5, complete: false, holders: 7, supplyUnits: 1_000, floatUnits: 800, concentration: { nakamoto: 7 } });
    expect(known?.owners.get('fund:a')).toMatchObject({
      units: 150, supplyShare: 0.15, floatShare: 150 / 800, addresses: ['0x1', '0x2'], addressCount: 2, venuesWeek: ['okx', 'bybit'], depositsWeekUnits: 15, fanIn: 9, dormancyDays: 1, ageDays: 400, confidence: 0.6,
    });
    expect(known?.owners.get('0x3')).toMatchObject({ units: 20, supplyShare: 0.02 });
  });
  it('is measured against the float of the config while a chain does not know all of its own, and counts that once', () => {
    const memory = createHolderMemory();
    for (const chain of [one, ten]) memory.fold(holders(t0, [owner(`0x${chain}`, 90)], { chain, complete: false, supplyUnits: 300, effectiveFloatUnits: 120 }));
    const named = holdingsOf(memory.chains(), undefined, 1_000);
    expect(named).toMatchObject({ complete: false, isSupplyKnown: true, supplyUnits: 1_000, floatUnits: 1_000 });
    expect(named?.owners.get(`0x${one}`)).toMatchObject({ supplyShare: 0.09, floatShare: 0.09 });
    // What moved may be more than the config says.
    expect(holdingsOf(memory.chains(), undefined, 200)).toMatchObject({ supplyUnits: 300, floatUnits: 200 });
    expect(holdingsOf(memory.chains(), undefined)).toMatchObject({ isSupplyKnown: false });
    memory.fold(holders(t0, [], { chain: one, supplyUnits: 300, effectiveFloatUnits: 120 }));
    memory.fold(holders(t0, [], { chain: ten, supplyUnits: 300, effectiveFloatUnits: 120 }));
    expect(holdingsOf(memory.chains(), undefined, 1_000)).toMatchObject({ complete: true, isSupplyKnown: true, supplyUnits: 600, floatUnits: 240 });
  });
  it('leaves out chains that carry no token of the asset any more', () => {
    const memory = createHolderMemory();
    memory.fold(holders(t0, []));
    memory.fold(holders(t0, [], { chain: ten, supplyUnits: 5 }));
    expect(holdingsOf(memory.chains(), [sourceId(one)])?.supplyUnits).toBe(1e9);
    expect(holdingsOf(memory.chains(), [sourceId('eip155:56')])).toBeUndefined();
  });
});

describe('the memory of holders', () => {
  it('keeps sixteen chains, those that spoke last', () => {
    const memory = createHolderMemory();
    for (let i = 0; i < 20; i++) memory.fold(holders(t0 + i, [], { chain: chainId(`eip155:${String(i)}`) }));
    memory.fold(holders(t0 + 30, [], { chain: chainId('eip155:5') }));
    memory.fold(holders(t0 + 31, [], { chain: chainId('eip155:99') }));
    const kept = memory.chains().map(({ message }) => message.chain);
    expect(kept).toHaveLength(16);
    expect(kept).toContain('eip155:5');
    expect(kept).not.toContain('eip155:4');
  });
  it('comes back from what was saved, and has the same digest however often the same is said', () => {
    const memory = createHolderMemory();
    memory.fold(holders(t0, [owner('fund:a', 1)]));
    const digest = (of: typeof memory): readonly string[] => of.chains().map((chain) => chain.digest);
    const before = digest(memory);
    memory.fold(holders(t0, [owner('fund:a', 1)]));
    expect(digest(memory)).toEqual(before);
    const restored = createHolderMemory(JSON.parse(JSON.stringify(memory.save())) as ReturnType<typeof memory.save>, memory.saveDays());
    expect(digest(restored)).toEqual(before);
    expect([memory.version(), restored.version()]).toEqual([2, 0]);
    memory.fold(holders(t0, [owner('fund:a', 2)]));
    expect(digest(memory)).not.toEqual(before);
  });
});
