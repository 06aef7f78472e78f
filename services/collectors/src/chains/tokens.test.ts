import { describe, expect, it } from '@jest/globals';
import { chainId, epochMs } from '@breakwater/models/core';
import { collectorsConfig } from '../config.ts';
import { toTransfer, TRANSFER_TOPIC } from './evm/map.ts';
import { watchedTokens } from './tokens.ts';

/** OM's ERC-20 contract on Ethereum, deprecated on 2026-01-15; on 2026-03-03 one OM became four MANTRA. The second contract is made up. */
const OM = '0x3593d125a4f7849a1b059e64f4517a86dd60c95d';
const MANTRA = `0x${'4a'.repeat(20)}`;
const config = collectorsConfig.parse({ assets: { OM: { tokens: [
  { chain: 'eip155:1', address: OM, decimals: 18, until: '2026-01-15' },
  { chain: 'eip155:1', address: MANTRA, decimals: 18, from: '2026-03-03', multiplier: 0.25 },
] } } });

const word = (hex: string): string => `0x${hex.padStart(64, '0')}`;
const transferOf = (address: string, date: string) => {
  const tokens = watchedTokens('eip155:1', config.assets);
  if (!tokens.ok) throw new Error(tokens.error);
  const context = { chain: chainId('eip155:1'), tokens: new Map(tokens.value.map((token) => [token.address, token])), labelOf: () => undefined };
  const log = {
    block: 1, blockHash: word('1'), tx: word('2'), logIndex: 0, address, removed: false,
    // 1,000 tokens.
    topics: [TRANSFER_TOPIC, word('a'.repeat(40)), word('b'.repeat(40))], data: word((1_000n * 10n ** 18n).toString(16)),
  };
  const transfer = toTransfer(context, log, epochMs(Date.parse(date)));
  return transfer.ok ? transfer.value.units : transfer.error;
};

describe('a token with dates', () => {
  it('is its asset by the time of the block, first moment included and last one not', () => {
    expect(transferOf(OM, '2025-04-13T18:02:00Z')).toBe(1_000);
    expect(transferOf(OM, '2026-01-14T23:59:59.999Z')).toBe(1_000);
    expect(transferOf(OM, '2026-01-15T00:00:00Z')).toBe('outside-dates');
  });

  it('counts in units of the asset after a redenomination: four of the new coin are one of the old', () => {
    expect(transferOf(MANTRA, '2026-03-02T23:59:59Z')).toBe('outside-dates');
    expect(transferOf(MANTRA, '2026-03-03T00:00:00Z')).toBe(250);
  });

  it('refuses a date that is none', () => {
    const parsed = collectorsConfig.safeParse({ assets: { OM: { tokens: [{ chain: 'eip155:1', address: OM, decimals: 18, until: 'in January' }] } } });
    expect(parsed.error?.issues[0]?.path.join('.')).toBe('assets.OM.tokens.0.until');
  });
});
