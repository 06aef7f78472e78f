import type { AssetDetail, AssetSummary, DaemonStatus, StreamEvent, WarningMessage } from '@breakwater/contracts';
import { timelineParts } from '@breakwater/contracts';
import type { Action, ConsoleState } from './state.ts';
import { initialState } from './state.ts';
import { extendTimeline, warnTimeline } from './timeline.ts';
import { mergeWarnings } from './warnings-list.ts';

/** The state after an action. Pure; parts that an action does not concern stay the same objects, so that only what changed is drawn again. */
export function reduce(state: ConsoleState, action: Action): ConsoleState {
  switch (action.kind) {
    case 'link':
      // What the stream tells counts from the moment a connection stands.
      return action.link.kind === 'live' ? { ...state, link: action.link, warnings: { ...state.warnings, heard: new Map() } } : { ...state, link: action.link };
    case 'event':
      return onEvent(state, action.event, action.heard);
    case 'assets':
      return { ...state, assets: mergeLoaded((asset) => state.assets?.get(asset) ?? state.details.get(asset)?.summary, action.assets) };
    case 'detail':
      return withDetail(state, action.detail);
    case 'timeline':
      return { ...state, timelines: new Map(state.timelines).set(action.timeline.asset, action.timeline) };
    case 'warnings.first':
      return { ...state, warnings: { ...state.warnings, list: mergeWarnings(mergeWarnings([], action.warnings), state.warnings.heard.values()), next: action.next } };
    case 'warnings.found':
      return { ...state, warnings: { ...state.warnings, list: mergeWarnings(state.warnings.list, action.warnings) } };
    case 'warnings.more':
      return { ...state, warnings: { ...state.warnings, list: mergeWarnings(state.warnings.list, action.warnings), next: action.next } };
    case 'history':
      return { ...state, history: action.history, failed: null };
    case 'revision':
      return onWarning(state, action.warning);
    case 'failed':
      return { ...state, failed: action.failed };
    case 'shown':
      return { ...state, shown: action.asset, failed: null };
    case 'restarted':
      return { ...state, restartedAt: action.at };
    case 'problem':
      return { ...state, problem: action.problem };
    case 'restart.seen':
      return { ...state, restartedAt: null };
  }
}

function onEvent(state: ConsoleState, event: StreamEvent, heard: number): ConsoleState {
  switch (event.kind) {
    case 'status':
      return onStatus(state, event.status, heard);
    case 'assets':
      return at({ ...state, assets: mergeChanged(state.assets, event.assets) }, event.now, heard);
    case 'asset':
      return at(withDetail(state, event.detail), event.now, heard);
    case 'warning':
      return at(onWarning(state, event.warning), event.now, heard);
    case 'feeds':
      return at(state.status === null ? state : { ...state, status: { ...state.status, feeds: event.feeds } }, event.now, heard);
    case 'heartbeat':
      return at(state.status === null ? state : { ...state, status: { ...state.status, heartbeat: event.heartbeat } }, event.now, heard);
  }
}

function at(state: ConsoleState, now: number, heard: number): ConsoleState {
  return { ...state, time: { at: now, heard, clock: state.status?.clock ?? 'system' } };
}

function onStatus(state: ConsoleState, status: DaemonStatus, heard: number): ConsoleState {
  const time = { at: status.now, heard, clock: status.clock };
  if (state.status === null || state.status.instance === status.instance) return { ...state, status, time };
  // Another start of the daemon: nothing it said before is taken for what it says now.
  return { ...initialState, link: state.link, shown: state.shown, announcement: state.announcement, status, time, restartedAt: status.startedAt };
}

function onWarning(state: ConsoleState, warning: WarningMessage): ConsoleState {
  const held = state.warnings.list.find(({ id }) => id === warning.id);
  const warnings = { ...state.warnings, list: mergeWarnings(state.warnings.list, [warning]), heard: new Map(state.warnings.heard).set(warning.id, warning) };
  const { history } = state;
  const follows = history !== null && history.id === warning.id && !history.revisions.some(({ revision }) => revision >= warning.revision);
  const timeline = state.timelines.get(warning.asset);
  const isNews = warning.severity === 'critical' && warning.state === 'firing' && (held === undefined || held.severity !== 'critical');
  return {
    ...state, warnings, history: follows ? { ...history, revisions: [...history.revisions, warning] } : history,
    timelines: timeline === undefined ? state.timelines : new Map(state.timelines).set(warning.asset, warnTimeline(timeline, warning)),
    announcement: isNews ? { text: announcementOf(warning), count: state.announcement.count + 1 } : state.announcement,
  };
}

function announcementOf(warning: WarningMessage): string {
  const { label, asset, text } = timelineParts(warning);
  return `${label}, ${asset}: ${text}`;
}

function withDetail(state: ConsoleState, detail: AssetDetail): ConsoleState {
  const { asset } = detail.summary;
  const held = state.details.get(asset);
  if (held !== undefined && timeOf(held.summary) > timeOf(detail.summary)) return state;
  const timeline = state.timelines.get(asset);
  return {
    ...state, details: new Map(state.details).set(asset, detail), assets: state.assets === null ? null : mergeChanged(state.assets, [detail.summary]),
    timelines: timeline === undefined || detail.score === null ? state.timelines : new Map(state.timelines).set(asset, extendTimeline(timeline, detail.score)),
  };
}

const timeOf = (summary: AssetSummary): number => summary.time ?? 0;

/** Summaries that changed put over those held. */
function mergeChanged(held: ReadonlyMap<string, AssetSummary> | null, changed: readonly AssetSummary[]): ReadonlyMap<string, AssetSummary> {
  const merged = new Map(held ?? []);
  for (const summary of changed) merged.set(summary.asset, summary);
  return merged;
}

/** The whole list as it was read; what the stream said later stays. */
function mergeLoaded(held: (asset: string) => AssetSummary | undefined, loaded: readonly AssetSummary[]): ReadonlyMap<string, AssetSummary> {
  return new Map(loaded.map((summary) => {
    const other = held(summary.asset);
    return [summary.asset, other !== undefined && timeOf(other) > timeOf(summary) ? other : summary] as const;
  }));
}
