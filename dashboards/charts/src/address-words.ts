import type { Language } from '@breakwater/contracts';
import { termMeanings } from '@breakwater/contracts';

/** What the charts of owners, flows, unlocks and reserves say beyond numbers. */
export interface AddressWords {
  // Who holds it.
  readonly holdersTitle: string;
  readonly ofFloat: (units: string, asset: string) => string;
  readonly floatAxis: string;
  readonly owners: string;
  readonly issuer: string;
  readonly apart: string;
  readonly concentration: (gini: string, hhi: string, equal: string, nakamoto: number) => string;
  readonly apartShare: (share: string) => string;
  readonly partial: string;
  readonly moreOwners: (count: number) => string;
  readonly disputed: string;
  readonly owner: string;
  readonly ownerKind: string;
  readonly kindOf: Readonly<Record<'owner' | 'issuer' | 'apart', string>>;
  readonly floatShare: string;
  readonly supplyShare: string;
  readonly units: string;
  readonly value: string;
  readonly addresses: string;
  readonly addressCount: (count: number) => string;
  readonly sure: string;
  readonly sureOf: (share: string) => string;
  readonly deposited: (day: string, week: string) => string;
  readonly day: string;
  readonly week: string;
  readonly figure: string;
  readonly meaning: string;
  readonly concentrationTable: string;
  readonly noHolders: (asset: string) => string;
  readonly noChain: (asset: string) => string;
  readonly nobody: (asset: string) => string;
  // What went to exchanges.
  readonly flowsTitle: string;
  readonly byDay: (span: string) => string;
  readonly flowDollars: string;
  readonly flowUnits: (asset: string) => string;
  readonly days: string;
  readonly fromIssuer: string;
  readonly fromOthers: string;
  readonly threshold: string;
  readonly thresholdAbove: (name: string, value: string) => string;
  readonly band: string;
  readonly noPrice: string;
  readonly noThreshold: string;
  readonly atPrice: string;
  readonly overThreshold: (days: number, horizon: string, most: string) => string;
  readonly underThreshold: (horizon: string) => string;
  readonly soFar: (day: string) => string;
  readonly ofThreshold: (times: string) => string;
  readonly date: string;
  readonly all: string;
  readonly inThresholds: string;
  readonly noFlows: (asset: string) => string;
  // What becomes free when.
  readonly unlocksTitle: string;
  readonly becomesFree: string;
  readonly timesVolume: string;
  readonly freeDollars: string;
  readonly freeUnits: (asset: string) => string;
  readonly volumes: (times: string) => string;
  readonly overhang: (parts: readonly string[]) => string;
  readonly overhangOf: (span: string, times: string) => string;
  readonly overhangUnknown: string;
  readonly what: string;
  readonly within: string;
  readonly overhangTable: string;
  readonly overhangName: string;
  readonly noUnlocks: (asset: string) => string;
  // Where a reserve stops a fall.
  readonly reserveTitle: string;
  readonly perToken: (asset: string) => string;
  readonly floorAxis: (unit: string, asset: string) => string;
  readonly marketPrice: string;
  readonly floor: string;
  readonly effectiveFloor: string;
  readonly trustedFloor: string;
  readonly floorDayAgo: string;
  readonly worstFloor: string;
  readonly floors: string;
  readonly worst: string;
  readonly aboveFloor: (share: string, fall: string) => string;
  readonly belowFloor: (share: string) => string;
  readonly atFloor: string;
  readonly noRate: (currency: string) => string;
  readonly noReserve: (asset: string) => string;
  readonly notRead: (asset: string) => string;
  readonly notKnown: string;
}

const terms = termMeanings('en');

const en: AddressWords = {
  holdersTitle: 'Who holds it?',
  ofFloat: (units, asset) => `shares of the effective float of ${units} ${asset}`,
  floatAxis: 'share of the effective float (%)',
  owners: 'Owners',
  issuer: 'Issuer and near it',
  apart: 'Stands apart',
  concentration: (gini, hhi, equal, nakamoto) => `${nakamoto === 1 ? 'One owner holds' : `${String(nakamoto)} owners hold`} half (Nakamoto coefficient), as uneven as ${equal} ${equal === '1' ? 'owner' : 'owners of equal size'} (HHI ${hhi}); Gini ${gini}, where 0 is even and 1 one owner.`,
  apartShare: (share) => `${share} of supply is no part of the float: locked, burnt, the issuer’s, or still for a year; bars of it are measured by the float all the same.`,
  partial: 'Partial history: who never moved since the first block read is not seen.',
  moreOwners: (count) => `${String(count)} more in the table`,
  disputed: 'label disputed',
  owner: 'Owner',
  ownerKind: 'Counted as',
  kindOf: { owner: 'owner', issuer: 'issuer or near it', apart: 'apart: exchange, bridge, locked or burnt' },
  floatShare: 'Of float',
  supplyShare: 'Of supply',
  units: 'Units',
  value: 'Value',
  addresses: 'Addresses',
  addressCount: (count) => (count === 1 ? '1 address' : `${String(count)} addresses`),
  sure: 'Label is sure by',
  sureOf: (share) => `label ${share} sure`,
  deposited: (day, week) => `to exchanges: ${day} in 24 h, ${week} in 7 d`,
  day: 'To exchanges in 24 h',
  week: 'In 7 d',
  figure: 'Figure',
  meaning: 'What it means',
  concentrationTable: 'How evenly it is held',
  noHolders: (asset) => `Who holds ${asset} is not known yet: it comes with the scores of every half minute.`,
  noChain: (asset) => `No chain is read for ${asset}: name its contracts under assets.${asset}.tokens and their chains under chains.`,
  nobody: (asset) => `No owner of ${asset} was seen yet: the chain is read, and nothing moved since its first block.`,
  flowsTitle: 'How much went to exchanges?',
  byDay: (span) => `by day of UTC, ${span}; the last day so far`,
  flowDollars: 'deposits of a day ($)',
  flowUnits: (asset) => `deposits of a day (${asset})`,
  days: 'day (UTC)',
  fromIssuer: 'From the issuer',
  fromOthers: 'From others',
  threshold: terms['ignition-threshold'].name,
  thresholdAbove: (name, value) => `${name} ${value}, above the plot`,
  band: `${terms.band.name} of the threshold`,
  noPrice: 'No price is known, so days are in tokens and not held against the threshold.',
  noThreshold: 'No sale that the books can take ignites now, or it is not known: there is no threshold to hold days against.',
  atPrice: 'at the present price',
  overThreshold: (days, horizon, most) => `${days === 1 ? 'On one day' : `On ${String(days)} days`} more went to exchanges than the sale within ${horizon} that would now set forced sales off: at most ${most} times as much.`,
  underThreshold: (horizon) => `On no day did as much go to exchanges as the sale within ${horizon} that would now set forced sales off.`,
  soFar: (day) => `${day}, so far`,
  ofThreshold: (times) => `${times} times the ignition threshold`,
  date: 'Date',
  all: 'All',
  inThresholds: 'Times the threshold',
  noFlows: (asset) => `No deposit of ${asset} to a labelled exchange address is known: no chain is read for it, or no address of an exchange is labelled (labels import).`,
  unlocksTitle: 'When do locked tokens come free?',
  becomesFree: 'Become free',
  timesVolume: 'times an average day’s volume',
  freeDollars: 'become free ($)',
  freeUnits: (asset) => `become free (${asset})`,
  volumes: (times) => `${times} ×`,
  overhang: (parts) => `Expected sales over a tenth of the volume of that time (${terms['unlock-overhang'].name.toLowerCase()}): ${parts.join(', ')}.`,
  overhangOf: (span, times) => `${times} within ${span}`,
  overhangUnknown: 'Daily volume is not known, so what comes free is not held against it.',
  what: 'What',
  within: 'Within',
  overhangTable: 'What is expected to come to market',
  overhangName: terms['unlock-overhang'].name,
  noUnlocks: (asset) => `No unlock of ${asset} is known: give its schedule under assets.${asset}.unlocks or assets.${asset}.emission.`,
  reserveTitle: 'Where would the reserve stop a fall?',
  perToken: (asset) => `for one ${asset}`,
  floorAxis: (unit, asset) => `${unit} for one ${asset}`,
  marketPrice: 'Market price',
  floor: terms['reserve-floor'].name,
  effectiveFloor: terms['effective-floor'].name,
  trustedFloor: 'Floor less custody',
  floorDayAgo: 'Floor a day ago',
  worstFloor: 'Floor after a mint',
  floors: 'What the reserve pays',
  worst: 'If the owner mints to the cap',
  aboveFloor: (share, fall) => `The market pays ${share} more than the floor: a fall of ${fall} would reach it.`,
  belowFloor: (share) => `The market pays ${share} less than the floor.`,
  atFloor: 'The market pays just what the reserve does.',
  noRate: (currency) => `No rate of ${currency} is known: the floor is in ${currency} and not held against the market.`,
  noReserve: (asset) => `No reserve of ${asset} is watched: a redeemable token names its vault under assets.${asset}.reserve.`,
  notRead: (asset) => `The reserve of ${asset} was not read yet.`,
  notKnown: 'not known',
};

const words = { en } as const satisfies Readonly<Record<Language, AddressWords>>;

/** The words of the charts of owners, flows, unlocks and reserves in a language. */
export function addressWordsOf(language: Language): AddressWords {
  return words[language];
}
