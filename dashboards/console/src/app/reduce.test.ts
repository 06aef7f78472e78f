import { describe, expect, it } from '@jest/globals';
import type { StreamEvent } from '@breakwater/contracts';
import { cannedDetail, cannedHistories, cannedNow, cannedStatus, cannedTerms, cannedTimeline, manyWarnings } from '../testing/canned.ts';
import { reduce } from './reduce.ts';
import { initialState, type Action, type ConsoleState } from './state.ts';

const [om] = cannedTerms;
const [history] = cannedHistories();
const [watch, warning, critical] = history?.revisions ?? [];
if (om === undefined || history === undefined || watch === undefined || warning === undefined || critical === undefined) throw new Error('no canned data');

const status = cannedStatus();
const event = (of: StreamEvent, heard = 1_000): Action => ({ kind: 'event', event: of, heard });
const after = (...actions: readonly Action[]): ConsoleState => actions.reduce(reduce, initialState);
const now = status.now;

describe('the state of the page', () => {
  it("takes the daemon's time from every event", () => {
    const state = after(event({ kind: 'status', status }), event({ kind: 'feeds', now: (now + 5_000) as typeof now, feeds: [] }, 6_000));
    expect(state.time).toEqual({ at: cannedNow + 5_000, heard: 6_000, clock: 'system' });
    expect(state.status?.feeds).toEqual([]);
  });
  it('knows a simulated clock', () => {
    expect(after(event({ kind: 'status', status: cannedStatus({ clock: 'simulated' }) }), event({ kind: 'assets', now, assets: [] })).time?.clock).toBe('simulated');
  });
  it('puts summaries that changed over those held, and keeps the rest the same objects', () => {
    const [first, second] = cannedTerms.map((terms) => cannedDetail(terms).summary);
    if (first === undefined || second === undefined) throw new Error('no canned data');
    const before = after({ kind: 'assets', assets: [first, second] });
    const changed = { ...first, openWarnings: 7 };
    const state = reduce(before, event({ kind: 'assets', now, assets: [changed] }));
    expect(state.assets?.get('OM')).toBe(changed);
    expect(state.assets?.get('TIA')).toBe(second);
    expect(state.warnings).toBe(before.warnings);
  });
  it('does not let a list that was asked for earlier undo what the stream said since', () => {
    const earlier = cannedDetail(om, cannedNow - 5_000);
    const later = cannedDetail(om, cannedNow);
    const state = after(event({ kind: 'asset', now, detail: later }), { kind: 'assets', assets: [earlier.summary] }, { kind: 'detail', detail: earlier });
    expect(state.assets?.get('OM')?.time).toBe(cannedNow);
    expect(state.details.get('OM')?.summary.time).toBe(cannedNow);
  });
  it('lets the timeline grow with the asset', () => {
    const timeline = cannedTimeline(om, []);
    const state = after({ kind: 'timeline', timeline }, event({ kind: 'asset', now, detail: cannedDetail(om, cannedNow + 9_000) }));
    expect(state.timelines.get('OM')?.to).toBe(cannedNow + 9_000);
  });
});

describe('warnings', () => {
  it('are announced when they are new and critical, once, and when they become critical', () => {
    const escalated = after(event({ kind: 'warning', now, warning: watch }), event({ kind: 'warning', now, warning }), event({ kind: 'warning', now, warning: critical }));
    expect(escalated.announcement).toEqual({ text: 'critical, OM: $3.6 m deposited, threshold $4.1 m: forced sales to about $0.92', count: 1 });
    const again = reduce(escalated, event({ kind: 'warning', now, warning: { ...critical, revision: 4 } }));
    expect(again.announcement.count).toBe(1);
    expect(after(event({ kind: 'warning', now, warning: watch })).announcement.count).toBe(0);
    expect(after(event({ kind: 'warning', now, warning: { ...critical, state: 'resolved' } })).announcement.count).toBe(0);
  });
  it('that the stream told of stay when a list comes that was asked for before', () => {
    const old = manyWarnings(3);
    const state = after({ kind: 'link', link: { kind: 'live' } }, event({ kind: 'warning', now, warning: critical }), { kind: 'warnings.first', warnings: [...old, watch], next: '3' });
    expect(state.warnings.list.find(({ id }) => id === critical.id)?.revision).toBe(3);
    expect([state.warnings.list.length, state.warnings.next]).toEqual([4, '3']);
  });
  it('held from before a loss are replaced by what is read after it', () => {
    const before = after({ kind: 'link', link: { kind: 'live' } }, event({ kind: 'warning', now, warning: critical }));
    const state = [{ kind: 'link', link: { kind: 'live' } } as const, { kind: 'warnings.first', warnings: manyWarnings(2), next: null } as const].reduce<ConsoleState>(reduce, before);
    expect(state.warnings.list).toHaveLength(2);
  });
  it('are read on page by page', () => {
    const all = manyWarnings(5);
    const state = after({ kind: 'warnings.first', warnings: all.slice(0, 2), next: '2' }, { kind: 'warnings.more', warnings: all.slice(2), next: null });
    expect([state.warnings.list, state.warnings.next]).toEqual([all, null]);
  });
  it('add their revisions to the history that is open, and to no other', () => {
    const open = after({ kind: 'history', history: { ...history, revisions: [watch, warning] } });
    expect(reduce(open, event({ kind: 'warning', now, warning: critical })).history?.revisions).toEqual([watch, warning, critical]);
    expect(reduce(open, event({ kind: 'warning', now, warning })).history).toBe(open.history);
    const [, other] = cannedHistories();
    const elsewhere = other?.revisions[0];
    if (elsewhere === undefined) throw new Error('no canned data');
    expect(reduce(open, event({ kind: 'warning', now, warning: elsewhere })).history).toBe(open.history);
  });
});

describe('another start of the daemon', () => {
  it('takes away everything it said before, and is said', () => {
    const before = after({ kind: 'link', link: { kind: 'live' } }, event({ kind: 'status', status }), { kind: 'assets', assets: [cannedDetail(om).summary] }, event({ kind: 'warning', now, warning: critical }), { kind: 'shown', asset: 'OM' });
    const restarted = cannedStatus({ instance: 'other', startedAt: cannedNow - 2_000 });
    const state = reduce(before, event({ kind: 'status', status: restarted }));
    expect([state.assets, state.warnings.list, state.restartedAt, state.shown, state.link]).toEqual([null, [], cannedNow - 2_000, 'OM', { kind: 'live' }]);
    expect(reduce(state, { kind: 'restart.seen' }).restartedAt).toBeNull();
  });
  it('is not claimed for the same one', () => {
    expect(after(event({ kind: 'status', status }), event({ kind: 'status', status })).restartedAt).toBeNull();
  });
});
