import type { ProducersMessage, ProducersScore, ResponseCurve, SettlementScore } from '@breakwater/contracts';
import { cascadeHitTimes, shareByDepth, type NetworkSystem } from '@breakwater/models/cascade';
import { usd, type ChainId } from '@breakwater/models/core';
import { createSettlement, rescueBeforeSamples, type Settlement, type SettlementSpec } from '@breakwater/models/settlement';
import { rescueScoreOf, type RescueQuestion, type RescueSource } from './rescue-capital.ts';

/** A chain that carries a token of an asset, and how capital settles through it. */
export interface ChainLedger {
  readonly chain: ChainId;
  readonly spec: SettlementSpec;
}

/** The most chains a score names. */
const mostChains = 16;
/** The sale of the threshold takes any part of the horizon, one as likely as another [A]: the middles of four equal parts. */
const saleShares = [1 / 8, 3 / 8, 5 / 8, 7 / 8];
/** The price is there when this share of the fall is done: the dynamic engine's end differs from the fixed point by what arbitrage still has on its way [A]. */
const doneShare = 0.95;
/** How long the cascade is looked at, in horizons: the sale and as long again. */
const lookedAt = 2;

/** What the figures of an asset say of a cascade. */
export interface CascadeOutlook {
  readonly system: NetworkSystem | undefined;
  /** US dollars, and US dollars for one unit; null where nothing ignites. */
  readonly ignitionUsd: number | null;
  readonly landingPrice: number | null;
  readonly response: ResponseCurve | null | undefined;
  readonly horizonSeconds: number;
}

/** A spec is the config's and lives as long: what was made of it is kept with it. */
const made = new WeakMap<SettlementSpec, Settlement & { readonly medianSeconds: number; readonly p95Seconds: number }>();

function settlementOf(spec: SettlementSpec): Settlement & { readonly medianSeconds: number; readonly p95Seconds: number } {
  const kept = made.get(spec);
  if (kept !== undefined) return kept;
  const settlement = createSettlement(spec);
  const fresh = { ...settlement, medianSeconds: settlement.fast.quantile(0.5), p95Seconds: settlement.fast.quantile(0.95) };
  made.set(spec, fresh);
  return fresh;
}

/**
 * Seconds from the beginning of a sale of the threshold until the price is at the landing price, one for each pace of the sale, by the dynamic engine over the books and positions of the score: depth does not refill, and
 * liquidations follow their price a second later. Infinity: not within two horizons. Undefined where nothing ignites. Some milliseconds.
 */
export function cascadeTimes(outlook: CascadeOutlook): readonly number[] | undefined {
  return cascadeQuestion(outlook)?.times;
}

/** The same, with what was asked, so that it can be asked again with help. */
function cascadeQuestion({ system, ignitionUsd, landingPrice, response, horizonSeconds }: CascadeOutlook): RescueQuestion | undefined {
  if (system === undefined || ignitionUsd === null || landingPrice === null || response == null) return undefined;
  const share = shareByDepth(system);
  if (share === undefined) return undefined;
  // A sale fetches no less than the last price before the jump for each unit, so that so many units are the threshold or a little more.
  const before = response.central.findLast(({ saleUsd }) => saleUsd <= ignitionUsd)?.price ?? response.price;
  const units = ignitionUsd / Math.max(before, landingPrice);
  const lots = share.lotsPerUnit.map((perUnit) => Math.min(Number.MAX_SAFE_INTEGER, Math.ceil(perUnit * units) + 1));
  const saleSeconds = saleShares.map((part) => Math.max(1, Math.round(part * horizonSeconds)));
  const price = response.price - doneShare * (response.price - landingPrice);
  const question = { lots, priceWeights: share.priceWeights, price, saleSeconds, seconds: Math.ceil(lookedAt * horizonSeconds) };
  return { system, question, lotsPerUnit: share.lotsPerUnit, unitPrice: response.price, times: cascadeHitTimes(system, question) };
}

/**
 * How long help takes through each chain of an asset, and how likely help that is sent when the sale of the threshold begins comes before the price is at the landing price: P(L < T), less what a suspension under stress holds
 * back. By the fast way of the chain, while its capacity lasts. And what declared capital would do.
 */
export function settlementScoreOf(ledgers: readonly ChainLedger[], rescue: readonly RescueSource[] | undefined, outlook: () => CascadeOutlook): SettlementScore {
  const question = cascadeQuestion(outlook());
  const times = question?.times;
  const chains = ledgers.slice(0, mostChains).map(({ chain, spec }) => {
    const { fast, fastCapacityUsd, revertProbability, haltProbability, medianSeconds, p95Seconds } = settlementOf(spec);
    const rescueProbability = times === undefined ? null : (1 - haltProbability) * rescueBeforeSamples(fast, times).probability;
    return { chain, settlement: spec.class, medianSeconds, p95Seconds, fastCapacityUsd: fastCapacityUsd === null ? null : usd(fastCapacityUsd), revertProbability, rescueProbability };
  });
  return { chains, ...(rescue === undefined || rescue.length === 0 ? {} : { rescue: rescueScoreOf(rescue, question) }) };
}

/** Who makes the blocks of those chains, as was read of late; nothing of it where none was. */
function producersPart(ledgers: readonly ChainLedger[], producers: readonly ProducersMessage[]): Pick<SettlementScore, 'producers'> {
  const told = producers.filter(({ chain }) => ledgers.some((ledger) => ledger.chain === chain)).slice(0, mostChains);
  if (told.length === 0) return {};
  return { producers: told.map(({ chain, eventTime, candidates, complete, scheduled, votes, scheduledVotes, scheduledShare, top }): ProducersScore => ({ chain, at: eventTime, candidates, complete, scheduled, votes, scheduledVotes, scheduledShare, top })) };
}

/** All of that as a part of a score; nothing of it where the asset is on no chain that is watched and nobody declared capital. */
export function settlementPart({ ledgers = [], rescue = [] }: { readonly ledgers?: readonly ChainLedger[]; readonly rescue?: readonly RescueSource[] }, producers: readonly ProducersMessage[], outlook: () => CascadeOutlook): { readonly settlement?: SettlementScore } {
  return ledgers.length === 0 && rescue.length === 0 ? {} : { settlement: { ...settlementScoreOf(ledgers, rescue, outlook), ...producersPart(ledgers, producers) } };
}
