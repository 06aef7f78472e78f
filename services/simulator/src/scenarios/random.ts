import { createRng, epochMs } from '@breakwater/models/core';
import type { Rng } from '@breakwater/models/core';
import type { MarketSpec, SimulatedVenue } from '../world/market.ts';
import type { Anchor } from './course.ts';
import { interpolate, inventedAddress, priceCourse, wander } from './course.ts';
import type { Conditions, Scenario, ScheduledTransfer } from './scenario.ts';

/** An arbitrary day; every random scenario starts on it. */
const DAY = Date.UTC(2025, 8, 1);
const FLOAT_UNITS = 100_000_000;
const MINUTE_MS = 60_000;

/**
 * A short invented day for simulation tests: one and a half to three hours in steps of 30 to 60 seconds, two to four venues with small books,
 * deposits, and in about half of the seeds a crash; in some, too, spot markets quoted in other currencies. The same seed gives the same
 * scenario. It has a few hundred steps at most.
 */
export function randomScenario(seed: number): Scenario {
  const rng = createRng(seed).fork('scenario');
  const start = DAY + rng.int(20) * 3_600_000;
  const every = rng.pick([30_000, 60_000, 60_000]);
  const end = start + Math.round((90 + rng.int(91)) * MINUTE_MS / every) * every;
  const crash = rng.chance(0.5) ? start + Math.round((0.55 + 0.25 * rng.next()) * (end - start)) : undefined;
  const first = Math.round((0.5 + 7 * rng.next()) * 1000) / 1000;
  const price = priceCourse(priceAnchors(rng, start, end, crash, first), seed, 0.001 + 0.001 * rng.next());
  const venues = pickVenues(rng);
  const currencies = pickCurrencies(seed);
  const wallets = Array.from({ length: 3 }, (_, i) => inventedAddress(`random:issuer:${i}`));
  const exchanges = venues.map((venue) => ({ venue, address: inventedAddress(`random:${venue}`) }));
  const silenceAt = start + Math.round(0.3 * (end - start));
  const silent = venues.includes('okx') && rng.chance(0.3);
  return {
    name: `random-${seed}`, seed, start: epochMs(start), end: epochMs(end), book: { near: 8, far: 6 },
    markets: [...marketsOf(rng, venues), ...foreignMarkets(seed, venues, currencies)],
    steps: () => Array.from({ length: Math.round((end - start) / every) + 1 }, (_, i) => epochMs(start + i * every)),
    conditions: (t) => conditions(t, seed, price(t), start, crash, currencies),
    transfers: deposits(rng, start, end, crash, wallets, exchanges.map(({ address }) => address), first),
    holders: [...wallets.map((address) => ({ address, units: 10_000_000 })), { address: inventedAddress('random:others'), units: FLOAT_UNITS - 30_000_000 }],
    silences: silent ? [{ venue: 'okx', channel: 'books', from: epochMs(silenceAt), until: epochMs(silenceAt + 6 * MINUTE_MS) }] : [],
    assumptions: ['Everything: an invented asset on an invented day.'],
    config: {
      asset: 'XYZ', name: 'Invented', venues, chain: 'eip155:31337', token: { name: 'Invented', symbol: 'XYZ', decimals: 18 }, floatUnits: FLOAT_UNITS,
      labels: [...wallets.map((address) => ({ address, label: 'issuer:invented' })), ...exchanges.map(({ venue, address }) => ({ address, label: `exchange:${venue}` }))],
    },
  };
}

function pickVenues(rng: Rng): readonly SimulatedVenue[] {
  const all: readonly SimulatedVenue[] = ['binance', 'bybit', 'okx', 'hyperliquid'];
  const chosen = all.filter(() => rng.chance(0.7));
  return chosen.length >= 2 ? chosen : ['binance', 'okx'];
}

function marketsOf(rng: Rng, venues: readonly SimulatedVenue[]): readonly MarketSpec[] {
  const common = { base: 'XYZ', tick: 0.0001, spreadBps: 8 } as const;
  const figures = (perpetual: boolean): Pick<MarketSpec, 'depthUsd' | 'basisBps' | 'openInterestUsd' | 'volumeUsdPerMinute' | 'maxLeverage'> => ({
    depthUsd: 200_000 + rng.int(800_000), basisBps: rng.int(9) - 4, openInterestUsd: perpetual ? 5_000_000 + rng.int(30_000_000) : 0, volumeUsdPerMinute: 10_000 + rng.int(50_000), maxLeverage: perpetual ? rng.pick([10, 20, 50]) : 1,
  });
  return venues.flatMap((venue): readonly MarketSpec[] => {
    const spot = { ...common, venue, quote: 'USDT', kind: 'spot', lot: 0.01, contractSize: 1, marketType: 'spot' } as const;
    const linear = { ...common, venue, quote: 'USDT', kind: 'linear', lot: 0.1, contractSize: 1 } as const;
    switch (venue) {
      case 'binance': return [{ ...spot, symbol: 'XYZUSDT', ...figures(false) }, { ...linear, marketType: 'usdm', symbol: 'XYZUSDT', ...figures(true) }];
      case 'bybit': return [{ ...spot, symbol: 'XYZUSDT', ...figures(false) }, { ...linear, marketType: 'linear', symbol: 'XYZUSDT', ...figures(true) }];
      case 'okx': return [{ ...spot, symbol: 'XYZ-USDT', ...figures(false) }, { ...linear, lot: 1, contractSize: 10, marketType: 'swap', symbol: 'XYZ-USDT-SWAP', ...figures(true) }];
      case 'hyperliquid': return [{ ...linear, quote: 'USD', marketType: 'perp', symbol: 'XYZ', ...figures(true) }];
    }
  });
}

/** Currencies of the markets beyond the dollar's, by what one unit is worth: one that venues quote in USDT and one that they quote USDT in. Arbitrary round figures. */
const CURRENCIES = { EUR: 1.1, TRY: 0.025 } as const;
type Currency = keyof typeof CURRENCIES;

/** Drawn apart from everything else, so that the rest of a seed's scenario does not depend on it. */
function pickCurrencies(seed: number): readonly Currency[] {
  const rng = createRng(seed).fork('currencies');
  return rng.chance(0.5) ? (['EUR', 'TRY'] as const).filter(() => rng.chance(0.7)) : [];
}

/**
 * A spot market in each currency, at Bybit or OKX: deep books of one more market would take all that Binance's request limit leaves at the pace of the
 * simulations, and what they show would depend on when there is room. Binance is asked for the currencies' rates all the same.
 */
function foreignMarkets(seed: number, venues: readonly SimulatedVenue[], currencies: readonly Currency[]): readonly MarketSpec[] {
  const rng = createRng(seed).fork('foreign');
  const spot = venues.filter((venue) => venue === 'bybit' || venue === 'okx');
  return spot.length === 0 ? [] : currencies.map((quote): MarketSpec => {
    const venue = rng.pick(spot);
    const inQuote = (usd: number): number => Math.round(usd / CURRENCIES[quote]);
    return {
      venue, marketType: 'spot', symbol: venue === 'okx' ? `XYZ-${quote}` : `XYZ${quote}`, base: 'XYZ', quote, kind: 'spot', tick: quote === 'TRY' ? 0.001 : 0.0001, lot: 0.01, contractSize: 1, maxLeverage: 1,
      depthUsd: inQuote(50_000 + rng.int(100_000)), spreadBps: 20, basisBps: rng.int(21) - 10, openInterestUsd: 0, volumeUsdPerMinute: inQuote(2_000 + rng.int(10_000)),
    };
  });
}

function priceAnchors(rng: Rng, start: number, end: number, crash: number | undefined, first: number): readonly Anchor[] {
  if (crash === undefined) return [[start, first], [end, first * (0.9 + 0.2 * rng.next())]];
  const before = first * (0.95 + 0.05 * rng.next());
  const bottom = before * (0.15 + 0.4 * rng.next());
  return [[start, first], [crash, before], [crash + 5 * MINUTE_MS, bottom], [end, bottom * 1.1]];
}

function conditions(t: number, seed: number, price: number, start: number, crash: number | undefined, currencies: readonly Currency[]): Conditions {
  const away: readonly Anchor[] = crash === undefined ? [[start, 1]] : [[crash - 40 * MINUTE_MS, 1], [crash - 5 * MINUTE_MS, 0.35], [crash + 3 * MINUTE_MS, 0.1]];
  const open: readonly Anchor[] = crash === undefined ? [[start, 1]] : [[crash, 1], [crash + 5 * MINUTE_MS, 0.45], [crash + 30 * MINUTE_MS, 0.35]];
  const of = (venue: string): number => interpolate(away, t) * Math.max(0.7, Math.min(1.3, wander(seed, `depth:${venue}`, t, 0.08)));
  return {
    price, usdtUsd: 1 + 0.0004 * (wander(seed, 'usdt', t, 1) - 1), usdcUsd: 1 + 0.0001 * (wander(seed, 'usdc', t, 1) - 1), btcUsd: 80_000 * wander(seed, 'btc', t, 0.004),
    usdPer: Object.fromEntries(currencies.map((currency) => [currency, CURRENCIES[currency] * wander(seed, currency, t, 0.0005)])),
    depth: { binance: of('binance'), bybit: of('bybit'), okx: of('okx'), hyperliquid: of('hyperliquid') },
    openInterest: interpolate(open, t), fundingRate: 0.0001 * wander(seed, 'funding', t, 0.5),
  };
}

function deposits(rng: Rng, start: number, end: number, crash: number | undefined, wallets: readonly string[], exchanges: readonly string[], price: number): readonly ScheduledTransfer[] {
  const small = Array.from({ length: 3 + rng.int(6) }, (): ScheduledTransfer => ({ at: epochMs(start + rng.int(end - start)), from: rng.pick(wallets), to: rng.pick(exchanges), units: 10_000 + rng.int(200_000) }));
  const large: readonly ScheduledTransfer[] = crash === undefined ? [] : [{ at: epochMs(crash - (10 + rng.int(15)) * MINUTE_MS), from: rng.pick(wallets), to: rng.pick(exchanges), units: Math.min(4_000_000, Math.round((3_000_000 + rng.int(5_000_000)) / price)) }];
  return [...small, ...large].sort((a, b) => a.at - b.at);
}
