import { describe, expect, it } from '@jest/globals';
import { importLabels } from './import.ts';
import type { ImportedLabels, ImportOptions } from './import-types.ts';
import { mapPublicLabel, nameInTag } from './public-names.ts';
import { shownText } from './text.ts';

const [one, two, three] = ['1', '2', 'A'].map((digit) => `0x${digit.repeat(40)}`) as [string, string, string];

function read(text: string, options: Partial<ImportOptions> = {}): ImportedLabels {
  const result = importLabels(text, { statedAt: 5, ...options });
  if (!result.ok) throw new Error(`${result.error.rule}: ${result.error.got}`);
  return result.value;
}

/** The user's own word. */
const own = { source: 'committee' };

const short = ({ statements }: ImportedLabels): readonly string[] => statements.map(({ address, chain, label, confidence, nameTag = '' }) => `${address.slice(0, 4)} ${chain} ${label} ${confidence.toFixed(3)} ${nameTag}`);

describe('lists of eth-labels', () => {
  it('are read from CSV with quotes, each explorer as its chain, and what cannot be used is named with its line', () => {
    const list = read([
      'explorer,label,address,nameTag,subcategory', `etherscan,coinbase,${one},Coinbase 4,`, `bscscan,exchange,${two},"Gate.io, ""hot"" 3",`, `arbiscan,some-project,${three},,`, `etherscan,coinbase,genesis,,`,
      `moonscan,coinbase,${one},,`, `etherscan,,${two},,`, '',
    ].join('\r\n'));
    expect(list).toMatchObject({ format: 'eth-labels', source: 'eth-labels', rows: 6, mapped: 2, unmapped: 1, repeated: 0 });
    expect(short(list)).toEqual(['0x11 eip155:1 exchange:coinbase 0.900 Coinbase 4', '0x22 eip155:56 exchange:gate 0.855 Gate.io, "hot" 3', '0xaa eip155:42161 other:some-project 0.900 ']);
    expect(list.problems).toEqual([{ line: 5, rule: 'not-an-address', got: 'genesis' }, { line: 6, rule: 'not-a-chain', got: 'moonscan' }, { line: 7, rule: 'not-a-label', got: '' }]);
    expect(list.statements.every(({ origin }) => origin === 'etherscan')).toBe(true);
  });

  it('are read from JSON alike', () => {
    const list = read(JSON.stringify([{ address: one.toUpperCase().replace('0X', '0x'), chainId: 1, label: 'coinbase', nameTag: 'Coinbase 4' }, { address: two, explorer: 'bscscan', label: 'exchange', nameTag: 'Gate.io 3' }, { address: 7, chainId: 1, label: 'x' }]));
    expect(short(list)).toEqual(['0x11 eip155:1 exchange:coinbase 0.900 Coinbase 4', '0x22 eip155:56 exchange:gate 0.855 Gate.io 3']);
    expect(list.problems).toEqual([{ line: 3, rule: 'not-an-address', got: '7' }]);
  });
});

describe('what public names mean', () => {
  it.each([
    ['okx', 'OKX 5', 'exchange:okx', 1], ['gate-io', '', 'exchange:gate', 0.9], ['mantra', 'MANTRA DAO: Treasury', 'issuer:mantra', 1], ['mantra', 'MANTRA: OM Token', 'token:mantra', 1],
    // Explorers label friends of an owner with its name: that counts for less than it takes to be acted on.
    ['deribit', 'Arbitrum Foundation: Old L1 Security Council 9', 'exchange:deribit', 0.45],
    // What arrives at a customer's deposit address is the exchange's.
    ['fund', 'Three Arrows Capital: Binance Deposit', 'exchange:binance', 0.95], ['fund', 'Fund: 0xa60...fd5', 'fund:unnamed', 0.95], ['hot-wallet', 'Bitsler.com: USDT', 'other:hot-wallet', 1], ['hot-wallet', 'MEXC', 'exchange:mexc', 0.95],
    ['ofac-sanctions-lists', '', 'sanctioned:ofac', 1], ['phish-hack', 'Fake_Phishing139', 'phishing:etherscan', 1], ['tornado-cash', 'Tornado.Cash: 100 USDT', 'mixer:tornado-cash', 1], ['0x-protocol', '0x: Team Vesting', 'locked:0x', 0.95],
    ['arbitrum-one', 'Arbitrum One: L2 Gateway Router', 'bridge:arbitrum', 0.8], ['constructor', '', 'other:constructor', 1],
  ])('%s, %s is %s', (slug, tag, label, confidence) => expect(mapPublicLabel(slug, tag)).toEqual({ label, confidence }));

  it.each([['AscendEX Hot Wallet', 'ascendex'], ['Artis Turba Exchange 2', 'artis-turba-exchange'], ['BIKI.com', 'biki.com'], ['Crypto.com 3', 'crypto.com'], ['OKEx 2', 'okx'], ['Huobi: Old', 'htx'], ['日本', 'unnamed'], ['Exchange', 'unnamed']])(
    'the exchange in %s is %s', (tag, name) => expect(nameInTag(tag, 'exchange')).toBe(name));
});

describe('other lists', () => {
  it('of exchanges take names from tags', () => {
    expect(short(read(`address,nameTag\n${one},\n${two},Binance 14\n`))).toEqual(['0x11 eip155 exchange:unnamed 0.800 ', '0x22 eip155 exchange:binance 0.800 Binance 14']);
  });

  it('of addresses alone say what they are by their name or by what is given, and are refused otherwise', () => {
    const text = JSON.stringify([one, two, one, '1CF46Rfbp97absrs7zb7dFfZS6qBXUm9EP']);
    expect(read(text, { fileName: 'ofac-ETH.json' })).toMatchObject({ source: 'ofac', rows: 4, repeated: 1, problems: [{ line: 4, rule: 'not-an-address' }] });
    expect(short(read(text, { fileName: 'ofac-ETH.json' }))[0]).toBe('0x11 eip155 sanctioned:ofac 0.990 ');
    expect(short(read(text, { label: 'exchange:okx', source: 'committee', chain: 'eip155:1' }))[0]).toBe('0x11 eip155:1 exchange:okx 1.000 ');
    expect(importLabels(text, { statedAt: 5, fileName: 'list.json' })).toMatchObject({ ok: false, error: { rule: 'no-label' } });
  });

  it('of Forta say phishing and malice, with creators of contracts, which count for less', () => {
    expect(short(read(`banned_address,wallet_tag,data_source\n${one},Fake_Phishing1,etherscan-phish-hack-list\n${two},Thief,etherscan-heist-list\n`))).toEqual(['0x11 eip155 phishing:forta 0.850 Fake_Phishing1', '0x22 eip155 malicious:forta 0.850 Thief']);
    const contracts = read(`contract_address,contract_tag,contract_creator,contract_creator_tag,source,notes\n${one},Multisig,${two},Exploiter,https://optimistic.etherscan.io/,Hack\n`);
    expect(contracts.rows).toBe(1);
    expect(short(contracts)).toEqual(['0x11 eip155 malicious:forta 0.850 Multisig', '0x22 eip155 malicious:forta 0.680 Exploiter']);
    expect(contracts.statements[0]?.origin).toBe('etherscan');
  });

  it('of our own take a heading or none, comments, dates and chains, and name two labels for one address', () => {
    const list = read(`# ours\naddress,label,chain,validFrom,validUntil,confidence\n${one},issuer:mantra,eip155:1,2025-04-01,,0.7\n${two},nonsense,,,,\n${two},exchange:okx,,yesterday,,\n${two},exchange:okx,,,,7\n${two},exchange:okx,eip155:x,,,\n`, own);
    expect(list.statements).toEqual([{ address: one, chain: 'eip155:1', label: 'issuer:mantra', source: 'committee', confidence: 0.7, validFrom: Date.parse('2025-04-01'), statedAt: 5 }]);
    expect(list.problems.map(({ line, rule }) => [line, rule])).toEqual([[4, 'not-a-label'], [5, 'not-a-time'], [6, 'not-a-confidence'], [7, 'not-a-chain']]);
    const plain = read(`${one},exchange:okx\n${one},exchange:gate\n`, own);
    expect([short(plain), plain.problems[0]?.rule]).toEqual([['0x11 eip155 exchange:okx 1.000 '], 'two-labels']);
    expect(short(read(JSON.stringify({ [one]: 'exchange:okx' }), own))).toEqual(['0x11 eip155 exchange:okx 1.000 ']);
    expect(short(read('eosio.ram,exchange:okx\n', { ...own, chain: `antelope:${'a'.repeat(32)}` }))).toEqual([`eosi antelope:${'a'.repeat(32)} exchange:okx 1.000 `]);
  });

  it('do not say themselves how far they are trusted: no source is asked for, rows are capped, and origins make no witnesses', () => {
    const text = `address,label,origin,confidence\n${one},exchange:okx,a,1\n${one},exchange:okx,b,1\n${two},exchange:okx,,0.6\n`;
    expect(importLabels(text, { statedAt: 5 })).toMatchObject({ ok: false, error: { rule: 'no-source' } });
    expect(importLabels(JSON.stringify({ [one]: 'exchange:okx' }), { statedAt: 5, confidence: 0.7 })).toMatchObject({ ok: false, error: { rule: 'no-source' } });
    const strange = read(text, { source: 'stranger' });
    expect([short(strange), strange.repeated, strange.statements.map(({ origin }) => origin)]).toEqual([['0x11 eip155 exchange:okx 0.800 ', '0x22 eip155 exchange:okx 0.600 '], 1, [undefined, undefined]]);
    expect(short(read(text, { source: 'stranger', confidence: 0.3 }))).toEqual(['0x11 eip155 exchange:okx 0.300 ', '0x22 eip155 exchange:okx 0.300 ']);
    // The user's own may say both, and is held to what is given with it.
    expect(read(text, own).statements.map(({ origin, confidence }) => [origin, confidence])).toEqual([['a', 1], ['b', 1], [undefined, 0.6]]);
    expect(read(text, { ...own, confidence: 0.9 }).statements.map(({ confidence }) => confidence)).toEqual([0.9, 0.9, 0.6]);
  });

  it.each([['ofac-ETH.json', true], ['sanctioned_addresses_ETH.txt', true], ['SDN.json', true], ['my.sanctions.json', true], ['sofacoin-holders.json', false], ['wisdn.json', false], ['unsanctionable.json', false]])('named %s are of the sanctioned: %s', (fileName, isSo) => {
    expect(importLabels(JSON.stringify([one]), { statedAt: 5, fileName })).toMatchObject(isSo ? { ok: true, value: { source: 'ofac', statements: [{ label: 'sanctioned:ofac' }] } } : { ok: false, error: { rule: 'no-label' } });
  });

  it('that are none are refused as a whole', () => {
    expect(importLabels('[{', { statedAt: 5 })).toMatchObject({ ok: false, error: { rule: 'not-json' } });
    expect(importLabels('a,b\n1,2\n', { statedAt: 5 })).toMatchObject({ ok: false, error: { rule: 'unknown-format', got: 'a,b' } });
    expect(importLabels('[{"a":1}]', { statedAt: 5 })).toMatchObject({ ok: false, error: { rule: 'unknown-format' } });
  });
});

describe('text from outside', () => {
  it('is shown without what a terminal would obey, and bounded', () => {
    expect(shownText('\u001b[31mred\u0007\u202eevil\n  two')).toBe('[31mred evil two');
    expect(shownText('x'.repeat(1e6))).toHaveLength(96);
    expect(shownText(`${'x'.repeat(94)}😀😀`)).toBe(`${'x'.repeat(94)}…`);
    expect(shownText('Gate.io 3')).toBe('Gate.io 3');
  });
});
