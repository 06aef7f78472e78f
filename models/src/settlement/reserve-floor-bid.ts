import { assert } from '../core/index.ts';
import { YEAR_SECONDS } from './year.ts';

/** Who buys a redeemable token to redeem it, and what stands between the two. */
export interface Redemption {
  /** Taken off the floor for whoever keeps what the vault's token stands for: custody may fail. In [0, 1). */
  readonly haircut: number;
  /** Standard deviations of the vault's currency on the way that a redeemer wants to be paid for, >= 0; 0: fears nothing. */
  readonly fear: number;
  /** Volatility of the vault's currency, a year, >= 0. */
  readonly volatility: number;
  /** Until what was redeemed can be sold, seconds, >= 0. */
  readonly latencySeconds: number;
  /** What redeemers have, US dollars, >= 0; infinite where nothing limits them. */
  readonly capitalUsd: number;
}

/** The floor as a bid in the market: a price, and how much of it. US dollars, token units. */
export interface FloorBid {
  readonly price: number;
  readonly units: number;
  /** Units times price. */
  readonly usd: number;
}

/** The floor without what custody may cost: f(1 - c). Below it whoever trusts the custodian is paid to redeem. */
export function trustedFloor(floorUsd: number, { haircut }: Pick<Redemption, 'haircut'>): number {
  assert(floorUsd >= 0 && haircut >= 0 && haircut < 1, 'a floor out of range');
  return floorUsd * (1 - haircut);
}

/** What a redeemer who fears the way pays: f(1 - c) exp(-z sigma sqrt(L)). The vault's currency may fall before it can be sold, and nobody hedges for nothing. */
export function effectiveFloor(floorUsd: number, redemption: Omit<Redemption, 'capitalUsd'>): number {
  const { fear, volatility, latencySeconds } = redemption;
  assert(fear >= 0 && volatility >= 0 && latencySeconds >= 0, 'a redemption out of range');
  return trustedFloor(floorUsd, redemption) * Math.exp(-fear * volatility * Math.sqrt(latencySeconds / YEAR_SECONDS));
}

/** The bid that a floor is: at the effective floor, for all that is outstanding or what redeemers can pay for, whichever is less; undefined where that is nothing. */
export function floorBid(floorUsd: number, supplyUnits: number, redemption: Redemption): FloorBid | undefined {
  const price = effectiveFloor(floorUsd, redemption);
  if (!(price > 0)) return undefined;
  const units = Math.min(supplyUnits, redemption.capitalUsd / price);
  return units > 0 ? { price, units, usd: units * price } : undefined;
}
