import { createHash } from 'node:crypto';
import type { ClusterFacts, HoldersMessage, LabelReviewMessage, TransferMessage } from '@breakwater/contracts';
import type { ChainId } from '@breakwater/models/core';
import { createDepositDays, type DepositDay, type SavedDepositDays } from './deposit-days.ts';

/** Most chains that are kept for one asset; beyond it the one that spoke longest ago is forgotten. */
const mostChains = 16;

/** The last word of one chain, with whom each named address belongs to. */
export interface ChainHolders {
  readonly message: HoldersMessage;
  readonly byAddress: ReadonlyMap<string, ClusterFacts>;
  readonly byCluster: ReadonlyMap<string, ClusterFacts>;
  /** `sha256:` of what it says: without when and in which order it was said. */
  readonly digest: string;
}

/** What is long of it and changes now and then. */
export interface SavedHolders {
  readonly chains: readonly HoldersMessage[];
  readonly review?: LabelReviewMessage | undefined;
}

/** What is known of who holds an asset: the last word of each chain, and what came to exchanges by day. */
export interface HolderMemory {
  fold(message: HoldersMessage | LabelReviewMessage): void;
  /** A deposit began to count, or was undone. */
  deposited(change: { readonly added?: TransferMessage | undefined; readonly removed?: TransferMessage | undefined }): void;
  /** Whoever tells of deposits knows none up to here any more. */
  forget(at: number): void;
  /** By chain, in order of their ids. */
  chains(): readonly ChainHolders[];
  /** The last retroactive look of any chain. */
  review(): LabelReviewMessage | undefined;
  days(): readonly DepositDay[];
  /** Counts what was folded of chains and reviews: `save` gives another value only when this did change. */
  version(): number;
  save(): SavedHolders;
  saveDays(): SavedDepositDays;
}

function indexed(message: HoldersMessage): ChainHolders {
  const said = { ...message, seq: 0, receivedAt: 0, source: '' };
  return {
    message, byAddress: new Map(message.clusters.flatMap((facts) => facts.addresses.map((address) => [address, facts] as const))), byCluster: new Map(message.clusters.map((facts) => [facts.cluster, facts])),
    digest: `sha256:${createHash('sha256').update(JSON.stringify(said)).digest('hex')}`,
  };
}

/** Nothing known yet, or what `save` and `saveDays` gave. O(clusters) for a message, O(chains) for every other call. */
export function createHolderMemory(saved?: SavedHolders, savedDays?: SavedDepositDays): HolderMemory {
  const byChain = new Map<ChainId, ChainHolders>(saved?.chains.map((message) => [message.chain, indexed(message)]));
  let review = saved?.review;
  let version = 0;
  const days = createDepositDays(savedDays);
  const add = (message: HoldersMessage): void => {
    byChain.delete(message.chain);
    byChain.set(message.chain, indexed(message));
    for (const chain of [...byChain.keys()].slice(0, Math.max(0, byChain.size - mostChains))) byChain.delete(chain);
  };
  return {
    fold: (message) => {
      version++;
      if (message.kind === 'holders') add(message);
      else review = message;
    },
    deposited: ({ added, removed }) => {
      if (removed !== undefined) days.remove(removed);
      if (added !== undefined) days.add(added);
    },
    forget: (at) => days.forget(at),
    chains: () => [...byChain.values()].sort((a, b) => (a.message.chain < b.message.chain ? -1 : 1)),
    review: () => review,
    days: () => days.days(), version: () => version,
    // In the order in which they were folded, which decides who is forgotten first.
    save: () => ({ chains: [...byChain.values()].map(({ message }) => message), ...(review === undefined ? {} : { review }) }),
    saveDays: () => days.save(),
  };
}
