import type { DepositReading, InputReading, ScoreMessage } from '@breakwater/contracts';
import { assetId, chainId, epochMs, price, ratio, sourceId, usd, venueId, instrumentId } from '@breakwater/models/core';

/** 13 April 2025 18:00:00 UTC. */
export const sampleTime = Date.UTC(2025, 3, 13, 18, 0, 0);

/** What of a sample score a test wants to choose; amounts in millions of dollars. */
export interface SampleTerms {
  readonly asset?: string;
  /** Seconds after `sampleTime`. */
  readonly at?: number;
  readonly threshold?: number | null;
  readonly low?: number;
  readonly deposits?: number | null;
  readonly thresholdDayAgo?: number | null;
  readonly depth?: number | null;
  readonly depthHigh?: number | null;
  readonly issuerShare?: number | null;
  readonly ignitedAtZero?: boolean;
  readonly forcedShare?: number | null;
  readonly measured?: boolean;
  readonly trigger?: DepositReading | null;
  readonly reverted?: readonly string[];
  /** Names of inputs that are stale or missing. */
  readonly out?: Readonly<Record<string, 'stale' | 'missing'>>;
  readonly inputs?: readonly InputReading[];
}

const names = ['book.binance', 'book.okx', 'positions.binance', 'positions.okx', 'transfers.eip155:1'];

/** A deposit of `millions` to OKX in transaction `tx`. */
export function sampleDeposit(millions: number, tx: string = '0xaaaabbbbccccdddd', at: number = 0): DepositReading {
  return { chain: chainId('eip155:1'), tx, logIndex: 3, to: '0x91d4', toLabel: 'exchange:okx', units: millions * 1e6, usd: usd(Math.round(millions * 1e6)), eventTime: epochMs(sampleTime + at * 1_000), state: 'included' };
}

/** A plausible score of OM: threshold $10 m, no deposits, nothing wrong, unless the terms say otherwise. */
export function sampleScore(terms: SampleTerms = {}): ScoreMessage {
  const { threshold = 10, deposits = 0, depth = 4, depthHigh = 4.2, thresholdDayAgo = 11, issuerShare = 0.001, measured = true } = terms;
  const at = epochMs(sampleTime + (terms.at ?? 0) * 1_000);
  const trigger = terms.trigger ?? (deposits !== null && deposits > 0 ? sampleDeposit(deposits) : null);
  const millions = (value: number | null): ReturnType<typeof usd> | null => (value === null ? null : usd(Math.round(value * 1e6)));
  const window = (windowSeconds: number): ScoreMessage['deposits']['day'] => ({ windowSeconds, units: deposits ?? 1, usd: millions(deposits), count: deposits === 0 ? 0 : 1 });
  return {
    kind: 'score', source: sourceId('scoring'), seq: 0, eventTime: at, receivedAt: at, asset: assetId(terms.asset ?? 'OM'), horizonSeconds: 900,
    price: measured ? { value: price(5.62), low: price(5.62), high: price(5.62), status: 'exact' } : null,
    ignitionUsd: threshold === null ? null : { value: usd(Math.round(threshold * 1e6)), low: usd(Math.round((terms.low ?? threshold * 0.8) * 1e6)), high: usd(Math.round(threshold * 1.4e6)), status: 'inferred' },
    landingPrice: threshold === null ? null : { value: price(0.92), low: price(0.55), high: price(1.6), status: 'inferred' },
    amplification: threshold === null ? null : { value: ratio(2.3), low: ratio(1.5), high: ratio(3), status: 'inferred' },
    ignitedAtZero: terms.ignitedAtZero ?? false,
    depth2pctUsd: measured ? millions(depth) : null, openInterestUsd: measured ? usd(60e6) : null, extendedShare: ratio(0.4),
    forcedShare: terms.forcedShare === undefined ? ratio(0.38) : terms.forcedShare === null ? null : ratio(terms.forcedShare),
    deposits: { horizon: window(900), day: window(86_400), issuerDay: window(86_400), largest: trigger },
    ...(terms.reverted === undefined ? {} : { reverted: terms.reverted.map((tx) => ({ tx, logIndex: 3, usd: usd(1e6) })) }),
    issuerFloatShare: issuerShare === null ? null : ratio(issuerShare),
    earlier: { ignitionUsdDayAgo: millions(thresholdDayAgo), depth2pctUsdDayHigh: millions(depthHigh), priceHourAgo: price(5.7) },
    markets: [
      { instrument: instrumentId('okx', 'swap', 'OM-USDT-SWAP'), venue: venueId('okx'), status: 'inferred', price: price(5.62), depth2pctUsd: usd(1e6), openInterestUsd: usd(20e6), ignitionUsd: null, landingPrice: null, amplification: null, gainNow: null, extendedShare: null },
    ],
    inputs: terms.inputs ?? names.map((name) => ({ name, status: terms.out?.[name] ?? (name.startsWith('positions') ? 'inferred' : 'exact'), ageMs: 180 })),
    modelVersion: 'test-1', inputHash: 'sha256:00',
  };
}
