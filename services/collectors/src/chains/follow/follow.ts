import { defined } from '@breakwater/models/core';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { ChainMessage, ChainView, Draft, Entry, Header, Settlement } from './node.ts';
import { messageKey } from './node.ts';
import { startBlock, type StartConfig } from './start.ts';
import type { ChainWindow } from './window.ts';
import { identity } from './window.ts';

/** What following a head came to. `behind` is a node with fewer blocks than held; `mismatch` needs a second opinion before anything is done. */
export type StepOutcome = { readonly kind: 'followed' | 'unchanged' | 'behind' } | ({ readonly kind: 'mismatch' } & Mismatch);

/** A node's chain that leaves ours too early. `number` and `hash` are its first block that differs: two nodes that name the same agree. */
export interface Mismatch {
  readonly number: number;
  readonly hash: string;
  /** Blocks that would be lost. */
  readonly depth: number;
  /** Whether some of them were final. */
  readonly final: boolean;
  readonly detail: string;
}

/** How a chain is followed; depths are blocks. */
export interface FollowConfig extends StartConfig {
  readonly maxReorgDepth: number;
  /** Blocks below the head that are read one by one, so that a reorganisation takes back no more than it must. Older ones are read by ranges where the family can. */
  readonly singleBlocks: number;
  readonly backfillBlocks: number;
  readonly maxEntriesPerAnswer: number;
}

/** What following needs besides a node. */
export interface FollowDeps<E extends Entry> {
  readonly window: ChainWindow;
  readonly config: FollowConfig;
  readonly signal: AbortSignal;
  /** Decodes an entry of a block, whose entries are `ofBlock`; rejects are counted by the owner. */
  readonly decode: (entry: E, header: Header, ofBlock: readonly E[]) => readonly Draft[];
  /** Stamps a transfer for publishing in its block's state. */
  readonly included: (transfer: Draft) => ChainMessage;
  /** Stamps a transfer as reverted or final, now. */
  readonly changed: (transfer: ChainMessage, state: 'reverted' | Settlement) => ChainMessage;
  readonly publish: (messages: readonly ChainMessage[]) => Promise<void>;
  readonly save: () => Promise<void>;
  readonly onBlock: (header: Header, headNumber: number) => void;
  readonly onReorg: (depth: number, transfers: number) => void;
}

/** Follows one chain, a head at a time. */
export interface Follower<E extends Entry> {
  /** Brings the window to `head` as `view` sees it: block by block, or by ranges while far behind. `acceptDeep` allows what otherwise is a mismatch. Rejects with a `BreakwaterError`; what was done until then stays done. */
  step(view: ChainView<E>, head: Header, acceptDeep: boolean): Promise<StepOutcome>;
  /** Publishes what became safe or final when blocks up to `number` did. */
  advance(level: Settlement, number: number): Promise<void>;
}

/** Blocks without transfers between two checkpoints: a restart reads at most this many again. */
const SAVE_EVERY_BLOCKS = 32;
/** Ranges read without a refusal before a wider one is tried. */
const SUCCESSES_TO_WIDEN = 4;

/** Makes a follower over a window. The window changes only after what it stands for is published; before each publication the checkpoint names what is about to be published, so that no crash leaves a lost block's transfer standing. */
export function createFollower<E extends Entry>(deps: FollowDeps<E>): Follower<E> {
  const { window, config, signal } = deps;
  let unsaved = 0;
  // Width of the next range; halved when refused, doubled after some successes, so that a fixed limit of a node costs little.
  let range = config.backfillBlocks;
  let successes = 0;

  const save = async (): Promise<void> => {
    await deps.save();
    unsaved = 0;
  };

  /** Publishes the transfers of blocks in (tip, block] and moves the tip. */
  const take = async (block: Header, headNumber: number, transfers: readonly ChainMessage[], between: readonly Header[] = []): Promise<void> => {
    const now = new Set(transfers.map(identity));
    const keys = new Set(transfers.map(messageKey));
    // An unsettled transfer that is back in another block is retracted before it is published from there, never after.
    const decided = (transfer: ChainMessage): boolean => transfer.block <= block.number || keys.has(messageKey(transfer));
    const stale = onePerKey(window.unsettled().filter((transfer) => decided(transfer) && !now.has(identity(transfer))));
    if (transfers.length + stale.length > 0) {
      window.unsettle(transfers);
      await save();
      await deps.publish([...stale.map((transfer) => deps.changed(transfer, 'reverted')), ...transfers]);
    }
    window.settle(decided);
    for (const header of [...between, block]) {
      window.push(header, transfers.filter((transfer) => transfer.block === header.number));
      deps.onBlock(header, headNumber);
    }
    if (transfers.length + stale.length > 0 || ++unsaved >= SAVE_EVERY_BLOCKS) await save();
  };

  const decodeAll = (entries: readonly E[], header: Header): readonly ChainMessage[] =>
    [...entries].sort((a, b) => a.logIndex - b.logIndex).flatMap((entry) => deps.decode(entry, header, entries).map((draft) => deps.included(draft)));

  const next = async (view: ChainView<E>, head: Header, acceptDeep: boolean): Promise<StepOutcome | undefined> => {
    const tip = window.tip();
    const number = tip === undefined ? 0 : tip.number + 1;
    const header = number === head.number ? head : await mustHave(view, number);
    if (tip !== undefined && header.parent !== tip.hash) return rewind(view, acceptDeep);
    await take(header, head.number, decodeAll(await view.entries(header), header));
    return undefined;
  };

  const backfill = async (view: ChainView<E>, head: Header, acceptDeep: boolean): Promise<StepOutcome | undefined> => {
    const tip = defined(window.tip(), 'a tip to backfill from');
    const from = tip.number + 1;
    const to = Math.min(head.number - config.singleBlocks, from + range - 1);
    if (view.range === undefined || to <= from) {
      const outcome = await next(view, head, acceptDeep);
      widen();
      return outcome;
    }
    if ((await view.block(tip.number))?.hash !== tip.hash) return rewind(view, acceptDeep);
    const found = await rangeOf(view.range, from, to);
    if (found === undefined) return undefined;
    const headers = new Map<number, Header>();
    const transfers: ChainMessage[] = [];
    for (const number of [...new Set([...found.map((entry) => entry.block), to])].sort((a, b) => a - b)) {
      const header = await mustHave(view, number);
      headers.set(number, header);
      const ofBlock = found.filter((entry) => entry.block === number);
      if (ofBlock.some((entry) => entry.blockHash !== header.hash)) throw new BreakwaterError('chain-mismatch', `block ${number}: its entries are of another block of that height`);
      transfers.push(...decodeAll(ofBlock, header));
    }
    // Near the head a reorganisation may have come while the range was read: then its end is of another fork than the block held below it.
    if (to > head.number - config.maxReorgDepth && (await view.block(tip.number))?.hash !== tip.hash) return rewind(view, acceptDeep);
    const last = defined(headers.get(to), 'the last header of the range');
    headers.delete(to);
    await take(last, head.number, transfers, [...headers.values()]);
    widen();
    return undefined;
  };

  const widen = (): void => {
    if (++successes < SUCCESSES_TO_WIDEN) return;
    range = Math.min(config.backfillBlocks, range * 2);
    successes = 0;
  };

  /** Entries of a range; undefined when the range must be narrower, which is noted. What has nothing to do with the range shows again at one block and is thrown there. */
  const rangeOf = async (read: NonNullable<ChainView<E>['range']>, from: number, to: number): Promise<readonly E[] | undefined> => {
    const answer = await read(from, to);
    if (answer.ok && answer.value.length < config.maxEntriesPerAnswer) return answer.value;
    const half = Math.max(1, Math.floor((to - from + 1) / 2));
    // Where the node says what would work it is taken at its word, as long as that is narrower.
    range = answer.ok ? half : Math.max(1, Math.min(answer.error.blocks ?? half, to - from));
    successes = 0;
    return undefined;
  };

  const rewind = async (view: ChainView<E>, acceptDeep: boolean): Promise<StepOutcome | undefined> => {
    const tip = defined(window.tip(), 'a tip to rewind');
    const found = await divergence(view, window);
    if (found.kind === 'behind') return found;
    if (found.ancestor === tip.number) throw new BreakwaterError('chain-mismatch', `block ${tip.number + 1}: its parent is not block ${tip.number} of the same node`);
    const depth = tip.number - found.ancestor;
    const past = found.ancestor < window.settled('final');
    if (!acceptDeep && (depth > config.maxReorgDepth || past || found.ancestor < 0)) {
      const why = found.ancestor < 0 ? 'no common block is held' : past ? `blocks up to ${window.settled('final')} were final` : `deeper than ${config.maxReorgDepth}`;
      return { kind: 'mismatch', number: found.number, hash: found.hash, depth, final: past, detail: `the node replaces ${depth} blocks from ${found.number} on: ${why}` };
    }
    // With no common block the chain is followed again from the oldest height that was held; what lay below is out of reach.
    const anchor = found.ancestor < 0 && found.number > 0 ? await mustHave(view, found.number - 1) : undefined;
    const lost = window.rewind(found.ancestor);
    if (anchor !== undefined) window.push(anchor, []);
    deps.onReorg(depth, lost.length);
    window.unsettle(lost);
    await save();
    const retract = onePerKey(window.unsettled());
    if (retract.length > 0) await deps.publish(retract.map((transfer) => deps.changed(transfer, 'reverted')));
    window.settle(() => true);
    await save();
    return undefined;
  };

  return {
    step: async (view, head, acceptDeep) => {
      if (window.tip() === undefined) {
        const start = await startBlock(view, head, config);
        if (start > head.number) return { kind: 'unchanged' };
        if (start > 0) window.push(await mustHave(view, start - 1), []);
      }
      const tip = window.tip();
      if (tip?.hash === head.hash) return { kind: 'unchanged' };
      if (tip !== undefined && head.number <= tip.number) {
        if (window.hashAt(head.number) === head.hash || head.number < (window.blocks()[0]?.number ?? 0)) return { kind: 'behind' };
        const outcome = await rewind(view, acceptDeep);
        if (outcome !== undefined) return outcome;
      }
      while ((window.tip()?.number ?? -1) < head.number) {
        if (signal.aborted) throw new BreakwaterError('aborted', 'following cancelled: the caller stopped');
        const from = window.tip()?.number;
        const far = from !== undefined && head.number - from > config.singleBlocks;
        const outcome = far ? await backfill(view, head, acceptDeep) : await next(view, head, acceptDeep);
        if (outcome !== undefined) return outcome;
      }
      if (unsaved > 0) await save();
      return { kind: 'followed' };
    },
    advance: async (level, number) => {
      const before = window.settled(level);
      const now = window.advance(level, number);
      if (now.length > 0) await deps.publish(now.map((transfer) => deps.changed(transfer, level)));
      if (now.length > 0 || number > before) await save();
    },
  };
}

/** The last transfer of each key: after a crash one transaction can be unsettled in two blocks, and is retracted once. */
function onePerKey(transfers: readonly ChainMessage[]): readonly ChainMessage[] {
  return [...new Map(transfers.map((transfer) => [messageKey(transfer), transfer])).values()];
}

async function mustHave(view: ChainView<Entry>, number: number): Promise<Header> {
  const header = await view.block(number);
  if (header === undefined) throw new BreakwaterError('bad-answer', `block ${number}: the node named a higher head and does not have it`);
  return header;
}

type Divergence = { readonly kind: 'behind' } | { readonly kind: 'found'; readonly ancestor: number; readonly number: number; readonly hash: string };

/**
 * Finds the highest held block that the node has too, by bisection (agreement can only end once), and the node's first block after it.
 * `ancestor` is -1 when it has none of them. At most log2(held blocks) + 2 requests.
 */
async function divergence(view: ChainView<Entry>, window: ChainWindow): Promise<Divergence> {
  const blocks = window.blocks();
  let low = -1;
  let high = blocks.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const block = defined(blocks[middle], 'a held block');
    if ((await view.block(block.number))?.hash === block.hash) low = middle;
    else high = middle;
  }
  const ancestor = blocks[low]?.number ?? -1;
  if (high === blocks.length) return { kind: 'found', ancestor, number: ancestor + 1, hash: '' };
  const number = low < 0 ? defined(blocks[0], 'a held block').number : ancestor + 1;
  const theirs = await view.block(number);
  return theirs === undefined ? { kind: 'behind' } : { kind: 'found', ancestor, number, hash: theirs.hash };
}
