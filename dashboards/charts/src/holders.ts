import type { Language } from '@breakwater/contracts';
import { formatFactor, formatShare, formatUnits, formatUsd, termMeanings } from '@breakwater/contracts';
import { addressWordsOf, type AddressWords } from './address-words.ts';
import type { ChartOption, ChartOptions, ChartTable } from './chart.ts';
import { dateAndTime } from './dates.ts';
import { labelText } from './escape.ts';
import { emptyChart } from './frame.ts';
import { holdersFigures, type HolderRow, type HoldersDrawing, type HoldersInput } from './holder-figures.ts';
import { rowBarsChart, type RowBars } from './row-bars.ts';

/**
 * Who holds an asset: a bar for each of the largest owners by its share of the effective float, the issuer's marked, what stands apart (exchanges, bridges, what is locked or burnt) hatched below them; how
 * uneven that is in words. Says why where there is nothing. O(n log n).
 */
export function holdersChart(input: HoldersInput, options: ChartOptions): ChartOption {
  const language: Language = options.language ?? 'en';
  const words = addressWordsOf(language);
  const figures = holdersFigures(input, language);
  const asset = labelText(input.asset);
  if (figures.kind === 'empty') return emptyChart(words.holdersTitle, `${asset} · ${dateAndTime(input.eventTime)}`, figures.why, options);
  const { rows, addresses, concentration, apartShare } = figures;
  const groups = { owner: words.owners, issuer: words.issuer, apart: words.apart } as const;
  const note = [
    ...(concentration === null ? [] : [concentrationText(concentration, words)]), ...(apartShare === undefined ? [] : [words.apartShare(formatShare(apartShare))]), ...(addresses.complete ? [] : [words.partial]),
  ].join(' ');
  return rowBarsChart({
    title: words.holdersTitle, subtitle: `${asset} · ${dateAndTime(addresses.at)} · ${words.ofFloat(formatUnits(addresses.effectiveFloatUnits), asset)}`, note,
    ...listed(rows.map((row) => ({ name: row.name, value: row.share, text: `${formatShare(row.share)}${row.of.usd === null || options.width < 480 ? '' : `, ${formatUsd(row.of.usd)}`}`, group: groups[row.kind], lines: linesOf(row, asset, words) })), rows.filter(({ kind }) => kind !== 'apart').length),
    groups: [{ name: words.issuer, look: 'accent' }, { name: words.owners, look: 'plain' }, { name: words.apart, look: 'hatched' }], axis: words.floatAxis, format: formatShare, more: words.moreOwners,
  }, options);
}

/** What stands apart is seen however many owners there are: the largest of it. */
const mostApart = 2;

/** Owners, and below them the largest of what stands apart. */
function listed(rows: RowBars['rows'], owners: number): Pick<RowBars, 'rows' | 'last' | 'hidden'> {
  const last = rows.slice(owners, owners + mostApart);
  return { rows: rows.slice(0, owners), last, hidden: rows.length - owners - last.length };
}

function concentrationText({ gini, hhi, effectiveHolders, nakamoto }: NonNullable<HoldersDrawing['concentration']>, words: AddressWords): string {
  return words.concentration(formatFactor(gini), formatFactor(hhi), formatFactor(effectiveHolders), nakamoto);
}

/** An owner in words: what it is, what it holds, what it sent to exchanges. */
function linesOf({ name, kind, share, of }: HolderRow, asset: string, words: AddressWords): readonly string[] {
  return [
    name, `${words.kindOf[kind]}, ${words.addressCount(of.addressCount)}${of.label === null ? '' : `, ${words.sureOf(formatShare(of.confidence))}`}${of.disputed ? `, ${words.disputed}` : ''}`,
    `${formatUnits(of.units)} ${asset}${of.usd === null ? '' : `, ${formatUsd(of.usd)}`}: ${formatShare(share)}`, words.deposited(formatUnits(of.depositsDayUnits), formatUnits(of.depositsWeekUnits)),
  ];
}

/** The numbers of who holds an asset: every owner, and how evenly it is held with what each figure means. None where nothing is known. */
export function holdersTables(input: HoldersInput, language: Language = 'en'): readonly ChartTable[] {
  const words = addressWordsOf(language);
  const figures = holdersFigures(input, language);
  if (figures.kind === 'empty') return [];
  const { rows, concentration } = figures;
  const text = (label: string) => ({ label, align: 'text' }) as const;
  const number = (label: string) => ({ label, align: 'number' }) as const;
  const terms = termMeanings(language);
  return [
    {
      caption: words.holdersTitle,
      columns: [text(words.owner), text(words.ownerKind), number(words.floatShare), number(words.supplyShare), number(words.units), number(words.value), number(words.addresses), text(words.sure), number(words.day), number(words.week)],
      rows: rows.map(({ name, kind, share, of }) => [
        name === '' ? words.notKnown : name, words.kindOf[kind], formatShare(share), formatShare(of.supplyShare), formatUnits(of.units), of.usd === null ? words.notKnown : formatUsd(of.usd), String(of.addressCount),
        of.label === null ? '–' : `${formatShare(of.confidence)}${of.disputed ? `, ${words.disputed}` : ''}`, formatUnits(of.depositsDayUnits), formatUnits(of.depositsWeekUnits),
      ]),
    },
    ...(concentration === null ? [] : [{
      caption: words.concentrationTable, columns: [text(words.figure), number(words.value), text(words.meaning)],
      rows: [
        [terms.gini.name, formatFactor(concentration.gini), terms.gini.meaning], [terms.hhi.name, formatFactor(concentration.hhi), terms.hhi.meaning],
        [terms.nakamoto.name, String(concentration.nakamoto), terms.nakamoto.meaning],
      ],
    }]),
  ];
}
