import type { Result } from '@breakwater/models/core';
import { currencyCode, err, ok } from '@breakwater/models/core';
import { asText, isRecord, parseJson, parseNonNegative, parsePositive } from '../../numbers.ts';
import type { VenueInstrument } from '../../venue.ts';
import { krakenCurrency, krakenSymbol } from './names.ts';

/**
 * The answer of `/0/public/AssetPairs`: spot markets under the names that the second version of the socket has (`wsname` with `BTC` and `DOGE`). Pairs without
 * a name there (dark pools) and rows without usable decimals are left out. Source: https://docs.kraken.com/api/docs/rest-api/get-tradable-asset-pairs, read 2026-11-27.
 */
export function parseKrakenPairs(body: string): Result<readonly VenueInstrument[], string> {
  const answer = parseJson(body);
  if (!isRecord(answer) || !isRecord(answer['result'])) return err('not a list of pairs');
  const out: VenueInstrument[] = [];
  for (const row of Object.values(answer['result'])) {
    const instrument = isRecord(row) ? readPair(row) : undefined;
    if (instrument !== undefined) out.push(instrument);
  }
  return ok(out);
}

function readPair(row: Record<string, unknown>): VenueInstrument | undefined {
  const symbol = krakenSymbol(asText(row['wsname']));
  const [base, quote] = symbol?.split('/') ?? [];
  if (symbol === undefined || base === undefined || quote === undefined) return undefined;
  const lotSize = stepOf(row['lot_decimals']);
  // `tick_size` was added later; before, prices had any multiple of the last decimal.
  const tickSize = row['tick_size'] === undefined ? stepOf(row['pair_decimals']) : parsePositive(row['tick_size']);
  if (Number.isNaN(tickSize) || Number.isNaN(lotSize)) return undefined;
  return {
    symbol, marketKind: 'spot', base: currencyCode(base), quote: currencyCode(quote), settle: currencyCode(quote), tickSize, lotSize, contractSize: 1,
    trading: row['status'] === undefined || row['status'] === 'online', dated: false,
  };
}

/** One unit of the last of `decimals` decimals; NaN when it is no such number. */
function stepOf(decimals: unknown): number {
  return typeof decimals === 'number' && Number.isInteger(decimals) && decimals >= -9 && decimals <= 18 ? Number(`1e${-decimals}`) : NaN;
}

/** Contracts of a kind that is understood: what a unit counts, and whether it ends. `turbo` and `vanilla` types, and indices, are left out. */
const TYPES: ReadonlyMap<unknown, 'linear' | 'inverse'> = new Map([['futures_inverse', 'inverse'], ['flexible_futures', 'linear']]);

/**
 * The answer of `/derivatives/api/v3/instruments`: inverse contracts (`PI_XBTUSD`, and dated `FI_`), of which one is a US dollar, and linear ones margined in
 * several currencies (`PF_XBTUSD`, dated `FF_`), which count base units and settle in dollars. The largest leverage is that of the first margin level.
 * Source: https://docs.kraken.com/api/docs/futures-api/trading/get-instruments, read 2026-11-27.
 */
export function parseKrakenContracts(body: string): Result<readonly VenueInstrument[], string> {
  const answer = parseJson(body);
  if (!isRecord(answer) || !Array.isArray(answer['instruments'])) return err('not a list of contracts');
  const rows: readonly unknown[] = answer['instruments'];
  const out: VenueInstrument[] = [];
  for (const row of rows) {
    const instrument = isRecord(row) ? readContract(row) : undefined;
    if (instrument !== undefined) out.push(instrument);
  }
  return ok(out);
}

function readContract(row: Record<string, unknown>): VenueInstrument | undefined {
  const symbol = asText(row['symbol']).toUpperCase();
  const marketKind = TYPES.get(row['type']);
  const [base, quote] = currenciesOf(row, symbol) ?? [];
  if (marketKind === undefined || base === undefined || quote === undefined) return undefined;
  const tickSize = parsePositive(row['tickSize']);
  const contractSize = parsePositive(row['contractSize']);
  // Decimals of a quantity; an inverse contract is not divided, and lists of before had no such field.
  const lotSize = row['contractValueTradePrecision'] === undefined ? 1 : stepOf(row['contractValueTradePrecision']);
  if (Number.isNaN(tickSize) || Number.isNaN(contractSize) || Number.isNaN(lotSize)) return undefined;
  const maxLeverage = leverageOf(row['marginLevels']);
  return {
    symbol, marketKind, base: currencyCode(base), quote: currencyCode(quote), settle: currencyCode(marketKind === 'inverse' ? base : quote),
    tickSize, lotSize, contractSize,
    ...(maxLeverage === undefined ? {} : { maxLeverage }),
    // Expired ones, listed where they are asked for, remain `tradeable`.
    trading: row['tradeable'] === true && row['isExpired'] !== true,
    dated: symbol.startsWith('F') || row['lastTradingTime'] !== undefined,
    // "True if this is a non-crypto market".
    ...(row['tradfi'] === true ? { freelyNamed: true } : {}),
  };
}

/** Base and quote: from the fields of newer lists, from `pair` (`XBT:USD`), or from the symbol, whose quote is the dollar. */
function currenciesOf(row: Record<string, unknown>, symbol: string): readonly [string, string] | undefined {
  const fields = [asText(row['base']), asText(row['quote'])];
  const pair = asText(row['pair']).toUpperCase().split(':');
  const named = /^[PF][IF]_([A-Z0-9]+)(USD)(?:_\d{6})?$/.exec(symbol)?.slice(1, 3);
  const [base, quote] = fields.every((f) => f !== '') ? fields : pair.length === 2 && pair.every((f) => f !== '') ? pair : (named ?? []);
  return base === undefined || quote === undefined ? undefined : [krakenCurrency(base.toUpperCase()), krakenCurrency(quote.toUpperCase())];
}

function leverageOf(levels: unknown): number | undefined {
  const first: unknown = Array.isArray(levels) ? levels[0] : undefined;
  const initial = isRecord(first) ? parseNonNegative(first['initialMargin']) : NaN;
  // Rounded to a hundredth: 0.06 is 16.67 times.
  return initial > 0 && initial <= 1 ? Math.round(100 / initial) / 100 : undefined;
}
