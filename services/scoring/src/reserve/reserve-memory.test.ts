import { describe, expect, it } from '@jest/globals';
import { DAY, epochMs } from '@breakwater/models/core';
import { createReserveMemory, type ReserveMemory } from './reserve-memory.ts';
import { reserve, reserveEvent } from './test-reserve.ts';

const t0 = 1_700_000_000_000;
const minute = 60_000;
const txs = (memory: ReserveMemory): readonly string[] => memory.events().map(({ tx, state }) => `${tx} ${state}`);

describe('events of a reserve', () => {
  it('keep their time while they settle, and are kept once', () => {
    const memory = createReserveMemory();
    for (const message of [reserveEvent(t0, 'mint', 'a'), reserveEvent(t0 + 1, 'burn', 'b'), reserveEvent(t0, 'mint', 'a'), reserveEvent(t0 + minute, 'mint', 'a', 1n, { state: 'final' })]) memory.fold(message);
    expect(txs(memory)).toEqual(['a final', 'b included']);
    expect(memory.events()[0]?.eventTime).toBe(t0);
  });
  it('that were undone are told once, and not when they were mined again', () => {
    const memory = createReserveMemory();
    memory.fold(reserveEvent(t0, 'mint', 'a'));
    memory.fold(reserveEvent(t0, 'deposit', 'b'));
    memory.fold(reserveEvent(t0 + 1, 'mint', 'a', 1n, { state: 'reverted' }));
    memory.fold(reserveEvent(t0 + 1, 'deposit', 'b', 1n, { state: 'reverted' }));
    memory.fold(reserveEvent(t0 + 2, 'deposit', 'b', 1n, { block: 11, blockHash: '0x11' }));
    expect(memory.takeReverted().map(({ tx }) => tx)).toEqual(['a']);
    expect(memory.takeReverted()).toEqual([]);
    expect(txs(memory)).toEqual(['b included']);
  });
  it('that stand in another block are not undone with the block they were in before', () => {
    const memory = createReserveMemory();
    memory.fold(reserveEvent(t0, 'mint', 'a', 1n, { blockHash: '0x11' }));
    memory.fold(reserveEvent(t0, 'mint', 'a', 1n, { state: 'reverted' }));
    expect(txs(memory)).toEqual(['a included']);
    memory.fold(reserveEvent(t0, 'mint', 'c', 1n, { state: 'reverted' }));
    memory.fold(reserveEvent(t0, 'mint', 'd', 1n, { state: 'final' }));
    expect([txs(memory), memory.takeReverted()]).toEqual([['a included'], []]);
  });
  it('that anybody can cause push out none of the owner', () => {
    const memory = createReserveMemory();
    memory.fold(reserveEvent(t0, 'mint', 'm'));
    memory.fold(reserveEvent(t0, 'owner', 'o'));
    for (let i = 0; i < 600; i++) memory.fold(reserveEvent(t0 + i, i % 2 === 0 ? 'deposit' : 'burn', `t${String(i)}`));
    expect([memory.events().length, txs(memory).slice(0, 3)]).toEqual([512, ['m included', 'o included', 't90 included']]);
    for (let i = 0; i < 600; i++) memory.fold(reserveEvent(t0 + i, 'lock', `l${String(i)}`));
    expect([memory.events().length, txs(memory)[0]]).toEqual([512, 'm included']);
    // Undone: of a mint it is told whatever else was undone with it.
    memory.fold(reserveEvent(t0 + 700, 'mint', 'm', 1n, { state: 'reverted' }));
    for (let i = 0; i < 600; i++) {
      memory.fold(reserveEvent(t0 + i, 'deposit', `u${String(i)}`));
      memory.fold(reserveEvent(t0 + 700, 'deposit', `u${String(i)}`, 1n, { state: 'reverted' }));
    }
    const undone = memory.takeReverted();
    expect([undone.length, undone.map(({ tx }) => tx).includes('m')]).toEqual([512, true]);
  });
  it('are forgotten after days, the oldest first beyond the most', () => {
    const memory = createReserveMemory();
    for (let i = 0; i < 600; i++) memory.fold(reserveEvent(t0 + i, 'deposit', `t${String(i)}`));
    expect([memory.events().length, memory.events()[0]?.tx]).toEqual([512, 't88']);
    memory.fold(reserve(t0 + 9 * DAY, 30n, 30n));
    expect(memory.events()).toEqual([]);
  });
});

describe('readings of a reserve', () => {
  it('a day ago, or the first there was', () => {
    const memory = createReserveMemory();
    expect(memory.dayAgo(epochMs(t0))).toBeUndefined();
    memory.fold(reserve(t0, 30n, 30n));
    memory.fold(reserve(t0 + 10 * minute, 29n, 30n));
    memory.fold(reserve(t0 + DAY, 28n, 30n));
    const before = (at: number): string | undefined => memory.dayAgo(epochMs(at))?.vault.slice(0, 2);
    expect([before(t0 + DAY - 1), before(t0 + DAY), before(t0 + DAY + 10 * minute), before(t0 + 2 * DAY)]).toEqual(['30', '30', '29', '28']);
  });
  it('of blocks that were taken back are forgotten', () => {
    const memory = createReserveMemory();
    memory.fold(reserve(t0, 30n, 30n, { block: 9 }));
    memory.fold(reserve(t0 + 10 * minute, 30n, 60n, { block: 10 }));
    memory.fold(reserveEvent(t0 + 10 * minute, 'mint', 'a'));
    memory.fold(reserveEvent(t0 + 20 * minute, 'mint', 'a', 1n, { state: 'reverted' }));
    memory.fold(reserve(t0 + 20 * minute, 30n, 30n, { block: 11 }));
    expect(memory.save().readings.map(({ block }) => block)).toEqual([9, 11]);
  });
  it('are bounded, whatever their number', () => {
    const memory = createReserveMemory();
    for (let i = 0; i < 4_000; i++) memory.fold(reserve(t0 + i * minute, 30n, 30n));
    expect(memory.save().readings.length).toBeLessThanOrEqual(290);
    expect(memory.dayAgo(epochMs(t0 + 4_000 * minute))?.eventTime).toBeGreaterThan(t0 + 4_000 * minute - DAY - 6 * minute);
  });
});

describe('another reserve in the place of one', () => {
  const other = { reserve: 'of another vault' };
  it('is compared with nothing of it, and its events are no more', () => {
    const memory = createReserveMemory();
    for (const message of [reserve(t0, 30n, 30n), reserveEvent(t0, 'mint', 'a'), reserveEvent(t0, 'mint', 'b'), reserveEvent(t0 + 1, 'mint', 'b', 1n, { state: 'reverted' }), reserve(t0 + DAY, 3n, 30n, other)]) memory.fold(message);
    expect([memory.dayAgo(epochMs(t0 + DAY))?.vault, memory.latest()?.reserve, txs(memory), memory.takeReverted()]).toEqual([String(3n * 10n ** 18n), other.reserve, [], []]);
  });
  it('begins with whatever is told of it first, and what is still told of the old one is left out', () => {
    const memory = createReserveMemory();
    memory.fold(reserve(t0, 30n, 30n));
    memory.fold(reserveEvent(t0, 'mint', 'a'));
    memory.fold(reserveEvent(t0 + minute, 'mint', 'n', 1n, other));
    expect([memory.latest(), txs(memory)]).toEqual([undefined, ['n included']]);
    const version = memory.version();
    for (const old of [reserveEvent(t0 + 2 * minute, 'mint', 'a', 1n, { state: 'final' }), reserveEvent(t0 + 2 * minute, 'mint', 'n', 1n, { state: 'reverted' }), reserveEvent(t0, 'mint', 'a'), reserve(t0, 30n, 30n)]) memory.fold(old);
    expect([memory.latest(), txs(memory), memory.version()]).toEqual([undefined, ['n included'], version]);
    const restored = createReserveMemory(JSON.parse(JSON.stringify(memory.save())) as ReturnType<ReserveMemory['save']>);
    restored.fold(reserve(t0, 30n, 30n));
    expect(restored.save()).toEqual(memory.save());
  });
});

it('what is saved comes back, and says nothing anew', () => {
  const memory = createReserveMemory();
  for (const message of [reserve(t0, 30n, 30n), reserveEvent(t0, 'mint', 'a'), reserveEvent(t0, 'mint', 'b'), reserveEvent(t0 + 1, 'mint', 'b', 1n, { state: 'reverted' }), reserve(t0 + DAY, 29n, 30n)]) memory.fold(message);
  const again = createReserveMemory(JSON.parse(JSON.stringify(memory.save())) as ReturnType<ReserveMemory['save']>);
  expect(again.save()).toEqual(memory.save());
  expect([again.version(), again.latest()?.vault, again.takeReverted().length]).toEqual([0, memory.latest()?.vault, 1]);
});
