import type { CurrencyCode, Result } from '@breakwater/models/core';
import { currencyCode, err, ok } from '@breakwater/models/core';
import { isRecord, parseJson, parsePositive, parseSigned } from '../../numbers.ts';
import type { VenueInstrument } from '../../venue.ts';

/** Market types of this feed: spot, and futures of every kind. */
export type KucoinMarket = 'spot' | 'futures';

type Row = Readonly<Record<string, unknown>>;

/** Futures name bitcoin by the older code of ISO 4217. */
const coin = (name: string): CurrencyCode => currencyCode(name === 'XBT' ? 'BTC' : name);

/**
 * The list of `/api/v2/symbols` (spot) or `/api/v1/contracts/active` (futures). Rows without usable sizes are left out; what is no list is an error.
 * A linear contract (lot) is `multiplier` base units, an inverse one `-multiplier` US dollars.
 * Source: https://www.kucoin.com/docs-new/rest/spot-trading/market-data/get-all-symbols and .../futures-trading/market-data/get-all-symbols, read 2026-11-27.
 */
export function parseKucoinInstruments(market: KucoinMarket, body: string): Result<readonly VenueInstrument[], string> {
  const answer = parseJson(body);
  if (!isRecord(answer) || answer['code'] !== '200000' || !Array.isArray(answer['data'])) return err('not an instrument list');
  const rows: readonly unknown[] = answer['data'];
  const out: VenueInstrument[] = [];
  for (const row of rows) {
    const instrument = isRecord(row) ? (market === 'spot' ? readPair(row) : readContract(row)) : undefined;
    if (instrument !== undefined) out.push(instrument);
  }
  return ok(out);
}

function readPair(row: Row): VenueInstrument | undefined {
  const symbol = row['symbol'];
  const quote = row['quoteCurrency'];
  if (typeof symbol !== 'string' || symbol === '' || typeof quote !== 'string' || quote === '') return undefined;
  // A coin that was renamed keeps its symbol and its code; the name of the market is the present one.
  const named = typeof row['name'] === 'string' ? /^([A-Z0-9]+)-/.exec(row['name'])?.[1] : undefined;
  const base = named ?? row['baseCurrency'];
  const tickSize = parsePositive(row['priceIncrement']);
  const lotSize = parsePositive(row['baseIncrement']);
  if (typeof base !== 'string' || base === '' || Number.isNaN(tickSize) || Number.isNaN(lotSize)) return undefined;
  return {
    symbol, marketKind: 'spot', base: coin(base), quote: coin(quote), settle: coin(quote),
    tickSize, lotSize, contractSize: 1, trading: row['enableTrading'] === true, dated: false,
  };
}

function readContract(row: Row): VenueInstrument | undefined {
  const symbol = row['symbol'];
  const base = row['baseCurrency'];
  const quote = row['quoteCurrency'];
  const settle = row['settleCurrency'];
  const inverse = row['isInverse'];
  if (typeof symbol !== 'string' || symbol === '' || typeof base !== 'string' || base === '' || typeof quote !== 'string' || typeof settle !== 'string' || typeof inverse !== 'boolean') return undefined;
  // Neither coins nor dollars: settled in a third currency (quanto), which is not understood and left out.
  if (inverse ? quote !== 'USD' || settle !== base : settle !== quote || settle === '') return undefined;
  const multiplier = parseSigned(row['multiplier']);
  const contractSize = inverse ? -multiplier : multiplier;
  const tickSize = parsePositive(row['tickSize']);
  const lotSize = parsePositive(row['lotSize']);
  if (!(contractSize > 0) || Number.isNaN(tickSize) || Number.isNaN(lotSize)) return undefined;
  const maxLeverage = parsePositive(row['maxLeverage']);
  return {
    symbol, marketKind: inverse ? 'inverse' : 'linear', base: coin(base), quote: coin(quote), settle: coin(settle),
    tickSize, lotSize, contractSize,
    ...(maxLeverage > 0 ? { maxLeverage } : {}),
    trading: row['status'] === 'Open',
    // FFWCSX is a perpetual, FFICSX a dated future.
    dated: row['type'] !== 'FFWCSX',
  };
}
