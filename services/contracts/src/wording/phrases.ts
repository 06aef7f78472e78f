import type { GapScenarioName } from '../messages/tail.ts';
import type { Severity, WarningKind, WarningState } from '../messages/warning.ts';
import type { AddressPhrases } from './address-phrases.ts';
import type { Audience } from './audience.ts';
import type { CommandPhrases } from './command-phrases.ts';
import type { InputGroup } from './names.ts';

export type { Audience };

/** The ignition threshold and where it leads, already written as text. `band` is without brackets; null where it is not known. */
export interface IgnitionFacts {
  readonly sale: string;
  readonly saleBand: string | null;
  readonly horizon: string;
  readonly landing: string | null;
  readonly landingBand: string | null;
  readonly move: string | null;
}

/** Deposits within the horizon, already written as text. `usd` is their sum; `part` is that of the largest when it is not nearly all. */
export interface DepositFacts {
  readonly usd: string;
  readonly part: string | null;
  readonly to: string | null;
  readonly from: string | null;
  readonly horizon: string;
}

/** What of a feed fell out: the order book of spot or perpetual markets, its connection, or a chain. */
export type FeedPart = 'spot-book' | 'perpetual-book' | 'spot-socket' | 'perpetual-socket' | 'blocks';

/** How far a group of inputs can be trusted. */
export type Confidence = 'high' | 'medium' | 'low';

/**
 * Everything a language has to say, as small phrases that take text already formatted. Another language is one more object of this type.
 * Rules for all of them: (the sentence that matters first, a unit, a band and a comparison with every number, no
 * exclamation marks, no advice).
 */
export interface Phrases {
  readonly severity: Readonly<Record<Severity, string>>;
  readonly state: Readonly<Record<WarningState, string>>;
  readonly kind: Readonly<Record<WarningKind, string>>;
  readonly was: (severity: string) => string;
  readonly why: string;
  readonly howSure: string;
  // Headlines of a firing warning.
  readonly ignition: (audience: Audience, facts: IgnitionFacts) => string;
  readonly ignitedAtZero: (audience: Audience, facts: Omit<IgnitionFacts, 'sale' | 'saleBand'>) => string;
  readonly ignitionUnknown: (audience: Audience) => string;
  /** Everything was measured and no sale ignites. */
  readonly ignitionNone: (audience: Audience) => string;
  readonly deposited: (facts: DepositFacts) => string;
  readonly ignitionFell: (audience: Audience, facts: IgnitionFacts, before: string | null, ago: string) => string;
  readonly issuerMoved: (audience: Audience, share: string, usd: string | null) => string;
  readonly depthFell: (audience: Audience, share: string | null) => string;
  // Headlines of the other states.
  readonly acknowledged: string;
  readonly resolved: (kind: WarningKind, audience: Audience, usd: string | null, threshold: string | null, horizon: string) => string;
  readonly retracted: (usd: string | null, tx: string | null, threshold: string | null) => string;
  readonly expired: string;
  /** The end of a warning whose asset was taken out of the config. */
  readonly notWatched: string;
  // Reasons.
  readonly whyDepthFell: (share: string, since: string | null) => string;
  readonly whyForcedShare: (share: string, price: string) => string;
  readonly whyAmplification: (audience: Audience, times: string) => string;
  readonly whyDeposits: (usd: string, count: number, window: string) => string;
  readonly whyIssuer: (share: string, usd: string | null) => string;
  readonly whyThresholdFell: (audience: Audience, from: string, to: string, ago: string) => string;
  readonly whyIgnitedAtZero: string;
  /** How many dollars each forced dollar forces; `band` only where it is to be said. */
  readonly whyReproduction: (factor: string, band: string | null) => string;
  readonly whyReverted: (tx: string, usd: string | null) => string;
  // How sure.
  readonly confidence: Readonly<Record<Confidence, string>>;
  readonly sureBooks: (confidence: string, exact: number, total: number) => string;
  readonly surePositions: (confidence: string, how: 'exact' | 'inferred' | 'missing') => string;
  readonly sureNothing: string;
  /** The name of an input, by what it is a reading of and its place (which may be empty). */
  readonly inputName: (what: InputGroup, place: string) => string;
  readonly notKnown: (what: InputGroup, place: string, age: string | null) => string;
  readonly notKnownMore: (count: number) => string;
  readonly dropped: string;
  /** Where the block of the least settled deposit stands, and how likely it is undone. */
  readonly notFinal: (state: 'included' | 'safe', undone: string) => string;
  // The timeline: one line an event.
  readonly lineIgnition: (usd: string | null, threshold: string | null, landing: string | null) => string;
  readonly lineIgnitedAtZero: (landing: string | null) => string;
  readonly lineIgnitionFell: (to: string | null, from: string | null) => string;
  readonly lineIssuer: (share: string | null) => string;
  readonly lineDepth: (share: string | null) => string;
  readonly lineState: (state: Exclude<WarningState, 'firing'>, line: string) => string;
  readonly lineNotWatched: (line: string) => string;
  readonly lineRetracted: (usd: string | null) => string;
  readonly crash: string;
  readonly feed: string;
  /** An incident of a feed; `span` is how long nothing had come, null where it is not known. */
  readonly lineFeedFailed: (what: FeedPart, place: string, status: 'silent' | 'stale' | 'down', span: string | null) => string;
  /** The end of one; `span` is how long it lasted, null where it is not known. */
  readonly lineFeedBack: (what: FeedPart, place: string, span: string | null) => string;
  readonly lineCrash: (move: string, span: string, at: string) => string;
  /** Losses within a horizon side by side; each with its band in brackets where it has one, null where it is not known. */
  readonly riskSideBySide: (horizon: string, valueAtRisk: string, shortfall: string | null, cascade: string | null) => string;
  /** The same in one short line, and what stands over several of them. */
  readonly lossesShort: (valueAtRisk: string, shortfall: string | null, cascade: string | null) => string;
  readonly lossesIntro: string;
  /** What an estimate of positions rests on, as shares of the dollars in it; null where there is none of a kind. */
  readonly positionsRest: (exact: string | null, inferred: string | null, prior: string | null) => string;
  /** Names of the tests of a backtest, and what came of it: the length of a bar, numbers of forecasts, of losses beyond, of those to be expected, and the tests that failed. */
  readonly backtestName: Readonly<Record<'coverage' | 'independence' | 'shortfall', string>>;
  readonly backtest: (bar: string, forecasts: string, beyond: string, expected: string, failed: readonly string[]) => string;
  /** Too little is known for a backtest: the length of a bar, how many forecasts it wants, and how many of them are missing. */
  readonly backtestWaits: (bar: string, wanted: string, missing: string | null) => string;
  readonly noPositionsKnown: string;
  /** What published liquidations say of the reproduction number; `engine` is what books and positions say, null where they say nothing. */
  readonly branching: (factor: string, events: string, engine: string | null, disagrees: boolean) => string;
  /** What one fall that no history holds is. */
  readonly gapScenario: Readonly<Record<GapScenarioName, string>>;
  /** What is said of owners of addresses and of reserves. */
  readonly address: AddressPhrases;
  /** Answers to the bot's commands. */
  readonly commands: CommandPhrases;
}
