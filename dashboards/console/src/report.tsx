import { readFileSync } from 'node:fs';
import type { ChartOption, ThemeName } from '@breakwater/charts';
import {
  addressAbsence, flowsChart, flowsOfScore, flowsTitle, holdersChart, holdersOfScore, holdersTitle, liquidationMapChart, liquidationMapTitle, mapOfScore, networkOfScore, reserveChart, reserveOfScore, reserveTitle, responseCurveChart, responseCurveTitle, responseOfScore, tailChart, tailOfScore, tailTables, tailTitle, timelineChart, timelineTitle, unlocksChart, unlocksOfScore, unlocksTables, unlocksTitle, venueNetworkChart, venueNetworkTitle,
} from '@breakwater/charts';
import type { AssetDetail, AssetTimeline, ScoreMessage, WarningMessage } from '@breakwater/contracts';
import { formatUtc, timelineParts } from '@breakwater/contracts';
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { leadWarning } from './app/select.ts';
import { AddressSections } from './view/addresses.tsx';
import { AssetPage } from './view/asset-page.tsx';
import { AbsentChart, ChartFrame, ChartNumbers } from './view/chart-frame.tsx';
import { Terms } from './view/help.tsx';
import { WarningMark } from './view/marks.tsx';
import { Computed } from './view/provenance-panel.tsx';
import { momentText, tied } from './view/text.ts';

/** What a report is written from. Times are the daemon's. */
export interface ReportData {
  readonly detail: AssetDetail;
  /** Null leaves the chart of the past out. */
  readonly timeline: AssetTimeline | null;
  /** The latest revision of each warning to be listed, newest first. */
  readonly warnings: readonly WarningMessage[];
  /** When the report is written, by the daemon's clock. */
  readonly now: number;
  readonly clock: 'system' | 'simulated';
  /** Version of the daemon. */
  readonly version: string;
  /** Names of sources that have not spoken yet, for an asset without a score. */
  readonly waitingFor?: readonly string[];
}

/** Draws a chart as an SVG document: `renderSvg` of `@breakwater/charts/render`. */
export type DrawSvg = (option: ChartOption, options: { readonly width: number; readonly height: number; readonly theme: ThemeName; readonly idPrefix: string }) => string;

/** Charts as wide as an A4 page between its margins, px at 96 to the inch. */
const chart = { width: 700, height: 300, theme: 'light' } as const;

/**
 * One asset as a page of its own: the console's view of it with its charts drawn in, warnings, terms, and what it was computed with. Light, for A4,
 * without script and without any address outside itself. Whatever a label or a name contains is text. Some tens of milliseconds. Throws what `drawSvg` throws.
 */
export function reportHtml(data: ReportData, drawSvg: DrawSvg): string {
  const { detail, now } = data;
  const title = `${detail.summary.asset}, ${new Date(now).toISOString().slice(0, 10)} ${formatUtc(now)}`;
  const body = renderToString(<Report data={data} drawSvg={drawSvg} />);
  const style = ['tokens', 'parts', 'report'].map((name) => readFileSync(new URL(`../css/${name}.css`, import.meta.url), 'utf8')).join('\n');
  const head = renderToString(
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:" />
      <title>{`Breakwater: ${title}`}</title>
      {/* The stylesheet is the package's own and holds no markup. */}
      <style dangerouslySetInnerHTML={{ __html: style }} />
    </head>,
  );
  return `<!doctype html>\n<html lang="en">${head}<body>${body}</body></html>\n`;
}

function Report({ data, drawSvg }: { readonly data: ReportData; readonly drawSvg: DrawSvg }): VNode {
  const { detail, warnings, now, clock, version, waitingFor = [] } = data;
  const { score } = detail;
  return (
    <main class="report">
      <header class="report-head">
        <strong>Breakwater</strong>
        <span>
          Written {new Date(now).toISOString().slice(0, 10)} {formatUtc(now)}, daemon {version}
          {clock === 'simulated' ? ', in a drill: venues and chains are simulated' : ''}
        </span>
      </header>
      <AssetPage detail={detail} lead={leadWarning(warnings, detail.summary.asset)} now={now} waitingFor={waitingFor} charts={<Charts data={data} drawSvg={drawSvg} />} tailChart={score === null ? null : <Tail score={score} drawSvg={drawSvg} />} addresses={score === null ? null : <Addresses score={score} now={now} drawSvg={drawSvg} />} />
      {warnings.length === 0 ? null : <Warnings warnings={warnings} now={now} />}
      <section>
        <h2>Terms</h2>
        <Terms />
      </section>
      {score === null ? null : (
        <section>
          <h2>Computed with</h2>
          <Computed modelVersion={score.modelVersion} inputHash={score.inputHash} />
        </section>
      )}
      <p class="muted">What the present books and positions would do under a stated sale. Figures are analytics in floating point and no advice.</p>
    </main>
  );
}

/** One picture under the question it answers. */
function Picture({ id, option, title, drawSvg, height = chart.height }: { readonly id: string; readonly option: ChartOption; readonly title: string; readonly drawSvg: DrawSvg; readonly height?: number }): VNode {
  return (
    <ChartFrame title={title} table={false}>
      {/* Drawn by us from numbers and names; ECharts escapes what it writes. */}
      <div class="plot" dangerouslySetInnerHTML={{ __html: drawSvg(option, { ...chart, height, idPrefix: id }) }} />
    </ChartFrame>
  );
}

/** The height of a picture with a long legend and a note, px. */
const tall = 360;
const options = { ...chart, target: 'picture', heading: 'outside' } as const;

function Charts({ data, drawSvg }: { readonly data: ReportData; readonly drawSvg: DrawSvg }): VNode {
  const { detail: { score }, timeline } = data;
  const response = score === null ? null : responseOfScore(score);
  return (
    <div class="charts">
      {response === null ? null : <Picture id="response" option={responseCurveChart(response, options)} title={responseCurveTitle(response)} drawSvg={drawSvg} />}
      {score === null ? null : <Picture id="map" option={liquidationMapChart(mapOfScore(score), { ...options, height: tall })} title={liquidationMapTitle()} drawSvg={drawSvg} height={tall} />}
      {timeline === null ? null : <Picture id="timeline" option={timelineChart(timeline, options)} title={timelineTitle(timeline)} drawSvg={drawSvg} />}
      {score === null ? null : <Picture id="network" option={venueNetworkChart(networkOfScore(score), options)} title={venueNetworkTitle()} drawSvg={drawSvg} />}
    </div>
  );
}

/** The tail with its figures in numbers, the scenarios and the backtest: a page has a switch for that, paper has not. */
function Tail({ score, drawSvg }: { readonly score: ScoreMessage; readonly drawSvg: DrawSvg }): VNode {
  const told = tailTables(tailOfScore(score), { only: ['figures', 'scenarios', 'backtest'] });
  return (
    <>
      <Picture id="tail" option={tailChart(tailOfScore(score), options)} title={tailTitle(score)} drawSvg={drawSvg} />
      {told.length === 0 ? null : <ChartNumbers title={tailTitle(score)} tables={told} />}
    </>
  );
}

/** Who holds it, its reserve and how fast help can come; unlocks in numbers, too, as paper has no pointer. */
function Addresses({ score, now, drawSvg }: { readonly score: ScoreMessage; readonly now: number; readonly drawSvg: DrawSvg }): VNode {
  const [holders, flows, unlocks, reserve] = [holdersOfScore(score), flowsOfScore(score), unlocksOfScore(score), reserveOfScore(score)];
  const dates = unlocksTables(unlocks);
  const absence = addressAbsence(score);
  return (
    <AddressSections
      score={score} now={now} linked={false}
      charts={{
        holders: absence.holders === null ? <Picture id="holders" option={holdersChart(holders, { ...options, height: tall })} title={holdersTitle()} drawSvg={drawSvg} height={tall} /> : <AbsentChart title={holdersTitle()} why={absence.holders} />,
        flows: absence.flows === null ? <Picture id="flows" option={flowsChart(flows, options)} title={flowsTitle()} drawSvg={drawSvg} /> : <AbsentChart title={flowsTitle()} why={absence.flows} />,
        unlocks: absence.unlocks !== null ? <AbsentChart title={unlocksTitle()} why={absence.unlocks} /> : (
          <>
            <Picture id="unlocks" option={unlocksChart(unlocks, options)} title={unlocksTitle()} drawSvg={drawSvg} />
            {dates.length === 0 ? null : <ChartNumbers title={unlocksTitle()} tables={dates} />}
          </>
        ),
        reserve: <Picture id="reserve" option={reserveChart(reserve, options)} title={reserveTitle()} drawSvg={drawSvg} />,
      }}
    />
  );
}

function Warnings({ warnings, now }: { readonly warnings: readonly WarningMessage[]; readonly now: number }): VNode {
  return (
    <section>
      <h2>Warnings</h2>
      <table class="revisions">
        <thead>
          <tr>
            <th scope="col">first raised</th>
            <th scope="col">state</th>
            <th scope="col">what it says</th>
            <th scope="col">id</th>
          </tr>
        </thead>
        <tbody>
          {warnings.map((warning) => (
            <tr key={warning.id}>
              <td>{momentText(warning.onset, now)}</td>
              <td>
                <WarningMark warning={warning} />
              </td>
              <td class="wide">{tied(timelineParts(warning).text)}</td>
              <td>
                <code>{warning.id}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
