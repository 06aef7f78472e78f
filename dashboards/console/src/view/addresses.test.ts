import { describe, expect, it } from '@jest/globals';
import type { ScoreMessage } from '@breakwater/contracts';
import { Fragment, h, type ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { cannedDetail, cannedNow, cannedTerms } from '../testing/canned.ts';
import { AddressSections, type AddressSectionsProps } from './addresses.tsx';
import { OwnerPage } from './owner-page.tsx';
import { chainText, chanceText, largestFirst, ledgerText, linkText, outsideText, ownerOf, partText } from './owner-text.ts';

const htmlOf = (view: ComponentChildren): string => renderToString(h(Fragment, null, view));
const plain = (html: string): string => html.replace(/<[^>]*>/g, ' ').replace(/&nbsp;|\u00a0/g, ' ').replace(/\s+/g, ' ').replace(/ ([.,);:])/g, '$1').trim();
const [om, tia, , , aave] = cannedTerms.map((terms) => cannedDetail(terms).score);
if (om === null || om === undefined || tia === null || tia === undefined || aave === null || aave === undefined) throw new Error('no canned scores');
const charts = { holders: h('p', null, 'HOLDERS'), flows: h('p', null, 'FLOWS'), unlocks: h('p', null, 'UNLOCKS'), reserve: h('p', null, 'FLOOR') };
const sections = (score: ScoreMessage, change: Partial<AddressSectionsProps> = {}): string => htmlOf(h(AddressSections, { score, now: cannedNow, charts, linked: true, ...change }));
const shown = (score: ScoreMessage): string => plain(sections(score));
const withAddresses = (change: object): ScoreMessage => ({ ...om, addresses: om.addresses === null || om.addresses === undefined ? null : { ...om.addresses, ...change } });
const ownerPage = (cluster: string, score: ScoreMessage = om): string => plain(htmlOf(h(OwnerPage, { score, cluster, now: cannedNow })));
const issuer = om.addresses?.clusters[0];
if (issuer === undefined) throw new Error('no owner');

describe('the sections of addresses', () => {
  it('read in order: how it is held, charts, owners, depositors, deposits, what changed labels say, settlement', () => {
    const text = shown(om);
    const order = ['Addresses as of the last movement told, ', 'Effective float', 'Nakamoto coefficient', 'HOLDERS', 'FLOWS', 'UNLOCKS', 'The largest owners', 'Owners that deposited', 'Deposits to exchanges in the last 24 h', 'What changed labels say', 'How fast help can come'];
    const at = order.map((part) => text.indexOf(part));
    expect(at.every((position) => position >= 0)).toBe(true);
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(text).not.toContain('Reserve ');
  });
  it('give each term its meaning, and each figure something to compare it with', () => {
    const text = shown(om);
    for (const part of ['412 m 46 % of 888 m', 'The fewest owners that together hold half', '4 owners hold half', '0.93 0 even, 1 one owner', '0.08 as 12 equal owners', '0.15 within 30 d', '41,238']) expect(text).toContain(part);
  });
  it('list the largest owners with label, dispute, holdings, deposits and risk, each a way to its page', () => {
    const text = shown(om);
    expect(text).toContain('Mantra (issuer) 17 addresses, label 92 % sure 22 % $505 m 89.8 m OM $4.6 m $11.8 m in 7 d 27 %, usual 3.1 % size against the ignition threshold: 1.1 times');
    expect(text).toContain('Harbour (fund) disputed 3 addresses, label 41 % sure 12 %');
    expect(text).toContain('Binance 6 addresses, label 92 % sure, stands apart');
    expect(text).toContain('0x111111…1111 1 address, no label');
    expect(sections(om)).toContain('href="#/OM/owners/issuer%3Amantra"');
    expect(sections(om, { linked: false })).not.toContain('href=');
  });
  it('stand by what they hold, whatever order they come in, with deposits as of the score', () => {
    const [first, ...rest] = om.addresses?.clusters ?? [];
    if (first === undefined) throw new Error('no owner');
    const score = withAddresses({ clusters: [...rest, { ...first, depositsDayUnits: 5, depositsWeekUnits: 5 }] });
    const units = largestFirst(score).map((owner) => owner.units);
    expect(units).toEqual([...units].sort((a, b) => b - a));
    expect(largestFirst(score).find(({ cluster }) => cluster === first.cluster)?.depositsDayUnits).toBe(om.deposits.clusters?.[0]?.dayUnits);
    expect(shown({ ...score, price: null })).toContain('827 k OM 2.1 m OM in 7 d');
  });
  it('say which deposits are listed where there are too many to list', () => {
    const listed = om.deposits.recent?.length ?? 0;
    expect(shown({ ...om, deposits: { ...om.deposits, day: { ...om.deposits.day, count: listed } } })).toContain('Deposits to exchanges in the last 24 h newest first');
    expect(shown({ ...om, deposits: { ...om.deposits, day: { ...om.deposits.day, count: listed + 48 } } })).toContain(`Deposits to exchanges in the last 24 h the ${String(listed)} largest of ${String(listed + 48)}, newest first`);
  });
  it('hold who deposited against the float and the threshold', () => {
    expect(shown(om)).toContain('Mantra (issuer) 17 addresses $4.6 m 0.2 % of float $11.8 m 0.5 % of float 1.1 × 27 %, usual 3.1 %');
    expect(shown(om)).toContain('0x777777…7777 1 address $952 k under 0.1 % of float');
    const unsure = { ...om, deposits: { ...om.deposits, clusters: om.deposits.clusters?.map((one) => ({ ...one, confidence: 0.6 as never })) } };
    expect(shown(unsure)).toContain('Mantra (issuer) 17 addresses, one owner’s 60 % sure $4.6 m');
  });
  it('say what is stale, and what a history in part means', () => {
    expect(shown(om)).not.toMatch(/Partial history|is not heard/);
    const text = shown(withAddresses({ complete: false, status: 'stale', at: cannedNow - 1_320_000 }));
    expect(text).toContain('stale 22 min old: its chain is not heard, so what moved since is not in it.');
    expect(text).toContain('Partial history: only owners that moved since the first block read are seen');
    expect(text).toContain('named under assets.OM.holders.createdBlock');
  });
  it('say why nothing is known, and what to configure', () => {
    expect(shown(aave)).toContain('No chain is read for AAVE, so nobody knows who holds it. Name its contracts under assets.AAVE.tokens and their chains under chains');
    expect(shown(aave)).toContain('What kind of ledger a chain is stands under its own settlement in chains.');
    const waiting = shown({ ...om, addresses: undefined, settlement: undefined });
    expect(waiting).toContain('Who holds it is not known yet: it comes with the scores of every half minute.');
    expect(waiting).toContain('Owners that deposited in the last 24 h');
    expect(shown(withAddresses({ clusters: [], concentration: null, overhang: [] }))).toContain('No owner was seen yet');
  });
  it('tell what changed labels say of the past, and that nothing is fired for it', () => {
    const text = shown(om);
    expect(text).toContain('3 labels changed on eip155:1, 16:02:33 UTC, 2 h ago. Deposits of these days come to 4.5 m OM where 4.5 m were known, the issuer’s to 1.6 m where 600 k were. No warning is fired for what is past.');
    expect(text).toContain('0x9f9f9f…9f9f no label Mantra (issuer)');
    expect(text).toContain('2025-04-13 490 k 490 k 100 k 260 k');
    expect(text).toContain('and 1 more');
    expect(text).not.toContain('2025-04-07');
    expect(shown(withAddresses({ review: null }))).not.toContain('What changed labels say');
  });
});

describe('what stands below the table of settlement', () => {
  it('is how much of declared capital is there in time, and whether it holds the price', () => {
    expect(shown(om)).toContain('Capital declared to help OM $15 m, were all of it to set out now usable within 15 min $4.2 m 28 % of it usable within 60 min $6.1 m 41 % of it usable within 24 h $6.4 m 43 % of it after a sale of the threshold The price comes to its landing price at 4 of 4 paces of the sale; at 2 even while that capital buys as it arrives.');
    const landing = (landings: object | null): string => shown({ ...om, settlement: { chains: [], rescue: { declaredUsd: 1 as never, deployable: [], landings: landings as never } } });
    expect(landing(null)).toContain('Nothing ignites.');
    expect(landing({ paces: 4, without: 4, with: 0 })).toContain('at 4 of 4 paces of the sale; at none while that capital buys');
    expect(landing({ paces: 4, without: 3, with: 3 })).toContain('at 3 of 4 paces of the sale, whether that capital buys or not');
    expect(landing({ paces: 4, without: 0, with: 0 })).toContain('does not come to its landing price within two horizons');
    expect(shown({ ...om, settlement: { chains: [] } })).not.toContain('declared to help');
  });
  it('is how few make the blocks of a chain that elects them', () => {
    expect(shown(om)).toMatch(/How few make the blocks of chains that elect who does, by votes .* 21 of 25 5 8 0\.052 producer\.a 7\.7 %; those that make blocks 97 % 2025-04-13 17:50/);
    const [one] = om.settlement?.producers ?? [];
    if (one === undefined) throw new Error('no producers');
    expect(shown({ ...om, settlement: { chains: [], producers: [{ ...one, complete: false, votes: null, top: [{ producer: '<b>evil</b>', share: 0 as never, scheduled: true }] }] } })).toMatch(/21 of more than 25 no votes no votes no votes no votes/);
    expect(shown({ ...om, settlement: { chains: [] } })).not.toContain('How few make');
  });
});

describe('the section of a reserve', () => {
  it('has its floors, what may become of them, the vault, the owner, the lock and what happened', () => {
    const text = shown(tia);
    for (const part of ['Reserve exact vault on eip155:1', '$1.81 0.00002152 BTC', 'Effective floor', '$1.70 what a redeemer pays; a price below $1.77 is warned of', '+33 %', '$0.759 the floor after a mint to the cap', '-2.9 % was 0.00002216 BTC', 'FLOOR', '131.40512345 BTC', '11 m TIA, at most 26 m', '0xd4d4d4', 'until 2025-04-24 18:02 UTC, for 11 d more', 'minted to 300,000 TIA', 'burnt by 1,200 TIA']) expect(text).toContain(part);
    expect(text.indexOf('minted to 300,000 TIA')).toBeLessThan(text.indexOf('deposited by 0.5 BTC'));
  });
  it('says what is not known, over or undone', () => {
    const of = (change: object): string => shown({ ...tia, reserve: tia.reserve === null || tia.reserve === undefined ? null : { ...tia.reserve, ...change } });
    expect(shown({ ...tia, reserve: null })).toContain('The reserve was not read yet');
    expect(of({ floorUsd: null, effectiveFloorUsd: null, premium: null, worstFloorUsd: null })).toMatch(/0\.00002152 BTC no rate of BTC is known .* not known .* none nobody can mint/);
    expect(of({ owner: null, cap: null, liquidityLockedUntil: cannedNow - 1 })).toMatch(/without a cap .* nobody any more .* the lock is over/);
    expect(of({ liquidityLockedUntil: 0 })).toContain('no, free to be taken away');
    expect(of({ liquidityLockedUntil: null, events: [], reverted: [{ tx: '0x1', logIndex: 1, event: 'mint' }] })).toMatch(/not watched, or without an end One event was undone by the chain .* No deposit, burn, mint or change of owner has been seen/);
    expect(of({ premium: -0.1 })).toContain('-10 % below the floor');
  });
});

describe('the table of settlement', () => {
  it('says for each chain what it is, how long, how much, how sure and whether in time, and what that means', () => {
    const text = shown(om);
    expect(text).toContain('eip155:42161 rollup with a challenge period 9 min 15 min $10 m 1 in 9,100 31 %');
    expect(text).toContain('bip122:00000000…1e93 proof of work, credited after confirmations 27 min 65 min no limit 20 % 1 %');
    expect(text).toContain('How likely money sent from there now arrives before the price is at the landing price');
    expect(plain(sections({ ...om, settlement: { chains: om.settlement?.chains.map((chain) => ({ ...chain, rescueProbability: null })) ?? [] } }))).toContain('nothing ignites');
  });
  it('writes chances and ledgers as people read them', () => {
    expect([0, 1e-20, 2e-5, 0.0123, 0.5, 1].map(chanceText)).toEqual(['none', 'under 1 in 1,000 bn', '1 in 50,000', '1.2 %', '50 %', '100 %']);
    expect([ledgerText('zk-rollup'), ledgerText('own-kind'), chainText('eip155:1'), chainText('a\u202eb')]).toEqual(['rollup with validity proofs', 'own-kind', 'eip155:1', 'a b']);
    expect([partText(0), partText(1e-5), partText(0.0123)]).toEqual(['0 %', 'under 0.1 %', '1.2 %']);
  });
});

describe('the page of an owner', () => {
  it('says what it holds and sent, how likely a fall is and why, the weightiest reason first', () => {
    const text = ownerPage('issuer:mantra');
    expect(text).toContain('Mantra (issuer) holds 89.8 m OM ($505 m), 22 % of the effective float, and sent 827 k OM ($4.6 m) to exchanges in 24 h, 1.1 times the ignition threshold.');
    expect(text).toContain('A fall within a day after such deposits is given 27 %; after any transfer it is 3.1 %, so 8.7 times as likely.');
    const order = ['size against the ignition threshold: 1.1 times raises the odds 3.5 times', 'nearness to the issuer: 1 raises', 'share of the effective float sent: 12 % raises', 'liquidity of this hour', 'how often it sends to exchanges: 31 % lowers the odds 1.3 times', 'an unlock soon: 6 d', 'tokens bought at a discount: not known, taken for usual hardly changes the odds'];
    const at = order.map((part) => text.indexOf(part));
    expect(at.every((position) => position >= 0)).toBe(true);
    expect(at).toEqual([...at].sort((a, b) => a - b));
  });
  it('keeps what its deposits mean apart from what it would mean to send all it holds', () => {
    const held = withAddresses({ clusters: om.addresses?.clusters.map((one) => ({ ...one, risk: one.risk === null ? null : { ...one.risk, probability: 0.44 } })) });
    const both = ownerPage('issuer:mantra', held);
    expect(both).toContain('How likely a fall is after its deposits of 24 h');
    expect(both).toContain('Were all it still holds sent, 89.8 m OM ($505 m): 44 %.');
    const alone = ownerPage('fund:harbour', held);
    expect(alone).toContain('How likely a fall is, were all it holds sent');
    expect(alone).not.toContain('Were all it still holds sent');
  });
  it('says who it is, how that is known, and its addresses', () => {
    const text = ownerPage('issuer:mantra');
    for (const part of ['Labelled issuer:mantra, 92 % sure.', '12 addresses labelled issuer:mantra; by itself 92 % sure', '4 addresses first funded by 0x9f2c', '1 address joined by the committee', 'Addresses 4 of 17, those that sent most to exchanges first 0x3f3f', 'Sent to in 7 d: OKX, Binance.', 'It has received from 4 and sent to 9 others.', '17:58:33 UTC']) expect(text).toContain(part);
    expect(ownerPage('fund:harbour')).toMatch(/disputed .* The label is disputed: it counts for less and stays in view\./);
    expect(ownerPage('fund:harbour')).toContain('sent 900 k OM to exchanges in 7 d, nothing of it in 24 h.');
  });
  it('lists what is not known', () => {
    const text = ownerPage(`0x${'3'.repeat(40)}`, { ...withAddresses({ complete: false, status: 'stale' }), price: null });
    for (const part of ['Nobody has named this owner', 'Not measured', 'Who it is: no label', 'the history is in part', 'What moved since its chain was heard last', 'When it sent before', 'How old it is', 'no price is known now', 'whether a deposit is meant to be sold']) expect(text).toContain(part);
    // One of the depositors that is not among the largest owners.
    const small = ownerPage(`0x${'7'.repeat(40)}`, { ...withAddresses({ clusters: [] }), ignitionUsd: null });
    expect(small).toContain('is not among the largest owners and sent 169 k OM ($952 k) to exchanges in 24 h');
    expect(small).toContain('What it holds: only the largest owners are told.');
  });
  it('says so where nothing is known of it', () => {
    expect(ownerPage('0xdead')).toContain('Nothing is known of this owner now. It is not among the largest owners');
    expect(ownerPage('0xdead', { ...om, addresses: undefined })).toContain('it comes with the scores of every half minute');
    expect(ownerPage('0xdead', { ...om, addresses: null })).toContain('No chain is read for OM.');
    expect(ownerOf(aave, 'issuer:mantra')).toBeUndefined();
  });
});

describe('texts of chains and lists', () => {
  const bad = '<script>alert(1)</script>\u202egnp\u2066';
  const hostile: ScoreMessage = {
    ...tia,
    addresses: tia.addresses === null || tia.addresses === undefined ? null : {
      ...tia.addresses, clusters: [{ ...issuer, cluster: `fund:${bad}`, label: `fund:${bad}`, addresses: [bad], venuesWeek: [bad], links: [{ code: 'label', confidence: 0.5 as never, addresses: 1, by: bad }], risk: { probability: 0.1, baseRate: 0.1, reasons: [], model: bad } }],
      review: { at: cannedNow as never, chain: bad as never, changeCount: 1, changes: [{ address: bad, from: `issuer:${bad}`, to: bad }], days: [] },
    },
    reserve: tia.reserve === null || tia.reserve === undefined ? null : { ...tia.reserve, currency: bad as never, owner: bad, chain: bad as never, events: [{ event: bad, amount: 1, account: bad, eventTime: cannedNow as never, tx: bad, logIndex: 1, state: bad }] },
    settlement: { chains: [{ chain: bad as never, settlement: bad, medianSeconds: 1, p95Seconds: 2, fastCapacityUsd: null, revertProbability: 0, rescueProbability: 0 }] },
  };
  it('are text, in one direction, and no longer than there is room', () => {
    for (const html of [sections(hostile), htmlOf(h(OwnerPage, { score: hostile, cluster: `fund:${bad}`, now: cannedNow }))]) {
      expect(html).toContain('&lt;script');
      expect(html).not.toMatch(/<script|[\u202a-\u202e\u2066-\u2069]/);
    }
    expect(outsideText('x'.repeat(500))).toHaveLength(96);
    expect(linkText({ code: 'vesting-contract', confidence: 0.5 as never, addresses: 2, by: 'y'.repeat(500) }).length).toBeLessThan(140);
  });
});
