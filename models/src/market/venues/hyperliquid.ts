import { ratio, venueId } from '../../core/index.ts';
import { assumed, documented, latestAsOf, type EvidenceTable } from '../evidence.ts';
import { genericMarginTiers, marginTiers, type MarginTier } from '../tiers.ts';
import type { VenueRules } from '../venue-rules.ts';

const docs = 'hyperliquid.gitbook.io/hyperliquid-docs';
const read = '2026-11-27';

const evidence: EvidenceTable = {
  'contract': documented('2025-12-01', `${docs}/trading/contract-specifications`, '2026-11'),
  'mmBasis': documented('2025-12-01', `${docs}/trading/liquidations: by the mark price, liq = price - side x margin available / size / (1 - l x side)`, '2026-11'),
  'closeFee': documented('2025-12-01', `${docs}/trading/liquidations: no fee in it`, '2026-11'),
  'tiers': assumed(`differ by market (${docs}/trading/margin-tiers): BTC, ETH and SOL below are as published, others come through the tier loader; the table of the rules is generic`),
  'liquidationOrder': documented('2025-12-01', `${docs}/trading/liquidations: market orders`, '2026-11'),
  'liquidationFee': documented('2025-12-01', `${docs}/trading/liquidations: no clearance fee`, '2026-11'),
  'partial': documented('2025-12-01', `${docs}/trading/liquidations: above 100k USDC 20 % first, all within the 30 s that follow; backstop below two thirds of maintenance`, '2026-11'),
  'index.weights': documented(read, `${docs}/hypercore/oracle: weighted median of spot prices per validator, median by stake of the validators (taken as one here)`),
  'index.outliers': documented(read, `${docs}/hypercore/oracle: none, a weighted median needs none`),
  'index.stale': assumed('not published'),
  'mark.kind': documented(read, `${docs}/trading/robust-price-indices`),
  'mark.window': documented(read, `${docs}/trading/robust-price-indices: 150 s exponential, updated about every 3 s; perpetuals weigh 3, 2, 2, 1, 1`),
  'funding.formula': documented('2025-12-01', `${docs}/trading/funding: for eight hours, an eighth of it paid every hour`, '2026-11'),
  'funding.interest': documented('2025-12-01', `${docs}/trading/funding: 0.01 % for eight hours`, '2026-11'),
  'funding.cap': documented('2025-12-01', `${docs}/trading/funding: 4 % an hour`, '2026-11'),
  'funding.period': documented('2025-12-01', `${docs}/trading/funding: one hour`, '2026-11'),
  'fund': documented('2025-12-01', `${docs}/trading/liquidations: the liquidator vault; collateral left after an order in the book stays with the trader`, '2026-11'),
  'adl.trigger': documented(read, `${docs}/trading/auto-deleveraging: account or isolated position value negative`),
  'adl.rank': assumed(`${docs}/trading/auto-deleveraging: (mark / entry) x (notional / account value), which makes sense for longs; entry / mark is taken for shorts`),
  'adl.price': documented(read, `${docs}/trading/auto-deleveraging: previous mark price`),
};

/** Hyperliquid's BTC table: 40x to 150 m USDC, 20x above; maintenance is half of the initial margin at maximum leverage. */
export const HYPERLIQUID_BTC_TIERS: readonly MarginTier[] = marginTiers([[0, 0.0125], [150_000_000, 0.025]]);
/** Hyperliquid's ETH table: 25x to 100 m USDC, 15x above. */
export const HYPERLIQUID_ETH_TIERS: readonly MarginTier[] = marginTiers([[0, 0.02], [100_000_000, 1 / 30]]);
/** Hyperliquid's SOL table: 20x to 70 m USDC, 10x above. */
export const HYPERLIQUID_SOL_TIERS: readonly MarginTier[] = marginTiers([[0, 0.025], [70_000_000, 0.05]]);

/**
 * Hyperliquid perpetuals. Above 100k USDC first 20 % goes to the book at market, in the 30 s that follow further orders are for the whole; no clearance fee.
 * Tiers are generic [A] at an assumed maximum of 10x; each market publishes its own maximum leverage.
 */
export const HYPERLIQUID: VenueRules = {
  venue: venueId('hyperliquid'),
  contract: 'linear',
  mmBasis: 'mark',
  closeFee: ratio(0),
  tiers: genericMarginTiers(10),
  tierUnit: 'notional',
  maxLeverage: 10,
  liquidationOrder: 'market',
  liquidationFee: ratio(0),
  partial: { kind: 'fraction', step: ratio(0.2), minNotionalUsd: 100_000, cooldownSeconds: 30, backstopShare: ratio(2 / 3) },
  index: { method: 'weightedMedian', weights: { binance: 3, okx: 2, bybit: 2, kraken: 1, kucoin: 1, gate: 1, mexc: 1, hyperliquid: 1 }, equalOfTwo: false, monotone: true },
  mark: { kind: 'hyperliquid', windowSeconds: 150, sampleSeconds: 3, perpWeights: { binance: 3, okx: 2, bybit: 2, gate: 1, mexc: 1 } },
  funding: { formula: 'dampedPremium', clamp: ratio(0.0005), interest: ratio(0.0001), periodHours: 1, scaling: 'wholeRate', average: 'equal', cap: ratio(0.04) },
  fund: { scope: 'vault', surplus: 'trader' },
  adl: { trigger: 'negativeEquity', rank: 'hyperliquid', price: 'previousMark' },
  evidence,
  asOf: latestAsOf(evidence),
  source: `${docs}: liquidations, robust-price-indices, oracle, margin-tiers, auto-deleveraging, funding`,
};
