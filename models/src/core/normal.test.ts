import { describe, expect, it } from '@jest/globals';
import { normalCdf, normalQuantile, z95 } from './normal.ts';

// Reference values: mpmath 1.3.0 with 40 digits, erfc(-x / sqrt 2) / 2 and its root in the logarithm, for the float64 nearest to each argument.
const cdf: readonly (readonly [number, number])[] = [
  [-37, 5.7255712225245768227e-300], [-20, 2.7536241186062336951e-89], [-8, 6.2209605742717841235e-16], [-6, 9.865876450376981407e-10],
  [-5.7, 5.9903714010635344298e-9], [-5.6, 1.0717590258310907355e-8], [-4, 3.1671241833119921254e-5], [-2, 0.0227501319481792072], [-1, 0.15865525393145705141],
  [-0.67, 0.25142889509531011429], [-0.66, 0.25462691467133614761], [-0.1, 0.46017216272297101853], [0.5, 0.69146246127401310364], [1.5, 0.933192798731141934], [3, 0.99865010196836990547],
];
const quantile: readonly (readonly [number, number])[] = [
  [1e-300, -37.047096299361199237], [1e-100, -21.273453560965324294], [1e-20, -9.2623400897984075796], [2 ** -53, -8.2095361516013868556], [1e-10, -6.3613409024040561991],
  [3.1671241833119921e-5, -3.999999999999999977], [0.001, -3.0902323061678135354], [0.01, -2.3263478740408410931], [0.025, -1.9599639845400542118], [0.075, -1.4395314709384559349],
  [0.1, -1.2815515655446004353], [0.3, -0.52440051270804081597], [0.6, 0.25334710313579974132], [0.9, 1.2815515655446005935], [0.975, 1.9599639845400538556], [0.999, 3.0902323061678132778],
];

const relative = (got: number, want: number): number => Math.abs(got / want - 1);

describe('the normal distribution', () => {
  it('Phi agrees with 40-digit values to 1e-14 in relation to a small tail', () => {
    for (const [x, want] of cdf) expect(relative(normalCdf(x), want)).toBeLessThan(1e-14);
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(-40)).toBe(0);
    expect(normalCdf(40)).toBe(1);
  });
  it('its inverse (AS 241) agrees with 40-digit values to 5e-15, to p = 1e-300', () => {
    for (const [p, want] of quantile) expect(relative(normalQuantile(p), want)).toBeLessThan(5e-15);
    expect(normalQuantile(0.5)).toBe(0);
  });
  it('has its 95 % point as a constant', () => expect(relative(normalQuantile(0.95), z95)).toBeLessThan(1e-15));
  it('the one undoes the other over all regions of both approximations', () => {
    for (let x = -37; x <= 5; x += 0.0371) expect(Math.abs(normalQuantile(normalCdf(x)) - x)).toBeLessThan(x > 0 ? 1e-9 : 1e-13 * Math.max(1, -x));
  });
  it('refuses what is no probability strictly between 0 and 1', () => {
    for (const p of [0, 1, -0.1, NaN]) expect(() => normalQuantile(p)).toThrow('a probability');
  });
});
