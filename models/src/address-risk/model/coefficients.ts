import type { AddressModel } from './address-model.ts';

/**
 * The coefficients that score real transfers until there is a labelled history to fit: from simulated worlds only (`simulated-events.ts`), made by `fitShipped`, which a test repeats to the same digits. They rank what the
 * mechanism makes dangerous; the probabilities are those of the worlds. docs/address-risk.md says what to expect of real data.
 */
export const shippedCoefficients: AddressModel = {
  version: 'address-logistic-simulated-1',
  intercept: -3.98028,
  // 495 of 24,000 events.
  prevalence: 0.020625,
  weights: {
    'size-over-adv': { centre: -4.72768, scale: 1.61515, offset: -0.0249883, slope: -0.0079709 },
    'size-over-depth': { centre: -0.191036, scale: 1.78057, offset: -0.0249883, slope: 0.324526 },
    'size-over-threshold': { centre: -3.61126, scale: 2.37863, offset: 0.000277833, slope: 0.440693 },
    'predicted-impact': { centre: -5.24328, scale: 0.913769, offset: -0.0249883, slope: 0.0171526 },
    'supply-share': { centre: -7.16913, scale: 1.75985, offset: -0.0230846, slope: 0.0426938 },
    'float-share': { centre: -7.68032, scale: 1.4618, offset: -0.0230846, slope: 0.109972 },
    'deposit-propensity': { centre: 0.501841, scale: 0.198191, offset: -0.0230846, slope: -0.0619353 },
    'fan-in': { centre: 2.64018, scale: 1.63587, offset: -0.0230846, slope: -0.0395237 },
    'fan-out': { centre: 2.63377, scale: 1.65549, offset: -0.0230846, slope: -0.0855653 },
    dormancy: { centre: 1.92056, scale: 1.37912, offset: -0.0245806, slope: 0.138877 },
    age: { centre: 4.8453, scale: 1.28366, offset: -0.0230846, slope: -0.00165389 },
    'deposits-week': { centre: -4.13397, scale: 1.67127, offset: -0.0343824, slope: 0.0266728 },
    'venues-week': { centre: 0.914535, scale: 0.414575, offset: -0.0230846, slope: -0.0033369 },
    issuer: { centre: 0.0418133, scale: 0.141118, offset: -0.0230846, slope: 0.0431465 },
    'unlock-near': { centre: 0.151533, scale: 0.249638, offset: 0.0326994, slope: 0.0579982 },
    'unlock-size': { centre: 0.721678, scale: 0.694148, offset: 0.0326994, slope: 0.0327089 },
    'hour-liquidity': { centre: -0.00233395, scale: 0.298686, offset: 0.0192503, slope: -0.147321 },
    funding: { centre: 0.102094, scale: 0.166042, offset: -0.0524132, slope: 0.0460267 },
    reproduction: { centre: 0.455721, scale: 0.280855, offset: 0.000277833, slope: 0.228436 },
    concentration: { centre: -3.62508, scale: 0.892146, offset: -0.0230846, slope: -0.0367418 },
    counterparties: { centre: 0.0142002, scale: 0.0950474, offset: 0.00428258, slope: 0.0274202 },
    'otc-discount': { centre: 0.021661, scale: 0.0910505, offset: -0.0447756, slope: 0.00622985 },
  },
};
