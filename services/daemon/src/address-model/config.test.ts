import { describe, expect, it } from '@jest/globals';
import { shippedCoefficients, type AddressModel } from '@breakwater/models/address-risk';
import { printProblem } from '@breakwater/platform/config';
import { readAddressModel } from './config.ts';
import { parseConfig } from '../config.ts';
import { scoringSettings } from '../settings.ts';

const own: AddressModel = { ...shippedCoefficients, version: 'own-1', prevalence: 0.04, calibration: { kind: 'beta', a: 0.8, b: 1.1, c: -0.2 } };
const steps: AddressModel = { ...own, calibration: { kind: 'isotonic', from: [0, 0.1], value: [0.01, 0.3] } };

describe('a model of addresses in a file', () => {
  it('is read as it was written, alone or among what training wrote', () => {
    for (const model of [shippedCoefficients, own, steps]) {
      expect(readAddressModel(JSON.stringify(model))).toEqual({ ok: true, value: model });
      expect(readAddressModel(JSON.stringify({ model: 'trees', fitted: {}, addressModel: model }))).toEqual({ ok: true, value: model });
    }
  });
  it('is refused with what is wrong of it', () => {
    const said = (text: string): string => {
      const read = readAddressModel(text);
      return read.ok ? '' : read.error;
    };
    expect(said('{')).toContain('must be JSON');
    expect(said('{}')).toContain('must be a model of addresses');
    for (const prevalence of [0.5, 1]) expect(said(JSON.stringify({ ...own, prevalence }))).toContain('prevalence');
    expect(said(JSON.stringify({ ...own, weights: { ...own.weights, age: { ...own.weights.age, scale: 0 } } }))).toContain('weights.age.scale');
    expect(said(JSON.stringify({ ...steps, calibration: { kind: 'isotonic', from: [0, 1], value: [0.3, 0.1] } }))).toContain('must rise');
    expect(said(JSON.stringify({ ...own, calibration: { kind: 'beta', a: -1, b: 1, c: 0 } }))).toContain('calibration');
  });
  it('scores where the config names it, shifted to the prevalence that it names', () => {
    const config = (risk: object, file = JSON.stringify(own)): ReturnType<typeof parseConfig> => parseConfig(JSON.stringify({ assets: { OM: {} }, venues: { okx: {} }, scoring: { risk } }), () => file);
    const riskOf = (risk: object): unknown => {
      const parsed = config(risk);
      if (!parsed.ok) throw new Error(parsed.error.map(printProblem).join('\n'));
      return scoringSettings(parsed.value).risk;
    };
    expect(riskOf({})).toEqual({ model: shippedCoefficients, shift: 0 });
    expect(riskOf({ model_file: 'own.json' })).toEqual({ model: own, shift: 0 });
    expect(riskOf({ model_file: 'own.json', prevalence: 0.02 })).toEqual({ model: own, shift: expect.closeTo(Math.log(0.02 / 0.98) - Math.log(0.04 / 0.96), 12) });
    expect(config({ model_file: 'own.json' }, '{"a":1}')).toMatchObject({ ok: false, error: [{ path: 'scoring.risk.model_file', rule: expect.stringContaining('must be a model of addresses') }] });
    expect([0, 0.5, 0.9].map((prevalence) => config({ prevalence }).ok)).toEqual([false, false, false]);
    expect(config({ prevalence: 0.49 }).ok).toBe(true);
    expect(JSON.stringify(config({ prevalence: 0.5 }))).toContain('below 0.5');
  });
});

describe('what was sold over the counter', () => {
  const assetOf = (otc: object): ReturnType<typeof parseConfig> => parseConfig(JSON.stringify({ assets: { OM: { otc: [{ to: 'Fund:Laser', units: 1e6, at: '2025-03-01', ...otc }] } }, venues: { okx: {} } }), () => '');
  it('has a price or a discount, and comes to scoring with either', () => {
    const sales = (otc: object): unknown => {
      const parsed = assetOf(otc);
      return parsed.ok ? scoringSettings(parsed.value).assets[0]?.otc : parsed.error.map(({ path, rule }) => [path, rule]);
    };
    expect(sales({ price: 3.1 })).toEqual([{ to: 'fund:laser', units: 1e6, at: Date.UTC(2025, 2, 1), terms: { price: 3.1 } }]);
    expect(sales({ discount: 0.5 })).toEqual([{ to: 'fund:laser', units: 1e6, at: Date.UTC(2025, 2, 1), terms: { discount: 0.5 } }]);
    expect(sales({})).toEqual([['assets.OM.otc.0', 'give a price or a discount']]);
    expect(assetOf({ price: 3.1, discount: 0.5 }).ok).toBe(false);
    expect(assetOf({ discount: 1 }).ok).toBe(false);
  });
});
