import { defined } from '../../core/index.ts';
import { at } from '../../market/index.ts';
import { ACCOUNTS, type Fill, type Posting } from './path.ts';

/** Indices of the accounts in a ledger, in the order of `ACCOUNTS`. The first five send orders of their own. */
export const EXOGENOUS = 0;
export const HEDGERS = 1;
export const ARBITRAGE = 2;
export const CARRY = 3;
export const FUND = 4;
export const POSITIONS = 5;
export const MAKERS = 6;
export const WINNERS = 7;
export const FEES = 8;
/** How many accounts send orders. */
export const TRADERS = 5;

/** What all markets of a run share: the second it is in, how many orders were fired and how many closed against winners, and the fills when they are kept. */
export interface Recorder {
  second: number;
  fired: number;
  deleveraged: number;
  readonly fills: Fill[] | null;
}

/** The books of one market: cash and lots of every account, and a journal of the fill being made when fills are kept. */
export interface Ledger {
  readonly market: number;
  readonly cash: Float64Array;
  readonly lots: Float64Array;
  readonly inverse: boolean;
  readonly recorder: Recorder;
  journal: Posting[];
}

/** Empty books. */
export function createLedger(market: number, inverse: boolean, recorder: Recorder): Ledger {
  return { market, cash: new Float64Array(ACCOUNTS.length), lots: new Float64Array(ACCOUNTS.length), inverse, recorder, journal: [] };
}

/** What a lot held long is worth at a price of `tick` ticks (not whole is fine), but for a constant: the tick, or -1 / tick for an inverse contract. */
export function worth(inverse: boolean, tick: number): number {
  return inverse ? -1 / tick : tick;
}

/** The tick at which a lot is worth `value`; infinite for an inverse contract that no price makes worth so much. */
export function tickWorth(inverse: boolean, value: number): number {
  if (!inverse) return value;
  return value < 0 ? -1 / value : Infinity;
}

/** The size of a lot's value at `tick`, > 0: what fees are charged on. */
export function sizeOfLot(inverse: boolean, tick: number): number {
  return inverse ? 1 / tick : tick;
}

/** Adds cash and lots (either sign) to an account. */
export function post(ledger: Ledger, account: number, cash: number, lots: number): void {
  ledger.cash[account] = at(ledger.cash, account) + cash;
  ledger.lots[account] = at(ledger.lots, account) + lots;
  if (ledger.recorder.fills !== null) ledger.journal.push({ account: defined(ACCOUNTS[account], 'account'), cash, lots });
}

/** Writes the fill whose postings are in the journal down, when fills are kept. */
export function keepFill(ledger: Ledger, kind: Fill['kind'], lots: number, tick: number, liquidated?: NonNullable<Fill['liquidated']>): void {
  const { fills, second } = ledger.recorder;
  if (fills === null) return;
  const fill = { second, market: ledger.market, kind, lots, tick, postings: ledger.journal };
  fills.push(liquidated === undefined ? fill : { ...fill, liquidated });
  ledger.journal = [];
}
