import type { LiveView } from '@breakwater/alerting/api';
import type { Collector, FeedStatusReport, IntakeCounters } from '@breakwater/collectors';
import type { Bus } from '@breakwater/platform/bus';
import type { Clock } from '@breakwater/platform/clock';
import type { Metrics } from '@breakwater/platform/metrics';
import type { Scoring } from '@breakwater/scoring';
import { version } from './version.ts';

/** Whose state is shown: the stages that this process runs. */
export interface PipelineParts {
  readonly collector: Pick<Collector, 'status' | 'generic'> | undefined;
  readonly scoring: Pick<Scoring, 'stats'> | undefined;
  readonly view: Pick<LiveView, 'summaries' | 'feeds'> | undefined;
  readonly bus: Pick<Bus, 'stats'>;
  readonly clock: Clock;
}

type Counts = Readonly<Record<string, number>>;

/** Registers what the stages count by themselves: it is read when somebody asks for the metrics, and costs nothing until then. */
export function registerPipelineMetrics(metrics: Metrics, parts: PipelineParts): void {
  metrics.readGauge('breakwater_build_info', 'Always 1; the label is the version of the daemon', ['version'], () => [[{ version }, 1]]);
  const { collector, scoring, view } = parts;
  if (collector !== undefined) registerFeeds(metrics, collector);
  if (view !== undefined) registerView(metrics, view, parts.clock);
  registerBus(metrics, parts.bus);
  if (scoring !== undefined) registerScoring(metrics, scoring);
}

function registerFeeds(metrics: Metrics, collector: NonNullable<PipelineParts['collector']>): void {
  const counters = (): readonly { readonly source: string; readonly of: IntakeCounters }[] => collector.status().flatMap(({ source, counters: of }) => (of === undefined ? [] : [{ source, of }]));
  const bySource = (name: string, help: string, read: (of: IntakeCounters) => number): void =>
    metrics.readCounter(name, help, ['source'], () => counters().map(({ source, of }) => [{ source }, read(of)] as const));
  const byKind = (name: string, help: string, label: string, read: (of: IntakeCounters) => Counts): void =>
    metrics.readCounter<string>(name, help, ['source', label], () => counters().flatMap(({ source, of }) => Object.entries(read(of)).map(([kind, count]) => [{ source, [label]: kind }, count] as const)));
  const level = (name: string, help: string, read: (feed: FeedStatusReport) => number): void =>
    metrics.readGauge(name, help, ['source'], () => collector.status().map((feed) => [{ source: feed.source }, read(feed)] as const));

  bySource('breakwater_feed_frames_total', 'Frames received from a venue', (of) => of.frames);
  bySource('breakwater_feed_frames_normalized_total', 'Frames that became messages', (of) => of.framesNormalized);
  byKind('breakwater_feed_messages_total', 'Messages published, by kind', 'kind', (of) => of.normalized);
  byKind('breakwater_feed_rejected_total', 'Frames that are not as the venue documents them, by what is wrong', 'reason', (of) => of.rejected);
  byKind('breakwater_feed_ignored_total', 'Frames that say nothing we use, by why', 'reason', (of) => of.ignored);
  byKind('breakwater_feed_dropped_total', 'Events not carried on, by why: a repeated trade, an update before the snapshot', 'reason', (of) => of.dropped);
  bySource('breakwater_feed_gaps_total', 'Books that broke: lost updates, a wrong checksum, a crossed book', (of) => of.gaps);
  bySource('breakwater_feed_resyncs_total', 'Books that came back after a break', (of) => of.resyncs);
  metrics.readCounter('breakwater_feed_polls_total', 'Questions to a venue’s REST address, by outcome', ['source', 'outcome'], () =>
    collector.status().flatMap(({ source, session }) => Object.entries(session?.polls ?? {}).map(([outcome, count]) => [{ source, outcome }, count] as const)));
  level('breakwater_feed_markets', 'Markets watched', (feed) => feed.watched?.length ?? 0);
  level('breakwater_feed_sockets_up', 'Sockets open', (feed) => feed.session?.sockets.filter(({ up }) => up).length ?? 0);
  level('breakwater_feed_sockets', 'Sockets wanted', (feed) => feed.session?.sockets.length ?? 0);
  level('breakwater_feed_books_in_use', 'Order books that are current', (feed) => feed.books.filter(({ inUse }) => inUse).length);
  level('breakwater_feed_books', 'Order books kept', (feed) => feed.books.length);
  level('breakwater_feed_silent_channels', 'Channels that were accepted and say nothing', (feed) => feed.session?.silent.length ?? 0);
  registerAccounts(metrics, collector);
  metrics.readCounter('breakwater_generic_feed_events_total', 'What happened at a venue read through the generic feed, by kind', ['venue', 'event'], () =>
    Object.entries(collector.generic()).flatMap(([venue, stats]) => Object.entries(stats).map(([event, count]) => [{ venue, event }, Number(count)] as const)));
}

/** Where a venue shows the positions of accounts. */
function registerAccounts(metrics: Metrics, collector: NonNullable<PipelineParts['collector']>): void {
  type Accounts = NonNullable<NonNullable<FeedStatusReport['session']>['accounts']>;
  const read = <T>(of: (accounts: Accounts) => T): readonly (readonly [{ readonly source: string }, T])[] =>
    collector.status().flatMap(({ source, session }) => (session?.accounts === undefined ? [] : [[{ source }, of(session.accounts)] as const]));
  metrics.readGauge('breakwater_accounts', 'Accounts whose positions are read, where a venue shows them', ['source'], () => read((a) => a.accounts));
  metrics.readGauge('breakwater_accounts_holding', 'Of them those with a position in a watched market', ['source'], () => read((a) => a.holders));
  metrics.readGauge('breakwater_accounts_core_share', 'Share of the notional over its distance to liquidation that is kept fresh', ['source'], () => read((a) => a.coreShare));
  metrics.readGauge('breakwater_accounts_core_age_seconds', 'Age of the oldest answer among the accounts that are kept fresh', ['source'], () => read((a) => a.oldestCoreMs / 1_000));
  metrics.readCounter('breakwater_accounts_dropped_total', 'Accounts given up because there were too many: those with least at risk', ['source'], () => read((a) => a.dropped));
  metrics.readCounter('breakwater_accounts_polls_total', 'Questions about an account, by outcome', ['source', 'outcome'], () =>
    read((a) => a).flatMap(([{ source }, { answered, failed }]) => [[{ source, outcome: 'answered' }, answered], [{ source, outcome: 'failed' }, failed]] as const));
  metrics.readCounter('breakwater_accounts_liquidation_prices_total', 'Liquidation prices of positions as the venue says them, by whether its published rules give the same within five basis points', ['source', 'outcome'], () =>
    read((a) => a).flatMap(([{ source }, { checked, differing }]) => [[{ source, outcome: 'same' }, checked - differing], [{ source, outcome: 'differing' }, differing]] as const));
}

function registerView(metrics: Metrics, view: NonNullable<PipelineParts['view']>, clock: Clock): void {
  metrics.readGauge('breakwater_feed_ok', '1 while a venue’s feed or a chain is well in all its parts', ['source'], () => view.feeds().map(({ source, status }) => [{ source }, status === 'ok' ? 1 : 0] as const));
  metrics.readGauge('breakwater_feed_incidents', 'Parts of a venue’s feed or of a chain that are out', ['source'], () => view.feeds().map(({ source, incidents }) => [{ source }, incidents.length] as const));
  metrics.readGauge('breakwater_feed_behind_seconds', 'How far back everything of a venue or a chain has been read; none before the first watermark', ['source'], () =>
    view.feeds().flatMap(({ source, through }) => (through === null ? [] : [[{ source }, (clock.now() - through) / 1_000] as const])));
  metrics.readGauge('breakwater_asset_live', '1 while an asset has a current score of current books', ['asset'], () => view.summaries().map(({ asset, state }) => [{ asset }, state === 'live' ? 1 : 0] as const));
  metrics.readGauge('breakwater_asset_score_age_seconds', 'Age of the last score of an asset; none before the first', ['asset'], () =>
    view.summaries().flatMap(({ asset, time }) => (time === null ? [] : [[{ asset }, (clock.now() - time) / 1_000] as const])));
  metrics.readGauge('breakwater_asset_open_warnings', 'Warnings of an asset that are firing or acknowledged', ['asset'], () => view.summaries().map(({ asset, openWarnings }) => [{ asset }, openWarnings] as const));
}

function registerBus(metrics: Metrics, bus: PipelineParts['bus']): void {
  const byTopic = (name: string, help: string, read: (stats: ReturnType<Bus['stats']>[keyof ReturnType<Bus['stats']>]) => number): void =>
    metrics.readCounter(name, help, ['topic'], () => Object.entries(bus.stats()).map(([topic, stats]) => [{ topic }, read(stats)] as const));
  byTopic('breakwater_bus_published_total', 'Messages published', (stats) => stats.published);
  byTopic('breakwater_bus_handled_total', 'Messages handled, by each group of readers', (stats) => stats.handled);
  byTopic('breakwater_bus_conflated_total', 'Book updates left out because a stage was slower than its input; their books were published anew', (stats) => stats.conflated);
}

function registerScoring(metrics: Metrics, scoring: NonNullable<PipelineParts['scoring']>): void {
  metrics.readCounter('breakwater_scoring_scores_total', 'Scores computed', [], () => [[{}, scoring.stats().scores]]);
  metrics.readCounter('breakwater_scoring_late_messages_total', 'Messages that came after the tick they belong to and were folded at the next', [], () => [[{}, scoring.stats().late]]);
  metrics.readCounter('breakwater_scoring_forced_ticks_total', 'Ticks that did not wait for every source', [], () => [[{}, scoring.stats().forced]]);
  metrics.readCounter('breakwater_scoring_ahead_messages_total', 'Messages whose time lies ahead of the daemon’s clock', [], () => [[{}, scoring.stats().ahead]]);
  metrics.readGauge('breakwater_scoring_buffered_messages', 'Messages that wait for their tick', [], () => [[{}, scoring.stats().buffered]]);
}
