import type { Language } from '@breakwater/contracts';
import { formatFactor, formatShare, formatUsd } from '@breakwater/contracts';
import type { NetworkDrawing, VenueLink, VenueNode } from './network-figures.ts';
import { wordsOf } from './words.ts';

/** The reproduction number with its band, which venue ignites which most, and what 1 means; `left` venues are only in the table. */
export function networkNote({ reproduction, venues, links }: NetworkDrawing, left: number, language: Language): string {
  const words = wordsOf(language);
  const more = left > 0 ? [words.moreVenues(left)] : [];
  const strongest = links.find(({ from, to }) => from !== to) ?? links[0];
  if (strongest === undefined) return [words.nothingBred, ...more].join(' ');
  const { value, low, high } = reproduction;
  const band = formatFactor(low) === formatFactor(high) ? '' : ` (${formatFactor(low)} to ${formatFactor(high)})`;
  const [from, to] = [venues[strongest.from]?.name ?? '', venues[strongest.to]?.name ?? ''];
  const across = words.acrossVenues(venues.length);
  return [`${words.breeds(`${formatFactor(value)}${band}`)}${across}: ${strongest.from === strongest.to ? words.feedsItself(from, venues.length === 1) : words.ignitesMost(from, to)}. ${words.meaningOfOne}`, ...more].join(' ');
}

/** A link as a sentence. */
export function linkText({ from, to, reproduction }: VenueLink, venues: readonly VenueNode[], language: Language): readonly string[] {
  const words = wordsOf(language);
  return [words.linkForces(venues[from]?.name ?? '', venues[to]?.name ?? '', formatFactor(reproduction))];
}

/** A venue as lines: what it forces only where it does. */
export function venueText({ name, triggerUsd, reproduction, share }: VenueNode, language: Language): readonly string[] {
  const words = wordsOf(language);
  return [name, words.wouldLiquidate(formatUsd(triggerUsd)), ...(reproduction > 0 ? [words.forcesAnywhere(formatFactor(reproduction))] : []), ...(share > 0 ? [words.leadingShare(formatShare(share))] : [])];
}
