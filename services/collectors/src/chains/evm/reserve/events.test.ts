import { describe, expect, it } from '@jest/globals';
import { assetId, chainId, currencyCode, epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { toEventSelector } from 'viem';
import { TRANSFER_TOPIC, type ChainLog } from '../map.ts';
import { OWNER_TOPIC, reserveEvents, SNAPSHOT_TOPIC } from './events.ts';
import { watchedReserves } from './watched.ts';
import { reserveConfig } from './config.ts';

const address = (digit: string): string => `0x${digit.repeat(40)}`;
const [token, vault, backing, lock, somebody, nobody] = [address('1'), address('2'), address('3'), address('4'), address('5'), address('0')];
const config = reserveConfig.parse({ chain: 'eip155:56', token, vault, backing: { address: backing, decimals: 8 }, lock: { address: lock }, cap: 1_000 });
const reserves = watchedReserves('eip155:56', { AMT: { tokens: [{ chain: 'eip155:56', address: token.toUpperCase().replace('0X', '0x'), decimals: 6 }], reserve: config } });
const word = (value: string | bigint): string => `0x${(typeof value === 'bigint' ? value.toString(16) : value.slice(2)).padStart(64, '0')}`;
const log = (at: string, topics: readonly string[], data = '0x', removed = false): ChainLog => ({ address: at, topics, data, removed, block: 7, blockHash: word(7n), tx: word(8n), logIndex: 2 });
const told = (one: ChainLog): readonly string[] => reserveEvents(chainId('eip155:56'), reserves, one, epochMs(1_000)).map((found) => (found.ok ? `${found.value.event} ${found.value.amount} ${found.value.account} ${String(found.value.until)}` : found.error));
const transfer = (at: string, from: string, to: string, amount: bigint): ChainLog => log(at, [TRANSFER_TOPIC, word(from), word(to)], word(amount));

describe('what logs say of a reserve', () => {
  it('is deposits and withdrawals of its vault, mints and burns of its token', () => {
    expect(told(transfer(backing, somebody, vault, 5n))).toEqual([`deposit 5 ${somebody} null`]);
    expect(told(transfer(backing, vault, somebody, 6n))).toEqual([`withdrawal 6 ${somebody} null`]);
    expect(told(transfer(token, nobody, somebody, 7n))).toEqual([`mint 7 ${somebody} null`]);
    expect(told(transfer(token, somebody, nobody, 8n))).toEqual([`burn 8 ${somebody} null`]);
    for (const other of [transfer(backing, somebody, token, 5n), transfer(backing, vault, vault, 5n), transfer(token, somebody, vault, 5n), transfer(lock, nobody, vault, 5n), transfer(somebody, nobody, vault, 5n), transfer(backing, somebody, vault, 0n), transfer(backing, vault, somebody, 0n), transfer(token, nobody, somebody, 0n), transfer(token, somebody, nobody, 0n)]) expect(told(other)).toEqual([]);
  });
  it('is another owner, a snapshot, and the end of a lock', () => {
    expect(told(log(token, [OWNER_TOPIC, word(somebody), word(nobody)]))).toEqual([`owner 0 ${nobody} null`]);
    expect(told(log(token, [SNAPSHOT_TOPIC], word(3n)))).toEqual([`snapshot 3 ${token} null`]);
    expect(told(log(lock, [toEventSelector('LockExtended(uint256)')], word(1_700_000_000n)))).toEqual([`lock 0 ${lock} 1700000000000`]);
    expect(told(log(lock, [toEventSelector('LockExtended(uint256)')], word(2n ** 255n)))).toEqual([`lock 0 ${lock} null`]);
    expect(told(log(lock, [toEventSelector('LockReleased(address,uint256)')], `${word(somebody)}${word(9n).slice(2)}`))).toEqual([`unlock 9 ${somebody} null`]);
  });
  it('is refused by name where it is malformed or taken back', () => {
    expect(told(log(token, [OWNER_TOPIC, word(somebody)]))).toEqual(['reserve-bad-owner']);
    expect(told(log(token, [SNAPSHOT_TOPIC], '0x12'))).toEqual(['reserve-bad-snapshot']);
    expect(told(log(lock, [toEventSelector('LockExtended(uint256)')]))).toEqual(['reserve-bad-lock']);
    expect(told(log(token, [TRANSFER_TOPIC, word(nobody)], word(1n)))).toEqual(['reserve-bad-transfer']);
    expect(told(log(backing, [TRANSFER_TOPIC, word(vault)], word(1n)))).toEqual(['reserve-bad-transfer']);
    expect(told({ ...transfer(token, nobody, somebody, 7n), removed: true })).toEqual(['reserve-removed']);
  });
  it('never throws, whatever a log holds', () => {
    const hex = (digits: number): fc.Arbitrary<string> => fc.array(fc.constantFrom(...Array.from({ length: 16 }, (_, i) => i.toString(16))), { minLength: digits, maxLength: digits }).map((list) => `0x${list.join('')}`);
    const topic = fc.oneof(fc.constantFrom(TRANSFER_TOPIC, OWNER_TOPIC, SNAPSHOT_TOPIC, toEventSelector('LockExtended(uint256)')), hex(64));
    fc.assert(fc.property(fc.constantFrom(token, backing, lock), fc.array(topic, { maxLength: 4 }), fc.integer({ min: 0, max: 80 }).chain((n) => hex(2 * n)), (at, topics, data) => {
      for (const one of told(log(at, topics, data))) expect(one).toMatch(/^(reserve-|deposit|withdrawal|mint|burn|owner|lock|unlock|snapshot)/);
    }));
  });
});

it('a reserve of the config is watched on its chain, with a cap in smallest units, and only behind a token of its asset', () => {
  const [first] = reserves;
  expect(first?.id).toBe(`eip155:56/${token}/${vault}/${backing}/BTC`);
  const [moved] = reserveEvents(chainId('eip155:56'), reserves, transfer(backing, somebody, vault, 5n), epochMs(1_000));
  expect(moved?.ok === true ? moved.value.reserve : undefined).toBe(first?.id);
  expect(first).toMatchObject({ asset: assetId('AMT'), decimals: 6, currency: currencyCode('BTC'), cap: 1_000_000_000n, everyMs: 60_000 });
  expect(watchedReserves('eip155:1', { AMT: { tokens: [{ chain: 'eip155:56', address: token, decimals: 6 }], reserve: config } })).toEqual([]);
  expect(watchedReserves('eip155:56', { AMT: { tokens: [{ chain: 'eip155:56', address: somebody, decimals: 6 }], reserve: config } })).toEqual([]);
});
