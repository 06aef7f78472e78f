import { describe, expect, it } from '@jest/globals';
import type { StreamEvent } from '@breakwater/contracts';
import { cannedDetail, cannedHistories, cannedNow, cannedStatus, cannedTerms, cannedTimeline, manyWarnings } from '../testing/canned.ts';
import type { Answer, Api } from './api.ts';
import type { ConnectionChange } from './connection.ts';
import { createController } from './controller.ts';
import { createStore } from './store.ts';

const settled = async (): Promise<void> => {
  for (let i = 0; i < 30; i++) await Promise.resolve();
};
const problem = { code: 'unknown-asset', message: 'No such asset is watched.', todo: 'See /v1/assets.' };

/** A controller over an API of canned data, with everything it asked for. */
function setting(change: Partial<Api> = {}) {
  const asked: string[] = [];
  const followed: (string | undefined)[] = [];
  let onEvent: (event: StreamEvent) => void = () => undefined;
  let onChange: (change: ConnectionChange) => void = () => undefined;
  let reloads = 0;
  let time = 0;
  const warnings = manyWarnings(1_150);
  const ok = <T>(name: string, value: T): Promise<Answer<T>> => {
    asked.push(name);
    return Promise.resolve({ ok: true, value });
  };
  const failed = (name: string): Promise<Answer<never>> => {
    asked.push(name);
    return Promise.resolve({ ok: false, status: 404, problem });
  };
  const api: Api = {
    assets: () => ok('assets', cannedTerms.map((terms) => cannedDetail(terms).summary)),
    asset: (asset) => {
      const terms = cannedTerms.find((other) => other.asset === asset);
      return terms === undefined ? failed(`asset ${asset}`) : ok(`asset ${asset}`, cannedDetail(terms));
    },
    timeline: (asset, hours) => {
      const terms = cannedTerms.find((other) => other.asset === asset);
      return terms === undefined ? failed(`timeline ${asset}`) : ok(`timeline ${asset} ${String(hours)}`, cannedTimeline(terms, []));
    },
    warnings: ({ state, before, limit }) => {
      const from = Number(before ?? 0);
      return ok(`warnings ${state} ${String(from)}`, { warnings: state === 'open' ? [] : warnings.slice(from, from + limit), next: state === 'open' || from + limit >= warnings.length ? null : String(from + limit) });
    },
    history: (id) => {
      const history = cannedHistories().find((other) => other.id === id);
      return history === undefined ? failed(`history ${id}`) : ok(`history ${id}`, history);
    },
    acknowledge: (id) => {
      const revision = cannedHistories().find((other) => other.id === id)?.revisions.at(-1);
      return revision === undefined ? failed(`acknowledge ${id}`) : ok(`acknowledge ${id}`, { ...revision, revision: revision.revision + 1, state: 'acknowledged' as const });
    },
    stream: () => failed('stream'),
    ...change,
  };
  const store = createStore((flush) => flush());
  const controller = createController({
    store, api, monotonic: () => time, reloadPage: () => {
      reloads++;
    },
    connect: (handlers) => {
      ({ onEvent, onChange } = handlers);
      return { follow: (asset) => void followed.push(asset), retry: () => void asked.push('retry'), stop: () => void asked.push('stop') };
    },
  });
  return {
    store, controller, asked, followed, event: (e: StreamEvent) => onEvent(e), link: (c: ConnectionChange) => onChange(c), reloads: () => reloads, pass: (ms: number) => (time += ms),
    live: async () => {
      onEvent({ kind: 'status', status: cannedStatus() });
      onChange({ kind: 'live' });
      await settled();
    },
  };
}
const omWarning = cannedHistories()[0]?.id ?? '';

describe('the controller', () => {
  it('reads the lists once it is live, and turns to the asset in most danger', async () => {
    const { controller, live, asked, followed, store } = setting();
    controller.show({ kind: 'assets' });
    expect([asked, followed]).toEqual([[], [undefined]]);
    await live();
    expect(asked).toEqual(expect.arrayContaining(['assets', 'warnings open 0', 'warnings all 0', 'asset OM', 'timeline OM 24']));
    expect([followed.at(-1), store.state.value.shown, store.state.value.warnings.list.length]).toEqual(['OM', 'OM', 500]);
  });
  it('stays with the asset it chose when another becomes more dangerous', async () => {
    const { controller, live, store, event } = setting();
    controller.show({ kind: 'assets' });
    await live();
    const [, tia] = cannedTerms;
    if (tia === undefined) throw new Error('no terms');
    const { summary } = cannedDetail({ ...tia, threshold: 0.1 });
    event({ kind: 'assets', now: cannedStatus().now, assets: [summary] });
    controller.show({ kind: 'warnings' });
    expect(store.state.value.shown).toBe('OM');
  });
  it('follows the address, and reads the history of a warning', async () => {
    const { controller, live, asked, followed, store } = setting();
    controller.show({ kind: 'asset', asset: 'TIA' });
    await live();
    expect([followed.at(-1), asked.includes('asset TIA'), asked.includes('asset OM')]).toEqual(['TIA', true, false]);
    controller.show({ kind: 'warning', asset: 'OM', id: omWarning });
    await settled();
    expect(asked.slice(-3)).toEqual(['asset OM', 'timeline OM 24', `history ${omWarning}`]);
    expect(store.state.value.history?.revisions).toHaveLength(3);
  });
  it('reads the history again when the stream brings a revision, which comes without its curve', async () => {
    const { controller, live, asked, event } = setting();
    controller.show({ kind: 'warning', asset: 'OM', id: omWarning });
    await live();
    const revision = cannedHistories()[0]?.revisions.at(-1);
    if (revision === undefined) throw new Error('no warning');
    const before = asked.length;
    event({ kind: 'warning', now: cannedStatus().now, warning: { ...revision, revision: 4 } });
    expect(asked.slice(before)).toEqual([`history ${omWarning}`]);
  });
  it('says what an address names and is not there', async () => {
    const { controller, live, store } = setting();
    controller.show({ kind: 'asset', asset: 'XX' });
    await live();
    expect(store.state.value.failed).toEqual({ about: 'XX', problem });
    controller.show({ kind: 'asset', asset: 'OM' });
    await settled();
    expect(store.state.value.failed).toBeNull();
  });
  it('reads older warnings page by page, one page at a time, to the end', async () => {
    const { controller, live, asked, store } = setting();
    controller.show({ kind: 'assets' });
    await live();
    controller.moreWarnings();
    controller.moreWarnings();
    await settled();
    controller.moreWarnings();
    await settled();
    controller.moreWarnings();
    await settled();
    expect(asked.filter((name) => name.startsWith('warnings all'))).toEqual(['warnings all 0', 'warnings all 500', 'warnings all 1000']);
    expect(store.state.value.warnings.list).toHaveLength(1_150);
  });
  it('reads every open warning, however many', async () => {
    const open = manyWarnings(1_200).map((warning) => ({ ...warning, state: 'firing' as const }));
    const asked: string[] = [];
    const { controller, live, store } = setting({
      warnings: ({ state, before, limit }) => {
        const from = Number(before ?? 0);
        asked.push(`${state} ${String(from)}`);
        return Promise.resolve({ ok: true, value: { warnings: state === 'open' ? open.slice(from, from + limit) : [], next: state === 'open' && from + limit < open.length ? String(from + limit) : null } });
      },
    });
    controller.show({ kind: 'assets' });
    await live();
    expect(asked).toEqual(['open 0', 'all 0', 'open 500', 'open 1000']);
    expect([store.state.value.warnings.list.length, store.state.value.warnings.next]).toEqual([1_200, null]);
  });
  it('says since when it does not hear the daemon, by the daemon’s time, and reads all anew afterwards', async () => {
    const { controller, live, link, pass, asked, store } = setting();
    controller.show({ kind: 'assets' });
    await live();
    pass(4_000);
    link({ kind: 'lost', retryAt: 9_000, problem: null });
    pass(4_000);
    link({ kind: 'lost', retryAt: 15_000, problem: null });
    expect(store.state.value.link).toEqual({ kind: 'lost', since: cannedNow + 4_000, retryAt: 15_000, problem: null });
    const before = asked.length;
    link({ kind: 'live' });
    await settled();
    expect(asked.slice(before)).toEqual(expect.arrayContaining(['assets', 'warnings all 0', 'asset OM']));
  });
  it('reads all anew when the daemon was restarted, and loads the page anew when it is another version', async () => {
    const { controller, live, event, asked, store, reloads } = setting();
    controller.show({ kind: 'assets' });
    await live();
    const before = asked.length;
    event({ kind: 'status', status: cannedStatus({ instance: 'other' }) });
    await settled();
    expect([store.state.value.restartedAt, store.state.value.shown, store.state.value.assets?.size]).toEqual([cannedStatus().startedAt, 'OM', 5]);
    expect(asked.slice(before)).toEqual(expect.arrayContaining(['assets', 'asset OM']));
    event({ kind: 'status', status: cannedStatus({ instance: 'third', version: '0.2.0' }) });
    expect(reloads()).toBe(1);
  });
  it('asks for a token when any route wants one', async () => {
    const wanted = { code: 'no-token', message: 'm', todo: 't' };
    const { controller, live, store } = setting({ assets: () => Promise.resolve({ ok: false, status: 401, problem: wanted }) });
    controller.show({ kind: 'assets' });
    await live();
    expect(store.state.value.link).toEqual({ kind: 'refused', problem: wanted });
  });
  it('shows a problem of the lists, and leaves silence to the connection', async () => {
    const busy = { code: 'busy', message: 'm', todo: 't' };
    const { controller, live, store } = setting({ assets: () => Promise.resolve({ ok: false, status: 503, problem: busy }), timeline: () => Promise.resolve({ ok: false, status: 0, problem }) });
    controller.show({ kind: 'asset', asset: 'OM' });
    await live();
    expect(store.state.value.problem).toEqual(busy);
  });
  it('takes the acknowledged revision in', async () => {
    const { controller, live, store } = setting();
    controller.show({ kind: 'assets' });
    await live();
    expect(await controller.acknowledge(omWarning, 'seen')).toMatchObject({ ok: true });
    expect(store.state.value.warnings.list.find(({ id }) => id === omWarning)).toMatchObject({ revision: 4, state: 'acknowledged' });
    expect(await controller.acknowledge('BW-XX-20250413-00000000', '')).toMatchObject({ ok: false });
    controller.stop();
  });
});
