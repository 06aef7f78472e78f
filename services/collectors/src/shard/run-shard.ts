import type { SourceId } from '@breakwater/models/core';
import type { Bus, Publish } from '@breakwater/platform/bus';
import type { Clock } from '@breakwater/platform/clock';
import { sleep } from '@breakwater/platform/clock';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { Leases } from '@breakwater/platform/lease';
import { whileHolding, type LeaseTiming } from '@breakwater/platform/lease/keep';
import type { Log } from '@breakwater/platform/log';
import type { Collector } from '../collector.ts';
import type { SourceTail } from '../source.ts';
import { followSources } from './source-tails.ts';

/** How long a new holder waits for what the last one published (design assumption: far above a bus's delay, far below the time of a takeover). */
const SETTLE_MS = 500;

/** One collector process's part in a shard: it collects while it holds the shard's lease, and stands by otherwise. */
export interface ShardDeps {
  /** The shard, e.g. `collect-0`; also the lease's name. */
  readonly shard: string;
  /** This process, different from every other. */
  readonly holder: string;
  /** The sources of the shard's venues. */
  readonly sources: ReadonlySet<SourceId>;
  readonly bus: Bus;
  readonly leases: Leases;
  readonly clock: Clock;
  /** Leases go by it; where the other clock is simulated it may be another. */
  readonly leaseClock?: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly timing?: LeaseTiming;
  /** How long a process listens before it first asks for the lease, milliseconds: at least two watermarks of its sources, so that it knows where a live holder is. */
  readonly listenMs: number;
  /** Makes the collector of the shard's venues, anew for every term: it publishes through `publish` and goes on with each source where `tailOf` says it was. */
  readonly createCollector: (term: ShardTerm) => Pick<Collector, 'run'>;
}

/** One time of holding a shard. */
export interface ShardTerm {
  /** Counts up from term to term, over all processes of the shard. */
  readonly term: number;
  /** Whether it lasts, asked of the clock. */
  readonly held: () => boolean;
  /** Publishes nothing once the term is over, and what waits to be sent then is not sent. */
  readonly publish: Publish;
  /** Rejects with `fenced` once the term is over. */
  readonly publishDurable: Bus['publishDurable'];
  readonly tailOf: (source: SourceId) => SourceTail;
  readonly signal: AbortSignal;
}

/**
 * Runs until `signal` aborts. A standby connects to no venue, so it spends nothing of their limits; it follows on the bus what the holder publishes. When the holder dies,
 * hangs or is cut off, its lease runs out and the standby reads the lists and connects: books come whole; trades and liquidations that venues repeat to a new connection are left
 * out when they are from before the holder's last watermark, or known by their ids. Whoever lost the lease publishes nothing more, whatever still reaches it.
 * Where nobody has listened (all processes of a shard died), a new one may repeat what venues repeat, as a daemon that is started again does.
 */
export async function runShard(deps: ShardDeps): Promise<void> {
  const { bus, shard, holder, log } = deps;
  const leaseClock = deps.leaseClock ?? deps.clock;
  const tails = followSources(bus, `standby:${shard}:${holder}`, (source) => deps.sources.has(source));
  let refused = 0;
  tails.resume();
  try {
    await sleep(leaseClock, deps.listenMs, deps.signal).catch(() => undefined);
    await whileHolding({ leases: deps.leases, name: shard, holder, clock: leaseClock, log, signal: deps.signal, ...(deps.timing === undefined ? {} : { timing: deps.timing }) }, async (lease) => {
      // What the last holder published may still be on its way to the tails; a bus that never rests is not waited for.
      await Promise.race([bus.idle(), sleep(leaseClock, SETTLE_MS, lease.signal).catch(() => undefined)]);
      const published = new Map([...deps.sources].map((source) => [source, tails.of(source).until]));
      const held = (): boolean => lease.held();
      const publish: Publish = (topic, message) => {
        if ((message.kind === 'trade' || message.kind === 'liquidation') && message.eventTime <= (published.get(message.source) ?? -1)) return;
        if (held()) {
          tails.hear(message);
          bus.publish(topic, message, held);
        } else if (refused++ === 0) log.warn('not-published', { shard, holder, why: 'the lease ended' });
      };
      const publishDurable: Bus['publishDurable'] = async (topic, messages) => {
        if (!held()) throw new BreakwaterError('fenced', `${topic} not published: the lease of ${shard} ended`);
        messages.forEach((message) => tails.hear(message));
        await bus.publishDurable(topic, messages, held);
      };
      await tails.pause();
      try {
        await deps.createCollector({ term: lease.term, held, publish, publishDurable, tailOf: (source) => tails.of(source), signal: lease.signal }).run();
      } finally {
        if (!deps.signal.aborted) tails.resume();
      }
    });
  } finally {
    await tails.pause();
  }
}
