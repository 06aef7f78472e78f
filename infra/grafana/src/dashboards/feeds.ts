import { assetVariable, instanceVariable, type Plan } from '../layout.ts';
import { gauge, metricPanel, panelFor, statePanel } from '../panels.ts';

const noDaemon = 'No figures: no daemon is scraped, or it has read nothing yet.';
/** Of the daemons that are chosen. */
const own = '{instance=~"$instance"}';
/** How often a second, for each source; nothing at all is 0 while the feed is known. */
const often = (name: string): string => `sum by (source) (rate(${name}${own}[$__rate_interval])) or 0 * sum by (source) (breakwater_feed_ok${own})`;

/** What is read, how late and how whole. */
export function feeds(): Plan {
  const perSecond = { unit: 'cps', noData: noDaemon } as const;
  return {
    uid: 'breakwater-feeds', title: 'Breakwater: feeds and data quality', description: 'Which feed is out, and what it costs in certainty.', from: 'now-1h', variables: [assetVariable(true), instanceVariable()], isAnnotated: false,
    rows: [
      {
        question: 'Which feed is out?', height: 11,
        panels: [
          [12, statePanel(`min by (source) (breakwater_feed_ok${own})`, '{{source}}', { title: 'Feeds', description: 'A row for each venue’s feed and each chain: well in all its parts, or not.', noData: noDaemon }, { well: 'well', ill: 'not well' })],
          [12, panelFor('inputs_usable_share')],
        ],
      },
      {
        question: 'How late is what is read, and how whole?', height: 12,
        panels: [
          [8, metricPanel(`max by (source) (breakwater_feed_behind_seconds${own})`, '{{source}}', { title: 'How far back everything is read', description: 'Age of the last moment that was read in full. A chain is as far back as its blocks are apart.', noData: noDaemon, unit: 's' })],
          [8, metricPanel(`sum by (source) (breakwater_feed_books_in_use${own}) / (sum by (source) (breakwater_feed_books${own}) > 0)`, '{{source}}', { title: 'Books that are current', description: 'Order books in use, as a share of those that are kept. None while a feed keeps no book.', noData: noDaemon, ...gauge })],
          [8, metricPanel(`max by (source) (breakwater_feed_incidents${own})`, '{{source}} incidents', { title: 'Parts that are out', description: 'Parts of a feed that are out, and channels that were accepted and say nothing.', noData: noDaemon }, [[`sum by (source) (breakwater_feed_silent_channels${own})`, '{{source}} silent channels']])],
        ],
      },
      {
        question: 'What is read, and what is left out?', height: 8,
        panels: [
          [6, metricPanel(often('breakwater_feed_frames_total'), '{{source}}', { title: 'Frames', description: 'Frames received from each venue, a second.', ...perSecond })],
          [6, metricPanel(often('breakwater_feed_rejected_total'), '{{source}}', { title: 'Frames that are not as documented', description: 'Frames rejected, a second: a venue may have changed its format.', ...perSecond })],
          [6, metricPanel(often('breakwater_feed_gaps_total'), '{{source}}', { title: 'Books that broke', description: 'Lost updates, wrong checksums and crossed books, a second.', ...perSecond })],
          [6, metricPanel(often('breakwater_feed_resyncs_total'), '{{source}}', { title: 'Books that came back', description: 'Books read anew after a break, a second.', ...perSecond })],
        ],
      },
      {
        question: 'How is it read?', height: 8,
        panels: [
          [8, metricPanel(`sum by (source) (rate(breakwater_frames_fell_back_total${own}[$__rate_interval])) / (sum by (source) (rate(breakwater_frames_total${own}[$__rate_interval])) > 0) or 0 * sum by (source) (breakwater_feed_ok${own})`, '{{source}}', { title: 'Frames that the byte decoder left', description: 'Frames that do not have the shape the byte decoder knows, as a share of those of kinds it does: they are read the slower way.', noData: noDaemon, ...gauge })],
          [8, metricPanel(`sum by (source, outcome) (rate(breakwater_feed_polls_total${own}[$__rate_interval]))`, '{{source}} {{outcome}}', { title: 'Questions to venues', description: 'Questions to REST addresses by outcome, a second.', ...perSecond })],
          [8, metricPanel(`sum by (source) (breakwater_feed_sockets${own}) - sum by (source) (breakwater_feed_sockets_up${own})`, '{{source}}', { title: 'Sockets that are not open', description: 'Sockets wanted and not open.', noData: noDaemon })],
        ],
      },
    ],
  };
}
