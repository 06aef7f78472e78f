import { ok } from '../../core/index.ts';
import { answered, isList, isRecord, listIn, loadError, readTables, type TierLoadResult, type TierReading } from './tier-table.ts';

const reading: TierReading = {
  columns: { from: 'notionalFloor', rate: 'maintMarginRatio', leverage: 'initialLeverage', deduction: 'cum' }, charge: 'marginal', unit: 'notional',
};
const publicReading: TierReading = {
  columns: { from: 'bracketNotionalFloor', rate: 'bracketMaintenanceMarginRate', leverage: 'maxOpenPosLeverage', deduction: 'cumFastMaintenanceAmount' }, charge: 'marginal', unit: 'notional',
};
/** COIN-M bounds count coin: the value of the position, in the margin asset. */
const coinReading: TierReading = {
  columns: { from: 'qtyFloor', rate: 'maintMarginRatio', leverage: 'initialLeverage', deduction: 'cum' }, charge: 'marginal', unit: 'notional',
};

/**
 * Binance USD-M `GET /fapi/v1/leverageBracket`: `[{ symbol, brackets: [{ bracket, initialLeverage, notionalCap, notionalFloor, maintMarginRatio, cum }] }]`, or
 * one such object. The endpoint is signed: it needs an API key, and may answer with brackets adjusted for that account (`notionalCoef`).
 * Source: developers.binance.com, Notional and Leverage Brackets, read 2026-11-27.
 */
export function readBinanceBrackets(answer: unknown): TierLoadResult {
  return readMarkets(answer, 'brackets', reading);
}

/** Binance COIN-M `GET /dapi/v2/leverageBracket`, signed too: as USD-M with `qtyFloor` and `qtyCap`, in coin. Source: developers.binance.com, read 2026-11-27. */
export function readBinanceCoinBrackets(answer: unknown): TierLoadResult {
  return readMarkets(answer, 'brackets', coinReading);
}

/**
 * The brackets of Binance's own web page, which need no key: `GET www.binance.com/bapi/futures/v1/friendly/future/common/brackets`, `{ code: "000000", data:
 * { brackets: [{ symbol, riskBrackets: [...] }] } }`. Not part of the documented API: its fields were read from public clients, 2026-11-27.
 */
export function readBinancePublicBrackets(answer: unknown): TierLoadResult {
  const body = answered(answer, 'code', '000000');
  if (!body.ok) return body;
  const list = listIn(body.value['data'], 'brackets', 'data');
  return list.ok ? readMarkets(list.value, 'riskBrackets', publicReading) : list;
}

function readMarkets(answer: unknown, listField: string, how: TierReading): TierLoadResult {
  if (isRecord(answer) && 'code' in answer && !('symbol' in answer)) return loadError('tiers.venue-error', 'code', answer['code']);
  const markets = isList(answer) ? answer : [answer];
  const groups: [string, unknown, string][] = [];
  for (const [i, market] of markets.entries()) {
    const symbol = isRecord(market) ? market['symbol'] : undefined;
    if (!isRecord(market) || typeof symbol !== 'string') return loadError('tiers.shape', `[${i}].symbol`, symbol);
    groups.push([symbol, market[listField], `[${i}].${listField}`]);
  }
  return ok(readTables(groups, how));
}
