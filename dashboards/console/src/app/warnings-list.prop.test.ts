import { describe, expect, it } from '@jest/globals';
import type { WarningMessage } from '@breakwater/contracts';
import fc from 'fast-check';
import { manyWarnings } from '../testing/canned.ts';
import { isOpen, mergeWarnings } from './warnings-list.ts';

const templates = manyWarnings(12);
/** Any revision of twelve warnings; two of them have one onset. */
const revision: fc.Arbitrary<WarningMessage> = fc.record({ which: fc.nat(11), revision: fc.integer({ min: 1, max: 5 }) }).map(({ which, revision: number }) => {
  const template = templates[which] ?? templates[0];
  if (template === undefined) throw new Error('no templates');
  return { ...template, revision: number, onset: which === 1 ? (templates[0]?.onset ?? template.onset) : template.onset };
});

describe('a list of warnings', () => {
  it('is the same whatever the order in which revisions come, newest onset first, latest revision of each', () => {
    fc.assert(fc.property(fc.array(revision, { maxLength: 40 }), fc.nat(40), fc.nat(40), (revisions, a, b) => {
      const [from, to] = a < b ? [a, b] : [b, a];
      const inParts = mergeWarnings(mergeWarnings(mergeWarnings([], revisions.slice(0, from)), revisions.slice(from, to)), revisions.slice(to));
      const latest = new Map<string, number>();
      for (const { id, revision: number } of revisions) latest.set(id, Math.max(number, latest.get(id) ?? 0));
      expect(new Map(inParts.map(({ id, revision: number }) => [id, number]))).toEqual(latest);
      expect(inParts.map(({ id }) => id)).toEqual([...inParts].sort((x, y) => y.onset - x.onset || (x.id < y.id ? -1 : 1)).map(({ id }) => id));
      expect(inParts).toEqual(mergeWarnings([], [...revisions].reverse()));
    }));
  });
  it('is the same object when nothing is new', () => {
    const list = mergeWarnings([], templates);
    expect(mergeWarnings(list, templates.slice(3, 6))).toBe(list);
    expect(mergeWarnings(list, [])).toBe(list);
  });
  it('tells what stands open', () => {
    const [any] = templates;
    if (any === undefined) throw new Error('no templates');
    expect((['firing', 'acknowledged', 'resolved', 'retracted', 'expired'] as const).map((state) => isOpen({ ...any, state }))).toEqual([true, true, false, false, false]);
  });
});
