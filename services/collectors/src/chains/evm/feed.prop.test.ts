import { describe, expect, it } from '@jest/globals';
import type { Rng } from '@breakwater/models/core';
import { createRng } from '@breakwater/models/core';
import fc from 'fast-check';
import type { MemoryChain, NodeFault, NodeOptions, PlannedTransfer } from './test-memory-chain.ts';
import { createMemoryChain } from './test-memory-chain.ts';
import { createRig, standing, START, TOKEN, unlawful } from './test-rig.ts';

const FAULTS: readonly NodeFault[] = ['rpc-error', 'server-error', 'garbage', 'null', 'hang-up'];
const MAX_DEPTH = 12;

/** Plays a random history: blocks, reorganisations, restarts, crashes between any two durable writes, failing nodes. */
async function play(seed: number, company: 'honest' | 'bad' = 'honest'): Promise<{ readonly net: readonly string[]; readonly wanted: readonly string[]; readonly unlawful: string | undefined; readonly log: string; readonly crashes: number; readonly reverted: number }> {
  const rng = createRng(seed);
  const chain = createMemoryChain(`chain ${seed}`, START / 1000 - 1200);
  const trouble = { nodes: rng.pick([0, 0.05, 0.3]), crash: rng.pick([0, 0.02, 0.1]) };
  const draw = rng.fork('faults');
  const fault = (): NodeFault | undefined => (draw.chance(trouble.nodes) ? draw.pick(FAULTS) : undefined);
  const ranges = [{}, { maxRange: 1 + rng.int(9) }, { cutLogsAt: 8 }] as const;
  const finality = rng.pick([{}, { finalizedDepth: 20 }, { finalizedDepth: 40 }]);
  const node = () => chain.node({ ...rng.pick(ranges), ...finality, fault });
  // A liar leaves out logs, changes them or names other blocks, now and then or always; a laggard is up to 20 blocks behind and a dead one never answers.
  const lies = rng.pick([0.1, 0.5, 1]);
  const lie: NonNullable<NodeOptions['lie']> = (method, _params, truth) => {
    if (truth === null || !draw.chance(lies)) return truth;
    if (method === 'eth_getLogs') return (truth as readonly object[]).flatMap((log) => draw.pick([[], [log], [{ ...log, data: `0x${'1'.repeat(64)}` }]]));
    return method === 'eth_getBlockByNumber' && draw.chance(0.3) ? { ...(truth as object), ...draw.pick([{ hash: `0x${'e'.repeat(64)}` }, { parentHash: `0x${'e'.repeat(64)}` }]) } : truth;
  };
  const lag = rng.int(20);
  const bad = { liar: chain.node({ ...finality, lie }), slow: chain.node({ ...finality, lag: () => lag }), dead: chain.node({ fault: () => 'hang-up' }), a: node(), b: node() };
  const nodes = company === 'bad' ? bad : rng.chance(0.5) ? { a: node() } : { a: node(), b: node() };
  let crashes = 0;
  const rig = createRig(nodes, {
    rng: rng.fork('rig'),
    config: { startBlock: 1, maxReorgDepth: MAX_DEPTH, heldBlocks: 32, confirmations: 20, backfillBlocks: 16, maxLogsPerAnswer: 8, maxBackoffMs: 4_000, ...(company === 'bad' ? { quorum: 2, lagAfterMs: 30_000, quarantineMs: 5_000 } : {}) },
    crash: () => {
      if (!draw.chance(trouble.crash)) return;
      crashes++;
      throw new Error('crash');
    },
  });
  mine(chain, rng, 1 + rng.int(60));
  rig.start();
  for (let step = 0; step < 40; step++) {
    if (!rig.running()) rig.start();
    const turn = rng.next();
    if (turn < 0.5) mine(chain, rng, 1 + rng.int(2));
    else if (turn < 0.7) reorg(chain, rng);
    else if (turn < 0.8) mine(chain, rng, rng.int(40));
    else if (turn < 0.9) {
      await rig.stop();
      if (rng.chance(0.5)) reorg(chain, rng);
      rig.start();
    }
    await rig.advance(rng.int(6_000));
  }
  trouble.nodes = 0;
  trouble.crash = 0;
  await rig.advance(5_000);
  if (!rig.running()) rig.start();
  mine(chain, rng, 1);
  await rig.advance(60_000);
  await rig.stop();
  const wanted = chain.blocks().slice(1).flatMap((block) => block.transfers.map((t, index) => `${t.tx}:${index}@${block.hash}`)).sort();
  return { net: standing(rig.transfers()), wanted, unlawful: unlawful(rig), log: JSON.stringify(rig.published), crashes, reverted: rig.transfers().filter(({ state }) => state === 'reverted').length };
}

let serial = 0;
function transfers(rng: Rng): readonly PlannedTransfer[] {
  return Array.from({ length: rng.pick([0, 0, 1, 3]) }, () => ({ token: TOKEN, from: `0x${'aa'.repeat(20)}`, to: `0x${'bb'.repeat(20)}`, value: BigInt(rng.int(1000)), tx: `0x${(++serial).toString(16).padStart(64, '0')}` }));
}
function mine(chain: MemoryChain, rng: Rng, count: number): void {
  for (let i = 0; i < count; i++) chain.mine(chain.head().timestamp + 12, transfers(rng));
}
/** Replaces up to the allowed depth, keeping, dropping and shifting transactions. */
function reorg(chain: MemoryChain, rng: Rng): void {
  const depth = Math.min(chain.blocks().length - 2, 1 + rng.int(MAX_DEPTH - 4));
  if (depth <= 0) return;
  let carried: readonly PlannedTransfer[] = [];
  chain.reorg(depth, (_index, lost) => {
    const here = rng.chance(0.5) ? lost.transfers : carried;
    carried = lost.transfers === here ? [] : lost.transfers;
    return rng.chance(0.3) ? [...transfers(rng), ...here] : here;
  });
  if (rng.chance(0.7)) mine(chain, rng, 1 + rng.int(2));
}

describe('whatever happens', () => {
  it('what stands in the end is what the canonical chain has, and no life of a transfer is unlawful', async () => {
    let crashes = 0;
    let reverted = 0;
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 1_000_000 }), async (seed) => {
      const end = await play(seed);
      crashes += end.crashes;
      reverted += end.reverted;
      expect(end.unlawful).toBeUndefined();
      expect(end.net).toEqual(end.wanted);
    }), { numRuns: 60, seed: 5 });
    expect(crashes).toBeGreaterThan(50);
    expect(reverted).toBeGreaterThan(500);
  });

  it('the same in company of a liar, a laggard and a dead node: two honest ones are enough', async () => {
    let reverted = 0;
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 1_000_000 }), async (seed) => {
      const end = await play(seed, 'bad');
      reverted += end.reverted;
      expect(end.unlawful).toBeUndefined();
      expect(end.net).toEqual(end.wanted);
    }), { numRuns: 20, seed: 9 });
    expect(reverted).toBeGreaterThan(100);
  });

  it('the same seed publishes the same messages', async () => {
    serial = 0;
    const first = await play(11);
    serial = 0;
    expect((await play(11)).log).toBe(first.log);
  });
});
