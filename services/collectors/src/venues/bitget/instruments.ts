import type { Result } from '@breakwater/models/core';
import { currencyCode, err, ok } from '@breakwater/models/core';
import { asText, isRecord, parseJson, parsePositive } from '../../numbers.ts';
import type { VenueInstrument } from '../../venue.ts';

/** Market types of this feed: spot, and futures margined in USDT, in USDC and in coins. */
export type BitgetMarket = 'spot' | 'usdt' | 'usdc' | 'coin';

/** Names of the market types in requests: `category` of the third version, `productType` of the second. */
export const BITGET_CATEGORY: Readonly<Record<BitgetMarket, string>> = { spot: 'SPOT', usdt: 'USDT-FUTURES', usdc: 'USDC-FUTURES', coin: 'COIN-FUTURES' };

/** Suffixes of symbols in the lists of the first version; its sockets leave them out. */
const OLD_SUFFIX = /_(?:SPBL|UMCBL|DMCBL|CMCBL)$/;

/** A symbol as the second and third version print it: `BTCUSDT_UMCBL` of the first is `BTCUSDT`. */
export function bitgetSymbol(printed: string): string {
  return printed.replace(OLD_SUFFIX, '');
}

/** The market type that an `instType`, `category` or `productType` names; the first version's `mc` held all futures, told apart by symbol. Undefined for others. */
export function bitgetMarketOf(type: string, symbol: string): BitgetMarket | undefined {
  switch (type.toLowerCase()) {
    case 'spot':
    case 'sp': return 'spot';
    case 'usdt-futures':
    case 'umcbl': return 'usdt';
    case 'usdc-futures':
    case 'cmcbl': return 'usdc';
    case 'coin-futures':
    case 'dmcbl': return 'coin';
    case 'mc': return /USDT/.test(symbol) ? 'usdt' : /PERP/.test(symbol) ? 'usdc' : 'coin';
    default: return undefined;
  }
}

/**
 * An instrument list: `/api/v3/market/instruments` (asked for), `/api/v2/spot/public/symbols` and `/api/v2/mix/market/contracts`, or those of the first
 * version (recordings). Rows of other market types, and rows without usable sizes, are left out. Quantities of all contracts count base units (but see `readTrade`), also of
 * coin-margined ones ("in terms of the base coin"): they are `linear` with a contract size of 1, priced in US dollars and settled in the coin, whose
 * profit in dollars is that of a linear contract; that the margin moves with the coin is not in that kind.
 * Source: https://www.bitget.com/api-doc/uta/public/Instruments and https://www.bitget.com/api-doc/contract/market/Get-All-Symbols-Contracts, read 2026-11-27.
 */
export function parseBitgetInstruments(market: BitgetMarket, body: string): Result<readonly VenueInstrument[], string> {
  const answer = parseJson(body);
  if (answer === undefined) return err('not JSON');
  if (!isRecord(answer) || answer['code'] !== '00000' || !Array.isArray(answer['data'])) return err('not an instrument list');
  const rows: readonly unknown[] = answer['data'];
  const out: VenueInstrument[] = [];
  for (const row of rows) {
    if (!isRecord(row) || marketOfRow(row) !== market) continue;
    const instrument = readRow(market, row);
    if (instrument !== undefined) out.push(instrument);
  }
  return ok(out);
}

/** Rows of the third version name their category; older ones are told by their suffix, their fields and their quote coin. */
function marketOfRow(row: Record<string, unknown>): BitgetMarket | undefined {
  const symbol = asText(row['symbol']);
  if (typeof row['category'] === 'string') return bitgetMarketOf(row['category'], symbol);
  const suffix = OLD_SUFFIX.exec(symbol)?.[0].slice(1);
  if (suffix !== undefined) return suffix === 'SPBL' ? 'spot' : bitgetMarketOf(suffix, symbol);
  if (!('pricePlace' in row)) return 'spot';
  const quote = row['quoteCoin'];
  return quote === 'USDT' ? 'usdt' : quote === 'USDC' || symbol.endsWith('PERP') ? 'usdc' : 'coin';
}

function readRow(market: BitgetMarket, row: Record<string, unknown>): VenueInstrument | undefined {
  const symbol = bitgetSymbol(asText(row['symbol']));
  const base = asText(row['baseCoin']);
  // Prices of USDC contracts are in USDC whatever an older list calls the quote.
  const quote = market === 'usdc' ? 'USDC' : asText(row['quoteCoin']);
  const tickSize = tickOf(row);
  const lotSize = lotOf(row);
  if (symbol === '' || base === '' || quote === '' || Number.isNaN(tickSize) || Number.isNaN(lotSize)) return undefined;
  const maxLeverage = parsePositive(row['maxLeverage'] ?? row['maxLever']);
  return {
    symbol, marketKind: market === 'spot' ? 'spot' : 'linear',
    base: currencyCode(base), quote: currencyCode(quote), settle: currencyCode(market === 'coin' ? base : quote),
    tickSize, lotSize, contractSize: 1,
    ...(market !== 'spot' && maxLeverage > 0 ? { maxLeverage } : {}),
    trading: isTrading(row),
    // `type` in the third version, which calls the class of what trades `symbolType`; that is the name of the type in the second.
    dated: row['type'] === 'delivery' || row['symbolType'] === 'delivery',
    ...(isCoin(row) ? {} : { freelyNamed: true }),
  };
}

/** The third version's class of what trades (`crypto`, `metal`, `stock`, `commodity`), or a flag that tells real-world assets, in upper or lower case. */
function isCoin(row: Record<string, unknown>): boolean {
  const type = asText(row['symbolType']).toLowerCase();
  return type === 'crypto' || (!/^(?:metal|stock|commodity)$/.test(type) && asText(row['isRwa']).toUpperCase() !== 'YES');
}

/** `priceMultiplier` (third version), `priceEndStep` in units of the last decimal (older futures), else one unit of the last decimal. */
function tickOf(row: Record<string, unknown>): number {
  if (hasValue(row['priceMultiplier'])) return parsePositive(row['priceMultiplier']);
  if ('pricePlace' in row) return step(row['priceEndStep'] ?? '1', row['pricePlace']);
  return step('1', row['pricePrecision'] ?? row['priceScale']);
}

function lotOf(row: Record<string, unknown>): number {
  if (hasValue(row['quantityMultiplier'])) return parsePositive(row['quantityMultiplier']);
  if ('volumePlace' in row) return hasValue(row['sizeMultiplier']) ? parsePositive(row['sizeMultiplier']) : step('1', row['volumePlace']);
  return step('1', row['quantityPrecision'] ?? row['quantityScale']);
}

const hasValue = (v: unknown): boolean => v !== undefined && v !== null && v !== '';

/** `units` of the `decimals`-th decimal, written as a literal so that it is the double nearest to the step; NaN when either is malformed. */
function step(units: unknown, decimals: unknown): number {
  const count = parsePositive(units);
  const place = typeof decimals === 'number' ? decimals : typeof decimals === 'string' && /^\d{1,2}$/.test(decimals) ? Number(decimals) : NaN;
  return Number.isInteger(place) && place >= 0 && place <= 20 && count > 0 && count < 1e15 ? Number(`${count}e-${place}`) : NaN;
}

/** Open for trading: `online` or, in the second version's futures, `normal`; the first version's futures print no state. */
function isTrading(row: Record<string, unknown>): boolean {
  const status = row['symbolStatus'] ?? row['status'];
  return status === undefined || status === 'online' || status === 'normal';
}
