import { describe, expect, it } from '@jest/globals';
import type { AssetSummary } from '@breakwater/contracts';
import { cannedDetail, cannedFeed, cannedHistories, cannedNow, cannedStatus, cannedTerms, manyWarnings } from '../testing/canned.ts';
import { countFeeds, filterAssets, filterWarnings, holdOrder, isChain, leadWarning, quietSince, sortAssets, titleOf } from './select.ts';
import { initialState, type ConsoleState } from './state.ts';

const summaries = cannedTerms.map((terms) => cannedDetail(terms).summary);
const named = (assets: readonly AssetSummary[]): string => assets.map(({ asset }) => asset).join(' ');
const latest = cannedHistories().flatMap(({ revisions }) => revisions.at(-1) ?? []);

describe('assets by danger', () => {
  it('have the smallest margin first, and those where nothing ignites behind', () => {
    expect(named(sortAssets([...summaries].reverse()))).toBe('OM TIA INJ SUI AAVE');
  });
  it('put one with an open warning and no margin above all: not to know is not to be safe', () => {
    const [, tia] = summaries;
    const blind = summaries.map((summary) => (summary === tia ? { ...summary, margin: null } : summary));
    expect(named(sortAssets(blind))).toBe('TIA OM INJ SUI AAVE');
  });
  it('put waiting ones last, by name', () => {
    const waiting = cannedTerms.slice(0, 2).map((terms) => cannedDetail({ ...terms, state: 'waiting' }).summary);
    expect(named(sortAssets([...waiting, ...summaries.slice(2)]))).toBe('INJ SUI AAVE OM TIA');
  });
  it('keep their order while it is held, with new ones behind', () => {
    expect(named(holdOrder(summaries, ['SUI', 'gone', 'OM']))).toBe('SUI OM TIA INJ AAVE');
  });
  it('are found by a part of their name', () => {
    expect(named(filterAssets(summaries, ' a '))).toBe('TIA AAVE');
    expect(filterAssets(summaries, '')).toBe(summaries);
  });
});

describe('warnings', () => {
  it('are listed by whether they stand open', () => {
    expect(filterWarnings(latest, 'open', '').map(({ asset }) => asset)).toEqual(['OM', 'TIA']);
    expect(filterWarnings(latest, 'ended', '').map(({ state }) => state)).toEqual(['resolved', 'retracted']);
    expect(filterWarnings(latest, 'all', '')).toBe(latest);
    expect(filterWarnings(latest, 'all', 'RETRACTED').map(({ asset }) => asset)).toEqual(['INJ']);
  });
  it('have one that leads: the worst open one of the asset, of equals the newest', () => {
    const [om] = latest;
    if (om === undefined) throw new Error('no warning');
    const older = { ...om, id: 'BW-OM-20250413-00000000' as typeof om.id, onset: (om.onset - 1) as typeof om.onset };
    const watch = { ...om, id: 'BW-OM-20250413-00000001' as typeof om.id, severity: 'watch' as const, onset: (om.onset + 9) as typeof om.onset };
    expect(leadWarning([watch, older, om], 'OM')).toBe(om);
    expect(leadWarning(latest, 'INJ')).toBeUndefined();
  });
});

describe('the title of the tab', () => {
  const warnings = { list: latest, next: null, heard: new Map() };
  it('says how many are open and the worst, and that the daemon is not heard', () => {
    expect(titleOf({ link: { kind: 'live' }, warnings })).toBe('(2) OM critical · Breakwater');
    expect(titleOf({ link: { kind: 'lost', since: null, retryAt: 0, problem: null }, warnings })).toBe('not heard: (2) OM critical · Breakwater');
    expect(titleOf({ link: { kind: 'live' }, warnings: { ...warnings, list: manyWarnings(2) } })).toBe('Breakwater');
  });
});

describe('quiet', () => {
  const state = (change: Partial<ConsoleState>): ConsoleState => ({ ...initialState, status: cannedStatus(), assets: new Map(summaries.map((summary) => [summary.asset, summary])), ...change });
  const listed = (list: ConsoleState['warnings']['list'], next: string | null | undefined = null): Pick<ConsoleState, 'warnings'> => ({ warnings: { list, next, heard: new Map() } });
  it('lasts since the last warning ended, or since the daemon was started', () => {
    const ended = manyWarnings(3);
    expect(quietSince(state(listed(ended)))).toEqual({ since: ended[0]?.eventTime, after: 'warning', unwatchedMs: 0 });
    expect(quietSince(state(listed([])))).toEqual({ since: cannedNow - 31 * 3_600_000, after: 'start', unwatchedMs: 0 });
  });
  it('counts the time nobody watched', () => {
    const heartbeat = cannedStatus().heartbeat;
    if (heartbeat === null) throw new Error('no heartbeat');
    const since = cannedNow - 31 * 3_600_000;
    const gaps = [{ from: since - 50_000, to: since + 10_000 }, { from: since + 60_000, to: since + 90_000 }] as unknown as typeof heartbeat.gaps;
    expect(quietSince(state({ ...listed([]), status: { ...cannedStatus(), heartbeat: { ...heartbeat, gaps } } }))?.unwatchedMs).toBe(40_000);
  });
  it('is not claimed while a warning is open, before they were read, or while no asset has figures', () => {
    expect(quietSince(state(listed(latest)))).toBeNull();
    expect(quietSince(state({ warnings: initialState.warnings }))).toBeNull();
    expect(quietSince(state({ ...listed([]), assets: new Map(cannedTerms.map((terms) => [terms.asset, cannedDetail({ ...terms, state: 'waiting' }).summary])) }))).toBeNull();
  });
});

describe('sources', () => {
  it('are counted, venues and chains apart', () => {
    expect(countFeeds(cannedStatus().feeds)).toEqual({ feeds: { ok: 11, total: 12 }, chains: { ok: 2, total: 2 } });
    expect(countFeeds(cannedStatus({ feeds: [cannedFeed('eip155:1')] }).feeds).feeds).toEqual({ ok: 0, total: 0 });
  });
  it('are chains by the namespace of their id', () => {
    expect(['eip155:1', 'binance:usdm', 'antelope:aca376f2', 'suilend:spot'].map(isChain)).toEqual([true, false, true, false]);
  });
});
