import { createRng, epochMs } from '@breakwater/models/core';
import type { EpochMs } from '@breakwater/models/core';
import type { MarketSpec } from '../world/market.ts';
import type { Anchor } from './course.ts';
import { interpolate, inventedAddress, priceCourse, wander } from './course.ts';
import type { Conditions, Scenario, ScheduledTransfer } from './scenario.ts';

const utc = (day: number, hour: number, minute: number, second: number = 0): number => Date.UTC(2025, 3, day, hour, minute, second);
const START = utc(12, 8, 30);
const END = utc(13, 20, 10);

/**
 * The course of OM/USDT. Published: 6.13 at 16:30 UTC on 13 April 2025, 5.25 at 18:20, the 18:25 five-minute bar from 5.249 to a low of 2.2925,
 * 0.37 at 19:50 (Binance spot candles, 5 min, re-published at Aurang-z3b/Freqtrade-Manual-strategy @4743d1b1). All other points are assumptions.
 */
const PRICE: readonly Anchor[] = [
  [START, 6.3], [utc(13, 0, 0), 6.26], [utc(13, 12, 0), 6.2],
  [utc(13, 16, 30), 6.13], [utc(13, 18, 20), 5.25], [utc(13, 18, 25), 5.249], [utc(13, 18, 29, 30), 2.2925],
  [utc(13, 18, 31), 2.45], [utc(13, 18, 45), 1.25], [utc(13, 19, 15), 0.68], [utc(13, 19, 50), 0.37], [END, 0.46],
];
/** Depth against its early value: makers withdraw over the hours before. */
const DEPTH: readonly Anchor[] = [
  [utc(13, 12, 0), 1], [utc(13, 15, 0), 0.7], [utc(13, 17, 0), 0.48], [utc(13, 18, 0), 0.34], [utc(13, 18, 24), 0.29],
  [utc(13, 18, 27), 0.1], [utc(13, 18, 45), 0.06], [END, 0.12],
];
/** Open interest against its stated value. */
const OPEN_INTEREST: readonly Anchor[] = [
  [START, 0.92], [utc(13, 12, 0), 1], [utc(13, 16, 30), 1], [utc(13, 18, 20), 0.95], [utc(13, 18, 25), 0.94], [utc(13, 18, 29, 30), 0.48],
  [utc(13, 18, 45), 0.33], [utc(13, 19, 50), 0.2], [END, 0.2],
];
/** Funding per eight hours: turns negative as shorts crowd in. */
const FUNDING: readonly Anchor[] = [[START, 0.0001], [utc(13, 14, 0), 0.0001], [utc(13, 18, 0), -0.0006], [utc(13, 18, 40), -0.006], [END, -0.003]];

/** Units in circulation, about 968 million (reported for April 2025); how many of them trade freely is not known. */
const FLOAT_UNITS = 968_000_000;
/** 17 wallets moved 43.6 million OM to exchanges from 7 April 2025 on (reported on 14 April 2025, contested by the issuer). */
const WALLETS = 17;
const DEPOSITED_UNITS = 43_600_000;
/** What each of them holds at first [A]. */
const WALLET_UNITS = 6_000_000;
/** Everybody else: so many addresses, the n-th with 1/n of the first one's units [A]. */
const OTHERS = 100;
/** The last large deposit: about 5.6 million dollars at the price of 18:02. */
const LAST_DEPOSIT_UNITS = 1_040_000;

const om = { base: 'OM', tick: 0.0001, spreadBps: 6 } as const;
const MARKETS: readonly MarketSpec[] = [
  { ...om, venue: 'binance', marketType: 'spot', symbol: 'OMUSDT', quote: 'USDT', kind: 'spot', lot: 0.01, contractSize: 1, maxLeverage: 1, depthUsd: 1_600_000, basisBps: 0, openInterestUsd: 0, volumeUsdPerMinute: 60_000 },
  { ...om, venue: 'binance', marketType: 'usdm', symbol: 'OMUSDT', quote: 'USDT', kind: 'linear', lot: 0.1, contractSize: 1, maxLeverage: 50, depthUsd: 2_000_000, basisBps: -2, openInterestUsd: 70_000_000, volumeUsdPerMinute: 150_000 },
  { ...om, venue: 'bybit', marketType: 'spot', symbol: 'OMUSDT', quote: 'USDT', kind: 'spot', lot: 0.01, contractSize: 1, maxLeverage: 1, depthUsd: 800_000, basisBps: 1, openInterestUsd: 0, volumeUsdPerMinute: 20_000 },
  { ...om, venue: 'bybit', marketType: 'linear', symbol: 'OMUSDT', quote: 'USDT', kind: 'linear', lot: 0.1, contractSize: 1, maxLeverage: 50, depthUsd: 1_200_000, basisBps: -3, openInterestUsd: 35_000_000, volumeUsdPerMinute: 70_000 },
  { ...om, venue: 'okx', marketType: 'spot', symbol: 'OM-USDT', quote: 'USDT', kind: 'spot', lot: 0.01, contractSize: 1, maxLeverage: 1, depthUsd: 1_200_000, basisBps: -1, openInterestUsd: 0, volumeUsdPerMinute: 40_000 },
  { ...om, venue: 'okx', marketType: 'swap', symbol: 'OM-USDT-SWAP', quote: 'USDT', kind: 'linear', lot: 1, contractSize: 10, maxLeverage: 50, depthUsd: 1_100_000, basisBps: -4, openInterestUsd: 30_000_000, volumeUsdPerMinute: 60_000 },
  { ...om, venue: 'hyperliquid', marketType: 'perp', symbol: 'OM', quote: 'USD', kind: 'linear', lot: 0.1, contractSize: 1, maxLeverage: 10, depthUsd: 1_100_000, basisBps: -3, openInterestUsd: 15_000_000, volumeUsdPerMinute: 30_000 },
];

const ASSUMPTIONS: readonly string[] = [
  'Price: Binance spot candles at 16:30, 18:20, 18:25 to 18:30 and 19:50 UTC; between them and before, straight in log price with seeded noise.',
  'Open interest: $150 m before the fall: Binance $70 m, Bybit $35 m, OKX $30 m, Hyperliquid $15 m; four fifths of the units are closed by 19:50 UTC, 70 % of what closes in a falling step by force.',
  'Leverage: at most 50x on Binance, Bybit and OKX and 10x on Hyperliquid; how it is spread below that is the daemon\'s own prior.',
  'Accounts on Hyperliquid: twelve on each side with made-up sizes, entries and leverages, together four fifths of its open interest; who is liquidated is followed by another.',
  'Order books: bids within 2 % worth $3.6 m on Binance, $2.0 m on Bybit, $2.3 m on OKX and $1.1 m on Hyperliquid early on; they reach 8 % below the touch and fall by two thirds between 12:00 and 18:00 UTC on 13 April.',
  'Transfers: 43.6 m OM from 17 wallets since 7 April as reported; their times and sizes are made up: pieces of 0.2 to 0.25 m, and 1.04 m (about $5.6 m) to OKX at 18:02 UTC.',
  'Holders: each of the 17 wallets begins with 6 m OM, the rest is spread over a hundred made-up addresses, the n-th with 1/n of the largest; none of them moves anything.',
  'Float: 968 m OM, the reported circulating supply. Tick, lot and contract sizes are typical for the venues, not those of that day.',
  'Dollar rates: USDT and USDC stay within 0.1 % of a dollar.',
];

/** The fall of OM on 13 April 2025, from 34 hours before. `silence` (default true) adds seven minutes in which OKX acknowledges and sends no order books. */
export function om2025(seed: number = 1, options: { readonly silence?: boolean } = {}): Scenario {
  const price = priceCourse(PRICE, seed, 0.0012);
  const wallets = Array.from({ length: WALLETS }, (_, i) => inventedAddress(`om:issuer:${i}`));
  const exchanges = (['okx', 'binance', 'bybit'] as const).flatMap((venue) => [1, 2].map((n) => ({ venue, address: inventedAddress(`om:${venue}:${n}`) })));
  return {
    name: 'om-2025', seed, start: epochMs(START), end: epochMs(END), markets: MARKETS, book: { near: 48, far: 40 }, assumptions: ASSUMPTIONS,
    steps: omSteps,
    conditions: (t) => conditions(t, seed, price(t)),
    transfers: deposits(seed, wallets, exchanges),
    holders: [...wallets.map((address) => ({ address, units: WALLET_UNITS })), ...others()],
    silences: options.silence === false ? [] : [{ venue: 'okx', channel: 'books', from: epochMs(utc(13, 14, 0)), until: epochMs(utc(13, 14, 7)) }],
    config: {
      asset: 'OM', name: 'MANTRA', venues: ['binance', 'bybit', 'okx', 'hyperliquid'], chain: 'eip155:31337', token: { name: 'MANTRA', symbol: 'OM', decimals: 18 }, floatUnits: FLOAT_UNITS,
      labels: [...wallets.map((address) => ({ address, label: 'issuer:mantra' })), ...exchanges.map(({ venue, address }) => ({ address, label: `exchange:${venue}` }))],
    },
  };
}

/** Whole units that add up to the float. */
function others(): Scenario['holders'] {
  const total = FLOAT_UNITS - WALLETS * WALLET_UNITS;
  const weights = Array.from({ length: OTHERS }, (_, i) => 1 / (i + 1));
  const unit = total / weights.reduce((sum, weight) => sum + weight, 0);
  const rest = weights.slice(1).map((weight) => Math.floor(weight * unit));
  const units = [total - rest.reduce((sum, each) => sum + each, 0), ...rest];
  return units.map((held, i) => ({ address: inventedAddress(`om:others:${i}`), units: held }));
}

/** Two minutes apart, one in the last six hours before the fall, ten seconds from 18:00 to 18:45. */
function omSteps(): readonly EpochMs[] {
  const steps: EpochMs[] = [];
  const add = (from: number, until: number, every: number): void => {
    for (let t = from; t < until; t += every) steps.push(epochMs(t));
  };
  add(START, utc(13, 12, 10), 120_000);
  add(utc(13, 12, 10), utc(13, 18, 0), 60_000);
  add(utc(13, 18, 0), utc(13, 18, 45), 10_000);
  add(utc(13, 18, 45), END + 1, 60_000);
  return steps;
}

function conditions(t: EpochMs, seed: number, price: number): Conditions {
  const depth = interpolate(DEPTH, t);
  const of = (venue: string): number => depth * Math.max(0.8, Math.min(1.2, wander(seed, `depth:${venue}`, t, 0.05)));
  return {
    price, usdtUsd: 1 + 0.0003 * (wander(seed, 'usdt', t, 1) - 1), usdcUsd: 1 + 0.0001 * (wander(seed, 'usdc', t, 1) - 1), btcUsd: 84_000 * wander(seed, 'btc', t, 0.004), usdPer: {},
    depth: { binance: of('binance'), bybit: of('bybit'), okx: of('okx'), hyperliquid: of('hyperliquid') },
    openInterest: interpolate(OPEN_INTEREST, t), fundingRate: interpolate(FUNDING, t),
  };
}

/** The deposits in order of time; they add up to what was reported. */
function deposits(seed: number, wallets: readonly string[], exchanges: readonly { readonly venue: string; readonly address: string }[]): readonly ScheduledTransfer[] {
  const rng = createRng(seed).fork('deposits');
  const transfers: ScheduledTransfer[] = [];
  // OKX received most of it; the first two addresses are its own.
  const target = (): string => (exchanges[rng.chance(0.6) ? rng.int(2) : rng.int(exchanges.length)] ?? rng.pick(exchanges)).address;
  const spread = (from: number, until: number, total: number, pieces: number): void => {
    const every = (until - from) / pieces;
    const each = Math.floor(total / pieces);
    for (let i = 0; i < pieces; i++) {
      const at = Math.round(from + i * every + rng.int(60_000));
      transfers.push({ at: epochMs(at), from: wallets[transfers.length % wallets.length] ?? rng.pick(wallets), to: target(), units: i === pieces - 1 ? total - each * (pieces - 1) : each });
    }
  };
  // Pieces are more than fifteen minutes apart, so that none adds up with the next within the daemon's window.
  spread(utc(7, 9, 0), utc(11, 9, 0), 5_800_000, 29);
  spread(utc(11, 11, 30), utc(12, 8, 20), 17_000_000, 68);
  spread(utc(12, 8, 40), utc(12, 12, 0), 3_000_000, 12);
  spread(utc(12, 12, 30), utc(13, 17, 30), DEPOSITED_UNITS - 5_800_000 - 17_000_000 - 3_000_000 - LAST_DEPOSIT_UNITS, 67);
  transfers.push({ at: epochMs(utc(13, 18, 2)), from: wallets[0] ?? rng.pick(wallets), to: exchanges[0]?.address ?? target(), units: LAST_DEPOSIT_UNITS });
  return transfers;
}
