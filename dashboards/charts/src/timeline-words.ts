import type { DepositReading, Language, WarningMessage } from '@breakwater/contracts';
import { formatUsd, ownerName, phrasesOf, timelineParts } from '@breakwater/contracts';
import { dateAndMinute, dateAndTime } from './dates.ts';
import { plainText } from './escape.ts';
import type { Deposit } from './timeline-figures.ts';
import { wordsOf, type ChartWords } from './words.ts';

/** The word beside a flag: the severity of a warning that fires, else its state. */
export function flagWord(warning: Pick<WarningMessage, 'severity' | 'state'>, language: Language): string {
  const phrases = phrasesOf(language);
  return warning.state === 'firing' ? phrases.severity[warning.severity] : phrases.state[warning.state];
}

/** A revision of a warning in the words of every timeline, as lines. */
export function flagText(warning: WarningMessage, language: Language): readonly string[] {
  const { label, text } = timelineParts(warning, undefined, language);
  return [`${label} · ${dateAndTime(warning.eventTime)}`, text, warning.id];
}

/** Whose an address is by its label, which comes from outside; not known where there is none. */
export function ownerText(label: string | undefined, words: ChartWords): string {
  const name = label === undefined ? '' : ownerName(plainText(label)).trim();
  return name === '' ? words.notKnown : name;
}

/** A deposit as lines: amount and ends, then when and where it can be looked up. */
export function depositText(transfer: DepositReading, language: Language): readonly string[] {
  const words = wordsOf(language);
  const amount = transfer.usd === null ? words.notKnown : formatUsd(transfer.usd);
  const sender = transfer.fromLabel === undefined ? '' : `, ${words.from(ownerText(transfer.fromLabel, words))}`;
  return [`${amount} ${words.to(ownerText(transfer.toLabel, words))}${sender}`, dateAndTime(transfer.eventTime), plainText(`${transfer.chain} ${transfer.tx} ${transfer.state}`)];
}

/** Deposits listed one by one where several are drawn as one; the others are counted. */
const listed = 4;

/** Deposits drawn as one circle, `usd` being the sum of those that are known: one as it is alone, several as count and sum, when, and the largest. */
export function depositsText(deposits: readonly Deposit[], usd: number | undefined, language: Language): readonly string[] {
  const words = wordsOf(language);
  const [first, last] = [deposits[0], deposits.at(-1)];
  if (first === undefined || last === undefined || first === last) return first === undefined ? [] : depositText(first.transfer, language);
  const largest = [...deposits].sort((a, b) => (b.usd ?? 0) - (a.usd ?? 0) || a.time - b.time).slice(0, listed);
  const more = deposits.length - largest.length;
  return [
    words.deposits(deposits.length, usd === undefined ? words.notKnown : formatUsd(usd)), words.span(dateAndMinute(first.time), dateAndMinute(last.time)),
    ...largest.map(({ transfer }) => depositText(transfer, language)[0] ?? ''), ...(more > 0 ? [words.moreInTable(more)] : []),
  ];
}
