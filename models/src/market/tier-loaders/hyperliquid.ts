import { ok, type Result } from '../../core/index.ts';
import { marginTiers } from '../tiers.ts';
import { isList, isRecord, loadError, numberOf, type TierLoadError, type TierLoadResult, type TierTable } from './tier-table.ts';

/** Tables below this number need no entry: they are one tier with a maximum leverage of the number itself (margin-tiers page). */
const FIRST_LISTED_TABLE = 50;

/**
 * Hyperliquid `POST /info { "type": "meta" }`, public: `{ universe: [{ name, maxLeverage, marginTableId, isDelisted? }], marginTables: [[id, { description,
 * marginTiers: [{ lowerBound, maxLeverage }] }]] }`. A tier's maintenance rate is half of its initial margin at maximum leverage; delisted coins are left out.
 * Source: hyperliquid.gitbook.io, info endpoint and margin-tiers, read 2026-11-27.
 */
export function readHyperliquidMeta(answer: unknown): TierLoadResult {
  const [universe, listed] = isRecord(answer) ? [answer['universe'], answer['marginTables']] : [];
  if (!isList(universe)) return loadError('tiers.shape', 'universe', universe);
  if (!isList(listed)) return loadError('tiers.shape', 'marginTables', listed);
  const margins = new Map<number, readonly [unknown, string]>();
  for (const [i, entry] of listed.entries()) {
    if (!isList(entry) || typeof entry[0] !== 'number' || !isRecord(entry[1])) return loadError('tiers.shape', `marginTables[${i}]`, entry);
    margins.set(entry[0], [entry[1]['marginTiers'], `marginTables[${i}].marginTiers`]);
  }
  const tables = new Map<string, TierTable>();
  const rejected: TierLoadError[] = [];
  for (const [i, coin] of universe.entries()) {
    if (!isRecord(coin) || typeof coin['name'] !== 'string') return loadError('tiers.shape', `universe[${i}].name`, coin);
    if (coin['isDelisted'] === true) continue;
    const id = numberOf(coin['marginTableId']) ?? numberOf(coin['maxLeverage']);
    const known = id === undefined ? undefined : margins.get(id);
    const table = known !== undefined ? tableOf(known[0], known[1])
      : id !== undefined && id >= 1 && id < FIRST_LISTED_TABLE ? tableOf([{ lowerBound: '0.0', maxLeverage: id }], `universe[${i}]`)
        : loadError('tiers.context', `universe[${i}].marginTableId`, id);
    if (table.ok) tables.set(coin['name'], table.value);
    else rejected.push(table.error);
  }
  return ok({ tables, rejected });
}

function tableOf(rows: unknown, path: string): Result<TierTable, TierLoadError> {
  if (!isList(rows) || rows.length === 0) return loadError('tiers.shape', path, rows);
  const read: [number, number][] = [];
  let maxLeverage = 0;
  for (const [i, row] of rows.entries()) {
    const [from, leverage] = isRecord(row) ? [numberOf(row['lowerBound']), numberOf(row['maxLeverage'])] : [];
    if (from === undefined) return loadError('tiers.number', `${path}[${i}].lowerBound`, row);
    if (leverage === undefined || leverage < 1) return loadError('tiers.number', `${path}[${i}].maxLeverage`, row);
    const below = read.at(-1);
    if (below === undefined ? from !== 0 : from <= below[0]) return loadError('tiers.bounds', `${path}[${i}].lowerBound`, from);
    const rate = 1 / (2 * leverage);
    if (rate < (below?.[1] ?? 0)) return loadError('tiers.rates', `${path}[${i}].maxLeverage`, leverage);
    read.push([from, rate]);
    maxLeverage = Math.max(maxLeverage, leverage);
  }
  return ok({ tiers: marginTiers(read), tierUnit: 'notional', maxLeverage });
}
