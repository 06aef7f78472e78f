import { instanceVariable, type Plan } from '../layout.ts';
import { metricPanel, statePanel } from '../panels.ts';

const noDaemon = 'No figures: no daemon is scraped.';
const own = '{instance=~"$instance"}';
const rate = (name: string, by: string): string => `sum by (${by}) (rate(${name}${own}[$__rate_interval]))`;

/** The health of the daemons themselves. */
export function daemon(): Plan {
  return {
    uid: 'breakwater-daemon', title: 'Breakwater: the daemon itself', description: 'Whether the daemon lives, keeps up, and has what it needs.', from: 'now-1h', variables: [instanceVariable()], isAnnotated: false,
    rows: [
      {
        question: 'Does it live, and does it see?', height: 11,
        panels: [
          [8, statePanel(`max by (instance) (up{job="breakwater",instance=~"$instance"})`, '{{instance}}', { title: 'Daemons', description: 'Whether each daemon answered when it was last asked.', noData: noDaemon }, { well: 'answers', ill: 'does not answer' })],
          [8, statePanel(`max by (asset) (breakwater_asset_live${own})`, '{{asset}}', { title: 'Assets', description: 'Whether each asset has a current score of current books.', noData: noDaemon }, { well: 'current', ill: 'not current' })],
          [8, metricPanel(`max by (asset) (breakwater_asset_score_age_seconds${own})`, '{{asset}}', { title: 'Age of the last score', description: 'None before the first score of an asset.', noData: 'No figures: no daemon is scraped, or none has scored yet.', unit: 's' })],
        ],
      },
      {
        question: 'Does it keep up?', height: 12,
        panels: [
          [6, metricPanel(rate('breakwater_bus_handled_total', 'topic'), '{{topic}}', { title: 'Messages handled', description: 'Messages handled a second, by topic; each group of readers counts.', noData: noDaemon, unit: 'cps' })],
          [6, metricPanel(rate('breakwater_scoring_scores_total', 'instance'), '{{instance}}', { title: 'Scores', description: 'Scores computed a second.', noData: noDaemon, unit: 'cps' })],
          [6, metricPanel(`sum by (instance) (breakwater_scoring_buffered_messages${own})`, '{{instance}}', { title: 'Messages that wait for their tick', description: 'Messages read and not yet part of a score.', noData: noDaemon })],
          [6, metricPanel(rate('breakwater_scoring_forced_ticks_total', 'instance'), '{{instance}} forced ticks', { title: 'What came too late', description: 'Ticks that did not wait for every source, messages after their tick, and book updates left out, a second.', noData: noDaemon, unit: 'cps' },
            [[rate('breakwater_scoring_late_messages_total', 'instance'), '{{instance}} late messages'], [rate('breakwater_bus_conflated_total', 'instance'), '{{instance}} updates left out']])],
        ],
      },
      {
        question: 'Has it what it needs?', height: 8,
        panels: [
          [8, metricPanel(`sum by (instance) (rate(process_cpu_seconds_total{job="breakwater",instance=~"$instance"}[$__rate_interval]))`, '{{instance}}', { title: 'Processor time', description: 'Processors in use, of those of the machine.', noData: noDaemon })],
          [8, metricPanel(`max by (instance) (process_resident_memory_bytes{job="breakwater",instance=~"$instance"})`, '{{instance}}', { title: 'Memory', description: 'Resident memory of the process.', noData: noDaemon, unit: 'bytes' })],
          [8, metricPanel(`max by (instance) (nodejs_eventloop_lag_p99_seconds{job="breakwater",instance=~"$instance"})`, '{{instance}}', { title: 'How late the event loop is', description: 'The 99th of a hundred delays: above a second the process is short of processor time.', noData: noDaemon, unit: 's' })],
        ],
      },
      {
        question: 'Are series stored?', height: 8,
        panels: [
          [6, metricPanel(rate('breakwater_series_points_total', 'outcome'), '{{outcome}}', { title: 'Points of series', description: 'Points a second, by what became of them.', noData: 'No figures: no daemon is scraped, or its series are not in InfluxDB.', unit: 'cps' })],
          [6, metricPanel(`sum by (place) (breakwater_series_waiting_points${own})`, '{{place}}', { title: 'Points that wait', description: 'Points that wait for the database, by where.', noData: 'No figures: no daemon is scraped, or its series are not in InfluxDB.' })],
          [6, metricPanel(`sum by (instance) (breakwater_series_spool_bytes${own})`, '{{instance}}', { title: 'Size of the spool', description: 'What the points that wait take on the disk.', noData: 'No figures: no daemon is scraped, or its series are not in InfluxDB.', unit: 'bytes' })],
          [6, metricPanel(`max by (instance) (breakwater_series_database_away${own})`, '{{instance}} database away', { title: 'Database and spool', description: 'At 1 while the database takes nothing, or the spool cannot be written.', noData: 'No figures: no daemon is scraped, or its series are not in InfluxDB.', min: 0, max: 1 }, [[`max by (instance) (breakwater_series_spool_full${own})`, '{{instance}} spool full']])],
        ],
      },
      {
        question: 'Who asks it?', height: 7,
        panels: [
          [12, metricPanel(rate('breakwater_api_requests_total', 'operation, status'), '{{operation}} {{status}}', { title: 'Requests', description: 'Requests answered a second, by route and status.', noData: 'No figures: no daemon is scraped, or none was asked.', unit: 'reqps' })],
          [12, metricPanel(`sum by (instance) (breakwater_api_streams${own})`, '{{instance}}', { title: 'Open streams', description: 'Consoles and machines that follow live.', noData: noDaemon })],
        ],
      },
    ],
  };
}
