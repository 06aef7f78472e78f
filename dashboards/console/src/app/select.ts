import type { AssetSummary, FeedState, WarningMessage } from '@breakwater/contracts';
import { isOpen } from './warnings-list.ts';
import type { ConsoleState } from './state.ts';

/** How bad an open warning is, worst first. */
const severityRank = { critical: 0, warning: 1, watch: 2 } as const;

/**
 * Assets by danger: the margin (threshold over what could plausibly be sold), smallest first. One whose margin is not known and that has an
 * open warning stands above all: not to know is not to be safe. The rest of those without a margin stand below, waiting ones last.
 */
export function sortAssets(assets: Iterable<AssetSummary>): readonly AssetSummary[] {
  const group = (a: AssetSummary): number => (a.margin !== null ? 1 : a.worst !== null ? 0 : a.state === 'waiting' ? 3 : 2);
  const worst = (a: AssetSummary): number => (a.worst === null ? 3 : severityRank[a.worst]);
  return [...assets].sort((a, b) => group(a) - group(b) || (a.margin ?? 0) - (b.margin ?? 0) || worst(a) - worst(b) || (a.asset < b.asset ? -1 : a.asset > b.asset ? 1 : 0));
}

/** Assets in an order that was shown before, new ones where they belong behind it: rows do not move under a pointer. */
export function holdOrder(sorted: readonly AssetSummary[], order: readonly string[]): readonly AssetSummary[] {
  const byName = new Map(sorted.map((summary) => [summary.asset as string, summary]));
  const held = order.flatMap((name) => byName.get(name) ?? []);
  const known = new Set(order);
  return [...held, ...sorted.filter(({ asset }) => !known.has(asset))];
}

/** Which warnings are listed. */
export type WarningFilter = 'open' | 'ended' | 'all';

/** The warnings of a filter whose id, asset, state, severity or kind has the text in it. */
export function filterWarnings(list: readonly WarningMessage[], filter: WarningFilter, text: string): readonly WarningMessage[] {
  const wanted = text.trim().toLowerCase();
  if (filter === 'all' && wanted === '') return list;
  return list.filter((w) => (filter === 'all' || isOpen(w) === (filter === 'open')) && (wanted === '' || `${w.id} ${w.asset} ${w.state} ${w.severity} ${w.warning}`.toLowerCase().includes(wanted)));
}

/** The assets whose name has the text in it. */
export function filterAssets(assets: readonly AssetSummary[], text: string): readonly AssetSummary[] {
  const wanted = text.trim().toLowerCase();
  return wanted === '' ? assets : assets.filter(({ asset }) => asset.toLowerCase().includes(wanted));
}

/** The open warning of an asset that says most: the worst, and of equals the newest. */
export function leadWarning(list: readonly WarningMessage[], asset: string): WarningMessage | undefined {
  return list.filter((w) => w.asset === asset && isOpen(w)).sort((a, b) => severityRank[a.severity] - severityRank[b.severity] || b.onset - a.onset)[0];
}

/** The title of the page's tab: how many warnings are open and the worst of them, so that it is seen from another tab. */
export function titleOf({ link, warnings: { list } }: Pick<ConsoleState, 'link' | 'warnings'>): string {
  const open = list.filter(isOpen);
  const [worst] = [...open].sort((a, b) => severityRank[a.severity] - severityRank[b.severity] || b.onset - a.onset);
  const said = worst === undefined ? 'Breakwater' : `(${String(open.length)}) ${worst.asset} ${worst.severity} · Breakwater`;
  return link.kind === 'lost' ? `not heard: ${said}` : said;
}

/** Since when no warning stands open: the end of the last one, else the start of the daemon. */
export interface Quiet {
  readonly since: number;
  readonly after: 'warning' | 'start';
  /** How long of it the daemon did not watch, or could not tell, milliseconds. */
  readonly unwatchedMs: number;
}

/** Since when it is quiet; null while a warning is open, before the warnings were read, and while no asset has figures: then nobody knows. */
export function quietSince(state: ConsoleState): Quiet | null {
  const { list, next } = state.warnings;
  if (state.status === null || next === undefined || list.some(isOpen) || ![...(state.assets?.values() ?? [])].some((summary) => summary.state !== 'waiting')) return null;
  const ended = list.reduce((latest, w) => Math.max(latest, w.eventTime), 0);
  const since = ended > 0 ? ended : state.status.startedAt;
  const unwatchedMs = (state.status.heartbeat?.gaps ?? []).reduce((sum, gap) => sum + Math.max(0, gap.to - Math.max(gap.from, since)), 0);
  return { since, after: ended > 0 ? 'warning' : 'start', unwatchedMs };
}

/** Namespaces of CAIP-2 chain ids (https://namespaces.chainagnostic.org, read 2026-11): a source with one of them in front is a chain, any other a venue. */
const chainNamespaces = new Set(['eip155', 'bip122', 'cosmos', 'antelope', 'eosio', 'solana', 'polkadot', 'starknet', 'tezos', 'near', 'sui', 'aptos']);

/** Whether a source is a chain. */
export function isChain(source: string): boolean {
  return chainNamespaces.has(source.split(':')[0] ?? '');
}

/** How many of the sources are well, venues and chains apart. */
export function countFeeds(feeds: readonly FeedState[]): { readonly feeds: Count; readonly chains: Count } {
  const count = (of: readonly FeedState[]): Count => ({ ok: of.filter(isWell).length, total: of.length });
  return { feeds: count(feeds.filter(({ source }) => !isChain(source))), chains: count(feeds.filter(({ source }) => isChain(source))) };
}
/** So many of so many. */
export interface Count {
  readonly ok: number;
  readonly total: number;
}

/** Whether a source is well. */
export function isWell(feed: FeedState): boolean {
  return feed.status === 'ok';
}
