import type { AddressesScore, AssetTimeline, LiquidationMap, ReserveScore, ResponseCurve, ScoreMessage, TailScore, WarningMessage } from '@breakwater/contracts';
import { addressesScore, assetTimeline, liquidationMap, reserveScore, responseCurve, scoreMessage, tailScore, warningMessage } from '@breakwater/contracts';

/** 13 April 2025, 18:02:11 UTC. */
export const sampleTime = Date.UTC(2025, 3, 13, 18, 2, 11);
const hour = 3_600_000;

/** Evenly spaced steps from one price to another, each reaching `by` dollars further. */
function slope(fromUsd: number, toUsd: number, fromPrice: number, toPrice: number, count: number): { saleUsd: number; price: number }[] {
  return Array.from({ length: count }, (_, i) => ({
    saleUsd: fromUsd + ((toUsd - fromUsd) * (i + 1)) / count,
    price: fromPrice + ((toPrice - fromPrice) * i) / Math.max(1, count - 1),
  }));
}

/** The curve of a made-up fall of OM: best price $5.62, cliff at $4.1 m (3.2 to 5.6) down to $0.92 (0.55 to 1.60). */
export const sampleResponse: ResponseCurve = responseCurve.parse({
  price: 5.62,
  central: [...slope(0, 4.1e6, 5.62, 5.05, 24), ...slope(4.1e6, 13e6, 0.92, 0.71, 16)],
  pessimistic: [...slope(0, 3.2e6, 5.62, 5.0, 20), ...slope(3.2e6, 13e6, 0.55, 0.34, 16)],
  optimistic: [...slope(0, 5.6e6, 5.62, 5.12, 26), ...slope(5.6e6, 13e6, 1.6, 1.38, 12)],
  withoutForced: [...slope(0, 13e6, 5.62, 3.9, 60)],
});

const figures = {
  price: { value: 5.62, low: 5.6, high: 5.64, status: 'exact' },
  ignitionUsd: { value: 4.1e6, low: 3.2e6, high: 5.6e6, status: 'inferred' },
  landingPrice: { value: 0.92, low: 0.55, high: 1.6, status: 'inferred' },
  amplification: { value: 2.3, low: 2, high: 3, status: 'inferred' },
} as const;
const inputs = [{ name: 'book.binance', status: 'exact', ageMs: 180 }, { name: 'positions.binance', status: 'inferred' }];
const largest = { chain: 'eip155:1', tx: '0x1234567890abcdef', logIndex: 1, to: '0x91d4', toLabel: 'exchange:okx', fromLabel: 'issuer:mantra', units: 1e6, usd: 5.6e6, eventTime: sampleTime - 300_000, state: 'final' };
const stamp = { source: 'scoring', seq: 1, eventTime: sampleTime, receivedAt: sampleTime, asset: 'OM', horizonSeconds: 900 };

/** Made-up markets of four venues: Binance's spot market moves the marks of the others, and its perpetual ignites itself most. */
const sampleNetwork = {
  reproduction: { value: 0.8, low: 0.35, high: 1.7, status: 'inferred' },
  markets: [
    { instrument: 'binance:spot:OMUSDT', venue: 'binance', share: 0, reproduction: 0.62, triggerUsd: 0 }, { instrument: 'binance:usdm:OMUSDT', venue: 'binance', share: 0.7, reproduction: 0.55, triggerUsd: 7.8e6 },
    { instrument: 'bybit:linear:OMUSDT', venue: 'bybit', share: 0.1, reproduction: 0.3, triggerUsd: 3.9e6 }, { instrument: 'hyperliquid:perp:OM', venue: 'hyperliquid', share: 0, reproduction: 0, triggerUsd: 1.7e6 },
    { instrument: 'okx:spot:OM-USDT', venue: 'okx', share: 0, reproduction: 0.25, triggerUsd: 0 }, { instrument: 'okx:swap:OM-USDT-SWAP', venue: 'okx', share: 0.2, reproduction: 0.4, triggerUsd: 3.4e6 },
  ],
  links: [
    { from: 0, to: 1, reproduction: 0.2 }, { from: 0, to: 2, reproduction: 0.08 }, { from: 0, to: 5, reproduction: 0.34 }, { from: 1, to: 1, reproduction: 0.55 },
    { from: 2, to: 2, reproduction: 0.3 }, { from: 4, to: 1, reproduction: 0.15 }, { from: 4, to: 2, reproduction: 0.1 }, { from: 5, to: 5, reproduction: 0.4 },
  ],
} as const;

/** Made-up positions: longs of four venues thickest 5 to 15 % below the mark; no price has been below 22.5 % of it, nor above 15 %; those of Hyperliquid are public. */
export const sampleMap: LiquidationMap = (() => {
  const hump = (i: number, middle: number, width: number): number => Math.exp(-(((i - middle) / width) ** 2));
  const steps = Array.from({ length: 20 }, (_, i) => i);
  const venues = ([['binance', 2.2, 3.4], ['okx', 1.6, 4.6], ['bybit', 1.2, 2.6], ['hyperliquid', 0.5, 5]] as const).map(([venue, millions, middle]) => {
    const long = steps.map((i) => Math.round(millions * 1e6 * (hump(i, middle, 2.6) + 0.25 * hump(i, 14, 4))));
    const short = steps.map((i) => Math.round(millions * 0.45e6 * hump(i, middle + 1, 3)));
    const own = venue === 'hyperliquid';
    return { venue, status: own ? 'exact' : 'inferred', long, short, longPrior: long.map((usd, i) => (own || i < 9 ? 0 : Math.round(usd * 0.8))), shortPrior: short.map((usd, i) => (own || i < 6 ? 0 : usd)) };
  });
  const band = (side: 'long' | 'short') => {
    const totals = steps.map((i) => venues.reduce((sum, venue) => sum + (venue[side][i] ?? 0), 0));
    return { low: totals.map((usd, i) => Math.round(usd * (i < 9 ? 0.7 : 0.3))), high: totals.map((usd, i) => Math.round(usd * (i < 9 ? 1.35 : 2.2))) };
  };
  return liquidationMap.parse({ stepPercent: 2.5, price: 5.62, venues, long: band('long'), short: band('short') });
})();

/** A made-up tail: a Pareto tail of index 0.3 beyond a fall of 1.2 %, which forced sales carry off beyond 9 %. */
export const sampleTail: TailScore = (() => {
  const probability = (loss: number): number => 0.05 * (1 + (0.3 * (loss - 0.012)) / 0.006) ** (-1 / 0.3);
  const losses = Array.from({ length: 40 }, (_, i) => 0.004 * (0.6 / 0.004) ** (i / 39));
  const curve = losses.map((loss) => [loss, loss < 0.012 ? 0.05 * (0.012 / loss) ** 2 : probability(loss)] as const).filter(([, p]) => p >= 1e-6);
  const forced = (loss: number): number => (loss < 0.03 ? loss * 1.05 : loss < 0.09 ? 0.0315 + (loss - 0.03) * 2.2 : Math.min(0.9, 0.84 + (loss - 0.09) * 0.4));
  const level = (of: number, value: number, low: number, high: number) => ({ level: of, value, low, high, status: 'inferred' });
  return tailScore.parse({
    horizonSeconds: 3_600, barSeconds: 300, observations: 4_032, status: 'exact', valueAtRisk: level(0.99, 0.0245, 0.0202, 0.031), expectedShortfall: level(0.975, 0.0281, 0.0224, 0.0402),
    cascadeExpectedShortfall: level(0.975, 0.0613, 0.033, 0.145), tailIndex: { value: 0.3, low: 0.12, high: 0.48, meanIdentified: true }, curve, forcedCurve: curve.map(([loss, p]) => [forced(loss), p]),
    observed: Array.from({ length: 24 }, (_, i) => [0.012 + (0.006 / 0.3) * (((0.05 * 4_000) / (24 - i)) ** 0.3 - 1) * (1 + 0.06 * Math.sin(i * 2.1)), (24 - i) / 4_000]),
    scenarios: [{ name: 'jump', loss: 0.12, forcedLoss: 0.85 }, { name: 'outage', loss: 0.04, forcedLoss: 0.06 }, { name: 'otc', loss: 0.5, forcedLoss: null }],
    backtest: { forecasts: 2_004, exceedances: 23, expected: 20.04, coverage: 0.51, independence: 0.03, z2: -0.05, z2Critical: -0.24 },
  });
})();

const day = 24 * hour;
/** Made-up owners of OM: an exchange and what is locked stand apart, the issuer deposits ever more, unlocks are ahead. */
export const sampleAddresses: AddressesScore = (() => {
  const owner = (cluster: string, share: number, of: object = {}) => ({
    cluster, label: cluster.includes(':') ? cluster : null, confidence: 0.9, disputed: false, addressCount: 3, addresses: ['0x1111111111111111111111111111111111111111'], links: [{ code: 'label', confidence: 0.9, addresses: 3, by: 'config' }],
    units: share * 400e6, supplyShare: share * 0.45, floatShare: share, depositsDayUnits: 0, depositsWeekUnits: 0, venuesWeek: [], depositPropensity: 0.1, fanIn: 5, fanOut: 12, dormancyDays: 20, ageDays: 300, issuerScore: 0, usd: share * 400e6 * 5.62, risk: null, ...of,
  });
  return addressesScore.parse({
    status: 'exact', at: sampleTime - 30_000, holders: 41_200, complete: true, supplyUnits: 888e6, effectiveFloatUnits: 400e6, concentration: { gini: 0.93, hhi: 0.083, effectiveHolders: 12, nakamoto: 4 },
    clusters: [
      owner('exchange:binance', 0.28), owner('issuer:mantra', 0.21, { addressCount: 17, depositsDayUnits: 1.2e6, depositsWeekUnits: 8e6, issuerScore: 1 }), owner('locked:vesting', 0.34), owner('fund:harbour', 0.11, { disputed: true, confidence: 0.45 }),
      ...Array.from({ length: 9 }, (_, i) => owner(`0x${String(i + 1).repeat(40)}`, 0.06 / (i + 1))),
    ],
    flows: Array.from({ length: 14 }, (_, i) => ({ day: Date.UTC(2025, 2, 31) + i * day, units: 2e5 + 6e4 * ((i * 5) % 7), issuerUnits: i < 9 ? 0 : 1e5 * (i - 8), usd: (2e5 + 6e4 * ((i * 5) % 7)) * 5.8 })),
    unlocks: [[6, 8e6, 1.8, 'team'], [36, 8e6, 1.8, 'team'], [66, 8e6, 1.8, 'team'], [70, 3e6, 0.7, 'investors, second tranche'], [190, 24e6, 5.5, 'foundation']].map(([days, units, ofVolume, what]) => ({ at: sampleTime + Number(days) * day, units, usd: Number(units) * 5.62, ofVolume, what })),
    overhang: [{ days: 7, units: 2e6, overhang: 0.6 }, { days: 30, units: 4e6, overhang: 0.3 }, { days: 90, units: 1e7, overhang: null }],
    review: null,
  });
})();

/** A made-up token that is redeemable in BTC, at $1.34 in the market over a floor of $1. */
export const sampleReserve: ReserveScore = reserveScore.parse({
  status: 'exact', chain: 'eip155:1', currency: 'BTC', floor: 1.2e-5, floorUsd: 1, trustedFloorUsd: 0.98, effectiveFloorUsd: 0.93, worstFloorUsd: 0.42, premium: 0.34, vault: 120, supply: 1e7, cap: 2.4e7, owner: '0x2222222222222222222222222222222222222222',
  liquidityLockedUntil: sampleTime + 40 * day, floorDayAgo: 1.25e-5, events: [],
});

/** A score of the made-up fall. */
export const sampleScore: ScoreMessage = scoreMessage.parse({
  kind: 'score', ...stamp, ...figures, ignitedAtZero: false, depth2pctUsd: 1.2e6, openInterestUsd: 61e6, extendedShare: 0.4, forcedShare: 0.38,
  deposits: {
    horizon: { windowSeconds: 900, units: 1e6, usd: 5.6e6, count: 1 }, day: { windowSeconds: 86_400, units: 2e6, usd: 11e6, count: 6 }, issuerDay: { windowSeconds: 86_400, units: 1e6, usd: 5.6e6, count: 1 }, largest,
  },
  response: sampleResponse, network: sampleNetwork, tail: sampleTail, liquidationMap: sampleMap, addresses: sampleAddresses, reserve: sampleReserve, issuerFloatShare: 0.021, earlier: { ignitionUsdDayAgo: 12.8e6, depth2pctUsdDayHigh: 4e6, priceHourAgo: 5.8 }, markets: [], inputs, modelVersion: '1', inputHash: 'sha256:00',
});

/** A warning of the made-up fall, with its curve. */
export const sampleWarning: WarningMessage = warningMessage.parse({
  kind: 'warning', ...stamp, source: 'alerting', ...figures, id: 'BW-OM-20250413-7f3a9c21', revision: 1, state: 'firing', severity: 'critical', warning: 'cascade.ignition', onset: sampleTime,
  trigger: largest, depositsUsd: 5.6e6, reasons: [], inputs, venues: [], response: sampleResponse, modelVersion: '1', inputHash: 'sha256:00',
});

/** A wave without randomness: -1 to 1. */
const wave = (i: number): number => (Math.sin(i * 0.21) + Math.sin(i * 0.57 + 1) * 0.6 + Math.sin(i * 1.7 + 2) * 0.35) / 1.95;

/** 24 h before the made-up fall: the threshold falls from $12.8 m to $4.1 m, four warnings (one retracted), six deposits. */
export const sampleTimeline: AssetTimeline = assetTimeline.parse({
  asset: 'OM', from: sampleTime - 24 * hour, to: sampleTime,
  points: Array.from({ length: 289 }, (_, i) => {
    const share = i / 288;
    const ignitionUsd = Math.max(3.9e6, 12.8e6 - 8.7e6 * Math.min(1, share * 1.15) + 5e5 * wave(i) * (1 - share * 0.8));
    return { time: sampleTime - 24 * hour + i * 300_000, price: 6.28 - 0.66 * share + 0.09 * wave(i * 1.3 + 5), ignitionUsd, ignitionLowUsd: ignitionUsd * 0.78, ignitionHighUsd: ignitionUsd * 1.36 };
  }),
  warnings: [
    { ...sampleWarning, id: 'BW-OM-20250412-0a1b2c3d', severity: 'watch', warning: 'deposits.issuer', eventTime: sampleTime - 17.2 * hour, onset: sampleTime - 17.2 * hour },
    { ...sampleWarning, id: 'BW-OM-20250413-1a2b3c4d', severity: 'warning', warning: 'ignition.drop', eventTime: sampleTime - 4.1 * hour, onset: sampleTime - 4.1 * hour },
    { ...sampleWarning, id: 'BW-OM-20250413-5a6b7c8d', severity: 'warning', warning: 'depth.drop', eventTime: sampleTime - 3.2 * hour, onset: sampleTime - 3.2 * hour },
    { ...sampleWarning, eventTime: sampleTime - 0.3 * hour, onset: sampleTime - 0.3 * hour },
  ],
  transfers: [
    { ...largest, usd: 0.9e6, eventTime: sampleTime - 21 * hour, tx: '0x01', fromLabel: undefined }, { ...largest, usd: 2.2e6, eventTime: sampleTime - 17.4 * hour, tx: '0x02', toLabel: 'exchange:binance' },
    { ...largest, usd: 1.4e6, eventTime: sampleTime - 11 * hour, tx: '0x03', fromLabel: undefined }, { ...largest, usd: 0.4e6, eventTime: sampleTime - 7.5 * hour, tx: '0x04', fromLabel: undefined },
    { ...largest, usd: 3.1e6, eventTime: sampleTime - 3.4 * hour, tx: '0x05' }, { ...largest, usd: 5.6e6, eventTime: sampleTime - 0.35 * hour, tx: '0x06' },
  ],
});
