import type { Language, ReserveScore, ScoreMessage } from '@breakwater/contracts';
import { formatFloor, formatPrice, formatShare } from '@breakwater/contracts';
import { addressWordsOf, type AddressWords } from './address-words.ts';
import type { ChartOption, ChartOptions, ChartTable } from './chart.ts';
import { dateAndTime } from './dates.ts';
import { labelText } from './escape.ts';
import { emptyChart } from './frame.ts';
import { rowBarsChart } from './row-bars.ts';
import { drawable } from './scale.ts';

/** What the floor of a reserve is drawn from; `reserveOfScore` makes one. */
export type ReserveInput = Pick<ScoreMessage, 'asset' | 'eventTime' | 'reserve' | 'price'>;

/** The reserve of a score. */
export function reserveOfScore({ asset, eventTime, reserve, price }: ScoreMessage): ReserveInput {
  return { asset, eventTime, reserve, price };
}

/** One level of the price. */
interface Level {
  readonly name: string;
  readonly value: number;
  readonly kind: 'price' | 'floor' | 'worst';
}

/** Levels in dollars where the rate of the vault's currency is known, else in that currency. */
interface ReserveDrawing {
  readonly reserve: ReserveScore;
  readonly inDollars: boolean;
  readonly levels: readonly Level[];
  readonly format: (value: number) => string;
  readonly sentence: string;
}

function reserveFigures({ asset, reserve, price }: ReserveInput, language: Language): { readonly kind: 'empty'; readonly why: string } | ({ readonly kind: 'reserve' } & ReserveDrawing) {
  const words = addressWordsOf(language);
  if (reserve === undefined) return { kind: 'empty', why: words.noReserve(labelText(asset)) };
  if (reserve === null) return { kind: 'empty', why: words.notRead(labelText(asset)) };
  const currency = labelText(reserve.currency);
  const inDollars = drawable(reserve.floorUsd) !== undefined;
  const rate = inDollars && reserve.floor > 0 ? (reserve.floorUsd ?? 0) / reserve.floor : undefined;
  const level = (name: string, value: number | null | undefined, kind: Level['kind']): readonly Level[] => {
    const known = drawable(value);
    return known === undefined || known < 0 ? [] : [{ name, value: known, kind }];
  };
  const dayAgo = reserve.floorDayAgo === null ? null : inDollars ? (rate === undefined ? null : reserve.floorDayAgo * rate) : reserve.floorDayAgo;
  const levels = [
    ...(inDollars ? level(words.marketPrice, price?.value, 'price') : []), ...level(words.floor, inDollars ? reserve.floorUsd : reserve.floor, 'floor'), ...(inDollars ? level(words.trustedFloor, reserve.trustedFloorUsd, 'floor') : []), ...(inDollars ? level(words.effectiveFloor, reserve.effectiveFloorUsd, 'floor') : []),
    ...level(words.floorDayAgo, dayAgo, 'floor'), ...(inDollars ? level(words.worstFloor, reserve.worstFloorUsd, 'worst') : []),
  ];
  if (levels.length === 0) return { kind: 'empty', why: words.notRead(labelText(asset)) };
  return { kind: 'reserve', reserve, inDollars, levels, format: inDollars ? formatPrice : (value) => (Number.isFinite(value) ? formatFloor(value, currency) : words.notKnown), sentence: sentenceOf(reserve, inDollars, currency, words) };
}

/** How far the market is from the floor. */
function sentenceOf({ premium }: ReserveScore, inDollars: boolean, currency: string, words: AddressWords): string {
  if (!inDollars) return words.noRate(currency);
  if (premium === null || !Number.isFinite(premium)) return '';
  if (Math.abs(premium) < 5e-4) return words.atFloor;
  return premium > 0 ? words.aboveFloor(formatShare(premium), formatShare(premium / (1 + premium))) : words.belowFloor(formatShare(Math.abs(premium)));
}

/**
 * Where a redeemable reserve would stop a fall: the market's price beside what the vault pays for one token now, what a redeemer who fears the way pays, what it was a day ago, and what it would be after a
 * mint to the cap. Says why where there is nothing. O(1).
 */
export function reserveChart(input: ReserveInput, options: ChartOptions): ChartOption {
  const language: Language = options.language ?? 'en';
  const words = addressWordsOf(language);
  const figures = reserveFigures(input, language);
  const asset = labelText(input.asset);
  const moment = `${asset} · ${dateAndTime(input.eventTime)}`;
  if (figures.kind === 'empty') return emptyChart(words.reserveTitle, moment, figures.why, options);
  const { levels, format, inDollars, reserve, sentence } = figures;
  const groups = { price: words.marketPrice, floor: words.floors, worst: words.worst } as const;
  return rowBarsChart({
    title: words.reserveTitle, subtitle: moment, note: sentence, rows: levels.map(({ name, value, kind }) => ({ name, value, text: format(value), group: groups[kind], lines: [name, `${format(value)} ${words.perToken(asset)}`] })),
    groups: [{ name: words.marketPrice, look: 'plain' }, { name: words.floors, look: 'accent' }, { name: words.worst, look: 'hatched' }], axis: words.floorAxis(inDollars ? '$' : labelText(reserve.currency), asset), format, more: words.moreOwners,
  }, options);
}

/** The numbers of a reserve's floor; none where nothing is known. */
export function reserveTables(input: ReserveInput, language: Language = 'en'): readonly ChartTable[] {
  const words = addressWordsOf(language);
  const figures = reserveFigures(input, language);
  if (figures.kind === 'empty') return [];
  return [{ caption: words.reserveTitle, columns: [{ label: words.figure, align: 'text' }, { label: words.value, align: 'number' }], rows: figures.levels.map(({ name, value }) => [name, figures.format(value)]) }];
}
