import { liquidationMapTitle, mapOfScore, networkOfScore, responseCurveTitle, responseOfScore, responseOfWarning, tailOfScore, tailTitle, timelineTitle, venueNetworkTitle } from '@breakwater/charts';
import type { AssetDetail, AssetTimeline, DaemonStatus, WarningMessage } from '@breakwater/contracts';
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { AssetPage } from '../view/asset-page.tsx';
import { BottomBar } from '../view/bottom-bar.tsx';
import { FeedsPage } from '../view/feeds-page.tsx';
import { Connecting, FirstStart } from '../view/first-start.tsx';
import { Header } from '../view/header.tsx';
import { Help } from '../view/help.tsx';
import { DrillBar, LostBar, ProblemBar, RestartBar } from '../view/notices.tsx';
import { ProvenancePanel } from '../view/provenance-panel.tsx';
import { provenanceOf, type OnSource } from '../view/provenance.ts';
import { marketName } from '../view/text.ts';
import { WarningPage } from '../view/warning-page.tsx';
import { AcknowledgeDialog } from './acknowledge.tsx';
import { Chart } from './chart.tsx';
import type { Controller } from './controller.ts';
import { Dialog } from './dialog.tsx';
import { LaterView } from './later-view.tsx';
import type { ConsoleState } from './state.ts';
import { countFeeds, isWell, leadWarning } from './select.ts';
import type { Store } from './store.ts';
import type { Ui } from './ui.ts';
import { isOpen } from './warnings-list.ts';

/** What every part of the page stands on. */
export interface Page {
  readonly store: Store;
  readonly ui: Ui;
  readonly controller: Controller;
}

/** The header, from the status. */
export function HeaderSlot({ store, ui }: Page): VNode {
  const { status } = store.state.value;
  const counts = status === null ? null : countFeeds(status.feeds);
  return (
    <Header
      feeds={counts?.feeds ?? null} chains={counts?.chains ?? null} heartbeat={status?.heartbeat ?? null} now={ui.now.value}
      onHelp={() => {
        ui.overlay.value = { kind: 'help' };
      }}
    />
  );
}

/** The bars over the page: what the reader has to know before reading on. */
export function BarsSlot({ store, ui, controller }: Page): VNode {
  const { link, status, restartedAt, problem } = store.state.value;
  const now = ui.now.value;
  return (
    <div class="bars">
      {status?.clock === 'simulated' ? <DrillBar now={now} /> : null}
      {link.kind === 'lost' ? <LostBar since={link.since} now={now} retryInMs={link.retryAt - ui.monotonic.value} problem={link.problem} onRetry={() => controller.retry()} /> : null}
      {restartedAt === null ? null : <RestartBar at={restartedAt} now={now} onClose={() => store.dispatch({ kind: 'restart.seen' })} />}
      {problem === null ? null : <ProblemBar problem={problem} onClose={() => store.dispatch({ kind: 'problem', problem: null })} />}
    </div>
  );
}

/** The bar of a phone. */
export function BottomSlot({ store, ui }: Page): VNode {
  const { status, warnings } = store.state.value;
  const { kind } = ui.route.value;
  const current = kind === 'warnings' || kind === 'warning' ? 'warnings' : kind === 'feeds' ? 'feeds' : 'assets';
  return <BottomBar current={current} openWarnings={warnings.list.filter(isOpen).length} unwell={status === null ? 0 : status.feeds.filter((feed) => !isWell(feed)).length} />;
}

/** The one thing looked at: an asset, a warning, the feeds, or what there is to wait for. */
export function MainSlot(page: Page): VNode {
  const { store, ui } = page;
  const state = store.state.value;
  const route = ui.route.value;
  const now = ui.now.value;
  if (state.status === null || now === null) return <Connecting />;
  if (route.kind === 'feeds') return <FeedsPage status={state.status} now={now} />;
  if (route.kind === 'warning') return <WarningSlot page={page} id={route.id} state={state} />;
  const name = route.kind === 'asset' || route.kind === 'owner' ? route.asset : state.shown;
  if (name === null) return isFirstStart(state) ? <FirstStart feeds={state.status.feeds} /> : <Nothing state={state} />;
  const detail = detailOf(state, name);
  if (detail === undefined) return <Missing state={state} about={name} reading={`Reading ${name}.`} />;
  if (route.kind === 'owner' && detail.score !== null) {
    const { score } = detail;
    return <LaterView title={`Owners of ${name}`} atOnce={true} draw={({ OwnerPage }) => <OwnerPage score={score} cluster={route.cluster} now={now} />} />;
  }
  return detail.score === null && isFirstStart(state) ? <FirstStart feeds={state.status.feeds} /> : <AssetSlot page={page} detail={detail} state={state} status={state.status} />;
}

/** Room for a chart, its legend and its slider, px. */
const chartHeight = 340;

/** Whether no asset has a score yet. */
function isFirstStart(state: ConsoleState): boolean {
  return state.assets !== null && state.assets.size > 0 && [...state.assets.values()].every((summary) => summary.state === 'waiting');
}

/** What is known of an asset; its summary alone is enough to say that it waits. */
function detailOf(state: ConsoleState, name: string): AssetDetail | undefined {
  const detail = state.details.get(name);
  if (detail !== undefined) return detail;
  const summary = state.assets?.get(name);
  return summary?.state === 'waiting' ? { summary, score: null } : undefined;
}

function Nothing({ state }: { readonly state: ConsoleState }): VNode {
  if (state.assets === null) return <Connecting />;
  return (
    <section class="waiting">
      <p class="headline">No asset is watched.</p>
      <p>Name at least one under “assets” in the daemon’s config, and start it anew. Venues and chains are on the page of feeds.</p>
    </section>
  );
}

/** Something an address names that is not there, or not yet. */
function Missing({ state, about, reading }: { readonly state: ConsoleState; readonly about: string; readonly reading: string }): VNode {
  const { failed } = state;
  if (failed?.about !== about) return <section class="waiting"><p class="headline">{reading}</p></section>;
  return (
    <section class="waiting">
      <p class="headline">{about} cannot be shown.</p>
      <p>
        <code>{failed.problem.code}</code> {failed.problem.message}. {failed.problem.todo}
      </p>
    </section>
  );
}

function sourceOpener(ui: Ui): OnSource {
  return (kind, source) => {
    ui.overlay.value = { kind: 'source', provenance: provenanceOf(kind, source) };
  };
}

/** The button that acknowledges; nothing where the reader may not, or there is nothing to acknowledge. */
function acknowledgeButton({ ui, store }: Page, warning: WarningMessage): VNode | null {
  if (warning.state !== 'firing') return null;
  const { status, link } = store.state.value;
  if (status?.mayWrite !== true || link.kind !== 'live') return null;
  return (
    <button
      type="button" class="main"
      onClick={() => {
        ui.overlay.value = { kind: 'acknowledge', id: warning.id };
      }}
    >
      Acknowledge
    </button>
  );
}

function AssetSlot({ page, detail, state, status }: { readonly page: Page; readonly detail: AssetDetail; readonly state: ConsoleState; readonly status: DaemonStatus }): VNode {
  const { asset } = detail.summary;
  const lead = leadWarning(state.warnings.list, asset);
  const timeline = state.timelines.get(asset);
  const waitingFor = status.feeds.filter((feed) => feed.status === 'waiting').map(({ source }) => marketName(source));
  return (
    <AssetPage
      detail={detail} lead={lead} now={page.ui.now.value} waitingFor={waitingFor} onSource={sourceOpener(page.ui)} actions={lead === undefined ? null : acknowledgeButton(page, lead)}
      charts={
        <div class="charts">
          {detail.score === null ? null : <ResponseChart score={detail.score} />}
          {detail.score === null ? null : <MapChart score={detail.score} />}
          {timeline === undefined ? null : <TimelineChart timeline={timeline} />}
          {detail.score === null ? null : <NetworkChart score={detail.score} />}
        </div>
      }
      tailChart={detail.score === null ? null : <TailChart score={detail.score} />}
      addresses={detail.score === null ? null : <AddressesSlot score={detail.score} now={page.ui.now.value} />}
    />
  );
}

function ResponseChart({ score }: { readonly score: NonNullable<AssetDetail['score']> }): VNode {
  const subject = useMemo(() => ({ kind: 'response', input: responseOfScore(score) }) as const, [score]);
  return <Chart subject={subject} title={responseCurveTitle(subject.input)} height={chartHeight} />;
}

function MapChart({ score }: { readonly score: NonNullable<AssetDetail['score']> }): VNode {
  const subject = useMemo(() => ({ kind: 'map', input: mapOfScore(score) }) as const, [score]);
  return <Chart subject={subject} title={liquidationMapTitle()} height={chartHeight + 60} />;
}

function TailChart({ score }: { readonly score: NonNullable<AssetDetail['score']> }): VNode {
  const subject = useMemo(() => ({ kind: 'tail', input: tailOfScore(score) }) as const, [score]);
  return <Chart subject={subject} title={tailTitle(subject.input)} height={chartHeight} />;
}

/** Who holds the asset, below the first screens: loaded when it is neared. */
function AddressesSlot({ score, now }: { readonly score: NonNullable<AssetDetail['score']>; readonly now: number | null }): VNode {
  return <LaterView title="Addresses" atOnce={false} draw={({ AddressView }) => <AddressView score={score} now={now} />} />;
}

function TimelineChart({ timeline }: { readonly timeline: AssetTimeline }): VNode {
  const subject = useMemo(() => ({ kind: 'timeline', timeline }) as const, [timeline]);
  return <Chart subject={subject} title={timelineTitle(timeline)} height={chartHeight} />;
}

function NetworkChart({ score }: { readonly score: NonNullable<AssetDetail['score']> }): VNode {
  const subject = useMemo(() => ({ kind: 'network', input: networkOfScore(score) }) as const, [score]);
  return <Chart subject={subject} title={venueNetworkTitle()} height={chartHeight} />;
}

function WarningChart({ warning }: { readonly warning: WarningMessage }): VNode {
  const subject = useMemo(() => ({ kind: 'response', input: responseOfWarning(warning) }) as const, [warning]);
  return <Chart subject={subject} title={`${responseCurveTitle(subject.input)} As of revision ${String(warning.revision)}.`} height={chartHeight} />;
}

function WarningSlot({ page, id, state }: { readonly page: Page; readonly id: string; readonly state: ConsoleState }): VNode {
  const { ui } = page;
  const history = state.history?.id === id ? state.history : null;
  const latest = history?.revisions.at(-1) ?? state.warnings.list.find((warning) => warning.id === id);
  if (latest === undefined) return <Missing state={state} about={id} reading={`Reading ${id}.`} />;
  const wanted = ui.revision.value;
  const warning = history?.revisions.find(({ revision }) => revision === wanted) ?? latest;
  return (
    <WarningPage
      warning={warning} history={history} now={ui.now.value} onSource={sourceOpener(ui)}
      onRevision={(revision) => {
        ui.revision.value = revision;
      }}
      actions={warning.revision === latest.revision ? acknowledgeButton(page, warning) : (
        <button
          type="button"
          onClick={() => {
            ui.revision.value = null;
          }}
        >
          Show the latest revision, {latest.revision}
        </button>
      )}
      charts={warning.response === null || warning.response === undefined ? null : <div class="charts one"><WarningChart warning={warning} /></div>}
    />
  );
}

/** What lies over the page. */
export function OverlaySlot({ store, ui, controller }: Page): VNode | null {
  const overlay = ui.overlay.value;
  const close = (): void => {
    ui.overlay.value = null;
  };
  switch (overlay?.kind) {
    case undefined:
      return null;
    case 'help':
      return <Dialog title="Keys and terms" onClose={close}><Help /></Dialog>;
    case 'source':
      return <Dialog title={`${overlay.provenance.title}: where it comes from`} onClose={close}><ProvenancePanel provenance={overlay.provenance} now={ui.now.value} /></Dialog>;
    case 'acknowledge': {
      const state = store.state.value;
      const warning = state.warnings.list.find(({ id }) => id === overlay.id) ?? state.history?.revisions.at(-1);
      return warning?.id !== overlay.id ? null : <AcknowledgeDialog warning={warning} acknowledge={controller.acknowledge} onClose={close} />;
    }
  }
}
