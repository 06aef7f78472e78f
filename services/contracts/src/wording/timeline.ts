import { assertNever } from '@breakwater/models/core';
import type { FeedHealthMessage } from '../messages/global.ts';
import type { WarningMessage } from '../messages/warning.ts';
import { addressLine, issuerLine } from './address-sentences.ts';
import { formatDuration, formatMove, formatPrice, formatShare, formatSpan, formatUsd, formatUtcMinute } from './format.ts';
import type { Language } from './languages.ts';
import { phrasesOf } from './languages.ts';
import { venueName } from './names.ts';
import type { FeedPart, Phrases } from './phrases.ts';
import { depthShare } from './sentences.ts';

/** One event of the timeline in its columns, unpadded. */
export interface TimelineParts {
  /** Time relative to the crash, or date and time in UTC. */
  readonly when: string;
  /** Severity in the language, or the word for a crash. */
  readonly label: string;
  readonly asset: string;
  readonly text: string;
}

/** The width of the severity column: the longest severity. */
const labelWidth = 8;
/** The width of a date and time as `formatMoment` writes it; relative times (`T-31h 20m`) are not padded because they have one width. */
const relativeWidth = 9;

/** The columns of one revision of a warning. With `crashOnset` times are relative to it. */
export function timelineParts(warning: WarningMessage, crashOnset?: number, language: Language = 'en'): TimelineParts {
  const phrases = phrasesOf(language);
  return { when: when(warning.eventTime, crashOnset), label: phrases.severity[warning.severity], asset: warning.asset, text: textOf(warning, phrases) };
}

/** One aligned line: `T-00h 23m  critical  OM  $5.6 m deposited, threshold $4.1 m: forced sales to about $0.92`. */
export function timelineLine(warning: WarningMessage, crashOnset?: number, language: Language = 'en'): string {
  return joinTimeline(timelineParts(warning, crashOnset, language));
}

/** The line of the crash itself: `T+00h 00m  crash     OM  -30 % in 5 min (18:25 UTC)`. `move` is a ratio, `spanMs` how long it took. */
export function timelineCrashLine(asset: string, move: number, spanMs: number, at: number, crashOnset: number = at, language: Language = 'en'): string {
  const phrases = phrasesOf(language);
  return joinTimeline({ when: when(at, crashOnset), label: phrases.crash, asset, text: phrases.lineCrash(formatMove(move), formatDuration(spanMs), formatUtcMinute(at)) });
}

/**
 * The line of an incident of a feed or of its end: `T-04h 24m  feed      OM  OKX spot order book silent for 4 min, its depth is left out`. `spanMs` is
 * how long nothing had come, or how long the incident lasted; null where it is not known.
 */
export function timelineFeedLine(health: FeedHealthMessage, asset: string, spanMs: number | null, crashOnset?: number, language: Language = 'en'): string {
  const phrases = phrasesOf(language);
  const [venue = '', marketType] = health.source.split(':');
  const market = marketType === 'spot' ? 'spot' : 'perpetual';
  const part: FeedPart = health.channel === 'blocks' ? 'blocks' : health.channel === 'socket' ? `${market}-socket` : `${market}-book`;
  // A chain has no name of its own but its id.
  const place = part === 'blocks' ? health.source : venueName(venue);
  const span = spanMs === null ? null : formatDuration(spanMs);
  const status = health.status === 'silent' || health.status === 'down' ? health.status : 'stale';
  const text = health.status === 'ok' ? phrases.lineFeedBack(part, place, span) : phrases.lineFeedFailed(part, place, status, span);
  return joinTimeline({ when: when(health.eventTime, crashOnset), label: phrases.feed, asset, text });
}

/** Puts columns into one line. `paint` may wrap the padded label, for colour. */
export function joinTimeline(parts: TimelineParts, paint: (label: string) => string = (label) => label): string {
  return `${parts.when.padEnd(relativeWidth)}  ${paint(parts.label.padEnd(labelWidth))}  ${parts.asset}  ${parts.text}`;
}

function when(at: number, crashOnset: number | undefined): string {
  if (crashOnset !== undefined) return formatSpan(at - crashOnset);
  return Number.isFinite(at) && at >= 0 && at <= 8.64e15 ? new Date(at).toISOString().replace('T', ' ').replace(/\.\d+Z$/, '') : 'unknown';
}

function textOf(w: WarningMessage, phrases: Phrases): string {
  switch (w.state) {
    case 'firing':
      return firingText(w, phrases);
    case 'retracted': {
      const undone = w.reasons.find((r) => r.code === 'reverted-transfer');
      const usd = undone?.usd ?? w.trigger?.usd ?? null;
      if (w.warning === 'reserve.mint') return phrases.address.lineRetractedMint;
      return phrases.lineRetracted(usd === null ? null : formatUsd(usd));
    }
    case 'acknowledged':
    case 'resolved':
    case 'expired':
      if (w.reasons.some((r) => r.code === 'not-watched')) return phrases.lineNotWatched(firingText(w, phrases));
      return phrases.lineState(w.state, w.state === 'resolved' ? resolvedText(w, phrases) : firingText(w, phrases));
    default:
      return assertNever(w.state);
  }
}

function firingText(w: WarningMessage, phrases: Phrases): string {
  const threshold = w.ignitionUsd === null ? null : formatUsd(w.ignitionUsd.value);
  const landing = w.landingPrice === null ? null : formatPrice(w.landingPrice.value);
  switch (w.warning) {
    case 'cascade.ignition':
      return w.reasons.some((r) => r.code === 'ignited-at-zero')
        ? phrases.lineIgnitedAtZero(landing)
        : phrases.lineIgnition(w.depositsUsd === null ? null : formatUsd(w.depositsUsd), threshold, landing);
    case 'ignition.drop': {
      const fell = w.reasons.find((r) => r.code === 'threshold-fell');
      return phrases.lineIgnitionFell(threshold, fell === undefined ? null : formatUsd(fell.from));
    }
    case 'deposits.issuer': {
      const moved = w.reasons.find((r) => r.code === 'issuer-deposits');
      return issuerLine(w, phrases) ?? phrases.lineIssuer(moved === undefined ? null : formatShare(moved.floatShare));
    }
    case 'depth.drop':
      return phrases.lineDepth(depthShare(w));
    case 'deposits.cluster':
    case 'reserve.floor':
    case 'reserve.mint':
    case 'reserve.unlock':
    case 'reserve.below':
      return addressLine({ ...w, warning: w.warning }, phrases);
    default:
      return assertNever(w.warning);
  }
}

/** What is so now that a condition has ended: figures without the claim that forced sales are at hand. */
function resolvedText(w: WarningMessage, phrases: Phrases): string {
  const threshold = w.ignitionUsd === null ? null : formatUsd(w.ignitionUsd.value);
  return w.warning === 'cascade.ignition' ? phrases.lineIgnition(w.depositsUsd === null ? null : formatUsd(w.depositsUsd), threshold, null) : firingText(w, phrases);
}
