import type { AddressesScore, ClusterDeposits, ClusterFacts, InputStatus, TransferMessage } from '@breakwater/contracts';
import type { MarketFacts } from '@breakwater/models/address-risk';
import { DAY, ratio, sourceId, usd, type EpochMs, type Usd } from '@breakwater/models/core';
import type { AssetState } from '../asset-state.ts';
import type { ScoredAsset } from '../config.ts';
import type { DepositFinality } from '../deposit-finality.ts';
import { worst } from '../input-status.ts';
import { marketFacts, tradingOf, type SaleFigures } from './market-facts.ts';
import { isOwner, ownerDeposits } from './owner-deposits.ts';
import { otcBought } from './otc.ts';
import { ownerRisk, type RiskModel } from './owner-risk.ts';
import { holdingsOf, type Holdings } from './owners.ts';
import { aheadOf, calendarOf, nextUnlock, type Ahead } from './schedule.ts';

/** Owners that a score names. */
const mostOwners = 24;
/** A retroactive look is told for a week. */
const reviewMs = 7 * DAY;
/** Changed addresses of it that a score names. */
const mostChanges = 8;

/** Everything that figures of owners are computed from at one tick. */
export interface AddressGround {
  readonly state: AssetState;
  readonly asset: ScoredAsset;
  readonly at: EpochMs;
  readonly unitPrice: number | null;
  readonly holdings: Holdings;
  readonly ahead: Ahead | undefined;
  readonly market: MarketFacts;
  readonly model: RiskModel;
}

/** The ground of a tick; undefined while no chain of the asset has said who holds it. `figures` are those of the same score. */
export function addressGround(state: AssetState, asset: ScoredAsset, at: EpochMs, unitPrice: number | null, figures: SaleFigures, model: RiskModel): AddressGround | undefined {
  const holdings = holdingsOf(state.holders.chains(), asset.chains, asset.float);
  if (holdings === undefined) return undefined;
  const ahead = aheadOf(asset, at);
  const { volumeUnits } = tradingOf(state.bars.closed());
  return { state, asset, at, unitPrice, holdings, ahead, model, market: marketFacts(state, at, figures, unitPrice, { unlock: nextUnlock(ahead, at, volumeUnits), hhi: holdings.concentration?.hhi ?? null }) };
}

const inUsd = (units: number, unitPrice: number | null): Usd | null => (unitPrice === null ? null : usd(units * unitPrice));

/** The owners that deposited most in the last day, each against the effective float and the threshold, with its risk. O(deposits + clusters). */
export function clusterDepositsOf({ asset, at, unitPrice, holdings, market, model }: AddressGround, day: readonly TransferMessage[], ignitionUsd: number | null, finality: Pick<DepositFinality, 'unsettledOf'>): readonly ClusterDeposits[] {
  const { floatUnits, isSupplyKnown } = holdings;
  const ofFloat = (units: number): ClusterDeposits['dayFloatShare'] => (isSupplyKnown && floatUnits > 0 ? ratio(units / floatUnits) : null);
  return ownerDeposits(day, holdings).map(({ cluster, label, addressCount, confidence, dayUnits, weekUnits, facts, transfers }) => {
    const otc = otcBought(asset.otc, { cluster, label, addresses: [...(facts?.addresses ?? []), ...transfers.map(({ from }) => from)] }, at, unitPrice);
    const [dayUsd, weekUsd, dayFloatShare] = [inUsd(dayUnits, unitPrice), inUsd(weekUnits, unitPrice), ofFloat(dayUnits)];
    return {
      cluster, label, addressCount, confidence: ratio(confidence), dayUnits, dayUsd, weekUnits, weekUsd, dayFloatShare, weekFloatShare: ofFloat(weekUnits),
      ofThreshold: dayUsd === null || ignitionUsd === null || !(ignitionUsd > 0) ? null : ratio(dayUsd / ignitionUsd),
      risk: ownerRisk({ sizeUsd: dayUsd, isSupplyKnown, floatShare: dayFloatShare, weekUsd, facts, label, otc }, market, model), ...finality.unsettledOf(transfers), ...(otc === undefined ? {} : { otc: { units: otc.units, discount: ratio(otc.discount) } }),
    };
  });
}

/** How far what is known of holders can be trusted: `stale` while a chain is not read, `missing` of one that never spoke, `inferred` where holdings before the first block that is known are guessed. */
function statusOf({ state, asset, holdings }: AddressGround): InputStatus {
  const spoke = holdings.chains.map(({ message }) => message.chain as string);
  const expected = asset.chains ?? spoke.map(sourceId);
  return worst(expected.map((chain): InputStatus => (!spoke.includes(chain) ? 'missing' : state.sourceHealth.get(chain) !== 'ok' ? 'stale' : holdings.complete ? 'exact' : 'inferred')));
}

/** What an owner holds and what it sent to exchanges in the week before: how much of a holder it is or just was. */
const weight = ({ units, depositsWeekUnits }: ClusterFacts): number => units + depositsWeekUnits;

function clustersOf({ asset, at, unitPrice, holdings, market, model }: AddressGround): AddressesScore['clusters'] {
  const { isSupplyKnown } = holdings;
  const largest = [...holdings.owners.values()].sort((a, b) => weight(b) - weight(a) || (a.cluster < b.cluster ? -1 : 1)).slice(0, mostOwners);
  return largest.map((facts) => {
    const held = inUsd(facts.units, unitPrice);
    const risk = isOwner(facts.label) ? ownerRisk({ sizeUsd: held, isSupplyKnown, floatShare: isSupplyKnown ? facts.floatShare : null, weekUsd: inUsd(facts.depositsWeekUnits, unitPrice), facts, label: facts.label, otc: otcBought(asset.otc, facts, at, unitPrice) }, market, model) : null;
    return { ...facts, usd: held, risk };
  });
}

function reviewOf({ state, at }: AddressGround): AddressesScore['review'] {
  const review = state.holders.review();
  if (review === undefined || at - review.eventTime > reviewMs) return null;
  const { eventTime, chain, changeCount, changes, days } = review;
  return { at: eventTime, chain, changeCount, changes: changes.slice(0, mostChanges), days };
}

/** Who holds the asset and could sell it. Some 15 kB; about 0.2 ms. */
export function addressesScoreOf(ground: AddressGround): AddressesScore {
  const { state, at, unitPrice, holdings, ahead } = ground;
  const { volumeUnits } = tradingOf(state.bars.closed());
  return {
    status: statusOf(ground), at: holdings.at, holders: holdings.holders, complete: holdings.complete, supplyUnits: holdings.supplyUnits, effectiveFloatUnits: holdings.floatUnits, concentration: holdings.concentration,
    clusters: clustersOf(ground), flows: state.holders.days().map(({ day, units, issuerUnits }) => ({ day, units, issuerUnits, usd: inUsd(units, unitPrice) })),
    ...calendarOf(ahead, { at, supplyUnits: holdings.supplyUnits, volumeUnits, unitPrice }), review: reviewOf(ground),
  };
}
