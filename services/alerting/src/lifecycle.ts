import { createHash } from 'node:crypto';
import type { DepositReading, Reason, ScoreMessage, Severity, WarningKind, WarningMessage, WarningState } from '@breakwater/contracts';
import { formatDateCompact } from '@breakwater/contracts';
import type { AssetId, EpochMs, WarningId } from '@breakwater/models/core';
import { epochMs, sourceId, warningId } from '@breakwater/models/core';
import type { LifecycleConfig } from './config.ts';
import type { RuleName } from './rules/condition.ts';
import type { Evaluation } from './rules/index.ts';
import type { OpenState } from './saved-open.ts';
import { withoutCurve } from './without-curve.ts';

/** What one score does to one rule of one asset. */
export interface Advance {
  /** The state after it; undefined when no warning is open. */
  readonly state: OpenState | undefined;
  /** New revisions, in order: none, one, or two when an old warning expires and a new one fires at once. */
  readonly warnings: readonly WarningMessage[];
}

const severities: readonly Severity[] = ['watch', 'warning', 'critical'];

/** The id of a warning: anyone can compute it, so no allocator is needed and a replay gives the same. */
export function warningIdOf(asset: AssetId, rule: RuleName, onset: EpochMs): WarningId {
  const hash = createHash('sha256').update(`${asset}\n${rule}\n${String(onset)}`).digest('hex').slice(0, 8);
  return warningId(`BW-${asset}-${formatDateCompact(onset)}-${hash}`);
}

/**
 * Takes one rule of one asset from one score to the next. Pure. The laws, which the property tests check:
 *
 * - revisions of a warning count up by one from 1, which is `firing`; after `resolved`, `retracted` or `expired` there is none;
 * - severity never falls while a warning is open: it says the worst since its onset;
 * - an acknowledged warning stays so while its figures move, and fires again when its severity rises or another transfer, mint or owner sets it off;
 * - a warning resolves only on a clear score, after `clearForSeconds` of clear event time without a score in between that was not clear;
 *   scores of which nothing can be said (`unknown`) neither count nor start it again;
 * - it is retracted only when the transfer or mint that set it off was reverted and the condition does not hold without it;
 * - it expires when nothing was known of its condition for `expireAfterSeconds`.
 *
 * `receivedAt` is stamped on new revisions; `seq` numbers them.
 */
export function advance(open: OpenState | undefined, evaluation: Evaluation, score: ScoreMessage, config: LifecycleConfig, receivedAt: EpochMs): Advance {
  const expired = open === undefined ? null : expire(open, score.eventTime, config, receivedAt);
  if (expired !== null) {
    const next = advance(undefined, evaluation, score, config, receivedAt);
    return { state: next.state, warnings: [expired, ...next.warnings] };
  }
  if (open === undefined) return fire(evaluation, score, receivedAt);
  const reverted = revertedTrigger(open, score);
  const { condition } = evaluation;
  if (reverted !== null && !condition.active && (!condition.unknown || condition.depositsBelow)) return retract(open, reverted, evaluation, score, receivedAt);
  if (condition.active) return hold(open, reverted, evaluation, score, config, receivedAt);
  if (condition.unknown) return { state: { ...open, clearAt: null, reverted }, warnings: [] };
  return settle(open, evaluation, score, config, receivedAt);
}

/** The `expired` revision, when nothing has been known of an open warning for long enough at `now` (event time); else null. */
export function expire(open: OpenState, now: EpochMs, config: LifecycleConfig, receivedAt: EpochMs): WarningMessage | null {
  const at = epochMs(open.knownAt + config.expireAfterSeconds * 1_000);
  // Dated when it became due, so that a clock and a late score give the same revision.
  const { last } = open;
  return now > at ? { ...last, revision: last.revision + 1, seq: last.seq + 1, state: 'expired', eventTime: at, receivedAt, acknowledgedBy: undefined, acknowledgedNote: undefined } : null;
}

/** The last revision of an open warning whose asset is not watched any more, dated `at` (event time, not before its last revision): nobody can say how it stands. */
export function endUnwatched(open: OpenState, at: EpochMs, receivedAt: EpochMs): WarningMessage {
  const { last } = open;
  return {
    ...last, revision: last.revision + 1, seq: last.seq + 1, state: 'expired', eventTime: epochMs(Math.max(at, last.eventTime)), receivedAt,
    reasons: [{ code: 'not-watched' }, ...last.reasons], acknowledgedBy: undefined, acknowledgedNote: undefined,
  };
}

/** Who acknowledged a warning, and what they said with it. */
export interface Acknowledgement {
  readonly by: string;
  readonly note?: string | undefined;
}

/**
 * The revision that says that somebody is dealing with an open warning, dated `at` (event time, not before its last revision); null when that was
 * said already. Its figures are those of the last revision.
 */
export function acknowledge(open: OpenState, { by, note }: Acknowledgement, at: EpochMs, receivedAt: EpochMs): { readonly state: OpenState; readonly warning: WarningMessage } | null {
  const { last } = open;
  if (last.state === 'acknowledged') return null;
  const warning: WarningMessage = {
    ...last, revision: last.revision + 1, seq: last.seq + 1, state: 'acknowledged', eventTime: epochMs(Math.max(at, last.eventTime)), receivedAt,
    acknowledgedBy: by, ...(note === undefined ? {} : { acknowledgedNote: note }),
  };
  return { state: { ...open, last: warning }, warning };
}

function fire(evaluation: Evaluation, score: ScoreMessage, receivedAt: EpochMs): Advance {
  const { condition, rule, kind } = evaluation;
  if (!condition.active) return { state: undefined, warnings: [] };
  const identity = { id: warningIdOf(score.asset, rule, score.eventTime), onset: score.eventTime, warning: kind };
  const first = revise(identity, 0, 'firing', condition.severity, condition.trigger, condition.reasons, score, receivedAt);
  return { state: { last: withoutCurve(first), clearMs: 0, clearAt: null, knownAt: score.eventTime, reverted: null }, warnings: [first] };
}

/** The condition still holds: a new revision only for a higher severity, another mint, another trigger after a revert, another owner, or figures much worse than last said. */
function hold(open: OpenState, reverted: OpenState['reverted'], evaluation: Evaluation, score: ScoreMessage, config: LifecycleConfig, receivedAt: EpochMs): Advance {
  const { condition } = evaluation;
  const { last } = open;
  const state: OpenState = { ...open, clearMs: 0, clearAt: null, knownAt: score.eventTime, reverted: null };
  const worse = severities.indexOf(condition.severity) > severities.indexOf(last.severity);
  const due = score.eventTime - last.eventTime >= config.updateEverySeconds * 1_000;
  const another = isAnotherMint(condition.reasons, last.reasons);
  const joined = namesAnotherOwner(condition.reasons, last.reasons);
  const material = joined || isMaterial(last, condition.trigger, score, config) || isMoreOfIt(condition.reasons, last.reasons, config.materialShare);
  if (!worse && reverted === null && !another && !(due && material)) return { state, warnings: [] };
  const severity = worse ? condition.severity : last.severity;
  const reasons: readonly Reason[] = reverted === null ? condition.reasons : [revertedReason(last, reverted.tx), ...condition.reasons];
  const trigger = condition.trigger ?? (reverted === null ? last.trigger : null);
  const stays = last.state === 'acknowledged' && !worse && !another && !joined && isSameTransfer(trigger, last.trigger);
  const revised = revise(last, last.revision, stays ? 'acknowledged' : 'firing', severity, trigger, reasons, score, receivedAt);
  const next = stays ? { ...revised, acknowledgedBy: last.acknowledgedBy, acknowledgedNote: last.acknowledgedNote } : revised;
  return { state: { ...state, last: withoutCurve(next) }, warnings: [next] };
}

/** Whether figures are so much worse than at the last revision that it should be said: the threshold halved, deposits doubled, a larger trigger. */
function isMaterial(last: WarningMessage, trigger: DepositReading | null, score: ScoreMessage, config: LifecycleConfig): boolean {
  const thresholdFell = last.ignitionUsd !== null && score.ignitionUsd !== null && score.ignitionUsd.value <= config.materialShare * last.ignitionUsd.value && last.ignitionUsd.value > 0;
  const usd = score.deposits.horizon.usd;
  const depositsRose = last.warning === 'cascade.ignition' && usd !== null && usd > 0 && last.depositsUsd !== null && usd * config.materialShare >= last.depositsUsd;
  const larger = trigger !== null && !isSameTransfer(trigger, last.trigger) && (trigger.usd ?? 0) > (last.trigger?.usd ?? 0);
  return thresholdFell || depositsRose || larger;
}

/** The fall of a floor that reasons name, 0 to 1; 0 where they name none. */
function floorFallOf(reasons: readonly Reason[]): number {
  return reasons.reduce((most, reason) => (reason.code === 'floor-fell' && reason.from > 0 ? Math.max(most, 1 - reason.to / reason.from) : most), 0);
}

/** Deposits of an owner that reasons name. */
const depositsIn = (reasons: readonly Reason[], cluster: string) => reasons.find((reason) => reason.code === 'cluster-deposits' && reason.cluster === cluster);

/** Whether reasons of now name an owner whose deposits were not said yet. */
function namesAnotherOwner(now: readonly Reason[], said: readonly Reason[]): boolean {
  return now.some((reason) => reason.code === 'cluster-deposits' && depositsIn(said, reason.cluster) === undefined);
}

/** Whether reasons of now name deposits of an owner that multiplied by the inverse of `share`, or a floor that fell as much further. */
function isMoreOfIt(now: readonly Reason[], said: readonly Reason[], share: number): boolean {
  const grew = (value: number | null, before: number | null): boolean => value !== null && value > 0 && before !== null && value * share >= before;
  const isMore = (reason: Reason): boolean => {
    const before = reason.code === 'cluster-deposits' ? depositsIn(said, reason.cluster) : undefined;
    return reason.code === 'cluster-deposits' && before?.code === 'cluster-deposits' && (grew(reason.dayFloatShare, before.dayFloatShare) || grew(reason.dayUsd, before.dayUsd));
  };
  const fall = floorFallOf(said);
  return now.some(isMore) || (fall > 0 && grew(floorFallOf(now), fall));
}

/** The condition does not hold: time adds up towards resolving, or starts again when the figures are only in between. */
function settle(open: OpenState, evaluation: Evaluation, score: ScoreMessage, config: LifecycleConfig, receivedAt: EpochMs): Advance {
  const { condition, clearForSeconds } = evaluation;
  if (!condition.clear) return { state: { ...open, clearMs: 0, clearAt: null, knownAt: score.eventTime }, warnings: [] };
  const since = open.clearAt === null ? 0 : score.eventTime - open.clearAt;
  const clearMs = open.clearMs + (since <= config.maxGapSeconds * 1_000 ? since : 0);
  if (clearMs < clearForSeconds * 1_000) return { state: { ...open, clearMs, clearAt: score.eventTime, knownAt: score.eventTime }, warnings: [] };
  const { last } = open;
  return { state: undefined, warnings: [revise(last, last.revision, 'resolved', last.severity, last.trigger, condition.reasons, score, receivedAt)] };
}

function retract(open: OpenState, reverted: NonNullable<OpenState['reverted']>, evaluation: Evaluation, score: ScoreMessage, receivedAt: EpochMs): Advance {
  const { last } = open;
  const reasons = [revertedReason(last, reverted.tx), ...evaluation.condition.reasons];
  return { state: undefined, warnings: [revise(last, last.revision, 'retracted', last.severity, last.trigger, reasons, score, receivedAt)] };
}

/** Transactions in which the owner minted, as reasons name them, the last first. */
function mintsOf(reasons: readonly Reason[]): readonly string[] {
  return reasons.flatMap((reason) => (reason.code === 'reserve-mint' ? [reason.tx] : []));
}

/** Whether the last mint of now was not said yet: each is said once, whatever the figures. */
function isAnotherMint(now: readonly Reason[], said: readonly Reason[]): boolean {
  const [tx] = mintsOf(now);
  return tx !== undefined && !mintsOf(said).includes(tx);
}

/** The same of a mint that a warning names: one that is among the events again counts again. */
function revertedMint(open: OpenState, score: ScoreMessage): OpenState['reverted'] {
  const named = mintsOf(open.last.reasons);
  const now = score.reserve?.reverted?.find(({ event, tx }) => event === 'mint' && named.includes(tx));
  if (now !== undefined) return { tx: now.tx, logIndex: now.logIndex };
  const { reverted } = open;
  const isBack = score.reserve?.events.some(({ event, tx, logIndex }) => event === 'mint' && tx === reverted?.tx && logIndex === reverted.logIndex) === true;
  return isBack ? null : reverted;
}

/** The trigger of an open warning when this score, or one before it that could not be judged, says that it was reverted. */
function revertedTrigger(open: OpenState, score: ScoreMessage): OpenState['reverted'] {
  const { trigger, warning } = open.last;
  if (warning === 'reserve.mint') return revertedMint(open, score);
  if (warning !== 'cascade.ignition' || trigger === null) return null;
  const same = (t: { readonly tx: string; readonly logIndex: number }): boolean => t.tx === trigger.tx && t.logIndex === trigger.logIndex;
  const now = score.reverted?.some(same) === true;
  // A transfer that was reverted and is mined again counts again.
  const largest = score.deposits.largest;
  if (!now && largest !== null && same(largest)) return null;
  return now ? { tx: trigger.tx, logIndex: trigger.logIndex } : open.reverted;
}

function revertedReason(last: WarningMessage, tx: string): Reason {
  return { code: 'reverted-transfer', tx, usd: last.trigger?.usd ?? null };
}

function isSameTransfer(a: DepositReading | null, b: DepositReading | null): boolean {
  if (a === null || b === null) return a === b;
  return a.chain === b.chain && a.tx === b.tx && a.logIndex === b.logIndex;
}

function revise(
  identity: { readonly id: WarningId; readonly onset: EpochMs; readonly warning: WarningKind },
  revision: number, state: WarningState, severity: Severity, trigger: DepositReading | null, reasons: readonly Reason[], score: ScoreMessage, receivedAt: EpochMs,
): WarningMessage {
  return {
    kind: 'warning', source: sourceId('alerting'), seq: revision + 1, eventTime: score.eventTime, receivedAt,
    id: identity.id, revision: revision + 1, state, severity, warning: identity.warning, asset: score.asset, onset: identity.onset,
    horizonSeconds: score.horizonSeconds, price: score.price, ignitionUsd: score.ignitionUsd, landingPrice: score.landingPrice, amplification: score.amplification,
    trigger, depositsUsd: score.deposits.horizon.usd, reasons, inputs: score.inputs, venues: venuesOf(score), modelVersion: score.modelVersion, inputHash: score.inputHash,
    ...(score.network === undefined ? {} : { reproduction: score.network?.reproduction ?? null }),
    ...(score.response === undefined ? {} : { response: score.response }),
  };
}

/** The markets by venue, each with its lowest threshold, worst status and highest reproduction, in order of name. */
function venuesOf(score: ScoreMessage): WarningMessage['venues'] {
  const worst = ['exact', 'inferred', 'stale', 'missing'];
  const venues = new Map<string, WarningMessage['venues'][number]>();
  for (const market of score.markets) {
    const held = venues.get(market.venue);
    const usd = market.ignitionUsd?.value ?? null;
    const lowest = held === undefined || held.ignitionUsd === null ? usd : usd === null ? held.ignitionUsd : usd < held.ignitionUsd ? usd : held.ignitionUsd;
    const status = held !== undefined && worst.indexOf(held.status) > worst.indexOf(market.status) ? held.status : market.status;
    venues.set(market.venue, { venue: market.venue, ignitionUsd: lowest, status });
  }
  for (const { venue, reproduction } of score.network?.markets ?? []) {
    const held = venues.get(venue);
    if (held !== undefined && reproduction > (held.reproduction ?? -1)) venues.set(venue, { ...held, reproduction });
  }
  return [...venues.values()].sort((a, b) => (a.venue < b.venue ? -1 : 1));
}
