import type { HeartbeatMessage } from '../messages/heartbeat.ts';
import type { WarningMessage } from '../messages/warning.ts';
import type { BotCommandName } from './command-phrases.ts';
import { formatDuration, formatUsd, formatUtc } from './format.ts';
import { named, notKnownOf } from './how-sure.ts';
import type { Language } from './languages.ts';
import { phrasesOf } from './languages.ts';
import { inputOf, venueName } from './names.ts';
import { clean, clip, warningSentences } from './sentences.ts';

/** How an answer is to be said; `now` is the time of the answer. */
export interface AnswerOptions {
  readonly language: Language;
  readonly now: number;
}

/** A message may have 4,096 characters (Bot API, sendMessage, read 2026-11); an answer stays below. */
const maxAnswer = 4_000;
/** Signs of life that may be missed before an answer says so. [A] */
const missedBeats = 3;
/** Assets named when an unknown one was asked for, and revisions listed. */
const namedAssets = 20;
const listedRevisions = 12;

/** An asset that is silenced in a chat, and until when. */
export interface MuteReading {
  readonly asset: string;
  readonly until: number;
}

/**
 * Says how the daemon is, from its last sign of life (null: none yet): every asset, the worst first, or `asset` alone. Under 4,000
 * characters; assets that do not fit are counted.
 */
export function statusText(beat: HeartbeatMessage | null, mutes: readonly MuteReading[], options: AnswerOptions, asset?: string): string {
  const phrases = phrasesOf(options.language).commands;
  const { now } = options;
  const muted = mutes.length === 0 ? [] : [phrases.statusMuted(mutes.map((m) => ({ asset: m.asset, until: formatUtc(m.until, now) })))];
  if (beat === null) return clip([phrases.statusNone, ...muted].join('\n'), maxAnswer);
  const everyMs = beat.intervalSeconds * 1_000;
  const late = now - beat.eventTime > missedBeats * everyMs ? [phrases.statusLate(formatDuration(now - beat.eventTime), formatDuration(everyMs))] : [];
  const lived = phrases.statusBeat(formatUtc(beat.eventTime, now), formatDuration(everyMs));
  const head = [phrases.statusTitle(formatUtc(now)), lived, ...late, phrases.statusFeeds(beat.feeds, beat.chains)];
  const lines = byDanger(asset === undefined ? beat.assets : beat.assets.filter((a) => a.asset === asset)).map((pulse) => assetLine(pulse, options));
  for (let count = lines.length; count >= 0; count--) {
    const rest = count === lines.length ? [] : [phrases.statusMore(lines.length - count)];
    const text = [...head, ...lines.slice(0, count), ...rest, ...muted].join('\n');
    if (text.length < maxAnswer) return text;
  }
  return clip(head.join('\n'), maxAnswer);
}

/** Says everything behind a warning, given all its revisions, oldest first (at least one). Under 4,000 characters. */
export function whyText(revisions: readonly WarningMessage[], options: AnswerOptions): string {
  const last = revisions.at(-1);
  const all = phrasesOf(options.language);
  const phrases = all.commands;
  if (last === undefined) return phrases.whyUsage;
  const s = warningSentences(last, { ...options, audience: 'community' });
  const out = notKnownOf(last, all);
  // The sentence before it has named the first ones.
  const unsaid = out.length > named ? out : [];
  const list = (title: string, items: readonly string[]): readonly string[] => (items.length === 0 ? [] : [`${title}:`, ...items.map((item) => `• ${clean(item)}`)]);
  const venues = last.venues.map((v) => phrases.whyVenue(venueName(v.venue), v.ignitionUsd === null ? null : formatUsd(v.ignitionUsd), v.status));
  const shown = revisions.slice(-listedRevisions);
  const history = shown.map((w) => phrases.whyRevision(formatUtc(w.eventTime, options.now), all.severity[w.severity], w.state === 'firing' ? null : all.state[w.state]));
  const earlier = revisions.length > shown.length ? [phrases.whyEarlier(revisions.length - shown.length)] : [];
  const text = [
    s.title, clean(s.headline), ...list(all.why, s.why), `${all.howSure}: ${clean(s.howSure)}`,
    ...list(phrases.whyNotKnown, unsaid), ...list(phrases.whyVenues, venues), ...list(phrases.whyHistory, [...earlier, ...history]), s.footer,
  ].join('\n');
  return clip(text, maxAnswer);
}

/** What the bot answers, a line a command. */
export function helpText(language: Language): string {
  const { commands } = phrasesOf(language);
  const usage = { status: '/status', why: '/why <id>', mute: '/mute OM 12', unmute: '/unmute OM', help: '/help' } as const satisfies Readonly<Record<BotCommandName, string>>;
  return [commands.helpTitle, ...botCommandNames.map((name) => `${usage[name]}: ${commands.menu[name]}`), commands.helpCritical].join('\n');
}

/** The bot's commands in the order of its menu. */
export const botCommandNames: readonly BotCommandName[] = ['status', 'why', 'mute', 'unmute', 'help'];

/** Says that an asset is not watched, and which are. */
export function unknownAssetText(asset: string, watched: readonly string[], language: Language): string {
  return phrasesOf(language).commands.unknownAsset(clean(asset).slice(0, 32), watched.slice(0, namedAssets), Math.max(0, watched.length - namedAssets));
}

function assetLine(pulse: HeartbeatMessage['assets'][number], options: AnswerOptions): string {
  const all = phrasesOf(options.language);
  const places = new Set(pulse.notKnown.map((name) => {
    const { group, place } = inputOf(name);
    return all.inputName(group, group === 'transfers' || group === 'rate' ? place.slice(0, 40) : venueName(place));
  }));
  return all.commands.statusAsset({
    asset: pulse.asset, lastGood: pulse.lastGoodScoreAt === null ? null : formatUtc(pulse.lastGoodScoreAt, options.now), ...pulse.inputs,
    notKnown: [...places].map(clean), openWarnings: pulse.openWarnings, worst: pulse.worst === null ? null : all.severity[pulse.worst],
  });
}

const danger = { critical: 0, warning: 1, watch: 2 } as const;

/** Assets with the worst open warning first; those of one severity, and those without, as they came. */
function byDanger(assets: HeartbeatMessage['assets']): HeartbeatMessage['assets'] {
  const rank = (a: HeartbeatMessage['assets'][number]): number => (a.worst === null ? 3 : danger[a.worst]);
  return assets.map((asset, i) => ({ asset, i })).sort((a, b) => rank(a.asset) - rank(b.asset) || a.i - b.i).map(({ asset }) => asset);
}
