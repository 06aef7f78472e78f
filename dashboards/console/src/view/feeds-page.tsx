import type { DaemonStatus, FeedState } from '@breakwater/contracts';
import { formatDuration, phrasesOf } from '@breakwater/contracts';
import type { VNode } from 'preact';
import { isChain } from '../app/select.ts';
import { ageText, marketName, momentText } from './text.ts';

/** What the page of the sources shows. */
export interface FeedsPageProps {
  readonly status: DaemonStatus;
  readonly now: number;
}

/** How every source is, what of it is out and since when; the signs of life; what runs. */
export function FeedsPage({ status, now }: FeedsPageProps): VNode {
  const venues = status.feeds.filter(({ source }) => !isChain(source));
  const chains = status.feeds.filter(({ source }) => isChain(source));
  return (
    <article class="feeds-page" aria-labelledby="feeds-title">
      <header class="asset-head">
        <h1 id="feeds-title">Feeds</h1>
      </header>
      <section aria-labelledby="venues-feeds-title">
        <h2 id="venues-feeds-title">Venues</h2>
        <FeedTable feeds={venues} now={now} none="No venue is configured." label="Venues" />
      </section>
      <section aria-labelledby="chains-title">
        <h2 id="chains-title">Chains</h2>
        <FeedTable feeds={chains} now={now} none="No chain is configured: transfers are not seen." label="Chains" />
      </section>
      <Heartbeat status={status} now={now} />
      <section aria-labelledby="daemon-title">
        <h2 id="daemon-title">Daemon</h2>
        <dl class="pairs">
          <dt>Version</dt>
          <dd>{status.version}</dd>
          <dt>Started</dt>
          <dd>{momentText(status.startedAt, now)}</dd>
          <dt>Instance</dt>
          <dd>
            <code>{status.instance}</code>
          </dd>
          <dt>Clock</dt>
          <dd>{status.clock === 'system' ? 'of the machine it runs on' : 'simulated: a drill, whose time runs in steps'}</dd>
          <dt>Horizon</dt>
          <dd>{formatDuration(status.horizonSeconds * 1_000)}</dd>
        </dl>
      </section>
    </article>
  );
}

function FeedTable({ feeds, now, none, label }: { readonly feeds: readonly FeedState[]; readonly now: number; readonly none: string; readonly label: string }): VNode {
  if (feeds.length === 0) return <p class="empty">{none}</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table class="feeds">
        <thead>
          <tr>
            <th scope="col">source</th>
            <th scope="col">state</th>
            <th scope="col">what is out</th>
            <th scope="col">read through</th>
          </tr>
        </thead>
        <tbody>
          {feeds.map((feed) => (
            <tr key={feed.source} class={feed.status === 'ok' || feed.status === 'waiting' ? '' : 'hatched'}>
              <th scope="row">{marketName(feed.source)}</th>
              <td>{feed.status === 'waiting' ? 'waiting, nothing yet' : feed.status}</td>
              <td class="wide">{feed.incidents.length === 0 ? <span class="none">–</span> : <Incidents feed={feed} now={now} />}</td>
              <td>{feed.through === null ? <span class="none">–</span> : momentText(feed.through, now)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Incidents listed in a row; the rest are counted. */
const listed = 6;

function Incidents({ feed, now }: { readonly feed: FeedState; readonly now: number }): VNode {
  return (
    <ul class="incidents">
      {feed.incidents.slice(0, listed).map((incident) => (
        <li key={`${incident.channel}/${incident.instrument ?? ''}`}>
          {incident.instrument === undefined ? '' : `${incident.instrument.split(':').slice(2).join(':')} `}
          {incident.channel} {incident.status} for {ageText(incident.since, now)} <span class="muted">({incident.reason}{incident.detail === undefined ? '' : `: ${incident.detail}`})</span>
        </li>
      ))}
      {feed.incidents.length > listed ? <li class="muted">and {feed.incidents.length - listed} more</li> : null}
    </ul>
  );
}

function Heartbeat({ status, now }: FeedsPageProps): VNode {
  const { heartbeat } = status;
  return (
    <section aria-labelledby="heartbeat-title">
      <h2 id="heartbeat-title">Heartbeat</h2>
      {heartbeat === null ? <p>None has been sent yet.</p> : (
        <>
          <p>
            The last was sent at {momentText(heartbeat.eventTime, now)}; one is sent every {formatDuration(heartbeat.intervalSeconds * 1_000)}.
            {heartbeat.gaps.length === 0 ? ' None has been missed.' : ' Stretches without one, when nobody watched or nothing could be sent:'}
          </p>
          {heartbeat.gaps.length === 0 ? null : (
            <ul class="names">
              {[...heartbeat.gaps].reverse().map((gap) => (
                <li key={gap.from}>
                  {momentText(gap.from, now)}, for {formatDuration(gap.to - gap.from)}
                </li>
              ))}
            </ul>
          )}
          <p class="muted">
            {heartbeat.assets.map((pulse) => `${pulse.asset}: ${pulse.worst === null ? 'quiet' : phrasesOf('en').severity[pulse.worst]}, inputs ${pulse.status}`).join(' · ')}
          </p>
        </>
      )}
    </section>
  );
}
