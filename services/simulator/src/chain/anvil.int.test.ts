/* eslint-disable @typescript-eslint/no-explicit-any -- frames are JSON of other parties, read here field by field */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { startAnvil } from './anvil.ts';
import type { ChainDriver } from './chain-driver.ts';
import { TRANSFER_TOPIC } from './json-rpc.ts';

const A = `0x${'aa'.repeat(20)}`;
const B = `0x${'bb'.repeat(20)}`;
const GENESIS = epochMs(1_744_000_000_000);
const options = { chainId: 31337, genesisAt: GENESIS, tokenName: 'Test token', tokenSymbol: 'TT', holders: [{ address: A, units: 1_000 }] };
const after = (seconds: number): ReturnType<typeof epochMs> => epochMs(GENESIS + seconds * 1000);

async function rpc(chain: ChainDriver, method: string, ...params: unknown[]): Promise<any> {
  const answer = await fetch(chain.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) });
  return ((await answer.json()) as { result: unknown }).result;
}

describe('a real EVM node', () => {
  let chain: ChainDriver;
  beforeAll(async () => {
    chain = await startAnvil(options);
  });
  afterAll(async () => chain.close());

  it('mines a real ERC-20 transfer at the time given', async () => {
    await chain.transfer(A, B, 40);
    const head = await chain.mineAt(after(60));
    expect(head).toMatchObject({ number: 2, timestamp: 1_744_000_060 });
    expect(await rpc(chain, 'eth_getLogs', { blockHash: head.hash, address: chain.token })).toEqual([expect.objectContaining({
      topics: [TRANSFER_TOPIC, `0x${'0'.repeat(24)}${'aa'.repeat(20)}`, `0x${'0'.repeat(24)}${'bb'.repeat(20)}`],
      data: `0x${(40n * 10n ** 18n).toString(16).padStart(64, '0')}`,
    })]);
  });

  it('replaces blocks in a reorganisation and brings the transfer back when told', async () => {
    await chain.transfer(A, B, 7);
    await chain.mineAt(after(120));
    const old = await chain.mineAt(after(180));
    const now = await chain.reorg(2, { reinclude: true });
    expect(now.number).toBe(old.number);
    expect(now.hash).not.toBe(old.hash);
    expect(await rpc(chain, 'eth_getBlockByHash', old.hash, false)).toBeNull();
    expect(await rpc(chain, 'eth_getLogs', { fromBlock: '0x3', toBlock: 'latest', address: chain.token })).toEqual([]);
    const next = await chain.mineAt(after(240));
    expect(next.timestamp).toBe(1_744_000_240);
    expect(await rpc(chain, 'eth_getLogs', { fromBlock: '0x3', toBlock: 'latest', address: chain.token })).toHaveLength(1);
  });

  it('refuses to move more than the sender holds', async () => {
    await expect(chain.transfer(A, B, 5_000)).resolves.toBeUndefined();
    await expect(chain.mineAt(after(300))).rejects.toThrow('holds too little');
  });

  it('gives the same hashes for the same history', async () => {
    const run = async (): Promise<string> => {
      const node = await startAnvil(options);
      try {
        await node.transfer(A, B, 1);
        await node.mineAt(after(60));
        await node.reorg(1, { reinclude: true });
        return (await node.mineAt(after(120))).hash;
      } finally {
        await node.close();
      }
    };
    const [first, second] = await Promise.all([run(), run()]);
    expect(first).toBe(second);
  });
});
