import type { VenueRules } from '../venue-rules.ts';
import { BINANCE } from './binance.ts';
import { BYBIT } from './bybit.ts';
import { HYPERLIQUID } from './hyperliquid.ts';
import { OKX } from './okx.ts';

export { BINANCE } from './binance.ts';
export { BYBIT, BYBIT_INVERSE } from './bybit.ts';
export { HYPERLIQUID, HYPERLIQUID_BTC_TIERS } from './hyperliquid.ts';
export { OKX } from './okx.ts';

/** The rules for a venue's linear perpetuals by venue name; undefined for a venue whose rules are not in the data. */
export function rulesOf(venue: string): VenueRules | undefined {
  return [BINANCE, BYBIT, HYPERLIQUID, OKX].find((rules) => rules.venue === venue);
}
