import type { BookMessage, FeedHealthMessage, Message } from '@breakwater/contracts';
import { createCollector, nativeFeeds, type Collector } from '@breakwater/collectors';
import { collectorsConfig } from '@breakwater/collectors/config';
import { createRng, defined, epochMs } from '@breakwater/models/core';
import { createOrderBook, type OrderBook } from '@breakwater/models/market';
import { createActivity } from '@breakwater/platform/activity';
import { silentLog } from '@breakwater/platform/log';
import { createSimulatedClock, createSimulatedNetwork, withFaults, type FaultyEndpoint, type SimulatedClock, type SimulatedNetwork } from '@breakwater/platform/simulated';
import { createWorld, printLots, printTicks, venueEndpoints, type EndpointName, type World } from '@breakwater/simulator';
import { om2025, type Scenario } from '@breakwater/simulator/scenarios';
import { drillConfig } from '../drill/drill-config.ts';
import { instrumentOf, shifted, venueHosts } from './test-servers.ts';

/** Every feed of the four simulated venues over a simulated network, a reader of their messages, and the truth to compare it with. */
export interface FeedRig {
  readonly clock: SimulatedClock;
  readonly network: SimulatedNetwork;
  readonly hosts: readonly EndpointName[];
  readonly faulty: ReadonlyMap<EndpointName, FaultyEndpoint>;
  readonly collector: Collector;
  readonly messages: readonly Message[];
  readonly world: World;
  /** Lets `seconds` pass: a step of every market every `stepMs` (a second by default); `onStep` is called halfway to the next, when it has arrived. */
  live(seconds: number, onStep?: () => void, stepMs?: number): Promise<void>;
  /** What a reader of the messages has of each market: whether it may take the book for current, and its levels near the touch. */
  read(instrument: string): { readonly usable: boolean; readonly why: string; readonly near: string };
  /** When a book was first said to be not current, from `since` on; undefined when it never was. */
  saidAt(instrument: string, since: number): number | undefined;
  /** The same levels as the venue has them now. */
  truth(instrument: string): string;
  readonly instruments: readonly string[];
  finish(): Promise<void>;
}

/** Levels a side that are compared: what every venue's stream carries. */
const levels = 15;

interface Reader { readonly book: OrderBook; status: FeedHealthMessage['status']; reason: string }

/** As scoring does it: a break ends with the snapshot, a silence also with `ok`; a source that is down takes its books with it. */
function createReader(): { take(message: Message): void; of(instrument: string): Reader | undefined } {
  const readers = new Map<string, Reader & { readonly source: string }>();
  const takeBook = (message: BookMessage): void => {
    const held = readers.get(message.instrument) ?? { book: createOrderBook(), status: 'resyncing' as const, reason: 'no-snapshot', source: message.source };
    readers.set(message.instrument, held);
    if (message.snapshot) {
      held.book.replace(message.bids, message.asks);
      held.status = 'ok';
    } else held.book.apply(message.bids, message.asks);
  };
  return {
    take: (message) => {
      if (message.kind === 'book') takeBook(message);
      if (message.kind !== 'feed.health') return;
      for (const [instrument, held] of readers) {
        const own = message.channel === 'book' && message.instrument === instrument;
        if (message.channel === 'socket' && message.status === 'down' && message.source === held.source) Object.assign(held, { status: 'down', reason: message.reason });
        else if (own && (message.status !== 'ok' || held.status === 'silent')) Object.assign(held, { status: message.status, reason: message.reason });
      }
    },
    of: (instrument) => readers.get(instrument),
  };
}

function configOf(scenario: Scenario, hosts: readonly EndpointName[]): ReturnType<typeof collectorsConfig.parse> {
  const addresses = Object.fromEntries(hosts.map((host) => [host, { http: `http://${host}.sim`, ws: `ws://${host}.sim`, port: 0 }]));
  const receivers = { webhookUrl: 'http://unused.sim/', webhookSecret: '', telegramRoot: '', telegramToken: '', telegramChat: 1 };
  const { venues } = drillConfig(scenario, { addresses, chainUrl: 'http://unused.sim', token: '', store: '', warnings: '', apiPort: 0, receivers });
  return collectorsConfig.parse({ venues, assets: { OM: {} }, collect: { maxFrameBytes: 262_144 } });
}

/** Makes a rig whose collector runs and has read nothing yet. `clockOffsets` are of whole hosts, milliseconds. */
export function createFeedRig(seed: number, clockOffsets: Readonly<Partial<Record<EndpointName, number>>> = {}): FeedRig {
  const scenario: Scenario = { ...om2025(seed, { silence: false }), book: { near: 24, far: 8 } };
  const clock = createSimulatedClock({ start: scenario.start, activity: createActivity() });
  const rng = createRng(seed);
  const world = createWorld(scenario);
  const hosts = venueHosts(scenario);
  const faulty = new Map(hosts.map((host) => [host, withFaults(venueEndpoints(shifted(world, clockOffsets[host] ?? 0))[host], {}, { clock, rng: rng.fork(host) })]));
  const network = createSimulatedNetwork({ clock, rng: rng.fork('network'), latencyMs: [5, 60], resolve: (url) => faulty.get(new URL(url).host.replace('.sim', '') as EndpointName) });
  const messages: Message[] = [];
  const reader = createReader();
  const stop = new AbortController();
  const collector = createCollector({
    feeds: nativeFeeds, config: configOf(scenario, hosts), network, clock, rng: rng.fork('collector'), log: silentLog, signal: stop.signal,
    publish: (_topic, message) => {
      messages.push(message);
      reader.take(message);
    },
  });
  const done = collector.run();
  const pass = (ms: number): Promise<void> => clock.advanceTo(epochMs(clock.now() + ms));
  const marketOf = (instrument: string) => defined(world.markets().find(({ spec }) => instrumentOf(spec) === instrument), instrument);
  return {
    clock, network, hosts, faulty, collector, messages, world,
    live: async (seconds, onStep, stepMs = 1_000) => {
      for (let ms = 0; ms < seconds * 1_000; ms += stepMs) {
        world.advance(epochMs(Math.floor(clock.now())));
        await pass(stepMs / 2);
        onStep?.();
        await pass(stepMs / 2);
      }
    },
    read: (instrument) => {
      const held = reader.of(instrument);
      if (held === undefined) return { usable: false, why: 'nothing', near: '' };
      return { usable: held.status === 'ok', why: held.reason, near: JSON.stringify([held.book.levels('bids').slice(0, 2 * levels), held.book.levels('asks').slice(0, 2 * levels)]) };
    },
    saidAt: (instrument, since) => messages.find((m) => m.kind === 'feed.health' && m.status !== 'ok' && m.receivedAt >= since
      && ((m.channel === 'book' && m.instrument === instrument) || (m.channel === 'socket' && m.status === 'down' && instrument.startsWith(`${m.source}:`))))?.receivedAt,
    truth: (instrument) => {
      const { spec, book } = marketOf(instrument);
      const side = (list: typeof book.bids): number[] => list.slice(0, levels).flatMap(([ticks, lots]) => [Number(printTicks(spec, ticks)), Number(printLots(spec, lots))]);
      return JSON.stringify([side(book.bids), side(book.asks)]);
    },
    instruments: world.markets().map(({ spec }) => instrumentOf(spec)),
    finish: async () => {
      stop.abort();
      await pass(40_000);
      await done;
    },
  };
}
