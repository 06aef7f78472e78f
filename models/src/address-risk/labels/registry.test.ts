import { describe, expect, it } from '@jest/globals';
import { createAddressTable } from './address-table.ts';
import { createLabelRegistry } from './registry.ts';
import type { LabelStatement } from './statement.ts';

const address = `0x${'ab'.repeat(20)}`;
const says = (source: string, label: string, confidence: number, more: Partial<LabelStatement> = {}): LabelStatement => ({ address, chain: 'eip155', label, source, confidence, statedAt: 1, ...more });
const first = (...statements: readonly LabelStatement[]) => createLabelRegistry({ statements }).lookup(address, 'eip155:1', 10);

describe('what counts of an address', () => {
  it('is what several independent sources say, more surely than each', () => {
    expect(first(says('eth-labels', 'exchange:okx', 0.9), says('nansen', 'exchange:okx', 0.8))?.confidence).toBeCloseTo(0.98, 12);
    // Two that repeat one explorer are one.
    expect(first(says('eth-labels', 'exchange:okx', 0.9, { origin: 'etherscan' }), says('nansen', 'exchange:okx', 0.8, { origin: 'etherscan' }))?.confidence).toBe(0.9);
  });

  it('is the surer of two owners, and of equals whose word counts for more', () => {
    expect(first(says('eth-labels', 'exchange:okx', 0.9), says('nansen', 'exchange:gate', 0.8))?.label).toBe('exchange:okx');
    expect(first(says('nansen', 'exchange:gate', 0.8), says('exchange-list', 'exchange:okx', 0.8))?.label).toBe('exchange:okx');
    expect(first(says('nansen', 'exchange:gate', 1), says('committee', 'exchange:okx', 1))?.label).toBe('exchange:okx');
    expect(first(says('committee', 'exchange:gate', 1), says('config', 'exchange:okx', 1))?.label).toBe('exchange:okx');
  });

  it('is the owner of a sanctioned exchange, and a sanction where the owner is in doubt', () => {
    expect(first(says('ofac', 'sanctioned:ofac', 0.99), says('eth-labels', 'exchange:garantex', 0.9), says('eth-labels', 'other:old-contract', 0.95))?.label).toBe('exchange:garantex');
    expect(first(says('ofac', 'sanctioned:ofac', 0.99), says('eth-labels', 'exchange:garantex', 0.4))?.label).toBe('sanctioned:ofac');
  });

  it('holds on its chain and in its time alone', () => {
    const registry = createLabelRegistry({ statements: [says('eth-labels', 'exchange:okx', 0.9, { chain: 'eip155:1', validFrom: 5, validUntil: 8 })] });
    expect([4, 5, 7, 8].map((at) => registry.labelOf(address, 'eip155:1', at))).toEqual([undefined, 'exchange:okx', 'exchange:okx', undefined]);
    expect(registry.labelOf(address, 'eip155:56', 6)).toBeUndefined();
    expect(registry.explain(address).statements).toHaveLength(1);
  });

  it('that is disputed is told with what is left of it, and lets another one pass', () => {
    const statements = [says('eth-labels', 'exchange:okx', 0.9), says('nansen', 'issuer:mantra', 0.6)];
    const registry = createLabelRegistry({ statements, disputes: [{ address, label: 'exchange:okx', by: 'Ana', reason: 'sold', at: 2 }] });
    expect(registry.lookup(address, 'eip155:1', 10)).toMatchObject({ label: 'issuer:mantra', disputed: false });
    expect(registry.weigh(address, 'eip155:1', 10)).toMatchObject([{ label: 'issuer:mantra' }, { label: 'exchange:okx', confidence: 0.45, undisputed: 0.9, disputedBy: ['ana'] }]);
    expect(registry.explain(address)).toMatchObject({ statements, disputes: [{ by: 'Ana', reason: 'sold' }] });
  });
});

describe('a table of addresses', () => {
  it('numbers tens of thousands of addresses, finds each and no other, also accounts of other chains', () => {
    const table = createAddressTable(4);
    // Addresses that differ in few digits, as contracts with mined names do.
    const of = (i: number): string => (i % 1_000 === 999 ? `account${i.toString(5).replaceAll('0', '5')}` : `0x${'0'.repeat(20)}${(i * 2_654_435_761).toString(16).padStart(20, '0')}`);
    for (let i = 0; i < 30_000; i++) if (table.add(of(i)) !== i) throw new Error(`${of(i)} was taken for another one`);
    for (let i = 0; i < 30_000; i++) if (table.find(of(i)) !== i || table.add(of(i)) !== i) throw new Error(`${of(i)} was lost`);
    expect(table.size).toBe(30_000);
    expect([table.find(`0x${'f'.repeat(40)}`), table.find('nobody'), table.find('0x12'), table.find(`0x${'g'.repeat(40)}`)]).toEqual([-1, -1, -1, -1]);
  });
});
