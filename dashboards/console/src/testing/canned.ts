import type { AssetDetail, AssetTimeline, DaemonStatus, FeedState, ScoreMessage, WarningHistory, WarningMessage } from '@breakwater/contracts';
import { assetDetail, assetTimeline, daemonStatus, scoreMessage, warningMessage } from '@breakwater/contracts';
import { cannedAddresses, cannedDepositors, cannedReserve, cannedSettlement } from './canned-addresses.ts';

/** Sunday 13 April 2025, 18:02:34 UTC: 23 minutes before the fall of OM. Figures are made up in the proportions of that day. */
export const cannedNow: number = Date.UTC(2025, 3, 13, 18, 2, 34);
const minute = 60_000;
const hour = 60 * minute;

/** The sources of the canned daemon. */
const sources = ['binance:spot', 'binance:usdm', 'bybit:linear', 'bybit:spot', 'gate:swap', 'hyperliquid:perp', 'kraken:spot', 'okx:spot', 'okx:swap', 'coinbase:spot', 'kucoin:spot', 'bitget:swap', 'eip155:1', 'eip155:137'];

/** A feed that is well. */
export function cannedFeed(source: string, now: number = cannedNow): Record<string, unknown> {
  return { source, status: 'ok', through: now - 400, incidents: [] };
}

/** The status of the canned daemon; one feed is silent. */
export function cannedStatus(change: Partial<Record<keyof DaemonStatus, unknown>> = {}, now: number = cannedNow): DaemonStatus {
  const feeds = sources.map((source) => (source === 'gate:swap'
    ? { source, status: 'silent', through: now - 40_000, incidents: [{ channel: 'book', status: 'silent', reason: 'silent-channel', since: now - 40_000 }] }
    : source === 'okx:spot'
      ? { ...cannedFeed(source, now), incidents: [{ channel: 'book', status: 'resyncing', reason: 'sequence-gap', instrument: 'okx:spot:TIA-USDT', asset: 'TIA', since: now - 3_000 }] }
      : cannedFeed(source, now)));
  return daemonStatus.parse({
    version: '0.1.0', instance: 'a1b2c3', clock: 'system', now, startedAt: now - 31 * hour, horizonSeconds: 900, heartbeat: cannedHeartbeat(now), feeds, mayWrite: true, ...change,
  });
}

/** A heartbeat, and one gap before it. */
export function cannedHeartbeat(now: number = cannedNow): Record<string, unknown> {
  const pulse = (asset: string, worst: string | null): Record<string, unknown> => ({
    asset, lastScoreAt: now - 12_000, lastGoodScoreAt: now - 12_000, status: 'inferred', inputs: { exact: 14, inferred: 4, stale: 0, missing: 0 }, notKnown: [], openWarnings: worst === null ? 0 : 1, worst,
  });
  return {
    kind: 'heartbeat', source: 'alerting', seq: 1_860, eventTime: now - 12_000, receivedAt: now - 12_000, intervalSeconds: 60, previousAt: now - 72_000, gaps: [{ from: now - 31 * hour - 4 * minute, to: now - 31 * hour }],
    assets: [pulse('OM', 'critical'), pulse('TIA', 'warning')], feeds: { ok: 11, total: 12 }, chains: { ok: 2, total: 2 }, modelVersion: '2026.11.1',
  };
}

/** What of a canned asset a test chooses; money in millions of dollars. */
export interface CannedTerms {
  readonly asset: string;
  readonly price: number;
  readonly moveHour: number;
  readonly threshold: number | null;
  readonly landing?: number;
  readonly deposits?: number;
  readonly openInterest: number;
  readonly worst?: 'critical' | 'warning' | 'watch' | null;
  readonly state?: 'live' | 'stale' | 'waiting';
  readonly out?: readonly string[];
  /** False where no chain is read for it. */
  readonly holders?: false;
  /** Whether it is redeemable from a reserve. */
  readonly reserve?: true;
}

/** The assets of the canned daemon, most in danger first. */
export const cannedTerms: readonly CannedTerms[] = [
  { asset: 'OM', price: 5.62, moveHour: -0.031, threshold: 4.1, landing: 0.92, deposits: 5.6, openInterest: 62, worst: 'critical', out: ['book.gate:perp:OM_USDT', 'openInterest.gate:perp:OM_USDT', 'positions.gate:perp:OM_USDT'] },
  { asset: 'TIA', price: 2.41, moveHour: -0.012, threshold: 21, landing: 1.68, deposits: 9.4, openInterest: 148, worst: 'warning', reserve: true },
  { asset: 'INJ', price: 8.73, moveHour: 0.004, threshold: 60, landing: 5.9, deposits: 3.1, openInterest: 131 },
  { asset: 'SUI', price: 2.18, moveHour: 0, threshold: 310, landing: 1.5, deposits: 12, openInterest: 740 },
  { asset: 'AAVE', price: 142, moveHour: 0.011, threshold: null, deposits: 0, openInterest: 88, holders: false },
];

const estimate = (value: number, low: number, high: number, status = 'inferred'): Record<string, unknown> => ({ value, low, high, status });

/** One score and its summary, whole. */
export function cannedDetail(terms: CannedTerms, at: number = cannedNow - 900): AssetDetail {
  const { asset, threshold, moveHour, openInterest, worst = null, state = 'live' } = terms;
  const warnings = { openWarnings: worst === null ? 0 : 1, worst };
  if (state === 'waiting') {
    const none = { price: null, moveHour: null, ignitionUsd: null, landingPrice: null, amplification: null, plausibleSaleUsd: null, margin: null };
    return assetDetail.parse({ summary: { asset, state, time: null, ...none, status: 'missing', openWarnings: 0, worst: null }, score: null });
  }
  const score = cannedScore(terms, at);
  const { price, ignitionUsd, landingPrice, amplification } = score;
  const sale = Math.max((terms.deposits ?? 0) * 1e6, openInterest * 1e4);
  const summary = {
    asset, state, time: at, price, moveHour, ignitionUsd, landingPrice, amplification, plausibleSaleUsd: sale, margin: threshold === null ? null : (threshold * 1e6) / sale,
    status: terms.out === undefined ? 'inferred' : 'stale', ...warnings,
  };
  return assetDetail.parse({ summary, score });
}

const perps: readonly (readonly [venue: string, type: string, symbol: (asset: string) => string, share: number])[] = [
  ['binance', 'usdm', (a) => `${a}USDT`, 0.38], ['bybit', 'linear', (a) => `${a}USDT`, 0.21], ['gate', 'swap', (a) => `${a}_USDT`, 0.08], ['hyperliquid', 'perp', (a) => a, 0.05], ['okx', 'swap', (a) => `${a}-USDT-SWAP`, 0.28],
];
const spots: readonly (readonly [venue: string, symbol: (asset: string) => string, share: number])[] = [['binance', (a) => `${a}USDT`, 0.5], ['kraken', (a) => `${a}/USD`, 0.1], ['okx', (a) => `${a}-USDT`, 0.4]];

/** Which market ignites which: perpetuals ignite themselves, and spot markets every perpetual; nothing where it is quiet. */
function cannedNetwork(asset: string, openInterest: number, quiet: boolean): Record<string, unknown> {
  const markets = [
    ...spots.map(([venue, symbol]) => ({ instrument: `${venue}:spot:${symbol(asset)}`, venue, share: 0, reproduction: quiet ? 0 : 0.4, triggerUsd: 0 })),
    ...perps.map(([venue, type, symbol, share]) => ({ instrument: `${venue}:${type}:${symbol(asset)}`, venue, share: quiet ? 0 : share, reproduction: quiet ? 0 : 2 * share, triggerUsd: share * openInterest * 0.2e6 })),
  ];
  const links = quiet ? [] : perps.flatMap(([, , , share], p) => [
    ...spots.map(([, , depth], from) => ({ from, to: spots.length + p, reproduction: share * (1 - depth) })), { from: spots.length + p, to: spots.length + p, reproduction: 2 * share },
  ]);
  return { reproduction: quiet ? estimate(0, 0, 0) : estimate(0.76, 0.2, 1.9), markets, links };
}

/** A score. */
export function cannedScore(terms: CannedTerms, at: number): ScoreMessage {
  const { asset, price, threshold, landing = price, deposits = 0, openInterest } = terms;
  const quiet = threshold === null;
  const out = (name: string): string | undefined => (terms.out?.includes(name) === true ? 'stale' : undefined);
  const reading = (name: string, status: string, ageMs: number): Record<string, unknown> => ({ name, status: out(name) ?? status, ageMs: out(name) === undefined ? ageMs : 40_000 });
  const inputs = [
    ...perps.flatMap(([venue, , symbol], i) => {
      const name = `${venue}:perp:${symbol(asset)}`;
      return [reading(`book.${name}`, 'exact', 120 + 60 * i), reading(`openInterest.${name}`, 'exact', 4_000 + 900 * i), reading(`mark.${name}`, 'exact', 800), reading(`positions.${name}`, 'inferred', 4_000 + 900 * i)];
    }),
    ...spots.map(([venue, symbol], i) => reading(`book.${venue}:spot:${symbol(asset)}`, 'exact', 150 + 90 * i)),
    reading('rate.USDT', 'exact', 2_100), reading('rate.USD', 'exact', 0), reading('transfers.eip155:1', 'exact', 9_000),
  ];
  const market = (venue: string, type: string, symbol: string, share: number, perp: boolean): Record<string, unknown> => {
    const stale = terms.out?.some((name) => name.startsWith(`book.${venue}:${perp ? 'perp' : 'spot'}`)) === true;
    const alone = quiet || !perp ? null : threshold * share * 1.4e6;
    return {
      instrument: `${venue}:${type}:${symbol}`, venue, status: stale ? 'stale' : perp ? 'inferred' : 'exact', price: stale ? null : price * (1 - share / 900),
      depth2pctUsd: stale ? null : share * 1.4e6, openInterestUsd: perp ? share * openInterest * 1e6 : null, ignitionUsd: alone === null ? null : estimate(alone, alone * 0.7, alone * 1.5),
      landingPrice: alone === null ? null : estimate(landing * 1.1, landing * 0.6, landing * 1.8), amplification: alone === null ? null : estimate(1.4 + share, 1.2, 2.6), gainNow: null, extendedShare: alone === null ? null : 0.4,
    };
  };
  const recent = deposits === 0 ? [] : cannedTransfers(deposits, price, at);
  const dayUsd = recent.reduce((sum, { usd }) => sum + usd, 0);
  const within = recent.filter(({ eventTime }) => eventTime > at - 900_000);
  const window = (windowSeconds: number, of: typeof recent): Record<string, unknown> => ({ windowSeconds, units: of.reduce((sum, { units }) => sum + units, 0), usd: of.reduce((sum, { usd }) => sum + usd, 0), count: of.length });
  return scoreMessage.parse({
    kind: 'score', source: 'scoring', seq: Math.round((at - cannedNow) / 1_000) + 200_000, eventTime: at, receivedAt: at, asset, horizonSeconds: 900, price: estimate(price, price * 0.997, price * 1.003, 'exact'),
    ignitionUsd: quiet ? null : estimate(threshold * 1e6, threshold * 0.78e6, threshold * 1.37e6), landingPrice: quiet ? null : estimate(landing, landing * 0.6, landing * 1.74),
    amplification: quiet ? estimate(1, 1, 1.1) : estimate(2.3, 1.6, 3.1), ignitedAtZero: false, depth2pctUsd: 1.4e6, openInterestUsd: openInterest * 1e6, extendedShare: quiet ? null : 0.4, forcedShare: quiet ? 0 : 0.38,
    ...(terms.holders === false ? { addresses: null, settlement: { chains: [] } } : { addresses: cannedAddresses(terms, at), settlement: cannedSettlement(quiet) }), ...(terms.reserve === true ? { reserve: cannedReserve(price, at) } : {}),
    deposits: { ...(terms.holders === false || recent.length === 0 ? {} : { clusters: cannedDepositors(terms) }), horizon: window(900, within), day: window(86_400, recent), issuerDay: window(86_400, recent.filter(({ fromLabel }) => fromLabel !== undefined)), largest: within.at(-1) ?? null, recent },
    network: cannedNetwork(asset, openInterest, quiet), tail: cannedTail(quiet), liquidationMap: cannedMap(price, openInterest), hawkes: { branching: estimate(0.62, 0.41, 0.88), events: 184, disagreement: false }, response: cannedResponse(price, threshold, landing), issuerFloatShare: dayUsd > 5e6 ? 0.021 : null,
    liquidations: { windowSeconds: 3_600, observedUsd: 0.9e6, total: { value: 1.4e6, low: 1.2e6, high: 1.7e6, status: 'inferred' }, longShare: 0.8, undisclosed: ['hyperliquid:perp:OM'] },
    earlier: { ignitionUsdDayAgo: quiet ? null : threshold * 3.1e6, depth2pctUsdDayHigh: terms.worst === 'critical' ? 4.8e6 : 1.5e6, priceHourAgo: price / (1 + terms.moveHour) },
    markets: [...perps.map(([venue, type, symbol, share]) => market(venue, type, symbol(asset), share, true)), ...spots.map(([venue, symbol, share]) => market(venue, 'spot', symbol(asset), share, false))],
    inputs, modelVersion: '2026.11.1', inputHash: 'sha256:4be1d0c6b5f2a1907d3c58e6f0a94b27c8d1e35f6a7b8091c2d3e4f5a6b7c8d9',
  });
}

/** Transfers of a day, oldest first, the last within the horizon. */
function cannedTransfers(millions: number, price: number, at: number): { readonly usd: number; readonly units: number; readonly eventTime: number; readonly fromLabel?: string; readonly [field: string]: unknown }[] {
  const one = (share: number, ago: number, to: string, from: string | undefined, tx: string, state: string) => ({
    chain: 'eip155:1', tx: `0x${tx.repeat(32)}`, logIndex: 7, to: '0x28c6c06298d514db089934071355e5743bf21d60', toLabel: `exchange:${to}`, ...(from === undefined ? {} : { fromLabel: from }),
    units: Math.round((share * millions * 1e6) / price), usd: share * millions * 1e6, eventTime: at - ago, state,
  });
  return [one(0.1, 19 * hour, 'binance', undefined, 'a1', 'final'), one(0.18, 9 * hour, 'okx', 'issuer:mantra', 'b2', 'final'), one(0.07, 3 * hour, 'okx', undefined, 'c3', 'final'), one(0.65, 4 * minute, 'okx', 'issuer:mantra', 'd4', 'included')];
}

/** Where positions are liquidated: longs thickest some steps below the price; those of Hyperliquid are public, and no price has been in the last steps. */
function cannedMap(price: number, openInterest: number): Record<string, unknown> {
  const steps = Array.from({ length: 20 }, (_, i) => i);
  const hump = (i: number, middle: number): number => Math.exp(-(((i - middle) / 3) ** 2)) / 5.3;
  const venues = perps.map(([venue, , , share], v) => {
    const [long, short] = [2 + (v % 4), 4 + (v % 3)].map((middle, s) => steps.map((i) => Math.round(share * openInterest * (s === 0 ? 0.4e6 : 0.2e6) * hump(i, middle))));
    const own = venue === 'hyperliquid';
    return { venue, status: own ? 'exact' : venue === 'gate' ? 'stale' : 'inferred', long, short, longPrior: long?.map((usd, i) => (own || i < 7 ? 0 : usd)), shortPrior: short?.map((usd, i) => (own || i < 5 ? 0 : usd)) };
  });
  const band = (side: 'long' | 'short', share: number): number[] => steps.map((i) => Math.round(share * venues.reduce((sum, venue) => sum + (venue[side]?.[i] ?? 0), 0)));
  return { stepPercent: 2.5, price, venues, long: { low: band('long', 0.6), high: band('long', 1.5) }, short: { low: band('short', 0.6), high: band('short', 1.5) } };
}

/** How much may be lost: a Pareto tail of index 0.3, which forced sales carry off where there are positions to force. */
function cannedTail(quiet: boolean): Record<string, unknown> {
  const probability = (loss: number): number => (loss < 0.012 ? 0.05 * (0.012 / loss) ** 2 : 0.05 * (1 + (0.3 * (loss - 0.012)) / 0.006) ** (-1 / 0.3));
  const curve = Array.from({ length: 40 }, (_, i) => 0.004 * 150 ** (i / 39)).map((loss) => [loss, probability(loss)] as const);
  const forced = (loss: number): number => (quiet || loss < 0.03 ? loss : Math.min(0.88, loss < 0.08 ? 0.03 + (loss - 0.03) * 3 : 0.8 + (loss - 0.08) * 0.2));
  const level = (of: number, value: number, low: number, high: number): Record<string, unknown> => ({ level: of, ...estimate(value, low, high) });
  return {
    horizonSeconds: 3_600, barSeconds: 300, observations: 2_016, status: 'exact', valueAtRisk: level(0.99, 0.0245, 0.0202, 0.031), expectedShortfall: level(0.975, 0.0281, 0.0224, 0.0402),
    cascadeExpectedShortfall: quiet ? level(0.975, 0.0281, 0.0224, 0.0402) : level(0.975, 0.0613, 0.033, 0.145), tailIndex: { value: 0.3, low: 0.12, high: 0.48, meanIdentified: true },
    curve, forcedCurve: curve.map(([loss, p]) => [forced(loss), p]), observed: Array.from({ length: 20 }, (_, i) => [0.012 + 0.02 * ((100 / (20 - i)) ** 0.3 - 1) * (1 + 0.06 * Math.sin(i * 2.1)), (20 - i) / 2_000]),
    scenarios: [{ name: 'jump', loss: 0.12, forcedLoss: quiet ? 0.13 : 0.82 }, { name: 'outage', loss: 0.04, forcedLoss: 0.06 }, { name: 'otc', loss: 0.5, forcedLoss: null }],
  };
}

/** A response curve with a cliff at the threshold. */
function cannedResponse(price: number, threshold: number | null, landing: number): Record<string, unknown> {
  const range = (threshold ?? 40) * 3e6;
  const curve = (cliff: number | null, foot: number, slope: number): { saleUsd: number; price: number }[] =>
    [...Array.from({ length: 40 }, (_, i) => (range * (i + 1)) / 40), ...(cliff === null ? [] : [cliff])].sort((a, b) => a - b).map((saleUsd) => {
      const calm = price * Math.max(0.02, 1 - slope * Math.sqrt(saleUsd / range));
      return { saleUsd, price: cliff !== null && saleUsd > cliff ? Math.min(calm, foot * (1 - 0.3 * (saleUsd / range))) : calm };
    });
  const edge = threshold === null ? null : threshold * 1e6;
  return { price, central: curve(edge, landing * 1.1, 0.28), pessimistic: curve(edge === null ? null : edge * 0.78, landing * 0.7, 0.36), optimistic: curve(edge === null ? null : edge * 1.37, landing * 1.8, 0.2), withoutForced: curve(null, 0, 0.28) };
}

/** Numbers from 0 to 1 that are the same in every run (a linear congruential generator, Numerical Recipes' constants). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A day of an asset. */
export function cannedTimeline(terms: CannedTerms, warnings: readonly WarningMessage[], now: number = cannedNow): AssetTimeline {
  const next = numbers(terms.price * 1_000);
  const from = now - 24 * hour;
  const steps = 288;
  const points = Array.from({ length: steps + 1 }, (_, i) => {
    const along = i / steps;
    const wave = 1 + 0.035 * Math.sin(along * 9) * (1 - along) + 0.01 * (next() - 0.5);
    const ignition = terms.threshold === null ? null : terms.threshold * 1e6 * (1 + 2.1 * (1 - along) ** 1.4) * (1 + 0.05 * (next() - 0.5));
    const missing = i > 120 && i < 128;
    return {
      time: from + along * 24 * hour, price: missing ? null : terms.price * (wave + terms.moveHour * -(1 - along)), ignitionUsd: missing ? null : ignition,
      ignitionLowUsd: missing || ignition === null ? null : ignition * 0.78, ignitionHighUsd: missing || ignition === null ? null : ignition * 1.37,
    };
  });
  return assetTimeline.parse({ asset: terms.asset, from, to: now, points, warnings: warnings.filter(({ asset }) => asset === terms.asset), transfers: (terms.deposits ?? 0) > 0 ? cannedTransfers(terms.deposits ?? 0, terms.price, now) : [] });
}

/** A revision of a warning, from an asset's terms. */
export function cannedWarning(terms: CannedTerms, change: Record<string, unknown> = {}): WarningMessage {
  const at = cannedNow - 23_000;
  const score = cannedScore(terms, at);
  const { price, ignitionUsd, landingPrice, amplification, deposits, inputs, modelVersion, inputHash, response } = score;
  return warningMessage.parse({
    kind: 'warning', source: 'alerting', seq: 1, eventTime: at, receivedAt: at, id: `BW-${terms.asset}-20250413-7f3a9c21`, revision: 1, state: 'firing', severity: terms.worst ?? 'watch', warning: 'cascade.ignition',
    asset: terms.asset, onset: at, horizonSeconds: 900, price, ignitionUsd, landingPrice, amplification, trigger: deposits.largest, depositsUsd: deposits.horizon.usd,
    reasons: [{ code: 'depth-fell', share: 0.71, sinceMs: 9 * hour }, { code: 'forced-share', share: 0.38, belowPrice: 4.9 }, { code: 'amplification', amplification: 2.3 }],
    inputs, venues: score.markets.map(({ venue, ignitionUsd: alone, status }) => ({ venue, ignitionUsd: alone?.value ?? null, status })), response, modelVersion, inputHash, ...change,
  });
}

/** The history of the canned daemon's warnings: OM critical after a warning and a watch, TIA, and one that was retracted. */
export function cannedHistories(): readonly WarningHistory[] {
  const [om, tia] = cannedTerms;
  if (om === undefined || tia === undefined) return [];
  const at = (ago: number): Record<string, unknown> => ({ eventTime: cannedNow - ago, receivedAt: cannedNow - ago });
  const onset = cannedNow - 125 * minute;
  const omRevisions = [
    cannedWarning(om, { ...at(125 * minute), onset, severity: 'watch', depositsUsd: 0.9e6, trigger: null }),
    cannedWarning(om, { ...at(40 * minute), onset, revision: 2, severity: 'warning', depositsUsd: 2.2e6 }),
    cannedWarning(om, { ...at(23_000), onset, revision: 3 }),
  ];
  const fell = { id: 'BW-TIA-20250413-0d51e2aa', warning: 'ignition.drop', severity: 'warning', onset: cannedNow - 5 * hour, reasons: [{ code: 'threshold-fell', from: 65e6, to: 21e6, sinceMs: 24 * hour }, { code: 'amplification', amplification: 1.9 }] };
  const moved = { id: 'BW-OM-20250412-19bb07c4', warning: 'deposits.issuer', severity: 'watch', onset: cannedNow - 31 * hour, reasons: [{ code: 'issuer-deposits', floatShare: 0.021, usd: 11e6 }] };
  const wrong = { id: 'BW-INJ-20250412-5c11f0d3', severity: 'warning', asset: 'INJ', onset: cannedNow - 27 * hour };
  const histories = [
    omRevisions, [cannedWarning(tia, { ...fell, ...at(5 * hour) })], [cannedWarning(om, { ...moved, ...at(31 * hour) }), cannedWarning(om, { ...moved, ...at(3 * hour), revision: 2, state: 'resolved' })],
    [cannedWarning(tia, { ...wrong, ...at(27 * hour) }), cannedWarning(tia, { ...wrong, ...at(26 * hour), revision: 2, state: 'retracted', reasons: [{ code: 'reverted-transfer', tx: '0xfeed5a11', usd: 4.4e6 }] })],
  ];
  return histories.flatMap((revisions) => (revisions[0] === undefined ? [] : [{ id: revisions[0].id, revisions }]));
}

/** Many ended warnings, each a revision of its own id. */
export function manyWarnings(count: number): readonly WarningMessage[] {
  const terms = cannedTerms[0];
  if (terms === undefined) return [];
  const template = cannedWarning(terms, { severity: 'watch', state: 'resolved', revision: 2, response: null });
  const severities = ['watch', 'warning', 'critical'] as const;
  return Array.from({ length: count }, (_, i) => {
    const onset = cannedNow - (i + 1) * 7 * minute;
    return warningMessage.parse({
      ...template, id: `BW-OM-20250101-${i.toString(16).padStart(8, '0')}`, severity: severities[i % 3], onset, eventTime: onset + 3 * minute, receivedAt: onset + 3 * minute, inputs: [], venues: [],
    });
  });
}

/** Feeds of which some have not been heard. */
export function waitingFeeds(): readonly FeedState[] {
  return cannedStatus({ feeds: sources.map((source, i) => (i % 3 === 1 ? { source, status: 'waiting', through: null, incidents: [] } : cannedFeed(source))) }).feeds;
}
