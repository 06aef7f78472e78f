import type { Result } from '@breakwater/models/core';
import { currencyCode, err, ok } from '@breakwater/models/core';
import { isRecord, parsePositive } from '../../numbers.ts';
import type { VenueInstrument } from '../../venue.ts';

/** Most decimals of a perpetual's price, less its `szDecimals`. Source: https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/tick-and-lot-size, read 2026-11-21. */
const MAX_DECIMALS = 6;

/**
 * The answer to `{"type":"metaAndAssetCtxs"}` (or `meta`) as instruments. Quantities are in units of the coin as named (`kPEPE` is a thousand PEPE).
 * Profit and margin are paid in USDC, so quote and settlement are USDC. A price has at most 5 significant figures and `6 - szDecimals` decimals,
 * so its step grows with the price; the tick given is the finest step at any price, of which every lawful price is a whole multiple.
 * Source: https://hyperliquid.gitbook.io/hyperliquid-docs/trading/contract-specifications and .../api/info-endpoint/perpetuals, read 2026-11-21.
 */
export function parseHyperliquidInstruments(body: string): Result<readonly VenueInstrument[], string> {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return err('not JSON');
  }
  const meta: unknown = Array.isArray(answer) ? answer[0] : answer;
  if (!isRecord(meta) || !Array.isArray(meta['universe'])) return err('no universe');
  const rows: readonly unknown[] = meta['universe'];
  const out: VenueInstrument[] = [];
  for (const row of rows) {
    const instrument = isRecord(row) ? readInstrument(row) : undefined;
    if (instrument !== undefined) out.push(instrument);
  }
  return ok(out);
}

function readInstrument(row: Record<string, unknown>): VenueInstrument | undefined {
  const name = row['name'];
  const sizeDecimals = row['szDecimals'];
  if (typeof name !== 'string' || name === '' || typeof sizeDecimals !== 'number' || !Number.isInteger(sizeDecimals) || sizeDecimals < 0 || sizeDecimals > MAX_DECIMALS) {
    return undefined;
  }
  const maxLeverage = parsePositive(row['maxLeverage']);
  return {
    symbol: name, marketKind: 'linear', base: currencyCode(name), quote: currencyCode('USDC'), settle: currencyCode('USDC'),
    // Written as decimal literals, so that they are the doubles nearest to the steps.
    tickSize: Number(`1e-${MAX_DECIMALS - sizeDecimals}`),
    lotSize: Number(`1e-${sizeDecimals}`),
    contractSize: 1,
    ...(maxLeverage > 0 ? { maxLeverage } : {}),
    trading: row['isDelisted'] !== true,
    dated: false,
  };
}
