import { describe, expect, it } from '@jest/globals';
import type { ReserveEventMessage } from '@breakwater/contracts';
import { assetId, chainId, currencyCode, epochMs, sourceId } from '@breakwater/models/core';
import { BreakwaterError } from '@breakwater/platform/errors';
import { silentLog } from '@breakwater/platform/log';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import { createReserveReader } from './reader.ts';
import type { WatchedReserve } from './watched.ts';

const address = (digit: string): string => `0x${digit.repeat(40)}`;
const reserve: WatchedReserve = {
  asset: assetId('AMT'), id: 'of btc', token: address('1'), decimals: 18, vault: address('2'), backing: { address: address('3'), decimals: 8 }, currency: currencyCode('BTC'), cap: '0xca', owner: '0x0e', snapshot: '0x5a', everyMs: 60_000,
  lock: { address: address('4'), until: { to: address('4'), data: '0x0c', place: 0 }, held: undefined, events: [] },
};
const at = { number: 9, hash: '0x99' };
const word = (value: bigint): string => `0x${value.toString(16).padStart(64, '0')}`;
/** In the order of the calls: vault, supply, snapshot, cap, owner, lock. */
const whole: readonly (string | undefined)[] = [word(30n), word(40n), word(2n), word(100n), word(0xabn), word(1_700_000_000n)];

function setUp() {
  const clock = createSimulatedClock({ start: epochMs(1_000) });
  const reader = createReserveReader({ chain: chainId('eip155:56'), reserves: [reserve], clock, log: silentLog });
  const asked: string[] = [];
  const read = (answers: readonly (string | undefined)[] | BreakwaterError) => reader.watch.read({ read: async (block, calls) => {
    asked.push(`${block.hash}: ${calls.map(({ to, data }) => `${to.slice(2, 3)} ${data.slice(0, 10)}`).join(', ')}`);
    if (answers instanceof BreakwaterError) throw answers;
    return answers;
  } }, at);
  return { clock, reader, asked, read };
}
const event = (state: ReserveEventMessage['state']): ReserveEventMessage => ({ kind: 'reserve.event', source: sourceId('eip155:56'), seq: 0, eventTime: epochMs(1), receivedAt: epochMs(1), asset: assetId('AMT'), reserve: 'of btc', chain: chainId('eip155:56'), block: 9, blockHash: '0x99', tx: '0x1', logIndex: 0, state, event: 'mint', amount: '1', account: '0x', until: null });

describe('reading a reserve', () => {
  it('asks for everything at one block, and says it in smallest units', async () => {
    const { read, asked } = setUp();
    expect(await read(whole)).toEqual([{
      kind: 'reserve', source: 'eip155:56', asset: 'AMT', reserve: 'of btc', chain: 'eip155:56', block: 9, blockHash: '0x99', vault: '30', vaultDecimals: 8, currency: 'BTC', supply: '40', decimals: 18, cap: '100', owner: `0x${'0'.repeat(38)}ab`,
      liquidityLockedUntil: 1_700_000_000_000, snapshotId: '2' }]);
    expect(asked).toEqual(['0x99: 3 0x70a08231, 1 0x18160ddd, 1 0x5a, 1 0xca, 1 0x0e, 4 0x0c']);
  });
  it('knows nobody who may mint, no snapshot, nothing locked any more and a lock for ever', async () => {
    const { read } = setUp();
    expect(await read([word(30n), word(40n), undefined, word(100n), word(0n), word(0n)])).toMatchObject([{ owner: null, snapshotId: null, liquidityLockedUntil: 0 }]);
    expect(await setUp().read([...whole.slice(0, 5), word(2n ** 255n)])).toMatchObject([{ liquidityLockedUntil: null }]);
  });
  it('is done again after an event and its end, at its pace otherwise, and a while after it failed', async () => {
    const { clock, reader, read, asked } = setUp();
    await read(whole);
    expect(await read(whole)).toEqual([]);
    reader.watch.note([event('safe'), event('final')]);
    expect(await read(whole)).toEqual([]);
    reader.watch.note([event('included')]);
    expect(await read([])).toEqual([]);
    expect(await read(whole)).toEqual([]);
    clock.setNow(epochMs(3_000));
    expect(await read(whole)).toHaveLength(1);
    reader.watch.note([event('reverted')]);
    expect(await read(new BreakwaterError('chain-mismatch', 'endpoints differ'))).toEqual([]);
    clock.setNow(epochMs(5_000));
    expect(await read(whole)).toHaveLength(1);
    clock.setNow(epochMs(64_999));
    expect(await read(whole)).toEqual([]);
    clock.setNow(epochMs(65_000));
    expect(await read(whole)).toHaveLength(1);
    expect(asked).toHaveLength(6);
    expect(reader.watch.rejects()).toEqual({ 'reserve-vault-refused': 1, 'reserve-unread': 1 });
  });
  it('that fails again and again is asked for ever more rarely, at most at its pace, and at once after an event', async () => {
    const { clock, reader, read, asked } = setUp();
    const times: number[] = [];
    for (let at = 1_000; at <= 250_000; at += 1_000) {
      clock.setNow(epochMs(at));
      const before = asked.length;
      await read(new BreakwaterError('rate-limited', '429'));
      if (asked.length > before) times.push(at / 1_000);
    }
    expect(times).toEqual([1, 3, 7, 15, 31, 63, 123, 183, 243]);
    reader.watch.note([event('included')]);
    expect(await read(whole)).toHaveLength(1);
  });
  it('counts what it cannot use, by what it is, and tells none of it', async () => {
    const { clock, reader, read } = setUp();
    const without = (i: number, answer: string | undefined): readonly (string | undefined)[] => whole.map((one, k) => (k === i ? answer : one));
    for (const answers of [without(0, '0x'), without(1, `${word(1n)}00`), without(3, undefined), without(4, `0x${'f'.repeat(64)}`), without(4, undefined), without(5, '0x12'), without(2, '0x12')]) {
      expect(await read(answers)).toEqual([]);
      clock.setNow(epochMs(clock.now() + 60_000));
    }
    expect(reader.watch.rejects()).toEqual({ 'reserve-vault-malformed': 1, 'reserve-supply-malformed': 1, 'reserve-cap-refused': 1, 'reserve-owner-malformed': 1, 'reserve-owner-refused': 1, 'reserve-lock-malformed': 1, 'reserve-snapshot-malformed': 1 });
  });
  it('ends with its caller', async () => {
    const { read } = setUp();
    await expect(read(new BreakwaterError('aborted', 'stopped'))).rejects.toThrow('stopped');
  });
});
