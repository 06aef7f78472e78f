import type { InputReading, InputStatus, ReserveEventMessage, ReserveMessage, ReserveScore } from '@breakwater/contracts';
import { DAY, ratio, usd, type EpochMs } from '@breakwater/models/core';
import { effectiveFloor, floorBid, floorNumber, floorOf, trustedFloor, unitsNumber, worstFloor, type FloorBid, type Reserve } from '@breakwater/models/settlement';
import type { AssetState } from '../asset-state.ts';
import type { ReserveTerms, ScoredAsset } from '../config.ts';
import type { Rates } from '../rates.ts';
import { mintFloors, type MintFloors } from './mint-floors.ts';
import { keptOf, ownersEvents, type PastReading } from './reserve-memory.ts';

/** Most events that a score names, and how many of them are kept for mints and for what else the owner did, so that neither dust sent to the vault nor owners that change push a mint out. */
const mostTold = 16;
const mostMints = 8;
const mostOwners = 4;
/** Decimals of shares in a pool (UniswapV2ERC20, https://docs.uniswap.org/contracts/v2/reference/smart-contracts/pair-erc-20, read 2026-11). */
const liquidityDecimals = 18;

const reserveOf = ({ vault, vaultDecimals, supply, decimals }: ReserveMessage | PastReading): Reserve => ({ vault: BigInt(vault), vaultDecimals, supply: BigInt(supply), decimals });

function statusOf(state: AssetState, terms: ReserveTerms, at: EpochMs): InputStatus {
  const latest = state.reserve.latest();
  if (latest === undefined) return 'missing';
  const chain = state.sourceHealth.get(terms.chain) ?? 'ok';
  return chain === 'ok' && at - latest.eventTime <= terms.staleAfterMs ? 'exact' : 'stale';
}

/** How the reserve is known, among the inputs of a score; nothing where none is watched. */
export function reserveReadings(state: AssetState, asset: ScoredAsset, at: EpochMs): readonly InputReading[] {
  const { reserve: terms } = asset;
  if (terms === undefined) return [];
  const latest = state.reserve.latest();
  return [{ name: `reserve.${terms.chain}`, status: statusOf(state, terms, at), ...(latest === undefined ? {} : { ageMs: Math.max(0, at - latest.eventTime) }) }];
}

/** Dollars of a unit of the vault's currency, while they are fresh: of an old rate no floor is made. */
function dollarsOf(rates: Rates, latest: ReserveMessage, at: EpochMs): number | null {
  const rate = rates.at(latest.currency, at);
  return rate?.status === 'exact' || rate?.status === 'inferred' ? rate.usd : null;
}

/**
 * The floor under an asset at a tick: exact in whole numbers, then as the nearest doubles. Null while it was not read or nothing is outstanding, undefined where no reserve is watched. Takes what was
 * reverted out of the state.
 */
export function reserveScoreOf(state: AssetState, rates: Rates, asset: ScoredAsset, at: EpochMs, unitPrice: number | null): ReserveScore | null | undefined {
  const { reserve: terms } = asset;
  if (terms === undefined) return undefined;
  const reverted = state.reserve.takeReverted();
  const latest = state.reserve.latest();
  const floor = latest === undefined ? undefined : floorOf(reserveOf(latest));
  if (latest === undefined || floor === undefined) return null;
  const perUnit = dollarsOf(rates, latest, at);
  const inDollars = (amount: number): ReserveScore['floorUsd'] => (perUnit === null ? null : usd(amount * perUnit));
  const own = floorNumber(floor);
  const before = state.reserve.dayAgo(at);
  const floorBefore = before === undefined ? undefined : floorOf(reserveOf(before));
  const floorUsd = inDollars(own);
  const events = state.reserve.events();
  const mints = mintFloors(latest, events, state.reserve.givenUp());
  return {
    status: statusOf(state, terms, at), chain: latest.chain, currency: latest.currency, floor: own, floorUsd,
    trustedFloorUsd: floorUsd === null ? null : usd(trustedFloor(floorUsd, terms)), effectiveFloorUsd: floorUsd === null ? null : usd(effectiveFloor(floorUsd, terms)),
    worstFloorUsd: latest.owner === null ? null : inDollars(worstOf(latest)), premium: floorUsd === null || unitPrice === null || !(floorUsd > 0) ? null : ratio(unitPrice / floorUsd - 1),
    vault: unitsNumber(BigInt(latest.vault), latest.vaultDecimals), supply: unitsNumber(BigInt(latest.supply), latest.decimals), cap: latest.cap === null ? null : unitsNumber(BigInt(latest.cap), latest.decimals),
    owner: latest.owner, liquidityLockedUntil: latest.liquidityLockedUntil, floorDayAgo: floorBefore === undefined ? null : floorNumber(floorBefore),
    mintedDay: unitsNumber(mintedDay(events, at), latest.decimals), unbackedDay: unitsNumber(mintedDay(events.filter((event) => mints.get(event)?.backed !== true), at), latest.decimals),
    events: toldOf(events, mints, at).map((event) => ({ event: event.event, amount: amountOf(event, latest), account: event.account, eventTime: event.eventTime, tx: event.tx, logIndex: event.logIndex, state: event.state, ...mintPart(mints.get(event)) })),
    ...(reverted.length === 0 ? {} : { reverted: keptOf(reverted, mostTold).map(({ tx, logIndex, event }) => ({ tx, logIndex, event })) }),
  };
}

/** What is said of a mint besides. */
function mintPart(floors: MintFloors | undefined): Pick<ReserveScore['events'][number], 'backed' | 'lost' | 'floorBefore' | 'floorAfter'> {
  if (floors === undefined) return {};
  const { before, after, backed, lost } = floors;
  return { backed, ...(lost === undefined ? {} : { lost: ratio(lost) }), ...(before === undefined ? {} : { floorBefore: floorNumber(before) }), ...(after === undefined ? {} : { floorAfter: floorNumber(after) }) };
}

/** The floor, in the vault's currency, if the owner mints all they may: nothing of it is left where no cap holds them. */
function worstOf(latest: ReserveMessage): number {
  const worst = latest.cap === null ? undefined : worstFloor(reserveOf(latest), BigInt(latest.cap));
  return worst === undefined ? 0 : floorNumber(worst);
}

/** Mints that nothing paid for come before those that were, however many of these follow: what a warning rests on stays named. */
function toldOf(events: readonly ReserveEventMessage[], floors: ReadonlyMap<ReserveEventMessage, MintFloors>, at: EpochMs): readonly ReserveEventMessage[] {
  const past = events.filter(({ eventTime }) => eventTime <= at);
  const [paid, unpaid] = [true, false].map((backed) => past.filter((event) => event.event === 'mint' && (floors.get(event)?.backed === true) === backed));
  const mints = [...(paid ?? []), ...(unpaid ?? [])].slice(-mostMints);
  const owners = past.filter(({ event }) => event !== 'mint' && ownersEvents.has(event)).slice(-mostOwners);
  const kept = new Set([...mints, ...owners]);
  const others = new Set(past.filter((event) => !kept.has(event)).slice(-(mostTold - kept.size)));
  return past.filter((event) => kept.has(event) || others.has(event));
}

/** Smallest units minted in the day before a tick: of all mints, named or not. */
function mintedDay(events: readonly ReserveEventMessage[], at: EpochMs): bigint {
  return events.reduce((sum, { event, eventTime, amount }) => (event === 'mint' && eventTime <= at && eventTime > at - DAY ? sum + BigInt(amount) : sum), 0n);
}

function amountOf({ event, amount }: ReserveEventMessage, { decimals, vaultDecimals }: ReserveMessage): number {
  switch (event) {
    case 'mint':
    case 'burn':
      return unitsNumber(BigInt(amount), decimals);
    case 'deposit':
    case 'withdrawal':
      return unitsNumber(BigInt(amount), vaultDecimals);
    case 'unlock':
      return unitsNumber(BigInt(amount), liquidityDecimals);
    case 'owner':
    case 'lock':
    case 'snapshot':
      return Number(amount);
  }
}

/** The floor as a bid, with how it is known: of one that is not current only the optimistic end of a score makes use. */
export interface KnownFloorBid {
  readonly bid: FloorBid;
  readonly status: InputStatus;
}

/** The bid that the reserve of an asset is at a tick; undefined where none is watched, read or worth anything, or its dollars are not known. */
export function floorBidOf(state: AssetState, rates: Rates, asset: ScoredAsset, at: EpochMs): KnownFloorBid | undefined {
  const { reserve: terms } = asset;
  const latest = state.reserve.latest();
  if (terms === undefined || latest === undefined) return undefined;
  const floor = floorOf(reserveOf(latest));
  const perUnit = dollarsOf(rates, latest, at);
  if (floor === undefined || perUnit === null) return undefined;
  const bid = floorBid(floorNumber(floor) * perUnit, unitsNumber(BigInt(latest.supply), latest.decimals), terms);
  return bid === undefined ? undefined : { bid, status: statusOf(state, terms, at) };
}
