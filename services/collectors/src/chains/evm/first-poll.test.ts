import { describe, expect, it } from '@jest/globals';
import type { Message } from '@breakwater/contracts';
import { defined } from '@breakwater/models/core';
import type { Endpoint } from '@breakwater/platform/simulated';
import type { EvmFeedConfig } from './config.ts';
import type { PlannedTransfer } from './test-memory-chain.ts';
import { createMemoryChain } from './test-memory-chain.ts';
import type { Rig } from './test-rig.ts';
import { createRig, START, TOKEN } from './test-rig.ts';

const SECONDS = START / 1000;
const BLOCKS = 3;
const DELAY_MS = 6_000;
/** One way, and longer than the second to which the new block's timestamp is rounded up: so a promise that counts from the answer on covers that block. */
const LATENCY_MS = 1_500;

/** Transfer of the block at a height; every block but the genesis has one. */
function transfer(block: number): PlannedTransfer {
  return { token: TOKEN, from: `0x${'aa'.repeat(20)}`, to: `0x${'bb'.repeat(20)}`, value: 1n, tx: `0x${block.toString(16).padStart(64, '0')}` };
}

interface Played {
  readonly rig: Rig;
  /** The height that the first poll was told of. */
  readonly head: number;
  /** Whether the block came before the feed asked for the head a second time. */
  readonly inFirstPoll: boolean;
}

/**
 * Starts a feed on a chain of `BLOCKS` blocks and mines one more at `point` of the node's work: point 2k is just before it answers request k, point
 * 2k + 1 just after. The block has the oldest timestamp (whole seconds) with which it still comes within `DELAY_MS`.
 */
async function play(config: Partial<EvmFeedConfig>, point: number): Promise<Played> {
  const chain = createMemoryChain('main', SECONDS - 120);
  const mine = (timestamp: number): void => void chain.mine(timestamp, [transfer(chain.head().number + 1)]);
  for (let i = 0; i < BLOCKS; i++) mine(chain.head().timestamp + 12);
  const answers = chain.node({ finalizedDepth: 32 });
  let head: number | undefined;
  let asked = 0;
  let points = 0;
  let inFirstPoll = false;
  const pass = (): void => {
    if (points++ !== point) return;
    inFirstPoll = asked < 2;
    mine(Math.ceil((rig.clock.now() - DELAY_MS) / 1000));
  };
  const node: Endpoint = {
    ...answers,
    request: async (request) => {
      const asksHead = request.body?.includes('"latest"') === true;
      if (asksHead) asked++;
      pass();
      if (asksHead) head ??= chain.head().number;
      const answer = await answers.request(request);
      pass();
      return answer;
    },
  };
  const rig = createRig({ a: node }, { config: { ...config, watermarkDelayMs: DELAY_MS }, latencyMs: [LATENCY_MS, LATENCY_MS] });
  rig.start();
  // A round trip is three seconds: the longest first poll takes less than 40, and the one after it less than 10.
  await rig.advance(60_000);
  await rig.stop();
  return { rig, head: defined(head, 'a head that was asked for'), inFirstPoll };
}

/** Transfers that a watermark before them had ruled out. */
function brokenPromises(published: readonly Message[]): readonly Message[] {
  let promised = 0;
  return published.filter((message) => {
    if (message.kind === 'watermark') promised = message.eventTime;
    return message.kind === 'transfer' && message.eventTime <= promised;
  });
}

describe('a block that comes during the first poll', () => {
  it.each<[Partial<EvmFeedConfig>, from: (head: number) => number, leastPoints: number]>([
    [{ startBlock: 0 }, () => 1, 20],
    [{ startBlock: 0, maxReorgDepth: 1 }, () => 1, 20],
    [{ startBehindBlocks: 1 }, (head) => head - 1, 14],
    [{}, (head) => head, 10],
    // The blocks before the new one are 12 s apart and end 84 s before the start.
    [{ startAgoMs: 30_000 }, (head) => (head === BLOCKS ? 1 : BLOCKS + 1), 20],
    [{ startBlock: BLOCKS + 1 }, () => BLOCKS + 1, 4],
  ])('is followed, and no watermark rules it out, whenever it comes: %j', async (config, from, leastPoints) => {
    let point = 0;
    for (let played = await play(config, point); played.inFirstPoll; played = await play(config, ++point)) {
      const { rig, head } = played;
      const first = from(head);
      expect({
        point,
        transfers: rig.transfers().map(({ state, block }) => [state, block]),
        broken: brokenPromises(rig.published),
        last: rig.published.at(-1)?.kind,
      }).toEqual({
        point,
        transfers: Array.from({ length: BLOCKS + 2 - first }, (_, index) => ['included', first + index]),
        broken: [],
        last: 'watermark',
      });
      expect(rig.feed()?.stats()).toMatchObject({ tip: BLOCKS + 1, lateBlocks: 0, failures: 0, reorgs: 0 });
      expect(rig.health().at(-1)).toMatchObject({ status: 'ok', reason: 'following' });
    }
    expect(point).toBeGreaterThanOrEqual(leastPoints);
  });
});
