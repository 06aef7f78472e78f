import { describe, expect, it } from '@jest/globals';
import { Fragment, h, type ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { isWell } from '../app/select.ts';
import { sliceOf } from '../app/windowing.ts';
import { cannedDetail, cannedHistories, cannedNow, cannedStatus, cannedTerms, manyWarnings, waitingFeeds, type CannedTerms } from '../testing/canned.ts';
import { AssetList } from './asset-list.tsx';
import { AssetPage, type AssetPageProps } from './asset-page.tsx';
import { FeedsPage } from './feeds-page.tsx';
import { FirstStart } from './first-start.tsx';
import { Header } from './header.tsx';
import { inputCounts, inputMatrix, InputTable } from './input-table.tsx';
import { BrokenView, DrillBar, LostBar, ProblemBar, RestartBar, TokenPage } from './notices.tsx';
import { ProvenancePanel } from './provenance-panel.tsx';
import { provenanceOf } from './provenance.ts';
import { emptyText, WarningList, warningRow } from './warning-list.tsx';
import { WarningPage } from './warning-page.tsx';

const nothing = (): void => undefined;
const htmlOf = (view: ComponentChildren): string => renderToString(h(Fragment, null, view));
/** A view as the text a reader sees. */
const textOf = (view: ComponentChildren): string => htmlOf(view).replace(/<[^>]*>/g, ' ').replace(/&nbsp;|\u00a0/g, ' ').replace(/\s+/g, ' ').replace(/ ([.,)])/g, '$1').trim();
const terms = (i: number): CannedTerms => {
  const found = cannedTerms[i];
  if (found === undefined) throw new Error('no terms');
  return found;
};
const om = terms(0);
const history = cannedHistories()[0];
const lead = history?.revisions.at(-1);
if (history === undefined || lead === undefined) throw new Error('no canned data');
const asset = (change: Partial<AssetPageProps>): ComponentChildren => h(AssetPage, { detail: cannedDetail(om), lead: undefined, now: cannedNow, waitingFor: [], charts: h('p', null, 'CHARTS'), ...change });

describe('the page of an asset', () => {
  it('reads in order: the sentence, the figures, the charts, why, how sure, inputs, venues, addresses', () => {
    const text = textOf(asset({ lead, addresses: h('p', null, 'Addresses') }));
    const order = ['OM', 'starts a liquidation cascade', 'Landing price', 'CHARTS', 'How much could it fall', 'Why', 'How sure', 'Inputs', 'Venues', 'Addresses'];
    const at = order.map((part) => text.indexOf(part));
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(at.every((position) => position >= 0)).toBe(true);
  });
  it('says what an open warning says, and what the score says where none is open', () => {
    expect(textOf(asset({ lead }))).toContain('$3.6 m was just deposited to OKX, from Mantra.');
    const quiet = textOf(asset({ detail: cannedDetail(terms(2)) }));
    expect(quiet).toContain('Ignition threshold: a net sale of $60 m (46.8 to 82.2) within 15 min starts a liquidation cascade');
    expect(quiet).toContain('No warning is open.');
    expect(textOf(asset({ lead }))).not.toContain('Its figures are of then');
    expect(textOf(asset({ lead: { ...lead, eventTime: (cannedNow - 5 * 3_600_000) as typeof lead.eventTime } }))).toMatch(/5 h ago.*\. Its figures are of then; those below are of 18:02:/);
  });
  it('has the floor of a redeemable token beside its price', () => {
    expect(textOf(asset({}))).not.toContain('reserve floor');
    const tia = cannedDetail(terms(1));
    expect(textOf(asset({ detail: tia }))).toMatch(/^TIA \$2\.41 .* in 1 h reserve floor What the vault holds[^.]*\. \$1\.81, market \+33 %/);
    const bare = tia.score === null || tia.score.reserve === null || tia.score.reserve === undefined ? null : { ...tia.score, reserve: { ...tia.score.reserve, floorUsd: null, premium: null } };
    expect(textOf(asset({ detail: { ...tia, score: bare } }))).not.toContain('reserve floor');
  });
  it('tells none from not known', () => {
    const none = textOf(asset({ detail: cannedDetail(terms(4)) }));
    expect(none).toContain('No net sale that the books can take, seen or extended, starts a liquidation cascade now.');
    expect(none).toMatch(/Ignition threshold The smallest[^.]*\. none/);
    const { summary, score } = cannedDetail(terms(4));
    if (score === null) throw new Error('no score');
    expect(textOf(asset({ detail: { summary, score: { ...score, openInterestUsd: null } } }))).toMatch(/Ignition threshold The smallest[^.]*\. not known/);
  });
  it('says what was liquidated in the last hour, that it is inferred, and where it is a bound only', () => {
    expect(textOf(asset({}))).toContain('Liquidated in 60 min $1.4 m 1.2 to 1.7 inferred; $900 k published');
    const { summary, score } = cannedDetail(om);
    if (score === null) throw new Error('no score');
    const { liquidations, ...without } = score;
    if (liquidations === null || liquidations === undefined) throw new Error('no liquidations');
    const shown = (change: Partial<typeof liquidations>): string => textOf(asset({ detail: { summary, score: { ...score, liquidations: { ...liquidations, ...change } } } }));
    expect(shown({ total: { ...liquidations.total, high: null }, windowSeconds: 900 })).toContain('Liquidated in 15 min over $1.4 m inferred; $900 k published');
    const { value } = liquidations.total;
    expect(shown({ total: { value, low: value, high: value, status: 'exact' } })).toMatch(/Liquidated in 60 min \$1\.4 m (?!inferred)/);
    // A score of before knows nothing of it.
    expect(textOf(asset({ detail: { summary, score: without } }))).not.toContain('Liquidated');
  });
  it('says how forced sales breed forced sales, with what the number means', () => {
    expect(textOf(asset({}))).toMatch(/Reproduction How many dollars of forced sales[^.]*\. 0\.76 0\.2 to 1\.9 feeds itself from 1/);
    const { summary, score } = cannedDetail(om);
    if (score === null) throw new Error('no score');
    for (const network of [null, undefined]) expect(textOf(asset({ detail: { summary, score: { ...score, network } } }))).toMatch(/Reproduction How many[^.]*\. not known/);
  });
  it('says what it waits for, and how old stale figures are', () => {
    expect(textOf(asset({ detail: cannedDetail({ ...om, state: 'waiting' }), waitingFor: ['OKX swap', 'eip155:1'] }))).toContain('Waiting for the first figures of OM. The first figures come once every source has spoken; those that stay silent are left out after some seconds. Not heard yet: OKX swap eip155:1');
    expect(textOf(asset({ detail: cannedDetail({ ...om, state: 'stale' }, cannedNow - 95_000) }))).toContain('stale, 95 s old');
  });
  it('puts VaR, ES and cascade ES side by side, each with its band and what it means, and says what positions rest on', () => {
    const text = textOf(asset({ tailChart: h('p', null, 'TAIL') }));
    expect(text).toMatch(/How much could it fall within 60 min VaR 99 % 2\.5 % 2 to 3\.1 % Value at risk: the fall.* ES 97\.5 % 2\.8 % 2\.2 to 4 % Expected shortfall: .* Cascade ES 97\.5 % 6\.1 % 3\.3 to 14 % Expected shortfall once the forced sales.* TAIL/);
    expect(text).toMatch(/Of the positions shown, 5\.3 % exact, from public accounts; \d+ % inferred from open interest, volume and liquidations; \d+ % prior only, where no price has been\./);
    expect(text).toContain('Of 184 published liquidations each seems to set off 0.62 (0.41 to 0.88) more; books and positions say 0.76 (0.2 to 1.9).');
    expect(text).not.toContain('disagree');
  });
  it('says why a loss is not known', () => {
    const { summary, score } = cannedDetail(om);
    if (score?.tail === null || score?.tail === undefined) throw new Error('no tail');
    const shown = (change: object): string => textOf(asset({ detail: { summary, score: { ...score, ...change } } }));
    expect(shown({ tail: null })).toContain('How much could it fall Too little of its price is known yet');
    expect(shown({ tail: undefined, liquidationMap: undefined, hawkes: undefined })).toContain('Not known yet: it comes with the scores of every half minute.');
    const bare = shown({ tail: { ...score.tail, expectedShortfall: null, cascadeExpectedShortfall: null }, hawkes: { ...score.hawkes, disagreement: true } });
    for (const part of ['ES not known the mean of the tail is not identified', 'Cascade ES not known no response of the market is known now', 'The two disagree, so one of the models is wrong']) expect(bare).toContain(part);
  });
  it('has room for who holds it, behind the venues', () => {
    expect(textOf(asset({ addresses: h('p', null, 'OWNERS') }))).toMatch(/Venues .* OWNERS$/);
  });
  it('makes numbers that can be pressed only where somebody listens', () => {
    expect(htmlOf(asset({}))).not.toContain('<button type="button" class="num"');
    expect(htmlOf(asset({ onSource: nothing })).split('class="num"').length).toBeGreaterThan(30);
  });
});

describe('the lists', () => {
  const summaries = cannedTerms.map((of) => cannedDetail(of).summary);
  it('give every asset its threshold, its word and its move', () => {
    const text = textOf(h(AssetList, { assets: summaries, selected: 'OM', cursor: null, now: cannedNow, find: '' }));
    expect(text).toContain('OM critical $4.1 m 0.73 × sale $5.62 -3.1 %');
    expect(text).toContain('AAVE quiet – $142.00 +1.1 %');
  });
  it('mark stale and waiting assets, and say why there are none', () => {
    const some = [cannedDetail({ ...om, state: 'stale' }, cannedNow - 40_000).summary, cannedDetail({ ...om, asset: 'TIA', state: 'waiting' }).summary];
    const html = htmlOf(h(AssetList, { assets: some, selected: undefined, cursor: null, now: cannedNow, find: '' }));
    expect(html).toContain('hatched');
    expect(html).toContain('critical, stale 40 s');
    expect(html).toContain('waiting');
    const none = { assets: [], selected: undefined, cursor: null, now: cannedNow };
    expect([textOf(h(AssetList, { ...none, find: '' })), textOf(h(AssetList, { ...none, find: 'zz' }))]).toEqual([expect.stringContaining('No asset is watched.'), 'No asset has “zz” in its name.']);
  });
  it('draw a window of ten thousand warnings', () => {
    const warnings = manyWarnings(10_000);
    const slice = sliceOf(warnings.length, warningRow, { scrollTop: 320_000, height: 600 });
    const html = htmlOf(h(WarningList, { warnings, slice, selected: undefined, cursor: null, now: cannedNow, empty: '' }));
    expect(html.split('<li').length - 1).toBe(slice.end - slice.start);
    expect(html.split('<li').length).toBeLessThan(40);
    expect(html).toContain(`height:${String(10_000 * warningRow)}px`);
    expect(html).toContain('aria-setsize="10000"');
  });
  it('say since when it is quiet', () => {
    const quiet = { since: cannedNow - 2_520_000, after: 'warning', unwatchedMs: 240_000 } as const;
    expect(emptyText('open', '', quiet, cannedNow, true)).toBe('Quiet since 17:20:34 UTC, 42 min ago, when the last warning ended. Nobody watched for 4 min of it.');
    expect(emptyText('open', '', { ...quiet, after: 'start', unwatchedMs: 0 }, cannedNow, true)).toBe('Quiet since the daemon was started, 17:20:34 UTC, 42 min ago: no warning yet.');
    expect([emptyText('open', '', null, cannedNow, true), emptyText('open', '', null, cannedNow, false), emptyText('ended', '', quiet, cannedNow, true), emptyText('all', 'x', quiet, cannedNow, true)]).toEqual(['No warning is open.', 'Reading the warnings.', 'No warning has ended yet.', 'No warning has “x” in it.']);
  });
});

describe('the page of a warning', () => {
  it('has its reasons, revisions, trigger, inputs and what it was computed with', () => {
    const text = textOf(h(WarningPage, { warning: lead, history, now: cannedNow, charts: null }));
    for (const part of ['Bids within 2 % fell 71 %', 'Revisions newest first no. time state what it says 3 18:02:11 UTC', 'What set it off', 'Gate book silent for 40 s', lead.inputHash, lead.modelVersion]) expect(text.toLowerCase()).toContain(part.toLowerCase());
  });
  it('leads to the owners that its reasons name', () => {
    const moved = { ...lead, warning: 'deposits.cluster', reasons: [{ code: 'cluster-deposits', cluster: 'issuer:man/tra', addressCount: 17, dayUsd: 5.6e6, weekUsd: 9e6, dayFloatShare: 0.021, weekFloatShare: 0.04, ofThreshold: 1.37 }, { code: 'address-risk', cluster: 'issuer:man/tra', probability: 0.27, baseRate: 0.03, features: ['issuer'] }] } as unknown as typeof lead;
    const page = h(WarningPage, { warning: moved, history: null, now: cannedNow, charts: null });
    expect(htmlOf(page).split('href="#/OM/owners/issuer%3Aman%2Ftra"')).toHaveLength(2);
    expect(textOf(page)).toMatch(/17 addresses.* \$5\.6 m to exchanges in 24 h: 2\.1 % of the effective float/);
    expect(htmlOf(h(WarningPage, { warning: lead, history: null, now: cannedNow, charts: null }))).toContain('href="#/OM/owners/issuer%3Amantra"');
    expect(htmlOf(h(WarningPage, { warning: { ...lead, trigger: null }, history: null, now: cannedNow, charts: null }))).not.toContain('/owners/');
    // What such a warning is about stands first among its figures.
    expect(textOf(page)).toMatch(/Sent in 24 h \$5\.6 m 2\.1 % of the effective float Against threshold .* 1\.4 × of 24 h Ignition threshold/);
    expect(textOf(h(WarningPage, { warning: { ...moved, warning: 'cascade.ignition' }, history: null, now: cannedNow, charts: null }))).not.toContain('Sent in 24 h');
  });
  it('says who has seen it, and that earlier revisions are being read', () => {
    const text = textOf(h(WarningPage, { warning: { ...lead, state: 'acknowledged', acknowledgedBy: 'Desk', acknowledgedNote: 'calling OKX' }, history: null, now: cannedNow, charts: null }));
    expect(text).toContain('seen by Desk: “calling OKX”');
    expect(text).toContain('critical, acknowledged');
    expect(text).toContain('reading the earlier ones');
  });
});

describe('the header and the bars', () => {
  const { heartbeat } = cannedStatus();
  it('count sources and say how old the last heartbeat is', () => {
    const header = { feeds: { ok: 11, total: 12 }, chains: { ok: 2, total: 2 }, heartbeat, now: cannedNow, onHelp: nothing };
    expect(textOf(h(Header, header))).toBe('Breakwater feeds 11/12, not all well chains 2/2, all well heartbeat 12 s ago 18:02:34 UTC ?');
    expect(textOf(h(Header, { ...header, now: cannedNow + 120_000 }))).toContain('heartbeat 2 min ago, overdue');
    expect(textOf(h(Header, { ...header, heartbeat: null }))).toContain('no heartbeat yet');
    expect(textOf(h(Header, { feeds: null, chains: null, heartbeat: null, now: null, onHelp: nothing }))).toBe('Breakwater no time yet ?');
  });
  it('say since when the daemon is not heard, and when it is tried again', () => {
    const bar = { since: cannedNow - 9_000, now: cannedNow, retryInMs: 3_700, problem: null, onRetry: nothing };
    expect(textOf(h(LostBar, bar))).toBe('Connection to the daemon lost. Last word 18:02:25 UTC, 9 s ago; what is shown is as of then. Trying again in 4 s. Try now');
    expect(textOf(h(LostBar, { ...bar, since: null, retryInMs: 0 }))).toBe('The daemon has not answered yet. Trying again now. Try now');
    expect(textOf(h(LostBar, { ...bar, problem: { code: 'too-many-streams', message: 'As many live streams are open as are allowed.', todo: 'Close one.' } }))).toContain('It said: As many live streams are open as are allowed. Close one. (too-many-streams)');
  });
  it('say a restart, a drill, a problem, a token that is wanted, a view that broke', () => {
    expect(textOf(h(RestartBar, { at: cannedNow - 5_000, now: cannedNow, onClose: nothing }))).toContain('The daemon was restarted at 18:02:29 UTC, 5 s ago.');
    expect(textOf(h(DrillBar, { now: cannedNow }))).toContain('Drill. Venues and chains are simulated and time runs in steps; it is 2025-04-13 here.');
    const problem = { code: 'busy', message: 'too many long questions are being answered', todo: 'Ask again in some seconds.' };
    expect(textOf(h(ProblemBar, { problem, onClose: nothing }))).toBe('busy Too many long questions are being answered. Ask again in some seconds. Close');
    expect(textOf(h(TokenPage, { problem: { ...problem, code: 'no-token' }, onToken: nothing }))).toContain('A token is needed');
    expect(textOf(h(BrokenView, { error: 'x is undefined', onRetry: nothing }))).toContain('console.view X is undefined.');
  });
});

describe('the sources', () => {
  it('are listed with what is out and since when, and the heartbeat with its gaps', () => {
    const text = textOf(h(FeedsPage, { status: cannedStatus(), now: cannedNow }));
    for (const part of ['Gate swap silent book silent for 40 s (silent-channel)', 'OKX spot ok TIA-USDT book resyncing for 3 s (sequence-gap)', 'one is sent every 60 s', ', for 4 min', 'Started 2025-04-12 11:02:34 UTC, 31 h ago']) expect(text).toContain(part);
  });
  it('say what is waited for at the first start', () => {
    const feeds = waitingFeeds();
    const text = textOf(h(FirstStart, { feeds }));
    expect(text).toMatch(/Not heard yet Binance usdm Gate swap .* Heard Binance spot/);
    expect(textOf(h(FirstStart, { feeds: feeds.filter(isWell) }))).toContain('Every source has spoken');
  });
});

describe('inputs', () => {
  const { inputs } = lead;
  it('stand in one row a market, worst first, rates and chains apart', () => {
    const { columns, rows, others } = inputMatrix(inputs);
    expect(columns).toEqual(['order book', 'mark price', 'open interest', 'positions']);
    expect([rows[0]?.place, rows.length]).toEqual(['Gate perp OM_USDT', 8]);
    expect(others.map(({ name }) => name)).toEqual(['rate.USD', 'rate.USDT', 'transfers.eip155:1']);
    expect(rows.reduce((sum, { cells }) => sum + cells.size, others.length)).toBe(inputs.length);
    expect(inputCounts(inputs)).toBe('19 exact, 4 inferred, 3 stale');
  });
  it('are hatched where they are stale, with status and age in words', () => {
    const html = htmlOf(h(InputTable, { inputs }));
    expect(html.split('class="hatched"').length - 1).toBe(3);
    expect(textOf(h(InputTable, { inputs: [{ name: 'book.okx:perp:X', status: 'exact', ageMs: 180 }, { name: 'rate.EUR', status: 'missing' }] }))).toBe('market order book OKX perp X exact 180 ms EUR exchange rate missing');
    expect(textOf(h(InputTable, { inputs: [] }))).toBe('No input is listed.');
  });
  it('tell where a figure came from', () => {
    const text = textOf(h(ProvenancePanel, { provenance: provenanceOf('ignitionUsd', { kind: 'warning', warning: lead }), now: cannedNow }));
    for (const part of ['$4.1 m (3.2 to 5.6) inferred', 'The smallest net sale', `${lead.id}, revision 3, 18:02:11 UTC, 23 s ago`, lead.inputHash, lead.modelVersion, 'Gate perp OM_USDT']) expect(text).toContain(part);
  });
});
