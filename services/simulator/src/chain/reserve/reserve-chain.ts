import type { EpochMs } from '@breakwater/models/core';
import { defined } from '@breakwater/models/core';
import { BreakwaterError } from '@breakwater/platform/errors';
import { createTestClient, encodeDeployData, encodeFunctionData, http, publicActions, walletActions } from 'viem';
import type { Address, Hex } from 'viem';
import { startAnvil } from '../anvil.ts';
import type { ChainHead } from '../chain-driver.ts';
import { rawAmount, TOKEN_DECIMALS } from '../chain-driver.ts';
import { tokenAbi, tokenBytecode } from '../token.ts';
import { lockAbi, lockBytecode, reserveTokenAbi, reserveTokenBytecode, vaultAbi, vaultBytecode } from './contracts.ts';

/** What a chain with a redeemable token is made from. */
export interface ReserveChainOptions {
  readonly chainId: number;
  /** Time of the first block; the contracts are there three blocks later, a second each. */
  readonly genesisAt: EpochMs;
  /** Who holds the redeemable token from the start, in whole tokens, and the most that the owner may let there be. */
  readonly holders: readonly { readonly address: string; readonly units: number }[];
  readonly capUnits: number;
  /** What the vault holds from the start, in whole units of the token behind it. */
  readonly vaultUnits: number;
  /** When the liquidity of its market is free. */
  readonly lockedUntil: EpochMs;
  /** Blocks behind the head that `safe` is; `finalized` is twice as far. Default 4. */
  readonly safeDepth?: number;
}

/** A real EVM node with a redeemable token, its vault and a lock on its liquidity. Everything is queued until `mineAt`. Amounts are smallest units of 18 decimals. */
export interface ReserveChain {
  readonly url: string;
  readonly chainId: number;
  /** Addresses in lower case; `owner` owns the token and the lock and holds the rest of the vault's token. */
  readonly addresses: { readonly token: string; readonly backing: string; readonly vault: string; readonly lock: string; readonly owner: string };
  /** Pays into the vault. */
  deposit(amount: bigint): Promise<void>;
  /** As the token's present owner. Fails above the cap, and when there is no owner any more. */
  mint(to: string, amount: bigint): Promise<void>;
  /** Redeems: burns, and is paid the share of the vault. */
  burn(from: string, amount: bigint): Promise<void>;
  transfer(from: string, to: string, amount: bigint): Promise<void>;
  snapshot(): Promise<void>;
  /** Gives the token to another owner, or to nobody for good. */
  handOver(to: string | undefined): Promise<void>;
  /** Puts the end of the lock off. */
  extend(until: EpochMs): Promise<void>;
  /** Takes the liquidity away, once the lock has ended. */
  release(to: string): Promise<void>;
  /** Mines one block with everything queued; its time is `t` in whole seconds, at least one more than the block's before. Rejects with `bad-answer` when something queued failed. */
  mineAt(t: EpochMs): Promise<ChainHead>;
  /** Replaces the last `depth` blocks by as many empty ones; with `reinclude` what they held is queued again. */
  reorg(depth: number, options?: { readonly reinclude?: boolean }): Promise<ChainHead>;
  head(): Promise<ChainHead>;
  /** Stops the node. Idempotent. */
  close(): Promise<void>;
}

/** One call as it was sent. */
interface Sent {
  readonly from: Address;
  readonly to: Address;
  readonly data: Hex;
  readonly hash: Hex;
}

const OWNER = '0x0000000000000000000000000000000000a3700e';
const GAS = 4_000_000n;
/** Whole units of the vault's token that there are: as many as there will ever be bitcoins. */
const BACKING_UNITS = 21_000_000;

/** Starts the node of `startAnvil` and deploys the contracts of `reserve.sol` on it; that node's own token stands for the liquidity. */
export async function startReserveChain(options: ReserveChainOptions): Promise<ReserveChain> {
  const { chainId, genesisAt } = options;
  const node = await startAnvil({ chainId, genesisAt, tokenName: 'Liquidity', tokenSymbol: 'LIQ', holders: [{ address: OWNER, units: 1_000 }], ...(options.safeDepth === undefined ? {} : { safeDepth: options.safeDepth }) });
  const client = createTestClient({ mode: 'anvil', transport: http(node.url, { retryCount: 0, timeout: 30_000 }), cacheTime: 0 }).extend(publicActions).extend(walletActions);
  const funded = new Set<string>();
  const send = async (from: Address, to: Address | null, data: Hex): Promise<Hex> => {
    if (!funded.has(from)) {
      await client.setBalance({ address: from, value: 10n ** 24n });
      funded.add(from);
    }
    return client.sendTransaction({ account: from, to, data, gas: GAS, gasPrice: 2_000_000_000n, chain: null });
  };
  const deploy = async (data: readonly Hex[]): Promise<readonly Address[]> => {
    const hashes: Hex[] = [];
    for (const one of data) hashes.push(await send(OWNER, null, one));
    await node.mineAt(genesisAt);
    return Promise.all(hashes.map(async (hash) => defined((await client.getTransactionReceipt({ hash })).contractAddress, 'address of a deployed contract').toLowerCase() as Address));
  };
  const { holders, capUnits } = options;
  const [backing, token] = await deploy([
    encodeDeployData({ abi: tokenAbi, bytecode: tokenBytecode, args: ['Backing', 'BACK', [OWNER], [rawAmount(BACKING_UNITS)]] }),
    encodeDeployData({ abi: reserveTokenAbi, bytecode: reserveTokenBytecode, args: ['Reserve', 'RES', rawAmount(capUnits), holders.map(({ address }) => asAddress(address)), holders.map(({ units }) => rawAmount(units))] }),
  ]);
  const at = { token: defined(token, 'token'), backing: defined(backing, 'backing') };
  const [vault, lock] = await deploy([
    encodeDeployData({ abi: vaultAbi, bytecode: vaultBytecode, args: [at.token, at.backing] }),
    encodeDeployData({ abi: lockAbi, bytecode: lockBytecode, args: [asAddress(node.token), BigInt(Math.floor(options.lockedUntil / 1_000))] }),
  ]);
  const addresses = { ...at, vault: defined(vault, 'vault'), lock: defined(lock, 'lock'), owner: OWNER as Address };

  let owner: Address = OWNER;
  let queued: Sent[] = [];
  const mined: { readonly block: number; readonly sent: readonly Sent[] }[] = [];
  const queue = async (from: Address, to: Address, data: Hex): Promise<void> => {
    queued.push({ from, to, data, hash: await send(from, to, data) });
  };
  const ofToken = (from: Address, data: Hex): Promise<void> => queue(from, addresses.token, data);
  const ofBacking = (to: Address, amount: bigint): Promise<void> => queue(OWNER, addresses.backing, encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [to, amount] }));
  const mineAt = async (t: EpochMs): Promise<ChainHead> => {
    const block = await node.mineAt(t);
    const sent = queued;
    queued = [];
    for (const { hash } of sent) {
      const { status } = await client.getTransactionReceipt({ hash });
      if (status !== 'success') throw new BreakwaterError('bad-answer', `call ${hash} failed on the simulated chain`);
    }
    mined.push({ block: block.number, sent });
    return block;
  };
  await ofBacking(addresses.vault, rawAmount(options.vaultUnits));
  await queue(OWNER, asAddress(node.token), encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [addresses.lock, 1_000n * 10n ** BigInt(TOKEN_DECIMALS)] }));
  await mineAt(genesisAt);

  return {
    url: node.url, chainId, addresses, mineAt, head: () => node.head(), close: () => node.close(),
    deposit: (amount) => ofBacking(addresses.vault, amount),
    mint: (to, amount) => ofToken(owner, encodeFunctionData({ abi: reserveTokenAbi, functionName: 'mint', args: [asAddress(to), amount] })),
    burn: async (from, amount) => {
      await ofToken(asAddress(from), encodeFunctionData({ abi: reserveTokenAbi, functionName: 'approve', args: [addresses.vault, amount] }));
      await queue(asAddress(from), addresses.vault, encodeFunctionData({ abi: vaultAbi, functionName: 'backingWithdraw', args: [amount] }));
    },
    transfer: (from, to, amount) => ofToken(asAddress(from), encodeFunctionData({ abi: reserveTokenAbi, functionName: 'transfer', args: [asAddress(to), amount] })),
    snapshot: () => ofToken(owner, encodeFunctionData({ abi: reserveTokenAbi, functionName: 'snapshot' })),
    handOver: async (to) => {
      await ofToken(owner, to === undefined ? encodeFunctionData({ abi: reserveTokenAbi, functionName: 'renounceOwnership' }) : encodeFunctionData({ abi: reserveTokenAbi, functionName: 'transferOwnership', args: [asAddress(to)] }));
      if (to !== undefined) owner = asAddress(to);
    },
    extend: (until) => queue(OWNER, addresses.lock, encodeFunctionData({ abi: lockAbi, functionName: 'extend', args: [BigInt(Math.floor(until / 1_000))] })),
    release: (to) => queue(OWNER, addresses.lock, encodeFunctionData({ abi: lockAbi, functionName: 'release', args: [asAddress(to)] })),
    reorg: async (depth, how) => {
      const { number } = await node.head();
      const head = await node.reorg(depth);
      const lost = mined.filter(({ block }) => block > number - depth).flatMap(({ sent }) => sent);
      mined.splice(0, mined.length, ...mined.filter(({ block }) => block <= number - depth));
      if (how?.reinclude === true) for (const { from, to, data } of lost) await queue(from, to, data);
      return head;
    },
  };
}

function asAddress(text: string): Address {
  return text.toLowerCase() as Address;
}
