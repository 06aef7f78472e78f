import { describe, expect, it } from '@jest/globals';
import { createRng, defined, epochMs } from '@breakwater/models/core';
import { BreakwaterError } from '@breakwater/platform/errors';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import { createEndpoints } from './endpoints.ts';
import type { ChainNode, Entry } from './node.ts';

function setUp(chain = 'eip155:1') {
  const unused = async (): Promise<never> => Promise.reject(new Error('not asked for'));
  const node: ChainNode<Entry> = { name: 'a', identity: async () => Promise.resolve(chain), head: unused, settled: unused, block: unused, entries: unused };
  const said: string[] = [];
  const endpoints = createEndpoints({
    nodes: [node], chain: 'eip155:1', clock: createSimulatedClock({ start: epochMs(1_000) }), rng: createRng(1), times: { backoffMs: 1_000, maxBackoffMs: 60_000, quarantineMs: 60_000, maxQuarantineMs: 600_000, deadAfterMs: 60_000 },
    onFailure: (name, { code }) => said.push(`${name} ${code}`), onQuarantine: (name, of) => said.push(`${name} ${of}`), onBack: () => undefined,
  });
  const [member] = endpoints.usable();
  return { endpoints, said, member: defined(member, 'an endpoint') };
}
const failing = (code: 'rate-limited' | 'http-failed' | 'chain-mismatch' | 'aborted') => async (): Promise<never> => Promise.reject(new BreakwaterError(code, 'no'));

describe('what a chain can be followed without', () => {
  it('makes no endpoint wait that fails at it, while any other failure does', async () => {
    const { endpoints, said, member } = setUp();
    for (const code of ['rate-limited', 'http-failed', 'chain-mismatch'] as const) expect(await endpoints.askAside(member, failing(code))).toMatchObject({ ok: false, error: { code } });
    expect([endpoints.usable().length, endpoints.nextIn(), endpoints.failures(), said]).toEqual([1, 0, 0, []]);
    expect(await endpoints.askAside(member, async () => Promise.resolve(5))).toEqual({ ok: true, value: 5 });
    await endpoints.ask(member, failing('rate-limited'));
    expect([endpoints.usable().length, endpoints.nextIn() > 0, endpoints.failures(), said]).toEqual([0, true, 1, ['a rate-limited']]);
  });
  it('ends with its caller, and is asked of nobody who serves another chain', async () => {
    const { endpoints, member } = setUp();
    await expect(endpoints.askAside(member, failing('aborted'))).rejects.toThrow('no');
    const other = setUp('eip155:5');
    expect(await other.endpoints.askAside(other.member, async () => Promise.resolve(5))).toMatchObject({ ok: false, error: { code: 'chain-mismatch' } });
    expect(other.said).toEqual(['a wrong-chain']);
  });
});
