import type { RescueScore } from '@breakwater/contracts';
import { cascadeHitTimes, type HitQuestion, type NetworkSystem, type SettlingTransfer } from '@breakwater/models/cascade';
import { usd } from '@breakwater/models/core';
import { arrivalPlan, createSettlement, deployableCapital, deployedBySeconds, sentThrough, type ArrivalPlan, type CapitalOnTheWay, type SettlementSpec } from '@breakwater/models/settlement';

/** Capital that somebody has declared they would help with. */
export interface RescueSource {
  /** Where it is: a chain, `exchange` (another exchange than where it is needed) or `venue` (there already). What is at one place shares its way. */
  readonly from: string;
  readonly amountUsd: number;
  readonly spec: SettlementSpec;
}

/** Parts in which capital comes to the dynamic engine: each way is within a thirty-second of its law. */
const parts = 16;

/** Capital on its way, with when its parts are there. */
interface PlannedCapital extends CapitalOnTheWay {
  readonly plan: ArrivalPlan;
}

/** Sources are the config's and live as long: what was made of them is kept with them. */
const made = new WeakMap<readonly RescueSource[], readonly PlannedCapital[]>();

function plannedOf(sources: readonly RescueSource[]): readonly PlannedCapital[] {
  const kept = made.get(sources);
  if (kept !== undefined) return kept;
  const sent = sentThrough(sources.map(({ amountUsd, from, spec }) => ({ amount: amountUsd, via: from, settlement: createSettlement(spec) })));
  const fresh = sent.map((capital) => ({ ...capital, plan: arrivalPlan(capital.delay, parts) }));
  made.set(sources, fresh);
  return fresh;
}

/** How a sale of the threshold is played: what is asked of the engine, what each market's share of a unit is, and what a unit costs before. */
export interface RescueQuestion {
  readonly system: NetworkSystem;
  readonly question: HitQuestion;
  readonly lotsPerUnit: readonly number[];
  /** US dollars. */
  readonly unitPrice: number;
  /** Times of the same question without help. */
  readonly times: readonly number[];
}

/** Orders that the capital buys with as it arrives, in each market its share by depth, for what a unit costs before the fall: so many units at least, and no more than lots can be counted, which is what a book can hold. */
function helpOf(sources: readonly RescueSource[], { lotsPerUnit, unitPrice }: RescueQuestion): readonly SettlingTransfer[] {
  return plannedOf(sources).flatMap(({ amount, halt, plan }) => lotsPerUnit.flatMap((perUnit, market): readonly SettlingTransfer[] => {
    const lots = Math.min(Number.MAX_SAFE_INTEGER, Math.floor((perUnit * amount) / unitPrice + 1e-9));
    return lots > 0 ? [{ to: { kind: 'trade', market, side: 'buy', lots }, sentAt: 0, usd: amount, fast: null, slow: plan, halt, arrival: 'expected' }] : [];
  }));
}

/**
 * How much of declared capital is there in time, were all of it to set out now, and what it would change: in how many of the paces of the sale of the threshold the price still comes to its landing price while that capital buys
 * as it arrives, played by the dynamic engine. Depth does not refill. `question` undefined where nothing ignites.
 */
export function rescueScoreOf(sources: readonly RescueSource[], question: RescueQuestion | undefined): RescueScore {
  const planned = plannedOf(sources);
  const reached = (times: readonly number[]): number => times.filter((time) => time < Infinity).length;
  return {
    declaredUsd: usd(sources.reduce((sum, { amountUsd }) => sum + amountUsd, 0)),
    deployable: deployedBySeconds.map((seconds) => ({ seconds, usd: usd(deployableCapital(0, planned, seconds)) })),
    landings: question === undefined ? null : { paces: question.times.length, without: reached(question.times), with: reached(cascadeHitTimes(question.system, { ...question.question, help: helpOf(sources, question) })) },
  };
}
