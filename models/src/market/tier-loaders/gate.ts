import { ok } from '../../core/index.ts';
import { groupRows, isList, isRecord, loadError, readTables, type TierLoadResult } from './tier-table.ts';

/**
 * Gate `GET /api/v4/futures/{settle}/risk_limit_tiers?contract=...`, public: `[{ tier, risk_limit, initial_rate, maintenance_rate, leverage_max, contract? }]`. A
 * limit is the upper bound of its tier in the settlement currency; rows asked for by contract may not name it, so `contract` is the one asked for. Charged
 * marginally since 2025-07-29. Source: gate.com/docs/developers/apiv4 (FuturesLimitRiskTiers), read 2026-11-27.
 */
export function readGateRiskLimitTiers(answer: unknown, contract?: string): TierLoadResult {
  if (isRecord(answer) && 'label' in answer) return loadError('tiers.venue-error', 'label', answer['label']);
  if (!isList(answer)) return loadError('tiers.shape', '', answer);
  return ok(readTables(groupRows(answer, '', ['contract'], contract), { columns: { to: 'risk_limit', rate: 'maintenance_rate', leverage: 'leverage_max' }, charge: 'marginal', unit: 'notional' }));
}
