import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { createDeposits, isDeposit, transferKey } from './deposits.ts';
import { transfer } from './testing/messages.ts';

const t0 = 1_700_000_000_000;
const dayMs = 86_400_000;

describe('deposits', () => {
  it('are transfers into an exchange from what is none', () => {
    expect(isDeposit(transfer('0x1', t0, 1))).toBe(true);
    expect(isDeposit(transfer('0x2', t0, 1, { fromLabel: 'exchange:binance' }))).toBe(false);
    expect(isDeposit(transfer('0x3', t0, 1, { toLabel: 'issuer:mantra' }))).toBe(false);
    expect(isDeposit(transfer('0x4', t0, 1, { toLabel: '' }))).toBe(false);
  });
  it('are told apart by chain, transaction and position in it', () => {
    const deposits = createDeposits();
    deposits.fold(transfer('0x1', t0, 1));
    deposits.fold(transfer('0x1', t0, 2, { logIndex: 1 }));
    deposits.fold(transfer('0x1', t0, 4));
    expect(deposits.within(epochMs(t0), 1_000).map((t) => t.units)).toEqual([1, 2]);
    expect(transferKey(transfer('0x1', t0, 1))).toBe('eip155:1/0x1/0');
  });
  it('of a window are those after its start and up to its end, oldest first', () => {
    const deposits = createDeposits();
    for (const at of [3_000, 1_000, 2_000, 4_000]) deposits.fold(transfer(`0x${at}`, t0 + at, at));
    expect(deposits.within(epochMs(t0 + 3_000), 2_000).map((t) => t.units)).toEqual([2_000, 3_000]);
  });
  it('take a later state without a later time, and leave when reverted, once', () => {
    const deposits = createDeposits();
    deposits.fold(transfer('0x1', t0, 1));
    deposits.fold(transfer('0x1', t0 + 500, 1, { state: 'final' }));
    expect(deposits.within(epochMs(t0), 1)).toMatchObject([{ state: 'final', eventTime: t0 }]);
    deposits.fold(transfer('0x1', t0 + 900, 1, { state: 'reverted' }));
    deposits.fold(transfer('0x1', t0 + 900, 1, { state: 'reverted' }));
    deposits.fold(transfer('0x9', t0 + 900, 1, { state: 'reverted' }));
    expect(deposits.within(epochMs(t0 + 1_000), 10_000)).toEqual([]);
    expect(deposits.takeReverted().map((t) => t.tx)).toEqual(['0x1']);
    expect(deposits.takeReverted()).toEqual([]);
  });
  it('stay settled when their inclusion in the same block is told again, and begin anew in another block', () => {
    const deposits = createDeposits();
    for (const state of ['included', 'final', 'included', 'safe'] as const) deposits.fold(transfer('0x1', t0, 1, { state }));
    expect(deposits.within(epochMs(t0), 1)).toMatchObject([{ state: 'final', eventTime: t0 }]);
    deposits.fold(transfer('0x1', t0 + 12_000, 1, { block: 2, blockHash: '0x2' }));
    expect(deposits.within(epochMs(t0 + 12_000), 1)).toMatchObject([{ state: 'included', eventTime: t0 + 12_000, block: 2, blockHash: '0x2' }]);
    // The log of before a restart is folded again.
    deposits.fold(transfer('0x1', t0, 1));
    expect(deposits.within(epochMs(t0 + 12_000), 12_001)).toMatchObject([{ state: 'included', eventTime: t0 + 12_000, blockHash: '0x2' }]);
    expect(deposits.takeReverted()).toEqual([]);
  });
  it('count once through every state from waiting to final, and not before they are in a block', () => {
    const deposits = createDeposits();
    deposits.fold(transfer('0x1', t0 - 500, 1, { state: 'seen' }));
    expect(deposits.within(epochMs(t0), 10_000)).toEqual([]);
    // Mined at another place of its block than was guessed.
    for (const [i, state] of (['included', 'safe', 'final'] as const).entries()) deposits.fold(transfer('0x1', t0 + 100 * i, 1, { state, logIndex: 7 }));
    deposits.fold(transfer('0x1', t0 + 400, 1, { state: 'seen', logIndex: 7 }));
    expect(deposits.within(epochMs(t0 + 1_000), 10_000)).toMatchObject([{ state: 'final', eventTime: t0, logIndex: 7 }]);
    expect(deposits.takeReverted()).toEqual([]);
  });
  it('that were reverted and mined again count, and are not called reverted', () => {
    const deposits = createDeposits();
    for (const state of ['included', 'reverted', 'included'] as const) deposits.fold(transfer('0x1', t0, 1, { state }));
    expect(deposits.within(epochMs(t0), 1)).toHaveLength(1);
    expect(deposits.takeReverted()).toEqual([]);
  });
  it('are forgotten a day later, and restored from what was saved', () => {
    const deposits = createDeposits();
    deposits.fold(transfer('0x1', t0, 1));
    deposits.fold(transfer('0x2', t0 + 1, 2));
    deposits.prune(epochMs(t0 + dayMs));
    expect(deposits.save().map((t) => t.tx)).toEqual(['0x2']);
    const restored = createDeposits(deposits.save());
    restored.fold(transfer('0x2', t0 + 1, 2));
    expect(restored.save()).toEqual(deposits.save());
  });
  it('is not opened by a later state of a transfer that is no longer held: its time is when that was learned', () => {
    const deposits = createDeposits();
    deposits.fold(transfer('0x1', 1_000, 5));
    deposits.prune(epochMs(1_000 + 86_400_000));
    deposits.fold(transfer('0x1', 1_000 + 86_400_000, 5, { state: 'final' }));
    expect(deposits.within(epochMs(2_000 + 86_400_000), 86_400_000)).toEqual([]);
  });
});
