import { ok } from '../../core/index.ts';
import { groupRows, isRecord, listOf, readTables, type TierLoadResult, type TierReading } from './tier-table.ts';

const classic: TierReading = { columns: { from: 'minRiskLimit', rate: 'maintainMargin', leverage: 'maxLeverage' }, charge: 'whole', unit: 'notional' };
const unified: TierReading = { columns: { from: 'minSize', rate: 'maintainMarginRate', leverage: 'maxLeverage' }, charge: 'whole', unit: 'notional' };

/**
 * KuCoin `GET /api/v1/contracts/risk-limit/{symbol}`, public: `{ code: "200000", data: [{ symbol, level, maxRiskLimit, minRiskLimit, maxLeverage, initialMargin,
 * maintainMargin }] }`, or the unified account's `GET /api/ua/v1/market/position-tiers` with `minSize`, `maxSize`, `maintainMarginRate`. Bounds are value in the
 * quote currency, and the whole position is charged its level's rate. Source: kucoin.com/docs-new, read 2026-11-27.
 */
export function readKucoinRiskLimits(answer: unknown): TierLoadResult {
  const list = listOf(answer, 'code', '200000', 'data');
  if (!list.ok) return list;
  const [first] = list.value;
  return ok(readTables(groupRows(list.value, 'data', ['symbol']), isRecord(first) && 'maintainMarginRate' in first ? unified : classic));
}
