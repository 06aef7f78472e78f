import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { cssProperties, themes } from '@breakwater/charts';
import { renderSvg } from '@breakwater/charts/render';
import { cannedDetail, cannedHistories, cannedNow, cannedTerms, cannedTimeline } from './testing/canned.ts';
import { reportHtml, type ReportData } from './report.tsx';

const [om] = cannedTerms;
if (om === undefined) throw new Error('no canned data');
const histories = cannedHistories();
const data: ReportData = {
  detail: cannedDetail(om), timeline: cannedTimeline(om, histories.flatMap(({ revisions }) => revisions)), warnings: histories.flatMap(({ revisions }) => revisions.at(-1) ?? []).filter(({ asset }) => asset === 'OM'),
  now: cannedNow, clock: 'system', version: '0.1.0',
};
const html = reportHtml(data, renderSvg);

describe('a report', () => {
  it('says what the console says', () => {
    const text = html.replace(/<[^>]*>/g, ' ').replace(/\u00a0/g, ' ').replace(/ +/g, ' ');
    for (const part of ['Breakwater', 'OM', 'a net sale of $4.1 m (3.2 to 5.6) within 15 min starts a liquidation cascade', 'Gate book silent for 40 s', 'sha256:', 'Ignition threshold', 'Which venue ignites which?', 'Where are open positions liquidated?', 'prior only, where no price has been.', 'How much could OM fall within 60 min, and how likely is that?', 'Cascade ES 97.5 %', 'Tail index', 'Falls that no history holds', 'a sudden jump of the price', 'The model’s own forecasts', 'Each forced dollar forces $0.76 (0.2 to 1.9) more across 6 venues', 'Who holds it?', '4 owners hold half', 'How much went to exchanges?', 'When do locked tokens come free?', 'foundation, cliff', 'Mantra (issuer)', 'How fast help can come', 'What changed labels say of the last 30 days', '2025-04-13']) expect(text).toContain(part);
    expect(html.split('<svg xmlns=').length + html.split('<svg width=').length).toBe(8 + 2);
  });
  it('stands alone: no script, no address outside itself, nothing to press', () => {
    expect(html).not.toMatch(/<script|javascript:|\son\w+=|@import|<link|<iframe|<object|<form/i);
    // Names of namespaces are no addresses that anything is fetched from.
    expect(html.replace(/http:\/\/www\.w3\.org\/(2000\/svg|1999\/xlink)/g, '')).not.toMatch(/https?:|\/\/[a-z]|url\((?!#)/i);
    expect(html).not.toContain('href="#/');
    expect(html).not.toContain('class="num"><button');
  });
  it('gives every part of its pictures a name of its own', () => {
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
  it('has the floor of a reserve where there is one', () => {
    const [, tia] = cannedTerms;
    if (tia === undefined) throw new Error('no canned data');
    const text = reportHtml({ ...data, detail: cannedDetail(tia), timeline: null, warnings: [] }, renderSvg);
    for (const part of ['Where would the reserve stop a fall?', 'Effective floor', 'The market pays 33 % more than the floor']) expect(text).toContain(part);
    expect(html).not.toContain('Where would the reserve stop a fall?');
  });
  it('is the same for the same data', () => {
    expect(reportHtml(data, renderSvg)).toBe(html);
  });
  it('writes what a label contains as text', () => {
    const bad = '</style><script>alert(1)</script>';
    const { score, summary } = data.detail;
    if (score === null) throw new Error('no score');
    const transfer = { ...score.deposits.largest, toLabel: `exchange:${bad}`, fromLabel: `issuer:${bad}`, tx: bad, to: bad, state: bad } as NonNullable<typeof score.deposits.largest>;
    const hostile: ReportData = {
      ...data, version: bad, waitingFor: [bad],
      detail: { summary, score: { ...score, modelVersion: bad, inputs: [...score.inputs, { name: `book.${bad}`, status: 'stale', detail: `"${bad}` }], deposits: { ...score.deposits, largest: transfer, recent: [transfer] } } },
      warnings: data.warnings.map((warning) => ({ ...warning, acknowledgedBy: bad })), timeline: data.timeline === null ? null : { ...data.timeline, transfers: [transfer] },
    };
    const escaped = reportHtml(hostile, renderSvg);
    expect(escaped).not.toContain('<script');
    expect(escaped).toContain('&lt;script');
    expect(escaped.split('</style>')).toHaveLength(2);
  });
  it('can be written without figures, past or warnings', () => {
    const empty = reportHtml({ ...data, detail: cannedDetail({ ...om, state: 'waiting' }), timeline: null, warnings: [], clock: 'simulated', waitingFor: ['OKX swap'] }, renderSvg);
    expect(empty).toContain('Waiting for the first figures of OM.');
    expect(empty).toContain('in a drill: venues and chains are simulated');
  });
});

describe('the colours of the page', () => {
  const sheet = readFileSync(new URL('../css/tokens.css', import.meta.url), 'utf8');
  const report = readFileSync(new URL('../css/report.css', import.meta.url), 'utf8');
  it.each(['light', 'dark'] as const)('are those of the charts: %s', (name) => {
    const [light = '', dark = ''] = sheet.split('@media (prefers-color-scheme: dark)');
    for (const [property, value] of Object.entries(cssProperties(themes[name]))) expect(name === 'light' ? light : dark).toContain(`${property}: ${value};`);
  });
  it('are light in a report', () => {
    for (const [property, value] of Object.entries(cssProperties(themes.light))) expect(report).toContain(`${property}: ${value};`);
  });
});
