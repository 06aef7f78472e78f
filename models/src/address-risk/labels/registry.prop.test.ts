import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { changedLabels } from './changes.ts';
import { exportLabels } from './export.ts';
import { importLabels } from './import.ts';
import { createLabelRegistry } from './registry.ts';
import type { LabelDispute, LabelStatement } from './statement.ts';
import { USABLE_CONFIDENCE } from './weigh.ts';

const addresses = Array.from({ length: 6 }, (_, i) => `0x${String(i).repeat(39)}f`);
const chains = ['eip155', 'eip155:1', 'eip155:56'];
const labels = ['exchange:okx', 'exchange:gate', 'issuer:mantra', 'phishing:forta', 'sanctioned:ofac', 'other:mev-bot', 'treasury:ours', 'dex:uniswap'];
const sources = ['committee', 'eth-labels', 'forta', 'nansen', 'config'];
const confidence = fc.integer({ min: 1, max: 100 }).map((percent) => percent / 100);
const time = fc.integer({ min: 1, max: 20 }).map((day) => day * 1_000_000_000);

const statement: fc.Arbitrary<LabelStatement> = fc.record(
  { address: fc.constantFrom(...addresses), chain: fc.constantFrom(...chains), label: fc.constantFrom(...labels), source: fc.constantFrom(...sources), confidence, statedAt: time, nameTag: fc.string({ minLength: 1, maxLength: 20 }), origin: fc.constantFrom('etherscan', 'x'), validFrom: time, validUntil: time },
  { requiredKeys: ['address', 'chain', 'label', 'source', 'confidence', 'statedAt'] });
const dispute: fc.Arbitrary<LabelDispute> = fc.record(
  { address: fc.constantFrom(...addresses), label: fc.constantFrom(...labels), by: fc.constantFrom('Ana', 'ana', 'Bo', 'Cy'), reason: fc.constant('wrong'), at: time }, { requiredKeys: ['address', 'by', 'reason', 'at'] });
const statements = fc.array(statement, { maxLength: 30 });
const disputes = fc.array(dispute, { maxLength: 10 });

describe('a registry of labels', () => {
  it('looks up what weighing everything that was said puts first', () => {
    fc.assert(fc.property(statements, disputes, fc.constantFrom(...chains), time, (said, against, chain, at) => {
      const registry = createLabelRegistry({ statements: said, disputes: against });
      for (const address of addresses) {
        const [first] = registry.weigh(address, chain, at);
        const found = registry.lookup(address, chain, at);
        expect(found?.label).toBe(first?.label);
        if (first === undefined) continue;
        expect(found?.confidence).toBeCloseTo(first.confidence, 12);
        expect(found?.disputed).toBe(first.disputedBy.length > 0);
      }
    }), { numRuns: 400 });
  });

  it('does not depend on the order in which things were said', () => {
    fc.assert(fc.property(statements, disputes, fc.constantFrom(...chains), time, (said, against, chain, at) => {
      const [one, other] = [createLabelRegistry({ statements: said, disputes: against }), createLabelRegistry({ statements: said.toReversed(), disputes: against.toReversed() })];
      for (const address of addresses) {
        const [a, b] = [one.lookup(address, chain, at), other.lookup(address, chain, at)];
        expect([a?.label, a?.disputed]).toEqual([b?.label, b?.disputed]);
        expect(a?.confidence ?? 0).toBeCloseTo(b?.confidence ?? 0, 12);
      }
    }));
  });

  it('lowers what is disputed with every person who disputes it, and never loses it', () => {
    fc.assert(fc.property(statements, disputes, dispute, fc.constantFrom(...chains), time, (said, against, one, chain, at) => {
      const before = createLabelRegistry({ statements: said, disputes: against });
      const after = createLabelRegistry({ statements: said, disputes: [...against, one] });
      for (const address of addresses) {
        const was = new Map(before.weigh(address, chain, at).map((weighed) => [weighed.label, weighed]));
        const is = after.weigh(address, chain, at);
        expect(is.map(({ label }) => label).sort()).toEqual([...was.keys()].sort());
        expect(after.explain(address).statements).toEqual(before.explain(address).statements);
        for (const { label, confidence: now } of is) {
          const then = was.get(label)?.confidence ?? NaN;
          const isMeant = address === one.address && (one.label === undefined || one.label === label) && was.get(label)?.disputedBy.includes(one.by.toLowerCase()) === false;
          expect(now).toBeGreaterThan(0);
          if (isMeant) expect(now).toBeCloseTo(then / 2, 12);
          else expect(now).toBe(then);
        }
      }
    }));
  });

  it('is surer with another source that says the same, and not with one that repeats it', () => {
    fc.assert(fc.property(statements, statement, fc.constantFrom(...chains), time, (said, one, chain, at) => {
      const sure = (all: readonly LabelStatement[]): number => createLabelRegistry({ statements: all }).weigh(one.address, chain, at).find(({ label }) => label === one.label)?.confidence ?? 0;
      expect(sure([...said, one])).toBeGreaterThanOrEqual(sure(said) - 1e-12);
      expect(sure([...said, one, one])).toBeCloseTo(sure([...said, one]), 12);
    }));
  });

  it('knows at a time only what had been said by then', () => {
    fc.assert(fc.property(statements, disputes, time, (said, against, by) => {
      const registry = createLabelRegistry({ statements: said, disputes: against, knownBy: by });
      const other = createLabelRegistry({ statements: said.filter(({ statedAt }) => statedAt <= by), disputes: against.filter(({ at }) => at <= by) });
      expect(registry.size).toBe(other.size);
      for (const address of addresses) expect(registry.weigh(address, 'eip155:1', by)).toEqual(other.weigh(address, 'eip155:1', by));
    }));
  });

  it('says which addresses another registry sees otherwise: those, and no others', () => {
    fc.assert(fc.property(statements, statements, fc.constantFrom(...chains), time, (a, b, chain, at) => {
      const [before, after] = [createLabelRegistry({ statements: a }), createLabelRegistry({ statements: b })];
      const changed = changedLabels(before, after, { chain, at }).map(({ address }) => address);
      expect(changed).toEqual(addresses.filter((address) => before.labelOf(address, chain, at) !== after.labelOf(address, chain, at)));
      expect(changedLabels(before, before, { chain, at })).toEqual([]);
    }));
  });

  it('gives a usable label, and takes only one owner for a cluster', () => {
    fc.assert(fc.property(statements, time, (said, at) => {
      const registry = createLabelRegistry({ statements: said });
      for (const address of addresses) {
        const found = registry.lookup(address, 'eip155:1', at);
        expect(registry.labelOf(address, 'eip155:1', at)).toBe(found !== undefined && found.confidence >= USABLE_CONFIDENCE ? found.label : undefined);
        const { cluster } = registry.clusterOf(address, 'eip155:1', at);
        expect(/^(dex|phishing|sanctioned|other):/.test(cluster)).toBe(false);
      }
    }));
  });
});

describe('a list in our own format', () => {
  const safe = statement.map(({ nameTag, ...rest }): LabelStatement => ({ ...rest, source: 'committee', statedAt: 5, ...(nameTag === undefined || nameTag.replace(/[^a-z,"#]/gi, '') === '' ? {} : { nameTag: nameTag.replace(/[^a-z,"#]/gi, '') }) }));

  it('is the same after it was written and read again, once and twice', () => {
    fc.assert(fc.property(fc.uniqueArray(safe, { maxLength: 20, selector: ({ address, chain, label, origin = '', validFrom = 0, validUntil = 0 }) => [address, chain, label, origin, validFrom, validUntil].join(' ') }), (said) => {
      const text = exportLabels(said);
      const read = importLabels(text, { statedAt: 5, format: 'own', source: 'committee' });
      if (!read.ok) throw new Error(read.error.rule);
      expect(read.value.problems).toEqual([]);
      expect(read.value.statements).toEqual(said);
      expect(exportLabels(read.value.statements)).toBe(text);
    }));
  });
});
