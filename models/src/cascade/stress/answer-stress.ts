import { defined } from '../../core/index.ts';
import { at, multipleOf } from '../../market/index.ts';
import { ladderOf, type CascadeMarket, type ShockSide } from '../cascade-market.ts';
import { isJoined } from '../network-system.ts';
import { reproductionOf } from '../reproduction.ts';
import { solveNetwork, type NetworkMarketOutcome } from '../solve-network.ts';
import { solveStatic } from '../solve-static.ts';
import { staticProfile } from '../static-profile.ts';
import type { StressCase } from './parse-snapshot.ts';

/** What happens to one market of a snapshot, and how it would answer alone. Prices in quote currency, quantities in the market's units. */
export interface StressMarketAnswer {
  readonly id: string;
  readonly price: number;
  readonly dropTicks: number;
  readonly liquidatedQty: number;
  readonly fundQty: number;
  readonly unfilledQty: number;
  readonly exhausted: boolean;
  readonly soldQty: number;
  /** `[quantity, price]`: every shock up to the quantity, and above the one before, ends at the price. */
  readonly profile: readonly (readonly [number, number])[];
  readonly ignitedAtZero: boolean;
  readonly ignitionQty: number | null;
  readonly landingPrice: number | null;
  readonly ignitionQuote: number | null;
  readonly gainNow: number | null;
  readonly amplification: number | null;
}

/** The answer to a snapshot. */
export interface StressAnswer {
  readonly asset: string;
  readonly asOf: string;
  readonly side: ShockSide;
  readonly markets: readonly StressMarketAnswer[];
  readonly network: {
    readonly reproductionNumber: number;
    readonly eigenvector: Readonly<Record<string, number>> | null;
    readonly venueReproduction: Readonly<Record<string, number>>;
    readonly operations: number;
  };
  readonly notes: readonly string[];
}

/**
 * The response of a snapshot to its shocks. Liquidation orders limited at the bankruptcy price are honoured in a market that nothing joins to another; elsewhere they count as
 * market orders and `notes` says so. O(levels + triggers) times the neighbours of a market.
 */
export function answerStress({ asset, asOf, ignitionGap, system, shockLots }: StressCase): StressAnswer {
  const { side, markets } = system;
  const ids = markets.map(({ id }) => id);
  const outcome = solveNetwork(system, shockLots);
  const reproduction = reproductionOf(system);
  const notes: string[] = [];
  const answers = markets.map((market, m) => {
    const isLimit = market.liquidationOrder === 'limitAtBankruptcy';
    const alone = isLimit && !isJoined(system, m);
    if (isLimit && !alone) notes.push(`limit-as-market: ${market.id}`);
    const shock = shockLots[m] ?? 0;
    const network = defined(outcome.markets[m], 'outcome');
    const end = alone ? limitEnd(market, side, shock) : { ...network, fundLots: 0, bookLots: Math.max(0, shock + network.liquidatedLots + network.soldLots - network.boughtLots) - network.unfilledLots };
    return { id: market.id, ...endOf(market, end), ...profileOf(market, side, ignitionGap, shock) };
  });
  const keyed = (values: readonly number[]): Readonly<Record<string, number>> => Object.fromEntries(ids.map((id, m) => [id, values[m] ?? 0]));
  return {
    asset, asOf, side, markets: answers,
    network: {
      reproductionNumber: reproduction.number, eigenvector: reproduction.vector === null ? null : keyed(reproduction.vector),
      venueReproduction: keyed(reproduction.byMarket), operations: outcome.operations,
    },
    notes,
  };
}

type End = Pick<NetworkMarketOutcome, 'tick' | 'dropTicks' | 'liquidatedLots' | 'unfilledLots' | 'exhausted'> & { readonly fundLots: number; readonly bookLots: number };

function limitEnd(market: CascadeMarket, side: ShockSide, shockLots: number): End {
  const end = defined(solveStatic(market, side, shockLots), 'a ladder with levels');
  return { ...end, bookLots: end.soldLots };
}

function endOf(market: CascadeMarket, end: End): Pick<StressMarketAnswer, 'price' | 'dropTicks' | 'liquidatedQty' | 'fundQty' | 'unfilledQty' | 'exhausted' | 'soldQty'> {
  const qty = (lots: number): number => multipleOf(lots, market.lotSize);
  return {
    price: multipleOf(end.tick, market.tickSize), dropTicks: end.dropTicks, liquidatedQty: qty(end.liquidatedLots), fundQty: qty(end.fundLots), unfilledQty: qty(end.unfilledLots),
    exhausted: end.exhausted, soldQty: qty(end.bookLots),
  };
}

/** The market alone: its own price as mark, market orders, its own shock. */
function profileOf(market: CascadeMarket, side: ShockSide, ignitionGap: number, shock: number): Omit<StressMarketAnswer, 'id' | keyof ReturnType<typeof endOf>> {
  const alone: CascadeMarket = { ...market, liquidationOrder: 'market' };
  const { steps, ignitedAtZero, ignitionLots, landingTick, ignitionQuote, gainNow } = staticProfile(alone, side, ignitionGap);
  const first = steps.ticks.length > 0 ? at(steps.ticks, 0) : null;
  const landing = ignitedAtZero ? first : landingTick;
  return {
    profile: Array.from(steps.lots, (lots, k) => [multipleOf(lots, market.lotSize), multipleOf(at(steps.ticks, k), market.tickSize)] as const),
    ignitedAtZero, ignitionQty: ignitionLots === null ? null : multipleOf(ignitionLots, market.lotSize), landingPrice: landing === null ? null : multipleOf(landing, market.tickSize),
    ignitionQuote, gainNow, amplification: ladderOf(alone, side).ticks.length === 0 ? null : (solveStatic(alone, side, shock)?.amplification ?? null),
  };
}
