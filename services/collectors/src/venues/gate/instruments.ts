import type { Result } from '@breakwater/models/core';
import { currencyCode, err, ok } from '@breakwater/models/core';
import { isRecord, parseJson, parsePositive } from '../../numbers.ts';
import type { VenueInstrument } from '../../venue.ts';

/** Market types of this feed: spot, and perpetuals by what they are settled in. */
export type GateMarket = 'spot' | 'usdt' | 'btc';

type Row = Readonly<Record<string, unknown>>;

/** Size step of contracts that trade in fractions. The list does not say it; sizes are printed with one decimal [A]. */
const DECIMAL_LOT = 0.1;
/** Most decimals that a price or an amount may have; more would be no precision. */
const MOST_DECIMALS = 20;
/** Classes of contracts on what is no coin; those on coins have none. Source: `contract_type` of the list, and the values that others' clients tell apart by it, read 2026-11-27. */
const NO_COIN: ReadonlySet<unknown> = new Set(['stocks', 'metals', 'indices', 'forex', 'commodities']);
/** Names that instrument ids may hold. A few contracts have Chinese names, which the registry could not tell. */
const NAME = /^[A-Z0-9]+_[A-Z0-9]+$/i;

/**
 * The list of `/spot/currency_pairs` or `/futures/{settle}/contracts`. Rows without usable sizes are left out; what is no list is an error.
 * A linear contract is `quanto_multiplier` base units, an inverse one (`quanto_multiplier` 0) one US dollar; quanto contracts are left out.
 * Source: https://www.gate.com/docs/developers/apiv4/en/ ("List all currency pairs supported", "List all futures contracts"), read 2026-11-27.
 */
export function parseGateInstruments(market: GateMarket, body: string): Result<readonly VenueInstrument[], string> {
  const rows = parseJson(body);
  if (!Array.isArray(rows)) return err('not an instrument list');
  const list: readonly unknown[] = rows;
  const out: VenueInstrument[] = [];
  for (const row of list) {
    const instrument = isRecord(row) ? (market === 'spot' ? readPair(row) : readContract(market, row)) : undefined;
    if (instrument !== undefined) out.push(instrument);
  }
  return ok(out);
}

function readPair(row: Row): VenueInstrument | undefined {
  const symbol = row['id'];
  const base = row['base'];
  const quote = row['quote'];
  if (typeof symbol !== 'string' || !NAME.test(symbol) || typeof base !== 'string' || typeof quote !== 'string' || base === '' || quote === '') return undefined;
  const tickSize = stepOf(row['precision']);
  const lotSize = stepOf(row['amount_precision']);
  if (tickSize === undefined || lotSize === undefined) return undefined;
  return {
    symbol, marketKind: 'spot', base: currencyCode(base), quote: currencyCode(quote), settle: currencyCode(quote),
    tickSize, lotSize, contractSize: 1,
    // Markets in which one may only buy or only sell do not trade as others do.
    trading: row['trade_status'] === 'tradable',
    dated: false,
  };
}

/** `4` decimals are steps of 0.0001, as the double nearest to it. */
function stepOf(decimals: unknown): number | undefined {
  return typeof decimals === 'number' && Number.isInteger(decimals) && decimals >= 0 && decimals <= MOST_DECIMALS ? Number(`1e-${decimals}`) : undefined;
}

function readContract(market: 'usdt' | 'btc', row: Row): VenueInstrument | undefined {
  const symbol = row['name'];
  if (typeof symbol !== 'string' || !NAME.test(symbol)) return undefined;
  const at = symbol.lastIndexOf('_');
  const base = symbol.slice(0, at);
  const quote = symbol.slice(at + 1);
  const settle = market.toUpperCase();
  const kind = row['type'];
  const linear = kind === 'direct' && quote === settle;
  // Its multiplier is printed as 0; a contract is worth one dollar. With a multiplier it would be a quanto.
  const inverse = kind === 'inverse' && base === settle;
  if (!linear && !inverse) return undefined;
  const contractSize = inverse ? 1 : parsePositive(row['quanto_multiplier']);
  const tickSize = parsePositive(row['order_price_round']);
  if (Number.isNaN(contractSize) || Number.isNaN(tickSize)) return undefined;
  const maxLeverage = parsePositive(row['leverage_max']);
  const status = row['status'];
  return {
    symbol, marketKind: linear ? 'linear' : 'inverse', base: currencyCode(base), quote: currencyCode(quote), settle: currencyCode(settle),
    tickSize, lotSize: row['enable_decimal'] === true ? DECIMAL_LOT : 1, contractSize,
    ...(maxLeverage > 0 ? { maxLeverage } : {}),
    // `status` was added later than `in_delisting`; lists recorded before have the latter only.
    trading: row['in_delisting'] !== true && (status === undefined || status === 'trading'),
    dated: false,
    ...(NO_COIN.has(row['contract_type']) ? { freelyNamed: true } : {}),
  };
}
