import { describe, expect, it } from '@jest/globals';
import type { ClusterFacts, TransferMessage } from '@breakwater/contracts';
import { ratio } from '@breakwater/models/core';
import { holders, owner, transfer } from '../testing/messages.ts';
import { createHolderMemory } from './holder-memory.ts';
import { isOwner, ownerDeposits, type OwnerDeposits } from './owner-deposits.ts';
import { holdingsOf, type Holdings } from './owners.ts';

const t0 = 1_700_000_000_000;

function known(at: number, clusters: readonly ClusterFacts[]): Holdings {
  const memory = createHolderMemory();
  memory.fold(holders(at, clusters));
  const holdings = holdingsOf(memory.chains(), undefined);
  if (holdings === undefined) throw new Error('a chain spoke');
  return holdings;
}
let count = 0;
/** A deposit of an address without a label, unless `over` gives one. */
function from(address: string, units: number, over: Partial<TransferMessage> = {}): TransferMessage {
  return transfer(`0x${String(count++)}`, t0, units, { from: address, fromLabel: undefined, ...over });
}
const told = (owners: readonly OwnerDeposits[]): readonly unknown[] => owners.map(({ cluster, addressCount, dayUnits, weekUnits }) => [cluster, addressCount, dayUnits, weekUnits]);

describe('deposits of owners', () => {
  it('are added up by whom holders take the sender for, by its label, or by itself', () => {
    const cluster = owner('0xaa', 1e6, { addresses: ['0xaa', '0xab'], addressCount: 3, links: [{ code: 'common-funder', confidence: ratio(0.7), addresses: 3, by: '0xff' }] });
    const owners = ownerDeposits([
      from('0xaa', 5), from('0xab', 7), from('0x1', 20, { fromLabel: 'issuer:mantra' }), from('0x2', 10, { fromLabel: 'issuer:mantra' }), from('0xdd', 4), from('0xdd', 2),
    ], known(t0, [cluster]));
    expect(told(owners)).toEqual([['issuer:mantra', 2, 30, 30], ['0xaa', 3, 12, 12], ['0xdd', 1, 6, 6]]);
    expect(owners.map(({ label, confidence }) => [label, confidence])).toEqual([['issuer:mantra', 1], [null, 0.7], [null, 1]]);
  });
  it('take of the week what holders knew, and add what came since', () => {
    const facts = owner('issuer:mantra', 1e8, { addresses: ['0xa'], depositsWeekUnits: 1_000, addressCount: 17 });
    const owners = ownerDeposits([from('0xa', 30), from('0xa', 40, { eventTime: (t0 + 20) as TransferMessage['eventTime'] })], known(t0 + 10, [facts]));
    expect(told(owners)).toEqual([['issuer:mantra', 17, 70, 1_040]]);
    // Of the week never less than of the day.
    expect(told(ownerDeposits([from('0xa', 5_000)], known(t0 + 10, [facts])))).toEqual([['issuer:mantra', 17, 5_000, 5_000]]);
  });
  it('are four, the most first, with the issuer among them, and who makes markets only where there is room', () => {
    const many = [from('0x1', 60), from('0x2', 50), from('0x3', 40), from('0x4', 30), from('0x5', 1, { fromLabel: 'issuer:mantra' }), from('0x6', 99, { fromLabel: 'market-maker:gsr' })];
    expect(told(ownerDeposits(many, known(t0, []))).map((one) => (one as readonly unknown[])[0])).toEqual(['0x1', '0x2', '0x3', 'issuer:mantra']);
    expect(told(ownerDeposits(many.slice(4), known(t0, []))).map((one) => (one as readonly unknown[])[0])).toEqual(['market-maker:gsr', 'issuer:mantra']);
  });
  it('give no place to those whose deposits no warning speaks of before others have one', () => {
    const trade = ['custody:bitgo', 'market-maker:gsr', 'custody:copper', 'issuer:second'].map((fromLabel, i) => from(`0x9${String(i)}`, 50 + i, { fromLabel }));
    const owners = ownerDeposits([...trade, from('0x1', 3), from('0x2', 2), from('0x3', 1), from('0x5', 99, { fromLabel: 'issuer:mantra' })], known(t0, []));
    expect(owners.map(({ cluster }) => cluster)).toEqual(['issuer:mantra', '0x1', '0x2', '0x3']);
    expect(ownerDeposits(trade, known(t0, [])).map(({ cluster }) => cluster)).toEqual(['issuer:second', 'custody:copper', 'market-maker:gsr', 'custody:bitgo']);
  });
  it('leave out places through which many pass', () => {
    for (const label of ['exchange:okx', 'exchange:unnamed', 'bridge:arbitrum', 'burn:zero', 'dex:uniswap', 'lending:aave']) expect([label, isOwner(label)]).toEqual([label, false]);
    for (const label of [null, 'issuer:mantra', 'fund:laser', 'market-maker:gsr', 'locked:vesting', 'malicious:forta', 'treasury:foundation']) expect([label, isOwner(label)]).toEqual([label, true]);
    expect(ownerDeposits([from('0x1', 5, { fromLabel: 'dex:uniswap' }), from('0x2', 5)], known(t0, [owner('exchange:okx', 1, { addresses: ['0x2'] })]))).toEqual([]);
    // What a flag says of an address makes it no owner of others with the same flag.
    expect(told(ownerDeposits([from('0x1', 5, { fromLabel: 'malicious:forta' }), from('0x2', 4, { fromLabel: 'malicious:forta' })], known(t0, [])))).toEqual([['0x1', 1, 5, 5], ['0x2', 1, 4, 4]]);
  });
});
