import type { Message } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import { createRng, epochMs } from '@breakwater/models/core';
import { createOrderBook } from '@breakwater/models/market';
import { createActivity } from '@breakwater/platform/activity';
import { silentLog } from '@breakwater/platform/log';
import type { Endpoint, SimulatedClock } from '@breakwater/platform/simulated';
import { createSimulatedClock, createSimulatedNetwork } from '@breakwater/platform/simulated';
import type { Collector } from '../collector.ts';
import { createCollector } from '../collector.ts';
import { collectorsConfig } from '../config.ts';
import type { SocketPlan, Venue, VenueEndpoints } from '../venue.ts';

/** When the simulated clock of a session begins, on a whole second. */
const START = epochMs(1_800_000_000_000);
/** No test comes near this weight a minute unless it says so. */
const AMPLE_WEIGHT = 3_600;

/** A live session of one market type. */
export interface SessionOptions<W extends { readonly endpoint: Endpoint }> {
  readonly venue: Venue;
  /** Base addresses of its sockets by role; requests go to `http://venue.test`. */
  readonly ws: VenueEndpoints['ws'];
  /** The asset watched. Default OM. */
  readonly asset?: string;
  /** Default 3,600. */
  readonly weightPerMinute?: number;
  /** The venue, whose streams the test drives. `now` is whole milliseconds, as venues print them. */
  readonly world: (now: () => EpochMs) => W;
  /** What the venue does at every beat of `live`, and how often, milliseconds; `n` counts beats from 0. */
  readonly beat: { readonly everyMs: number; readonly act: (world: W, n: number) => void };
}

/** A session with what a test asks of it. */
export interface SessionRig<W> {
  readonly clock: SimulatedClock;
  readonly venue: W;
  readonly collector: Collector;
  /** Everything published, in order. */
  readonly messages: readonly Message[];
  /** Lets time pass and the venue rest. */
  pass(ms: number): Promise<void>;
  /** Lets time pass with a beat of the venue at the beginning of each interval. */
  live(seconds: number): Promise<void>;
  /** The messages of one kind. */
  of<K extends Message['kind']>(kind: K): Extract<Message, { kind: K }>[];
  /** The bids, best first, that a reader of the published books holds: price, quantity, price, quantity. */
  read(): number[];
  /** What was said of a channel, of one instrument or of all: `<status> <reason>` each. */
  health(channel: string, instrument?: string): string[];
  /** Ends the session and waits for it. */
  finish(): Promise<void>;
}

/** Starts a collector of one market type on a simulated clock and network (latency 1 to 5 ms, seeded). No time has passed when it returns. */
export function startSession<W extends { readonly endpoint: Endpoint }>(options: SessionOptions<W>): SessionRig<W> {
  const { venue: feed, beat } = options;
  const clock = createSimulatedClock({ start: START, activity: createActivity() });
  const venue = options.world(() => epochMs(Math.floor(clock.now())));
  const network = createSimulatedNetwork({ clock, rng: createRng(1), latencyMs: [1, 5], resolve: () => venue.endpoint });
  const messages: Message[] = [];
  const stop = new AbortController();
  const collector = createCollector({
    feeds: [{ venue: feed, endpoints: { rest: 'http://venue.test', ws: options.ws }, weightPerMinute: options.weightPerMinute ?? AMPLE_WEIGHT }],
    config: collectorsConfig.parse({ venues: { [feed.venue]: {} }, assets: { [options.asset ?? 'OM']: {} } }),
    network, clock, rng: createRng(2), publish: (_topic, message) => messages.push(message), log: silentLog, signal: stop.signal,
  });
  const done = collector.run();
  const pass = (ms: number): Promise<void> => clock.advanceTo(epochMs(clock.now() + ms));
  const of = <K extends Message['kind']>(kind: K): Extract<Message, { kind: K }>[] => messages.filter((m): m is Extract<Message, { kind: K }> => m.kind === kind);
  let beats = 0;
  return {
    clock, venue, collector, messages, pass, of,
    live: async (seconds) => {
      for (let left = seconds * 1_000; left > 0; left -= beat.everyMs) {
        beat.act(venue, beats++);
        await pass(beat.everyMs);
      }
    },
    read: () => {
      const held = createOrderBook();
      for (const message of of('book')) {
        if (message.snapshot) held.replace(message.bids, message.asks);
        else held.apply(message.bids, message.asks);
      }
      return held.levels('bids');
    },
    health: (channel, instrument) => of('feed.health').filter((m) => m.channel === channel && (instrument === undefined || m.instrument === instrument)).map((m) => `${m.status} ${m.reason}`),
    finish: async () => {
      stop.abort();
      await pass(100);
      await done;
    },
  };
}

/** The same market type with sockets (those whose name begins with `name`) that are replaced after `rotateAfterMs`. */
export function rotating(venue: Venue, rotateAfterMs: number, name = ''): Venue {
  const sooner = (socket: SocketPlan): SocketPlan => (socket.name.startsWith(name) ? { ...socket, rotateAfterMs } : socket);
  return {
    ...venue,
    plan: (...args) => {
      const plan = venue.plan(...args);
      return { ...plan, sockets: plan.sockets.map(sooner) };
    },
  };
}
