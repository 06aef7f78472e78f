import type { InputStatus, ScoreMessage } from '@breakwater/contracts';
import { price, ratio, usd } from '@breakwater/models/core';
import { assetResponse, depthWithin, extendedShareOfMove, type AssetResponse } from '@breakwater/models/cascade';
import { answerDraws, bandOf, curveBand, thresholdOf, type Band, type DrawnFamilies, type DrawnOutcome } from './asset-band.ts';
import { createDrawModel } from './draw-model.ts';
import { partsOf, type ModelledMarket, type Part } from './modelled-market.ts';
import { joinMarkets, networkScoreOf, type AssetNetwork } from './network-model.ts';
import { responseOf, responseReach } from './response.ts';

/** A sale that brings the price down this far by itself is a crash whether or not it ignites by its one definition (`tail-risk/crash.ts`). */
export const ceilingFall = 0.3;

/** The figures of a score that come from all markets of the asset together. */
export type AssetFigures = Pick<ScoreMessage, 'ignitionUsd' | 'landingPrice' | 'amplification' | 'ignitedAtZero' | 'extendedShare' | 'forcedShare' | 'response' | 'network'>;

function joined(parts: readonly Part[]): AssetNetwork | undefined {
  return joinMarkets(parts.flatMap(({ state: { definition }, usable, rate }) =>
    (definition === undefined ? [] : [{ instrument: definition.instrument, venue: definition.venue, market: usable.value, usdPerQuote: rate.usd }])));
}

/** The asset's markets joined under central assumptions, as a score takes them; undefined where none has a book. O(levels + positions). */
export function centralNetwork(modelled: readonly ModelledMarket[]): AssetNetwork | undefined {
  return joined(partsOf(modelled));
}

/**
 * The draws of an asset: of the books that are current, and where there are others once more with those as they were last, which widens the band to the optimistic side. Positions are in both.
 */
function drawn(parts: readonly Part[], { system }: AssetNetwork, central: AssetResponse, ignitionGap: number): DrawnFamilies {
  const [grid] = system.markets;
  if (grid === undefined) return [];
  const question = { ignitionGap, timesIgnition: 1, fallOfInterest: ceilingFall, reachQuote: central.steps.at(-1)?.quote ?? 0 };
  const family = (isRead: (part: Part) => boolean): readonly DrawnOutcome[] => {
    const sources = parts.flatMap((part) => {
      const { definition } = part.state;
      return definition === undefined ? [] : [{ id: definition.instrument, isSpot: definition.marketKind === 'spot', hasBook: isRead(part), model: part.model, usdPerQuote: part.rate.usd }];
    });
    const model = createDrawModel(sources, grid, central.bestPrice);
    return model === undefined ? [] : answerDraws(model, question);
  };
  const isCurrent = (part: Part): boolean => part.model.bookStatus === 'exact';
  return parts.every((part) => isCurrent(part) || part.best === 0) ? [family(isCurrent)] : [family(isCurrent), family((part) => part.best > 0)];
}

/** How far off the dollars of the whole may be for what quote currencies are worth: the bands of their rates, weighed by depth. */
function rateBand(parts: readonly Part[]): Band {
  const sum = (of: (part: Part) => number): number => parts.reduce((total, part) => total + of(part) * depthWithin(part.usable.value, 'sell', 0.02).quote, 0);
  const central = sum(({ rate }) => rate.usd);
  return central > 0 ? { low: sum(({ rate }) => rate.low) / central, high: sum(({ rate }) => rate.high) / central } : { low: 1, high: 1 };
}

/**
 * What a sale of the asset sets off over all its markets: under central assumptions exactly, with the band of 5 to 95 % over draws of positions, withdrawal, depth beyond the books and arbitrage, which use
 * a coarser grid. `unitPrice` is the asset's price; nothing is said without one.
 */
export function assetFigures(parts: readonly Part[], ignitionGap: number, unitPrice: number | null, status: InputStatus): AssetFigures {
  const network = joined(parts);
  const answer = network === undefined ? undefined : assetResponse(network.system, { ignitionGap, timesIgnition: responseReach, fallOfInterest: ceilingFall });
  if (network === undefined || answer === undefined || unitPrice === null) return { ignitionUsd: null, landingPrice: null, amplification: null, ignitedAtZero: false, extendedShare: null, forcedShare: null, response: null, network: null };
  const families = drawn(parts, network, answer, ignitionGap);
  const rates = rateBand(parts);
  const landing = answer.landingPrice !== null && answer.landingPrice > 0 ? answer.landingPrice : null;
  const estimate = <T extends number>(value: number | null, brand: (x: number) => T, pick: (drawn: DrawnOutcome) => number | null, dollars?: Band): { value: T; low: T; high: T; status: InputStatus } | null => {
    if (value === null) return null;
    const { low, high } = bandOf(families, value, pick, dollars);
    return { value: brand(value), low: brand(low), high: brand(high), status };
  };
  const lastKnown = Math.min(...parts.filter((p) => p.model.bookStatus === 'exact').map((p) => (p.model.lastKnownBid ?? p.best) * p.rate.usd));
  return {
    ignitionUsd: estimate(answer.ignitionQuote, usd, (one) => thresholdOf(one, answer.ignitionQuote ?? 0), rates),
    landingPrice: estimate(landing, price, ({ outcome }) => (outcome.landingPrice !== null && outcome.landingPrice > 0 ? outcome.landingPrice : null), rates),
    amplification: estimate(answer.amplification, ratio, ({ outcome }) => outcome.amplification), ignitedAtZero: answer.ignitedAtZero,
    extendedShare: landing === null ? null : ratio(extendedShareOfMove(unitPrice, lastKnown, landing)),
    forcedShare: answer.firedShare === null ? null : ratio(answer.firedShare),
    response: responseOf(answer, curveBand(families, answer.steps, rates)),
    network: networkScoreOf(network, (value) => bandOf(families, value, ({ reproduction }) => reproduction), status),
  };
}
