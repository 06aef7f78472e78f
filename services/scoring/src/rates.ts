import type { CrossRateMessage, InputStatus, RateMessage } from '@breakwater/contracts';
import type { CurrencyCode, EpochMs, SourceId, UsdRate } from '@breakwater/models/core';
import { usdRate } from '@breakwater/models/core';
import { bridgeCurrencies, crossRate } from '@breakwater/models/market';
import { worst } from './input-status.ts';

/** A quote currency's worth in US dollars with its band. */
export interface Rate {
  readonly usd: UsdRate;
  readonly low: UsdRate;
  readonly high: UsdRate;
  readonly status: InputStatus;
  readonly ageMs: number | undefined;
}

/** Stablecoins that are taken at par, with a band, while no rate is known [A]; the status then says `missing`. */
const pegged = new Set(['USDT', 'USDC', 'USDE', 'FDUSD', 'TUSD', 'DAI', 'BUSD', 'PYUSD', 'USDP', 'USD1']);
/** Band around par for a stablecoin whose rate is not known: depegs of a few per cent are common in stress [A]. */
const parBand = 0.03;

/** The live rates of quote currencies, by source. */
export interface Rates {
  fold(message: RateMessage | CrossRateMessage): void;
  /**
   * The median over the readings of the best status at `at`: in dollars, or else through a currency with dollars of its own. A chain is as old as its
   * older link and has the worse status of the two. Par with a band for a stablecoin of which nothing is known; undefined for anything else.
   */
  at(currency: CurrencyCode, at: EpochMs): Rate | undefined;
  /** The readings it holds: folded into an empty table they make the same one. */
  save(): readonly (RateMessage | CrossRateMessage)[];
}

/** Makes an empty table of rates. `at` is O(sources). */
export function createRates(staleAfterMs: number): Rates {
  const direct = new Map<CurrencyCode, Map<SourceId, RateMessage>>();
  const crossed = new Map<CurrencyCode, Map<string, CrossRateMessage>>();
  const readOf = (message: RateMessage | CrossRateMessage, at: EpochMs): { readonly status: InputStatus; readonly ageMs: number } => ({
    status: at - message.eventTime <= staleAfterMs ? 'exact' : 'stale', ageMs: Math.max(0, at - message.eventTime),
  });

  /** What sources say in dollars. */
  const inDollars = (currency: CurrencyCode, at: EpochMs): readonly Rate[] => {
    if (currency === 'USD') return [{ usd: usdRate(1), low: usdRate(1), high: usdRate(1), status: 'exact', ageMs: 0 }];
    return [...(direct.get(currency)?.values() ?? [])].map((m) => ({ usd: m.usd, low: m.usd, high: m.usd, ...readOf(m, at) }));
  };
  /** What markets say through the dollars of their other currency. */
  const inChains = (currency: CurrencyCode, at: EpochMs): readonly Rate[] =>
    [...(crossed.get(currency)?.values() ?? [])].flatMap((message): Rate[] => {
      const leg = bestOf(inDollars(message.against, at)) ?? atPar(message.against);
      const chained = leg === undefined ? undefined : crossRate(message, leg);
      if (leg === undefined || chained === undefined) return [];
      const own = readOf(message, at);
      return [{ ...chained, status: worst([own.status, leg.status]), ageMs: leg.ageMs === undefined ? undefined : Math.max(own.ageMs, leg.ageMs) }];
    });

  return {
    fold: (message) => {
      if (message.kind === 'rate') put(direct, message.currency, message.source, message);
      // A chain over anything else would have a third link, or none that ends in dollars.
      else if (bridgeCurrencies.includes(message.against) && !bridgeCurrencies.includes(message.currency)) put(crossed, message.currency, `${message.source} ${message.against}`, message);
    },
    save: () => [direct, crossed].flatMap((table) => [...table.values()].flatMap((bySource): readonly (RateMessage | CrossRateMessage)[] => [...bySource.values()])),
    at: (currency, at) => {
      const plain = bestOf(inDollars(currency, at));
      if (plain?.status === 'exact') return plain;
      const chained = bestOf(inChains(currency, at));
      // Of two that are equally bad the one without a second link.
      if (chained !== undefined && (plain === undefined || worst([chained.status, plain.status]) !== chained.status)) return chained;
      return plain ?? atPar(currency);
    },
  };
}

function put<K, T>(table: Map<CurrencyCode, Map<K, T>>, currency: CurrencyCode, key: K, message: T): void {
  const bySource = table.get(currency) ?? new Map<K, T>();
  bySource.set(key, message);
  table.set(currency, bySource);
}

/** The readings of the best status in one: the medians of their rates and of both ends, as old as the youngest. Undefined when there are none. */
function bestOf(readings: readonly Rate[]): Rate | undefined {
  const [first] = readings;
  if (first === undefined) return undefined;
  const status = readings.reduce((best, r) => (worst([best, r.status]) === best ? r.status : best), first.status);
  const used = readings.filter((r) => r.status === status);
  const ages = used.flatMap((r) => r.ageMs ?? []);
  return { usd: median(used.map((r) => r.usd)), low: median(used.map((r) => r.low)), high: median(used.map((r) => r.high)), status, ageMs: ages.length === 0 ? undefined : Math.min(...ages) };
}

function median(values: readonly UsdRate[]): UsdRate {
  const sorted = [...values].sort((a, b) => a - b);
  const [middle, other] = [sorted[(sorted.length - 1) >> 1] ?? NaN, sorted[sorted.length >> 1] ?? NaN];
  // Halved first: the sum of two may leave the numbers.
  return usdRate(middle / 2 + other / 2);
}

function atPar(currency: CurrencyCode): Rate | undefined {
  if (!pegged.has(currency)) return undefined;
  return { usd: usdRate(1), low: usdRate(1 - parBand), high: usdRate(1 + parBand), status: 'missing', ageMs: undefined };
}
