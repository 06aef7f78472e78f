import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { defined } from '@breakwater/models/core';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import { createTestClient, encodeDeployData, encodeFunctionData, http, publicActions } from 'viem';
import type { Address, Hex } from 'viem';
import type { ChainDriver, ChainHead, ChainOptions } from './chain-driver.ts';
import { rawAmount } from './chain-driver.ts';
import { tokenAbi, tokenBytecode } from './token.ts';

/** Options of the real node. */
export interface AnvilOptions extends ChainOptions {
  /** A free one when absent. */
  readonly port?: number;
  /** How long the node may take to answer first, milliseconds. Default 15,000. */
  readonly readyWithinMs?: number;
}

/** The account that deploys the token; every account is usable without a key on this node. */
const DEPLOYER = '0x00000000000000000000000000000000000d3910';
const GAS = 6_000_000;

/**
 * Starts a real EVM node (anvil of `@foundry-rs/anvil`) on 127.0.0.1 and deploys the ERC-20 in its first block. The same options and calls give the
 * same hashes. The node mines only when told, ends with `close()`, and is killed when this process exits.
 * Fails with `http-failed` when there is no binary for this machine or the node does not answer in time.
 */
export async function startAnvil(options: AnvilOptions): Promise<ChainDriver> {
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const genesis = Math.floor(options.genesisAt / 1000);
  const node = startNode(port, genesis, options);
  const client = createTestClient({ mode: 'anvil', transport: http(url, { retryCount: 0, timeout: 30_000 }), cacheTime: 0 }).extend(publicActions);
  await waitUntilReady(client, node, options.readyWithinMs ?? 15_000);

  const funded = new Set<string>();
  let nextTime = genesis + 1;
  let sent: { readonly hash: Hex; readonly from: Address; readonly to: Address; readonly units: number }[] = [];
  const mined: { readonly block: number; readonly transfers: typeof sent }[] = [];
  const send = async (from: Address, to: Address | undefined, data: Hex): Promise<Hex> => {
    if (!funded.has(from)) {
      await client.setBalance({ address: from, value: 10n ** 24n });
      funded.add(from);
    }
    // Not in viem's schema with a missing `to`, so asked by name.
    return client.request({ method: 'eth_sendTransaction', params: [{ from, ...(to === undefined ? {} : { to }), data, gas: `0x${GAS.toString(16)}`, gasPrice: '0x77359400' }] } as never);
  };
  const head = async (): Promise<ChainHead> => {
    const block = await client.getBlock({ blockTag: 'latest' });
    return { number: Number(block.number), hash: defined(block.hash, 'hash of a mined block'), timestamp: Number(block.timestamp) };
  };
  const mine = async (seconds: number): Promise<ChainHead> => {
    const at = Math.max(seconds, nextTime);
    nextTime = at + 1;
    await client.setNextBlockTimestamp({ timestamp: BigInt(at) });
    await client.mine({ blocks: 1 });
    return head();
  };

  const deployed = await send(DEPLOYER, undefined, encodeDeployData({ abi: tokenAbi, bytecode: tokenBytecode, args: [options.tokenName, options.tokenSymbol, options.holders.map(({ address }) => asAddress(address)), options.holders.map(({ units }) => rawAmount(units))] }));
  await mine(genesis + 1);
  const token = defined((await client.getTransactionReceipt({ hash: deployed })).contractAddress, 'address of the deployed token').toLowerCase();

  const transfer = async (from: string, to: string, units: number): Promise<void> => {
    const [sender, receiver] = [asAddress(from), asAddress(to)];
    const hash = await send(sender, asAddress(token), encodeFunctionData({ abi: tokenAbi, functionName: 'transfer', args: [receiver, rawAmount(units)] }));
    sent.push({ hash, from: sender, to: receiver, units });
  };
  return {
    url, endpoint: undefined, chainId: options.chainId, token, transfer, head,
    mineAt: async (t) => {
      const block = await mine(Math.floor(t / 1000));
      for (const { hash } of sent) {
        const { status } = await client.getTransactionReceipt({ hash });
        if (status !== 'success') throw new BreakwaterError('bad-answer', `transfer ${hash} failed on the simulated chain: the sender holds too little`);
      }
      mined.push({ block: block.number, transfers: sent });
      sent = [];
      return block;
    },
    reorg: async (depth, reorgOptions) => {
      const before = await head();
      await client.request({ method: 'anvil_reorg', params: [depth, []] } as never);
      const lost = mined.filter(({ block }) => block > before.number - depth).flatMap(({ transfers }) => transfers);
      mined.splice(0, mined.length, ...mined.filter(({ block }) => block <= before.number - depth));
      if (reorgOptions?.reinclude === true) for (const each of lost) await transfer(each.from, each.to, each.units);
      return head();
    },
    close: () => node.stop(),
  };
}

interface NodeProcess {
  exited(): string | undefined;
  stop(): Promise<void>;
}

function startNode(port: number, genesis: number, options: AnvilOptions): NodeProcess {
  const args = ['--host', '127.0.0.1', '--port', String(port), '--no-mining', '--chain-id', String(options.chainId), '--timestamp', String(genesis), '--accounts', '1', '--auto-impersonate', '--slots-in-an-epoch', String(options.safeDepth ?? 4), '--silent'];
  const child = spawn(anvilBinary(), args, { stdio: ['ignore', 'ignore', 'ignore'] });
  let ended: string | undefined;
  const gone = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      ended = messageOf(error);
      resolve();
    });
    child.once('exit', (code, signal) => {
      ended ??= `exit ${code ?? signal ?? 'unknown'}`;
      resolve();
    });
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  void gone.then(() => process.removeListener('exit', kill));
  return {
    exited: () => ended,
    stop: async () => {
      if (ended === undefined) child.kill('SIGTERM');
      const grace = setTimeout(kill, 3_000);
      await gone;
      clearTimeout(grace);
    },
  };
}

/** The executable for this machine: `@foundry-rs/anvil-<platform>-<arch>`, an optional dependency of `@foundry-rs/anvil`. */
function anvilBinary(): string {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const name = `@foundry-rs/anvil-${process.platform}-${architecture}`;
  try {
    // The binary is a dependency of that package, so it is resolved from there.
    const wrapper = createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json');
    return createRequire(wrapper).resolve(`${name}/bin/anvil${process.platform === 'win32' ? '.exe' : ''}`);
  } catch (cause) {
    throw new BreakwaterError('http-failed', `no EVM node for this machine: ${name} is not installed`, { cause });
  }
}

async function waitUntilReady(client: { getChainId(): Promise<number> }, node: NodeProcess, withinMs: number): Promise<void> {
  // The node is a real process: waiting for it is measured in attempts of real time, outside any simulated clock.
  for (let waited = 0; waited < withinMs; waited += 25) {
    if (node.exited() !== undefined) throw new BreakwaterError('http-failed', `the EVM node ended while starting: ${node.exited() ?? ''}`);
    try {
      await client.getChainId();
      return;
    } catch {
      await pause(25);
    }
  }
  await node.stop();
  throw new BreakwaterError('http-failed', `the EVM node did not answer within ${withinMs} ms`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new BreakwaterError('http-failed', 'no free port: the system gave none'))));
    });
  });
}

function asAddress(text: string): Address {
  return text.toLowerCase() as Address;
}
