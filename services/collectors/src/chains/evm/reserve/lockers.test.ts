import { describe, expect, it } from '@jest/globals';
import { assetId, chainId, epochMs } from '@breakwater/models/core';
import { silentLog } from '@breakwater/platform/log';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import { decodeFunctionData, encodeAbiParameters, encodeEventTopics, encodeFunctionResult, parseAbi, type Abi, type Hex } from 'viem';
import type { ContractCall } from '../../follow/node.ts';
import { evmFeedConfig } from '../config.ts';
import { createEvmFeed } from '../feed.ts';
import { TRANSFER_TOPIC, type ChainLog } from '../map.ts';
import { createMemoryChain } from '../test-memory-chain.ts';
import { createRig, START } from '../test-rig.ts';
import { reserveConfig } from './config.ts';
import { reserveEvents } from './events.ts';
import { createReserveReader } from './reader.ts';
import { watchedReserves, type WatchedReserve } from './watched.ts';

const address = (digit: string): Hex => `0x${digit.repeat(40)}`;
const [token, vault, backing, lock, pool, somebody] = [address('1'), address('2'), address('3'), address('4'), address('6'), address('5')];
const end = 1_800_000_000n;

/** Interfaces as their sources have them. */
const pinkLock = parseAbi([
  'struct Lock { uint256 id; address token; address owner; uint256 amount; uint256 lockDate; uint256 tgeDate; uint256 tgeBps; uint256 cycle; uint256 cycleBps; uint256 unlockedAmount; string description; }',
  'function getLockById(uint256 lockId) view returns (Lock)',
  'event LockUpdated(uint256 indexed id, address token, address owner, uint256 newAmount, uint256 newUnlockDate)',
  'event LockRemoved(uint256 indexed id, address token, address owner, uint256 amount, uint256 unlockedAt)',
  'event LockVested(uint256 indexed id, address token, address owner, uint256 amount, uint256 remaining, uint256 timestamp)',
]);
const uncx = parseAbi([
  'function tokenLocks(address, uint256) view returns (uint256 lockDate, uint256 amount, uint256 initialAmount, uint256 unlockDate, uint256 lockID, address owner)',
  'event onDeposit(address lpToken, address user, uint256 amount, uint256 lockDate, uint256 unlockDate)',
  'event onWithdraw(address lpToken, uint256 amount)',
]);
const timelock = parseAbi(['function releaseTime() view returns (uint256)', 'function balanceOf(address) view returns (uint256)', 'event Transfer(address indexed from, address indexed to, uint256 value)']);

function watched(of: object): WatchedReserve {
  const config = reserveConfig.parse({ chain: 'eip155:56', token, vault, backing: { address: backing, decimals: 18 }, owner: 'none', lock: of });
  const [reserve] = watchedReserves('eip155:56', { AMT: { tokens: [{ chain: 'eip155:56', address: token, decimals: 18 }], reserve: config } });
  if (reserve === undefined) throw new Error('not watched');
  return reserve;
}

/** What a reader says of the end of a lock whose contracts answer so, and what it asked them. */
async function read(reserve: WatchedReserve, answer: (call: ContractCall) => string | undefined): Promise<{ readonly until: unknown; readonly rejects: Readonly<Record<string, number>>; readonly asked: readonly ContractCall[] }> {
  const reader = createReserveReader({ chain: chainId('eip155:56'), reserves: [reserve], clock: createSimulatedClock({ start: epochMs(1_000) }), log: silentLog });
  const asked: ContractCall[] = [];
  const readings = await reader.watch.read({ read: async (_at, calls) => calls.map((call) => {
    // The vault, the supply and a snapshot that there is not come first.
    if (call.to === backing || call.to === token) return call.data === reserve.snapshot ? undefined : `0x${'1'.padStart(64, '0')}`;
    asked.push(call);
    return answer(call);
  }) }, { number: 9, hash: '0x99' });
  return { until: readings[0]?.liquidityLockedUntil, rejects: reader.watch.rejects(), asked };
}
const logOf = (at: string, abi: Abi, eventName: string, args: Readonly<Record<string, unknown>>, types: string, values: readonly unknown[]): ChainLog => ({
  address: at, topics: (encodeEventTopics as (of: object) => readonly string[])({ abi, eventName, args }), data: encodeAbiParameters(types === '' ? [] : types.split(',').map((type) => ({ type })), values), removed: false, block: 7, blockHash: '0x07', tx: '0x08', logIndex: 2,
});
const told = (reserve: WatchedReserve, log: ChainLog, ofBlock: readonly ChainLog[] = [log]): readonly string[] => reserveEvents(chainId('eip155:56'), [reserve], log, epochMs(1_000), ofBlock).map((found) => (found.ok ? `${found.value.event} ${found.value.amount} ${found.value.account} ${String(found.value.until)}` : found.error));

describe('a lock at OpenZeppelin’s TokenTimelock', () => {
  const reserve = watched({ locker: 'timelock', address: lock, token: pool });
  const answer = (held: bigint) => (call: ContractCall): string => (call.to === lock ? encodeFunctionResult({ abi: timelock, functionName: 'releaseTime', result: end }) : encodeFunctionResult({ abi: timelock, functionName: 'balanceOf', result: held }));
  it('ends as it says while it holds the token, and holds nothing once that is gone', async () => {
    const { until, asked } = await read(reserve, answer(5n));
    expect(until).toBe(Number(end) * 1_000);
    expect(asked.map(({ to, data }) => [to, decodeFunctionData({ abi: timelock, data: data as Hex })])).toEqual([[lock, expect.objectContaining({ functionName: 'releaseTime' })], [pool, { functionName: 'balanceOf', args: [lock] }]]);
    expect((await read(reserve, answer(0n))).until).toBe(0);
  });
  it('lets go by a transfer of its token from it, and by nothing else', () => {
    const moved = (from: Hex, to: Hex, value: bigint): ChainLog => logOf(pool, timelock, 'Transfer', { from, to }, 'uint256', [value]);
    expect(told(reserve, moved(lock, somebody, 9n))).toEqual([`unlock 9 ${somebody} null`]);
    for (const other of [moved(somebody, lock, 9n), moved(somebody, vault, 9n), moved(lock, somebody, 0n), { ...moved(lock, somebody, 9n), address: lock }]) expect(told(reserve, other)).toEqual([]);
    const reader = createReserveReader({ chain: chainId('eip155:56'), reserves: [reserve], clock: createSimulatedClock({ start: epochMs(1_000) }), log: silentLog });
    expect(reader.besides.addresses).toEqual([pool]);
    expect(reader.besides.topics).not.toContain(TRANSFER_TOPIC);
  });
});

describe('a lock at PinkLock02', () => {
  const reserve = watched({ locker: 'pinklock', address: lock, id: 1_000_123 });
  const answer = (amount: bigint, unlockedAmount: bigint) => (): string => encodeFunctionResult({ abi: pinkLock, functionName: 'getLockById', result: { id: 1_000_123n, token: pool, owner: somebody, amount, lockDate: 1n, tgeDate: end, tgeBps: 0n, cycle: 0n, cycleBps: 0n, unlockedAmount, description: 'liquidity of AMT, longer than a single word of the ABI' } });
  it('is read by its number, and holds nothing once all of it was taken out', async () => {
    const { until, asked } = await read(reserve, answer(7n, 0n));
    expect(until).toBe(Number(end) * 1_000);
    expect(asked.map(({ to, data }) => [to, decodeFunctionData({ abi: pinkLock, data: data as Hex })])).toEqual([[lock, { functionName: 'getLockById', args: [1_000_123n] }]]);
    expect((await read(reserve, answer(7n, 3n))).until).toBe(Number(end) * 1_000);
    expect((await read(reserve, answer(7n, 7n))).until).toBe(0);
  });
  it('moves by the events of its number alone', () => {
    const of = (id: bigint, name: string, more: readonly bigint[]): ChainLog => logOf(lock, pinkLock, name, { id }, `address,address${',uint256'.repeat(more.length)}`, [pool, somebody, ...more]);
    expect([...told(reserve, of(1_000_123n, 'LockUpdated', [7n, 1_900_000_000n])), ...told(reserve, of(1_000_123n, 'LockRemoved', [7n, 5n])), ...told(reserve, of(1_000_123n, 'LockVested', [2n, 5n, 6n]))]).toEqual([`lock 0 ${lock} 1900000000000`, `unlock 7 ${somebody} null`, `unlock 2 ${somebody} null`]);
    for (const name of ['LockUpdated', 'LockRemoved']) expect(told(reserve, of(1_000_124n, name, [7n, 5n]))).toEqual([]);
    expect(told(reserve, { ...of(1_000_123n, 'LockRemoved', [7n, 5n]), data: '0x' })).toEqual(['reserve-bad-lock']);
  });
  it('that vests tells each amount once: with the last one comes a second log, of all there ever was', () => {
    const of = (name: string, more: readonly bigint[], tx: string, logIndex: number, id = 1_000_123n): ChainLog => ({ ...logOf(lock, pinkLock, name, { id }, `address,address${',uint256'.repeat(more.length)}`, [pool, somebody, ...more]), tx, logIndex });
    const tell = (logs: readonly ChainLog[]): readonly string[] => logs.flatMap((log) => told(reserve, log, logs));
    const first = of('LockVested', [40n, 60n, 5n], '0x01', 3);
    const last = [of('LockRemoved', [100n, 6n], '0x02', 7), of('LockVested', [60n, 0n, 6n], '0x02', 9)];
    expect(tell([first, ...last])).toEqual([`unlock 40 ${somebody} null`, `unlock 60 ${somebody} null`]);
    // One that is taken away whole is told by that log alone, whatever another lock or transaction does.
    const removed = of('LockRemoved', [100n, 6n], '0x03', 7);
    expect(tell([first, removed, of('LockVested', [60n, 0n, 6n], '0x03', 9, 1_000_124n)])).toEqual([`unlock 40 ${somebody} null`, `unlock 100 ${somebody} null`]);
  });
  it('is followed by all logs of a block together', async () => {
    const chain = createMemoryChain('locks', START / 1_000 - 60);
    chain.mine(START / 1_000 - 48, []);
    const of = (name: string, more: readonly bigint[]): ChainLog => logOf(lock, pinkLock, name, { id: 1_000_123n }, `address,address${',uint256'.repeat(more.length)}`, [pool, somebody, ...more]);
    const logs = [of('LockRemoved', [100n, 6n]), of('LockVested', [60n, 0n, 6n])].map(({ topics, data }, i) => ({ address: lock, topics, data, transactionHash: `0x${'d'.repeat(64)}`, logIndex: `0x${i}`, removed: false }));
    const node = chain.node({ lie: (method, params, truth) => (method === 'eth_getLogs' ? logs.map((log) => ({ ...log, blockHash: (params[0] as { readonly blockHash: string }).blockHash, blockNumber: '0x1' })) : truth) });
    const rig = createRig({ a: node }, { feed: (deps) => createEvmFeed({ ...deps, chain: chainId('eip155:1'), tokens: [{ asset: assetId('AMT'), address: token, decimals: 18, symbol: 'AMT' }], reserves: [reserve], labels: () => undefined, config: { ...evmFeedConfig.parse({}), startBlock: 1, bloom: 'partial' } }) });
    rig.start();
    await rig.advance(10_000);
    expect(rig.published.flatMap((message) => (message.kind === 'reserve.event' ? [`${message.event} ${message.amount} ${message.state}`] : []))).toEqual(['unlock 60 included']);
    await rig.stop();
  });
});

describe('a lock at UNCX', () => {
  const reserve = watched({ locker: 'uncx', address: lock, token: pool, id: '2' });
  const answer = (amount: bigint) => (): string => encodeFunctionResult({ abi: uncx, functionName: 'tokenLocks', result: [1n, amount, 9n, end, 2n, somebody] });
  it('is read by its token and number', async () => {
    const { until, asked } = await read(reserve, answer(9n));
    expect(until).toBe(Number(end) * 1_000);
    expect(asked.map(({ data }) => decodeFunctionData({ abi: uncx, data: data as Hex }))).toEqual([{ functionName: 'tokenLocks', args: [pool, 2n] }]);
    expect((await read(reserve, answer(0n))).until).toBe(0);
  });
  it('is read again after a withdrawal of its token, which may be of anybody’s lock and is no event', async () => {
    const withdrawal = (of: string): ChainLog => logOf(lock, uncx, 'onWithdraw', {}, 'address,uint256', [of, 9n]);
    for (const one of [pool, somebody]) expect(told(reserve, withdrawal(one))).toEqual([]);
    const reader = createReserveReader({ chain: chainId('eip155:56'), reserves: [reserve], clock: createSimulatedClock({ start: epochMs(1_000) }), log: silentLog });
    expect([reader.besides.addresses, reader.besides.topics]).toEqual([[lock], expect.arrayContaining([withdrawal(pool).topics[0]])]);
    let amount = 9n;
    const ends = async (): Promise<readonly unknown[]> => (await reader.watch.read({ read: async (_at, calls) => calls.map((call) => (call.data === reserve.snapshot ? undefined : call.to === lock ? answer(amount)() : `0x${'1'.padStart(64, '0')}`)) }, { number: 9, hash: '0x99' })).map(({ liquidityLockedUntil }) => liquidityLockedUntil);
    const header = { number: 9, hash: '0x99', parent: '0x98', timestamp: epochMs(1_000) };
    expect([await ends(), await ends()]).toEqual([[Number(end) * 1_000], []]);
    expect(reader.watch.events(withdrawal(somebody), header, [])).toEqual([]);
    expect(await ends()).toEqual([]);
    amount = 0n;
    expect(reader.watch.events(withdrawal(pool), header, [])).toEqual([]);
    expect([await ends(), await ends()]).toEqual([[0], []]);
  });
  it('is not moved by other logs of its contract', () => {
    expect(told(reserve, logOf(lock, uncx, 'onDeposit', {}, 'address,address,uint256,uint256,uint256', [pool, somebody, 1n, 2n, 3n]))).toEqual([]);
  });
});

it('a lock that answers with too little, or with no words, is counted and nothing is told of it', async () => {
  const reserve = watched({ locker: 'uncx', address: lock, token: pool });
  for (const [said, reason] of [[`0x${'0'.repeat(64 * 3)}`, 'reserve-lock-malformed'], ['0x12', 'reserve-lock-malformed'], [undefined, 'reserve-lock-refused']] as const) expect(await read(reserve, () => said)).toMatchObject({ until: undefined, rejects: { [reason]: 1 } });
  const held = watched({ locker: 'timelock', address: lock, token: pool });
  expect(await read(held, ({ to }) => (to === pool ? '0x12' : `0x${'1'.padStart(64, '0')}`))).toMatchObject({ rejects: { 'reserve-held-malformed': 1 } });
});

it('the config takes what a locker needs, and nothing else', () => {
  const parse = (of: object): boolean => reserveConfig.safeParse({ chain: 'eip155:56', token, vault, backing: { address: backing, decimals: 18 }, lock: of }).success;
  expect([{ address: lock }, { locker: 'own', address: lock, until: 'unlockTime()' }, { locker: 'pinklock', address: lock, id: 5 }, { locker: 'uncx', address: lock, token: pool }].map(parse)).toEqual([true, true, true, true]);
  expect([{ locker: 'pinklock', address: lock }, { locker: 'pinklock', address: lock, id: -1 }, { locker: 'uncx', address: lock }, { locker: 'timelock', address: lock }, { locker: 'timelock', address: lock, token }, { locker: 'other', address: lock }, {}].map(parse)).toEqual(Array.from({ length: 7 }, () => false));
});
