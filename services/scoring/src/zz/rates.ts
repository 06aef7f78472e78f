import type { InputStatus, RateMessage } from '@breakwater/contracts';
import type { CurrencyCode, EpochMs, SourceId, UsdRate } from '@breakwater/models/core';
import { usdRate } from '@breakwater/models/core';

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
  fold(message: RateMessage): void;
  /** The median over sources that are fresh at `at` (over stale ones when none is); undefined when nothing is known and the currency is not pegged to the dollar. */
  at(currency: CurrencyCode, at: EpochMs): Rate | undefined;
}

/** Makes an empty table of rates. `at` is O(sources). */
export function createRates(staleAfterMs: number): Rates {
  const latest = new Map<CurrencyCode, Map<SourceId, RateMessage>>();
  const exactly = (value: number, status: InputStatus, ageMs?: number): Rate => ({ usd: usdRate(value), low: usdRate(value), high: usdRate(value), status, ageMs });
  return {
    fold: (message) => {
      const bySource = latest.get(message.currency) ?? new Map<SourceId, RateMessage>();
      bySource.set(message.source, message);
      latest.set(message.currency, bySource);
    },
    at: (currency, at) => {
      if (currency === 'USD') return exactly(1, 'exact', 0);
      const readings = [...(latest.get(currency)?.values() ?? [])];
      const fresh = readings.filter((r) => at - r.eventTime <= staleAfterMs);
      const used = (fresh.length > 0 ? fresh : readings).sort((a, b) => a.usd - b.usd);
      const middle = used[(used.length - 1) >> 1];
      const other = used[used.length >> 1];
      if (middle !== undefined && other !== undefined) {
        const ageMs = Math.max(0, at - Math.max(...used.map((r) => r.eventTime)));
        return exactly((middle.usd + other.usd) / 2, fresh.length > 0 ? 'exact' : 'stale', ageMs);
      }
      if (!pegged.has(currency)) return undefined;
      return { usd: usdRate(1), low: usdRate(1 - parBand), high: usdRate(1 + parBand), status: 'missing', ageMs: undefined };
    },
  };
}
