import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { unionClusters, type AddressLink } from './clusters.ts';
import { createLabelRegistry } from './registry.ts';

const addresses = Array.from({ length: 12 }, (_, i) => `0x${i.toString(16).repeat(40)}`);
const address = fc.constantFrom(...addresses);
const link: fc.Arbitrary<AddressLink> = fc.record({
  a: address, b: address, code: fc.constantFrom('common-funder', 'deposit-address', 'committee'), confidence: fc.integer({ min: 1, max: 10 }).map((n) => n / 10), by: fc.constantFrom('f1', 'f2'),
});
const owners = fc.dictionary(address, fc.constantFrom('exchange:okx', 'issuer:mantra', 'fund:x'));

describe('clusters of addresses', () => {
  it('are the same whatever the order of addresses and links', () => {
    fc.assert(fc.property(fc.array(link, { maxLength: 20 }), owners, (links, labels) => {
      const ownerOf = (of: string): string | undefined => labels[of];
      const one = unionClusters({ addresses, ownerOf, links });
      const other = unionClusters({ addresses: addresses.toReversed(), ownerOf, links: links.toReversed().map((l) => ({ ...l, a: l.b, b: l.a })) });
      for (const of of addresses) expect(one.clusterOf(of)).toBe(other.clusterOf(of));
    }), { numRuns: 300 });
  });

  it('hold every address once, all of one label together and never two labels, and join what sure links join', () => {
    fc.assert(fc.property(fc.array(link, { maxLength: 20 }), owners, (links, labels) => {
      const found = unionClusters({ addresses, ownerOf: (of) => labels[of], links });
      expect([...found.clusters.values()].flatMap((cluster) => cluster.addresses).sort()).toEqual([...addresses].sort());
      for (const [of, owner] of Object.entries(labels)) expect(found.clusterOf(of)).toBe(owner);
      for (const cluster of found.clusters.values()) {
        const inside = new Set(cluster.addresses.flatMap((of) => labels[of] ?? []));
        expect(inside.size).toBeLessThanOrEqual(1);
        expect(cluster.cluster).toBe([...inside][0] ?? cluster.addresses[0]);
      }
      for (const l of links.filter(({ confidence }) => confidence >= 0.5)) expect(found.clusterOf(l.a) === found.clusterOf(l.b)).toBe(!found.refused.includes(l));
    }), { numRuns: 300 });
  });

  it('follow only links that are more likely right than wrong, and say why they hold together', () => {
    const [a, b, c] = addresses as [string, string, string];
    const links: readonly AddressLink[] = [{ a, b, code: 'common-funder', confidence: 0.6, by: 'funder' }, { a: b, b: c, code: 'committee', confidence: 0.4, by: 'Ana' }];
    const found = unionClusters({ ownerOf: (of) => (of === a ? 'issuer:mantra' : undefined), links });
    expect(found.clusterOf(b)).toBe('issuer:mantra');
    expect(found.clusterOf(c)).toBe(c);
    expect(found.clusters.get('issuer:mantra')?.links).toEqual([{ code: 'label', confidence: 1, weakest: 1, addresses: 1, by: 'issuer:mantra' }, { code: 'common-funder', confidence: 0.6, weakest: 0.6, addresses: 2, by: 'funder' }]);
  });

  it('are as sure as the weakest link that holds them together, whatever is surer of its kind or beside it', () => {
    const [a, b, c] = addresses as [string, string, string];
    const chain: readonly AddressLink[] = [{ a, b, code: 'committee', confidence: 0.9, by: 'Ana' }, { a: b, b: c, code: 'committee', confidence: 0.6, by: 'Bo' }];
    const beside: AddressLink = { a, b: c, code: 'common-funder', confidence: 0.5, by: 'funder' };
    const cluster = unionClusters({ ownerOf: () => undefined, links: [...chain, beside] }).clusters.get(a);
    expect(cluster).toMatchObject({ weakest: 0.6, links: [{ code: 'committee', confidence: 0.9, weakest: 0.6, by: 'Ana' }, { code: 'common-funder', confidence: 0.5, weakest: 0.5 }] });
    const registry = createLabelRegistry({ statements: [{ address: a, chain: 'eip155:1', label: 'issuer:mantra', source: 'eth-labels', confidence: 0.95, statedAt: 1 }], links: chain.map((l) => ({ ...l, at: 3 })) });
    expect(registry.clusterOf(c, 'eip155:1', 5)).toMatchObject({ cluster: 'issuer:mantra', confidence: 0.6 });
    expect(unionClusters({ addresses: [a, b], ownerOf: () => 'exchange:okx', confidenceOf: (of) => (of === a ? 0.55 : 0.9), links: [] }).clusters.get('exchange:okx')).toMatchObject({ weakest: 0.55, links: [{ confidence: 0.9, weakest: 0.55 }] });
  });

  it('have a weakest link that no way between two of their addresses has to be below', () => {
    fc.assert(fc.property(fc.array(link, { maxLength: 20 }), (links) => {
      const found = unionClusters({ addresses, ownerOf: () => undefined, links });
      for (const { addresses: inside, weakest, links: facts } of found.clusters.values()) {
        // Links below it are not needed; without those at it the cluster falls apart.
        const at = (least: number): number => unionClusters({ addresses: inside, ownerOf: () => undefined, links: links.filter(({ a }) => inside.includes(a)), minConfidence: least }).clusters.size;
        expect([at(weakest), inside.length === 1 || at(weakest + 1e-9) > 1]).toEqual([1, true]);
        for (const fact of facts) expect(fact.weakest).toBeLessThanOrEqual(fact.confidence);
      }
    }), { numRuns: 200 });
  });

  it('of a registry go with what the committee links, as sure as the weaker of label and link', () => {
    const [a, b] = addresses as [string, string];
    const registry = createLabelRegistry({ statements: [{ address: a, chain: 'eip155:1', label: 'issuer:mantra', source: 'eth-labels', confidence: 0.9, statedAt: 1 }], links: [{ a, b, code: 'committee', confidence: 0.7, by: 'Ana', at: 3 }] });
    expect(registry.clusterOf(b, 'eip155:1', 5)).toMatchObject({ cluster: 'issuer:mantra', label: 'issuer:mantra', confidence: 0.7, links: [{ code: 'label', confidence: 0.9 }, { code: 'committee', by: 'Ana' }] });
    expect(registry.clusterOf(b, 'eip155:56', 5)).toMatchObject({ cluster: a, label: null });
    expect(createLabelRegistry({ statements: [], links: [{ a, b, code: 'committee', confidence: 0.7, by: 'Ana', at: 3 }], knownBy: 2 }).clusterOf(b, 'eip155:1', 5)).toMatchObject({ cluster: b, links: [] });
  });
});
