import type { AssetTimeline, Audience, Language } from '@breakwater/contracts';
import { formatPrice, formatUsd, formatUsdBand, timelineParts } from '@breakwater/contracts';
import type { ChartTable } from './chart.ts';
import { dateAndMinute, dateAndTime } from './dates.ts';
import { plainText } from './escape.ts';
import { severityText } from './response-input.ts';
import { timelineFigures } from './timeline-figures.ts';
import { ownerText } from './timeline-words.ts';
import { wordsOf } from './words.ts';

/** The numbers of a timeline as tables, newest first: warnings, deposits, figures. A table without rows is left out. */
export function timelineTables(timeline: AssetTimeline, options: { readonly audience?: Audience; readonly language?: Language } = {}): readonly ChartTable[] {
  const { audience = 'committee', language = 'en' } = options;
  const words = wordsOf(language);
  const { flags, deposits, moments } = timelineFigures(timeline);
  const text = (label: string) => ({ label, align: 'text' }) as const;
  const number = (label: string) => ({ label, align: 'number' }) as const;
  const tables: readonly ChartTable[] = [
    {
      caption: words.warnings, columns: [text(words.time), text(words.severity), text(words.event)],
      rows: flags.map(({ time, warning }) => [dateAndTime(time), severityText(warning, language), timelineParts(warning, undefined, language).text]).reverse(),
    },
    {
      caption: words.transfers, columns: [text(words.time), number(words.amount), text(words.place), text(words.sender), text(words.state)],
      rows: deposits.map(({ time, usd, transfer }) => [
        dateAndTime(time), usd === undefined ? words.notKnown : formatUsd(usd), ownerText(transfer.toLabel, words),
        ownerText(transfer.fromLabel, words), plainText(transfer.state),
      ]).reverse(),
    },
    {
      caption: `${words.price}, ${words.threshold(audience)}`, columns: [text(words.time), number(words.price), number(words.threshold(audience)), number(words.bandShort)],
      rows: moments.filter(({ price, ignition }) => price !== undefined || ignition !== undefined).map(({ time, price, ignition, low, high }) => [
        dateAndMinute(time), price === undefined ? words.notKnown : formatPrice(price), ignition === undefined ? words.notKnown : formatUsd(ignition),
        ignition === undefined || low === undefined || high === undefined ? words.notKnown : formatUsdBand(ignition, low, high),
      ]).reverse(),
    },
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}
