import type { Result } from '@breakwater/models/core';
import { currencyCode, err, ok } from '@breakwater/models/core';
import { isRecord, parseJson, parsePositive } from '../../numbers.ts';
import type { VenueInstrument } from '../../venue.ts';

/** Most decimals of a price, less the market's `szDecimals`. Source: https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/tick-and-lot-size, read 2026-11-27. */
const MAX_DECIMALS = { perp: 6, spot: 8 } as const;

/**
 * The answer to `{"type":"metaAndAssetCtxs"}` (or `meta`) as instruments. Quantities are in units of the coin as named (`kPEPE` is a thousand PEPE).
 * Profit and margin are paid in USDC, so quote and settlement are USDC. A price has at most 5 significant figures and `6 - szDecimals` decimals,
 * so its step grows with the price; the tick given is the finest step at any price, of which every lawful price is a whole multiple.
 * Source: https://hyperliquid.gitbook.io/hyperliquid-docs/trading/contract-specifications and .../api/info-endpoint/perpetuals, read 2026-11-21.
 */
export function parseHyperliquidInstruments(body: string): Result<readonly VenueInstrument[], string> {
  const meta = readMeta(body);
  return meta === undefined ? err('no universe') : ok(readAll(meta.universe, readInstrument));
}

/**
 * The answer to `{"type":"spotMeta"}` as instruments. A pair is named as the venue's channels name it: `PURR/USDC`, all others `@` and their index. Base and
 * quote are the names of its tokens; sizes go by the base token's `szDecimals`. Whoever wins an auction names a token as they like, so a name alone ties no
 * market to an asset, but for the chain's own HYPE and what the venue itself calls canonical. Names of tokens: .../hyperliquid-improvement-proposals-hips/
 * hip-1-native-token-standard. Source: https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/info-endpoint/spot, read 2026-11-27.
 */
export function parseHyperliquidSpotInstruments(body: string): Result<readonly VenueInstrument[], string> {
  const meta = readMeta(body);
  if (meta === undefined || !Array.isArray(meta.tokens)) return err('no universe, tokens');
  // Pairs refer to tokens by their own index, which is not their place in the list once tokens were left out of it.
  const tokens = new Map<unknown, Record<string, unknown>>();
  const list: readonly unknown[] = meta.tokens;
  for (const token of list) if (isRecord(token) && Number.isInteger(token['index'])) tokens.set(token['index'], token);
  return ok(readAll(meta.universe, (row) => readPair(row, tokens)));
}

function readMeta(body: string): { readonly universe: readonly unknown[]; readonly tokens: unknown } | undefined {
  const answer = parseJson(body);
  const meta: unknown = Array.isArray(answer) ? answer[0] : answer;
  return isRecord(meta) && Array.isArray(meta['universe']) ? { universe: meta['universe'], tokens: meta['tokens'] } : undefined;
}

function readAll(rows: readonly unknown[], read: (row: Record<string, unknown>) => VenueInstrument | undefined): readonly VenueInstrument[] {
  return rows.flatMap((row) => (isRecord(row) ? (read(row) ?? []) : []));
}

/** Steps of price and size, written as decimal literals so that they are the doubles nearest to them; undefined for no lawful number of decimals. */
function stepsOf(sizeDecimals: unknown, most: number): { readonly tickSize: number; readonly lotSize: number } | undefined {
  if (typeof sizeDecimals !== 'number' || !Number.isInteger(sizeDecimals) || sizeDecimals < 0 || sizeDecimals > most) return undefined;
  return { tickSize: Number(`1e-${most - sizeDecimals}`), lotSize: Number(`1e-${sizeDecimals}`) };
}

function readPair(row: Record<string, unknown>, tokens: ReadonlyMap<unknown, Record<string, unknown>>): VenueInstrument | undefined {
  const symbol = row['name'];
  const [base, quote] = (Array.isArray(row['tokens']) ? row['tokens'] : []).map((index: unknown) => tokens.get(index));
  const [baseName, quoteName] = [base?.['name'], quote?.['name']];
  const steps = stepsOf(base?.['szDecimals'], MAX_DECIMALS.spot);
  if (typeof symbol !== 'string' || symbol === '' || typeof baseName !== 'string' || baseName === '' || typeof quoteName !== 'string' || quoteName === '' || steps === undefined) return undefined;
  const currency = currencyCode(quoteName);
  const known = baseName === 'HYPE' || base?.['isCanonical'] === true;
  return { symbol, marketKind: 'spot', base: currencyCode(baseName), quote: currency, settle: currency, ...steps, contractSize: 1, trading: true, dated: false, ...(known ? {} : { freelyNamed: true }) };
}

function readInstrument(row: Record<string, unknown>): VenueInstrument | undefined {
  const name = row['name'];
  const steps = stepsOf(row['szDecimals'], MAX_DECIMALS.perp);
  if (typeof name !== 'string' || name === '' || steps === undefined) return undefined;
  const maxLeverage = parsePositive(row['maxLeverage']);
  return {
    symbol: name, marketKind: 'linear', base: currencyCode(name), quote: currencyCode('USDC'), settle: currencyCode('USDC'),
    ...steps,
    contractSize: 1,
    ...(maxLeverage > 0 ? { maxLeverage } : {}),
    trading: row['isDelisted'] !== true,
    dated: false,
  };
}
