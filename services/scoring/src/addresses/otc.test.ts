import { describe, expect, it } from '@jest/globals';
import { otcBought, type OtcSale } from './otc.ts';

const at = Date.UTC(2025, 3, 13);
const sale = (to: string, units: number, terms: OtcSale['terms'], when = at - 1): OtcSale => ({ to, units, at: when, terms });
const buyer = { cluster: '0xaa', label: 'fund:laser', addresses: ['0xaa', '0xab'] };

describe('what an owner bought over the counter', () => {
  it('is found by its label, its cluster and each of its addresses, and by nothing else', () => {
    for (const to of ['fund:laser', '0xaa', '0xab']) expect(otcBought([sale(to, 10, { discount: 0.5 })], buyer, at, null)).toEqual({ units: 10, discount: 0.5 });
    for (const to of ['fund:lase', '0xac']) expect(otcBought([sale(to, 10, { discount: 0.5 })], buyer, at, 5)).toBeUndefined();
    expect(otcBought(undefined, buyer, at, 5)).toBeUndefined();
    expect(otcBought([sale('null', 1, { discount: 0.5 })], { ...buyer, label: null }, at, 5)).toBeUndefined();
  });
  it('is held against the market by price, weighted by units, and known from its date on', () => {
    const sales = [sale('0xaa', 3e6, { price: 3.1 }), sale('0xab', 1e6, { discount: 0.1 }), sale('0xab', 9e9, { discount: 0.9 }, at + 1)];
    // (3 x (1 - 3.1 / 6.2) + 1 x 0.1) / 4
    expect(otcBought(sales, buyer, at, 6.2)).toEqual({ units: 4e6, discount: 0.4 });
    expect(otcBought(sales, buyer, at + 1, 6.2)?.discount).toBeGreaterThan(0.89);
    expect(otcBought([sale('0xaa', 3e6, { price: 3.1 })], buyer, at, 2)).toEqual({ units: 3e6, discount: 0 });
  });
  it('leaves out what cannot be told without a price of the market', () => {
    expect(otcBought([sale('0xaa', 3, { price: 3.1 })], buyer, at, null)).toBeUndefined();
    expect(otcBought([sale('0xaa', 3, { price: 3.1 }), sale('0xaa', 1, { discount: 0.2 })], buyer, at, null)).toEqual({ units: 1, discount: 0.2 });
  });
});
