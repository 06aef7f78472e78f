/**
 * Owners that public lists name, by category, with the other ways they are written. Slugs are those of block explorers' label pages (https://etherscan.io/labelcloud and its sisters, as collected by
 * https://github.com/dawsbot/eth-labels, read 2026-11); names are the venues' ids where there is a feed of the venue. A label's name is the key.
 */
export const KNOWN_NAMES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  exchange: {
    abcc: [], allbit: [], ascendex: ['bitmax'], bgogo: [], binance: [], bitfinex: [], bitget: [], bithumb: [], bitkub: [], bitmart: [], bitmex: [], bitstamp: [], bittrex: [], bybit: [], changenow: [], cobinhood: [],
    coinbase: [], coinbene: [], coinbit: [], coinex: [], coinhako: [], coinmetro: [], coinone: [], coinsquare: [], coss: ['coss-io'], crex24: [], 'crypto.com': ['crypto-com', 'mco'], deribit: [], digifinex: [], ftx: [],
    gate: ['gate-io'], gemini: [], hitbtc: [], hoo: ['hoo-com'], hotbit: [], htx: ['huobi'], korbit: [], kraken: [], kryptono: [], kucoin: [], latoken: [], lcx: ['lcx-ag'], liquid: ['quoine'], luno: [],
    mexc: ['mexc-com', 'mxc'], okx: ['okex'], paribu: [], poloniex: [], quadrigacx: [], remitano: [], resfinex: [], tidex: [], topbtc: [], 'trade.io': ['trade-io'], upbit: [], uphold: [], woo: ['woo-x'], yobit: [], yunbi: [],
    zb: ['zb-com'],
  },
  issuer: { circle: ['usdc'], mantra: ['mantra-dao'], trusttoken: ['trueusd'] },
  bridge: {
    across: ['across-protocol'], arbitrum: ['arbitrum-one', 'arbitrum-nova'], axelar: [], base: [], blast: [], celer: ['celer-network'], connext: [], hop: ['hop-protocol'], multichain: ['anyswap'],
    optimism: ['optimism-bridge'], optics: [], orbiter: ['orbiter-finance'], polygon: [], ren: [], scroll: ['scroll-network'], starknet: ['starkgate'], stargate: [], synapse: [], wormhole: [], zksync: [],
  },
  mixer: { 'tornado-cash': [], typhoon: ['typhoon-cash', 'typhoon-network'] },
  fund: { a16z: [], 'alameda-research': ['alameda'], 'defiance-capital': [], polychain: ['polychain-capital'], 'three-arrows-capital': [] },
  locked: { uncx: ['uncx-network', 'unicrypt'], 'balancer-vesting': ['balancer-vested-shareholders'], sablier: [] },
  custody: { anchorage: [], 'bitcoin-suisse': [], blockfi: [], celsius: ['celsius-network'], nexo: [] },
  dex: {
    '0x': ['0x-protocol'], '1inch': [], airswap: [], balancer: [], bancor: [], burgerswap: [], bscswap: [], camelot: [], cow: ['cow-protocol'], curve: ['curve-fi'], dydx: [], hydro: ['hydro-protocol'], idex: [], kyber: ['kyberswap'],
    loopring: [], lyra: ['lyra-finance'], mdex: [], pancakeswap: [], paraswap: [], rubicon: [], saddle: ['saddle-finance'], solidly: [], sushi: ['sushiswap'], tokenlon: [], 'trader-joe': [], uniswap: [],
  },
  lending: { aave: [], alchemix: ['alchemix-finance'], compound: [], cream: ['cream-finance'], euler: [], maker: [], venus: ['venus-protocol'] },
};

/** Letters and digits alone, in lower case: how names are compared. */
function compact(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

interface KnownName {
  readonly category: string;
  readonly name: string;
  /** Every way it is written, compact. */
  readonly written: readonly string[];
}

const known: readonly KnownName[] = Object.entries(KNOWN_NAMES).flatMap(([category, names]) =>
  Object.entries(names).map(([name, others]): KnownName => ({ category, name, written: [name, ...others].map(compact) })));
const bySlug = new Map(known.flatMap((entry) => [entry.name, ...(KNOWN_NAMES[entry.category]?.[entry.name] ?? [])].map((slug) => [slug, entry] as const)));

/** The owner that an explorer's slug stands for: `{category: 'exchange', name: 'gate'}` of `gate-io`. */
export function ownerOfSlug(slug: string): KnownName | undefined {
  return bySlug.get(slug);
}

/** Whether a name tag begins with one of the ways an owner is written: `Gate.io 2` is of `gate`. */
export function tagIsOf(tag: string, { written }: KnownName): boolean {
  const text = compact(tag);
  return written.some((name) => text.startsWith(name));
}

/** The owner of a category whose name a text begins with, the longest name first; the next character must not go on with the word. */
export function ownerInTag(tag: string, category: string): KnownName | undefined {
  const words = tag.toLowerCase().split(/[^a-z0-9]+/).filter((word) => word !== '');
  // `Crypto.com 2` is `crypto`, `com`, `2`: a name may be the first word, or the first two or three joined.
  for (let count = Math.min(3, words.length); count > 0; count--) {
    const text = words.slice(0, count).join('');
    const found = known.find((entry) => entry.category === category && entry.written.includes(text));
    if (found !== undefined) return found;
  }
  return undefined;
}
