import { defined } from '../../core/index.ts';
import { at } from '../../market/index.ts';
import type { LiquidationSide } from './liquidation-side.ts';
import { ACCOUNTS, type Account, type AccountTotals, type LiquidationTotals, type MarketPath } from './path.ts';
import type { Scenario } from './scenario.ts';
import { cashUnit, equityOfFund, type Venue } from './venue.ts';

/** One market's samples. */
type Series = Pick<MarketPath, 'ticks' | 'markTicks' | 'displacement' | 'kappa' | 'liquidatedLots'>;

/** What is written down of a run: the samples of every market. */
export interface PathLog {
  readonly sampleSeconds: number;
  readonly series: readonly Series[];
}

/** A log with room for every sample of the scenario. */
export function createPathLog(markets: number, { seconds, sampleSeconds }: Scenario): PathLog {
  const n = Math.floor(seconds / sampleSeconds);
  const empty = (): Series => ({ ticks: new Int32Array(n), markTicks: new Int32Array(n), displacement: new Float64Array(n), kappa: new Float64Array(n), liquidatedLots: new Float64Array(n) });
  return { sampleSeconds, series: Array.from({ length: markets }, empty) };
}

/** Writes the end of a second down. */
export function noteSecond({ sampleSeconds, series }: PathLog, second: number, venues: readonly Venue[]): void {
  for (const v of venues) {
    const { tick } = v.book;
    if (tick < v.lowest) v.lowest = tick;
    if (tick > v.highest) v.highest = tick;
  }
  if ((second + 1) % sampleSeconds !== 0) return;
  const i = (second + 1) / sampleSeconds - 1;
  for (const { m, book, marker, long, short } of venues) {
    const samples = defined(series[m], 'series');
    samples.ticks[i] = book.tick;
    samples.markTicks[i] = marker.nearest;
    samples.displacement[i] = book.displacement;
    samples.kappa[i] = book.kappa;
    samples.liquidatedLots[i] = long.firedLots + short.firedLots;
  }
}

/** The paths at the end. */
export function pathsOf({ series }: PathLog, venues: readonly Venue[]): readonly MarketPath[] {
  return venues.map((v) => ({ ...defined(series[v.m], 'series'), ...endOf(v) }));
}

function endOf(v: Venue): Omit<MarketPath, keyof Series> {
  return {
    id: v.market.id, startTick: v.startTick, endTick: v.book.tick, lowestTick: v.lowest, highestTick: v.highest,
    longs: totalsOf(v.long), shorts: totalsOf(v.short), unfilledSellLots: v.pendingSells, unfilledBuyLots: v.pendingBuys,
    accounts: accountsOf(v), fundEquity: equityOfFund(v, v.marker.nearest), unit: cashUnit(v.market),
    firstLiquidationSecond: v.firstLiquidation < 0 ? null : v.firstLiquidation, firstAdlSecond: v.firstAdl < 0 ? null : v.firstAdl, fundingRate: v.fundingRate,
  };
}

function totalsOf(s: LiquidationSide): LiquidationTotals {
  return { firedLots: s.firedLots, filledLots: s.filledLots, takenOverLots: s.takenLots, adlLots: s.adlLots, openLots: s.openLots + s.heldLots };
}

function accountsOf({ ledger }: Venue): Readonly<Record<Account, AccountTotals>> {
  const totals = (account: Account): AccountTotals => {
    const i = ACCOUNTS.indexOf(account);
    return { cash: at(ledger.cash, i), lots: at(ledger.lots, i) };
  };
  return {
    exogenous: totals('exogenous'), hedgers: totals('hedgers'), arbitrage: totals('arbitrage'), carry: totals('carry'), fund: totals('fund'),
    positions: totals('positions'), makers: totals('makers'), winners: totals('winners'), fees: totals('fees'),
  };
}
