import type { AssetPulse, AssetSummary, InputReading, InputStatus, ScoreMessage, Severity } from '@breakwater/contracts';
import type { AssetId, EpochMs } from '@breakwater/models/core';
import { ratio, usd } from '@breakwater/models/core';

/** Statuses of inputs, worst last. */
const statuses: readonly InputStatus[] = ['exact', 'inferred', 'stale', 'missing'];
const severities: readonly Severity[] = ['watch', 'warning', 'critical'];
/** Share of open interest that could plausibly be sold within an hour [A]. */
const plausibleShare = 0.01;
/** Names of inputs a pulse lists at most. */
const maxNames = 8;

/** The severities of the warnings of an asset that stand open. */
export type OpenSeverities = readonly Severity[];

/** The worst status among inputs; `missing` when there is none. O(n). */
export function worstStatus(inputs: readonly InputReading[]): InputStatus {
  if (inputs.length === 0) return 'missing';
  return inputs.reduce<InputStatus>((worst, { status }) => (statuses.indexOf(status) > statuses.indexOf(worst) ? status : worst), 'exact');
}

/** The worst severity; null when there is none. */
export function worstSeverity(open: OpenSeverities): Severity | null {
  return open.reduce<Severity | null>((worst, severity) => (worst === null || severities.indexOf(severity) > severities.indexOf(worst) ? severity : worst), null);
}

/** Whether the books of a score allow no statement about now: there are some, and every one is stale or missing. */
function areBooksOut(score: ScoreMessage): boolean {
  const books = score.inputs.filter(({ name }) => name.startsWith('book.'));
  return books.length > 0 && books.every(({ status }) => status === 'stale' || status === 'missing');
}

/** What could plausibly be sold within the next hour, US dollars: the larger of the last day's deposits and 1 % of open interest [A]; null when neither is known. */
function plausibleSale(score: ScoreMessage): number | null {
  const deposits = score.deposits.day.usd;
  const share = score.openInterestUsd === null ? null : plausibleShare * score.openInterestUsd;
  if (deposits === null || share === null) return deposits ?? share;
  return Math.max(deposits, share);
}

/**
 * One asset in a list, from its last score at the daemon's time `now`. It is `stale` when the score is older than `staleAfterMs` or when every
 * book it rests on is stale or missing.
 */
export function summaryOf(asset: AssetId, score: ScoreMessage | undefined, open: OpenSeverities, now: EpochMs, staleAfterMs: number): AssetSummary {
  const warnings = { openWarnings: open.length, worst: worstSeverity(open) };
  if (score === undefined) {
    return { asset, state: 'waiting', time: null, price: null, moveHour: null, ignitionUsd: null, landingPrice: null, amplification: null, plausibleSaleUsd: null, margin: null, status: 'missing', ...warnings };
  }
  const { price, ignitionUsd, landingPrice, amplification } = score;
  const hourAgo = score.earlier.priceHourAgo;
  const sale = plausibleSale(score);
  return {
    asset, state: now - score.eventTime > staleAfterMs || areBooksOut(score) ? 'stale' : 'live', time: score.eventTime,
    price, moveHour: price === null || hourAgo === null ? null : ratio(price.value / hourAgo - 1),
    ignitionUsd, landingPrice, amplification,
    plausibleSaleUsd: sale === null ? null : usd(sale),
    margin: ignitionUsd === null || sale === null || !(sale > 0) ? null : ratio(ignitionUsd.value / sale),
    status: worstStatus(score.inputs), ...warnings,
  };
}

/** Order of a list: the smallest margin first, unknown ones last, then by name. */
export function byMargin(a: AssetSummary, b: AssetSummary): number {
  if (a.margin !== b.margin) {
    if (a.margin === null) return 1;
    if (b.margin === null) return -1;
    return a.margin - b.margin;
  }
  return a.asset < b.asset ? -1 : a.asset > b.asset ? 1 : 0;
}

/** Whether a score could have led to a warning: it has a price, and a threshold or a book that was read exactly. */
export function isGood(score: ScoreMessage): boolean {
  return score.price !== null && (score.ignitionUsd !== null || score.inputs.some(({ name, status }) => name.startsWith('book.') && status === 'exact'));
}

/** What a heartbeat says of one asset. Depends on the scores and warnings alone, not on the time it is asked. */
export function pulseOf(asset: AssetId, score: ScoreMessage | undefined, lastGoodScoreAt: EpochMs | null, open: OpenSeverities): AssetPulse {
  const inputs = score?.inputs ?? [];
  const count = (status: InputStatus): number => inputs.filter((input) => input.status === status).length;
  return {
    asset, lastScoreAt: score?.eventTime ?? null, lastGoodScoreAt, status: worstStatus(inputs),
    inputs: { exact: count('exact'), inferred: count('inferred'), stale: count('stale'), missing: count('missing') },
    notKnown: inputs.filter(({ status }) => status === 'stale' || status === 'missing').map(({ name }) => name).sort().slice(0, maxNames),
    openWarnings: open.length, worst: worstSeverity(open),
  };
}
