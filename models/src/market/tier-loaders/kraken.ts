import { ok } from '../../core/index.ts';
import { isList, isRecord, listOf, loadError, numberOf, readTables, type TierLoadResult, type TierReading } from './tier-table.ts';

/** By type of contract: what its levels' bounds are called, and what they count. */
const READINGS: ReadonlyMap<unknown, TierReading> = new Map<unknown, TierReading>([
  ['flexible_futures', { columns: { from: 'numNonContractUnits', rate: 'maintenanceMargin', leverage: 'leverage' }, charge: 'whole', unit: 'notional' }],
  ['futures_inverse', { columns: { from: 'contracts', rate: 'maintenanceMargin', leverage: 'leverage' }, charge: 'whole', unit: 'size' }],
]);

/**
 * Kraken `GET /derivatives/api/v3/instruments`, public: `{ result: "success", instruments: [{ symbol, type, marginLevels: [{ contracts | numNonContractUnits,
 * initialMargin, maintenanceMargin }] }] }`. Bounds of linear contracts are value in the quote currency, of inverse ones contracts of a dollar; the largest
 * leverage is one over the initial margin. That the whole position is charged its level's rate is assumed [A]. Instruments of other types and those
 * without levels are left out. Source: docs.kraken.com/api/docs/futures-api/trading/get-instruments, read 2026-11-27.
 */
export function readKrakenInstruments(answer: unknown): TierLoadResult {
  const list = listOf(answer, 'result', 'success', 'instruments');
  if (!list.ok) return list;
  const readings = new Map<string, TierReading>();
  const groups: (readonly [string, unknown, string])[] = [];
  for (const [i, row] of list.value.entries()) {
    if (!isRecord(row) || typeof row['symbol'] !== 'string') return loadError('tiers.shape', `instruments[${i}].symbol`, row);
    const reading = READINGS.get(row['type']);
    const levels = row['marginLevels'];
    if (reading === undefined || levels === undefined || (isList(levels) && levels.length === 0)) continue;
    const market = row['symbol'].toUpperCase();
    readings.set(market, reading);
    groups.push([market, isList(levels) ? levels.map(withLeverage) : levels, `instruments[${i}].marginLevels`]);
  }
  return ok(readTables(groups, (market) => {
    const reading = readings.get(market);
    return reading === undefined ? loadError('tiers.context', market, 'no type') : ok(reading);
  }));
}

/** A level with the leverage that its initial margin allows; 0 where that is none, which no table takes. */
function withLeverage(level: unknown): unknown {
  if (!isRecord(level)) return level;
  const initial = numberOf(level['initialMargin']);
  return { ...level, leverage: initial === undefined || initial === 0 ? 0 : 1 / initial };
}
