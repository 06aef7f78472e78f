import { assert, createRng, defined, epochMs, type EpochMs, type Rng } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import { withFaults, type Endpoint, type FaultyEndpoint } from '@breakwater/platform/simulated';
import { createDriver, createMemoryChain, createWorld, endpointNames, printTicks, venueEndpoints, type ChainDriver, type Driver, type EndpointName, type MarketSpec, type World } from '@breakwater/simulator';
import type { Scenario } from '@breakwater/simulator/scenarios';

/** Everything outside the daemon: venues and nodes, each behind faults. It outlives daemons. */
export interface Servers {
  readonly world: World;
  readonly chain: ChainDriver;
  readonly hosts: readonly EndpointName[];
  readonly faulty: ReadonlyMap<string, FaultyEndpoint>;
  /** The server behind a URL. */
  resolve(url: string): Endpoint | undefined;
  prepare(): Promise<void>;
  /** Goes to `t`: one block, then one step of every market. */
  advance(t: EpochMs): Promise<void>;
  /** Ends every session, as when the client's machine is gone. */
  hangUp(): void;
  /** What the second node says of the chain. */
  lie(mode: 'none' | 'foreign' | 'chain-id'): void;
  lies(): number;
  /** The best bid of a market at a step, as the venue printed it. */
  bestBid(instrument: string, t: number): number | undefined;
  /** Deposits on the chain as it is: transfers to exchanges. */
  deposits(): Promise<readonly CanonicalDeposit[]>;
}

/** The instrument id of a simulated market. */
export function instrumentOf(spec: MarketSpec): string {
  return `${spec.venue}:${spec.marketType}:${spec.symbol}`;
}

/** A transfer to an exchange that the chain holds now. */
export interface CanonicalDeposit {
  readonly tx: string;
  readonly units: number;
  readonly at: number;
}

/** Names of the venues' servers of a scenario. */
export function venueHosts(scenario: Scenario): readonly EndpointName[] {
  return endpointNames.filter((name) => scenario.config.venues.some((venue) => name === venue || name.startsWith(`${venue}-`)));
}

/** A world whose times are off by `offsetMs`: what a venue with a wrong clock shows. */
export function shifted(world: World, offsetMs: number): World {
  if (offsetMs === 0) return world;
  let step = -1;
  let states = world.markets();
  const markets = (): World['markets'] extends () => infer R ? R : never => {
    if (step !== world.step()) {
      step = world.step();
      states = world.markets().map((state) => ({ ...state, time: epochMs(state.time + offsetMs) }));
    }
    return states;
  };
  return {
    ...world, now: () => epochMs(world.now() + offsetMs), markets,
    market: (venue, marketType, symbol) => markets().find(({ spec }) => spec.venue === venue && spec.marketType === marketType && spec.symbol === symbol),
  };
}

interface Tracked {
  readonly endpoint: Endpoint;
  hangUp(): void;
}

/** Knows the open sessions of an endpoint, so that they can be ended when their client is gone without a word. */
function tracked(endpoint: Endpoint): Tracked {
  const open = new Set<() => void>();
  return {
    endpoint: {
      request: (request) => endpoint.request(request),
      accept: (path, peer) => {
        let live = true;
        const session = endpoint.accept(path, {
          send: (text) => {
            if (live) peer.send(text);
          },
          close: (code, reason) => {
            if (live) peer.close(code, reason);
          },
        });
        const end = (): void => {
          if (!live) return;
          live = false;
          open.delete(end);
          session.onClose();
        };
        open.add(end);
        return { onFrame: (text) => session.onFrame(text), onClose: end };
      },
    },
    hangUp: () => {
      for (const end of [...open]) end();
    },
  };
}

/** The second node: honest, or of another history, or of another chain. */
function createSecondNode(honest: Endpoint, foreign: Endpoint): { readonly endpoint: Endpoint; set(mode: 'none' | 'foreign' | 'chain-id'): void; lies(): number } {
  let mode: 'none' | 'foreign' | 'chain-id' = 'none';
  let lies = 0;
  return {
    endpoint: {
      accept: (path, peer) => honest.accept(path, peer),
      request: (request) => {
        if (mode === 'foreign') {
          lies++;
          return foreign.request(request);
        }
        if (mode === 'chain-id' && request.body?.includes('eth_chainId') === true) {
          lies++;
          return { status: 200, headers: {}, body: JSON.stringify({ jsonrpc: '2.0', id: (JSON.parse(request.body) as { id: unknown }).id, result: '0x3e7' }) };
        }
        return honest.request(request);
      },
    },
    set: (next) => {
      mode = next;
    },
    lies: () => lies,
  };
}

/** Makes the outside world of a run. `clock` is the running daemon's: delays of servers are counted by it. */
export function createServers(scenario: Scenario, clockOffsets: Readonly<Record<string, number>>, clock: Clock, rng: Rng): Servers {
  const world = createWorld(scenario);
  const hosts = venueHosts(scenario);
  const chainOptions = { chainId: Number(scenario.config.chain.split(':')[1]), tokenName: scenario.config.token.name, tokenSymbol: scenario.config.token.symbol, holders: scenario.holders };
  const chain = createMemoryChain({ ...chainOptions, genesisAt: epochMs(scenario.start - 60_000) });
  const foreign = createMemoryChain({ ...chainOptions, genesisAt: epochMs(scenario.start - 61_000) });
  const second = createSecondNode(defined(chain.endpoint, 'endpoint of the chain'), defined(foreign.endpoint, 'endpoint of the foreign chain'));
  const driver: Driver = createDriver({ world, chain });

  const faulty = new Map<string, FaultyEndpoint>();
  const trackers = new Map<string, Tracked>();
  const serve = (name: string, endpoint: Endpoint): void => {
    const wrapped = withFaults(endpoint, {}, { clock, rng: rng.fork(name) });
    faulty.set(name, wrapped);
    trackers.set(`${name}.sim`, tracked(wrapped));
  };
  const worlds = new Map<number, ReturnType<typeof venueEndpoints>>();
  for (const host of hosts) {
    const offset = clockOffsets[host] ?? 0;
    const endpoints = worlds.get(offset) ?? venueEndpoints(shifted(world, offset));
    worlds.set(offset, endpoints);
    serve(host, endpoints[host]);
  }
  serve('node-a', defined(chain.endpoint, 'endpoint of the chain'));
  serve('node-b', second.endpoint);

  const exchanges = new Set(scenario.config.labels.filter(({ label }) => label.startsWith('exchange:')).map(({ address }) => `0x${address.slice(2).toLowerCase().padStart(64, '0')}`));
  const bids = new Map<string, number>();
  const [holder] = scenario.holders;
  const target = scenario.config.labels.find(({ label }) => label.startsWith('exchange:'));
  const fakes = createRng(scenario.seed).fork('fakes');
  return {
    world, chain, hosts, faulty,
    resolve: (url) => trackers.get(new URL(url).host)?.endpoint,
    prepare: () => driver.prepare(),
    advance: async (t) => {
      // The history that never was holds deposits too: believed, they would set off a warning.
      if (holder !== undefined && target !== undefined && fakes.chance(0.05)) await foreign.transfer(holder.address, target.address, 400_000);
      await foreign.mineAt(t);
      await driver.advance(t);
      for (const { spec, book } of world.markets()) bids.set(`${instrumentOf(spec)} ${t}`, Number(printTicks(spec, defined(book.bids[0], 'a best bid')[0])));
    },
    bestBid: (instrument, t) => bids.get(`${instrument} ${t}`),
    hangUp: () => {
      for (const tracker of trackers.values()) tracker.hangUp();
    },
    lie: (mode) => second.set(mode),
    lies: () => second.lies(),
    deposits: async () => {
      const body = JSON.stringify({ id: 1, method: 'eth_getLogs', params: [{ fromBlock: '0x0', toBlock: 'latest' }] });
      const answer = await defined(chain.endpoint, 'endpoint of the chain').request({ method: 'POST', url: '/', body });
      const { result } = JSON.parse(answer.body) as { result?: readonly { topics: readonly string[]; data: string; transactionHash: string; blockTimestamp: string }[] };
      assert(result !== undefined, 'the simulated node answers');
      return result.filter(({ topics }) => exchanges.has(topics[2] ?? '')).map((log) => ({ tx: log.transactionHash, units: Number(BigInt(log.data) / 10n ** 18n), at: Number(log.blockTimestamp) * 1_000 }));
    },
  };
}
