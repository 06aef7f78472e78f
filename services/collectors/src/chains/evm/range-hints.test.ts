import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asksToSlowDown, suggestedBlocks } from './range-hints.ts';

describe('suggestedBlocks', () => {
  it.each<[string, number | undefined]>([
    ['{"code":-32602,"message":"Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range and no limit on the response size, or you can request any block range with a cap of 10K logs in the response. Based on your parameters and the response size limit, this block range should work: [0x0, 0xd043b8]"}', 0xd043b8 + 1],
    ['You can make eth_getLogs requests with up to a 500 block range. Based on your parameters, this block range should work: [0x123c9b2, 0x123cba5]', 500],
    ['You can make eth_getLogs requests with up to a 500 block range.', 500],
    ['query returned more than 10000 results. Try with this block range [0xBDE5F8, 0x102DBCC].', 0x102dbcc - 0xbde5f8 + 1],
    ['query returned more than 10000 results', undefined],
    ['range 1000000 exceeds limit of 10000', 10_000],
    ['eth_getLogs is limited to a 10,000 range', 10_000],
    ['maximum [from, to] blocks distance: 10000', 10_000],
    ['block range is too wide', undefined],
    ['block range is too wide (maximum 1024)', 1_024],
    ['exceed maximum block range: 50000', 50_000],
    ['eth_getLogs range is too large, max is 1k blocks', 1_000],
    ['Max range: 800', 800],
    ['eth_getLogs is limited to 0 - 10000 blocks range', 10_000],
    ['block range too high', undefined],
    ['query exceeds max results 20000, retry with the range 17000000-17000500', undefined],
    ['this block range should work: [0x5, 0x1]', undefined],
    ['header not found', undefined],
  ])('%s', (message, blocks) => {
    expect(suggestedBlocks(message)).toBe(blocks);
  });

  it('never throws and never suggests what cannot be asked for', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.tuple(fc.constantFrom('up to a ', 'limit of ', 'range [', 'max is ', 'distance: '), fc.string()).map((parts) => `block range ${parts.join('')}`)), (message) => {
      const blocks = suggestedBlocks(message);
      return blocks === undefined || (Number.isSafeInteger(blocks) && blocks > 0);
    }));
  });
});

describe('asksToSlowDown', () => {
  it.each([
    ['daily request count exceeded, request rate limited', true], ['Your app has exceeded its compute units per second capacity.', true], ['50/second request limit reached - reduce calls per second: too many requests', true],
    ['query returned more than 10000 results', false], ['block range limit exceeded', false], ['header not found', false],
  ])('%s', (message, slow) => {
    expect(asksToSlowDown(message)).toBe(slow);
  });
});
