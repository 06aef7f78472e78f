import type { ChainView, Entry, Header } from './node.ts';

/** Where to begin without a checkpoint: a block, an age, or so many blocks behind the head. The first given wins. */
export interface StartConfig {
  readonly startBlock?: number | undefined;
  readonly startAgoMs?: number | undefined;
  readonly startBehindBlocks: number;
  /** The lowest height to begin at: the block below it must exist, unless it is 0. */
  readonly firstBlock?: number;
}

/**
 * The first block to read without a checkpoint. With `startAgoMs` it is the first block that is at most so much older than the head,
 * found by bisection over timestamps (about log2(height) requests). A `startBlock` above the head is waited for.
 */
export async function startBlock(view: Pick<ChainView<Entry>, 'block'>, head: Header, config: StartConfig): Promise<number> {
  return Math.max(config.firstBlock ?? 0, await wantedStart(view, head, config));
}

async function wantedStart(view: Pick<ChainView<Entry>, 'block'>, head: Header, config: StartConfig): Promise<number> {
  if (config.startBlock !== undefined) return config.startBlock;
  if (config.startAgoMs === undefined) return Math.max(0, head.number - config.startBehindBlocks);
  const since = head.timestamp - config.startAgoMs;
  let low = -1;
  let high = head.number;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const timestamp = (await view.block(middle))?.timestamp ?? 0;
    if (timestamp >= since) high = middle;
    else low = middle;
  }
  return high;
}
