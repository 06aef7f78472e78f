import { describe, expect, it } from '@jest/globals';
import type { HolderLabels } from '@breakwater/models/address-risk';
import { assetId, chainId, epochMs, ok } from '@breakwater/models/core';
import type { SnapshotReader } from '../evm/snapshot.ts';
import type { HeldBlock } from '../follow/window.ts';
import type { SnapshotNews } from './snapshot-check.ts';
import { createTokenHolders, type TokenHolders } from './token-holders.ts';
import type { WatchedHolders } from './watched.ts';

const MINT = `0x${'0'.repeat(40)}`;
const TOKEN = `0x${'0c'.repeat(20)}`;
const who = (n: number): string => `0x${n.toString(16).padStart(40, '0')}`;
const nobody: HolderLabels = { lookup: () => undefined, labelOf: () => undefined, links: [] };
const watched: WatchedHolders = {
  asset: assetId('AMT'), token: TOKEN, perUnit: 1, mint: MINT, createdBlock: undefined, canBeWhole: true, knownSupply: undefined, labelOf: (label) => label, snapshots: true,
  settings: { limit: 10_000, everySeconds: 1, atOnceShare: 1, dormantWeight: 0.5 }, isAt: () => true,
};
type Move = readonly [from: string, to: string, amount: bigint];

/** A token that is followed, whose snapshots are read as `reader` answers; saved after each block. */
function following(reader: SnapshotReader, over: { readonly limit?: number } = {}) {
  const store = new Map<string, string>();
  const one = { ...watched, settings: { ...watched.settings, limit: over.limit ?? watched.settings.limit } };
  let holders: TokenHolders;
  let tip: HeldBlock = { number: 0, hash: 'h0', timestamp: epochMs(0) };
  const save = (): void => {
    for (const [name, text] of holders.parts()) store.set(name, text);
  };
  const start = (snapshots = true): void => {
    holders = createTokenHolders({ chain: chainId('eip155:1'), watched: { ...one, snapshots }, labels: nobody, snapshots: reader, labelled: () => [], read: (name) => store.get(name) });
  };
  const mine = (moves: readonly Move[], snapshot?: bigint): void => {
    if (tip.number > 0 || moves.length > 0) tip = { number: tip.number + 1, hash: `h${String(tip.number + 1)}`, timestamp: epochMs((tip.number + 1) * 1000) };
    holders.push(tip, moves.map(([from, to, amount], logIndex) => ({ from, to, amount: amount.toString(), logIndex })), snapshot === undefined ? undefined : { id: snapshot, logIndex: moves.length });
    save();
  };
  start();
  mine([]);
  return {
    store, start, mine, save,
    settle: () => {
      holders.settle(tip.number);
    },
    check: async (): Promise<SnapshotNews | undefined> => {
      const news = await holders.check({ read: async () => [] }, tip, async () => undefined);
      save();
      return news;
    },
    balance: (address: string) => holders.state.get(address)?.balance,
    isComplete: () => holders.state.figures().isComplete,
  };
}

describe('a snapshot that is being read', () => {
  const at = new Map([[who(1), 100n]]);
  const honest: SnapshotReader = { supplyAt: async () => ok(100n), balancesAt: async (_view, _at, _token, _id, addresses) => ok(addresses.map((address) => at.get(address) ?? 0n)) };

  it('is let go when snapshots are switched off: what moved until they are on again is not held against it', async () => {
    const one = following(honest);
    one.mine([[MINT, who(1), 100n]], 1n);
    expect(one.store.get('mark')).toMatch(/"id":"1"/);
    one.start(false);
    one.mine([[who(1), who(2), 40n]]);
    expect(await one.check()).toBeUndefined();
    one.start();
    one.settle();
    for (let i = 0; i < 10; i++) expect(await one.check()).toBeUndefined();
    expect([one.balance(who(1)), one.balance(who(2)), one.isComplete(), one.store.get('mark')]).toEqual([60n, 40n, true, '']);
  });
});
