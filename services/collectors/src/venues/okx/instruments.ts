import type { Result } from '@breakwater/models/core';
import { currencyCode, err, ok } from '@breakwater/models/core';
import { isRecord, parsePositive } from '../../numbers.ts';
import type { VenueInstrument } from '../../venue.ts';

/** Market types of this feed; options are not carried. */
export type OkxMarket = 'spot' | 'swap' | 'futures';

/** The venue's name of each type, in lists and in subscriptions by type. */
export const OKX_TYPE: Readonly<Record<OkxMarket, string>> = { spot: 'SPOT', swap: 'SWAP', futures: 'FUTURES' };

/**
 * Which market type a symbol belongs to: `BTC-USDT` is spot, `BTC-USDT-SWAP` and `BTC-USD_UM-SWAP` are swaps, `BTC-USD-260925` and
 * `BTC-USD_UM_XPERP-310404` futures, `BTC-USD-260925-50000-C` is an option.
 */
export function okxMarketOf(instId: string): OkxMarket | 'option' {
  const parts = instId.split('-');
  if (parts.length <= 2) return 'spot';
  return parts.length > 3 ? 'option' : parts[2] === 'SWAP' ? 'swap' : 'futures';
}

/** The index of a contract: base and quote of its price, as its underlying names them. */
export function okxIndexOf({ base, quote }: VenueInstrument): string {
  return `${base}-${quote}`;
}

/**
 * One page of `/api/v5/public/instruments`. Rows of other types, and rows without usable sizes, are left out.
 * Swaps and futures count contracts: one is `ctVal * ctMult` base units (linear) or US dollars (inverse).
 * Source: https://www.okx.com/docs-v5/en/#public-data-rest-api-get-instruments, read 2026-11-21.
 */
export function parseOkxInstruments(market: OkxMarket, body: string): Result<readonly VenueInstrument[], string> {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return err('not JSON');
  }
  if (!isRecord(answer) || answer['code'] !== '0' || !Array.isArray(answer['data'])) return err('not an instrument list');
  const rows: readonly unknown[] = answer['data'];
  const out: VenueInstrument[] = [];
  for (const row of rows) {
    const instrument = isRecord(row) && row['instType'] === OKX_TYPE[market] ? (market === 'spot' ? readSpot(row) : readContract(row)) : undefined;
    if (instrument !== undefined) out.push(instrument);
  }
  return ok(out);
}

function readSpot(row: Record<string, unknown>): VenueInstrument | undefined {
  const symbol = row['instId'];
  const base = row['baseCcy'];
  const quote = row['quoteCcy'];
  if (typeof symbol !== 'string' || typeof base !== 'string' || typeof quote !== 'string' || base === '' || quote === '') return undefined;
  const tickSize = parsePositive(row['tickSz']);
  const lotSize = parsePositive(row['lotSz']);
  if (Number.isNaN(tickSize) || Number.isNaN(lotSize)) return undefined;
  return {
    symbol, marketKind: 'spot', base: currencyCode(base), quote: currencyCode(quote), settle: currencyCode(quote),
    tickSize, lotSize, contractSize: 1, trading: row['state'] === 'live', dated: false,
  };
}

function readContract(row: Record<string, unknown>): VenueInstrument | undefined {
  const symbol = row['instId'];
  if (typeof symbol !== 'string') return undefined;
  // `uly` names the index: base and quote of the price. `BTC-USD_UM` is priced in US dollars and margined in several coins.
  const [base, rest] = (typeof row['uly'] === 'string' && row['uly'] !== '' ? row['uly'] : symbol).split('-');
  const quote = rest?.split('_')[0];
  const settle = row['settleCcy'];
  const contract = row['ctType'];
  const contractSize = parsePositive(row['ctVal']) * parsePositive(row['ctMult'] === '' ? 1 : row['ctMult']);
  const tickSize = parsePositive(row['tickSz']);
  const lotSize = parsePositive(row['lotSz']);
  if (base === undefined || base === '' || quote === undefined || quote === '' || typeof settle !== 'string' || settle === '') return undefined;
  if (Number.isNaN(contractSize) || Number.isNaN(tickSize) || Number.isNaN(lotSize)) return undefined;
  // A linear contract counts base units and an inverse one US dollars; anything else is not understood and left out.
  if (contract === 'linear' ? row['ctValCcy'] !== base : contract !== 'inverse' || row['ctValCcy'] !== 'USD') return undefined;
  const maxLeverage = parsePositive(row['lever']);
  return {
    symbol, marketKind: contract === 'linear' ? 'linear' : 'inverse',
    base: currencyCode(base), quote: currencyCode(quote), settle: currencyCode(settle),
    tickSize, lotSize, contractSize,
    ...(maxLeverage > 0 ? { maxLeverage } : {}),
    trading: row['state'] === 'live',
    // X-Perps are futures by name and law, with years to run and funding like a perpetual's: `ruleType` says so (ccxt#29350), recorded names do too.
    // `1` is crypto, others are stocks, commodities, currencies and bonds; older lists do not say.
    ...(typeof row['instCategory'] === 'string' && row['instCategory'] !== '' && row['instCategory'] !== '1' ? { freelyNamed: true } : {}),
    dated: row['instType'] === 'FUTURES' && row['ruleType'] !== 'xperp' && !symbol.includes('_XPERP-'),
  };
}
