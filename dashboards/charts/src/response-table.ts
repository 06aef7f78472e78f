import type { Audience, Language } from '@breakwater/contracts';
import { formatMove, formatPrice, formatPriceBand, formatUsd, formatUsdBand, ownerName } from '@breakwater/contracts';
import type { ChartTable } from './chart.ts';
import { responseCurveTitle, responseFigures, type ResponseCurveInput, type ResponseDrawing } from './response-input.ts';
import { priceAfter } from './steps.ts';
import { wordsOf, type ChartWords } from './words.ts';

/**
 * The numbers of a response curve as tables: its marks, its further tipping points where there are any, then one row for each step of the central curve, up to where the chart ends. No table where there
 * is no curve.
 */
export function responseCurveTables(input: ResponseCurveInput, options: { readonly audience?: Audience; readonly language?: Language } = {}): readonly ChartTable[] {
  const { audience = 'committee', language = 'en' } = options;
  const words = wordsOf(language);
  const figures = responseFigures(input, audience, language);
  if (figures.kind === 'empty') return [];
  const text = (label: string) => ({ label, align: 'text' }) as const;
  const number = (label: string) => ({ label, align: 'number' }) as const;
  const tipping: readonly ChartTable[] = figures.tipping.length === 0 ? [] : [{
    caption: words.tippingPoints, columns: [number(words.saleUpTo), number(words.fallsFrom), number(words.fallsTo), number(words.move)],
    rows: figures.tipping.map(({ saleUsd, from, to }) => [formatUsd(saleUsd), formatPrice(from), formatPrice(to), formatMove(to / from - 1)]),
  }];
  return [
    { caption: responseCurveTitle(input, language), columns: [text(words.figure), number(words.value)], rows: marksOf(input, figures, words, audience) },
    ...tipping,
    {
      caption: words.withForced,
      columns: [number(words.saleUpTo), number(words.endsAtHead), number(words.move), number(words.pessimistic), number(words.optimistic), number(words.withoutForced)],
      rows: stepsOf(figures, words),
    },
  ];
}

function marksOf(input: ResponseCurveInput, { bestPrice, threshold, landing, deposit }: ResponseDrawing, words: ChartWords, audience: Audience): readonly (readonly string[])[] {
  const { ignitionUsd, landingPrice } = input;
  const inBrackets = (band: string, wide: boolean): string => (wide ? ` (${band})` : '');
  const rows: (readonly string[])[] = [[words.price, formatPrice(bestPrice)]];
  if (threshold !== undefined && ignitionUsd !== null) rows.push([words.threshold(audience), `${formatUsd(threshold)}${inBrackets(formatUsdBand(threshold, ignitionUsd.low, ignitionUsd.high), ignitionUsd.low < ignitionUsd.high)}`]);
  if (landing !== undefined && landingPrice !== null) rows.push([words.landingPrice, `${formatPrice(landing)}${inBrackets(formatPriceBand(landingPrice.low, landingPrice.high), landingPrice.low < landingPrice.high)}`]);
  if (deposit !== undefined) rows.push([words.largestDeposit, `${formatUsd(deposit.usd)}${deposit.to === '' ? '' : ` ${words.to(ownerName(deposit.to))}`}`]);
  return rows;
}

function stepsOf({ central, pessimistic, optimistic, withoutForced, bestPrice, maxUsd }: ResponseDrawing, words: ChartWords): readonly (readonly string[])[] {
  const end = central.findIndex(({ saleUsd }) => saleUsd >= maxUsd);
  return central.slice(0, end < 0 ? central.length : end + 1).map(({ saleUsd, price }) => {
    const beside = [pessimistic, optimistic, withoutForced].map((steps) => {
      const ends = priceAfter(steps, bestPrice, saleUsd);
      return ends === undefined ? words.notKnown : formatPrice(ends);
    });
    return [formatUsd(saleUsd), formatPrice(price), formatMove(price / bestPrice - 1), ...beside];
  });
}
