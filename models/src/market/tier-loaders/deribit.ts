import { ok } from '../../core/index.ts';
import { marginTiers, tiersOfGrowingRate } from '../tiers.ts';
import { isList, isRecord, loadError, numberOf, type TierLoadError, type TierLoadResult, type TierTable } from './tier-table.ts';

/**
 * What a unit of the coin adds to the maintenance rate, by coin: not in the API. BTC and ETH by support 25944826427293 (2022-01-11), SOL by 25944738177565
 * (read 2026-11-27); other coins are taken to have a flat rate [A].
 */
const RATE_PER_COIN: Readonly<Record<string, number>> = { BTC: 0.000_05, ETH: 0.000_004, SOL: 0.000_005 };
/** Growth of the rate up to which chords are made; beyond it the last one goes on. Larger positions than that are not held. */
const MOST_GROWTH = 0.2;

/**
 * Deribit `public/get_instruments?kind=future` or `public/get_instrument`, public: `result` is one instrument or a list with `instrument_name`, `base_currency`,
 * `instrument_type` (`reversed`: bounds in coin; `linear`: in size), `settlement_period`, `max_leverage`. The rate starts at half of the initial margin at maximum leverage,
 * as the published 1 % at 50x and 2 % at 25x do, and grows with the position. Only perpetuals are taken. Source: docs.deribit.com, read 2026-11-27.
 */
export function readDeribitInstruments(answer: unknown): TierLoadResult {
  if (!isRecord(answer)) return loadError('tiers.shape', '', answer);
  if ('error' in answer) return loadError('tiers.venue-error', 'error', answer['error']);
  const result = answer['result'];
  const instruments = isList(result) ? result : [result];
  const tables = new Map<string, TierTable>();
  const rejected: TierLoadError[] = [];
  for (const [i, instrument] of instruments.entries()) {
    const path = isList(result) ? `result[${i}]` : 'result';
    if (!isRecord(instrument) || typeof instrument['instrument_name'] !== 'string') return loadError('tiers.shape', `${path}.instrument_name`, instrument);
    if (instrument['settlement_period'] !== 'perpetual') continue;
    const { base_currency: coin, instrument_type: type } = instrument;
    const maxLeverage = numberOf(instrument['max_leverage']);
    if (typeof coin !== 'string' || (type !== 'reversed' && type !== 'linear')) rejected.push(loadError('tiers.shape', `${path}.instrument_type`, type).error);
    else if (maxLeverage === undefined || maxLeverage < 1) rejected.push(loadError('tiers.number', `${path}.max_leverage`, instrument['max_leverage']).error);
    else tables.set(instrument['instrument_name'], tableOf(coin, maxLeverage, type));
  }
  return ok({ tables, rejected });
}

function tableOf(coin: string, maxLeverage: number, type: 'reversed' | 'linear'): TierTable {
  const base = 1 / (2 * maxLeverage);
  const growth = Object.hasOwn(RATE_PER_COIN, coin) ? RATE_PER_COIN[coin] : undefined;
  const tiers = growth === undefined ? marginTiers([[0, base]]) : tiersOfGrowingRate(base, growth, MOST_GROWTH / growth);
  return { tiers, tierUnit: type === 'linear' ? 'size' : 'notional', maxLeverage };
}
