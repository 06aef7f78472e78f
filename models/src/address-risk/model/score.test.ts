import { describe, expect, test } from '@jest/globals';
import { defined } from '../../core/index.ts';
import {
  addressFeatures, calibrated, featuresOf, fitAddressModel, fitBeta, fitShipped, fitStretch, logit, scoreAddress, shiftTo, shippedCoefficients, shippedSize, sigmoid, simulateEvents, trainAddressModel, transformed, unknownMarket, unknownOwner, type AddressSituation,
  type Calibration,
} from './index.ts';

/** A wallet of the issuer that deposits more than the market takes, in a market near its threshold. */
const large: AddressSituation = {
  sizeUsd: 2e7,
  owner: { ...unknownOwner, supplyShare: 0.04, floatShare: 0.2, depositPropensity: 0.1, fanIn: 2, fanOut: 3, dormancyDays: 200, ageDays: 400, weekUsd: 3e7, venuesWeek: 2, issuerScore: 0.9 },
  market: { ...unknownMarket, advUsd: 5e7, depthUsd: 8e5, dailyVolatility: 0.06, thresholdUsd: 1e7, unlock: { days: 3, ofVolume: 2 }, hourLiquidity: 0.6, fundingPer8h: 3e-4, reproduction: 1.1, hhi: 0.2 },
};
const small: AddressSituation = { sizeUsd: 2e4, owner: { ...large.owner, floatShare: 2e-4, weekUsd: 2e4, issuerScore: 0, dormancyDays: 0.2 }, market: { ...large.market, thresholdUsd: 'none', reproduction: 0.1, unlock: 'none', hourLiquidity: 1.2 } };

describe('features', () => {
  test('are ratios of what is known', () => {
    const found = featuresOf(large);
    expect(found['size-over-adv']).toBeCloseTo(0.4, 12);
    expect(found['size-over-depth']).toBeCloseTo(25, 12);
    expect(found['size-over-threshold']).toBeCloseTo(2, 12);
    // 1 * 0.06 * sqrt(0.4)
    expect(found['predicted-impact']).toBeCloseTo(0.0379473319, 9);
    expect(found['deposits-week']).toBeCloseTo(0.6, 12);
    expect(Object.keys(found)).toEqual([...addressFeatures]);
  });

  test('say what is not known, and tell a threshold that is not there from one that is not known', () => {
    const nothing = featuresOf({ sizeUsd: null, owner: unknownOwner, market: unknownMarket });
    expect(Object.values(nothing).every((value) => value === null)).toBe(true);
    expect(featuresOf({ ...large, market: { ...large.market, thresholdUsd: 'none' } })['size-over-threshold']).toBe(0);
    expect(featuresOf({ ...large, market: { ...large.market, thresholdUsd: null } })['size-over-threshold']).toBeNull();
    expect(featuresOf({ ...large, market: { ...large.market, advUsd: 0 } })['size-over-adv']).toBeNull();
    expect(featuresOf({ ...large, sizeUsd: NaN })['size-over-depth']).toBeNull();
  });
});

describe('a score', () => {
  test('of nothing known is the base rate, with no reason of any weight', () => {
    const score = scoreAddress(featuresOf({ sizeUsd: null, owner: unknownOwner, market: unknownMarket }));
    expect(score.probability).toBe(score.baseRate);
    expect(score.baseRate).toBeCloseTo(sigmoid(shippedCoefficients.intercept), 15);
    expect(score.reasons.every((reason) => reason.logOdds === 0 && reason.value === null)).toBe(true);
  });

  test('is exactly the base rate and its reasons, the weightiest first', () => {
    for (const { situation } of simulateEvents({ seed: 3, tokens: 4, eventsPerToken: 20 })) {
      const { probability, baseRate, reasons } = scoreAddress(featuresOf(situation));
      expect(logit(baseRate) + reasons.reduce((sum, reason) => sum + reason.logOdds, 0)).toBeCloseTo(logit(probability), 9);
      const weights = reasons.map((reason) => Math.abs(reason.logOdds));
      expect(weights).toEqual(weights.toSorted((a, b) => b - a));
      expect(reasons.length).toBe(addressFeatures.length);
      expect(reasons.every((reason) => reason.value === null || Number.isFinite(reason.value))).toBe(true);
    }
  });

  test('ranks the issuer that deposits twice the threshold above a small transfer, for the size against the threshold first', () => {
    const [high, low] = [scoreAddress(featuresOf(large)), scoreAddress(featuresOf(small))];
    expect(high.probability).toBeGreaterThan(5 * low.probability);
    expect(high.probability).toBeGreaterThan(3 * high.baseRate);
    expect(['size-over-threshold', 'size-over-depth']).toContain(high.reasons[0]?.feature);
    expect(high.reasons.slice(0, 4).map((reason) => reason.feature)).toContain('size-over-threshold');
  });

  test('moves by a shift of prevalence as the base rate does', () => {
    const found = featuresOf(large);
    const shifted = scoreAddress(found, shippedCoefficients, -1);
    expect(logit(shifted.probability)).toBeCloseTo(logit(scoreAddress(found).probability) - 1, 9);
    expect(logit(shifted.baseRate)).toBeCloseTo(shippedCoefficients.intercept - 1, 9);
  });
});

describe('a calibrated score', () => {
  const curves: readonly Calibration[] = [{ kind: 'beta', a: 0.5, b: 0.6, c: -0.8 }, { kind: 'isotonic', from: [0, 0.01, 0.05], value: [0, 0.02, 0.3] }];
  test('is the calibrated base rate, its reasons and what calibration adds, exactly', () => {
    for (const calibration of curves) {
      const model = { ...shippedCoefficients, calibration };
      for (const { situation } of simulateEvents({ seed: 5, tokens: 4, eventsPerToken: 20 })) {
        const found = featuresOf(situation);
        const [own, raw] = [scoreAddress(found, model, 0.7), scoreAddress(found)];
        expect(own.reasons).toEqual(raw.reasons);
        expect(logit(own.baseRate) + own.reasons.reduce((sum, reason) => sum + reason.logOdds, 0) + own.calibration).toBeCloseTo(logit(own.probability), 9);
        // The shift comes after the curve.
        expect(logit(own.probability) - 0.7).toBeCloseTo(calibrated(calibration, logit(raw.probability)), 9);
        expect(logit(own.baseRate) - 0.7).toBeCloseTo(calibrated(calibration, logit(raw.baseRate)), 9);
      }
    }
    expect(scoreAddress(featuresOf(large)).calibration).toBe(0);
  });
  test('keeps the order of situations, and stays away from 0 and 1', () => {
    const odds = Array.from({ length: 400 }, (_, i) => (i - 200) / 20);
    for (const calibration of curves) {
      const said = odds.map((one) => calibrated(calibration, one));
      expect(said).toEqual([...said].sort((a, b) => a - b));
      expect(said.every(Number.isFinite)).toBe(true);
    }
    expect(calibrated(undefined, 1.25)).toBe(1.25);
  });
  test('has the prevalence that is asked for: half as many cases are half the odds', () => {
    const shift = shiftTo(shippedCoefficients, 0.01);
    expect(shift).toBeCloseTo(logit(0.01) - logit(495 / 24_000), 12);
    expect(shiftTo(shippedCoefficients, undefined)).toBe(0);
    expect(() => shiftTo(shippedCoefficients, 0)).toThrow();
  });
});

describe('training in three blocks', () => {
  const events = simulateEvents({ seed: 21, tokens: 60, eventsPerToken: 200 });
  const rows = { rows: events.map((event) => transformed(featuresOf(event.situation))), labels: events.map((event) => event.label), days: events.map((event) => event.day), groups: events.map((event) => event.token), seed: 1 };
  test('gives a calibrated model whose figures are of what it has not seen', () => {
    const trained = defined(trainAddressModel(rows, 'test-1'), 'a model');
    const { model, check, rows: counts } = trained;
    expect(model).toMatchObject({ version: 'test-1', calibration: { kind: 'beta' } });
    // Some fifty cases stretch log odds and bend nothing.
    if (model.calibration?.kind === 'beta') expect(model.calibration.a).toBe(model.calibration.b);
    expect(counts.fit).toBeGreaterThan(2 * counts.calibration);
    expect(counts.fit + counts.calibration + counts.check).toBeLessThan(events.length);
    expect(check.cases).toBeGreaterThan(20);
    expect(check.auc).toBeGreaterThan(0.55);
    expect(Math.abs(check.calibrated.calibrationError)).toBeLessThan(0.02);
    expect(trainAddressModel(rows, 'test-1')).toEqual(trained);
    // What comes last changes nothing of the model: labels of the last block are turned around.
    const last = [...rows.days].sort((a, b) => a - b)[Math.floor(0.8 * rows.days.length)] ?? 0;
    const other = trainAddressModel({ ...rows, labels: rows.labels.map((label, i) => ((rows.days[i] ?? 0) >= last ? 1 - label : label)) }, 'test-1');
    expect(other?.model).toEqual(model);
    expect(other?.check.auc).not.toBe(check.auc);
  });
  test('finds again what a fit exaggerates: a curve that halves log odds that are twice too large', () => {
    const p = Array.from({ length: 4_000 }, (_, i) => sigmoid((i - 2_000) / 500));
    const labels = p.map((one, i) => (((i * 0.618_033_988_749) % 1) < sigmoid((Math.log(one) - Math.log1p(-one)) / 2) ? 1 : 0));
    const { a, b } = fitBeta(p, labels);
    expect(a).toBeCloseTo(0.5, 1);
    expect(b).toBeCloseTo(0.5, 1);
    const stretch = fitStretch(p, labels);
    expect([stretch.a, stretch.a === stretch.b]).toEqual([expect.closeTo(0.5, 1), true]);
    // Forecasts that say the opposite are worth their prevalence.
    const opposite = fitStretch(p, labels.map((label) => 1 - label));
    expect(opposite).toMatchObject({ a: 0, b: 0 });
    expect(sigmoid(opposite.c)).toBeCloseTo(labels.filter((label) => label === 0).length / labels.length, 9);
  });
  test('without times parts whole groups, without cases gives no curve or no model', () => {
    const untimed = { ...rows, days: undefined };
    expect(trainAddressModel(untimed, 'x')?.rows).toMatchObject({ fit: expect.any(Number) });
    const { fit = 0, calibration = 0, check = 0 } = trainAddressModel(untimed, 'x')?.rows ?? {};
    expect([fit % 200, calibration % 200, check % 200, fit + calibration + check]).toEqual([0, 0, 0, events.length]);
    expect(trainAddressModel({ ...rows, labels: rows.labels.map(() => 0) }, 'x')).toBeUndefined();
    const begin = [...rows.days].sort((a, b) => a - b)[Math.floor(0.6 * rows.days.length)] ?? 0;
    const end = [...rows.days].sort((a, b) => a - b)[Math.floor(0.8 * rows.days.length)] ?? 0;
    const none = trainAddressModel({ ...rows, labels: rows.labels.map((label, i) => ((rows.days[i] ?? 0) >= begin && (rows.days[i] ?? 0) < end ? 0 : label)) }, 'x');
    expect(none?.model.calibration).toBeUndefined();
    expect(none?.check.calibrated).toEqual(none?.check.raw);
  });
});

describe('the shipped coefficients', () => {
  const events = simulateEvents({ ...shippedSize, seed: 7, tokens: 20 });

  test('are what a fit on the simulated worlds gives, digit by digit', () => {
    // Begun at what is to be shown, which is quick: there is one minimum, and to have converged is to be at it.
    const { model, fit } = fitShipped(shippedCoefficients);
    expect(fit.converged).toBe(true);
    expect(model.version).toBe(shippedCoefficients.version);
    // Exponentials differ by an ulp between engines, which may turn the sixth digit.
    const near = (a: number, b: number): void => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-5 * Math.max(0.1, Math.abs(b)));
    near(model.intercept, shippedCoefficients.intercept);
    near(model.prevalence, shippedCoefficients.prevalence);
    for (const name of addressFeatures) {
      const [own, shipped] = [model.weights[name], shippedCoefficients.weights[name]];
      for (const part of ['centre', 'scale', 'offset', 'slope'] as const) near(own[part], shipped[part]);
    }
  });

  test('keep the prevalence: forecasts of other worlds are right on average', () => {
    const mean = events.reduce((sum, { situation }) => sum + scoreAddress(featuresOf(situation)).probability, 0) / events.length;
    const prevalence = events.filter((event) => event.label === 1).length / events.length;
    expect(prevalence).toBeGreaterThan(0.005);
    expect(prevalence).toBeLessThan(0.04);
    expect(Math.abs(mean / prevalence - 1)).toBeLessThan(0.3);
  });

  test('are a fit that finds what worlds were made with: size over the threshold raises the risk, silence before it too, and liquidity lowers it', () => {
    const { model } = fitAddressModel(events, 'test');
    expect(model.weights['size-over-threshold'].slope).toBeGreaterThan(0.1);
    expect(model.weights.dormancy.slope).toBeGreaterThan(0);
    expect(model.weights['hour-liquidity'].slope).toBeLessThan(0);
  });
});
