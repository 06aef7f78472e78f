import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Message, TransferMessage } from '@breakwater/contracts';
import { assetId, chainId, createRng } from '@breakwater/models/core';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { silentLog } from '@breakwater/platform/log';
import { createNodeNetwork } from '@breakwater/platform/network/node';
import type { Endpoint } from '@breakwater/platform/simulated';
import { startLoopback } from '@breakwater/simulator';
import { dataFile } from '../../../../../infra/dev/src/env.ts';
import type { WatchedToken } from '../tokens.ts';
import { evmFeedConfig } from './config.ts';
import { createEvmFeed } from './feed.ts';
import { NATIVE, TRANSFER_TOPIC } from './map.ts';
import { bloomOf } from './test-memory-chain.ts';

type Row = Readonly<Record<string, unknown>>;

/** Rows of a file; raw integers beyond 2^53 are kept as text. */
function read(name: string): readonly Row[] | undefined {
  const file = dataFile(`evm-blocks/blocks-17173049-17173050.${name}.json`);
  return file === undefined ? undefined : readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line.replace(/"value": (\d+)/, '"value": "$1"')) as Row);
}

const hex = (value: unknown): string => `0x${BigInt(String(value)).toString(16)}`;

interface Recorded {
  readonly blocks: readonly Row[];
  readonly logs: readonly Row[];
  readonly transactions: readonly Row[];
}

/** A node that serves the recorded blocks, and before them only the header that they name as parent. It ends where they end. */
function standIn({ blocks, logs, transactions }: Recorded, omit?: (log: Row) => boolean): Endpoint {
  const header = (row: Row) => ({ number: hex(row['number']), hash: row['hash'], parentHash: row['parent_hash'], timestamp: hex(row['timestamp']), logsBloom: row['logs_bloom'], transactions: [] as unknown[] });
  const first = blocks[0] ?? {};
  const parent = { ...header({ ...first, number: Number(first['number']) - 1, hash: first['parent_hash'], parent_hash: `0x${'0'.repeat(64)}`, timestamp: Number(first['timestamp']) - 12, logs_bloom: `0x${'0'.repeat(512)}` }) };
  const chain = [parent, ...blocks.map(header)];
  const of = (rows: readonly Row[], block: { readonly hash: unknown } | undefined) => rows.filter((row) => row['block_hash'] === block?.hash);
  const printLog = (row: Row) => ({ address: row['address'], topics: row['topics'], data: row['data'], blockNumber: hex(row['block_number']), blockHash: row['block_hash'], transactionHash: row['transaction_hash'], transactionIndex: hex(row['transaction_index']), logIndex: hex(row['log_index']), removed: false });
  const answer = (method: string, [what]: readonly unknown[]): unknown => {
    const byNumber = chain.find((block) => block.number === what);
    switch (method) {
      case 'eth_chainId': return '0x1';
      case 'eth_getBlockByNumber': return (what === 'latest' ? chain.at(-1) : what === 'safe' || what === 'finalized' ? chain.at(-2) : byNumber) ?? null;
      case 'eth_getBlockByHash': {
        const block = chain.find(({ hash }) => hash === what);
        return block === undefined ? null : { ...block, transactions: of(transactions, block).map((row) => ({ hash: row['hash'], from: row['from_address'], to: row['to_address'], value: hex(row['value']) })) };
      }
      case 'eth_getBlockReceipts': return of(transactions, byNumber).map((row) => ({ transactionHash: row['hash'], blockHash: row['block_hash'], status: hex(row['receipt_status']), contractAddress: row['receipt_contract_address'] }));
      case 'eth_getLogs': {
        const { address, topics, blockHash } = what as { readonly address: readonly string[]; readonly topics: readonly [string]; readonly blockHash: string };
        return logs.filter((row) => row['block_hash'] === blockHash && address.includes(String(row['address'])) && (row['topics'] as readonly string[])[0] === topics[0] && omit?.(row) !== true).map(printLog);
      }
      default: throw new Error(`the method ${method} does not exist`);
    }
  };
  return {
    accept: (_path, peer) => {
      peer.close(1008, 'no sockets here');
      return { onFrame: () => undefined, onClose: () => undefined };
    },
    request: ({ body }) => {
      const { id, method, params } = JSON.parse(body ?? '{}') as { readonly id: number; readonly method: string; readonly params: readonly unknown[] };
      try {
        return { status: 200, headers: {}, body: JSON.stringify({ jsonrpc: '2.0', id, result: answer(method, params) }) };
      } catch (error) {
        return { status: 200, headers: {}, body: JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32601, message: String(error) } }) };
      }
    },
  };
}

/** Follows the recorded blocks through the real feed, from nodes on 127.0.0.1, until it says that it is at the head. */
async function follow(nodes: Readonly<Record<string, Endpoint>>, tokens: readonly WatchedToken[]): Promise<{ readonly transfers: readonly TransferMessage[]; readonly health: readonly string[] }> {
  const loopback = await startLoopback({ endpoints: nodes });
  const published: Message[] = [];
  const abort = new AbortController();
  try {
    await new Promise<void>((resolve, reject) => {
      const feed = createEvmFeed({
        chain: chainId('eip155:1'), tokens, endpoints: Object.keys(nodes).map((name) => loopback.addresses[name]?.http ?? ''), network: createNodeNetwork({ userAgent: 'breakwater-test' }), clock: createSystemClock(), rng: createRng(1),
        labels: () => undefined, log: silentLog, signal: abort.signal, config: { ...evmFeedConfig.parse({ startBlock: 17_173_049, pollEveryMs: 20, bloom: 'exact', stallAfterMs: 600_000 }) },
        publish: (_topic, message) => {
          published.push(message);
          if (message.kind === 'watermark') resolve();
        },
        publishDurable: async (_topic, messages) => void published.push(...messages),
        journal: { checkpoint: async () => undefined, saveCheckpoints: async () => undefined },
      });
      feed.run().catch(reject);
    });
  } finally {
    abort.abort();
    await loopback.close();
  }
  return { transfers: published.filter((message): message is TransferMessage => message.kind === 'transfer'), health: published.flatMap((message) => (message.kind === 'feed.health' ? [`${message.status} ${message.reason} ${message.detail ?? ''}`] : [])) };
}

const [blocks, logs, transactions, key] = ['blocks', 'logs', 'transactions', 'token_transfers'].map(read);
const recorded: Recorded | undefined = blocks === undefined || logs === undefined || transactions === undefined ? undefined : { blocks, logs, transactions };

(recorded === undefined || key === undefined ? describe.skip : describe)('two real blocks of Ethereum', () => {
  const { logs: all, transactions: sent } = recorded ?? { logs: [], transactions: [] };
  const answers = key ?? [];
  // What a contract is can be seen from what it wrote: four topics are ERC-721.
  const nfts = new Set(all.filter((row) => (row['topics'] as readonly string[])[0] === TRANSFER_TOPIC && (row['topics'] as readonly string[]).length === 4).map((row) => row['address']));
  const tokens = [...new Set(answers.map((row) => String(row['token_address'])))].map((address, i): WatchedToken => ({ asset: assetId(`T${i}`), address, decimals: 0, symbol: `T${i}`, ...(nfts.has(address) ? { standard: 'erc721' as const } : {}) }));

  it('give exactly the transfers of the answer key', async () => {
    if (recorded === undefined) return;
    const { transfers, health } = await follow({ a: standIn(recorded), b: standIn(recorded) }, tokens);
    const included = transfers.filter(({ state }) => state === 'included');
    const said = included.map((t) => [t.block, t.blockHash, t.tx, t.logIndex, t.token, t.from, t.to, t.tokenId ?? t.amount]);
    const wanted = answers.map((row) => [row['block_number'], row['block_hash'], row['transaction_hash'], row['log_index'], row['token_address'], row['from_address'], row['to_address'], row['value']]);
    const order = (rows: readonly unknown[][]): readonly string[] => rows.map((row) => JSON.stringify(row)).sort();
    expect(order(said)).toEqual(order(wanted));
    expect(said.length).toBe(291);
    // An ERC-721 transfer moves one unit; its id is no amount.
    expect(included.filter(({ tokenId }) => tokenId !== undefined).map(({ amount, units }) => [amount, units])).toEqual(Array.from({ length: 9 }, () => ['1', 1]));
    expect(included.every(({ eventTime, block }) => eventTime === (block === 17_173_049 ? 1_683_029_999_000 : 1_683_030_011_000))).toBe(true);
    expect(transfers.filter(({ state }) => state === 'final').length).toBe(included.filter(({ block }) => block === 17_173_049).length);
    expect(health).toEqual(['ok following ']);
    process.stdout.write(`evm-blocks through the feed: ${said.length} transfers of ${tokens.length} tokens, ${nfts.size} of them ERC-721\n`);
  });

  it('give the same when one of three nodes leaves a log out, and that one is named', async () => {
    if (recorded === undefined) return;
    const { transfers, health } = await follow({ bad: standIn(recorded, (log) => log['log_index'] === 100), b: standIn(recorded), c: standIn(recorded) }, tokens);
    expect(transfers.filter(({ state }) => state === 'included').length).toBe(291);
    expect(health.filter((said) => said.includes('endpoint-quarantined')).length).toBe(1);
    expect(health.find((said) => said.includes('endpoint-quarantined'))).toMatch(/127\.0\.0\.1:\d+: omitted-entries/);
  });

  it('have filters that are those of their logs', () => {
    for (const block of recorded?.blocks ?? []) {
      expect(bloomOf(all.filter((row) => row['block_hash'] === block['hash']).map((row) => ({ address: String(row['address']), topics: row['topics'] as readonly string[] })))).toBe(block['logs_bloom']);
    }
  });

  it('give what transactions that succeeded moved of the coin', async () => {
    if (recorded === undefined) return;
    const { transfers } = await follow({ a: standIn(recorded) }, [{ asset: assetId('ETH'), address: NATIVE, decimals: 18, symbol: 'ETH' }]);
    const wanted = sent.filter((row) => String(row['value']) !== '0' && row['receipt_status'] === 1 && row['to_address'] !== null);
    expect(wanted.length).toBeGreaterThan(100);
    expect(transfers.filter(({ state }) => state === 'included').map(({ tx, from, to, amount }) => [tx, from, to, amount])).toEqual(expect.arrayContaining(wanted.map((row) => [row['hash'], row['from_address'], row['to_address'], row['value']])));
    expect(transfers.filter(({ state }) => state === 'included').length).toBe(wanted.length);
    process.stdout.write(`evm-blocks, native: ${wanted.length} of ${sent.length} transactions moved value\n`);
  });
});
