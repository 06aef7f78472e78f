import { describe, expect, it } from '@jest/globals';
import { assetId } from '@breakwater/models/core';
import { assetConfig } from '../../config.ts';
import type { WatchedToken } from '../tokens.ts';
import { watchedHolders } from './watched.ts';

const addresses = { 'eip155:1': `0x${'11'.repeat(20)}`, 'eip155:8453': `0x${'22'.repeat(20)}` } as const;
const token = (chain: keyof typeof addresses): WatchedToken => ({ asset: assetId('OM'), address: addresses[chain], decimals: 18, symbol: 'OM' });
const known = (chains: readonly (keyof typeof addresses)[]): readonly unknown[] => {
  const assets = { OM: assetConfig.parse({ float: 900, tokens: chains.map((chain) => ({ chain, address: addresses[chain], decimals: 18 })) }) };
  return chains.map((chain) => watchedHolders(chain, [token(chain)], assets).map(({ knownSupply }) => knownSupply));
};

describe('holders that are watched', () => {
  it('have the config’s float for their supply only where all of it is on one chain', () => {
    expect(known(['eip155:1'])).toEqual([[900]]);
    expect(known(['eip155:1', 'eip155:8453'])).toEqual([[undefined], [undefined]]);
  });
});
