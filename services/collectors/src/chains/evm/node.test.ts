import { describe, expect, it } from '@jest/globals';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { HttpResponse } from '@breakwater/platform/network';
import { createEvmNode } from './node.ts';
import { erc20Snapshots } from './snapshot.ts';

const TOKEN = `0x${'0c'.repeat(20)}`;
const AT = { number: 9, hash: `0x${'9'.repeat(64)}` };
const who = (n: number): string => `0x${n.toString(16).padStart(40, '0')}`;
const word = (value: bigint): string => `0x${value.toString(16).padStart(64, '0')}`;

type Answer = { readonly result: string } | { readonly error: object };

/** A node whose answer to each call is `answer`'s. */
function nodeOf(answer: (data: string) => Answer | Promise<Answer>) {
  const request = async ({ body }: { readonly body?: string | undefined }): Promise<HttpResponse> => {
    const { id, params } = JSON.parse(body ?? '') as { readonly id: number; readonly params: readonly [{ readonly data: string }] };
    return { status: 200, headers: {}, body: JSON.stringify({ jsonrpc: '2.0', id, ...(await answer(params[0].data)) }) };
  };
  const openSocket = (): never => {
    throw new Error('no sockets here');
  };
  return createEvmNode({ name: 'a', url: 'http://a/', network: { openSocket, request }, timeoutMs: 1_000, maxBytes: 100_000, signal: new AbortController().signal, addresses: [TOKEN], bloom: 'exact' });
}

describe('a call of a contract', () => {
  it.each<[string, object]>([
    ['geth', { code: 3, message: 'execution reverted: ERC20Snapshot: nonexistent id', data: '0x08c379a0' }],
    ['geth without a reason', { code: -32000, message: 'execution reverted' }],
    ['a machine that stops', { code: -32000, message: 'invalid opcode: INVALID' }],
    ['OpenEthereum', { code: -32015, message: 'VM execution error.', data: 'Reverted 0x' }],
    ['Ganache', { code: -32000, message: 'VM Exception while processing transaction: revert' }],
    ['another text', { code: 3, message: 'the call did not succeed' }],
  ])('that fails in the contract, in the words of %s, is an answer', async (_name, error) => {
    const node = nodeOf(() => ({ error }));
    expect(await node.read?.(AT, [{ to: TOKEN, data: '0x' }])).toEqual([undefined]);
    expect(await erc20Snapshots.supplyAt(node, AT, TOKEN, 1n)).toEqual({ ok: false, error: 'no-snapshot' });
  });

  it.each<[string, object]>([
    ['no state of the block', { code: -32000, message: 'missing trie node 0123 (path ) state 0x01 is not available' }],
    ['no such block', { code: -32000, message: 'header not found' }],
    ['a code that only begins alike', { code: 32, message: 'not now' }],
    ['an error of its own', { code: -32603, message: 'Internal error' }],
    ['no such method', { code: -32601, message: 'the method eth_call does not exist/is not available' }],
  ])('that the node cannot make (%s) says nothing of the contract', async (_name, error) => {
    const node = nodeOf(() => ({ error }));
    const failure: unknown = await erc20Snapshots.balancesAt(node, AT, TOKEN, 1n, [who(1)]).then(() => undefined, (thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(BreakwaterError);
    expect(failure).toMatchObject({ code: 'bad-answer', message: expect.stringContaining((error as { readonly message: string }).message) });
  });

  it('gives what the contract answered', async () => {
    expect(await erc20Snapshots.supplyAt(nodeOf(() => ({ result: word(7n) })), AT, TOKEN, 1n)).toEqual({ ok: true, value: 7n });
  });

  it('is one of sixteen at a time at most, and none is under way when some have failed', async () => {
    let [running, most, asked] = [0, 0, 0];
    const node = nodeOf(async (data) => {
      asked++;
      most = Math.max(most, ++running);
      for (let i = 0; i <= Number(data.slice(-2)) % 7; i++) await Promise.resolve();
      running--;
      return data.endsWith('25') ? { error: { code: -32603, message: 'Internal error' } } : { result: word(BigInt(data)) };
    });
    const calls = (count: number) => Array.from({ length: count }, (_, i) => ({ to: TOKEN, data: `0x${(100 + i).toString()}` }));
    expect(await node.read?.(AT, calls(20))).toEqual(calls(20).map(({ data }) => word(BigInt(data))));
    expect([most, asked, running]).toEqual([16, 20, 0]);
    await expect(node.read?.(AT, calls(100))).rejects.toThrow('Internal error');
    expect([most, asked, running]).toEqual([16, 52, 0]);
  });
});
