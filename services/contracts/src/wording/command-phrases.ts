/** A command that the Telegram bot answers. */
export type BotCommandName = 'status' | 'why' | 'mute' | 'unmute' | 'help';

/** What a status says of one asset, already written as text. */
export interface StatusFacts {
  readonly asset: string;
  /** Time and age of the last good score; null when there was none. */
  readonly lastGood: string | null;
  /** Inputs by status. */
  readonly exact: number;
  readonly inferred: number;
  readonly stale: number;
  readonly missing: number;
  /** Inputs left out, by name. */
  readonly notKnown: readonly string[];
  readonly openWarnings: number;
  /** The worst severity among them; null when there is none. */
  readonly worst: string | null;
}

/** What a language says in answer to the bot's commands. */
export interface CommandPhrases {
  /** One line a command, as the bot's menu and its help show it. */
  readonly menu: Readonly<Record<BotCommandName, string>>;
  readonly helpTitle: string;
  readonly helpCritical: string;
  // /status
  readonly statusTitle: (at: string) => string;
  readonly statusNone: string;
  readonly statusLate: (age: string, every: string) => string;
  readonly statusFeeds: (feeds: { readonly ok: number; readonly total: number }, chains: { readonly ok: number; readonly total: number }) => string;
  readonly statusAsset: (facts: StatusFacts) => string;
  readonly statusMore: (count: number) => string;
  readonly statusMuted: (assets: readonly { readonly asset: string; readonly until: string }[]) => string;
  readonly statusBeat: (at: string, every: string) => string;
  // /why
  readonly whyNotKnown: string;
  readonly whyVenues: string;
  readonly whyVenue: (venue: string, usd: string | null, status: string) => string;
  readonly whyHistory: string;
  readonly whyRevision: (at: string, severity: string, state: string | null) => string;
  readonly whyEarlier: (count: number) => string;
  readonly unknownWarning: (id: string) => string;
  /** What an id looks like, and how the command is written. */
  readonly whyUsage: string;
  // /mute and /unmute
  readonly muted: (asset: string, until: string, span: string) => string;
  readonly unmuted: (asset: string) => string;
  readonly notMuted: (asset: string) => string;
  readonly muteUsage: (maxHours: number) => string;
  readonly unmuteUsage: string;
  readonly unknownAsset: (asset: string, watched: readonly string[], more: number) => string;
  readonly onlyAdministrators: string;
  readonly administratorsUnknown: string;
  readonly notStored: string;
  readonly failed: string;
}
