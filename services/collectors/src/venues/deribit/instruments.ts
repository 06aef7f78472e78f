import type { Result } from '@breakwater/models/core';
import { currencyCode, err, ok } from '@breakwater/models/core';
import { isRecord, parseJson, parsePositive } from '../../numbers.ts';
import type { VenueInstrument } from '../../venue.ts';

/** Market types of this feed: perpetuals and dated futures margined in a stablecoin, in the coin, and options. */
export type DeribitMarket = 'linear' | 'inverse' | 'option';

/** What an instrument is by its name. */
export type DeribitKind = 'perpetual' | 'future' | 'option' | 'combo' | 'spot';

const DATE = /^\d{1,2}[A-Z]{3}\d{2}$/;

/**
 * What a name says: `BTC-PERPETUAL`, `BTC_USDC-PERPETUAL`, `BTC-25SEP26` (dated), `BTC-25SEP26-40000-P` (options; `1d02` is 1.02), `BTC-FS-25SEP26_PERP` (combos
 * of several instruments, whose prices may be negative), `BTC_USDC` (spot). Source: https://docs.deribit.com/#naming, and names in the lists, read 2026-11-27.
 */
export function deribitKindOf(name: string): DeribitKind {
  const begin = name.indexOf('-') + 1;
  if (begin === 0) return 'spot';
  const end = name.indexOf('-', begin);
  const second = end < 0 ? name.slice(begin) : name.slice(begin, end);
  if (second === 'PERPETUAL') return 'perpetual';
  if (!DATE.test(second)) return 'combo';
  return end < 0 ? 'future' : 'option';
}

/**
 * The answer of `public/get_instruments`: the instruments of one market type. Combos and spot markets are left out, and rows without usable sizes.
 * The venue's `amount` counts US dollars on inverse contracts, and base coins on linear ones and options; sizes here are in it, so every contract size is 1.
 * An option is no unit of its coin: what is counted is the option, whose name stands as its base, so that none is ever taken for a market of the coin;
 * its price is in `quote_currency`. Source: https://docs.deribit.com/api-reference/market-data/public-get_instruments, read 2026-11-27.
 */
export function parseDeribitInstruments(market: DeribitMarket, body: string): Result<readonly VenueInstrument[], string> {
  const answer = parseJson(body);
  if (!isRecord(answer) || !Array.isArray(answer['result'])) return err('not an instrument list');
  const rows: readonly unknown[] = answer['result'];
  const out: VenueInstrument[] = [];
  for (const row of rows) {
    const instrument = isRecord(row) ? readInstrument(market, row) : undefined;
    if (instrument !== undefined) out.push(instrument);
  }
  return ok(out);
}

function readInstrument(market: DeribitMarket, row: Record<string, unknown>): VenueInstrument | undefined {
  const { instrument_name: symbol, base_currency: coin, quote_currency: quote, kind } = row;
  if (typeof symbol !== 'string' || typeof coin !== 'string' || typeof quote !== 'string' || coin === '' || quote === '') return undefined;
  if (kind !== 'future' && kind !== 'option') return undefined;
  // Lists recorded before `instrument_type` was added: what is quoted in dollars is margined in the coin.
  const type = row['instrument_type'] ?? (quote === 'USD' || quote === coin ? 'reversed' : 'linear');
  if (type !== 'reversed' && type !== 'linear') return undefined;
  if ((kind === 'option' ? 'option' : type === 'linear' ? 'linear' : 'inverse') !== market) return undefined;
  const tickSize = parsePositive(row['tick_size']);
  const lotSize = parsePositive(row['min_trade_amount']);
  if (Number.isNaN(tickSize) || Number.isNaN(lotSize)) return undefined;
  const settle = typeof row['settlement_currency'] === 'string' && row['settlement_currency'] !== '' ? row['settlement_currency'] : type === 'linear' ? quote : coin;
  const maxLeverage = parsePositive(row['max_leverage']);
  return {
    symbol, marketKind: market === 'option' ? 'spot' : market,
    base: currencyCode(market === 'option' ? symbol.toUpperCase().replace(/[^A-Z0-9]+/g, '.') : coin), quote: currencyCode(quote), settle: currencyCode(settle),
    tickSize, lotSize, contractSize: 1,
    ...(maxLeverage >= 1 ? { maxLeverage } : {}),
    trading: row['is_active'] !== false,
    dated: deribitKindOf(symbol) !== 'perpetual',
    // Shares, funds, commodities, and companies not yet listed are quoted beside coins; lists of before did not say, and had none.
    ...(typeof row['underlying_type'] === 'string' && row['underlying_type'] !== 'crypto' ? { freelyNamed: true } : {}),
  };
}
