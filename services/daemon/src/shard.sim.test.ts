import { describe, expect, it } from '@jest/globals';
import { createCollector, nativeFeeds } from '@breakwater/collectors';
import { assignVenues, runShard } from '@breakwater/collectors/shard';
import type { Message } from '@breakwater/contracts';
import { createRng, defined, epochMs, type Rng } from '@breakwater/models/core';
import { createOrderBook, type OrderBook } from '@breakwater/models/market';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import type { Clock } from '@breakwater/platform/clock';
import type { Leases } from '@breakwater/platform/lease';
import { createMemoryLeases } from '@breakwater/platform/lease/memory';
import { silentLog } from '@breakwater/platform/log';
import type { Network } from '@breakwater/platform/network';
import { createSimulatedClock, createSimulatedNetwork } from '@breakwater/platform/simulated';
import { randomScenario } from '@breakwater/simulator/scenarios';
import type { Config } from './config.ts';
import { simulationConfig } from './simulation/test-config.ts';
import { squeeze, stepMs } from './simulation/test-scenario.ts';
import { createServers } from './simulation/test-servers.ts';

/** A process that can die, or be held up and go on later as if nothing had been. */
interface Process {
  readonly name: string;
  readonly done: Promise<void>;
  stop(): void;
  kill(): void;
  pause(): void;
  resume(): void;
}

interface ProcessDeps {
  readonly name: string;
  readonly shard: number;
  readonly shards: number;
  readonly config: Config;
  readonly bus: ReturnType<typeof createMemoryBus>;
  readonly clock: Clock;
  readonly network: Network;
  readonly leases: Leases;
  readonly rng: Rng;
  /** Told when it begins to collect. */
  readonly onTerm: () => void;
}

function startProcess(deps: ProcessDeps): Process {
  const { name, config } = deps;
  const table = assignVenues(Object.keys(config.venues), deps.shards);
  const feeds = nativeFeeds.filter(({ venue }) => table.get(venue.venue) === deps.shard);
  const stop = new AbortController();
  let state: 'runs' | 'paused' | 'dead' = 'runs';
  const held: (() => void)[] = [];
  /** Nothing reaches a process that is dead; what reaches a paused one waits. */
  const alive = <A extends readonly unknown[]>(fn: (...args: A) => void) => (...args: A): void => {
    if (state === 'runs') fn(...args);
    else if (state === 'paused') held.push(() => fn(...args));
  };
  const answer = async <T>(work: Promise<T>): Promise<T> => {
    const settle = (): Promise<void> => new Promise((resolve) => alive(resolve)());
    try {
      const value = await work;
      await settle();
      return value;
    } catch (error) {
      await settle();
      throw error;
    }
  };
  const clock: Clock = { now: () => deps.clock.now(), after: (ms, fn) => deps.clock.after(ms, alive(fn)) };
  const network: Network = {
    request: (request) => answer(deps.network.request(request)),
    openSocket: (url, { onOpen, onFrame, onClose }, options) => deps.network.openSocket(url, {
      onOpen: alive(onOpen), onClose: alive(onClose),
      // Bytes are valid during the call only.
      onFrame: (bytes) => alive((kept: Uint8Array) => onFrame(kept))(bytes.slice()),
    }, options),
  };
  const leases: Leases = { claim: (...of) => answer(deps.leases.claim(...of)), release: (...of) => answer(deps.leases.release(...of)) };
  const done = runShard({
    shard: `collect-${deps.shard}`, holder: name, sources: new Set(feeds.map(({ venue }) => venue.source)), bus: deps.bus, leases, clock, log: silentLog, signal: stop.signal,
    listenMs: 2 * config.collect.watermarkEveryMs + 500,
    createCollector: ({ publish, tailOf, signal }) => {
      deps.onTerm();
      return createCollector({
        feeds, config: { ...config, venues: Object.fromEntries(Object.entries(config.venues).filter(([id]) => table.get(id) === deps.shard)) },
        network, clock, rng: deps.rng.fork('collector'), publish, tailOf, log: silentLog, signal,
      });
    },
  });
  return {
    name, done, stop: () => stop.abort(),
    kill: () => void (state = 'dead'),
    pause: () => void (state = 'paused'),
    resume: () => {
      state = 'runs';
      for (const fn of held.splice(0)) fn();
    },
  };
}

type Blow = 'kill' | 'pause' | 'stop';
const SHARDS = 2;
/** Steps between two blows to the process that holds a shard. */
const EVERY = 6;
const kinds: readonly Blow[] = ['kill', 'pause', 'stop'];

/** Two shards with two processes each; now and then the holder of one is struck, and a new process stands by in its place. */
async function run(seed: number) {
  const rng = createRng(seed).fork('shards');
  // A silent feed would show yesterday's book for as long as silence takes to be noticed.
  const scenario = { ...squeeze(randomScenario(seed)), silences: [] };
  const clock = createSimulatedClock({ start: scenario.start, activity: createActivity() });
  const servers = createServers(scenario, {}, clock, rng.fork('servers'));
  const config = simulationConfig(scenario, servers.chain.token, servers.hosts, 'usual');
  const network = createSimulatedNetwork({ clock, rng: rng.fork('network'), latencyMs: [20, 300], resolve: (url) => servers.resolve(url) });
  const bus = createMemoryBus({ activity: createActivity(), queueLimit: 100_000 });
  const leases = createMemoryLeases(clock);
  const heard: { readonly at: number; readonly message: Message }[] = [];
  for (const topic of ['assets', 'global'] as const) bus.subscribe(topic, { group: 'test', handler: (batch) => batch.forEach((message) => heard.push({ at: clock.now(), message })) });
  let born = 0;
  const holders: string[] = [];
  const start = (shard: number): Process => {
    const name = `p${born++}`;
    return startProcess({ name, shard, shards: SHARDS, config, bus, clock, network, leases, rng: rng.fork(name), onTerm: () => void (holders[shard] = name) });
  };
  const crews = Array.from({ length: SHARDS }, (_, shard) => [start(shard), start(shard)]);
  /** Paused processes, and those that go on since the step before. */
  const zombies: Process[] = [];
  const freed: Process[] = [];
  const takeovers: { readonly blow: Blow; readonly source: string; readonly ms: number }[] = [];
  const waiting = new Map<string, { readonly blow: Blow; readonly at: number; readonly from: number }>();
  const table = assignVenues(Object.keys(config.venues), SHARDS);
  const wrong: string[] = [];
  await servers.prepare();
  const look = (): void => {
    for (const [source, { blow, at, from }] of waiting) {
      const back = heard.slice(from).find(({ message }) => message.source === source && message.kind === 'book' && message.snapshot);
      if (back === undefined) continue;
      takeovers.push({ blow, source, ms: back.at - at });
      waiting.delete(source);
    }
  };
  for (let step = 0; step < 70; step++) {
    await servers.advance(epochMs(scenario.start + step * stepMs));
    await clock.runUntil(epochMs(scenario.start + step * stepMs + 2_000 + Math.floor(rng.next() * 2_000)));
    await bus.idle();
    look();
    for (const zombie of freed.splice(0)) zombie.stop();
    for (const zombie of zombies.splice(0)) {
      zombie.resume();
      freed.push(zombie);
    }
    if (step % EVERY === EVERY - 1 && waiting.size === 0) {
      const shard = Math.floor(rng.next() * SHARDS);
      const crew = defined(crews[shard], 'crew');
      const holder = defined(crew.find(({ name }) => name === holders[shard]), 'holder');
      crew.splice(crew.indexOf(holder), 1);
      const blow: Blow = defined(kinds[Math.floor(rng.next() * kinds.length)], 'a blow');
      if (blow === 'pause') zombies.push(holder);
      holder[blow]();
      crew.push(start(shard));
      const sources = new Set(heard.flatMap(({ message }) => (message.kind === 'book' ? [message.source as string] : [])));
      for (const source of sources) if (table.get(source.split(':')[0] ?? '') === shard) waiting.set(source, { blow, at: clock.now(), from: heard.length });
      // A paused process goes on only after two steps, when its lease has long been another's; meanwhile the market moves.
      if (blow === 'pause') {
        await servers.advance(epochMs(scenario.start + ++step * stepMs));
        await clock.runUntil(epochMs(scenario.start + step * stepMs + 4_000));
        await bus.idle();
        look();
      }
    }
    await clock.runUntil(epochMs(scenario.start + (step + 1) * stepMs - 1));
    await bus.idle();
    look();
    if (waiting.size === 0 && step % EVERY === EVERY - 2) wrong.push(...wrongBooks(heard.map(({ message }) => message), (instrument) => servers.bestBid(instrument, scenario.start + step * stepMs)));
  }
  for (const process of [...crews.flat(), ...zombies, ...freed]) process.stop();
  await clock.runUntil(epochMs(clock.now() + 60_000));
  return { heard: heard.map(({ message }) => message), takeovers, waiting: [...waiting.keys()], wrong };
}

/** Books as a reader of the messages has them, where they differ from the venue's. */
function wrongBooks(messages: readonly Message[], truth: (instrument: string) => number | undefined): string[] {
  const books = new Map<string, OrderBook>();
  const current = new Map<string, boolean>();
  for (const message of messages) {
    if (message.kind === 'feed.health' && message.channel === 'book' && message.instrument !== undefined) current.set(message.instrument, message.status === 'ok');
    if (message.kind !== 'book') continue;
    const book = books.get(message.instrument) ?? createOrderBook();
    books.set(message.instrument, book);
    if (message.snapshot) book.replace(message.bids, message.asks);
    else book.apply(message.bids, message.asks);
  }
  return [...books].flatMap(([instrument, book]) => {
    const expected = truth(instrument);
    return current.get(instrument) !== true || expected === undefined || book.best('bids') === expected ? [] : [`${instrument}: ${book.best('bids')}, venue ${expected}`];
  });
}

describe('collectors in shards with a standby each', () => {
  it.each([1, 2, 3])('seed %i: whoever is struck is replaced within ten seconds, and nothing is published twice', async (seed) => {
    const { heard, takeovers, waiting, wrong } = await run(seed);
    expect(waiting).toEqual([]);
    expect(wrong).toEqual([]);
    expect(new Set(takeovers.map(({ blow }) => blow)).size).toBeGreaterThan(1);
    const slowest = Math.max(...takeovers.map(({ ms }) => ms));
    expect(slowest).toBeLessThanOrEqual(10_000);

    const trades = heard.flatMap((message) => (message.kind === 'trade' ? [`${message.instrument} ${message.id ?? ''}`] : []));
    expect(trades.length).toBeGreaterThan(100);
    expect(new Set(trades).size).toBe(trades.length);
    // One writer at a time: within a topic the numbers of a source never go back, and none is given twice.
    const last = new Map<string, number>();
    for (const message of heard) {
      const stream = `${message.source} ${'asset' in message && message.kind !== 'feed.health' ? 'assets' : 'global'}`;
      expect(message.seq).toBeGreaterThan(last.get(stream) ?? -1);
      last.set(stream, message.seq);
    }
    expect(new Set(heard.map(({ source, seq }) => `${source} ${seq}`)).size).toBe(heard.length);
    console.log(JSON.stringify({ seed, takeovers: takeovers.length, slowestMs: Math.round(slowest), byBlow: Object.fromEntries(kinds.map((blow) => [blow, Math.round(Math.max(0, ...takeovers.filter((each) => each.blow === blow).map(({ ms }) => ms)))])), trades: trades.length }));
  });
});
