import type { InputStatus, Language, LiquidationMap, ScoreMessage } from '@breakwater/contracts';
import { venueName } from '@breakwater/contracts';
import { labelText } from './escape.ts';
import { riskWordsOf } from './risk-words.ts';
import { drawable } from './scale.ts';

/** What a liquidation map is drawn from; `mapOfScore` makes one. */
export type LiquidationMapInput = Pick<ScoreMessage, 'asset' | 'eventTime' | 'liquidationMap'>;

/** The liquidation map of a score. */
export function mapOfScore({ asset, eventTime, liquidationMap }: ScoreMessage): LiquidationMapInput {
  return { asset, eventTime, liquidationMap };
}

/** One step of the price, US dollars throughout. */
export interface MapStep {
  readonly side: 'long' | 'short';
  /** How far its near and its far end are from the mark, shares of it > 0. */
  readonly near: number;
  readonly far: number;
  /** Its ends, the lower one first. */
  readonly priceFrom: number;
  readonly priceTo: number;
  /** By venue, in the order of `venues`: all of it, and the part that is prior only. */
  readonly all: readonly number[];
  readonly prior: readonly number[];
  readonly total: number;
  readonly low: number;
  readonly high: number;
  /** From the mark to its far end. */
  readonly cumulative: number;
}

/** One venue of a map. */
export interface MapVenue {
  readonly venue: string;
  readonly name: string;
  readonly status: InputStatus;
  readonly long: number;
  readonly short: number;
  readonly prior: number;
}

/** A liquidation map in plain numbers, all of them drawable. */
export interface MapDrawing {
  readonly price: number;
  readonly stepShare: number;
  /** By name, so that a venue keeps its place. */
  readonly venues: readonly MapVenue[];
  /** From the lowest price to the highest: as many to either side of the mark, as far as there is anything. */
  readonly steps: readonly MapStep[];
}

/** Why there is no map, or its numbers. */
export type MapFigures = { readonly kind: 'empty'; readonly why: string } | ({ readonly kind: 'map' } & MapDrawing);

/** Steps to either side that are drawn at least. */
const fewest = 4;
/** Steps to either side that are drawn at most: the series reach as far. */
const most = 40;

/** The numbers of a liquidation map, or why there are none. O(venues · steps). */
export function mapFigures({ asset, liquidationMap: map }: LiquidationMapInput, language: Language): MapFigures {
  const words = riskWordsOf(language);
  if (map === undefined) return { kind: 'empty', why: words.noMap(asset) };
  const price = drawable(map?.price);
  if (map === null || price === undefined || !(map.stepPercent > 0)) return { kind: 'empty', why: words.noMapPositions(asset) };
  const stepShare = map.stepPercent / 100;
  const named = map.venues.map((venue) => ({ ...venue, name: labelText(venueName(venue.venue)) })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const reach = Math.max(...named.flatMap(({ long, short }) => [lastOf(long), lastOf(short)]), 0);
  if (reach === 0) return { kind: 'empty', why: words.noMapPositions(asset) };
  const shown = Math.min(most, Math.max(fewest, reach));
  const side = (which: 'long' | 'short'): readonly MapStep[] => sideSteps(map, named, which, price, stepShare, which === 'long' ? Math.min(shown, Math.floor(1 / stepShare + 1e-9)) : shown);
  return {
    kind: 'map', price, stepShare,
    venues: named.map(({ venue, name, status, long, short, longPrior, shortPrior }) => ({ venue, name, status, long: sum(long), short: sum(short), prior: Math.min(sum(long) + sum(short), sum(longPrior) + sum(shortPrior)) })),
    steps: [...[...side('long')].reverse(), ...side('short')],
  };
}

function sideSteps(map: LiquidationMap, venues: LiquidationMap['venues'], side: 'long' | 'short', price: number, stepShare: number, count: number): readonly MapStep[] {
  const steps: MapStep[] = [];
  let cumulative = 0;
  for (let i = 0; i < count; i++) {
    const all = venues.map((venue) => amount(venue[side][i]));
    const prior = venues.map((venue, v) => Math.min(all[v] ?? 0, amount((side === 'long' ? venue.longPrior : venue.shortPrior)[i])));
    const total = sum(all);
    cumulative += total;
    const [near, far] = [i * stepShare, (i + 1) * stepShare];
    const ends = side === 'long' ? [price * Math.max(0, 1 - far), price * (1 - near)] as const : [price * (1 + near), price * (1 + far)] as const;
    const band = [amount(map[side].low[i]), amount(map[side].high[i])] as const;
    // A band that is not told is none; the value lies inside whatever rounding does.
    steps.push({ side, near, far, priceFrom: ends[0], priceTo: ends[1], all, prior, total, low: Math.min(total, map[side].low[i] === undefined ? total : band[0]), high: Math.max(total, band[1]), cumulative });
  }
  return steps;
}

function lastOf(values: readonly number[]): number {
  return values.reduce((last, value, i) => (amount(value) > 0 ? i + 1 : last), 0);
}

/** An amount as it can be drawn: what is none is 0, and no sum of them is too large. */
function amount(value: number | undefined): number {
  const known = drawable(value);
  return known === undefined || known < 0 ? 0 : Math.min(known, 1e100);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + amount(value), 0);
}
