import { ok } from '../../core/index.ts';
import { groupRows, listOf, readTables, type TierLoadResult } from './tier-table.ts';

/**
 * Bitget `GET /api/v2/mix/market/query-position-lever?symbol=...&productType=...`, public: `{ code: "00000", data: [{ symbol, level, startUnit, endUnit, leverage,
 * keepMarginRate }] }`, bounds in the quote currency. Charged marginally: the liquidation price has an offset per tier (support 12560603808759).
 * Source: bitget.com/api-doc/contract/position/Get-Query-Position-Lever, read 2026-11-27.
 */
export function readBitgetPositionTiers(answer: unknown): TierLoadResult {
  const list = listOf(answer, 'code', '00000', 'data');
  if (!list.ok) return list;
  return ok(readTables(groupRows(list.value, 'data', ['symbol']), { columns: { from: 'startUnit', rate: 'keepMarginRate', leverage: 'leverage' }, charge: 'marginal', unit: 'notional' }));
}

/** Bitget's unified account, `GET /api/v3/market/position-tier`: rows `{ tier, minTierValue, maxTierValue, leverage, mmr }` of the one `symbol` asked for. */
export function readBitgetUnifiedTiers(answer: unknown, symbol: string): TierLoadResult {
  const list = listOf(answer, 'code', '00000', 'data');
  if (!list.ok) return list;
  return ok(readTables([[symbol, list.value, 'data']], { columns: { from: 'minTierValue', rate: 'mmr', leverage: 'leverage' }, charge: 'marginal', unit: 'notional' }));
}
