import type { AssetMessage, GlobalMessage, InstrumentMessage } from '@breakwater/contracts';
import { assetId, createRng, currencyCode, epochMs, instrumentId, price, qty, sourceId, usdRate, venueId } from '@breakwater/models/core';
import { scoringDefaults, type ScoringConfig } from '@breakwater/scoring';

/** A message and its topic. */
export type Sent = { readonly topic: 'assets'; readonly message: AssetMessage } | { readonly topic: 'global'; readonly message: GlobalMessage };

const venues = ['binance', 'bybit', 'okx'] as const;
/** Sources whose watermarks ticks wait for. */
export const scaleSources = venues.map((venue) => sourceId(`${venue}:perp`));
/** When the stream begins; the time is its own. */
export const scaleFrom = epochMs(1_744_567_200_000);
/** Levels a side, and changes of each book a second: of the order of what venues send of a coin of the second row (design assumption). */
const LEVELS = 200;
const CHANGES = 5;

/** Names of so many assets, all alike. */
export function scaleAssets(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `A${String(i).padStart(3, '0')}`);
}

/** What workers are told of the assets. No tick is forced, and none is too old: how slow the machine is must not matter. */
export function scaleConfig(count: number): ScoringConfig {
  return { ...scoringDefaults, assets: scaleAssets(count).map((asset) => ({ asset: assetId(asset), float: 1e9 })), latenessMs: 3_600_000, catchUpMs: Infinity };
}

/** So many seconds of books, tickers and rates of `count` assets on three venues, in the order of publication; an asset's messages do not depend on how many others there are. */
export function scaleStream(count: number, seconds: number): readonly Sent[] {
  const seq = new Map<string, number>();
  const next = (source: string): number => {
    const own = seq.get(source) ?? 0;
    seq.set(source, own + 1);
    return own;
  };
  const assets = scaleAssets(count).map((name, i) => ({ name, rng: createRng(i + 1) }));
  const stamp = (venue: string, at: number) => ({ source: sourceId(`${venue}:perp`), seq: next(venue), eventTime: epochMs(at), receivedAt: epochMs(at) });
  const of = (venue: string, name: string, at: number) => ({ ...stamp(venue, at), asset: assetId(name), instrument: instrumentId(venue, 'perp', `${name}USDT`) });
  const side = (middle: number, sign: 1 | -1, levels: number, size: () => number): number[] => Array.from({ length: levels }, (_, i) => [Math.round((middle + sign * 0.002 * (i + 0.5)) * 1e6) / 1e6, size()]).flat();
  const out: Sent[] = [{ topic: 'global', message: { kind: 'rate', ...stamp('okx', scaleFrom), currency: currencyCode('USDT'), usd: usdRate(1) } }];
  for (const { name, rng } of assets) {
    for (const venue of venues) {
      const definition: Omit<InstrumentMessage, keyof ReturnType<typeof of>> = {
        kind: 'instrument', venue: venueId(venue), symbol: `${name}USDT`, marketKind: venue === 'bybit' ? 'spot' : 'linear', base: currencyCode(name), quote: currencyCode('USDT'), settle: currencyCode('USDT'),
        tickSize: 0.001, lotSize: 1, contractSize: 1, multiplier: 1, maxLeverage: 50,
      };
      const size = (): number => 2_000 + Math.floor(rng.next() * 20_000);
      out.push({ topic: 'assets', message: { ...of(venue, name, scaleFrom), ...definition } });
      out.push({ topic: 'assets', message: { kind: 'book', ...of(venue, name, scaleFrom + 1), snapshot: true, bids: side(6, -1, LEVELS, size), asks: side(6, 1, LEVELS, size) } });
    }
  }
  for (let second = 0; second < seconds; second++) {
    const at = scaleFrom + second * 1_000;
    for (let change = 0; change < CHANGES; change++) {
      for (const venue of venues) {
        for (const { name, rng } of assets) {
          const size = (): number => Math.floor(rng.next() * 20_000);
          out.push({ topic: 'assets', message: { kind: 'book', ...of(venue, name, at + 10 + change * 150), snapshot: false, bids: side(6, -1, 10, size), asks: side(6, 1, 10, size) } });
        }
      }
    }
    for (const { name, rng } of assets) {
      for (const venue of venues) out.push({ topic: 'assets', message: { kind: 'ticker', ...of(venue, name, at + 900), mark: price(6 + rng.next() / 100), openInterest: qty(1e6 + Math.floor(rng.next() * 1e5)) } });
    }
    for (const venue of venues) out.push({ topic: 'global', message: { kind: 'watermark', ...stamp(venue, at + 1_000) } });
  }
  return out;
}
