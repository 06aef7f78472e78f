import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { assetId, chainId, epochMs } from '@breakwater/models/core';
import { dataFile } from '../../../../../infra/dev/src/env.ts';
import type { ChainLog } from './map.ts';
import { decodeTransfer, parseHeader, parseLog, toTransfer, TRANSFER_TOPIC } from './map.ts';

const word = (hex: string): string => `0x${hex.padStart(64, '0')}`;
const A = 'aa'.repeat(20);
const B = 'bb'.repeat(20);
const TOKEN = `0x${'0c'.repeat(20)}`;
const topics = [TRANSFER_TOPIC, word(A), word(B)];

describe('decodeTransfer', () => {
  it('knows the ERC-20 topic', () => {
    // keccak256('Transfer(address,address,uint256)'), as printed by any explorer.
    expect(TRANSFER_TOPIC).toBe('0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef');
  });

  it('decodes by the number of topics and names what it refuses', () => {
    expect(decodeTransfer({ topics, data: word('2a') })).toEqual({ ok: true, value: { from: `0x${A}`, to: `0x${B}`, value: 42n } });
    expect(decodeTransfer({ topics, data: `${word('2a')}${'ff'.repeat(32)}` })).toMatchObject({ ok: true, value: { value: 42n } });
    expect(decodeTransfer({ topics: [...topics, word('2a')], data: '0x' })).toEqual({ ok: false, error: 'indexed-value' });
    expect(decodeTransfer({ topics: topics.slice(0, 2), data: `${word(B)}${'0'.repeat(62)}2a` })).toEqual({ ok: false, error: 'half-indexed' });
    // Nothing indexed: all three in the data.
    expect(decodeTransfer({ topics: topics.slice(0, 1), data: `${word(A)}${word(B).slice(2)}${word('2a').slice(2)}` })).toEqual({ ok: true, value: { from: `0x${A}`, to: `0x${B}`, value: 42n } });
    expect(decodeTransfer({ topics: topics.slice(0, 1), data: '0x' })).toEqual({ ok: false, error: 'bad-data' });
    expect(decodeTransfer({ topics: topics.slice(0, 1), data: `${word(A)}${word(B).slice(2)}` })).toEqual({ ok: false, error: 'bad-data' });
    expect(decodeTransfer({ topics, data: '0x' })).toEqual({ ok: false, error: 'bad-data' });
    expect(decodeTransfer({ topics: [...topics, word('2a')], data: '0x' }, 'erc721')).toEqual({ ok: true, value: { from: `0x${A}`, to: `0x${B}`, value: 42n } });
    expect(decodeTransfer({ topics, data: word('2a') }, 'erc721')).toEqual({ ok: false, error: 'unindexed-id' });
    expect(decodeTransfer({ topics: [], data: '0x' })).toEqual({ ok: false, error: 'not-transfer' });
    expect(decodeTransfer({ topics, data: '0x2a' })).toEqual({ ok: false, error: 'bad-data' });
    expect(decodeTransfer({ topics: [TRANSFER_TOPIC, `0x${'ff'.repeat(32)}`, word(B)], data: word('2a') })).toEqual({ ok: false, error: 'bad-address' });
  });
});

describe('toTransfer', () => {
  const log: ChainLog = { address: TOKEN, topics, data: word((1_500_000n).toString(16)), block: 7, blockHash: word('7'), tx: word('9'), logIndex: 3, removed: false };
  const token = { asset: assetId('OM'), address: TOKEN, decimals: 6, symbol: 'OM' };
  const context = { chain: chainId('eip155:1'), tokens: new Map([[TOKEN, token]]), labelOf: (address: string) => (address === `0x${B}` ? 'exchange:okx' : undefined) };

  it('has the raw amount, the units and the labels', () => {
    expect(toTransfer(context, log, epochMs(1000))).toEqual({
      ok: true,
      value: { kind: 'transfer', source: 'eip155:1', chain: 'eip155:1', asset: 'OM', token: TOKEN, from: `0x${A}`, to: `0x${B}`, amount: '1500000', units: 1.5, block: 7, blockHash: word('7'), tx: word('9'), logIndex: 3, blockTime: 1000, toLabel: 'exchange:okx' },
    });
  });

  it('has the labels of the time of its block', () => {
    const sold = { ...context, labelOf: (address: string, at: number) => (address === `0x${A}` && at >= 2_000 ? 'fund:new' : undefined) };
    expect([1_999, 2_000].map((at) => toTransfer(sold, log, epochMs(at)))).toMatchObject([{ value: { from: `0x${A}` } }, { value: { fromLabel: 'fund:new' } }]);
    expect(toTransfer(sold, log, epochMs(1_999))).not.toHaveProperty('value.fromLabel');
  });

  it('counts an ERC-721 transfer as one unit and keeps its id', () => {
    const nft = { ...context, tokens: new Map([[TOKEN, { ...token, decimals: 0, standard: 'erc721' as const }]]) };
    expect(toTransfer(nft, { ...log, topics: [...topics, word('37e')], data: '0x' }, epochMs(0))).toMatchObject({ ok: true, value: { amount: '1', units: 1, tokenId: '894' } });
  });

  it('refuses removed logs and other tokens, and takes the largest value', () => {
    expect(toTransfer(context, { ...log, removed: true }, epochMs(0))).toEqual({ ok: false, error: 'removed' });
    expect(toTransfer(context, { ...log, address: `0x${A}` }, epochMs(0))).toEqual({ ok: false, error: 'unwatched-token' });
    const largest = toTransfer(context, { ...log, data: `0x${'ff'.repeat(32)}` }, epochMs(0));
    expect(largest.ok && largest.value.amount).toBe((2n ** 256n - 1n).toString());
    expect(largest.ok && Number.isFinite(largest.value.units)).toBe(true);
  });
});

describe('what a node sends', () => {
  const raw = { address: TOKEN.toUpperCase().replace('0X', '0x'), topics, data: word('1'), blockNumber: '0x7', blockHash: word('7'), transactionHash: word('9'), logIndex: '0x0' };
  it('is checked field by field', () => {
    expect(parseLog(raw)).toMatchObject({ ok: true, value: { address: TOKEN, block: 7, logIndex: 0, removed: false } });
    for (const [name, value] of [['address', '0x12'], ['blockHash', null], ['transactionHash', 5], ['data', '0x1'], ['blockNumber', null], ['logIndex', 'z'], ['topics', ['x']]] as const) {
      expect({ name, ...parseLog({ ...raw, [name]: value }) }).toMatchObject({ ok: false, name });
    }
    expect(parseLog(null).ok).toBe(false);
    expect(parseHeader({ number: 7n, hash: word('7'), parentHash: word('6'), timestamp: 12n })).toEqual({ ok: true, value: { number: 7, hash: word('7'), parent: word('6'), timestamp: 12_000 } });
    expect(parseHeader({ number: null, hash: word('7'), parentHash: word('6'), timestamp: 12n }).ok).toBe(false);
    expect(parseHeader({ number: 7n, hash: null, parentHash: word('6'), timestamp: 12n }).ok).toBe(false);
    expect(parseHeader({ number: 7n, hash: word('7'), parentHash: word('6'), timestamp: 2n ** 64n }).ok).toBe(false);
  });
});

describe('real mainnet blocks', () => {
  const read = (name: string): readonly Readonly<Record<string, unknown>>[] | undefined => {
    const file = dataFile(`evm-blocks/blocks-17173049-17173050.${name}.json`);
    if (file === undefined) return undefined;
    // Raw integers beyond 2^53 are kept as text.
    return readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line.replace(/"value": (\d+)/, '"value": "$1"')) as Readonly<Record<string, unknown>>);
  };

  it('agree with the answer key', () => {
    const transfers = read('token_transfers');
    const logs = read('logs');
    if (transfers === undefined || logs === undefined) return;
    const key = new Map(transfers.map((row) => [`${String(row['transaction_hash'])}:${String(row['log_index'])}`, row]));
    const counts: Record<string, number> = {};
    let agreed = 0;
    for (const row of logs) {
      const log = parseLog({
        address: row['address'], topics: row['topics'], data: row['data'], blockHash: row['block_hash'], transactionHash: row['transaction_hash'],
        blockNumber: `0x${Number(row['block_number']).toString(16)}`, logIndex: `0x${Number(row['log_index']).toString(16)}`,
      });
      if (!log.ok) throw new Error(log.error);
      const decoded = decodeTransfer(log.value);
      const name = decoded.ok ? 'erc20' : decoded.error;
      counts[name] = (counts[name] ?? 0) + 1;
      const expected = key.get(`${log.value.tx}:${log.value.logIndex}`);
      if (decoded.ok) {
        expect(expected).toMatchObject({ token_address: log.value.address, from_address: decoded.value.from, to_address: decoded.value.to, value: decoded.value.value.toString() });
        agreed++;
      } else if (decoded.error === 'not-transfer') expect(expected).toBeUndefined();
    }
    process.stdout.write(`evm-blocks: ${logs.length} logs, key ${key.size}, ${JSON.stringify(counts)}, agreed ${agreed}\n`);
    expect(logs.length).toBe(681);
    expect(agreed + (counts['indexed-value'] ?? 0)).toBe(key.size);
    expect(agreed).toBeGreaterThan(250);
    expect(counts['indexed-value']).toBeGreaterThan(0);
  });
});
