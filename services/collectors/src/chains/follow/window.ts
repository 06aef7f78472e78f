import { reserveEventMessage, transferMessage } from '@breakwater/contracts';
import type { EpochMs, Result } from '@breakwater/models/core';
import { epochMs, err, ok } from '@breakwater/models/core';
import type { BlockRef, ChainMessage, Settlement } from './node.ts';
import { inState, messageKey } from './node.ts';

/** A block already followed. Between two held blocks there may be others: a backfill over a range holds only its last block and those with transfers. */
export interface HeldBlock extends BlockRef {
  readonly timestamp: EpochMs;
}

/**
 * The part of the chain that can still change, and what was published from it (transfers, and events of reserves, which are kept with them). Invariants: blocks ascend by number; every transfer is of a
 * held height or final-pending; `unsettled` are transfers that may or may not have been published when the process last stopped.
 */
export interface ChainWindow {
  /** The last block followed, undefined before the first. */
  tip(): HeldBlock | undefined;
  /** All held blocks, oldest first. */
  blocks(): readonly HeldBlock[];
  /** The hash held at a height, undefined when none is. */
  hashAt(number: number): string | undefined;
  /** The height up to which blocks are safe or final, 0 when not known. Falls only with a rewind. */
  settled(level: Settlement): number;
  /** Adds a block above the tip and what was published from it (messages in state `included`). */
  push(block: HeldBlock, transfers: readonly ChainMessage[]): void;
  /** Drops every block above `number` and gives back the transfers of those blocks, newest block first. With `number` -1 everything goes. */
  rewind(number: number): readonly ChainMessage[];
  /** Raises the safe or final height and gives back the transfers that became so by it, oldest first. What is final is safe. */
  advance(level: Settlement, number: number): readonly ChainMessage[];
  /** Transfers whose publication is not certain: to be published again or retracted. */
  unsettled(): readonly ChainMessage[];
  /** Notes transfers that are about to be published or retracted. */
  unsettle(transfers: readonly ChainMessage[]): void;
  /** Forgets the unsettled transfers whose fate is `decided` and published. */
  settle(decided: (transfer: ChainMessage) => boolean): void;
  /** Transfers dropped before they were final because more than `maxTransfers` were held. */
  dropped(): number;
  /** The window as text for the checkpoint. */
  encode(): string;
}

/** Bounds of a window: how many heights of hashes, and how many transfers. */
export interface WindowBounds {
  readonly heldBlocks: number;
  readonly maxTransfers: number;
}

interface WindowState {
  readonly blocks: readonly HeldBlock[];
  readonly finalized: number;
  readonly safe: number;
  readonly transfers: readonly ChainMessage[];
  readonly unsettled: readonly ChainMessage[];
}

const EMPTY: WindowState = { blocks: [], finalized: 0, safe: 0, transfers: [], unsettled: [] };

/** Makes a window, from a decoded checkpoint or empty. */
export function createWindow(bounds: WindowBounds, from: WindowState = EMPTY): ChainWindow {
  let blocks = [...from.blocks];
  let transfers = [...from.transfers];
  let unsettled = [...from.unsettled];
  const height = { safe: from.safe, final: from.finalized };
  let dropped = 0;
  const prune = (): void => {
    const oldest = (blocks.at(-1)?.number ?? 0) - bounds.heldBlocks;
    // The last block stays whatever its age: it is the place to go on from.
    if ((blocks[0]?.number ?? 0) <= oldest) blocks = blocks.filter((block, index) => block.number > oldest || index === blocks.length - 1);
    if ((transfers[0]?.block ?? Infinity) <= oldest) transfers = transfers.filter((transfer) => transfer.block > oldest || transfer.state !== 'final');
    if (transfers.length > bounds.maxTransfers) {
      dropped += transfers.length - bounds.maxTransfers;
      transfers = transfers.slice(-bounds.maxTransfers);
    }
  };
  return {
    tip: () => blocks.at(-1),
    blocks: () => blocks,
    hashAt: (number) => blocks.findLast((block) => block.number === number)?.hash,
    settled: (level) => height[level],
    push: (block, added) => {
      blocks.push({ number: block.number, hash: block.hash, timestamp: block.timestamp });
      transfers.push(...added);
      prune();
    },
    rewind: (number) => {
      const lost = transfers.filter((transfer) => transfer.block > number).reverse();
      blocks = blocks.filter((block) => block.number <= number);
      transfers = transfers.filter((transfer) => transfer.block <= number);
      height.safe = Math.min(height.safe, Math.max(0, number));
      height.final = Math.min(height.final, Math.max(0, number));
      return lost;
    },
    advance: (level, number) => {
      if (number <= height[level]) return [];
      height[level] = number;
      const isNow = (transfer: ChainMessage): boolean => transfer.block <= number && transfer.state !== 'final' && transfer.state !== level;
      const now = transfers.filter(isNow);
      transfers = transfers.map((transfer) => (isNow(transfer) ? inState(transfer, level) : transfer));
      prune();
      return now;
    },
    unsettled: () => unsettled,
    unsettle: (added) => {
      const keys = new Set(added.map(identity));
      unsettled = [...unsettled.filter((transfer) => !keys.has(identity(transfer))), ...added];
    },
    settle: (decided) => {
      unsettled = unsettled.filter((transfer) => !decided(transfer));
    },
    dropped: () => dropped,
    encode: () => JSON.stringify({ version: 1, finalized: height.final, safe: height.safe, blocks: blocks.map(({ number, hash, timestamp }) => [number, hash, timestamp]), transfers, unsettled }),
  };
}

/** A transfer, or an event of a reserve, in one particular block. */
export function identity(transfer: ChainMessage): string {
  return `${transfer.blockHash}:${messageKey(transfer)}`;
}

/** Reads a checkpoint back; the error says what is wrong with it. */
export function decodeWindow(text: string): Result<WindowState, string> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return err('not JSON');
  }
  if (typeof raw !== 'object' || raw === null) return err('not an object');
  const { version, finalized, safe = 0, blocks, transfers, unsettled } = raw as Readonly<Record<string, unknown>>;
  if (version !== 1) return err(`version ${String(version)}`);
  if (typeof finalized !== 'number' || typeof safe !== 'number' || !Array.isArray(blocks)) return err('fields missing');
  const held = blocks.map(toHeldBlock);
  if (!held.every((block) => block !== undefined)) return err('bad block');
  const published = toTransfers(transfers);
  const uncertain = toTransfers(unsettled);
  if (published === undefined || uncertain === undefined) return err('bad transfer');
  return ok({ finalized, safe, blocks: held, transfers: published, unsettled: uncertain });
}

function toHeldBlock(raw: unknown): HeldBlock | undefined {
  if (!Array.isArray(raw)) return undefined;
  const [number, hash, timestamp] = raw as readonly unknown[];
  if (typeof number !== 'number' || typeof hash !== 'string' || typeof timestamp !== 'number' || !(timestamp >= 0)) return undefined;
  return { number, hash, timestamp: epochMs(timestamp) };
}

function isReserveEvent(raw: unknown): boolean {
  return typeof raw === 'object' && raw !== null && 'kind' in raw && raw.kind === 'reserve.event';
}

function toTransfers(raw: unknown): readonly ChainMessage[] | undefined {
  const parsed = Array.isArray(raw) ? raw.map((one: unknown) => (isReserveEvent(one) ? reserveEventMessage.safeParse(one) : transferMessage.safeParse(one))) : [];
  return Array.isArray(raw) && parsed.every((one) => one.success) ? parsed.map((one) => one.data) : undefined;
}
