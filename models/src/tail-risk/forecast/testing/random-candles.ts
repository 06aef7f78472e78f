import { createRng } from '../../../core/index.ts';
import { barMs, type Candle } from '../types.ts';
import type { Universe } from '../universe.ts';

/** What made-up candles are like. */
export interface RandomCandles {
  readonly seed: number;
  readonly bars: number;
  /** First price. */
  readonly price?: number;
  /** Standard deviation of a bar's return on average. */
  readonly sigma?: number;
  /** Prices are whole multiples of it; none by default. */
  readonly tick?: number;
  /** Log of the volatility that is added at each bar: shared between markets, say. */
  readonly common?: (bar: number) => number;
}

const FIRST = Date.UTC(2025, 3, 1);

/** Candles of a price whose log volatility is an autoregression, with steps of heavy tails; ten steps a bar. */
export function randomCandles({ seed, bars, price = 100, sigma = 0.002, tick, common = () => 0 }: RandomCandles): Candle[] {
  const rng = createRng(seed);
  let [log, volatility] = [Math.log(price), 0];
  const rounded = (x: number): number => (tick === undefined ? x : Math.max(tick, tick * Math.round(x / tick)));
  let close = rounded(price);
  return Array.from({ length: bars }, (_, i) => {
    volatility = 0.97 * volatility + 0.15 * rng.normal();
    const size = sigma * Math.exp(volatility + common(i)) * (rng.chance(0.02) ? 3 : 1) / Math.sqrt(10);
    const open = close;
    let [high, low] = [open, open];
    for (let step = 0; step < 10; step++) {
      log += size * rng.normal();
      close = rounded(Math.exp(log));
      high = Math.max(high, close);
      low = Math.min(low, close);
    }
    return { t: FIRST + i * barMs, open, high, low, close, volume: 1_000 * Math.exp(volatility + 0.3 * rng.normal()) };
  });
}

/** A universe of lists of candles, by symbol. */
export function universeOf(markets: Readonly<Record<string, readonly Candle[]>>): Universe {
  const symbols = Object.keys(markets);
  const starts = new Int32Array(symbols.length + 1);
  symbols.forEach((symbol, k) => (starts[k + 1] = (starts[k] ?? 0) + (markets[symbol]?.length ?? 0)));
  return { symbols, starts, rows: Float64Array.from(symbols.flatMap((symbol) => (markets[symbol] ?? []).flatMap(({ t, open, high, low, close, volume }) => [t, open, high, low, close, volume]))) };
}

/** A universe of `count` markets whose volatility moves together in part. */
export function randomUniverse({ seed, count, bars }: { readonly seed: number; readonly count: number; readonly bars: number }): Universe {
  const rng = createRng(seed);
  const common: number[] = [];
  for (let i = 0, level = 0; i < bars; i++) common.push((level = 0.98 * level + 0.1 * rng.normal()));
  return universeOf(Object.fromEntries(Array.from({ length: count }, (_, k) => [`M${k}`, randomCandles({ seed: seed * 1_000 + k, bars, price: 10 ** (k % 5), common: (i) => common[i] ?? 0 })])));
}
