import type { HoldersMessage, LabelReviewMessage } from '@breakwater/contracts';
import type { ChainId } from '@breakwater/models/core';

/** What is known of who holds an asset: the last word of each chain. */
export interface HolderMemory {
  fold(message: HoldersMessage | LabelReviewMessage): void;
  /** By chain, in order of their ids. */
  chains(): readonly HoldersMessage[];
  /** The last retroactive look of any chain. */
  review(): LabelReviewMessage | undefined;
}

/** Nothing known yet. */
export function createHolderMemory(): HolderMemory {
  const byChain = new Map<ChainId, HoldersMessage>();
  let review: LabelReviewMessage | undefined;
  return {
    fold: (message) => {
      if (message.kind === 'holders') byChain.set(message.chain, message);
      else review = message;
    },
    chains: () => [...byChain.values()].sort((a, b) => (a.chain < b.chain ? -1 : 1)),
    review: () => review,
  };
}
