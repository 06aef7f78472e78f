/** What of an asset its owners are made from. */
interface Held {
  readonly price: number;
  readonly threshold: number | null;
  readonly deposits?: number;
}

const hour = 3_600_000;
const day = 24 * hour;
const floatUnits = 412e6;
const reasons = [
  { feature: 'size-over-threshold', value: 1.13, logOdds: 1.24 }, { feature: 'issuer', value: 1, logOdds: 0.83 }, { feature: 'float-share', value: 0.118, logOdds: 0.41 }, { feature: 'unlock-near', value: 6, logOdds: 0.22 },
  { feature: 'hour-liquidity', value: 0.42, logOdds: 0.35 }, { feature: 'deposit-propensity', value: 0.31, logOdds: -0.28 }, { feature: 'otc-discount', value: null, logOdds: 0 },
];
const risk = (probability: number, of: readonly object[] = reasons): object => ({ probability, baseRate: 0.031, reasons: of, model: 'logistic 2026.11' });

/** An owner: the first ones have labels. */
function owner(cluster: string, share: number, price: number, change: object = {}): object {
  const units = share * floatUnits;
  return {
    cluster, label: cluster.includes(':') ? cluster : null, confidence: cluster.includes(':') ? 0.92 : 1, disputed: false, addressCount: 1, addresses: [cluster.startsWith('0x') ? cluster : `0x${'5c'.repeat(20)}`],
    links: [], units, supplyShare: (units / 888e6), floatShare: share, depositsDayUnits: 0, depositsWeekUnits: 0, venuesWeek: [], depositPropensity: 0.06, fanIn: 4, fanOut: 9, dormancyDays: 12, ageDays: 310, issuerScore: 0, usd: units * price, risk: null, ...change,
  };
}

/** Owners of an asset: exchanges and what is locked stand apart, the issuer deposits, one label is disputed; two weeks of flows, unlocks ahead, labels that changed two hours ago. */
export function cannedAddresses({ price, threshold, deposits = 0 }: Held, at: number): Record<string, unknown> {
  const today = Math.floor(at / day) * day;
  const flows = Array.from({ length: 14 }, (_, i) => {
    const usd = (deposits === 0 ? 0.2 : deposits) * 1e6 * (i === 13 ? 1 : 0.08 + 0.05 * ((i * 5) % 7) + (i > 9 ? 0.3 : 0));
    return { day: today - (13 - i) * day, units: usd / price, issuerUnits: i > 9 ? (0.55 * usd) / price : 0, usd };
  });
  const issuer = { addressCount: 17, addresses: ['3f', '7a', '91', 'c4'].map((byte) => `0x${byte.repeat(20)}`), depositsDayUnits: (0.83 * deposits * 1e6) / price, depositsWeekUnits: (2.1 * deposits * 1e6) / price, venuesWeek: ['exchange:okx', 'exchange:binance'], depositPropensity: 0.31, issuerScore: 1, dormancyDays: 0.2, risk: risk(0.27),
    links: [{ code: 'label', confidence: 0.92, addresses: 12, by: 'issuer:mantra' }, { code: 'common-funder', confidence: 0.6, addresses: 4, by: '0x9f2c1d4e5b6a79880011223344556677889900aa' }, { code: 'committee', confidence: 1, addresses: 1, by: 'desk, 2025-04-10' }] };
  const shares = [0.042, 0.031, 0.024, 0.02, 0.017, 0.012, 0.009, 0.007];
  const change = (i: number): object => ({ day: today - (9 - i) * day, depositsBefore: 4e5 + 1e4 * i, depositsAfter: 4e5 + 1e4 * i, issuerBefore: i < 4 ? 0 : 1e5, issuerAfter: i < 4 ? 0 : 2.6e5 });
  return {
    status: 'exact', at: at - 12_000, holders: 41_238, complete: true, supplyUnits: 888e6, effectiveFloatUnits: floatUnits, concentration: { gini: 0.934, hhi: 0.0826, effectiveHolders: 12.1, nakamoto: 4 },
    clusters: [
      owner('issuer:mantra', 0.218, price, issuer), owner('exchange:binance', 0.19, price, { addressCount: 6 }), owner('locked:team vesting', 0.34, price, { addressCount: 2, links: [{ code: 'vesting-contract', confidence: 0.99, addresses: 2, by: '0xvest' }] }),
      owner('fund:harbour', 0.118, price, { confidence: 0.41, disputed: true, addressCount: 3, depositsWeekUnits: 9e5, venuesWeek: ['exchange:okx'], links: [{ code: 'label', confidence: 0.41, addresses: 3, by: 'a list of a third party' }], risk: risk(0.12, reasons.slice(2, 5)) }),
      ...shares.map((share, i) => owner(`0x${String(i + 1).repeat(40)}`, share, price, i === 2 ? { dormancyDays: null, ageDays: null } : {})),
    ],
    flows,
    unlocks: [6, 36, 67, 97, 128, 189].map((days, i) => ({ at: today + days * day, units: i === 5 ? 30e6 : 8.3e6, usd: (i === 5 ? 30e6 : 8.3e6) * price, ofVolume: i === 5 ? 6.2 : 1.7, what: i === 5 ? 'foundation, cliff' : 'team, monthly' })),
    overhang: [{ days: 7, units: 2.1e6, overhang: 0.62 }, { days: 30, units: 2.1e6, overhang: 0.15 }, { days: 90, units: 7e6, overhang: 0.17 }],
    review: threshold === null ? null : {
      at: at - 2 * hour, chain: 'eip155:1', changeCount: 3, changes: [{ address: `0x${'9f'.repeat(20)}`, from: null, to: 'issuer:mantra' }, { address: `0x${'ab'.repeat(20)}`, from: 'exchange:okx', to: 'exchange:kraken' }], days: Array.from({ length: 10 }, (_, i) => change(i)),
    },
  };
}

/** Owners that deposited in the last day. */
export function cannedDepositors({ price, threshold, deposits = 0 }: Held): readonly Record<string, unknown>[] {
  const of = (cluster: string, share: number, week: number, chance: number | null): Record<string, unknown> => ({
    cluster, label: cluster.includes(':') ? cluster : null, addressCount: cluster.includes(':') ? 17 : 1, dayUnits: (share * deposits * 1e6) / price, dayUsd: share * deposits * 1e6, weekUnits: (week * deposits * 1e6) / price, weekUsd: week * deposits * 1e6,
    dayFloatShare: (share * deposits * 1e6) / price / floatUnits, weekFloatShare: (week * deposits * 1e6) / price / floatUnits, ofThreshold: threshold === null ? null : (share * deposits) / threshold, risk: chance === null ? null : risk(chance),
  });
  return [of('issuer:mantra', 0.83, 2.1, 0.27), of(`0x${'7'.repeat(40)}`, 0.17, 0.2, null)];
}

/** A vault of BTC behind the token, at three quarters of its price. */
export function cannedReserve(price: number, at: number): Record<string, unknown> {
  const floorUsd = price * 0.75;
  const event = (name: string, amount: number, ago: number, tx: string, state: string): object => ({ event: name, amount, account: `0x${'2e'.repeat(20)}`, eventTime: at - ago, tx: `0x${tx.repeat(32)}`, logIndex: 3, state });
  return {
    status: 'exact', chain: 'eip155:1', currency: 'BTC', floor: floorUsd / 84_000, floorUsd, trustedFloorUsd: floorUsd * 0.98, effectiveFloorUsd: floorUsd * 0.94, worstFloorUsd: floorUsd * 0.42, premium: 1 / 0.75 - 1, vault: 131.40512345, supply: 1.1e7, cap: 2.6e7, owner: `0x${'d4'.repeat(20)}`,
    liquidityLockedUntil: at + 11 * day, floorDayAgo: (floorUsd / 84_000) * 1.03, events: [event('deposit', 0.5, 30 * hour, 'e1', 'final'), event('burn', 1_200, 9 * hour, 'e2', 'final'), event('mint', 300_000, 12 * 60_000, 'e3', 'included')], reverted: [],
  };
}

/** Producers with 25 to 1 of 325 votes, of whom 21 make blocks. */
const cannedProducers = {
  chain: 'antelope:aca376f206b8fc25a6ed44dbdc66547c', at: Date.UTC(2025, 3, 13, 17, 50), candidates: 25, complete: true, scheduled: 21, votes: { voters: 25, hhi: 5_525 / 325 ** 2, third: 5, half: 8 }, scheduledVotes: { voters: 21, hhi: 0.0556, third: 5, half: 8 }, scheduledShare: 315 / 325,
  top: Array.from({ length: 25 }, (_, i) => ({ producer: `producer.${String.fromCharCode(97 + i)}`, share: (25 - i) / 325, scheduled: i < 21 })),
};

/** Ways from four ledgers to an exchange, capital that was declared to help, and who makes the blocks of a chain that elects them. */
export function cannedSettlement(quiet: boolean): Record<string, unknown> {
  const of = (chain: string, settlement: string, medianSeconds: number, p95Seconds: number, fastCapacityUsd: number | null, revertProbability: number, rescue: number): object => ({ chain, settlement, medianSeconds, p95Seconds, fastCapacityUsd, revertProbability, rescueProbability: quiet ? null : rescue });
  return { chains: [of('eip155:1', 'l1-pos', 1_010, 1_350, null, 2e-5, 0.06), of('eip155:42161', 'optimistic-rollup', 510, 905, 1e7, 1.1e-4, 0.31), of('bip122:000000000019d6689c085ae165831e93', 'btc', 1_640, 3_900, null, 0.204, 0.01), of('exchange:okx', 'exchange-withdrawal', 420, 1_900, null, 0, 0.38)], rescue: { declaredUsd: 15e6, deployable: [{ seconds: 900, usd: 4.2e6 }, { seconds: 3_600, usd: 6.1e6 }, { seconds: 86_400, usd: 6.4e6 }], landings: quiet ? null : { paces: 4, without: 4, with: 2 } }, producers: [cannedProducers] };
}
