import type { Language } from '@breakwater/contracts';
import { formatFactor, formatShare, formatUsd } from '@breakwater/contracts';
import type { ChartTable } from './chart.ts';
import { networkFigures, type VenueNetworkInput } from './network-figures.ts';
import { wordsOf } from './words.ts';

/** The numbers of a venue network as tables: the reproduction number, each venue, each link, the strongest first. A table without rows is left out; none where there is no network. */
export function venueNetworkTables(input: VenueNetworkInput, options: { readonly language?: Language } = {}): readonly ChartTable[] {
  const { language = 'en' } = options;
  const words = wordsOf(language);
  const figures = networkFigures(input, language);
  if (figures.kind === 'empty') return [];
  const { reproduction, venues, links } = figures;
  const text = (label: string) => ({ label, align: 'text' }) as const;
  const number = (label: string) => ({ label, align: 'number' }) as const;
  const name = (place: number): string => venues[place]?.name ?? words.notKnown;
  const tables: readonly ChartTable[] = [
    {
      caption: words.networkTitle, columns: [text(words.figure), number(words.value), number(words.pessimistic), number(words.optimistic)],
      rows: [[words.reproduction, formatFactor(reproduction.value), formatFactor(reproduction.high), formatFactor(reproduction.low)]],
    },
    {
      caption: words.byVenue, columns: [text(words.venue), number(words.trigger), number(words.forcedAnywhere), number(words.leading)],
      rows: venues.map((venue) => [venue.name, formatUsd(venue.triggerUsd), formatFactor(venue.reproduction), formatShare(venue.share)]),
    },
    { caption: words.byLink, columns: [text(words.soldAt), text(words.forcedAt), number(words.forcedPerDollar)], rows: links.map(({ from, to, reproduction: forced }) => [name(from), name(to), formatFactor(forced)]) },
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}
