import type { AddressPhrases, ClusterDepositFacts } from './address-phrases.ts';

const addressesOf = (count: number): string => (count === 1 ? '1 address' : `${String(count)} addresses`);
const inBrackets = (text: string | null): string => (text === null ? '' : ` (${text})`);

/** Shares and the threshold behind who moved what; nothing where nothing of it is known. */
function measure({ dayShare, weekShare, ofThreshold }: ClusterDepositFacts, threshold: string): string {
  const parts = [
    ...(dayShare === null ? [] : [`${dayShare} of the effective float`]),
    ...(weekShare === null ? [] : [`${weekShare} in 7 days`]),
    ...(ofThreshold === null ? [] : [`${ofThreshold} times ${threshold}`]),
  ];
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

/** English, of owners of addresses and of reserves. */
export const addressEn: AddressPhrases = {
  clusterMoved: (audience, facts) =>
    `${facts.owner}, ${addressesOf(facts.addresses)}, moved ${facts.usd ?? 'tokens'} to exchanges in 24 h${measure(facts, audience === 'community' ? 'the sale that would set off forced sales' : 'the ignition threshold')}.`,
  issuerCluster: (audience, owner) => (audience === 'community' ? `The issuer ${owner}` : `The issuer cluster ${owner}`),
  whyCluster: (audience, facts) =>
    `${facts.owner}, ${addressesOf(facts.addresses)}, sent ${facts.usd ?? 'tokens'} to exchanges in 24 h${measure(facts, audience === 'community' ? 'what would set off forced sales' : 'the ignition threshold')}`,
  whyOtc: (owner, units, discount) => `${owner} had bought ${units} over the counter, ${discount} below the market`,
  whyRisk: (owner, probability, baseRate, features) =>
    `after such deposits of ${owner} a fall within a day is given ${probability}, after any transfer ${baseRate}${features.length === 0 ? '' : `; most for ${features.join(', ')}`}`,
  feature: {
    'size-over-adv': 'size against daily volume', 'size-over-depth': 'size against bids within 2 %', 'size-over-threshold': 'size against the ignition threshold', 'predicted-impact': 'predicted impact on the price',
    'supply-share': 'share of supply held', 'float-share': 'share of the effective float sent', 'deposit-propensity': 'how often it sends to exchanges', 'fan-in': 'senders it received from', 'fan-out': 'receivers it sent to',
    dormancy: 'how long it was still', age: 'how long it is known', 'deposits-week': 'deposits of seven days', 'venues-week': 'exchanges it sent to', issuer: 'nearness to the issuer', 'unlock-near': 'an unlock soon',
    'unlock-size': 'size of the next unlock', 'hour-liquidity': 'liquidity of this hour', funding: 'funding', reproduction: 'forced sales that breed forced sales', concentration: 'how few hold most', counterparties: 'whom it deals with',
    'otc-discount': 'tokens bought at a discount',
  },
  floorFell: (_audience, from, to, ago, move) => `The reserve behind one token has fallen from ${from} to ${to}${inBrackets(move)} in ${ago}.`,
  minted: (_audience, units, from, to, move) => `The owner minted ${units} tokens: the reserve behind one token goes from ${from} to ${to}${inBrackets(move)}.`,
  unlockAhead: (_audience, at, inTime) => `The lock on the liquidity of its market ends at ${at}${inBrackets(inTime)}: from then on its owner can take it away.`,
  belowFloor: (audience, price, floor) =>
    audience === 'community' ? `The market pays ${price}, less than ${floor}, what the reserve behind one token is worth less what custody may cost.` : `Market price ${price} is below ${floor}, the reserve floor less what custody may cost.`,
  whyFloorFell: (from, to, ago) => `reserve behind one token fell from ${from} to ${to} in ${ago}`,
  whyMint: (units, from, to, tx) => `owner minted ${units} tokens in transaction ${tx}, floor ${from} to ${to}`,
  whyUnlock: (at) => `liquidity lock ends at ${at}`,
  whyBelowFloor: (price, floor) => `price ${price} below the floor less custody, ${floor}`,
  whyOwnerMay: (units, floor) => `owner may still mint ${units} tokens${floor === null ? '' : `, which would bring the floor to ${floor}`}`,
  retractedMint: (tx) => `Withdrawn, this warning was wrong: the mint that set it off was undone by the chain${inBrackets(tx === null ? null : `transaction ${tx}`)}.`,
  lineCluster: (owner, share, ofThreshold) => `${owner} moved ${share === null ? 'tokens' : `${share} of effective float`} to exchanges in 24 h${ofThreshold === null ? '' : `, ${ofThreshold} times the threshold`}`,
  lineIssuerCluster: (owner) => `issuer cluster ${owner}`,
  lineFloorFell: (from, to, move) => `reserve floor ${to}, was ${from} yesterday${inBrackets(move)}`,
  lineMinted: (units) => `owner minted ${units} tokens`,
  lineUnlock: (at) => `liquidity lock ends at ${at}`,
  lineBelowFloor: (price, floor) => `price ${price} below ${floor}, the reserve floor less custody`,
  lineRetractedMint: 'RETRACTED: the mint that set it off was undone by the chain',
};
