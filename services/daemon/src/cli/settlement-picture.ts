import { themes, type ChartOption } from '@breakwater/charts';
import { renderSvg } from '@breakwater/charts/render';
import type { ClaimReport } from '@breakwater/models/settlement';

const size = { width: 900, height: 420 } as const;
const rows = 12;
const columns = 64;

/** Tips of the paper's model against steps, with the square root through the last point and the claimed bound, as SVG. */
export function tipsChart(report: ClaimReport): string {
  const { ink, muted, faint, accent, severity, background } = themes.light;
  const { tips } = report.rules.paper;
  const last = tips.at(-1);
  const root = last === undefined ? 0 : last.mean / Math.sqrt(last.step);
  const end = last?.step ?? 1;
  const curve = Array.from({ length: 81 }, (_, i) => [(end * i) / 80, root * Math.sqrt((end * i) / 80)]);
  const axis = { nameLocation: 'middle', nameTextStyle: { color: muted, fontSize: 12 }, axisLabel: { color: muted }, axisLine: { lineStyle: { color: muted } }, splitLine: { lineStyle: { color: faint } } } as const;
  const line = (name: string, data: readonly (readonly number[])[], color: string, type: 'solid' | 'dashed' | 'dotted', showSymbol: boolean): object => ({ type: 'line', name, data, showSymbol, symbolSize: 7, itemStyle: { color }, lineStyle: { color, type, width: 2 } });
  const option: ChartOption = {
    backgroundColor: background,
    title: { text: 'Tips of a DAG in which each message gives two approvals and needs two', subtext: `mean of ${String(report.runs)} runs; claimed to stay below ${String(report.claimedBound)}`, left: 16, top: 10, textStyle: { color: ink, fontSize: 15 }, subtextStyle: { color: muted, fontSize: 12 } },
    legend: { bottom: 6, textStyle: { color: ink } }, grid: { left: 66, right: 30, top: 76, bottom: 76 },
    xAxis: { type: 'value', name: 'steps', nameGap: 28, max: end, ...axis }, yAxis: { type: 'value', name: 'tips', nameGap: 44, ...axis },
    series: [
      line('simulated', tips.map(({ step, mean }) => [step, mean]), accent, 'solid', true), line('square root of steps', curve, muted, 'dotted', false),
      line('claimed bound', [[0, report.claimedBound], [end, report.claimedBound]], severity.critical, 'dashed', false),
    ] as NonNullable<ChartOption['series']>,
  };
  return `${renderSvg(option, { ...size, theme: 'light', idPrefix: 'dag' })}\n`;
}

/** The same for a terminal: `*` what was simulated, `.` the square root, `-` the claimed bound. */
export function tipsPlot({ claimedBound, rules: { paper: { tips } } }: ClaimReport): string {
  const last = tips.at(-1);
  if (last === undefined) return '';
  const root = last.mean / Math.sqrt(last.step);
  const top = Math.max(last.mean, claimedBound) * 1.05;
  const grid = Array.from({ length: rows }, () => new Array<string>(columns).fill(' '));
  const put = (step: number, value: number, mark: string): void => {
    const row = grid[rows - 1 - Math.min(rows - 1, Math.floor((value / top) * rows))];
    const column = Math.min(columns - 1, Math.round((step / last.step) * (columns - 1)));
    if (row !== undefined) row[column] = mark;
  };
  for (let column = 0; column < columns; column++) {
    const step = (last.step * column) / (columns - 1);
    put(step, root * Math.sqrt(step), '.');
    put(step, claimedBound, '-');
  }
  for (const { step, mean } of tips) put(step, mean, '*');
  const label = (i: number): string => (i === 0 ? String(Math.round(top)) : i === rows - 1 ? '0' : '').padStart(5);
  return [...grid.map((row, i) => `${label(i)} |${row.join('').trimEnd()}`), `${' '.repeat(5)} +${'-'.repeat(columns)}`, `${' '.repeat(7)}0${String(last.step).padStart(columns - 1)} steps    * simulated   . square root   - claimed bound`].join('\n');
}
