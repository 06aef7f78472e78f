import { at, fundingRate } from '../../market/index.ts';
import type { CarryPosition } from './dynamic-system.ts';
import { logPrice, SUB_TICKS, type PriceBoard } from './index-source.ts';
import { CARRY } from './ledger.ts';
import { place, type Venue } from './venue.ts';

/**
 * One second of funding: samples the premium of the price over the index, and at the end of a period pays the rate. A rate F moves every trigger by F p / (1 - s m) and
 * every bankruptcy price by F p, up for F > 0: towards longs, away from shorts. Averages as `averagePremium` does, by a running sum.
 */
export function payFunding(v: Venue): void {
  if (!v.paysFunding) return;
  const { index } = v.marker;
  v.premiums++;
  const weight = v.weighsLater ? v.premiums : 1;
  v.premiumSum += weight * ((v.book.tick * SUB_TICKS - index) / index);
  v.premiumWeight += weight;
  v.untilFunding--;
  if (v.untilFunding > 0) return;
  const { funding, margin } = v.market;
  if (funding === null) return;
  const rate = fundingRate(funding.rule, v.premiumSum / v.premiumWeight, { periodHours: funding.period / 3_600 });
  v.fundingRate = rate;
  v.untilFunding = funding.period;
  v.premiums = v.premiumSum = v.premiumWeight = 0;
  const move = rate * v.marker.nearest;
  for (const s of [v.long, v.short]) {
    s.shift += move / (1 - s.sign * margin.maintenanceRate);
    s.shiftTicks = Math.round(s.shift);
    s.bankruptcyShift += move;
  }
}

/** Carry positions while a simulation runs: lots left of each, and the perpetual's log-price at the start. */
export interface Carries {
  readonly lots: Float64Array;
  readonly startLogs: Float64Array;
}

/** Every carry position whole. */
export function createCarries(carries: readonly CarryPosition[], board: PriceBoard): Carries {
  return { lots: Float64Array.from(carries, ({ lots }) => lots), startLogs: Float64Array.from(carries, ({ perp }) => logPrice(board, perp)) };
}

/** One second of carry: positions past their stop, or whose perpetual leg has lost its margin, are unwound over their time. */
export function unwindCarries(state: Carries, carries: readonly CarryPosition[], venues: readonly Venue[], board: PriceBoard): void {
  for (let c = 0; c < carries.length; c++) {
    const carry = carries[c];
    const left = at(state.lots, c);
    if (carry === undefined || left === 0) continue;
    const perpLog = logPrice(board, carry.perp);
    const sign = left > 0 ? 1 : -1;
    const isBreached = sign * (perpLog - at(state.startLogs, c)) > carry.marginLog;
    if (Math.abs(perpLog - logPrice(board, carry.spot)) <= carry.stopBasis && !isBreached) continue;
    const [perp, spot] = [venues[carry.perp], venues[carry.spot]];
    if (perp === undefined || spot === undefined) continue;
    const lots = Math.min(Math.abs(left), Math.ceil(Math.abs(carry.lots) / carry.unwindSeconds));
    state.lots[c] = left - sign * lots;
    place(perp, CARRY, sign, lots);
    place(spot, CARRY, sign === 1 ? -1 : 1, lots);
  }
}
