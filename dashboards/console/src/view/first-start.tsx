import type { FeedState } from '@breakwater/contracts';
import type { VNode } from 'preact';
import { marketName } from './text.ts';

/** When the first figures come. */
export const startRule = 'The first figures come once every source has spoken; those that stay silent are left out after some seconds.';

/** Before the first word of the daemon. */
export function Connecting(): VNode {
  return (
    <section class="waiting">
      <p class="headline">Connecting to the daemon.</p>
    </section>
  );
}

/** The first start: what the daemon still waits for, by name. */
export function FirstStart({ feeds }: { readonly feeds: readonly FeedState[] }): VNode {
  const waiting = feeds.filter(({ status }) => status === 'waiting');
  const heard = feeds.filter(({ status }) => status !== 'waiting');
  return (
    <section class="waiting" aria-labelledby="first-title">
      <h1 id="first-title" class="headline">
        Waiting for the first figures
      </h1>
      <p>{waiting.length === 0 ? 'Every source has spoken; the first figures follow within seconds.' : startRule}</p>
      <dl class="pairs">
        {waiting.length === 0 ? null : <dt>Not heard yet</dt>}
        {waiting.length === 0 ? null : <dd><Names feeds={waiting} /></dd>}
        {heard.length === 0 ? null : <dt>Heard</dt>}
        {heard.length === 0 ? null : <dd><Names feeds={heard} /></dd>}
      </dl>
    </section>
  );
}

function Names({ feeds }: { readonly feeds: readonly FeedState[] }): VNode {
  return <ul class="names">{feeds.map(({ source, status }) => <li key={source}>{marketName(source)}{status === 'ok' || status === 'waiting' ? '' : `, ${status}`}</li>)}</ul>;
}
