/**
 * How numbers, prices, moves and times are written, in every language and on every surface (the space before a unit is part of it).
 * Every function here accepts any number: what cannot be written sensibly is written as `unknown`, never as `NaN` or `Infinity`.
 */

const unknown = 'unknown';
const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** The last millisecond a `Date` can hold (ECMAScript, section 21.4.1.1). */
const lastMs = 8.64e15;

/** At most `digits` decimals, trailing zeros cut: 4.10 -> `4.1`, 21.0 -> `21`. Never `-0`. */
function trimmed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  const short = digits > 0 ? text.replace(/\.?0+$/, '') : text;
  return short === '-0' ? '0' : short;
}

/** Thousands separated by commas: 84000 -> `84,000`. `text` is a plain decimal without exponent. */
function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const withCommas = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? withCommas : `${withCommas}.${fraction}`;
}

interface Scale {
  readonly size: number;
  readonly unit: string;
}
const scales: readonly Scale[] = [
  { size: 1e12, unit: ' tn' },
  { size: 1e9, unit: ' bn' },
  { size: 1e6, unit: ' m' },
  { size: 1e3, unit: ' k' },
  { size: 1, unit: '' },
];
const ones: Scale = { size: 1, unit: '' };

/** The scale in which `value` is written; rounding up to 1,000 moves to the next one. */
function scaleOf(value: number): Scale {
  const magnitude = Math.abs(value);
  return scales.find((s) => magnitude >= s.size * 0.9995) ?? ones;
}

/** A number in a given scale with about two or three significant digits: `4.1`, `12.8`, `310`, `0.8`. */
function inScale(value: number, scale: Scale): string {
  const scaled = Math.abs(value) / scale.size;
  if (scaled >= 1e6) return scaled.toExponential(1);
  return grouped(trimmed(scaled, scale.size === 1 || scaled >= 99.95 ? 0 : 1));
}

/** US dollars, short: 4.1e6 -> `$4.1 m`, 950 -> `$950`, -2e9 -> `-$2 bn`. */
export function formatUsd(usd: number): string {
  if (!Number.isFinite(usd)) return unknown;
  const scale = scaleOf(usd);
  const text = inScale(usd, scale);
  return `${usd < 0 && text !== '0' ? '-' : ''}$${text}${scale.unit}`;
}

/** A number of tokens, short: 43.6e6 -> `43.6 m`, 950 -> `950`. */
export function formatUnits(units: number): string {
  if (!Number.isFinite(units)) return unknown;
  const scale = scaleOf(units);
  const text = inScale(units, scale);
  return `${units < 0 && text !== '0' ? '-' : ''}${text}${scale.unit}`;
}

/** A band of dollars beside a value already written: (3.2e6, 5.6e6) -> `3.2 to 5.6` in the unit of `value`; ends that would read 0 or 1,000 there are written in full. */
export function formatUsdBand(value: number, low: number, high: number): string {
  if (!Number.isFinite(value) || !Number.isFinite(low) || !Number.isFinite(high)) return unknown;
  const scale = scaleOf(value);
  const fits = (end: number): boolean => end >= 0 && end < scale.size * 999.5 && (end === 0 || end >= scale.size * 0.05);
  if (scale.size === 1 || !fits(low) || !fits(high)) return `${formatUsd(low)} to ${formatUsd(high)}`;
  return `${inScale(low, scale)} to ${inScale(high, scale)}`;
}

/** A price in US dollars: two decimals from $1, three significant digits below, none from $1,000: `$4.90`, `$0.92`, `$0.0000123`, `$84,000`. */
export function formatPrice(price: number): string {
  return Number.isFinite(price) ? `${price < 0 ? '-' : ''}$${priceDigits(Math.abs(price))}` : unknown;
}

/** The band of a price without its symbol: `0.55 to 1.60`. */
export function formatPriceBand(low: number, high: number): string {
  return Number.isFinite(low) && Number.isFinite(high) ? `${priceDigits(Math.abs(low))} to ${priceDigits(Math.abs(high))}` : unknown;
}

function priceDigits(price: number): string {
  if (price >= 1e15) return price.toExponential(2);
  if (price >= 999.5) return grouped(price.toFixed(0));
  if (price >= 0.9995) return price.toFixed(2);
  if (price === 0) return '0';
  // Three significant digits, at least two decimals; 18 decimals are the most an ERC-20 token commonly has.
  const decimals = 2 - Math.floor(Math.log10(price));
  if (decimals > 18) return price.toExponential(2);
  const text = price.toFixed(decimals);
  return text.replace(/(\.\d\d\d*?)0+$/, '$1');
}

/** A share in per cent without sign: 0.71 -> `71 %`, 0.021 -> `2.1 %`. */
export function formatShare(share: number): string {
  return Number.isFinite(share) ? `${percent(share)} %` : unknown;
}

/** A confidence level in per cent with its decimals, at most two: 0.975 -> `97.5 %`, 0.99 -> `99 %`. */
export function formatLevel(level: number): string {
  return Number.isFinite(level) ? `${trimmed(level * 100, 2)} %` : unknown;
}

/** A factor without a unit, with about two digits: 0.8 -> `0.8`, 0.119 -> `0.12`, 2.45 -> `2.5`, 25.1 -> `25`; less than half a thousandth is `0`. */
export function formatFactor(factor: number): string {
  if (!Number.isFinite(factor)) return unknown;
  const size = Math.abs(factor);
  if (size >= 1e6) return factor.toExponential(1);
  return grouped(trimmed(factor, size >= 9.95 ? 0 : size >= 0.995 ? 1 : size >= 0.0095 ? 2 : 3));
}

/** A relative move with sign: -0.836 -> `-84 %`, 0.031 -> `+3.1 %`, 0 -> `0 %`. */
export function formatMove(move: number): string {
  if (!Number.isFinite(move)) return unknown;
  const text = percent(Math.abs(move));
  if (text === '0') return '0 %';
  return `${move < 0 ? '-' : '+'}${text} %`;
}

function percent(ratio: number): string {
  const value = ratio * 100;
  if (!Number.isFinite(value)) return 'over 1e+300';
  if (Math.abs(value) >= 1e9) return value.toExponential(1);
  return trimmed(value, Math.abs(value) >= 9.95 ? 0 : 1);
}

/** A span of time in its largest unit: `40 s`, `15 min`, `3 h`, `2 d`; halves of larger units are written in the smaller (`90 min`). */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return unknown;
  const span = Math.abs(ms);
  if (span < 100_000) return `${String(Math.round(span / 1_000))} s`;
  if (span < 100 * minuteMs) return `${String(Math.round(span / minuteMs))} min`;
  if (span < 48 * hourMs) return `${String(Math.round(span / hourMs))} h`;
  return `${grouped(trimmed(Math.min(span / dayMs, 1e9), 0))} d`;
}

/** The time of day in UTC, with its age when `now` is given: `18:02:11 UTC, 40 s ago`; the date stands in front when it is not that of `now`. */
export function formatUtc(at: number, now?: number): string {
  if (!isMoment(at)) return unknown;
  const iso = new Date(at).toISOString();
  const time = `${iso.slice(iso.indexOf('T') + 1, iso.indexOf('.'))} UTC`;
  if (now === undefined || !isMoment(now)) return time;
  const date = iso.slice(0, iso.indexOf('T'));
  const sameDay = Math.floor(at / dayMs) === Math.floor(now / dayMs);
  const age = now >= at ? `${formatDuration(now - at)} ago` : `in ${formatDuration(at - now)}`;
  return `${sameDay ? '' : `${date} `}${time}, ${age}`;
}

/** Hours and minutes in UTC: `18:25 UTC`. */
export function formatUtcMinute(at: number): string {
  if (!isMoment(at)) return unknown;
  const iso = new Date(at).toISOString();
  const start = iso.indexOf('T') + 1;
  return `${iso.slice(start, start + 5)} UTC`;
}

/** Date, hours and minutes in UTC: `2025-04-13 18:25 UTC`. */
export function formatUtcDay(at: number): string {
  if (!isMoment(at)) return unknown;
  const iso = new Date(at).toISOString();
  return `${iso.slice(0, iso.indexOf('T'))} ${formatUtcMinute(at)}`;
}

/** The date in UTC as ids have it: `20250413`. */
export function formatDateCompact(at: number): string {
  return isMoment(at) ? new Date(at).toISOString().split('T')[0]?.replaceAll('-', '') ?? unknown : unknown;
}

/** Time relative to an event in whole minutes, cut off: -112,800,000 -> `T-31h 20m`, 0 -> `T+00h 00m`. */
export function formatSpan(ms: number): string {
  if (!Number.isFinite(ms)) return unknown;
  const minutes = Math.min(Math.floor(Math.abs(ms) / minuteMs), 99_999_999);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `T${ms < 0 && minutes > 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}h ${two(minutes % 60)}m`;
}

function isMoment(at: number): boolean {
  return Number.isFinite(at) && at >= 0 && at <= lastMs;
}
