import type { ContractType, VenueRules } from '../venue-rules.ts';
import { BINANCE, BINANCE_COIN } from './binance.ts';
import { BITGET } from './bitget.ts';
import { BYBIT, BYBIT_INVERSE } from './bybit.ts';
import { COINBASE } from './coinbase.ts';
import { DERIBIT, DERIBIT_LINEAR } from './deribit.ts';
import { GATE } from './gate.ts';
import { HYPERLIQUID } from './hyperliquid.ts';
import { KRAKEN, KRAKEN_INVERSE } from './kraken.ts';
import { KUCOIN } from './kucoin.ts';
import { OKX } from './okx.ts';

export { BINANCE, BINANCE_COIN, BINANCE_COIN_BTC_TIERS, BINANCE_INDEX_BEFORE } from './binance.ts';
export { BITGET } from './bitget.ts';
export { BYBIT, BYBIT_INDEX_BEFORE, BYBIT_INVERSE } from './bybit.ts';
export { COINBASE } from './coinbase.ts';
export { DERIBIT, DERIBIT_BTC_TIERS, DERIBIT_ETH_TIERS, DERIBIT_LINEAR } from './deribit.ts';
export { GATE } from './gate.ts';
export { HYPERLIQUID, HYPERLIQUID_BTC_TIERS, HYPERLIQUID_ETH_TIERS, HYPERLIQUID_SOL_TIERS } from './hyperliquid.ts';
export { KRAKEN, KRAKEN_CLASS_A_TIERS, KRAKEN_INVERSE, KRAKEN_INVERSE_BTC_TIERS } from './kraken.ts';
export { KUCOIN } from './kucoin.ts';
export { OKX } from './okx.ts';

/** Every venue's rules in the data, linear before inverse. */
export const ALL_VENUE_RULES: readonly VenueRules[] = [
  BINANCE, BINANCE_COIN, OKX, BYBIT, BYBIT_INVERSE, GATE, BITGET, KUCOIN, HYPERLIQUID, DERIBIT_LINEAR, DERIBIT, KRAKEN, KRAKEN_INVERSE, COINBASE,
];

/** The rules for a venue's perpetuals by venue name, linear ones unless said; undefined for a venue (or a kind of contract) whose rules are not in the data. */
export function rulesOf(venue: string, contract: ContractType = 'linear'): VenueRules | undefined {
  return ALL_VENUE_RULES.find((rules) => rules.venue === venue && rules.contract === contract);
}
