import type { EvmFeedConfig } from './config.ts';
import type { Header } from './map.ts';
import type { ChainRpc } from './rpc.ts';

/**
 * The first block to read without a checkpoint. With `startAgoMs` it is the first block that is at most so much older than the head,
 * found by bisection over timestamps (about log2(height) requests). A `startBlock` above the head is waited for.
 */
export async function startBlock(rpc: ChainRpc, head: Header, config: Pick<EvmFeedConfig, 'startBlock' | 'startAgoMs' | 'startBehindBlocks'>): Promise<number> {
  if (config.startBlock !== undefined) return config.startBlock;
  if (config.startAgoMs === undefined) return Math.max(0, head.number - config.startBehindBlocks);
  const since = head.timestamp - config.startAgoMs;
  let low = -1;
  let high = head.number;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const timestamp = (await rpc.block(middle))?.timestamp ?? 0;
    if (timestamp >= since) high = middle;
    else low = middle;
  }
  return high;
}
