import { ratio, venueId } from '../../core/index.ts';
import { marginTiers, genericMarginTiers, type MarginTier, type VenueRules } from '../venue-rules.ts';

/** Hyperliquid's BTC table: 40x to 150 m USDC, 20x above; maintenance is half of the initial margin at maximum leverage. */
export const HYPERLIQUID_BTC_TIERS: readonly MarginTier[] = marginTiers([[0, 0.0125], [150_000_000, 0.025]]);

/**
 * Hyperliquid perpetuals. Above 100k USDC first 20 % goes to the book at market, in the 30 s that follow further orders
 * are for the whole; no clearance fee. The index is a weighted median of spot prices. Tiers are generic [A] at an
 * assumed maximum of 10x; each market publishes its own maximum leverage.
 */
export const HYPERLIQUID: VenueRules = {
  venue: venueId('hyperliquid'),
  contract: 'linear',
  mmBasis: 'mark',
  closeFee: ratio(0),
  tiers: genericMarginTiers(10),
  maxLeverage: 10,
  liquidationOrder: 'market',
  partial: { kind: 'fraction', step: ratio(0.2), minNotionalUsd: 100_000, cooldownSeconds: 30 },
  index: { weights: { binance: 3, okx: 2, bybit: 2, kraken: 1, kucoin: 1, gate: 1, mexc: 1, hyperliquid: 1 }, monotone: true },
  mark: { kind: 'hyperliquid', averageSeconds: 150, sampleSeconds: 3 },
  funding: { clamp: ratio(0.0005), interest: ratio(0.0001), periodHours: 8, capPerHour: ratio(0.04) },
  adl: { trigger: 'negativeEquity', rank: 'hyperliquid', price: 'previousMark' },
  asOf: '2025-12-01',
  source: 'hyperliquid.gitbook.io: liquidations, robust-price-indices, oracle, margin-tiers, auto-deleveraging, funding',
};
