import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { bloomBits, createBloomCheck, mayHold } from './bloom.ts';
import type { ChainLog } from './map.ts';
import { TRANSFER_TOPIC } from './map.ts';
import { bloomOf } from './test-memory-chain.ts';

const TOKEN = `0x${'0c'.repeat(20)}`;
const OTHER = `0x${'0d'.repeat(20)}`;
const header = (bloom?: string) => ({ number: 7, hash: `0x${'7'.repeat(64)}`, parent: `0x${'6'.repeat(64)}`, timestamp: epochMs(0), ...(bloom === undefined ? {} : { bloom }) });
const log = (address: string): ChainLog => ({ address, topics: [TRANSFER_TOPIC], data: '0x', block: 7, blockHash: header().hash, tx: `0x${'1'.repeat(64)}`, logIndex: 0, removed: false });

describe('a block’s filter', () => {
  it('holds whatever was put into it, and nothing when empty', () => {
    const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`);
    fc.assert(fc.property(fc.array(address, { minLength: 1, maxLength: 20 }), (addresses) => {
      const bloom = bloomOf(addresses.map((one) => ({ address: one, topics: [TRANSFER_TOPIC] })));
      return addresses.every((one) => mayHold(bloom, bloomBits(one)) && !mayHold(`0x${'0'.repeat(512)}`, bloomBits(one))) && mayHold(bloom, bloomBits(TRANSFER_TOPIC));
    }), { numRuns: 50 });
    expect(mayHold(bloomOf([log(TOKEN)]), bloomBits(OTHER))).toBe(false);
  });

  it('contradicts an answer without the log it claims, and one with a log it excludes', () => {
    const exact = createBloomCheck([TOKEN, OTHER], 'exact');
    const bloom = bloomOf([log(TOKEN)]);
    expect(exact.missing(header(bloom), [])).toContain(TOKEN);
    expect(exact.missing(header(bloom), [log(TOKEN)])).toBeUndefined();
    expect(exact.impossible(header(bloom), [log(OTHER)])).toContain(OTHER);
    expect(exact.impossible(header(bloom), [log(TOKEN)])).toBeUndefined();
    // A contract that wrote other events only.
    expect(exact.missing(header(bloomOf([{ address: TOKEN, topics: [`0x${'2'.repeat(64)}`] }])), [])).toBeUndefined();
  });

  it('is accounted for by all the logs that it is over, more of them too, and not by fewer', () => {
    const check = createBloomCheck([TOKEN], 'partial');
    const bloom = bloomOf([log(TOKEN), log(OTHER)]);
    expect([[log(TOKEN), log(OTHER)], [log(OTHER), log(TOKEN), log(`0x${'7'.repeat(40)}`)], [log(OTHER)], []].map((logs) => check.accountedBy(header(bloom), logs))).toEqual([true, true, false, false]);
    for (const unusable of [header(), header(`0x${'0'.repeat(512)}`)]) expect(check.accountedBy(unusable, [log(TOKEN)])).toBe(false);
    expect(createBloomCheck([TOKEN], 'none').accountedBy(header(bloom), [log(TOKEN), log(OTHER)])).toBe(false);
  });

  it('says nothing where it is not trusted, not there or all zero', () => {
    const bloom = bloomOf([log(TOKEN)]);
    for (const given of [header(), header(`0x${'0'.repeat(512)}`), header('0x12')]) {
      const check = createBloomCheck([TOKEN, OTHER], 'exact');
      expect([check.missing(given, []), check.impossible(given, [log(OTHER)])]).toEqual([undefined, undefined]);
    }
    expect(createBloomCheck([TOKEN], 'none').missing(header(bloom), [])).toBeUndefined();
    expect(createBloomCheck([TOKEN, OTHER], 'partial').impossible(header(bloom), [log(OTHER)])).toBeUndefined();
    expect(createBloomCheck([TOKEN], 'partial').missing(header(bloom), [])).toContain(TOKEN);
  });
});
