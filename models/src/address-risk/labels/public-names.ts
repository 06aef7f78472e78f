import { UNNAMED } from './categories.ts';
import { ownerInTag, ownerOfSlug, tagIsOf } from './known-names.ts';
import { slugOf } from './text.ts';

/** What a public name means in our words. `confidence` multiplies that of the source. */
export interface MappedLabel {
  readonly label: string;
  readonly confidence: number;
}

/** Explorers' labels that say what an address did, or is, without an owner's name. Source as in `known-names.ts`. */
const FIXED: Readonly<Record<string, string>> = {
  'ofac-sanctions-lists': 'sanctioned:ofac', 'phish-hack': 'phishing:etherscan', scam: 'phishing:etherscan', heist: 'malicious:etherscan', exploit: 'malicious:etherscan', compromised: 'malicious:etherscan',
  burn: 'burn:null', 'ethereum-mixer': 'mixer:unnamed',
};
/** Explorers' labels that say what kind of owner, whose name is in the name tag. */
const NAMED_BY_TAG: Readonly<Record<string, string>> = { exchange: 'exchange', bridge: 'bridge', fund: 'fund', dex: 'dex', 'company-funds': 'treasury' };
/** Labels of wallets that exchanges have, and others too: they count where the name tag is of a known exchange. */
const WALLETS: readonly string[] = ['hot-wallet', 'cold-wallet', 'fiat-gateway', 'trading', 'otc'];

/** How far a name that only the tag gives, and an owner's label whose tag does not say so, are trusted, of what the source is [A]. The last is below what counts: explorers label friends of an owner with its name. */
const BY_TAG = 0.95;
const NO_TAG = 0.9;
const OTHER_TAG = 0.45;
/** An owner's label on what the chain itself runs (gateways, sequencers, fees) is right, and says little of one address [A]. */
const INFRASTRUCTURE = 0.8;
const CHAINS: readonly string[] = ['arbitrum', 'base', 'blast', 'optimism', 'polygon', 'scroll', 'starknet', 'zksync'];

/** What an exchange's deposit address of a customer is called: `Three Arrows Capital: Binance Deposit`. What arrives there is the exchange's. */
const DEPOSIT = /^[^:]+: ([^:]+) Deposit(?: Address)?(?: \d+)?$/i;
const VESTING = /\b(vesting|token ?lock(er)?)\b/i;
const TOKEN = /\btoken(?: v?\d+)?$/i;

/** What an explorer's label (`slug`) with a name tag means; what is not known by name keeps its own as `other:<slug>`. */
export function mapPublicLabel(slug: string, tag: string): MappedLabel {
  const deposit = tag.includes(': ') ? DEPOSIT.exec(tag)?.[1] : undefined;
  const exchange = deposit === undefined ? undefined : ownerInTag(deposit, 'exchange');
  if (exchange !== undefined) return { label: `exchange:${exchange.name}`, confidence: BY_TAG };
  const fixed = Object.hasOwn(FIXED, slug) ? FIXED[slug] : undefined;
  if (fixed !== undefined) return { label: fixed, confidence: 1 };
  const owner = ownerOfSlug(slug);
  if (owner !== undefined) {
    // A token's contract holds nothing for its issuer's or its bridge's customers.
    if (TOKEN.test(tag)) return { label: `token:${owner.name}`, confidence: 1 };
    if (VESTING.test(tag)) return { label: `locked:${owner.name}`, confidence: BY_TAG };
    const trust = tag === '' ? NO_TAG : tagIsOf(tag, owner) ? 1 : OTHER_TAG;
    return { label: `${owner.category}:${owner.name}`, confidence: trust * (CHAINS.includes(owner.name) ? INFRASTRUCTURE : 1) };
  }
  const category = Object.hasOwn(NAMED_BY_TAG, slug) ? NAMED_BY_TAG[slug] : undefined;
  if (category !== undefined && !TOKEN.test(tag)) return { label: `${category}:${nameInTag(tag, category)}`, confidence: BY_TAG };
  const wallet = WALLETS.includes(slug) ? ownerInTag(tag, 'exchange') : undefined;
  if (wallet !== undefined) return { label: `exchange:${wallet.name}`, confidence: BY_TAG };
  if (VESTING.test(tag)) return { label: `locked:${nameInTag(tag, 'locked')}`, confidence: BY_TAG };
  return { label: `other:${slugOf(slug) || UNNAMED}`, confidence: 1 };
}

/** The owner's name in a name tag as part of a label: `Bitkub: Hot Wallet 4` -> `bitkub`, `Fund: 0xa60...fd5` -> `unnamed`. A known name as it is known. */
export function nameInTag(tag: string, category: string): string {
  const found = ownerInTag(tag, category);
  if (found !== undefined) return found.name;
  const first = tag.split(/\s*:\s/)[0] ?? '';
  const name = first.replace(/\s+(hot|cold|deposit|old|withdrawal)?\s*(wallet|address)?\s*\d*$/i, '').replace(/\s+\d+$/, '');
  const slug = /^0x[0-9a-f]/i.test(name) || name.toLowerCase() === category ? '' : slugOf(name);
  return slug === '' ? UNNAMED : slug;
}

/** CAIP-2 ids (https://chainagnostic.org/CAIPs/caip-2) of the chains that explorers show; numbers: https://chainid.network, read 2026-11. */
const EXPLORERS: Readonly<Record<string, string>> = {
  etherscan: 'eip155:1', optimism: 'eip155:10', bscscan: 'eip155:56', gnosis: 'eip155:100', polygonscan: 'eip155:137', ftmscan: 'eip155:250', basescan: 'eip155:8453', arbiscan: 'eip155:42161', celo: 'eip155:42220',
  snowtrace: 'eip155:43114', lineascan: 'eip155:59144', blastscan: 'eip155:81457', scrollscan: 'eip155:534352',
};

/** The chain an explorer shows; undefined for one that is not known by name. */
export function chainOfExplorer(explorer: string): string | undefined {
  return Object.hasOwn(EXPLORERS, explorer) ? EXPLORERS[explorer] : undefined;
}
