import type { HolderLabels } from '@breakwater/models/address-risk';
import { assetId } from '@breakwater/models/core';
import type { WatchedHolders } from './watched.ts';

/** The address that units come from when they are made. */
export const MINT = `0x${'0'.repeat(40)}`;
/** The token that tests of snapshots follow. */
export const TOKEN = `0x${'0c'.repeat(20)}`;
/** The n-th holder. */
export const who = (n: number): string => `0x${n.toString(16).padStart(40, '0')}`;
/** Labels that name nobody. */
export const nobody: HolderLabels = { lookup: () => undefined, labelOf: () => undefined, links: [] };
/** The token as it is watched: from its first block on, each snapshot read. */
export const watched: WatchedHolders = {
  asset: assetId('AMT'), token: TOKEN, perUnit: 1, mint: MINT, createdBlock: undefined, canBeWhole: true, knownSupply: undefined, labelOf: (label) => label, snapshots: true,
  settings: { limit: 10_000, everySeconds: 1, atOnceShare: 1, dormantWeight: 0.5 }, isAt: () => true,
};
