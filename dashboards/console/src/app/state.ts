import type { ApiProblem, AssetDetail, AssetSummary, AssetTimeline, DaemonStatus, StreamEvent, WarningHistory, WarningMessage } from '@breakwater/contracts';
import type { DaemonTime } from './daemon-time.ts';

/** How the page stands with the daemon. */
export type Link =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** `since` is the daemon's time when its last word came, null when it never spoke; `retryAt` is on the clock that counts up. */
  | { readonly kind: 'lost'; readonly since: number | null; readonly retryAt: number; readonly problem: ApiProblem | null }
  /** The daemon answers and wants a token. */
  | { readonly kind: 'refused'; readonly problem: ApiProblem };

/** All that the page knows. Replaced as a whole by `reduce`; parts that did not change stay the same objects. */
export interface ConsoleState {
  readonly link: Link;
  readonly status: DaemonStatus | null;
  readonly time: DaemonTime | null;
  /** By name; null before the list was read. */
  readonly assets: ReadonlyMap<string, AssetSummary> | null;
  readonly details: ReadonlyMap<string, AssetDetail>;
  readonly timelines: ReadonlyMap<string, AssetTimeline>;
  readonly warnings: WarningsState;
  /** Every revision of the warning looked at last. */
  readonly history: WarningHistory | null;
  readonly problem: ApiProblem | null;
  /** What was asked for by an address and could not be read: an asset's name or a warning's id. */
  readonly failed: { readonly about: string; readonly problem: ApiProblem } | null;
  /** The asset the page is about: named by the address, else the one in most danger when the list was first read. */
  readonly shown: string | null;
  /** When the daemon was started anew while the page was open, by its own time. */
  readonly restartedAt: number | null;
  /** Said aloud to screen readers; `count` tells two of the same text apart. */
  readonly announcement: { readonly text: string; readonly count: number };
}

/** The warnings read so far. */
export interface WarningsState {
  /** Latest revision of each, newest onset first. */
  readonly list: readonly WarningMessage[];
  /** Where the next older page begins; null at the end, undefined before the first was read. */
  readonly next: string | null | undefined;
  /** Those the stream told of since the page is connected: newer than any list that was asked for before. */
  readonly heard: ReadonlyMap<string, WarningMessage>;
}

/** What changes the state. */
export type Action =
  | { readonly kind: 'link'; readonly link: Link }
  /** `heard` is on the clock that counts up. */
  | { readonly kind: 'event'; readonly event: StreamEvent; readonly heard: number }
  | { readonly kind: 'assets'; readonly assets: readonly AssetSummary[] }
  | { readonly kind: 'detail'; readonly detail: AssetDetail }
  | { readonly kind: 'timeline'; readonly timeline: AssetTimeline }
  /** The open ones and the newest page: whatever was held before and is not among them is read again when it is scrolled to. */
  | { readonly kind: 'warnings.first'; readonly warnings: readonly WarningMessage[]; readonly next: string | null }
  /** More open ones, which may stand before the next older page. */
  | { readonly kind: 'warnings.found'; readonly warnings: readonly WarningMessage[] }
  | { readonly kind: 'warnings.more'; readonly warnings: readonly WarningMessage[]; readonly next: string | null }
  /** A revision that an answer brought; the stream brings it too. */
  | { readonly kind: 'revision'; readonly warning: WarningMessage }
  | { readonly kind: 'failed'; readonly failed: ConsoleState['failed'] }
  | { readonly kind: 'shown'; readonly asset: string | null }
  | { readonly kind: 'restarted'; readonly at: number }
  | { readonly kind: 'history'; readonly history: WarningHistory }
  | { readonly kind: 'problem'; readonly problem: ApiProblem | null }
  | { readonly kind: 'restart.seen' };

/** Before the first word. */
export const initialState: ConsoleState = {
  link: { kind: 'connecting' }, status: null, time: null, assets: null, details: new Map(), timelines: new Map(),
  warnings: { list: [], next: undefined, heard: new Map() }, history: null, problem: null, failed: null, shown: null, restartedAt: null, announcement: { text: '', count: 0 },
};
