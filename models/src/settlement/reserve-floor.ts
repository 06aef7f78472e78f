import { assert } from '../core/index.ts';

/** What is behind a redeemable token: whole numbers of the smallest units, with the decimals of both. `supply` and `vault` >= 0. */
export interface Reserve {
  readonly vault: bigint;
  readonly vaultDecimals: number;
  readonly supply: bigint;
  readonly decimals: number;
}

/** A floor as a fraction, exact: whole units of the vault's currency for one whole token. `numerator` >= 0, `denominator` > 0, not reduced. */
export interface FloorFraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const power = (decimals: number): bigint => 10n ** BigInt(decimals);

function checked(reserve: Reserve): Reserve {
  assert(reserve.vault >= 0n && reserve.supply >= 0n && Number.isInteger(reserve.vaultDecimals) && Number.isInteger(reserve.decimals) && reserve.vaultDecimals >= 0 && reserve.decimals >= 0, 'a reserve out of range');
  return reserve;
}

/** The floor R/S, exactly; undefined where nothing is outstanding. Times the price of the vault's currency it is what a token fetches at the vault. */
export function floorOf(reserve: Reserve): FloorFraction | undefined {
  const { vault, vaultDecimals, supply, decimals } = checked(reserve);
  return supply === 0n ? undefined : { numerator: vault * power(decimals), denominator: supply * power(vaultDecimals) };
}

/** What one whole token is paid, in the smallest units of the vault's currency, rounded down as a contract does; undefined where nothing is outstanding. */
export function floorUnits(reserve: Reserve): bigint | undefined {
  const { vault, supply, decimals } = checked(reserve);
  return supply === 0n ? undefined : (vault * power(decimals)) / supply;
}

/** -1, 0 or 1 as `a` is below, at or above `b`. Exact: nothing is divided. */
export function compareFloors(a: FloorFraction, b: FloorFraction): -1 | 0 | 1 {
  const [left, right] = [a.numerator * b.denominator, b.numerator * a.denominator];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Bits of a quotient before it is rounded: more than a double has, so that with the bit that stands for the rest it is rounded once and rightly. */
const quotientBits = 66;

/** The double nearest to a fraction: to be shown, and to be multiplied by a price. Never to be compared with another. */
export function floorNumber({ numerator, denominator }: FloorFraction): number {
  assert(numerator >= 0n && denominator > 0n, 'a fraction out of range');
  if (numerator === 0n) return 0;
  const shift = quotientBits - (numerator.toString(2).length - denominator.toString(2).length);
  const [top, bottom] = shift >= 0 ? [numerator << BigInt(shift), denominator] : [numerator, denominator << BigInt(-shift)];
  const quotient = (top / bottom) | (top % bottom === 0n ? 0n : 1n);
  // In two steps, because a single power may leave the numbers where the product does not.
  const half = Math.trunc(shift / 2);
  return Number(quotient) * 2 ** -half * 2 ** -(shift - half);
}

/** How many whole tokens an amount of smallest units is, as the nearest double. */
export function unitsNumber(amount: bigint, decimals: number): number {
  return floorNumber({ numerator: amount, denominator: power(decimals) });
}

/** The reserve after tokens were burnt for their share of the vault: floor(R x burnt / S) is paid, so R/S never falls, and stays as it is but for that rounding. `burnt` in [0, S]. */
export function afterBurn(reserve: Reserve, burnt: bigint): { readonly reserve: Reserve; readonly paid: bigint } {
  const { vault, supply } = checked(reserve);
  assert(burnt >= 0n && burnt <= supply, 'more burnt than is outstanding');
  const paid = supply === 0n ? 0n : (vault * burnt) / supply;
  return { reserve: { ...reserve, vault: vault - paid, supply: supply - burnt }, paid };
}

/** The reserve after a deposit into the vault: the floor rises. */
export function afterDeposit(reserve: Reserve, amount: bigint): Reserve {
  return { ...checked(reserve), vault: reserve.vault + amount };
}

/** The reserve after a mint that pays nothing in: the floor falls to S/(S + minted) of what it was. */
export function afterMint(reserve: Reserve, minted: bigint): Reserve {
  return { ...checked(reserve), supply: reserve.supply + minted };
}

/** The floor if whoever may mint mints up to the cap: S/cap of what it is. The floor itself where more than the cap is outstanding. */
export function worstFloor(reserve: Reserve, cap: bigint): FloorFraction | undefined {
  return floorOf({ ...reserve, supply: cap > reserve.supply ? cap : reserve.supply });
}

/** By which share a mint lowers the floor: minted/(before + minted), 0 to 1; 0 where nothing was minted. `supplyAfter` has the mint in it. */
export function dilutionOf(minted: bigint, supplyAfter: bigint): number {
  assert(minted >= 0n && supplyAfter >= minted, 'more minted than is outstanding');
  return minted === 0n ? 0 : floorNumber({ numerator: minted, denominator: supplyAfter });
}
