import type { Language, ScoreMessage } from '@breakwater/contracts';
import { venueName } from '@breakwater/contracts';
import { labelText } from './escape.ts';
import { drawable } from './scale.ts';
import { wordsOf } from './words.ts';

/** What a venue network is drawn from; `networkOfScore` makes one. */
export type VenueNetworkInput = Pick<ScoreMessage, 'asset' | 'eventTime' | 'network'>;

/** The venue network of a score. */
export function networkOfScore({ asset, eventTime, network }: ScoreMessage): VenueNetworkInput {
  return { asset, eventTime, network };
}

/** All markets of one venue. */
export interface VenueNode {
  /** Id of the venue, for its mark. */
  readonly venue: string;
  /** Its name for people. */
  readonly name: string;
  /** Share of the leading mode that lives here, 0 to 1. */
  readonly share: number;
  /** US dollars of positions here that a fall of 10 % would liquidate. */
  readonly triggerUsd: number;
  /** Dollars forced anywhere for each dollar sold here, in the market from which most is forced. */
  readonly reproduction: number;
}

/** Dollars forced at venue `to` for each dollar sold at venue `from`, in the market of it from which most is forced there. Venues by place. */
export interface VenueLink {
  readonly from: number;
  readonly to: number;
  readonly reproduction: number;
}

/** A network of venues in plain numbers, all of them drawable. */
export interface NetworkDrawing {
  readonly reproduction: { readonly value: number; readonly low: number; readonly high: number };
  /** In order of name, so that a venue keeps its place. */
  readonly venues: readonly VenueNode[];
  /** The strongest first, each > 0; a venue that forces sales at itself is a link too. */
  readonly links: readonly VenueLink[];
}

/** Why there is no network, or its numbers. */
export type NetworkFigures = { readonly kind: 'empty'; readonly why: string } | ({ readonly kind: 'network' } & NetworkDrawing);

/** The numbers of a venue network, or why there are none. O(markets^2). */
export function networkFigures({ asset, network }: VenueNetworkInput, language: Language): NetworkFigures {
  const words = wordsOf(language);
  if (network === undefined) return { kind: 'empty', why: words.noNetwork(asset) };
  if (network === null || network.markets.length === 0) return { kind: 'empty', why: words.noPositions(asset) };
  const markets = network.markets.map((market) => ({ ...market, name: labelText(venueName(market.venue)) }));
  const names = [...new Set(markets.map(({ name }) => name))].sort((a, b) => (a < b ? -1 : 1));
  const venues = names.map((name): VenueNode => {
    const own = markets.filter((market) => market.name === name);
    return {
      venue: own[0]?.venue ?? '', name, share: sum(own.map(({ share }) => amount(share))), triggerUsd: sum(own.map(({ triggerUsd }) => amount(triggerUsd))),
      reproduction: Math.max(...own.map(({ reproduction }) => amount(reproduction))),
    };
  });
  /** What each market forces at each venue. */
  const forced = markets.map(() => names.map(() => 0));
  for (const { from, to, reproduction } of network.links) {
    const [row, target] = [forced[from], markets[to]];
    if (row !== undefined && target !== undefined) row[names.indexOf(target.name)] = (row[names.indexOf(target.name)] ?? 0) + amount(reproduction);
  }
  const links = names.flatMap((name, from) => names.map((_, to): VenueLink => ({ from, to, reproduction: Math.max(...forced.filter((__, m) => markets[m]?.name === name).map((row) => row[to] ?? 0)) })));
  const { value, low, high } = network.reproduction;
  return {
    kind: 'network', venues, reproduction: { value: amount(value), low: amount(low), high: amount(high) },
    links: links.filter(({ reproduction }) => reproduction > 0).sort((a, b) => b.reproduction - a.reproduction || a.from - b.from || a.to - b.to),
  };
}

function amount(value: number): number {
  return Math.max(0, drawable(value) ?? 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
