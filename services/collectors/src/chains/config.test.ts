import { describe, expect, it } from '@jest/globals';
import { chainsConfig } from './config.ts';
import { knownChains } from './evm/known-chains.ts';
import { watchedTokens } from './tokens.ts';

describe('the config of chains', () => {
  const parse = (chains: unknown) => chainsConfig.safeParse(chains);
  it('has defaults, lowers addresses and refuses what cannot work', () => {
    const parsed = parse({ 'eip155:31337': { endpoints: ['http://127.0.0.1:8545'], labels: { [`0x${'CD'.repeat(20)}`]: 'exchange:okx' } } });
    const chain = parsed.data?.['eip155:31337'];
    expect(chain?.labels).toEqual({ [`0x${'cd'.repeat(20)}`]: 'exchange:okx' });
    expect(chain?.feed).toMatchObject({ pollEveryMs: 2_000, finality: 'finalized', startBehindBlocks: 0, singleBlocks: 64 });
    const refused = parse({ 'eip155:1': { endpoints: ['ftp://x'], labels: { '0x2': 'OKX' }, feed: { heldBlocks: 1 }, extra: 1 } });
    expect(refused.success).toBe(false);
    expect(parse({ ethereum: { endpoints: ['http://x'] } }).success).toBe(false);
    expect(parse({ 'eip155:1': { endpoints: ['http://x'], quorum: 2 } }).error?.issues.map(({ path, message }) => [path.join('.'), message])).toEqual([['eip155:1.quorum', 'must not be more than there are endpoints']]);
    expect(parse({ 'eip155:1': { family: 'antelope', endpoints: ['http://x'] } }).error?.issues[0]?.path).toEqual(['eip155:1', 'family']);
    expect(parse({ [`antelope:${'a'.repeat(32)}`]: { endpoints: ['http://x'] } }).error?.issues[0]?.path).toEqual([`antelope:${'a'.repeat(32)}`, 'family']);
  });

  it('knows chains, and what is written wins over what is known', () => {
    const parsed = parse({ 'eip155:42161': { endpoints: ['http://x'], feed: { confirmations: 5 } }, 'eip155:137': { endpoints: ['http://x'] }, 'eip155:7': { endpoints: ['http://x', 'http://y'], quorum: 2 } });
    expect(parsed.data).toMatchObject({ 'eip155:42161': { feed: { singleBlocks: 0, heldBlocks: 8_192, confirmations: 5, bloom: 'exact', safe: 'safe' } }, 'eip155:137': { feed: { bloom: 'partial', safe: 'none', singleBlocks: 64 } }, 'eip155:7': { feed: { bloom: 'partial', quorum: 2 } } });
    for (const { id, feed } of knownChains) expect(parse({ [id]: { endpoints: ['http://x'], feed } }).success).toBe(true);
    expect(new Set(knownChains.map(({ id }) => id)).size).toBe(9);
  });

  it('never shows more of an address than its host', () => {
    const parsed = parse({ 'eip155:1': { endpoints: ['https://mainnet.example/v3/KEY', { url: 'https://eth.example/?apikey=KEY' }, 'http://127.0.0.1:8545'] } });
    expect(JSON.stringify(parsed.data)).not.toContain('KEY');
    expect(parsed.data?.['eip155:1']?.endpoints.map(String)).toEqual(['https://mainnet.example/***', 'https://eth.example/***', 'http://127.0.0.1:8545']);
    expect(parsed.data?.['eip155:1']?.endpoints[0]?.reveal()).toBe('https://mainnet.example/v3/KEY');
    expect(JSON.stringify(parse({ 'eip155:1': { endpoints: ['ftp://KEY'] } }).error?.issues)).not.toContain('KEY');
  });

  it('takes the tokens of a chain from the assets', () => {
    const token = (chain: string, byte: string) => ({ chain, address: `0x${byte.repeat(20)}`, decimals: 18 });
    const assets = { OM: { tokens: [token('eip155:1', 'AB'), token('eip155:56', 'cd')] }, PEPE: { tokens: [token('eip155:1', 'ef')] } };
    expect(watchedTokens('eip155:1', assets)).toMatchObject({ ok: true, value: [{ asset: 'OM', address: `0x${'ab'.repeat(20)}` }, { asset: 'PEPE' }] });
    expect(watchedTokens('eip155:1', { ...assets, X: { tokens: [token('eip155:1', 'ab')] } }).ok).toBe(false);
    expect(watchedTokens('eip155:1', { X: { tokens: [{ chain: 'eip155:1', address: '0x1', decimals: 1 }] } }).ok).toBe(false);
    expect(watchedTokens('eip155:1', { X: { tokens: [{ chain: 'eip155:1', decimals: 18 }] } }).ok).toBe(false);
    expect(watchedTokens('eip155:1', { ETH: { tokens: [{ chain: 'eip155:1', native: true, decimals: 18 }] } })).toMatchObject({ ok: true, value: [{ asset: 'ETH', address: 'native' }] });
    const eos = (address: string) => watchedTokens('antelope:x', { EOS: { tokens: [{ chain: 'antelope:x', address, decimals: 4 }] } });
    expect(eos('eosio.token:EOS')).toMatchObject({ ok: true, value: [{ address: 'eosio.token:EOS' }] });
    for (const bad of ['eosio.token', 'EOSIO:EOS', 'eosio.token:eos', `0x${'ab'.repeat(20)}`]) expect(eos(bad).ok).toBe(false);
  });
});
