import type { Collector } from '@breakwater/collectors';
import type { Adapters } from './adapters.ts';

/** A book of which an update was left out, because a stage was slower than its input, is told of as not current, and published anew once its readers have caught up. */
export function healConflated({ bus, clock, onConflated }: Pick<Adapters, 'bus' | 'clock' | 'onConflated'>, collector: Pick<Collector, 'republish'>): void {
  onConflated((message) => {
    const { source, seq, receivedAt, asset, instrument } = message;
    const about = { kind: 'feed.health', source, seq, eventTime: receivedAt, receivedAt, asset, instrument, channel: 'book' } as const;
    bus.publish('global', { ...about, status: 'resyncing', reason: 'queue-full' });
    // Into a queue that is full it would only push out another one's updates.
    void bus.idle().then(() => {
      if (collector.republish(instrument)) bus.publish('global', { ...about, eventTime: clock.now(), receivedAt: clock.now(), status: 'ok', reason: 'republished' });
    });
  });
}
