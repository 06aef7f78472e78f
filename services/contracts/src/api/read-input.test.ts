import { describe, expect, it } from '@jest/globals';
import { readApiInput } from './read-input.ts';

const nothing = { params: {}, query: {}, body: undefined };

describe('readApiInput', () => {
  it('reads parameters, queries with their defaults, and bodies', () => {
    expect(readApiInput('timeline', { ...nothing, params: { asset: 'OM' }, query: { hours: '6' } })).toEqual({ ok: true, value: { params: { asset: 'OM' }, query: { hours: 6, points: 500 } } });
    expect(readApiInput('acknowledge', { ...nothing, params: { id: 'BW-OM-20250413-7f3a9c21' }, body: { note: 'on it' } })).toEqual({ ok: true, value: { params: { id: 'BW-OM-20250413-7f3a9c21' }, body: { note: 'on it' } } });
    expect(readApiInput('status', { ...nothing, query: { any: 'thing' } })).toEqual({ ok: true, value: {} });
  });
  it('names the part and the rule of what cannot be read', () => {
    const of = (...args: Parameters<typeof readApiInput>): unknown => {
      const read = readApiInput(...args);
      return read.ok ? 'read' : [read.error.part, read.error.rules.map((rule) => rule.split(':')[0])];
    };
    expect(of('asset', { ...nothing, params: { asset: 'om' } })).toEqual(['params', ['asset']]);
    expect(of('feed', { ...nothing, query: { after: '-1', limit: '1000' } })).toEqual(['query', ['after', 'limit']]);
    expect(of('feed', { ...nothing, query: { after: ['1', '2'] } })).toEqual(['query', ['after']]);
    expect(of('feed', { ...nothing, query: { other: '1' } })).toEqual(['query', ['query']]);
    expect(of('acknowledge', { ...nothing, params: { id: 'BW-OM-20250413-7f3a9c21' }, body: [] })).toEqual(['body', ['body']]);
    expect(of('warnings', { ...nothing, query: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`x${i}`, '1'])) })).toEqual(['query', ['query']]);
  });
});
