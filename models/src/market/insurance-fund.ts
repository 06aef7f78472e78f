import type { PositionSide } from './triggers.ts';
import type { AdlRule } from './venue-rules.ts';

/**
 * An insurance fund of linear contracts in one quote currency, as plain data. Its inventory is what it took over at bankruptcy prices: signed base units
 * and what they cost, so that its equity is cash + inventory at the mark - cost.
 */
export interface InsuranceFund {
  readonly cash: number;
  /** Base units held, > 0 long. */
  readonly inventory: number;
  /** Signed sum of quantity x bankruptcy price of what is held. */
  readonly cost: number;
}

/** A fund with nothing but cash. */
export function insuranceFund(cash: number): InsuranceFund {
  return { cash, inventory: 0, cost: 0 };
}

/**
 * What a fill pays into the fund (> 0) or takes from it: s q (P - p_bk) for a liquidated position of side s, q > 0 base units closed at P. What is better
 * than the bankruptcy price is the margin that was left; where a venue leaves it with the trader (`surplus` `trader`) only losses reach the fund.
 */
export function fundFlow(side: PositionSide, quantity: number, price: number, bankruptcyPrice: number, surplus: 'fund' | 'trader' = 'fund'): number {
  const flow = (side === 'long' ? 1 : -1) * quantity * (price - bankruptcyPrice);
  return surplus === 'trader' ? Math.min(0, flow) : flow;
}

/** The fund after a liquidated position was closed in the market: the flow joins its cash. */
export function settleFill(fund: InsuranceFund, flow: number): InsuranceFund {
  return { ...fund, cash: fund.cash + flow };
}

/** The fund after it took `quantity` > 0 of a liquidated position over at its bankruptcy price: no cash moves, it holds the position. */
export function takeOver(fund: InsuranceFund, side: PositionSide, quantity: number, bankruptcyPrice: number): InsuranceFund {
  const signed = side === 'long' ? quantity : -quantity;
  return { ...fund, inventory: fund.inventory + signed, cost: fund.cost + signed * bankruptcyPrice };
}

/** The fund after it sold (or bought back) a share of its inventory, 0 to 1, at `price`: cost leaves in proportion. */
export function workOff(fund: InsuranceFund, share: number, price: number): InsuranceFund {
  return {
    cash: fund.cash + share * (fund.inventory * price - fund.cost),
    inventory: fund.inventory * (1 - share), cost: fund.cost * (1 - share),
  };
}

/** Equity at the mark: cash + sum of J (mark - p_bk). */
export function fundEquity(fund: InsuranceFund, mark: number): number {
  return fund.cash + fund.inventory * mark - fund.cost;
}

/** A fund's equity over the last hours: one value a sample, oldest first, at most `slots`. */
export interface FundHistory {
  readonly slots: number;
  readonly everyMs: number;
  readonly values: readonly number[];
  readonly lastSlot?: number;
}

/** The span that drawdowns are measured over (Bybit, OKX). */
const DRAWDOWN_HOURS = 8;

/** An empty history of eight hours, sampled every `everySeconds` (60 by default). */
export function fundHistory(everySeconds: number = 60): FundHistory {
  return { slots: Math.ceil((DRAWDOWN_HOURS * 3600) / everySeconds), everyMs: everySeconds * 1000, values: [] };
}

/**
 * The history with the equity seen at `atMs`. Within a slot the last value counts (a fall is seen at once); slots without one repeat the value before.
 * Earlier than the last slot changes nothing. O(slots).
 */
export function withFundEquity(history: FundHistory, atMs: number, equity: number): FundHistory {
  const slot = Math.floor(atMs / history.everyMs);
  const { lastSlot, slots } = history;
  if (!Number.isFinite(equity) || (lastSlot !== undefined && slot < lastSlot)) return history;
  const values = [...history.values];
  if (slot === lastSlot) values.pop();
  else if (lastSlot !== undefined) values.push(...new Array<number>(Math.min(slots, slot - lastSlot - 1)).fill(values.at(-1) ?? equity));
  values.push(equity);
  return { ...history, values: values.slice(-slots), lastSlot: slot };
}

/** What decides whether auto-deleveraging starts. */
export interface AdlMoment {
  /** The fund's equity now and over the last 8 hours, this moment included. */
  readonly equity: number;
  readonly history: FundHistory;
  /** Equity of the liquidated account after what the market and the fund did. */
  readonly accountEquity: number;
}

/** Whether the venue auto-deleverages now, by its trigger. A fund that is empty deleverages under either drawdown rule too. O(history). */
export function isAdlTriggered(rule: Pick<AdlRule, 'trigger' | 'threshold' | 'minDropUsd'>, { equity, history, accountEquity }: AdlMoment): boolean {
  const { trigger, threshold = 1, minDropUsd = 0 } = rule;
  switch (trigger) {
    case 'negativeEquity': return accountEquity < 0;
    case 'fundEmpty': return equity <= 0;
    case 'socialised': return false;
    case 'fundPeakDrawdown8h': {
      const peak = history.values.reduce((most, v) => Math.max(most, v), equity);
      return equity <= 0 || equity <= peak * (1 - threshold);
    }
    case 'fundMeanDrawdown8h': {
      const mean = history.values.length === 0 ? equity : history.values.reduce((sum, v) => sum + v, 0) / history.values.length;
      return equity <= 0 || equity < mean - Math.max(threshold * mean, minDropUsd);
    }
  }
}
