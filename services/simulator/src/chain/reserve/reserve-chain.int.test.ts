import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { createPublicClient, http } from 'viem';
import type { Address } from 'viem';
import { tokenAbi } from '../token.ts';
import { lockAbi, reserveTokenAbi } from './contracts.ts';
import { startReserveChain, type ReserveChain } from './reserve-chain.ts';

const E18 = 10n ** 18n;
const GENESIS = 1_744_000_000_000;
const A: Address = `0x${'aa'.repeat(20)}`;
const B: Address = `0x${'bb'.repeat(20)}`;
const after = (seconds: number): ReturnType<typeof epochMs> => epochMs(GENESIS + seconds * 1_000);

describe('a redeemable token on a real EVM node', () => {
  let chain: ReserveChain;
  let client: ReturnType<typeof createPublicClient>;
  const supply = (): Promise<bigint> => client.readContract({ address: chain.addresses.token as Address, abi: reserveTokenAbi, functionName: 'totalSupply' });
  const paid = (holder: string): Promise<bigint> => client.readContract({ address: chain.addresses.backing as Address, abi: tokenAbi, functionName: 'balanceOf', args: [holder as Address] });
  beforeAll(async () => {
    chain = await startReserveChain({ chainId: 31_337, genesisAt: epochMs(GENESIS), holders: [{ address: A, units: 20_000_000 }, { address: B, units: 10_000_000 }], capUnits: 100_000_000, vaultUnits: 30, lockedUntil: after(864_000) });
    client = createPublicClient({ transport: http(chain.url), cacheTime: 0 });
  });
  afterAll(async () => chain.close());

  it('pays whoever burns their share, and leaves the others theirs', async () => {
    await chain.burn(A, 1_000_000n * E18);
    await chain.mineAt(after(60));
    expect([await supply(), await paid(chain.addresses.vault), await paid(A)]).toEqual([29_000_000n * E18, 29n * E18, E18]);
    await chain.deposit(E18);
    await chain.mineAt(after(120));
    expect(await paid(chain.addresses.vault)).toBe(30n * E18);
  });
  it('remembers holders at snapshots, and refuses those that are not yet', async () => {
    const at = (id: bigint): Promise<bigint> => client.readContract({ address: chain.addresses.token as Address, abi: reserveTokenAbi, functionName: 'balanceOfAt', args: [B, id] });
    await chain.snapshot();
    await chain.mineAt(after(180));
    await chain.transfer(B, A, E18);
    await chain.mineAt(after(240));
    await chain.snapshot();
    await chain.transfer(B, A, E18);
    await chain.mineAt(after(300));
    expect([await at(1n), await at(2n)]).toEqual([10_000_000n * E18, 9_999_999n * E18]);
    expect(await client.readContract({ address: chain.addresses.token as Address, abi: reserveTokenAbi, functionName: 'totalSupplyAt', args: [1n] })).toBe(29_000_000n * E18);
    await expect(at(3n)).rejects.toThrow('no such snapshot yet');
    await expect(at(0n)).rejects.toThrow('snapshots begin with 1');
  });
  it('lets the owner mint to the cap and no further, and nobody once there is none', async () => {
    await chain.mint(A, 71_000_000n * E18);
    await chain.mineAt(after(360));
    expect(await supply()).toBe(100_000_000n * E18);
    await chain.mint(A, 1n);
    await expect(chain.mineAt(after(420))).rejects.toThrow('failed on the simulated chain');
    await chain.handOver(undefined);
    await chain.burn(A, E18);
    await chain.mineAt(after(430));
    await chain.mint(A, 1n);
    await expect(chain.mineAt(after(440))).rejects.toThrow('failed on the simulated chain');
  });
  it('puts the end of the lock off, and releases nothing before it', async () => {
    await chain.extend(after(1_728_000));
    await chain.mineAt(after(480));
    expect(await client.readContract({ address: chain.addresses.lock as Address, abi: lockAbi, functionName: 'lockedUntil' })).toBe(BigInt(GENESIS / 1_000 + 1_728_000));
    await chain.release(B);
    await expect(chain.mineAt(after(490))).rejects.toThrow('failed on the simulated chain');
    await chain.extend(after(600));
    await expect(chain.mineAt(after(500))).rejects.toThrow('failed on the simulated chain');
  });
  it('takes blocks back and mines what they held again under the same name', async () => {
    await chain.deposit(5n * E18);
    const before = await paid(chain.addresses.vault);
    const lost = await chain.mineAt(after(540));
    expect(await paid(chain.addresses.vault)).toBe(before + 5n * E18);
    const now = await chain.reorg(1, { reinclude: true });
    expect([now.number, now.hash === lost.hash]).toEqual([lost.number, false]);
    expect(await paid(chain.addresses.vault)).toBe(before);
    await chain.mineAt(after(600));
    expect(await paid(chain.addresses.vault)).toBe(before + 5n * E18);
  });
});
