import type { Result } from '@breakwater/models/core';
import { currencyCode, err, ok } from '@breakwater/models/core';
import { isRecord, parsePositive } from '../../numbers.ts';
import type { VenueInstrument } from '../../venue.ts';

/**
 * One page of `/v5/market/instruments-info`. An inverse contract is one US dollar. Entries without usable sizes are left out; a page that is not an answer is an error.
 * Source: https://bybit-exchange.github.io/docs/v5/market/instrument, read 2026-11.
 */
export function parseBybitInstruments(body: string): Result<readonly VenueInstrument[], string> {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return err('not JSON');
  }
  if (!isRecord(answer) || answer['retCode'] !== 0 || !isRecord(answer['result']) || !Array.isArray(answer['result']['list'])) return err('not an instrument list');
  const category = answer['result']['category'];
  const list: readonly unknown[] = answer['result']['list'];
  const out: VenueInstrument[] = [];
  for (const entry of list) {
    const instrument = isRecord(entry) ? readInstrument(entry, category) : undefined;
    if (instrument !== undefined) out.push(instrument);
  }
  return ok(out);
}

/** Types of symbols on what is no coin. Source: https://bybit-exchange.github.io/docs/v5/tradfi-integration, and the values that NautilusTrader's client knows, read 2026-11-27. */
const NO_COIN = /^(?:xstocks|mstocks|stock|etf|commodity|forex|index)$/i;

function readInstrument(entry: Record<string, unknown>, category: unknown): VenueInstrument | undefined {
  const symbol = entry['symbol'];
  const base = entry['baseCoin'];
  const quote = entry['quoteCoin'];
  const settle = entry['settleCoin'] ?? quote;
  if (typeof symbol !== 'string' || typeof base !== 'string' || typeof quote !== 'string' || typeof settle !== 'string') return undefined;
  const sizes = isRecord(entry['lotSizeFilter']) ? entry['lotSizeFilter'] : {};
  const prices = isRecord(entry['priceFilter']) ? entry['priceFilter'] : {};
  const tickSize = parsePositive(prices['tickSize']);
  const lotSize = parsePositive(category === 'spot' ? sizes['basePrecision'] : sizes['qtyStep']);
  if (tickSize !== tickSize || lotSize !== lotSize) return undefined;
  const maxLeverage = isRecord(entry['leverageFilter']) ? parsePositive(entry['leverageFilter']['maxLeverage']) : NaN;
  const contractType = entry['contractType'];
  const inverse = typeof contractType === 'string' && contractType.startsWith('Inverse');
  return {
    symbol, marketKind: category === 'spot' ? 'spot' : inverse ? 'inverse' : 'linear',
    base: currencyCode(base), quote: currencyCode(quote), settle: currencyCode(settle),
    tickSize, lotSize, contractSize: 1,
    ...(maxLeverage > 0 ? { maxLeverage } : {}),
    trading: entry['status'] === 'Trading',
    dated: typeof contractType === 'string' && contractType.endsWith('Futures'),
    ...(typeof entry['symbolType'] === 'string' && NO_COIN.test(entry['symbolType']) ? { freelyNamed: true } : {}),
  };
}

/** The address of the page after `body`, or undefined at the last one. */
export function nextBybitPage(body: string, url: string): string | undefined {
  // The cursor stands in the head of the answer or at its end; a full second parse of some 700 kB an hour costs nothing that matters.
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return undefined;
  }
  const cursor = isRecord(answer) && isRecord(answer['result']) ? answer['result']['nextPageCursor'] : undefined;
  if (typeof cursor !== 'string' || cursor === '') return undefined;
  return `${url.replace(/&cursor=[^&]*/, '')}&cursor=${encodeURIComponent(cursor)}`;
}
