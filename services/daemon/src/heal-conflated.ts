import type { Collector } from '@breakwater/collectors';
import type { Adapters } from './adapters.ts';
import type { CollectSeat } from './collect-seat.ts';

/** A book of which an update was left out, because a stage was slower than its input, is told of as not current, and published anew once its readers have caught up. */
export function healConflated({ bus, clock, onConflated }: Pick<Adapters, 'clock' | 'onConflated'> & { readonly bus: Pick<Adapters['bus'], 'publish' | 'publishDurable'> }, collector: Pick<Collector, 'republish'> & Pick<CollectSeat, 'until'>): void {
  onConflated((message) => {
    const { source, seq, receivedAt, asset, instrument } = message;
    const about = { kind: 'feed.health', source, seq, eventTime: receivedAt, receivedAt, asset, instrument, channel: 'book' } as const;
    // Of a turn that is over, nothing is said.
    const until = collector.until();
    // Into a queue that is full it would only push out another one's updates; under a steady stream there is never nothing queued, but what was queued before this is gone once this is handled.
    void bus.publishDurable('global', [{ ...about, status: 'resyncing', reason: 'queue-full' }], until).catch(() => undefined).then(() => {
      if (until?.() === false) return;
      if (collector.republish(instrument)) bus.publish('global', { ...about, eventTime: clock.now(), receivedAt: clock.now(), status: 'ok', reason: 'republished' }, until);
    });
  });
}
