import { describe, expect, it } from '@jest/globals';
import type { WatermarkMessage } from '@breakwater/contracts';
import type { MemoryChain, PlannedTransfer } from './test-memory-chain.ts';
import { createMemoryChain } from './test-memory-chain.ts';
import { createRig, standing, START, TOKEN, unlawful } from './test-rig.ts';

const SECONDS = START / 1000;
const BLOCK_MS = 12_000;
let serial = 0;

function transfer(value = 1n, token = TOKEN): PlannedTransfer {
  return { token, from: `0x${'aa'.repeat(20)}`, to: `0x${'bb'.repeat(20)}`, value, tx: `0x${(++serial).toString(16).padStart(64, '0')}` };
}
function mineMany(chain: MemoryChain, count: number, transfersOf: (n: number) => readonly PlannedTransfer[] = () => [transfer()]): void {
  for (let i = 0; i < count; i++) chain.mine(chain.head().timestamp + 12, transfersOf(i));
}
function canonical(chain: MemoryChain, from = 0): readonly string[] {
  return chain.blocks().filter((block) => block.number >= from)
    .flatMap((block) => block.transfers.flatMap((t, index) => (t.token === TOKEN ? [`${t.tx}:${index}@${block.hash}`] : []))).sort();
}

describe('following', () => {
  it('publishes the transfers of new blocks once, in order, with the block time as event time', async () => {
    const chain = createMemoryChain('main', SECONDS);
    const rig = createRig({ a: chain.node({ finalizedDepth: 2 }) });
    rig.start();
    await rig.advance(100);
    const first = chain.mine(SECONDS + 12, [transfer(5n * 10n ** 18n), transfer(1n, `0x${'0d'.repeat(20)}`), transfer(7n)]);
    await rig.advance(BLOCK_MS);
    expect(rig.transfers().map(({ state, amount, units, logIndex, eventTime, block }) => ({ state, amount, units, logIndex, eventTime, block }))).toEqual([
      { state: 'included', amount: '5000000000000000000', units: 5, logIndex: 0, eventTime: first.timestamp * 1000, block: 1 },
      { state: 'included', amount: '7', units: 7e-18, logIndex: 2, eventTime: first.timestamp * 1000, block: 1 },
    ]);
    mineMany(chain, 3, () => []);
    await rig.advance(BLOCK_MS);
    expect(rig.transfers().slice(2).map(({ state, block }) => [state, block])).toEqual([['final', 1], ['final', 1]]);
    expect(rig.health().map(({ status, reason }) => [status, reason])).toEqual([['ok', 'following']]);
    await rig.stop();
    expect(rig.failures).toEqual([]);
  });

  it('promises watermarks that rise and that no later transfer breaks', async () => {
    const chain = createMemoryChain('main', SECONDS);
    const rig = createRig({ a: chain.node() }, { config: { watermarkDelayMs: 6_000 } });
    rig.start();
    for (let i = 0; i < 10; i++) {
      chain.mine(Math.floor(rig.clock.now() / 1000), [transfer()]);
      await rig.advance(BLOCK_MS);
    }
    let promised = 0;
    for (const message of rig.published) {
      if (message.kind === 'watermark') {
        expect(message.eventTime).toBeGreaterThan(promised);
        promised = message.eventTime;
      } else if (message.kind === 'transfer') expect(message.eventTime).toBeGreaterThan(promised);
    }
    // Idle time between blocks does not hold it: the last poll less the delay.
    const last = rig.published.filter((m): m is WatermarkMessage => m.kind === 'watermark').at(-1);
    expect(rig.clock.now() - (last?.eventTime ?? 0)).toBeLessThanOrEqual(6_000 + 2_100);
    expect(rig.feed()?.stats().lateBlocks).toBe(0);
    // A block that comes later than the delay is published all the same, and counted.
    chain.mine(Math.floor(rig.clock.now() / 1000) - 10, [transfer()]);
    await rig.advance(BLOCK_MS);
    expect(rig.feed()?.stats()).toMatchObject({ lateBlocks: 1, transfers: 11 });
    await rig.stop();
  });

  it('says that a chain stands still, and that it goes on', async () => {
    const chain = createMemoryChain('main', SECONDS);
    const rig = createRig({ a: chain.node() }, { config: { stallAfterMs: 60_000 } });
    rig.start();
    await rig.advance(70_000);
    const watermarks = rig.published.filter((m) => m.kind === 'watermark').length;
    await rig.advance(30_000);
    expect(rig.published.filter((m) => m.kind === 'watermark').length).toBe(watermarks);
    chain.mine(SECONDS + 100);
    await rig.advance(4_000);
    expect(rig.health().map(({ status, reason }) => [status, reason])).toEqual([['ok', 'following'], ['silent', 'no-new-block'], ['ok', 'following']]);
    await rig.stop();
  });

  it('starts at a block, an age, or behind the head', async () => {
    for (const [config, from] of [[{ startBlock: 5 }, 5], [{ startBlock: 0 }, 0], [{ startAgoMs: 36_000 }, 17], [{ startBehindBlocks: 2 }, 18], [{}, 20]] as const) {
      const chain = createMemoryChain('main', SECONDS);
      mineMany(chain, 20);
      const rig = createRig({ a: chain.node() }, { config });
      rig.start();
      await rig.advance(4_000);
      expect(standing(rig.transfers())).toEqual(canonical(chain, from));
      await rig.stop();
    }
  });
});

describe('reorganisations', () => {
  it('retract the transfers of lost blocks and publish what replaces them', async () => {
    const chain = createMemoryChain('main', SECONDS);
    const rig = createRig({ a: chain.node() }, { config: { startBlock: 0 } });
    mineMany(chain, 5);
    rig.start();
    await rig.advance(4_000);
    const moved = chain.blocks()[4]?.transfers[0];
    chain.reorg(2, (index) => (index === 1 && moved !== undefined ? [moved] : []));
    chain.mine(SECONDS + 72);
    await rig.advance(4_000);
    const tail = rig.transfers().slice(5).map(({ state, block, tx }) => [state, block, tx === moved?.tx]);
    expect(tail).toEqual([['reverted', 5, false], ['reverted', 4, true], ['included', 5, true]]);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    expect(unlawful(rig)).toBeUndefined();
    await rig.stop();
  });

  it('are found after a restart by the held hashes', async () => {
    const chain = createMemoryChain('main', SECONDS);
    const rig = createRig({ a: chain.node() }, { config: { startBlock: 0 } });
    mineMany(chain, 10);
    rig.start();
    await rig.advance(4_000);
    await rig.stop();
    chain.reorg(4);
    mineMany(chain, 100);
    rig.start();
    await rig.advance(4_000);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    expect(rig.feed()?.stats()).toMatchObject({ reverted: 4, transfers: 100, reorgs: 1, tip: 110 });
    expect(rig.transfers().length).toBe(10 + 4 + 100 + rig.transfers().filter(({ state }) => state === 'final').length);
    await rig.stop();
  });

  it('too deep, on one node: quarantined until it has said the same often enough', async () => {
    const chain = createMemoryChain('main', SECONDS);
    const config = { startBlock: 0, maxReorgDepth: 4, heldBlocks: 32, confirmations: 20, quarantineRepeats: 3 };
    const rig = createRig({ a: chain.node() }, { config });
    mineMany(chain, 12);
    rig.start();
    await rig.advance(4_000);
    const before = rig.transfers().length;
    chain.reorg(8, () => [transfer()]);
    await rig.advance(4_000);
    expect(rig.transfers().length).toBe(before);
    expect(rig.health().at(-1)).toMatchObject({ status: 'stale', reason: 'chain-mismatch' });
    await rig.advance(8_000);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    expect(rig.feed()?.stats()).toMatchObject({ deepReorgs: 1, reverted: 8 });
    expect(rig.health().at(-1)).toMatchObject({ status: 'ok' });
    await rig.stop();
  });

  it('too deep, on one node of two: the lying node is left and nothing is published from it', async () => {
    const honest = createMemoryChain('honest', SECONDS);
    const liar = createMemoryChain('liar', SECONDS);
    mineMany(honest, 12);
    mineMany(liar, 14);
    let lies = false;
    const good = honest.node();
    const bad = liar.node();
    const a = { ...good, request: (request: Parameters<typeof good.request>[0]) => (lies ? bad : good).request(request) };
    const rig = createRig({ a, b: honest.node() }, { config: { startBlock: 0, maxReorgDepth: 4, heldBlocks: 32 } });
    rig.start();
    await rig.advance(4_000);
    lies = true;
    mineMany(honest, 2);
    await rig.advance(20_000);
    expect(standing(rig.transfers())).toEqual(canonical(honest));
    expect(rig.feed()?.stats()).toMatchObject({ deepReorgs: 0, reverted: 0 });
    // The feed stays well: the quarantine is news of one endpoint, and names it.
    expect(rig.health().map(({ status, reason }) => [status, reason])).toEqual([['resyncing', 'backfill'], ['ok', 'following'], ['ok', 'endpoint-quarantined']]);
    expect(rig.health().at(-1)?.detail).toMatch(/^a: other-history: block 8 is 0x/);
    await rig.stop();
  });

  it('too deep, on both nodes: believed at the second opinion', async () => {
    const chain = createMemoryChain('main', SECONDS);
    const rig = createRig({ a: chain.node({ finalizedDepth: 2 }), b: chain.node({ finalizedDepth: 2 }) }, { config: { startBlock: 0 } });
    mineMany(chain, 12);
    rig.start();
    await rig.advance(4_000);
    // Past what both called final.
    chain.reorg(5, () => [transfer()]);
    await rig.advance(8_000);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    expect(rig.feed()?.stats()).toMatchObject({ deepReorgs: 1, reverted: 5 });
    await rig.stop();
  });
});

describe('backfill', () => {
  it('splits ranges that a node refuses or cuts off, reports progress, and skips nothing', async () => {
    for (const node of [{ maxRange: 7 }, { maxRange: 1 }, { cutLogsAt: 10 }, {}]) {
      const chain = createMemoryChain('main', SECONDS);
      mineMany(chain, 400, (n) => (n % 3 === 0 ? [transfer(), transfer()] : []));
      const endpoint = chain.node(node);
      const rig = createRig({ a: endpoint }, { config: { startBlock: 0, backfillBlocks: 100, maxLogsPerAnswer: 10, heldBlocks: 64 } });
      rig.start();
      await rig.advance(30_000);
      expect(standing(rig.transfers())).toEqual(canonical(chain));
      expect(unlawful(rig)).toBeUndefined();
      expect(rig.health()[0]).toMatchObject({ status: 'resyncing', reason: 'backfill' });
      expect(rig.health().at(-1)).toMatchObject({ status: 'ok' });
      await rig.stop();
    }
  });
});

describe('failing nodes', () => {
  it('are left for the next one; when all fail that is said and retried with growing waits', async () => {
    const chain = createMemoryChain('main', SECONDS);
    let down = true;
    const a = chain.node({ fault: () => 'server-error' });
    const b = chain.node({ fault: () => (down ? 'garbage' : undefined) });
    const rig = createRig({ a, b }, { config: { startBlock: 0, backoffMs: 500, maxBackoffMs: 8_000 } });
    mineMany(chain, 3);
    rig.start();
    await rig.advance(60_000);
    const tries = Object.values(a.requests()).reduce((sum, n) => sum + n, 0);
    expect(tries).toBeGreaterThan(3);
    expect(tries).toBeLessThan(20);
    expect(rig.health()[0]?.status).toBe('stale');
    down = false;
    await rig.advance(20_000);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    expect(rig.health().at(-1)).toMatchObject({ status: 'ok' });
    await rig.stop();
  });

  it('of another chain are never read', async () => {
    const chain = createMemoryChain('main', SECONDS);
    mineMany(chain, 3);
    const rig = createRig({ a: chain.node({ chainId: 5 }) }, { config: { startBlock: 0 } });
    rig.start();
    await rig.advance(10_000);
    expect(rig.transfers()).toEqual([]);
    expect(rig.health()).toMatchObject([{ status: 'resyncing', reason: 'endpoint-quarantined', detail: 'a: wrong-chain: a: serves chain eip155:5, not eip155:1' }, { status: 'stale', reason: 'all-quarantined', detail: 'a: wrong-chain' }]);
    await rig.stop();
  });

  it('of our own side end the run, which goes on from the checkpoint', async () => {
    const chain = createMemoryChain('main', SECONDS);
    mineMany(chain, 3);
    let fail = true;
    const rig = createRig({ a: chain.node() }, { config: { startBlock: 0 }, crash: (where) => {
      if (fail && where === 'after-publish') throw new Error('disk full');
    } });
    rig.start();
    await rig.advance(4_000);
    expect(rig.running()).toBe(false);
    expect(String(rig.failures[0])).toContain('disk full');
    fail = false;
    rig.start();
    await rig.advance(4_000);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    expect(unlawful(rig)).toBeUndefined();
    await rig.stop();
  });
});
