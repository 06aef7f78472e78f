import { assetVariable, consoleVariable, instanceVariable, type Plan } from '../layout.ts';
import { metricPanel, severityPanel, table } from '../panels.ts';
import { points } from '../queries.ts';

const noDaemon = 'No figures: no daemon is scraped.';
const own = '{instance=~"$instance"}';
/** Rows of the table of revisions. */
const mostRevisions = 500;

/** What was said, and whether it arrived. */
export function warnings(): Plan {
  return {
    uid: 'breakwater-warnings', title: 'Breakwater: warnings and deliveries', description: 'Every revision of every warning, and whether its recipients have it.', from: 'now-24h',
    variables: [assetVariable(true), instanceVariable(), consoleVariable()], isAnnotated: true, consolePage: '/#/warnings',
    rows: [
      {
        question: 'What is firing?', height: 9,
        panels: [
          [16, severityPanel({ title: 'Open warnings, by kind', description: 'A row for each asset and kind of warning, by its severity. What was open before the first revision in this time is not known here.', noData: 'No warning in this time.' })],
          [8, metricPanel(`max by (asset) (breakwater_asset_open_warnings${own})`, '{{asset}}', { title: 'Open warnings, by asset', description: 'Warnings that are firing or acknowledged.', noData: noDaemon })],
        ],
      },
      {
        question: 'What was said?', height: 9,
        panels: [
          [24, table([points('warning_severity', { limit: mostRevisions })], ['warning_severity'], {
            title: 'Revisions', description: `The latest ${mostRevisions} revisions of warnings, by the time of what they speak of. Each asset leads to the console.`, noData: 'No warning in this time.',
            overrides: [
              { regexp: '/^value$/', properties: [{ id: 'custom.hidden', value: true }] },
              { regexp: '/^asset$/', properties: [{ id: 'links', value: [{ title: 'Console', url: '${console}/#/${__value.raw}', targetBlank: false }] }] },
            ],
          })],
        ],
      },
      {
        question: 'Did it arrive?', height: 8,
        panels: [
          [8, metricPanel(`sum by (recipient, outcome) (increase(breakwater_delivery_attempts_total${own}[$__rate_interval]))`, '{{recipient}} {{outcome}}', { title: 'Deliveries', description: 'Tries to deliver a revision, by recipient and by what came of them.', noData: noDaemon })],
          [8, metricPanel(`sum by (kind, severity, state) (increase(breakwater_alerting_revisions_total${own}[$__rate_interval])) or 0 * sum(breakwater_build_info${own})`, '{{kind}} {{severity}} {{state}}', { title: 'Revisions committed', description: 'Revisions of warnings that were stored, by kind, severity and state.', noData: noDaemon })],
          [8, metricPanel(`sum by (recipient, outcome) (increase(breakwater_heartbeats_total${own}[$__rate_interval])) or 0 * sum(breakwater_build_info${own})`, '{{recipient}} {{outcome}}', { title: 'Signs of life', description: 'Heartbeats for each recipient, by what came of them.', noData: noDaemon })],
        ],
      },
      {
        question: 'Does alerting work?', height: 7,
        panels: [
          [12, metricPanel(`sum by (outcome) (rate(breakwater_alerting_scores_total${own}[$__rate_interval]))`, '{{outcome}}', { title: 'Scores taken in', description: 'Scores a second, by what came of them; a score is repeated after a restart.', noData: noDaemon, unit: 'cps' })],
          [12, metricPanel(`sum(increase(breakwater_alerting_store_failures_total${own}[$__rate_interval])) + sum(increase(breakwater_delivery_store_failures_total${own}[$__rate_interval]))`, 'failures', { title: 'Failures of the store', description: 'Calls to the store of warnings that failed and were tried again: nothing is sent before it is stored.', noData: noDaemon })],
        ],
      },
    ],
  };
}
