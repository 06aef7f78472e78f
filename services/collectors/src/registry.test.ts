import { describe, expect, it } from '@jest/globals';
import { assetId, currencyCode, epochMs, sourceId, venueId } from '@breakwater/models/core';
import { unknownVenues } from './collector.ts';
import { assetRules, collectorsConfig } from './config.ts';
import { nativeFeeds } from './feeds.ts';
import type { AssetRule } from './registry.ts';
import { createRegistry, registryOfAll } from './registry.ts';
import type { VenueInstrument } from './venue.ts';

const source = { venue: venueId('bybit'), marketType: 'linear', source: sourceId('bybit:linear') };
const listing = (base: string, more: Partial<VenueInstrument> = {}): VenueInstrument => ({
  symbol: `${base}USDT`, marketKind: 'linear', base: currencyCode(base), quote: currencyCode('USDT'), settle: currencyCode('USDT'),
  tickSize: 0.1, lotSize: 1, contractSize: 1, trading: true, dated: false, ...more,
});
const rule = (id: string, more: Partial<AssetRule> = {}): AssetRule => ({ id: assetId(id), aliases: [], identities: [], include: [], exclude: [], ...more });
const NOW = epochMs(Date.UTC(2026, 10, 21));
const found = (list: readonly VenueInstrument[], rules: readonly AssetRule[], date = NOW): unknown[] =>
  [...createRegistry(source, list, rules, date).watched.values()].map((w) => [w.listing.symbol, w.asset, w.multiplier]);

describe('registry', () => {
  it('knows the bundles that venues trade', () => {
    expect(found(['PEPE', '1000PEPE', '10000PEPE', '1000000PEPE', '1MPEPE', 'kPEPE', 'PEPE1000', '12PEPE', 'APEPE', 'PEPE2', '10PEPE'].map((b) => listing(b)), [rule('PEPE')])).toEqual([
      ['PEPEUSDT', 'PEPE', 1], ['1000PEPEUSDT', 'PEPE', 1_000], ['10000PEPEUSDT', 'PEPE', 10_000], ['1000000PEPEUSDT', 'PEPE', 1_000_000],
      ['1MPEPEUSDT', 'PEPE', 1_000_000], ['kPEPEUSDT', 'PEPE', 1_000], ['PEPE1000USDT', 'PEPE', 1_000],
    ]);
  });

  it('leaves out markets that do not trade or that end, unless they are included by name', () => {
    const list = [listing('OM', { trading: false }), listing('OM', { symbol: 'OMUSDT-26DEC26', dated: true })];
    expect(found(list, [rule('OM')])).toEqual([]);
    expect(found(list, [rule('OM', { include: ['bybit:linear:OMUSDT-26DEC26'] })])).toEqual([['OMUSDT-26DEC26', 'OM', 1]]);
  });

  it('trusts no name of anybody\'s choice, unless the market is included by name', () => {
    const list = [listing('OM', { freelyNamed: true }), listing('XOM', { freelyNamed: true })];
    expect(found(list, [rule('OM')])).toEqual([]);
    expect(found(list, [rule('OM', { include: ['bybit:linear:XOMUSDT'] })])).toEqual([['XOMUSDT', 'OM', 1]]);
  });

  it('keeps two coins of one ticker apart: pinned to one asset, excluded from the other', () => {
    const list = [listing('AI'), listing('AI', { symbol: 'AIPERP' })];
    const first = rule('AI', { exclude: ['bybit'] });
    const second = rule('SLEEPLESS', { include: ['bybit:linear:AIUSDT'] });
    expect(found(list, [first, second])).toEqual([['AIUSDT', 'SLEEPLESS', 1]]);
    // A pin alone takes the market from the asset of that name.
    expect(found(list, [rule('AI'), second])).toEqual([['AIUSDT', 'SLEEPLESS', 1], ['AIPERP', 'AI', 1]]);
  });

  it('watches nothing that two assets claim', () => {
    const registry = createRegistry(source, [listing('AI')], [rule('AI'), rule('SLEEPLESS', { aliases: ['AI'] })], NOW);
    expect([...registry.watched.keys()]).toEqual([]);
    expect(registry.conflicts).toEqual(['bybit:linear:AIUSDT']);
    expect(registry.known.has('AIUSDT')).toBe(true);
  });

  it('follows a renamed and redenominated coin by date, from the config', () => {
    const config = collectorsConfig.parse({ assets: { OM: { identities: [{ symbol: 'OM', until: '2026-03-03' }, { symbol: 'MANTRA', from: '2026-03-03', multiplier: 0.25 }] } } });
    const list = [listing('OM'), listing('MANTRA')];
    const rules = assetRules(config.assets);
    expect(found(list, rules, epochMs(Date.UTC(2026, 2, 2, 23)))).toEqual([['OMUSDT', 'OM', 1]]);
    expect(found(list, rules, epochMs(Date.UTC(2026, 2, 3)))).toEqual([['MANTRAUSDT', 'OM', 0.25]]);
  });

  it('names assets of a capture after their base coin', () => {
    const registry = registryOfAll(source, [listing('1000PEPE'), listing('BTC'), listing('币安人生'), listing('ETH')], (s) => s !== 'ETHUSDT');
    expect([...registry.watched.values()].map((w) => [w.asset, w.multiplier])).toEqual([['PEPE', 1_000], ['BTC', 1]]);
    expect(registry.known.size).toBe(4);
  });
});

describe('config', () => {
  it('refuses unknown keys and wrong values, naming each', () => {
    const result = collectorsConfig.safeParse({ venues: { bybit: { enabeld: true } }, assets: { om: {} }, collect: { watermarkEveryMs: 0 } });
    expect(result.success).toBe(false);
    expect(result.error?.issues.map((i) => i.path.join('.')).sort()).toEqual(['assets.om', 'collect.watermarkEveryMs', 'venues.bybit']);
  });
});

describe('venues of the config', () => {
  it('must be served by a feed', () => {
    const config = collectorsConfig.parse({ venues: { bybit: { markets: ['linear', 'usdm'] }, mexc: {}, gate: { feed: 'ccxt' }, okx: { enabled: false } } });
    expect(unknownVenues(config, nativeFeeds)).toEqual(['venues.bybit.markets: must be of spot, linear, inverse, got usdm', 'venues.mexc: no built-in feed; set feed: ccxt']);
  });
});
