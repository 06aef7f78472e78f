import { ok, type Result } from '../../core/index.ts';
import { answered, groupRows, isRecord, listIn, loadError, numberOf, readTables, type LoadedTiers, type TierLoadError, type TierLoadResult, type TierReading } from './tier-table.ts';

/** How near to 1 (or 100) initial margin x maximum leverage must be to tell rates from per cent; both are printed rounded. */
const LEVERAGE_TOLERANCE = 0.1;

/**
 * Bybit `GET /v5/market/risk-limit?category=linear|inverse`, public, in pages: `{ retCode: 0, result: { category, list: [{ id, symbol, riskLimitValue,
 * maintenanceMargin, initialMargin, isLowestRisk, maxLeverage, mmDeduction }], nextPageCursor } }`. A limit is the upper bound of its tier: quote currency
 * (linear) or coin (inverse). The documented inverse example prints margins in per cent, answers print ratios: initial margin x maximum leverage says which.
 * Source: bybit-exchange.github.io/docs/v5/market/risk-limit, read 2026-11-27.
 */
export function readBybitRiskLimits(answer: unknown): TierLoadResult {
  const body = answered(answer, 'retCode', 0);
  if (!body.ok) return body;
  const result = body.value['result'];
  const list = listIn(result, 'list', 'result');
  if (!list.ok) return list;
  const groups = groupRows(list.value, 'result.list', ['symbol']);
  const rows = new Map(groups.map(([symbol, group]) => [symbol, group]));
  const loaded: LoadedTiers = readTables(groups, (symbol) => readingOf(rows.get(symbol)?.[0], `result.list{${symbol}}`));
  const cursor = isRecord(result) ? result['nextPageCursor'] : undefined;
  return ok(typeof cursor === 'string' && cursor !== '' ? { ...loaded, nextPage: cursor } : loaded);
}

function readingOf(row: unknown, path: string): Result<TierReading, TierLoadError> {
  const [initial, leverage] = isRecord(row) ? [numberOf(row['initialMargin']), numberOf(row['maxLeverage'])] : [];
  const product = (initial ?? NaN) * (leverage ?? NaN);
  const near = (target: number): boolean => Math.abs(product / target - 1) <= LEVERAGE_TOLERANCE;
  if (!near(1) && !near(100)) return loadError('tiers.number', `${path}.initialMargin`, `${String(initial)} at ${String(leverage)}x`);
  return ok({
    columns: { to: 'riskLimitValue', rate: 'maintenanceMargin', leverage: 'maxLeverage', deduction: 'mmDeduction' },
    charge: 'marginal', unit: 'notional', rateScale: near(1) ? 1 : 0.01,
  });
}
