import type { DaemonStatus } from '@breakwater/contracts';
import { formatUtc } from '@breakwater/contracts';
import type { VNode } from 'preact';
import type { Count } from '../app/select.ts';
import { ageText } from './text.ts';

/** What the header shows. */
export interface HeaderProps {
  readonly feeds: Count | null;
  readonly chains: Count | null;
  readonly heartbeat: DaemonStatus['heartbeat'];
  /** The daemon's time; null before its first word. */
  readonly now: number | null;
  readonly onHelp: () => void;
}

/** A heartbeat this many intervals old is overdue: one may be on its way, two are not. */
const overdue = 2;

/** Name, how the sources are, how old the last sign of life is, what time the daemon has. */
export function Header({ feeds, chains, heartbeat, now, onHelp }: HeaderProps): VNode {
  return (
    <header class="top">
      <a class="brand" href="#/">
        Breakwater
      </a>
      <nav class="vitals" aria-label="State of the daemon">
        {feeds === null || feeds.total === 0 ? null : <Sources label="feeds" count={feeds} />}
        {chains === null || chains.total === 0 ? null : <Sources label="chains" count={chains} />}
        {now === null ? null : <Pulse heartbeat={heartbeat} now={now} />}
      </nav>
      <span class="clock" aria-label="Time of the daemon">
        {now === null ? 'no time yet' : formatUtc(now)}
      </span>
      <button type="button" class="plain help-key" onClick={onHelp} aria-label="Keys and terms">
        ?
      </button>
    </header>
  );
}

function Sources({ label, count }: { readonly label: string; readonly count: Count }): VNode {
  const well = count.ok === count.total;
  return (
    <a class={well ? 'vital' : 'vital unwell'} href="#/feeds">
      {label} {count.ok}/{count.total}
      <svg class="shape" viewBox="0 0 12 12" width="8" height="8" aria-hidden="true">
        <circle cx="6" cy="6" r="4.5" fill={well ? 'currentColor' : 'none'} stroke="currentColor" stroke-width="2" />
      </svg>
      <span class="sr">{well ? ', all well' : ', not all well'}</span>
    </a>
  );
}

function Pulse({ heartbeat, now }: { readonly heartbeat: DaemonStatus['heartbeat']; readonly now: number }): VNode {
  if (heartbeat === null) return <span class="vital">no heartbeat yet</span>;
  const late = now - heartbeat.eventTime > overdue * heartbeat.intervalSeconds * 1_000;
  return (
    <a class={late ? 'vital unwell' : 'vital'} href="#/feeds">
      heartbeat {ageText(heartbeat.eventTime, now)} ago{late ? ', overdue' : ''}
    </a>
  );
}
