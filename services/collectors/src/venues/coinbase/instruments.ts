import type { Result } from '@breakwater/models/core';
import { currencyCode, err, ok } from '@breakwater/models/core';
import { asText, isRecord, parseJson, parsePositive } from '../../numbers.ts';
import type { VenueInstrument } from '../../venue.ts';

/**
 * A product list of the spot markets: `{products: [...]}` of Advanced Trade (asked for) or the plain list of Exchange. Products that are another's book under a
 * second name (`alias`: BTC-USDC is BTC-USD) are left out, so that no order is counted twice; so are futures and rows without usable sizes.
 * Sources: https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/public/list-public-products and
 * https://docs.cdp.coinbase.com/api-reference/exchange-api/rest-api/products/get-all-trading-pairs, read 2026-11-27.
 */
export function parseCoinbaseInstruments(body: string): Result<readonly VenueInstrument[], string> {
  const answer = parseJson(body);
  if (answer === undefined) return err('not JSON');
  const list: unknown = isRecord(answer) ? answer['products'] : answer;
  if (!Array.isArray(list)) return err('not a product list');
  const rows: readonly unknown[] = list;
  return ok(rows.flatMap((row) => {
    const instrument = isRecord(row) ? readProduct(row) : undefined;
    return instrument === undefined ? [] : [instrument];
  }));
}

function readProduct(row: Readonly<Record<string, unknown>>): VenueInstrument | undefined {
  const symbol = asText(row['product_id'] ?? row['id']);
  const base = asText(row['base_currency_id'] ?? row['base_currency']);
  const quote = asText(row['quote_currency_id'] ?? row['quote_currency']);
  const type = row['product_type'];
  if (symbol === '' || base === '' || quote === '' || asText(row['alias']) !== '' || (type !== undefined && type !== 'SPOT')) return undefined;
  const tickSize = parsePositive(row['price_increment'] ?? row['quote_increment']);
  const lotSize = parsePositive(row['base_increment']);
  if (Number.isNaN(tickSize) || Number.isNaN(lotSize)) return undefined;
  const stopped = ['trading_disabled', 'is_disabled', 'cancel_only', 'view_only', 'auction_mode'].some((flag) => row[flag] === true);
  return {
    symbol, marketKind: 'spot', base: currencyCode(base), quote: currencyCode(quote), settle: currencyCode(quote),
    tickSize, lotSize, contractSize: 1, trading: row['status'] === 'online' && !stopped, dated: false,
  };
}
