import { ok } from '../../core/index.ts';
import { groupRows, listOf, loadError, readTables, type TierLoadResult } from './tier-table.ts';

/**
 * OKX `GET /api/v5/public/position-tiers?instType=SWAP&tdMode=...`, public: `{ code: "0", data: [{ instFamily, uly, instId, tier, minSz, maxSz, mmr, imr,
 * maxLever }] }`, by instrument family. Sizes are contracts: `contractValue` gives what one is worth in the unit of a position's size (`ctVal` x `ctMult`:
 * base units of a linear swap, US dollars of an inverse one), undefined for a family the caller does not know. The whole position is charged its tier's
 * rate. Source: okx.com/docs-v5, Get position tiers, read 2026-11-27.
 */
export function readOkxPositionTiers(answer: unknown, contractValue: (family: string) => number | undefined): TierLoadResult {
  const list = listOf(answer, 'code', '0', 'data');
  if (!list.ok) return list;
  return ok(readTables(groupRows(list.value, 'data', ['instFamily', 'uly', 'instId']), (family) => {
    const value = contractValue(family);
    if (value === undefined || !(value > 0 && value < Infinity)) return loadError('tiers.context', `data{${family}}`, `contract value ${String(value)}`);
    return ok({ columns: { from: 'minSz', rate: 'mmr', leverage: 'maxLever' }, charge: 'whole', unit: 'size', boundScale: value });
  }));
}
