/* eslint-disable @typescript-eslint/no-explicit-any -- frames are JSON of other parties, read here field by field */
import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { connectDirectly } from '../client.ts';
import { TRANSFER_TOPIC } from './json-rpc.ts';
import { createMemoryChain } from './memory.ts';

const A = `0x${'aa'.repeat(20)}`;
const B = `0x${'bb'.repeat(20)}`;
const GENESIS = epochMs(1_744_000_000_000);
const options = { chainId: 31337, genesisAt: GENESIS, tokenName: 'T', tokenSymbol: 'T', holders: [{ address: A, units: 1_000 }] };
const after = (seconds: number): ReturnType<typeof epochMs> => epochMs(GENESIS + seconds * 1000);

function rpcOf(chain: ReturnType<typeof createMemoryChain>) {
  return async (method: string, ...params: unknown[]): Promise<any> => {
    const answer = await chain.endpoint?.request({ method: 'POST', url: '/', body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) });
    return JSON.parse(answer?.body ?? '{}');
  };
}

describe('chain in memory', () => {
  it('mines what was queued, links blocks by hash and answers logs by range and by hash', async () => {
    const chain = createMemoryChain(options);
    const rpc = rpcOf(chain);
    await chain.transfer(A, B, 40);
    const head = await chain.mineAt(after(60));
    expect(head).toMatchObject({ number: 2, timestamp: 1_744_000_060 });
    expect((await rpc('eth_blockNumber')).result).toBe('0x2');
    const block = (await rpc('eth_getBlockByNumber', 'latest', false)).result;
    expect(block.hash).toMatch(/^0x[0-9a-f]{64}$/);
    expect(block.parentHash).toBe((await rpc('eth_getBlockByNumber', '0x1', false)).result.hash);
    expect(block.transactions).toHaveLength(1);
    const byRange = (await rpc('eth_getLogs', { fromBlock: '0x2', toBlock: '0x2', address: chain.token, topics: [TRANSFER_TOPIC] })).result;
    expect(byRange).toEqual((await rpc('eth_getLogs', { blockHash: block.hash })).result);
    expect(byRange).toEqual([expect.objectContaining({
      address: chain.token, blockHash: block.hash, logIndex: '0x0', removed: false,
      topics: [TRANSFER_TOPIC, `0x${'0'.repeat(24)}${'aa'.repeat(20)}`, `0x${'0'.repeat(24)}${'bb'.repeat(20)}`],
      data: `0x${(40n * 10n ** 18n).toString(16).padStart(64, '0')}`,
    })]);
    // Mint of the deployment, then the transfer.
    expect((await rpc('eth_getLogs', { fromBlock: '0x0', toBlock: 'latest' })).result).toHaveLength(2);
    expect((await rpc('eth_getLogs', { fromBlock: '0x0', toBlock: 'latest', topics: [null, null, `0x${'0'.repeat(24)}${'bb'.repeat(20)}`] })).result).toHaveLength(1);
    expect((await rpc('eth_call', { to: chain.token, data: `0x70a08231${'0'.repeat(24)}${'bb'.repeat(20)}` })).result).toBe(`0x${(40n * 10n ** 18n).toString(16).padStart(64, '0')}`);
  });

  it('replaces blocks in a reorganisation and brings the transfers back when told', async () => {
    const chain = createMemoryChain(options);
    const rpc = rpcOf(chain);
    for (let i = 1; i <= 5; i++) {
      if (i === 4) await chain.transfer(A, B, 7);
      await chain.mineAt(after(60 * i));
    }
    const old = await chain.head();
    const kept = (await rpc('eth_getBlockByNumber', '0x4', false)).result.hash;
    await chain.reorg(2, { reinclude: true });
    const now = await chain.head();
    expect(now.number).toBe(old.number);
    expect(now.hash).not.toBe(old.hash);
    expect((await rpc('eth_getBlockByHash', old.hash, false)).result).toBeNull();
    expect((await rpc('eth_getLogs', { blockHash: old.hash })).error.message).toBe('unknown block');
    expect((await rpc('eth_getBlockByNumber', '0x5', false)).result.parentHash).toBe(kept);
    expect((await rpc('eth_getLogs', { fromBlock: '0x2', toBlock: 'latest' })).result).toHaveLength(0);
    await chain.mineAt(after(400));
    expect((await rpc('eth_getLogs', { fromBlock: '0x7', toBlock: 'latest' })).result).toHaveLength(1);
  });

  it('gives the same hashes for the same history', async () => {
    const run = async (): Promise<string> => {
      const chain = createMemoryChain(options);
      await chain.transfer(A, B, 1);
      return (await chain.mineAt(after(60))).hash;
    };
    expect(await run()).toBe(await run());
  });

  it('knows safe and finalized, refuses wide ranges, unknown methods and broken requests', async () => {
    const chain = createMemoryChain({ ...options, safeDepth: 2, maxLogRange: 3 });
    const rpc = rpcOf(chain);
    for (let i = 1; i <= 6; i++) await chain.mineAt(after(60 * i));
    expect((await rpc('eth_getBlockByNumber', 'safe', false)).result.number).toBe('0x5');
    expect((await rpc('eth_getBlockByNumber', 'finalized', false)).result.number).toBe('0x3');
    expect((await rpc('eth_getBlockByNumber', '0x63', false)).result).toBeNull();
    expect((await rpc('eth_getLogs', { fromBlock: '0x0', toBlock: '0x3' })).error.code).toBe(-32005);
    expect((await rpc('eth_nonsense')).error.code).toBe(-32601);
    expect(JSON.parse((await chain.endpoint?.request({ method: 'POST', url: '/', body: '{' }))?.body ?? '').error.code).toBe(-32700);
    const batch = await chain.endpoint?.request({ method: 'POST', url: '/', body: JSON.stringify([{ id: 1, method: 'eth_chainId' }, { id: 2, method: 'eth_blockNumber' }]) });
    expect(JSON.parse(batch?.body ?? '')).toEqual([{ jsonrpc: '2.0', id: 1, result: '0x7a69' }, { jsonrpc: '2.0', id: 2, result: '0x7' }]);
  });

  it('announces new heads on a socket', async () => {
    const chain = createMemoryChain(options);
    if (chain.endpoint === undefined) throw new Error('no endpoint');
    const client = connectDirectly(chain.endpoint, '/');
    client.send({ id: 1, method: 'eth_subscribe', params: ['newHeads'] });
    const head = await chain.mineAt(after(60));
    expect(client.take()).toEqual([{ jsonrpc: '2.0', id: 1, result: '0x1' }, expect.objectContaining({ method: 'eth_subscription', params: { subscription: '0x1', result: expect.objectContaining({ hash: head.hash }) } })]);
  });

  it('never lets a sender move more than it holds', async () => {
    const chain = createMemoryChain(options);
    await expect(chain.transfer(A, B, 1_001)).rejects.toThrow('holds');
  });
});
