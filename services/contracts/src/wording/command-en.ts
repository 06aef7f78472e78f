import type { CommandPhrases } from './command-phrases.ts';

const plural = (count: number, one: string, many: string): string => (count === 1 ? `1 ${one}` : `${String(count)} ${many}`);

/** What an id looks like. */
const idExample = 'BW-OM-20250413-7f3a9c21';

/** English. */
export const commandsEn: CommandPhrases = {
  menu: {
    status: 'when each asset was last scored, its inputs, feeds and open warnings',
    why: 'everything behind a warning',
    mute: 'silence watch and warning of an asset in this chat for some hours',
    unmute: 'hear everything of an asset again',
    help: 'what this bot answers',
  },
  helpTitle: 'Breakwater · warns of liquidation cascades before they happen',
  helpCritical: 'Critical warnings are never silenced, and neither is the end of a warning that was sent. What is said is what the present order books and positions would do under a stated sale; it is no advice.',
  statusTitle: (at) => `Status · ${at}`,
  statusNone: 'Status · nothing to tell yet: there has been no sign of life since the start.',
  statusLate: (age, every) => `The last sign of life is ${age} old and one is due every ${every}: what stands here may no longer be so.`,
  statusFeeds: (feeds, chains) => `Feeds: ${String(feeds.ok)} of ${String(feeds.total)} well · chains: ${String(chains.ok)} of ${String(chains.total)} well`,
  statusAsset: (f) => {
    const inputs = [[f.exact, 'exact'], [f.inferred, 'inferred'], [f.stale, 'stale'], [f.missing, 'missing']] as const;
    const counted = inputs.filter(([count]) => count > 0).map(([count, status]) => `${String(count)} ${status}`);
    return [
      `${f.asset}: ${f.lastGood === null ? 'no good score yet' : `last good score ${f.lastGood}`}`,
      `inputs ${counted.length === 0 ? 'none yet' : counted.join(', ')}`,
      ...(f.notKnown.length === 0 ? [] : [`left out: ${f.notKnown.join(', ')}`]),
      f.openWarnings === 0 ? 'no open warning' : `${plural(f.openWarnings, 'open warning', 'open warnings')}${f.worst === null ? '' : `, worst ${f.worst}`}`,
    ].join(' · ');
  },
  statusMore: (count) => `${plural(count, 'more asset', 'more assets')}: /status and its name`,
  statusMuted: (assets) => `Muted here: ${assets.map(({ asset, until }) => `${asset} until ${until}`).join(', ')}`,
  statusBeat: (at, every) => `Last sign of life: ${at}, one every ${every}`,
  whyNotKnown: 'Not known',
  whyVenues: 'Sale that would set it off on each venue alone',
  whyVenue: (venue, usd, status) => `${venue} ${usd ?? 'none, or not measurable'} (${status})`,
  whyHistory: 'So far',
  whyRevision: (at, severity, state) => `${at} ${severity}${state === null ? '' : ` ${state}`}`,
  whyEarlier: (count) => plural(count, 'earlier revision', 'earlier revisions'),
  unknownWarning: (id) => `There is no warning ${id}. An id looks like ${idExample}; it stands at the end of every warning.`,
  whyUsage: `Which warning? /why and its id, as in /why ${idExample}, or answer a warning with /why.`,
  muted: (asset, until, span) => `${asset} is muted in this chat until ${until} (${span}). Critical warnings still come, and so does the end of what was sent. /unmute ${asset} ends it.`,
  unmuted: (asset) => `${asset} is no longer muted in this chat.`,
  notMuted: (asset) => `${asset} is not muted in this chat.`,
  muteUsage: (maxHours) => `Which asset, and for how many hours? /mute OM, or /mute OM 12; at most ${String(maxHours)} hours.`,
  unmuteUsage: 'Which asset? /unmute and its name, as in /unmute OM.',
  unknownAsset: (asset, watched, more) => `${asset} is not watched here. Watched: ${watched.join(', ')}${more === 0 ? '' : ` and ${String(more)} more`}.`,
  onlyAdministrators: 'Only administrators of this chat can do that.',
  administratorsUnknown: 'Telegram did not say whether you are an administrator of this chat. Try again; where it never does, make the bot an administrator.',
  notStored: 'That could not be stored, so nothing has changed. Try again.',
  failed: 'That could not be read just now. Try again.',
};
