import type { Language } from '@breakwater/contracts';
import { formatMove, formatPrice, formatUsd, positionsSentence } from '@breakwater/contracts';
import type { ChartTable } from './chart.ts';
import { mapFigures, type LiquidationMapInput } from './map-figures.ts';
import { riskWordsOf } from './risk-words.ts';

/** The numbers of a liquidation map as tables: each venue with what its positions rest on, then each step of the price from the highest to the lowest. None where there is no map. */
export function liquidationMapTables(input: LiquidationMapInput, options: { readonly language?: Language } = {}): readonly ChartTable[] {
  const { language = 'en' } = options;
  const words = riskWordsOf(language);
  const figures = mapFigures(input, language);
  if (figures.kind === 'empty' || input.liquidationMap === null || input.liquidationMap === undefined) return [];
  const text = (label: string) => ({ label, align: 'text' }) as const;
  const number = (label: string) => ({ label, align: 'number' }) as const;
  return [
    {
      caption: `${words.byVenue}. ${positionsSentence(input.liquidationMap, language)}`, columns: [text(words.venue), text(words.status), number(words.longs), number(words.shorts), number(words.priorOnly)],
      rows: figures.venues.map(({ name, status, long, short, prior }) => [name, status, formatUsd(long), formatUsd(short), formatUsd(prior)]),
    },
    {
      caption: words.byStep, columns: [number(words.priceFrom), number(words.priceTo), number(words.move), text(words.side), number(words.liquidated), number(words.low), number(words.high), number(words.priorOnly), number(words.cumulative)],
      rows: [...figures.steps].reverse().map(({ side, far, priceFrom, priceTo, total, low, high, prior, cumulative }) => [
        formatPrice(priceFrom), formatPrice(priceTo), formatMove(side === 'long' ? -far : far), words.sideOf[side], formatUsd(total), formatUsd(low), formatUsd(high), formatUsd(prior.reduce((all, one) => all + one, 0)), formatUsd(cumulative),
      ]),
    },
  ];
}
