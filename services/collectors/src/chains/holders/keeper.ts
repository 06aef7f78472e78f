import type { TransferMessage } from '@breakwater/contracts';
import { partNames, type HolderLabels } from '@breakwater/models/address-risk';
import type { ChainId } from '@breakwater/models/core';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import type { Journal } from '@breakwater/platform/store';
import type { Reading } from '../evm/snapshot.ts';
import type { BlockRef, ChainMessage } from '../follow/node.ts';
import type { ChainWindow, HeldBlock } from '../follow/window.ts';
import type { Pause } from './in-pieces.ts';
import { labelsAs } from './known-labels.ts';
import { MARK, markNames, type SnapshotNews, type SnapshotSource, type SnapshotTaken } from './snapshot-check.ts';
import { createTokenHolders, type HoldersDraft, type ReviewDraft, type TokenHolders } from './token-holders.ts';
import type { WatchedHolders } from './watched.ts';

/**
 * Keeps who holds the tokens of a chain. It follows the window of a feed, block by block, and is saved in the same step: whatever was published twice or never, at any time it is the fold of exactly the
 * blocks that the window holds or has held.
 */
export interface HolderKeeper {
  /** Reads what was saved with the window; empty where nothing was. Called before each run. */
  load(journal: Pick<Journal, 'checkpoint'>, tip: HeldBlock | undefined): Promise<void>;
  /** A window whose changes are followed. */
  follow(window: ChainWindow): ChainWindow;
  /** What is to be saved together with the window. */
  parts(): Readonly<Record<string, string>>;
  /** Told of a snapshot that a token says it took in a block, before that block is followed. */
  taken(block: BlockRef, token: string, snapshot: SnapshotTaken): void;
  /** Reads on what tokens say of their last snapshots, once a poll has followed everything; what was found. Rejects only when the caller stopped. */
  check(view: Reading, tip: HeldBlock, pause: Pause): Promise<readonly SnapshotNews[]>;
  /**
   * What is to be published, once a poll has followed everything: after the transfers of its blocks and before a promise that covers them. It pauses every few milliseconds, and no block may be followed
   * before it is done.
   */
  due(tip: HeldBlock, pause: Pause): Promise<readonly (HoldersDraft | ReviewDraft)[]>;
  stats(): HolderStats;
  /** What could not be read of snapshots, by reason, over all tokens. */
  rejects(): Readonly<Record<string, number>>;
}

/** What is held, over all tokens. */
export interface HolderStats {
  readonly addresses: number;
  readonly folded: number;
  readonly lostReorgs: number;
}

/** What a keeper is made of. */
export interface HolderKeeperDeps {
  readonly chain: ChainId;
  readonly watched: readonly WatchedHolders[];
  readonly labels: HolderLabels;
  /** How snapshots of holders are read on the chain, where there are any. */
  readonly snapshots?: SnapshotSource | undefined;
}

/** Snapshots that are remembered until their block is followed: a token that takes several in a block has its last one read. */
const MOST_TAKEN = 256;
/** The part that says which block the others reach. */
const TIP = 'tip';
/** What else is saved of a token beside its state, as it is where that begins afresh. */
const AFRESH: ReadonlyMap<string, string> = new Map([['said', ''], ['labels', ''], ['owed', 'changed'], ['review', ''], [MARK, '']]);

/** Makes a keeper. It holds nothing before `load`. */
export function createHolderKeeper({ chain, watched, labels, snapshots }: HolderKeeperDeps): HolderKeeper {
  let tokens = new Map<string, TokenHolders>();
  const taken = new Map<string, SnapshotTaken>();
  // What is to be saved besides, once: that what was saved before does not count.
  const forgotten = new Map<string, string>();
  let tipNow = (): HeldBlock | undefined => undefined;
  const keyOf = (token: string, name: string): string => `chain:${chain}:holders:${token}${name === '' ? '' : `:${name}`}`;
  const load = async (journal: Pick<Journal, 'checkpoint'>, one: WatchedHolders, tip: HeldBlock | undefined): Promise<TokenHolders> => {
    const parts = new Map<string, string>();
    const fetch = async (name: string): Promise<void> => {
      const text = await journal.checkpoint(keyOf(one.token, name));
      if (text !== undefined) parts.set(name, text);
    };
    try {
      await fetch('');
      await fetch(TIP);
      // Saved with another place in the chain: blocks passed while nobody looked, and what is between is not known.
      if (parts.has('') && parts.get(TIP) !== placeOf(tip)) {
        parts.clear();
        for (const [name, text] of AFRESH) forgotten.set(keyOf(one.token, name), text);
      }
      for (const name of [...partNames(parts.get('')), ...(parts.has('') ? AFRESH.keys() : [])]) await fetch(name);
      for (const name of markNames(parts.get(MARK))) await fetch(name);
      const holders = createTokenHolders({ chain, watched: one, labels: labelsAs(labels, one.labelOf), snapshots, read: (name) => parts.get(name) });
      // A token that joins a chain which is followed already begins where the chain is.
      if (tip !== undefined) holders.push({ ...tip, number: Math.max(1, tip.number) }, []);
      return holders;
    } catch (error) {
      throw new BreakwaterError('store-corrupt', `checkpoint ${keyOf(one.token, '')}: ${messageOf(error)}`, { cause: error });
    }
  };
  const each = (work: (holders: TokenHolders, token: string) => void): void => {
    for (const [token, holders] of tokens) work(holders, token);
  };
  /** Of several tokens that are one asset at a time, the one with the larger supply speaks, and does not speak of all then. */
  const speakers = (tip: HeldBlock): readonly { readonly holders: TokenHolders; readonly isAlone: boolean }[] => {
    const byAsset = new Map<string, { readonly holders: TokenHolders; readonly isAlone: boolean }>();
    const supply = ({ state }: TokenHolders): bigint => state.figures().positive;
    each((holders) => {
      const other = byAsset.get(holders.asset)?.holders;
      if (holders.isAt(tip)) byAsset.set(holders.asset, { holders: other !== undefined && supply(holders) <= supply(other) ? other : holders, isAlone: other === undefined });
    });
    return [...byAsset.values()];
  };
  /** A window whose changes go to every token. */
  const followed = (window: ChainWindow): ChainWindow => ({
    ...window,
    push: (block, messages) => {
      window.push(block, messages);
      each((holders, token) => holders.push(block, messages.filter((message): message is TransferMessage => isOf(message, token)), taken.get(`${block.hash} ${token}`)));
    },
    rewind: (number) => {
      const lost = window.rewind(number);
      each((holders) => holders.rewind(number));
      return lost;
    },
    advance: (level, number) => {
      const now = window.advance(level, number);
      if (level === 'final') each((holders) => holders.settle(number));
      return now;
    },
  });
  return {
    load: async (journal, tip) => {
      forgotten.clear();
      taken.clear();
      const loaded = new Map<string, TokenHolders>();
      for (const one of watched) loaded.set(one.token, await load(journal, one, tip));
      tokens = loaded;
    },
    follow: (window) => {
      tipNow = () => window.tip();
      return followed(window);
    },
    parts: () => {
      const parts: Record<string, string> = Object.fromEntries(forgotten);
      forgotten.clear();
      const place = placeOf(tipNow());
      each((holders, token) => {
        for (const [name, text] of holders.parts()) parts[keyOf(token, name)] = text;
        parts[keyOf(token, TIP)] = place;
      });
      return parts;
    },
    taken: (block, token, snapshot) => {
      taken.set(`${block.hash} ${token}`, snapshot);
      for (const oldest of taken.keys()) {
        if (taken.size <= MOST_TAKEN) break;
        taken.delete(oldest);
      }
    },
    check: async (view, tip, pause) => {
      const news: SnapshotNews[] = [];
      for (const holders of tokens.values()) {
        const found = await holders.check(view, tip, pause);
        if (found !== undefined) news.push(found);
      }
      return news;
    },
    due: async (tip, pause) => {
      const drafts: (HoldersDraft | ReviewDraft)[] = [];
      for (const { holders, isAlone } of speakers(tip)) drafts.push(...(await holders.due(tip, isAlone, pause)));
      return drafts;
    },
    stats: () => [...tokens.values()].map(({ state }) => state.figures()).reduce((sum, figures) => ({ addresses: sum.addresses + figures.addresses, folded: sum.folded + figures.folded, lostReorgs: sum.lostReorgs + figures.lostReorgs }), { addresses: 0, folded: 0, lostReorgs: 0 }),
    rejects: () => {
      const sum: Record<string, number> = {};
      each((holders) => {
        for (const [reason, count] of Object.entries(holders.rejects())) sum[reason] = (sum[reason] ?? 0) + count;
      });
      return sum;
    },
  };
}

function isOf(message: ChainMessage, token: string): boolean {
  return message.kind === 'transfer' && message.token === token;
}

function placeOf(tip: HeldBlock | undefined): string {
  return tip === undefined ? '' : `${tip.number}:${tip.hash}`;
}
