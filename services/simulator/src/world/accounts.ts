import type { Rng } from '@breakwater/models/core';
import type { MarketSpec, SimulatedAccount } from './market.ts';

/** What the accounts of one step are made from. */
export interface AccountInputs {
  readonly spec: MarketSpec;
  readonly before: readonly SimulatedAccount[];
  readonly mark: number;
  readonly openInterestLots: number;
  /** Share of open interest that accounts make up, of each side. */
  readonly share: number;
  readonly step: number;
  readonly rng: Rng;
}

/** Share of open interest that accounts make up where the scenario does not say it; nobody names the rest. An assumption. */
export const ACCOUNT_SHARE = 0.8;
/** Accounts of a side, and the chance that one of them closes by its own will in a step. Assumptions. */
const OF_A_SIDE = 12;
const CLOSES = 0.01;
/** Leverages are spread like a log-normal about 4, up to the market's maximum. An assumption. */
const USUAL_LEVERAGE = 4;

/**
 * The price at which an account's equity is what must be kept, half of the initial margin at the market's maximum leverage; null when no price does it.
 * Source: https://hyperliquid.gitbook.io/hyperliquid-docs/trading/liquidations and .../trading/margining, read 2026-11-27.
 */
export function accountLiquidationPrice(spec: MarketSpec, { side, entryPrice, leverage }: Pick<SimulatedAccount, 'side' | 'entryPrice' | 'leverage'>): number | null {
  const sign = side === 'long' ? 1 : -1;
  const price = (entryPrice * (1 - sign / leverage)) / (1 - sign / (2 * spec.maxLeverage));
  return price > 0 ? price : null;
}

/**
 * The accounts after a step: those that the mark has passed are liquidated, some close, others open at the present price, and what all hold follows open interest: the lots of each side add up to
 * `share` of it, to the lot. O(accounts).
 */
export function nextAccounts(inputs: AccountInputs): readonly SimulatedAccount[] {
  const { before, openInterestLots, share, rng } = inputs;
  const first = before.length === 0;
  return (['long', 'short'] as const).flatMap((side) => {
    const held = before.filter((account) => account.side === side && isAlive(inputs, account) && !rng.chance(CLOSES));
    const opened = Array.from({ length: OF_A_SIDE - held.length }, (_, i) => open(inputs, side, `${side}:${i}`, first));
    return shareOut([...held, ...opened], Math.round(openInterestLots * share));
  });
}

function isAlive({ spec, mark }: Pick<AccountInputs, 'spec' | 'mark'>, account: Pick<SimulatedAccount, 'side' | 'entryPrice' | 'leverage'>): boolean {
  const price = accountLiquidationPrice(spec, account);
  return price === null || (account.side === 'long' ? mark > price : mark < price);
}

/** A new account; at the start of a scenario one that opened some time ago. */
function open(inputs: AccountInputs, side: SimulatedAccount['side'], name: string, earlier: boolean): Omit<SimulatedAccount, 'lots'> {
  const { spec, mark, step, rng } = inputs;
  const own = rng.fork(`${spec.symbol}:${step}:${name}`);
  const leverage = Math.max(1, Math.min(spec.maxLeverage, Math.round(USUAL_LEVERAGE * Math.exp(0.8 * own.normal()))));
  const moved = Math.exp((earlier ? 0.06 : 0.001) * own.normal());
  const account = { side, leverage, entryPrice: mark * moved };
  return {
    ...account, entryPrice: isAlive(inputs, account) ? account.entryPrice : mark,
    address: `0x${Array.from({ length: 20 }, () => own.int(256).toString(16).padStart(2, '0')).join('')}`,
    margin: own.chance(0.5) ? 'cross' : 'isolated', weight: (1 - own.next()) ** -0.7,
  };
}

/** Whole lots by weight that add up to `total`; an account that would have none is left out. */
function shareOut(accounts: readonly Omit<SimulatedAccount, 'lots'>[], total: number): readonly SimulatedAccount[] {
  const weights = accounts.reduce((sum, { weight }) => sum + weight, 0);
  let [passed, given] = [0, 0];
  return accounts.flatMap((account) => {
    passed += account.weight;
    const lots = Math.round((total * passed) / weights) - given;
    given += lots;
    return lots > 0 ? [{ ...account, lots }] : [];
  });
}
