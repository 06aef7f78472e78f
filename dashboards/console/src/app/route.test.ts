import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assetOf, formatRoute, parseRoute, type Route } from './route.ts';

describe('addresses', () => {
  it('name every place', () => {
    const places: readonly (readonly [string, Route])[] = [
      ['', { kind: 'assets' }], ['#/', { kind: 'assets' }], ['#/OM', { kind: 'asset', asset: 'OM' }], ['#/1000PEPE', { kind: 'asset', asset: '1000PEPE' }],
      ['#/OM/warning/BW-OM-20250413-7f3a9c21', { kind: 'warning', asset: 'OM', id: 'BW-OM-20250413-7f3a9c21' }], ['#/feeds', { kind: 'feeds' }],
      ['#/OM/owners/issuer%3Amantra', { kind: 'owner', asset: 'OM', cluster: 'issuer:mantra' }], ['#/OM/owners/a%2Fb%20%25', { kind: 'owner', asset: 'OM', cluster: 'a/b %' }], ['#/assets/OM/owners/0xab', { kind: 'owner', asset: 'OM', cluster: '0xab' }], ['#/assets/OM', { kind: 'asset', asset: 'OM' }], ['#/warnings', { kind: 'warnings' }],
    ];
    for (const [hash, route] of places) expect([hash, parseRoute(hash)]).toEqual([hash, route]);
  });
  it('look up nothing that cannot be one of ours', () => {
    for (const hash of ['#/om', '#/<script>', '#/OM/../../..', '#/%ZZ', '#/feeds/x', '#/OM/warning/BW-OM-20250413-7f3a9c21/more', `#/${'A'.repeat(33)}`]) expect([hash, parseRoute(hash)]).toEqual([hash, { kind: 'assets' }]);
    for (const hash of ['#/OM/warning/x', '#/OM/other/BW-OM-20250413-7f3a9c21', '#/OM/warning', '#/OM/../..', '#/OM/owners', '#/OM/owners/', '#/OM/owners/%E2%80%AEx', '#/OM/owners/a%0Ab', `#/OM/owners/${'a'.repeat(97)}`]) expect(parseRoute(hash)).toEqual({ kind: 'asset', asset: 'OM' });
  });
  it('are read back as they were written, and anything is read as some place', () => {
    const asset = fc.stringMatching(/^[A-Z0-9.]{1,32}$/);
    const route = fc.oneof(
      fc.constantFrom<Route>({ kind: 'assets' }, { kind: 'warnings' }, { kind: 'feeds' }), fc.record({ kind: fc.constant('asset' as const), asset }),
      fc.record({ kind: fc.constant('owner' as const), asset, cluster: fc.stringMatching(/^[\w:/%# ü-]{1,96}$/) }),
      fc.record({ kind: fc.constant('warning' as const), asset, id: fc.stringMatching(/^BW-[A-Z0-9.]{1,32}-\d{8}-[0-9a-f]{8}$/) }),
    );
    fc.assert(fc.property(route, (place) => {
      expect(parseRoute(formatRoute(place))).toEqual(place);
    }));
    fc.assert(fc.property(fc.string(), (text) => {
      expect(parseRoute(formatRoute(parseRoute(text)))).toEqual(parseRoute(text));
    }));
  });
  it('say which asset they are about', () => {
    expect(['#/OM', '#/OM/warning/BW-OM-20250413-7f3a9c21', '#/OM/owners/0xab', '#/feeds'].map((hash) => assetOf(parseRoute(hash)))).toEqual(['OM', 'OM', 'OM', undefined]);
  });
});
