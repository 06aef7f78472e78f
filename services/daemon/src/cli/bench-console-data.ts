import { formatPrice, type ResponseStep, type ScoreMessage, type WarningMessage } from '@breakwater/contracts';
import { assetId, epochMs, instrumentId, price, ratio, sourceId, usd, venueId, warningId, type AssetId, type EpochMs, type Rng } from '@breakwater/models/core';

const venues = ['binance', 'bybit', 'okx', 'hyperliquid'] as const;
const hourMs = 3_600_000;

/** Names of made-up assets: A00, A01, ... */
export function benchAssets(count: number): readonly AssetId[] {
  return Array.from({ length: count }, (_, i) => assetId(`A${String(i).padStart(2, '0')}`));
}

/** A made-up score with everything in it that a real one has; its price tells the `n` it was made for. */
export function benchScore(asset: AssetId, at: EpochMs, n: number, rng: Rng): ScoreMessage {
  const value = price(Number((1 + rng.next() * 8 + n / 1_000).toFixed(2)));
  const ignition = usd(Math.round(2e6 + rng.next() * 2e7));
  const steps = (factor: number): readonly ResponseStep[] => Array.from({ length: 60 }, (_, i) => ({ saleUsd: usd((ignition * 3 * (i + 1)) / 60), price: price(value * (i < 20 ? 1 - i / 400 : 0.4 * factor - i / 400)) }));
  const band = <T extends number>(x: T, make: (y: number) => T): { value: T; low: T; high: T; status: 'inferred' } => ({ value: x, low: make(x * 0.8), high: make(x * 1.3), status: 'inferred' });
  const amount = usd(Math.round(rng.next() * 5e6));
  const window = (windowSeconds: number): ScoreMessage['deposits']['day'] => ({ windowSeconds, units: amount / value, usd: amount, count: 3 });
  return {
    kind: 'score', source: sourceId('scoring'), seq: n, eventTime: at, receivedAt: at, asset, horizonSeconds: 900,
    price: { value, low: value, high: value, status: 'exact' }, ignitionUsd: band(ignition, usd), landingPrice: band(price(value * 0.4), price), amplification: band(ratio(1.5 + rng.next()), ratio), ignitedAtZero: false,
    depth2pctUsd: usd(4e6), openInterestUsd: usd(6e7), extendedShare: ratio(0.4), forcedShare: ratio(0.3), deposits: { horizon: window(900), day: window(86_400), issuerDay: window(86_400), largest: null, recent: [] },
    response: { price: value, central: steps(1), pessimistic: steps(0.7), optimistic: steps(1.3), withoutForced: steps(2) },
    issuerFloatShare: ratio(0.01), earlier: { ignitionUsdDayAgo: usd(ignition * 1.5), depth2pctUsdDayHigh: usd(6e6), priceHourAgo: price(value * 1.03) },
    markets: venues.map((venue) => ({ instrument: instrumentId(venue, 'perp', `${asset}USDT`), venue: venueId(venue), status: 'inferred', price: value, depth2pctUsd: usd(1e6), openInterestUsd: usd(1.5e7), ignitionUsd: band(usd(ignition / 3), usd), landingPrice: band(price(value * 0.5), price), amplification: band(ratio(1.6), ratio), gainNow: ratio(0.5), extendedShare: ratio(0.4) })),
    inputs: venues.flatMap((venue) => ['book', 'positions', 'mark', 'openInterest'].map((kind) => ({ name: `${kind}.${venue}:perp:${asset}USDT`, status: kind === 'positions' ? 'inferred' : 'exact', ageMs: 180 }) as const)),
    modelVersion: 'bench', inputHash: 'sha256:00',
  };
}

/** The text in which the list of assets shows the price of a score. */
export function priceText(score: ScoreMessage): string {
  return score.price === null ? '' : formatPrice(score.price.value);
}

/** Made-up warnings, oldest first, over the hours before `end`; every tenth is open. */
export function benchWarnings(count: number, assets: readonly AssetId[], end: EpochMs, rng: Rng): readonly WarningMessage[] {
  return Array.from({ length: count }, (_, i) => {
    const at = epochMs(end - (count - i) * (hourMs / 20));
    const asset = assets[i % assets.length] ?? assetId('A00');
    const score = benchScore(asset, at, i, rng);
    const date = new Date(at).toISOString().slice(0, 10).replaceAll('-', '');
    const { horizonSeconds, price: estimate, ignitionUsd, landingPrice, amplification, inputs, modelVersion, inputHash } = score;
    return {
      kind: 'warning', source: sourceId('alerting'), seq: i, eventTime: at, receivedAt: at, id: warningId(`BW-${asset}-${date}-${i.toString(16).padStart(8, '0')}`), revision: 1, state: i % 10 === 0 ? 'firing' : 'resolved',
      severity: i % 7 === 0 ? 'critical' : i % 3 === 0 ? 'warning' : 'watch', warning: i % 2 === 0 ? 'ignition.drop' : 'depth.drop', asset, onset: at, horizonSeconds, price: estimate, ignitionUsd, landingPrice, amplification,
      trigger: null, depositsUsd: usd(1e6), reasons: [{ code: 'depth-fell', share: ratio(0.7), sinceMs: hourMs }], inputs, venues: venues.map((venue) => ({ venue: venueId(venue), ignitionUsd: usd(2e6), status: 'exact' })), modelVersion, inputHash,
    };
  });
}
