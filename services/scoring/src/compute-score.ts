import type { DepositFigures, DepositReading, InputReading, InputStatus, MarketScore, PriceEstimate, RatioEstimate, ScoreMessage, TransferMessage, UsdEstimate } from '@breakwater/contracts';
import { shapeSeriesEveryMs } from '@breakwater/contracts';
import type { AssetId, EpochMs, Price, Ratio, Usd } from '@breakwater/models/core';
import { price, quoteAmount, ratio, sourceId, toUsd, usd } from '@breakwater/models/core';
import { depthWithin, extendedShareOfMove, solveStatic, staticProfile, type CascadeMarket } from '@breakwater/models/cascade';
import { addressesScoreOf, addressGround, clusterDepositsOf, type AddressGround } from './addresses/addresses-score.ts';
import { pruneDeposits, type AssetState, type MarketState } from './asset-state.ts';
import { branchingOf, isFittedAt } from './branching.ts';
import { modelVersion, type ScoredAsset, type ScoringConfig } from './config.ts';
import { depositFinality, type DepositFinality } from './deposit-finality.ts';
import { hashInputs } from './input-hash.ts';
import { worst } from './input-status.ts';
import { liquidationMapOf } from './liquidation-map.ts';
import { liquidationSummary } from './liquidations.ts';
import { assetFigures, ceilingFall, centralNetwork, type AssetFigures } from './asset-figures.ts';
import { variants, type Variant } from './assumptions.ts';
import type { MarketModel } from './market-model.ts';
import { modelAsset, partsOf, type ModelledMarket, type Part } from './modelled-market.ts';
import type { Rate, Rates } from './rates.ts';
import { floorBidOf, reserveReadings, reserveScoreOf } from './reserve/reserve-score.ts';
import { settlementPart } from './settlement/settlement-score.ts';
import { horizonTailOf, tailScoreOf } from './tail-score.ts';

const dayMs = 86_400_000;
/** Deposits a score names, for the timeline. */
const recentDeposits = 24;

/** A score without what only the stage knows: its sequence number and the time of receipt. */
export type Computed = Omit<ScoreMessage, 'seq' | 'receivedAt'>;

/** What one market, or all merged, would do under one variant; money in US dollars, prices in US dollars for one unit. */
interface Outcome {
  readonly ignition: number | null;
  readonly landing: number | null;
  readonly amplification: number | null;
  readonly gain: number | null;
  /** What a sale fetches that brings the price down by `ceilingFall` on its own. */
  readonly capacity: number;
  readonly ignitedAtZero: boolean;
}

function outcomeOf(market: CascadeMarket, usdPerQuote: number, ignitionGap: number): Outcome {
  const profile = staticProfile(market, 'sell', ignitionGap);
  // The reply to a sale just above the threshold, or to one as large as the depth within 2 % where nothing ignites.
  const shock = profile.ignitionLots === null ? depthWithin(market, 'sell', 0.02).lots : profile.ignitionLots + 1;
  const reply = market.bids.ticks.length === 0 ? null : solveStatic(market, 'sell', shock);
  return {
    ignition: profile.ignitionQuote === null ? null : profile.ignitionQuote * usdPerQuote,
    landing: profile.landingTick === null ? null : profile.landingTick * market.tickSize * usdPerQuote,
    amplification: reply?.amplification ?? null, gain: profile.gainNow, ignitedAtZero: profile.ignitedAtZero && market.bids.ticks.length > 0,
    capacity: depthWithin(market, 'sell', ceilingFall).quote * usdPerQuote,
  };
}

interface Three { readonly low: Outcome; readonly value: Outcome; readonly high: Outcome }

function estimate<T extends number>(three: Three, pick: (outcome: Outcome) => number | null, brand: (value: number) => T, status: InputStatus, ceiling?: number): { value: T; low: T; high: T; status: InputStatus } | null {
  const value = pick(three.value);
  if (value === null) return null;
  // Where the optimistic end does not ignite at all, or later, the band reaches to the sale that would be a crash without any forced one.
  const high = Math.min(pick(three.high) ?? ceiling ?? value, ceiling ?? Infinity);
  const all = [pick(three.low) ?? value, value, high];
  return { value: brand(value), low: brand(Math.min(...all)), high: brand(Math.max(...all)), status };
}

function estimates(three: Three, status: InputStatus): { ignitionUsd: UsdEstimate | null; landingPrice: PriceEstimate | null; amplification: RatioEstimate | null } {
  const positive = (outcome: Outcome): number | null => (outcome.landing !== null && outcome.landing > 0 ? outcome.landing : null);
  return {
    ignitionUsd: estimate<Usd>(three, (o) => o.ignition, usd, status, Math.max(three.value.ignition ?? 0, three.high.capacity)),
    landingPrice: estimate<Price>(three, positive, price, status),
    amplification: estimate<Ratio>(three, (o) => o.amplification, ratio, status),
  };
}

const rateOf = (rate: Rate, variant: Variant): number => (variant === 'low' ? rate.low : variant === 'value' ? rate.usd : rate.high);

function scoreMarket({ state: market, model, usable }: ModelledMarket, ignitionGap: number): MarketScore | undefined {
  const definition = market.definition;
  if (definition === undefined) return undefined;
  const { rate, best } = model;
  const empty = { ignitionUsd: null, landingPrice: null, amplification: null, gainNow: null, extendedShare: null, depth2pctUsd: null };
  const head = { instrument: definition.instrument, venue: definition.venue };
  if (rate === undefined || best === undefined) return { ...head, ...empty, status: 'missing', price: null, openInterestUsd: null };
  const outcomes = Object.fromEntries(variants.map((v) => [v, outcomeOf(usable[v], rateOf(rate, v), ignitionGap)])) as unknown as Three;
  const derivative = definition.marketKind !== 'spot';
  const positions: InputStatus = derivative ? (model.openInterestUnits === undefined ? 'missing' : model.knownBy) : 'exact';
  const status = worst([model.bookStatus, rate.status, positions]);
  const { value } = usable;
  const depth = model.bookStatus === 'exact' ? toUsd(quoteAmount(depthWithin(value, 'sell', 0.02).quote), rate.usd) : null;
  const landing = outcomes.value.landing;
  return {
    ...head, ...estimates(outcomes, status), status, price: price(best * rate.usd), depth2pctUsd: depth,
    openInterestUsd: model.openInterestUnits === undefined ? null : usd(model.openInterestUnits * best * rate.usd),
    gainNow: outcomes.value.gain === null ? null : ratio(outcomes.value.gain),
    extendedShare: landing === null || model.lastKnownBid === undefined ? null : ratio(extendedShareOfMove(best * rate.usd, model.lastKnownBid * rate.usd, landing)),
  };
}

function deposit(t: TransferMessage, unitPrice: number | null): DepositReading {
  return {
    chain: t.chain, tx: t.tx, logIndex: t.logIndex, to: t.to, toLabel: t.toLabel ?? '', ...(t.fromLabel === undefined ? {} : { fromLabel: t.fromLabel }),
    units: t.units, usd: unitPrice === null ? null : usd(t.units * unitPrice), eventTime: t.eventTime, state: t.state,
  };
}

function windowOf(transfers: readonly TransferMessage[], windowSeconds: number, unitPrice: number | null, finality: DepositFinality): ScoreMessage['deposits']['day'] {
  const units = transfers.reduce((sum, t) => sum + t.units, 0);
  return { windowSeconds, units, usd: unitPrice === null ? null : usd(units * unitPrice), count: transfers.length, ...finality.unsettledOf(transfers) };
}

/** The largest transfers of a day, oldest first. */
function largestOf(day: readonly TransferMessage[]): readonly TransferMessage[] {
  const kept = day.length <= recentDeposits ? [...day] : [...day].sort((a, b) => b.units - a.units).slice(0, recentDeposits);
  return kept.sort((a, b) => a.eventTime - b.eventTime || a.seq - b.seq);
}

/** What deposits of a day are added up with. */
interface DepositTerms {
  readonly asset: ScoredAsset;
  readonly at: EpochMs;
  readonly horizonSeconds: number;
  readonly unitPrice: number | null;
  readonly finality: DepositFinality;
  readonly owners: (day: readonly TransferMessage[], finality: DepositFinality) => Pick<DepositFigures, 'clusters'>;
}

/** `since` is when a deposit begins to count within the horizon, event time in milliseconds. */
function figuresOfDay(day: readonly TransferMessage[], since: (transfer: TransferMessage) => number, { asset, at, horizonSeconds, unitPrice, finality, owners }: DepositTerms): NonNullable<ScoreMessage['told']> {
  const recent = day.filter((t) => since(t) > at - horizonSeconds * 1_000);
  const issuer = day.filter((t) => t.fromLabel?.startsWith('issuer:') === true);
  const largest = recent.reduce<TransferMessage | undefined>((a, b) => (a === undefined || b.units > a.units ? b : a), undefined);
  const issuerUnits = issuer.reduce((sum, t) => sum + t.units, 0);
  return {
    deposits: {
      horizon: windowOf(recent, horizonSeconds, unitPrice, finality), day: windowOf(day, dayMs / 1_000, unitPrice, finality), issuerDay: windowOf(issuer, dayMs / 1_000, unitPrice, finality),
      largest: largest === undefined ? null : deposit(largest, unitPrice), ...owners(day, finality),
    },
    issuerFloatShare: asset.float === undefined || asset.float <= 0 ? null : ratio(issuerUnits / asset.float),
  };
}

function depositsOf(state: AssetState, terms: DepositTerms): Pick<ScoreMessage, 'deposits' | 'issuerFloatShare' | 'told' | 'reverted'> {
  const { at, horizonSeconds, unitPrice, finality } = terms;
  const day = state.deposits.within(at, dayMs);
  const told = day.filter((transfer) => finality.isTold(transfer));
  const { deposits, issuerFloatShare } = figuresOfDay(day, (t) => t.eventTime, terms);
  const horizonBegin = at - horizonSeconds * 1_000;
  // One that was waited for is still within the horizon of what is told when it has left that of all.
  const isSame = told.length === day.length && told.every((t) => t.eventTime > horizonBegin || finality.waitsUntil(t) <= horizonBegin);
  return {
    deposits: { ...deposits, recent: largestOf(day).map((t) => deposit(t, unitPrice)) }, issuerFloatShare,
    ...(isSame ? {} : { told: figuresOfDay(told, (t) => finality.waitsUntil(t), terms) }),
    reverted: state.deposits.takeReverted().map((t) => ({ tx: t.tx, logIndex: t.logIndex, usd: unitPrice === null ? null : usd(t.units * unitPrice) })),
  };
}

function priceOf(parts: readonly Part[]): { estimate: PriceEstimate | null; value: number | null } {
  let weight = 0;
  let sum = 0;
  const prices: number[] = [];
  for (const { model, usable, rate, best, state } of parts) {
    if (state.definition === undefined || model.bookStatus !== 'exact') continue;
    const depth = depthWithin(usable.high, 'sell', 0.02).quote * rate.usd;
    weight += depth;
    sum += depth * best * rate.usd;
    prices.push(best * rate.usd);
  }
  if (weight <= 0) return { estimate: null, value: null };
  const value = sum / weight;
  return { value, estimate: { value: price(value), low: price(Math.min(value, ...prices)), high: price(Math.max(value, ...prices)), status: worst(parts.map((p) => p.rate.status)) } };
}

function rateReadings(parts: readonly { readonly state: MarketState; readonly model: MarketModel }[]): InputReading[] {
  const seen = new Map<string, InputReading>();
  for (const { state, model } of parts) {
    const quote = state.definition?.quote;
    if (quote === undefined) continue;
    const rate = model.rate;
    seen.set(quote, { name: `rate.${quote}`, status: rate?.status ?? 'missing', ...(rate?.ageMs === undefined ? {} : { ageMs: rate.ageMs }) });
  }
  return [...seen.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The score of one asset at one event time: each market alone, under pessimistic, central and optimistic assumptions, and all joined, with the band of `assetFigures`,
 * with the status of every input. Pure in (state, rates, time, config), except that deposits reverted since the last score are taken out
 * of the state. About 20 ms for six markets of a thousand levels a side.
 */
export function computeScore(state: AssetState, rates: Rates, asset: ScoredAsset, at: EpochMs, config: ScoringConfig, modelled: readonly ModelledMarket[] = modelAsset(state, rates, at, config, undefined, floorBidOf(state, rates, asset, at))): Computed {
  const parts = partsOf(modelled);
  const { estimate: priceEstimate, value: unitPrice } = priceOf(parts.filter((p) => p.best > 0));
  const inputs = [...modelled.flatMap(({ model }) => model.inputs), ...unlistedReadings(state), ...rateReadings(modelled), ...chainReadings(state, asset), ...reserveReadings(state, asset, at)];
  // A market that could not be converted is named among the inputs and is not in the figures.
  const status = worst([...parts.flatMap(({ model }) => model.inputs), ...rateReadings(parts)].map((input) => input.status));
  const figures = assetFigures(parts, config.ignitionGap, unitPrice, status);
  const markets = modelled.flatMap((market) => scoreMarket(market, config.ignitionGap) ?? []);
  const total = (pick: (m: MarketScore) => number | null): Usd | null => {
    const known = markets.map(pick).filter((x) => x !== null);
    return known.length === 0 ? null : usd(known.reduce((sum, x) => sum + x, 0));
  };
  const depth2pctUsd = total((m) => m.depth2pctUsd);
  const dayAgo = state.history.ago(at, dayMs);
  const dayHigh = state.history.depthHigh(at);
  const hourAgo = state.history.ago(at, 3_600_000)?.price ?? null;
  const openInterestUsd = total((m) => m.openInterestUsd);
  const ground = addressGround(state, asset, at, unitPrice, { ...figures, depth2pctUsd, openInterestUsd, markets }, config.risk);
  const owners: DepositTerms['owners'] = (day, finality) => (ground === undefined ? {} : { clusters: clusterDepositsOf(ground, day, figures.ignitionUsd?.value ?? null, finality) });
  const deposits = depositsOf(state, { asset, at, horizonSeconds: config.horizonSeconds, unitPrice, finality: depositFinality(asset.ledgers, config.costs, at), owners });
  const reserve = reserveScoreOf(state, rates, asset, at, unitPrice);
  return {
    kind: 'score', source: sourceId('scoring'), asset: asset.asset, eventTime: at, horizonSeconds: config.horizonSeconds, price: priceEstimate, ...figures,
    depth2pctUsd, openInterestUsd, ...deposits,
    earlier: {
      ignitionUsdDayAgo: dayAgo?.ignitionUsd == null ? null : usd(dayAgo.ignitionUsd), depth2pctUsdDayHigh: dayHigh === null ? null : usd(dayHigh),
      priceHourAgo: hourAgo === null ? null : price(hourAgo),
    },
    liquidations: liquidationSummary(modelled.map(({ state: market, model }) => ({ state: market, rate: model.rate })), at),
    ...outlookOf(state, asset, at, { parts, figures, unitPrice, status, ground, horizonSeconds: config.horizonSeconds }), markets, inputs, modelVersion, inputHash: hashInputs(asset.asset, at, modelled, state), ...(reserve === undefined ? {} : { reserve }),
  };
}

/** What is told now and then, and readers keep: the tail of the next hour, the map of liquidations, who holds the asset, and what published liquidations say of the network. */
function outlookOf(state: AssetState, asset: ScoredAsset, at: EpochMs, of: { readonly parts: readonly Part[]; readonly figures: AssetFigures; readonly unitPrice: number | null; readonly status: InputStatus; readonly ground: AddressGround | undefined; readonly horizonSeconds: number }): Pick<ScoreMessage, 'tail' | 'liquidationMap' | 'hawkes' | 'addresses' | 'settlement'> {
  const { parts, figures: { response, network, ignitionUsd, landingPrice }, unitPrice, status, ground, horizonSeconds } = of;
  const hawkes = isFittedAt(asset.asset, at) ? { hawkes: branchingOf(state.forced, at, network) } : {};
  if (at % shapeSeriesEveryMs !== 0) return hawkes;
  const tail = horizonTailOf(state.bars.closed());
  return {
    ...hawkes, tail: tail === undefined ? null : tailScoreOf(tail, { at, response, responseStatus: status, offered: asset.offered }),
    liquidationMap: unitPrice === null ? null : liquidationMapOf(parts, unitPrice), addresses: ground === undefined ? null : addressesScoreOf(ground),
    ...settlementPart(asset, state.producers.recent(at), () => ({ system: centralNetwork(parts)?.system, ignitionUsd: ignitionUsd?.value ?? null, landingPrice: landingPrice?.value ?? null, response, horizonSeconds })),
  };
}

/** Venues whose list of markets could not be read: nothing else would say that their books are missing. */
function unlistedReadings(state: AssetState): InputReading[] {
  return [...state.unlisted].sort().map((source) => ({ name: `book.${source}`, status: 'missing' }));
}

/** The chains that carry a token of the asset, each with the health of its feed. */
function chainReadings(state: AssetState, asset: ScoredAsset): InputReading[] {
  return (asset.chains ?? []).map((chain) => {
    const health = state.sourceHealth.get(chain);
    return { name: `transfers.${chain}`, status: health === undefined ? 'missing' : health === 'ok' ? 'exact' : 'stale' };
  });
}

/** Adds the score to what later scores are compared with. */
export function remember(state: AssetState, score: Computed): void {
  const complete = score.inputs.every((input) => !input.name.startsWith('book.') || input.status === 'exact');
  state.history.add({ at: score.eventTime, price: score.price?.value ?? null, ignitionUsd: score.ignitionUsd?.value ?? null, depth2pctUsd: score.depth2pctUsd, complete });
  pruneDeposits(state, score.eventTime);
}

export type { AssetId };
