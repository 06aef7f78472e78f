export { readBinanceBrackets, readBinanceCoinBrackets, readBinancePublicBrackets } from './binance.ts';
export { readBitgetPositionTiers, readBitgetUnifiedTiers } from './bitget.ts';
export { readBybitRiskLimits } from './bybit.ts';
export { readDeribitInstruments } from './deribit.ts';
export { readGateRiskLimitTiers } from './gate.ts';
export { readHyperliquidMeta } from './hyperliquid.ts';
export { readKucoinRiskLimits } from './kucoin.ts';
export { readOkxPositionTiers } from './okx.ts';
export type { LoadedTiers, TierLoadError, TierLoadResult, TierTable } from './tier-table.ts';
