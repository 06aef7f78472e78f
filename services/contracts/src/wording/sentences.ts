import { assertNever } from '@breakwater/models/core';
import type { Reason, WarningMessage } from '../messages/warning.ts';
import { addressHeadline, addressReasonText, issuerHeadline, saidFirst } from './address-sentences.ts';
import { formatDuration, formatFactor, formatMove, formatPrice, formatPriceBand, formatShare, formatUsd, formatUsdBand, formatUtc, formatUtcMinute } from './format.ts';
import { howSureOf } from './how-sure.ts';
import type { Language } from './languages.ts';
import { phrasesOf } from './languages.ts';
import { ownerName } from './names.ts';
import type { Audience, DepositFacts, IgnitionFacts, Phrases } from './phrases.ts';

/** How a warning is to be said. `now` adds ages to times. */
export interface WordingOptions {
  readonly language: Language;
  readonly audience: Audience;
  readonly now?: number;
}

/** What a sentence about forced sales is made of: figures that a warning and a score both have. */
export type Figures = Pick<WarningMessage, 'eventTime' | 'horizonSeconds' | 'price' | 'ignitionUsd' | 'landingPrice' | 'trigger' | 'depositsUsd' | 'reasons'>;

/** A warning in words, in the order in which it is to be read. Plain text: a surface escapes it for its own markup. */
export interface WarningSentences {
  /** Severity, or state and severity, and asset: `🔴 CRITICAL · OM`. */
  readonly title: string;
  /** What could happen, how bad, how soon, set off by what. One or two sentences. */
  readonly headline: string;
  /** Reasons without a full stop, most telling first. */
  readonly why: readonly string[];
  /** How far the inputs can be trusted and which are missing. */
  readonly howSure: string;
  /** Id, from the second revision on with its number (`BW-...#2`), and time: what arrives twice is seen to be the same. */
  readonly footer: string;
}

const dayMs = 86_400_000;
const marks = { critical: '🔴', warning: '🟠', watch: '🟡' } as const;
const stateMarks = { resolved: '⚪', retracted: '↩️', expired: '⌛' } as const;

/** Says a warning in sentences. Never fails: what is not known is said or left out. */
export function warningSentences(warning: WarningMessage, options: WordingOptions): WarningSentences {
  const phrases = phrasesOf(options.language);
  const said = saidFirst(warning);
  return {
    title: titleOf(warning, phrases),
    headline: headlineOf(warning, phrases, options.audience),
    why: [...warning.reasons.filter((reason) => reason !== said).map((reason) => reasonText(reason, warning, phrases, options.audience)).filter((text) => text !== null), ...(isOpen(warning) ? reproductionText(warning.reproduction, phrases, options.audience) : [])],
    howSure: howSureOf(warning, phrases),
    footer: `${warning.id}${warning.revision === 1 ? '' : `#${String(warning.revision)}`} · ${formatUtc(warning.eventTime, options.now)}`,
  };
}

/** A Telegram message may have 1,024 characters as the caption of a picture (Bot API, sendPhoto, read 2026-11); this leaves room for escaping. */
const maxText = 900;

/** The whole warning as one plain text under 900 characters; reasons are left out from the end where it would be longer. `commands` adds the bot's commands. */
export function warningText(warning: WarningMessage, options: WordingOptions & { readonly commands?: boolean }): string {
  const phrases = phrasesOf(options.language);
  const s = warningSentences(warning, options);
  const footer = options.commands === true ? `${s.footer} · /why ${warning.id} · /mute ${warning.asset}` : s.footer;
  for (let count = s.why.length; count >= 0; count--) {
    const why = count === 0 ? [] : [`${phrases.why}: ${s.why.slice(0, count).join(' · ')}`];
    const text = [s.title, s.headline, ...why, `${phrases.howSure}: ${s.howSure}`, footer].map(clean).join('\n');
    if (text.length < maxText) return text;
  }
  const ends = `${s.title}\n\n${footer}`;
  return `${s.title}\n${clip(clean(s.headline), Math.max(0, maxText - ends.length - 1))}\n${footer}`;
}

/** `text` in at most `limit` characters, with an ellipsis where it was cut, never within a character. */
export function clip(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, Math.max(0, limit - 1)).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** `text` on one line and in one direction: line ends, control characters and halves of characters, which a label may hold, become spaces. */
export function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/gu, ' ');
}

function titleOf(w: WarningMessage, phrases: Phrases): string {
  const severity = phrases.severity[w.severity].toUpperCase();
  switch (w.state) {
    case 'firing':
      return `${marks[w.severity]} ${severity} · ${w.asset}`;
    case 'acknowledged':
      return `${marks[w.severity]} ${severity} · ${phrases.state.acknowledged} · ${w.asset}`;
    case 'resolved':
    case 'retracted':
    case 'expired':
      return `${stateMarks[w.state]} ${phrases.state[w.state].toUpperCase()} (${phrases.was(severity)}) · ${w.asset}`;
    default:
      return assertNever(w.state);
  }
}

function headlineOf(w: WarningMessage, phrases: Phrases, audience: Audience): string {
  const threshold = w.ignitionUsd === null ? null : formatUsd(w.ignitionUsd.value);
  switch (w.state) {
    case 'firing':
      return firingHeadline(w, phrases, audience);
    case 'acknowledged':
      return `${firingHeadline(w, phrases, audience)} ${phrases.acknowledged}`;
    case 'resolved':
      return phrases.resolved(w.warning, audience, usdText(w.depositsUsd), threshold, horizonText(w));
    case 'retracted': {
      const undone = w.reasons.find((r) => r.code === 'reverted-transfer');
      if (w.warning === 'reserve.mint') return phrases.address.retractedMint(shortTx(undone?.tx ?? null));
      return phrases.retracted(usdText(undone?.usd ?? w.trigger?.usd ?? null), shortTx(undone?.tx ?? w.trigger?.tx ?? null), threshold);
    }
    case 'expired':
      return w.reasons.some((r) => r.code === 'not-watched') ? phrases.notWatched : phrases.expired;
    default:
      return assertNever(w.state);
  }
}

function firingHeadline(w: WarningMessage, phrases: Phrases, audience: Audience): string {
  const ignition = ignitionFacts(w);
  switch (w.warning) {
    case 'cascade.ignition':
      return [ignitionSentence(w, ignition, phrases, audience), ...depositSentence(w, phrases)].join(' ');
    case 'ignition.drop': {
      const fell = w.reasons.find((r) => r.code === 'threshold-fell');
      const ago = formatDuration(fell?.sinceMs ?? dayMs);
      return ignition === null ? phrases.ignitionUnknown(audience) : phrases.ignitionFell(audience, ignition, fell === undefined ? null : formatUsd(fell.from), ago);
    }
    case 'deposits.issuer': {
      const moved = w.reasons.find((r) => r.code === 'issuer-deposits');
      const first = issuerHeadline(w, phrases, audience) ?? (moved === undefined ? phrases.kind[w.warning] : phrases.issuerMoved(audience, formatShare(moved.floatShare), usdText(moved.usd)));
      return ignition === null ? first : `${first} ${ignitionSentence(w, ignition, phrases, audience)}`;
    }
    case 'depth.drop': {
      const first = phrases.depthFell(audience, depthShare(w));
      return ignition === null ? first : `${first} ${ignitionSentence(w, ignition, phrases, audience)}`;
    }
    case 'deposits.cluster':
    case 'reserve.floor':
    case 'reserve.mint':
    case 'reserve.unlock':
    case 'reserve.below': {
      const first = addressHeadline({ ...w, warning: w.warning }, phrases, audience);
      return w.warning !== 'deposits.cluster' || ignition === null ? first : `${first} ${ignitionSentence(w, ignition, phrases, audience)}`;
    }
    default:
      return assertNever(w.warning);
  }
}

/** The sentence of the ignition threshold and where it leads. */
export function ignitionSentence(w: Figures, facts: IgnitionFacts | null, phrases: Phrases, audience: Audience): string {
  if (w.reasons.some((r) => r.code === 'ignited-at-zero')) {
    return phrases.ignitedAtZero(audience, { horizon: horizonText(w), ...landingFacts(w) });
  }
  return facts === null ? phrases.ignitionUnknown(audience) : phrases.ignition(audience, facts);
}

/** The sentence of the deposits within the horizon; none where there are none. */
export function depositSentence(w: Figures, phrases: Phrases): readonly string[] {
  const total = w.depositsUsd ?? w.trigger?.usd ?? null;
  if (total === null || !(total > 0)) return [];
  const largest = w.trigger?.usd ?? null;
  const facts: DepositFacts = {
    usd: formatUsd(total),
    // Under one per cent of difference both would be written with the same digits.
    part: largest !== null && largest < total * 0.99 ? formatUsd(largest) : null,
    to: w.trigger === null ? null : ownerName(w.trigger.toLabel),
    from: w.trigger?.fromLabel === undefined ? null : ownerName(w.trigger.fromLabel),
    horizon: horizonText(w),
  };
  return [phrases.deposited(facts)];
}

/** The threshold as text; null where there is none. */
export function ignitionFacts(w: Figures): IgnitionFacts | null {
  if (w.ignitionUsd === null) return null;
  const { value, low, high } = w.ignitionUsd;
  return { sale: formatUsd(value), saleBand: low === high ? null : formatUsdBand(value, low, high), horizon: horizonText(w), ...landingFacts(w) };
}

function landingFacts(w: Figures): Pick<IgnitionFacts, 'landing' | 'landingBand' | 'move'> {
  if (w.landingPrice === null) return { landing: null, landingBand: null, move: null };
  const { value, low, high } = w.landingPrice;
  return {
    landing: formatPrice(value),
    landingBand: low === high ? null : formatPriceBand(low, high),
    move: w.price === null ? null : formatMove(value / w.price.value - 1),
  };
}

/** A reason without a full stop; null where it is said elsewhere. */
export function reasonText(reason: Reason, w: Figures, phrases: Phrases, audience: Audience): string | null {
  switch (reason.code) {
    case 'depth-fell':
      return phrases.whyDepthFell(formatShare(reason.share), reason.sinceMs < dayMs ? formatUtcMinute(w.eventTime - reason.sinceMs) : null);
    case 'forced-share':
      return phrases.whyForcedShare(formatShare(reason.share), formatPrice(reason.belowPrice));
    case 'amplification':
      return phrases.whyAmplification(audience, timesText(reason.amplification));
    case 'deposits':
      return phrases.whyDeposits(formatUsd(reason.usd), reason.count, formatDuration(reason.windowSeconds * 1_000));
    case 'issuer-deposits':
      return phrases.whyIssuer(formatShare(reason.floatShare), usdText(reason.usd));
    case 'threshold-fell':
      return phrases.whyThresholdFell(audience, formatUsd(reason.from), formatUsd(reason.to), formatDuration(reason.sinceMs));
    case 'ignited-at-zero':
      return phrases.whyIgnitedAtZero;
    case 'reverted-transfer':
      return phrases.whyReverted(shortTx(reason.tx) ?? '', usdText(reason.usd));
    case 'cluster-deposits':
    case 'address-risk':
    case 'otc-bought':
    case 'floor-fell':
    case 'reserve-mint':
    case 'liquidity-unlock':
    case 'below-floor':
    case 'owner-may-mint':
      return addressReasonText(reason, phrases.address, audience);
    case 'inputs-dropped':
    case 'not-final':
      // Said under "how sure", where the inputs are named.
      return null;
    case 'not-watched':
      // It is the headline.
      return null;
    default:
      return assertNever(reason);
  }
}

/** Below this a forced dollar forces less than half a cent, which explains nothing. */
const tellingReproduction = 0.005;

/** How forced sales breed forced sales, without a full stop; nothing where they do not, or where it is not known. */
export function reproductionText(reproduction: WarningMessage['reproduction'], phrases: Phrases, audience: Audience): readonly string[] {
  if (reproduction === null || reproduction === undefined || !(reproduction.value >= tellingReproduction)) return [];
  const [low, high] = [formatFactor(reproduction.low), formatFactor(reproduction.high)];
  return [phrases.whyReproduction(formatFactor(reproduction.value), audience === 'community' || low === high ? null : `${low} to ${high}`)];
}

/** Whether a warning speaks of the present market: an end or a retraction does not. */
function isOpen({ state }: Pick<WarningMessage, 'state'>): boolean {
  return state === 'firing' || state === 'acknowledged';
}

/** A factor with one decimal: 2.31 -> `2.3`. */
function timesText(times: number): string {
  if (!Number.isFinite(times)) return 'many';
  return Math.abs(times) >= 1e6 ? times.toExponential(1) : times.toFixed(1);
}

function usdText(usd: number | null): string | null {
  return usd === null ? null : formatUsd(usd);
}

/** A transaction hash short enough to read aloud: its first ten characters. */
function shortTx(tx: string | null): string | null {
  if (tx === null || tx === '') return null;
  return tx.length <= 12 ? tx : `${tx.slice(0, 10)}…`;
}

/** The share of the day's highest depth that is gone, as text; null when the reasons do not say. */
export function depthShare(w: WarningMessage): string | null {
  const fell = w.reasons.find((r) => r.code === 'depth-fell');
  return fell === undefined ? null : formatShare(fell.share);
}

function horizonText(w: Figures): string {
  return formatDuration(w.horizonSeconds * 1_000);
}
