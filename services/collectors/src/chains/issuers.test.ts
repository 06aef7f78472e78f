import { describe, expect, it } from '@jest/globals';
import { collectorsConfig } from '../config.ts';
import { issuersOf, labelFor } from './issuers.ts';

const { assets } = collectorsConfig.parse({ assets: { OM: { issuers: ['mantra'] }, INJ: {}, AMT: { issuers: ['amt', 'amt-labs'] } } });
const told = (asset: string, label: string): string => labelFor(issuersOf(asset, assets), label);

describe('who issued one asset', () => {
  it('is its issuer and a holder like any other of the rest', () => {
    expect([told('OM', 'issuer:mantra'), told('OM', 'treasury:mantra')]).toEqual(['issuer:mantra', 'treasury:mantra']);
    expect(['INJ', 'AMT'].map((asset) => told(asset, 'issuer:mantra'))).toEqual(['other-issuer:mantra', 'other-issuer:mantra']);
    expect(told('AMT', 'treasury:amt-labs')).toBe('treasury:amt-labs');
  });

  it('counts, where nobody is named, unless another asset names it', () => {
    expect([told('INJ', 'issuer:injective'), told('OM', 'issuer:injective')]).toEqual(['issuer:injective', 'other-issuer:injective']);
  });

  it('changes no label of another kind', () => {
    for (const label of ['exchange:mantra', 'fund:issuer', 'issuer']) expect(told('INJ', label)).toBe(label);
    expect(labelFor(issuersOf('INJ', assets), undefined)).toBeUndefined();
  });
});
