import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { evmFeedConfig } from './config.ts';
import type { AnvilNode } from './test-anvil.ts';
import { anvilIsHere, createRealFeed, RECEIVER, SENDER, startAnvil } from './test-anvil.ts';
import { standing } from './test-rig.ts';

(anvilIsHere() ? describe : describe.skip)('on a real node', () => {
  const config = evmFeedConfig.parse({ startBlock: 0, pollEveryMs: 50, backfillBlocks: 20, maxReorgDepth: 16 });
  const chain = createRealFeed((address) => (address === RECEIVER ? 'exchange:okx' : undefined));
  let node: AnvilNode;
  /** Waits until the feed is at the node's head, which nothing moves meanwhile, and has said so. */
  const caughtUp = async (): Promise<void> => {
    const head = await node.height();
    await chain.until(() => chain.feed()?.stats().tip === head && chain.published.at(-1)?.kind === 'watermark');
  };

  beforeAll(async () => {
    // Its blocks are dated long ago, so that the clock and not the head sets the watermark, and every poll raises it.
    node = await startAnvil();
  });
  afterAll(async () => {
    await chain.stop();
    await node.end();
  });

  it('follows transfers, a reorganisation, and what happened while it was down', async () => {
    // Mined while the feed makes its first poll.
    chain.start([node.url], config);
    for (let value = 1; value <= 5; value++) await node.send(value * 100);
    await caughtUp();
    expect(chain.transfers().map(({ units, from, to, toLabel, state, logIndex }) => ({ units, from, to, toLabel, state, logIndex }))).toEqual(
      [1, 2, 3, 4, 5].map((units) => ({ units, from: SENDER, to: RECEIVER, toLabel: 'exchange:okx', state: 'included', logIndex: 0 })));
    expect(standing(chain.transfers())).toEqual(await node.wanted());

    // The last three blocks are replaced; one new transfer goes into the first of them.
    await node.rpc('anvil_reorg', [3, [[node.transferCall(777), 0]]]);
    await node.rpc('anvil_mine', ['0x1']);
    await caughtUp();
    expect(chain.transfers().filter(({ state }) => state === 'reverted').map(({ units }) => units)).toEqual([5, 4, 3]);
    expect(standing(chain.transfers())).toEqual(await node.wanted());
    expect(standing(chain.transfers()).length).toBe(3);

    // Down: blocks are lost and many more come, farther than one range.
    await chain.stop();
    const before = chain.transfers().length;
    await node.rpc('anvil_reorg', [2, []]);
    for (let value = 1; value <= 3; value++) await node.send(value);
    await node.rpc('anvil_mine', ['0x64']);
    for (let value = 4; value <= 6; value++) await node.send(value);
    chain.start([node.url], config);
    await caughtUp();
    expect(standing(chain.transfers())).toEqual(await node.wanted());
    expect(chain.transfers().slice(before).filter(({ state }) => state === 'included').map(({ amount }) => amount)).toEqual(['1', '2', '3', '4', '5', '6']);
    // anvil calls blocks 64 below the head finalized.
    expect(chain.transfers().filter(({ state }) => state === 'final').length).toBeGreaterThan(0);
    expect(chain.feed()?.stats()).toMatchObject({ failures: 0, deepReorgs: 0, reorgs: 1 });
  });
});
