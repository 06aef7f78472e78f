import { describe, expect, it } from '@jest/globals';
import { defined } from '@breakwater/models/core';
import { bloomBits } from './bloom.ts';
import { TRANSFER_TOPIC } from './map.ts';
import type { MemoryChain, NodeOptions, PlannedTransfer } from './test-memory-chain.ts';
import { createMemoryChain } from './test-memory-chain.ts';
import { createRig, standing, START, TOKEN } from './test-rig.ts';

const SECONDS = START / 1000;
let serial = 0;

function transfer(token = TOKEN): PlannedTransfer {
  return { token, from: `0x${'aa'.repeat(20)}`, to: `0x${'bb'.repeat(20)}`, value: 1n, tx: `0x${(++serial).toString(16).padStart(64, '0')}` };
}
/** Other tokens that together set every bit of the watched one in a filter: a block of theirs claims a transfer that it does not hold. */
function lookalikes(): readonly string[] {
  const addresses = Array.from({ length: 8_000 }, (_, i) => `0x${(i + 1).toString(16).padStart(40, '0')}`);
  return bloomBits(TOKEN).map(([byte, mask]) => defined(addresses.find((address) => bloomBits(address).some(([at, bit]) => at === byte && bit === mask)), 'an address with the bit'));
}
const chainOf = (blocks: number): MemoryChain => {
  const chain = createMemoryChain('main', SECONDS - 240);
  for (let i = 0; i < blocks; i++) chain.mine(chain.head().timestamp + 12, [transfer()]);
  return chain;
};
const canonical = (chain: MemoryChain): readonly string[] => chain.blocks().flatMap((block) => block.transfers.flatMap((t, index) => (t.token === TOKEN ? [`${t.tx}:${index}@${block.hash}`] : []))).sort();
const QUICK = { startBlock: 0, quarantineMs: 60_000, disagreeAfterMs: 8_000 };

describe('a block whose filter claims a transfer that no endpoint gives', () => {
  it('is read from its receipts: nodes that have not indexed it have them, and none is accused', async () => {
    const chain = chainOf(20);
    let indexed = 20;
    const late: NodeOptions = { lie: (method, params, truth) => (method === 'eth_getLogs' && (params[0] as { readonly blockHash?: string }).blockHash === chain.blocks()[indexed + 1]?.hash ? [] : truth) };
    const rig = createRig({ a: chain.node(late), b: chain.node(late), c: chain.node(late) }, { config: QUICK });
    rig.start();
    await rig.advance(4_000);
    chain.mine(chain.head().timestamp + 12, [transfer(), transfer()]);
    await rig.advance(8_000);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    expect(rig.feed()?.stats()).toMatchObject({ tip: 21, quarantines: 0, doubts: 0, failures: 0 });
    indexed++;
    chain.mine(chain.head().timestamp + 12, [transfer()]);
    await rig.advance(8_000);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    await rig.stop();
  });

  it('is not passed over while receipts cannot be had for a moment', async () => {
    const chain = chainOf(20);
    let outage = false;
    const failing = (): NodeOptions => ({ lie: (method, _params, truth) => (outage && method === 'eth_getLogs' ? [] : truth), fault: (method) => (outage && method === 'eth_getBlockReceipts' ? 'hang-up' : undefined) });
    const rig = createRig({ a: chain.node(failing()), b: chain.node(failing()) }, { config: { ...QUICK, maxBackoffMs: 2_000 } });
    rig.start();
    await rig.advance(4_000);
    outage = true;
    chain.mine(chain.head().timestamp + 12, [transfer()]);
    chain.mine(chain.head().timestamp + 12, [transfer()]);
    await rig.advance(15_000);
    expect(rig.feed()?.stats()).toMatchObject({ tip: 20, doubts: 0 });
    outage = false;
    await rig.advance(8_000);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    await rig.stop();
  });

  it('is asked for from those who did not count, where they have it by then', async () => {
    const chain = chainOf(20);
    let unseen = 0;
    let lies = false;
    const liar = chain.node({ lie: (method, _params, truth) => {
      if (!lies) return truth;
      if (method === 'eth_getLogs') unseen = 0;
      return method === 'eth_getLogs' || method === 'eth_getBlockReceipts' ? [] : truth;
    } });
    const rig = createRig({ liar, slow: chain.node({ lag: () => unseen }) }, { config: QUICK });
    rig.start();
    await rig.advance(300_000);
    chain.mine(Math.floor(rig.clock.now() / 1000), [transfer()]);
    unseen = 1;
    await rig.advance(80_000);
    // By now the slow one does not count, and the other is alone.
    expect(rig.feed()?.stats().tip).toBe(21);
    lies = true;
    unseen = 2;
    chain.mine(Math.floor(rig.clock.now() / 1000), [transfer()]);
    await rig.advance(8_000);
    expect(unseen).toBe(0);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    await rig.stop();
  });

  it('and that holds none is told by the receipts of as many as must agree: one that makes up what the filter claims does not win', async () => {
    const chain = chainOf(20);
    const others = lookalikes();
    const forging = chain.node({ lie: (method, params, truth) => {
      const hash = (params[0] as { readonly blockHash?: string } | undefined)?.blockHash;
      const block = chain.blocks().find((one) => one.hash === hash && one.transfers.every(({ token }) => token !== TOKEN));
      if (method !== 'eth_getLogs' || block === undefined || block.number === 0) return truth;
      return [{ address: TOKEN, topics: [TRANSFER_TOPIC, `0x${'0'.repeat(64)}`, `0x${'0'.repeat(64)}`], data: `0x${'f'.repeat(64)}`, blockNumber: `0x${block.number.toString(16)}`, blockHash: hash, transactionHash: `0x${'d'.repeat(64)}`, logIndex: '0x0', removed: false }];
    } });
    const b = chain.node();
    const rig = createRig({ forging, b, c: chain.node() }, { config: { ...QUICK, bloom: 'exact' } });
    rig.start();
    await rig.advance(4_000);
    chain.mine(chain.head().timestamp + 12, others.map((token) => transfer(token)));
    await rig.advance(8_000);
    expect(rig.feed()?.stats()).toMatchObject({ tip: 21, doubts: 1, quarantines: 1 });
    expect(rig.health().filter(({ reason }) => reason === 'endpoint-quarantined').map(({ detail }) => detail?.split(':').slice(0, 2).join(':'))).toEqual(['forging: other-entries']);
    expect(standing(rig.transfers())).toEqual(canonical(chain));
    expect(b.requests()['eth_getBlockReceipts']).toBe(1);
    await rig.stop();
  });
});
