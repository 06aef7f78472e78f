import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { effectiveFloor, floorBid, trustedFloor } from './reserve-floor-bid.ts';
import { afterBurn, afterDeposit, afterMint, compareFloors, dilutionOf, floorNumber, floorOf, floorUnits, unitsNumber, worstFloor, type FloorFraction, type Reserve } from './reserve-floor.ts';

const E18 = 10n ** 18n;
/** `vault` BTC behind `supply` tokens, both of 18 decimals. */
const reserve = (vault: bigint, supply: bigint): Reserve => ({ vault: vault * E18, vaultDecimals: 18, supply: supply * E18, decimals: 18 });
const floor = (of: Reserve): FloorFraction => {
  const found = floorOf(of);
  if (found === undefined) throw new Error('nothing outstanding');
  return found;
};

describe('AMT floor arithmetic', () => {
  const amt = reserve(30n, 30_000_000n);
  it('30 BTC behind 30 M tokens are 1e-6 each', () => {
    expect(floorNumber(floor(amt))).toBe(1e-6);
    expect(floorUnits(amt)).toBe(1_000_000_000_000n);
    expect(compareFloors(floor(amt), { numerator: 1n, denominator: 1_000_000n })).toBe(0);
  });
  it('a pro-rata burn leaves R/S as it is', () => {
    const burnt = afterBurn(amt, 1_000_000n * E18);
    expect(burnt.paid).toBe(E18);
    expect(burnt.reserve).toEqual(reserve(29n, 29_000_000n));
    expect(compareFloors(floor(burnt.reserve), floor(amt))).toBe(0);
    expect(floorNumber(floor(burnt.reserve))).toBe(1e-6);
  });
  it('a deposit of 1 BTC after it makes 30/29 M, which the white paper prints as 1.03e-6', () => {
    const after = afterDeposit(reserve(29n, 29_000_000n), E18);
    expect(compareFloors(floor(after), { numerator: 30n, denominator: 29_000_000n })).toBe(0);
    expect(floorNumber(floor(after)).toFixed(11)).toBe('0.00000103448');
    expect(floorNumber(floor(after)).toPrecision(3)).toBe('0.00000103');
    expect(floorUnits(after)).toBe(1_034_482_758_620n);
  });
  it('with 55.0 M outstanding of 100 M, an owner who mints to the cap leaves 0.55 of the floor', () => {
    const out = reserve(55n, 55_000_000n);
    const worst = worstFloor(out, 100_000_000n * E18);
    expect(worst === undefined ? NaN : floorNumber(worst) / floorNumber(floor(out))).toBeCloseTo(0.55, 12);
    expect(compareFloors(worst ?? floor(out), { numerator: 55n * 55n, denominator: 100n * 55_000_000n })).toBe(0);
    expect(compareFloors(floor(afterMint(out, 45_000_000n * E18)), worst ?? floor(out))).toBe(0);
    expect(dilutionOf(45_000_000n * E18, 100_000_000n * E18)).toBe(0.45);
    expect(worstFloor(out, 1n)).toEqual(floor(out));
  });
  it('decimals of the two may differ', () => {
    const wrapped: Reserve = { vault: 3_000_000_000n, vaultDecimals: 8, supply: 30_000_000n * E18, decimals: 18 };
    expect(compareFloors(floor(wrapped), floor(amt))).toBe(0);
    expect(floorUnits(wrapped)).toBe(100n);
    expect(unitsNumber(1_500_000n, 6)).toBe(1.5);
  });
  it('nothing outstanding has no floor, an empty vault one of zero', () => {
    expect(floorOf(reserve(1n, 0n))).toBeUndefined();
    expect(floorUnits(reserve(1n, 0n))).toBeUndefined();
    expect(floorNumber(floor(reserve(0n, 1n)))).toBe(0);
    expect(afterBurn(reserve(5n, 0n), 0n).paid).toBe(0n);
    expect(() => afterBurn(reserve(1n, 1n), 2n * E18)).toThrow('outstanding');
  });
});

describe('floors of any size', () => {
  const amount = fc.bigInt(0n, 10n ** 60n);
  const any = fc.record({ vault: amount, vaultDecimals: fc.integer({ min: 0, max: 36 }), supply: fc.bigInt(1n, 10n ** 60n), decimals: fc.integer({ min: 0, max: 36 }) });
  it('a burn never lowers the floor, and pays less than one unit too little', () => {
    fc.assert(fc.property(any, fc.bigInt(0n, 10n ** 60n), (of, drawn) => {
      const burnt = drawn % (of.supply + 1n);
      const { reserve: after, paid } = afterBurn(of, burnt);
      expect(paid * of.supply <= of.vault * burnt && (paid + 1n) * of.supply > of.vault * burnt).toBe(true);
      if (after.supply > 0n) expect(compareFloors(floor(after), floor(of))).not.toBe(-1);
    }));
  });
  it('a mint lowers it, a deposit raises it', () => {
    fc.assert(fc.property(any, fc.bigInt(1n, 10n ** 40n), (of, more) => {
      expect(compareFloors(floor(afterMint(of, more)), floor(of))).toBe(of.vault === 0n ? 0 : -1);
      expect(compareFloors(floor(afterDeposit(of, more)), floor(of))).toBe(1);
    }));
  });
  it('comparing is an order', () => {
    fc.assert(fc.property(any, any, (a, b) => compareFloors(floor(a), floor(b)) + compareFloors(floor(b), floor(a)) === 0));
  });
  it('the double is the nearest one', () => {
    // Whole numbers and powers of two are doubles: their quotient is rounded once by the machine itself.
    fc.assert(fc.property(fc.bigInt(0n, 2n ** 53n), fc.bigInt(1n, 2n ** 53n), (numerator, denominator) => floorNumber({ numerator, denominator }) === Number(numerator) / Number(denominator)));
    fc.assert(fc.property(fc.bigInt(1n, 2n ** 53n), fc.bigInt(1n, 2n ** 53n), fc.bigInt(1n, 10n ** 40n), (n, d, by) => floorNumber({ numerator: n * by, denominator: d * by }) === Number(n) / Number(d)));
  });
});

describe('the floor as a bid', () => {
  const terms = { haircut: 0.02, fear: 1.64, volatility: 0.6, latencySeconds: 900, capitalUsd: 100_000 };
  it('is f(1 - c) exp(-z sigma sqrt(L))', () => {
    expect(trustedFloor(0.1, terms)).toBeCloseTo(0.098, 12);
    // A quarter of a year of 365 days: 2 x 0.5 x sqrt(1/4) = 1/2, and e^(-1/2) is 0.606530659713.
    expect(effectiveFloor(0.1, { ...terms, fear: 2, volatility: 0.5, latencySeconds: 7_884_000 })).toBeCloseTo(0.059440004652, 12);
    // A quarter of an hour: sqrt(900 / 31,536,000) = 0.00534217, times 1.64 x 0.6 is 0.00525670, which costs half a per cent.
    expect(effectiveFloor(0.1, terms)).toBeCloseTo(0.0974862, 7);
    expect(effectiveFloor(0.1, { ...terms, latencySeconds: 0 })).toBeCloseTo(0.098, 12);
    expect(effectiveFloor(0.1, { ...terms, fear: 0, haircut: 0 })).toBe(0.1);
  });
  it('takes no more than redeemers can pay for, nor than is outstanding', () => {
    const limited = floorBid(0.1, 30_000_000, terms);
    expect(limited?.usd).toBeCloseTo(100_000, 6);
    expect((limited?.units ?? 0) * (limited?.price ?? 0)).toBeCloseTo(100_000, 6);
    expect(floorBid(0.1, 1_000, terms)?.units).toBe(1_000);
    expect(floorBid(0.1, 30_000_000, { ...terms, capitalUsd: Infinity })?.units).toBe(30_000_000);
    expect(floorBid(0, 30_000_000, terms)).toBeUndefined();
    expect(floorBid(0.1, 30_000_000, { ...terms, capitalUsd: 0 })).toBeUndefined();
  });
});
