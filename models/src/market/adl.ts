import { assertNever } from '../core/index.ts';
import type { PositionSide } from './triggers.ts';
import type { AdlRule } from './venue-rules.ts';

/** A position on the winning side that may be auto-deleveraged; linear contract, one quote currency. */
export interface AdlCandidate {
  /** Unique; equal ranks are broken by it, so the order never depends on the order of the list. */
  readonly id: string;
  readonly side: PositionSide;
  /** Base units, > 0. */
  readonly size: number;
  readonly entryPrice: number;
  /** Margin balance that backs the position: margin + unrealised profit (isolated), the account's (cross). */
  readonly equity: number;
  /** Maintenance margin of the same. */
  readonly maintenance: number;
}

/** How much of a position is closed: base units, > 0 and at most its size. */
export interface AdlFill {
  readonly id: string;
  readonly quantity: number;
}

/** Who is deleveraged, in the order of closing, and what nobody was left to take. Fills + `remaining` = the quantity asked for. */
export interface AdlAllocation {
  readonly fills: readonly AdlFill[];
  readonly remaining: number;
}

/** Return on entry value at `mark`: s (mark - entry) / entry. */
export function returnOnEntry(candidate: AdlCandidate, mark: number): number {
  return ((candidate.side === 'long' ? 1 : -1) * (mark - candidate.entryPrice)) / candidate.entryPrice;
}

/**
 * A candidate's place in a venue's queue, higher first. Effective leverage is mark value / (mark value - bankruptcy value), which is value / equity.
 * `profitTimesLeverage` (Bybit, KuCoin) and `profitTimesMarginRatio` (OKX, Gate, Bitget; margin ratio = maintenance / equity): the return times it for
 * winners, divided by it for losers; `equityReturnTimesMarginRatio` (Binance): with the return on equity in place of that on entry value. `hyperliquid`: (mark / entry) x (value / equity) for longs as published, entry / mark for shorts [A]. `profit`: the
 * return alone. Equity <= 0 is last in each: such an account is itself under liquidation. The benchmarks have no queue: they rank by leverage.
 */
export function adlScore(candidate: AdlCandidate, mark: number, rank: AdlRule['rank']): number {
  const { equity, size, entryPrice, maintenance } = candidate;
  if (!(equity > 0)) return -Infinity;
  const gain = returnOnEntry(candidate, mark);
  const leverage = (size * mark) / equity;
  // Nothing gained is nothing whatever it is divided by.
  const weighed = (value: number, by: number): number => (value > 0 ? value * by : value === 0 ? 0 : value / by);
  switch (rank) {
    case 'profitTimesLeverage': return weighed(gain, leverage);
    case 'profitTimesMarginRatio': return weighed(gain, maintenance / equity);
    case 'equityReturnTimesMarginRatio': return weighed((gain * size * entryPrice) / equity, maintenance / equity);
    case 'hyperliquid': return (candidate.side === 'long' ? mark / entryPrice : entryPrice / mark) * leverage;
    case 'profit': return gain;
    case 'waterFill':
    case 'proRata': return leverage;
    default: return assertNever(rank);
  }
}

/** The queue: highest score first, equal scores by id. The same candidates in any order give the same queue. O(n log n). */
export function adlQueue(candidates: readonly AdlCandidate[], mark: number, rank: AdlRule['rank']): readonly AdlCandidate[] {
  return candidates.map((candidate) => ({ candidate, score: adlScore(candidate, mark, rank) }))
    .sort((a, b) => b.score - a.score || compareIds(a.candidate, b.candidate))
    .map(({ candidate }) => candidate);
}

/** Closes `quantity` >= 0 base units by a venue's rank or by one of the benchmarks. All candidates are on the side opposite to the liquidated one. */
export function deleverage(candidates: readonly AdlCandidate[], quantity: number, mark: number, rank: AdlRule['rank']): AdlAllocation {
  if (rank === 'waterFill') return waterFill(candidates, quantity, mark);
  if (rank === 'proRata') return proRata(candidates, quantity, mark);
  const fills: AdlFill[] = [];
  let remaining = quantity;
  for (const { id, size } of adlQueue(candidates, mark, rank)) {
    if (remaining <= 0) break;
    const filled = Math.min(size, remaining);
    fills.push({ id, quantity: filled });
    remaining -= filled;
  }
  return { fills, remaining };
}

/**
 * The leverage cap that a deleveraging of `notional` comes down to: the Lambda with sum of (N_i - Lambda E_i)^+ = Q, which is optimal under expected loss
 * (Campbell, Hey, Moallemi and Nutz, 2026). Everything above it is cut. Sorted by leverage, the cap of the k highest is (sum N - Q) / sum E,
 * and the first that is not below the next one's leverage is right: O(n log n). Accounts without equity are closed whole first. 0 when Q is all there is.
 */
export function leverageCap(accounts: readonly { readonly notional: number; readonly equity: number }[], notional: number): number {
  let left = notional;
  for (const { notional: n, equity } of accounts) if (!(equity > 0)) left -= n;
  const solvent = accounts.filter(({ equity }) => equity > 0).sort((a, b) => b.notional / b.equity - a.notional / a.equity);
  const highest = solvent[0];
  if (highest === undefined) return 0;
  if (left <= 0) return highest.notional / highest.equity;
  let [sumN, sumE] = [0, 0];
  for (let k = 0; k < solvent.length; k++) {
    sumN += solvent[k]?.notional ?? 0;
    sumE += solvent[k]?.equity ?? 0;
    const cap = (sumN - left) / sumE;
    const next = solvent[k + 1];
    if (next === undefined || cap >= next.notional / next.equity) return Math.max(0, cap);
  }
  return 0;
}

/** Benchmark: every position above the leverage cap is cut down to it. O(n log n). */
export function waterFill(candidates: readonly AdlCandidate[], quantity: number, mark: number): AdlAllocation {
  const cap = leverageCap(candidates.map((c) => ({ notional: c.size * mark, equity: c.equity })), quantity * mark);
  const above = (c: AdlCandidate): number => (c.equity > 0 ? Math.max(0, c.size - (cap * c.equity) / mark) : c.size);
  return filled(adlQueue(candidates, mark, 'waterFill').map((c) => ({ id: c.id, quantity: above(c), size: c.size })), quantity);
}

/** Benchmark: in proportion to unrealised profit, nobody beyond their size; losers are not touched. Sorted by size per profit, O(n log n). */
export function proRata(candidates: readonly AdlCandidate[], quantity: number, mark: number): AdlAllocation {
  const winners = candidates.map((c) => ({ id: c.id, size: c.size, profit: c.size * c.entryPrice * returnOnEntry(c, mark) })).filter((c) => c.profit > 0)
    .sort((a, b) => a.size / a.profit - b.size / b.profit || compareIds(a, b));
  let left = quantity;
  let profit = winners.reduce((sum, c) => sum + c.profit, 0);
  const shares = winners.map((c) => {
    // Whoever is closed whole leaves more to each of the rest, who have more room for their profit: the sort makes one pass enough.
    const share = Math.min(c.size, Math.max(0, (left * c.profit) / profit));
    left -= share;
    profit -= c.profit;
    return { id: c.id, quantity: share, size: c.size };
  });
  return filled(shares, quantity);
}

/** The price a deleveraged winner is closed at: the liquidated position's bankruptcy price, the mark (bankruptcy once the fund is nearly empty), or the mark before. */
export function adlPrice(rule: Pick<AdlRule, 'price'>, prices: { readonly bankruptcy: number; readonly mark: number; readonly previousMark: number; readonly fundDepleted: boolean }): number {
  switch (rule.price) {
    case 'bankruptcy': return prices.bankruptcy;
    case 'markUnlessDepleted': return prices.fundDepleted ? prices.bankruptcy : prices.mark;
    case 'previousMark': return prices.previousMark;
  }
}

/** Fills whose sum is exactly min(quantity, what there is): the rounding of the shares goes where there is room. */
function filled(shares: readonly { readonly id: string; readonly quantity: number; readonly size: number }[], quantity: number): AdlAllocation {
  const fills: AdlFill[] = [];
  let remaining = quantity;
  for (const { id, quantity: share, size } of shares) {
    const taken = Math.min(share, size, remaining);
    if (!(taken > 0)) continue;
    fills.push({ id, quantity: taken });
    remaining -= taken;
  }
  const negligible = 1e-12 * quantity;
  if (remaining > negligible || remaining === 0) return { fills, remaining };
  const room = shares.find(({ id, size }) => size - (fills.find((f) => f.id === id)?.quantity ?? 0) >= remaining);
  return room === undefined ? { fills, remaining } : { fills: topUp(fills, room.id, remaining), remaining: 0 };
}

function topUp(fills: readonly AdlFill[], id: string, quantity: number): readonly AdlFill[] {
  return fills.some((f) => f.id === id) ? fills.map((f) => (f.id === id ? { id, quantity: f.quantity + quantity } : f)) : [...fills, { id, quantity }];
}

function compareIds(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
