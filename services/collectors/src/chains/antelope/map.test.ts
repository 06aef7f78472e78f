import { describe, expect, it } from '@jest/globals';
import { assetId, chainId, epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import type { LabelOf } from '../labels.ts';
import { decodeAction, nameOf, parseBlock, timeOf, toTransfer } from './map.ts';
import { createTestChain, pack, packName, printBlock, type PlannedAction } from './test-nodeos.ts';

const tx = (n: number): string => n.toString(16).padStart(64, '0');
const action = (n: number, quantity = '1.0000 EOS', more: Partial<PlannedAction> = {}): PlannedAction => ({ contract: 'eosio.token', from: 'alice', to: 'exchange1111', quantity, tx: tx(n), ...more });
const contracts = new Set(['eosio.token']);

describe('a packed transfer', () => {
  it('is decoded as published by others', () => {
    // The act.hex_data of a transfer of 100.0000 TOK from sakuya to smallred1111 (a history API answer, block 14286896).
    expect(decodeAction('0000000018afa1c110420849dd188dc440420f000000000004544f4b0000000000')).toEqual({ ok: true, value: { from: 'sakuya', to: 'smallred1111', amount: 1_000_000n, precision: 4, symbol: 'TOK' } });
    // The name eosio, as in every packed action of the system contract.
    expect(nameOf(0x5530ea0000000000n)).toBe('eosio');
  });

  it('is what was packed, for any names and amounts', () => {
    const name = fc.stringMatching(/^[a-z1-5]([a-z1-5.]{0,10}[a-z1-5])?$/);
    fc.assert(fc.property(name, name, fc.bigInt(0n, 2n ** 62n), fc.integer({ min: 0, max: 18 }), fc.stringMatching(/^[A-Z]{1,7}$/), (from, to, amount, precision, symbol) => {
      const digits = amount.toString().padStart(precision + 1, '0');
      const quantity = precision === 0 ? `${digits} ${symbol}` : `${digits.slice(0, -precision)}.${digits.slice(-precision)} ${symbol}`;
      expect(decodeAction(pack({ from, to, quantity }))).toEqual({ ok: true, value: { from, to, amount, precision, symbol } });
      expect(nameOf(packName(from))).toBe(from);
    }));
  });

  it('that is none is refused by name, and nothing throws', () => {
    const good = pack(action(1));
    expect(decodeAction('')).toEqual({ ok: false, error: 'bad-data' });
    expect(decodeAction(good.slice(0, 62))).toEqual({ ok: false, error: 'bad-data' });
    expect(decodeAction(`${'0'.repeat(16)}${good.slice(16)}`)).toEqual({ ok: false, error: 'bad-name' });
    expect(decodeAction(pack(action(1, '-1.0000 EOS')))).toEqual({ ok: false, error: 'negative-amount' });
    expect(decodeAction(`${good.slice(0, 48)}04616263${good.slice(56)}`)).toEqual({ ok: false, error: 'bad-symbol' });
    fc.assert(fc.property(fc.oneof(fc.string(), fc.stringMatching(/^([0-9a-f]{2}){30,40}$/)), (hex) => typeof decodeAction(hex).ok === 'boolean'));
  });
});

describe('a traced block', () => {
  const chain = createTestChain('map', 1_700_000_000_000);
  const block = (actions: readonly PlannedAction[]) => ({ ...chain.head(), actions });
  const parse = (actions: readonly PlannedAction[], change: object = {}, nameField: 'action' | 'name' = 'action') => parseBlock({ ...printBlock(block(actions), false, nameField), ...change }, contracts);

  it.each(['action', 'name'] as const)('counts each executed transfer once, however many accounts are told (%s)', (nameField) => {
    // Two transfers of one transaction (the second as an inline action would be), and one of another.
    const parsed = parse([action(1), action(1, '2.0000 EOS'), action(2, '3.0000 EOS')], {}, nameField);
    expect(parsed.ok && parsed.value.actions.map((one) => [one.tx, one.logIndex, decodeAction(one.data)])).toEqual([
      [tx(1), 0, { ok: true, value: expect.objectContaining({ amount: 10_000n }) }], [tx(1), 3, { ok: true, value: expect.objectContaining({ amount: 20_000n }) }], [tx(2), 0, { ok: true, value: expect.objectContaining({ amount: 30_000n }) }],
    ]);
    expect(parsed.ok && parsed.value.header).toEqual({ number: 1, hash: chain.head().id, parent: '0'.repeat(64), timestamp: 1_700_000_000_000 });
  });

  it('leaves out other actions, other contracts and what did not run, and a trace that comes twice', () => {
    const parsed = parse([action(1, undefined, { name: 'issue' }), action(2, undefined, { contract: 'fake.token' }), action(3, undefined, { status: 'hard_fail' }), action(4)]);
    expect(parsed.ok && parsed.value.actions.map((one) => one.tx)).toEqual([tx(4)]);
    const twice = printBlock(block([action(1)]), false, 'action') as { readonly transactions: readonly [{ readonly actions: readonly unknown[] }] };
    const repeated = { ...twice, transactions: [{ ...twice.transactions[0], actions: [...twice.transactions[0].actions, ...twice.transactions[0].actions] }] };
    const read = parseBlock(repeated, contracts);
    expect(read.ok && read.value.actions.length).toBe(1);
  });

  it('that is damaged is refused with the field, and nothing throws', () => {
    for (const [field, value, error] of [
      ['number', '1', 'number of a block'], ['id', 'zz', 'id of a block'], ['id', '00000002'.padEnd(64, '0'), 'id of a block: it is of another height'], ['previous_id', 5, 'previous_id of a block'],
      ['timestamp', 'yesterday', 'timestamp of a block'], ['transactions', {}, 'transactions of a block'], ['transactions', [{ id: 'x' }], 'a transaction of a block'],
      ['transactions', [{ id: tx(1), actions: [null] }], 'an action of a block'], ['transactions', [{ id: tx(1), actions: [{ account: 'eosio.token', receiver: 'eosio.token', action: 'transfer', data: '00' }] }], 'an action of a block'],
    ] as const) expect([field, parse([], { [field]: value })]).toEqual([field, { ok: false, error }]);
    fc.assert(fc.property(fc.jsonValue(), (raw) => typeof parseBlock(raw, contracts).ok === 'boolean'));
    const whole = printBlock(block([action(1), action(2)]), false, 'action');
    fc.assert(fc.property(fc.constantFrom(...Object.keys(whole)), fc.jsonValue(), (field, value) => typeof parseBlock({ ...whole, [field]: value }, contracts).ok === 'boolean'));
  });

  it('has times in UTC, with or without the letter', () => {
    expect([timeOf('2025-01-01T00:05:00.500Z'), timeOf('2025-01-01T00:05:00.500'), timeOf('2025-01-01'), timeOf(5)]).toEqual([Date.UTC(2025, 0, 1, 0, 5, 0, 500), Date.UTC(2025, 0, 1, 0, 5, 0, 500), undefined, undefined]);
  });
});

describe('toTransfer', () => {
  const token = { asset: assetId('EOS'), address: 'eosio.token:EOS', decimals: 4, symbol: 'EOS' };
  const context = { chain: chainId('antelope:aca376f206b8fc25a6ed44dbdc66547c'), tokens: new Map([[token.address, token]]), labelOf: ((account) => (account === 'exchange1111' ? 'exchange:okx' : undefined)) as LabelOf };
  const of = (quantity: string) => toTransfer(context, { block: 7, blockHash: tx(7), tx: tx(1), logIndex: 0, contract: 'eosio.token', data: pack(action(1, quantity)) }, epochMs(1_000));
  it('has the raw amount, the units and the labels; other symbols of the contract are not ours, other decimals are refused', () => {
    expect(of('12.3456 EOS')).toEqual({ ok: true, value: { kind: 'transfer', source: context.chain, asset: 'EOS', chain: context.chain, token: 'eosio.token:EOS', from: 'alice', to: 'exchange1111', amount: '123456', units: 12.3456, block: 7, blockHash: tx(7), tx: tx(1), logIndex: 0, blockTime: 1_000, toLabel: 'exchange:okx' } });
    const told = toTransfer({ ...context, labelOf: (account, at) => `fund:${account}-${String(at)}` }, { block: 7, blockHash: tx(7), tx: tx(1), logIndex: 0, contract: 'eosio.token', data: pack(action(1, '1.0000 EOS')) }, epochMs(1_000));
    expect(told).toMatchObject({ value: { fromLabel: 'fund:alice-1000', toLabel: 'fund:exchange1111-1000' } });
    expect(of('1.0000 JUNGLE')).toEqual({ ok: true, value: undefined });
    expect(of('1.000 EOS')).toEqual({ ok: false, error: 'wrong-precision' });
  });
});
