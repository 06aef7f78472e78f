import type { InputReading, InputStatus, LiquidationSummary, MarketScore, Severity, UsdEstimate, PriceEstimate, RatioEstimate, TailLoss, WarningMessage } from '@breakwater/contracts';
import { formatDuration, formatFactor, formatPrice, formatPriceBand, formatShare, formatUsd, formatUsdBand, formatUtc, inputOf, phrasesOf, venueName } from '@breakwater/contracts';

/** A value and its band as text. */
export interface EstimateText {
  readonly value: string;
  /** Without brackets; null where both ends are the value. */
  readonly band: string | null;
}

/** A sentence whose numbers keep their units on the same line: `$4.1 m` and `15 min` are not broken. */
export function tied(text: string): string {
  return text.replace(/(\d) (?=(?:m|k|bn|tn|%|s|min|h|d|ms|×)(?![\w-]))/g, '$1\u00a0');
}

/** A factor: 2.31 -> `2.3 ×`, 0.073 -> `0.07 ×`, 340 -> `340 ×`. What is not nothing is not written as nothing: 0.003 -> `under 0.01 ×`. */
export function timesText(times: number): string {
  if (!Number.isFinite(times)) return 'unknown';
  if (times > 0 && times < 0.005) return 'under 0.01 ×';
  const size = Math.abs(times);
  const text = size >= 1e6 ? times.toExponential(1) : size >= 9.95 ? times.toFixed(0) : size >= 0.995 ? times.toFixed(1) : times.toFixed(2);
  return `${text} ×`;
}

/** Dollars with their band. */
export function usdText({ value, low, high }: UsdEstimate): EstimateText {
  return { value: formatUsd(value), band: low === high ? null : formatUsdBand(value, low, high) };
}

/** What was liquidated: the total with its band, or the bound that is all that can be known. */
export function liquidatedText({ total: { value, low, high, status } }: LiquidationSummary): EstimateText {
  return high === null ? { value: `over ${formatUsd(value)}`, band: null } : usdText({ value, low, high, status });
}

/** A price with its band. */
export function priceText({ value, low, high }: PriceEstimate): EstimateText {
  const band = formatPriceBand(low, high);
  return { value: formatPrice(value), band: low === high || formatPrice(low) === formatPrice(high) ? null : band };
}

/** A factor with its band. */
export function ratioText({ value, low, high }: RatioEstimate): EstimateText {
  const [from, to] = [timesText(low), timesText(high)];
  return { value: timesText(value), band: from === to ? null : `${from.replace(' ×', '')} to ${to.replace(' ×', '')}` };
}

/** A number without a unit, with its band. */
export function factorText({ value, low, high }: RatioEstimate): EstimateText {
  const [from, to] = [formatFactor(low), formatFactor(high)];
  return { value: formatFactor(value), band: from === to ? null : `${from} to ${to}` };
}

/** A loss as a share of the price, with its band. */
export function lossText({ value, low, high }: Pick<TailLoss, 'value' | 'low' | 'high'>): EstimateText {
  const [from, to] = [formatShare(low), formatShare(high)];
  return { value: formatShare(value), band: from === to ? null : `${from.replace(/ %$/, '')} to ${to}` };
}

/** Severity, with the state where it is not firing: `critical`, `critical, acknowledged`, `retracted (was critical)`. */
export function stateText({ severity, state }: Pick<WarningMessage, 'severity' | 'state'>): string {
  const phrases = phrasesOf('en');
  if (state === 'firing') return phrases.severity[severity];
  return state === 'acknowledged' ? `${phrases.severity[severity]}, ${phrases.state[state]}` : `${phrases.state[state]} (${phrases.was(phrases.severity[severity])})`;
}

/** Who acknowledged a warning and what they said, behind a comma; nothing where nobody did. */
export function seenText({ acknowledgedBy, acknowledgedNote }: Pick<WarningMessage, 'acknowledgedBy' | 'acknowledgedNote'>): string {
  if (acknowledgedBy === undefined) return '';
  return `, seen by ${acknowledgedBy}${acknowledgedNote === undefined ? '' : `: “${acknowledgedNote}”`}`;
}

/** The word of a severity. */
export function severityWord(severity: Severity): string {
  return phrasesOf('en').severity[severity];
}

/** A moment with its age by the daemon's time: `18:02:11 UTC, 40 s ago`. */
export function momentText(at: number, now: number | null): string {
  return now === null ? formatUtc(at) : formatUtc(at, Math.max(at, now));
}

/** How old something is: `40 s`. Never negative: a moment just ahead of the daemon's last word is now. */
export function ageText(at: number, now: number): string {
  return formatDuration(Math.max(0, now - at));
}

/** What an input reads, in words: `book` -> `order book`. */
const readings: Readonly<Record<string, string>> = {
  book: 'order book', openInterest: 'open interest', mark: 'mark price', positions: 'positions', rate: 'exchange rate', transfers: 'transfers', ticker: 'ticker',
};

/** An input's name in parts for people: what is read, and of which place. */
export function inputName(name: string): { readonly reading: string; readonly place: string } {
  const dot = name.indexOf('.');
  const head = dot < 0 ? name : name.slice(0, dot);
  const rest = dot < 0 ? '' : name.slice(dot + 1);
  const { group } = inputOf(name);
  return { reading: readings[head] ?? head, place: group === 'rate' || group === 'transfers' || group === 'other' ? rest : marketName(rest) };
}

/** A market's or source's id for people: `okx:swap:OM-USDT-SWAP` -> `OKX swap OM-USDT-SWAP`. A chain's id has no better name than itself. */
export function marketName(id: string): string {
  const [venue = '', ...rest] = id.split(':');
  return /^\d+$/.test(rest[0] ?? '') ? id : [venueName(venue), ...rest].join(' ');
}

/** The part of a market's id behind its venue: `okx:swap:OM-USDT-SWAP` -> `swap OM-USDT-SWAP`. */
export function marketRest(market: Pick<MarketScore, 'instrument'>): string {
  return market.instrument.split(':').slice(1).join(' ');
}

/** Statuses from best to worst. */
export const statusOrder: readonly InputStatus[] = ['exact', 'inferred', 'stale', 'missing'];

/** Readings, the worst first, then by name. */
export function worstFirst(inputs: readonly InputReading[]): readonly InputReading[] {
  return [...inputs].sort((a, b) => statusOrder.indexOf(b.status) - statusOrder.indexOf(a.status) || (a.name < b.name ? -1 : 1));
}

/** A hash or address short enough for a table: its first and last digits. */
export function shortHash(hash: string): string {
  const bare = hash.startsWith('sha256:') ? hash.slice('sha256:'.length) : hash;
  return bare.length <= 14 ? bare : `${bare.slice(0, 8)}…${bare.slice(-4)}`;
}
