import { defined } from '@breakwater/models/core';
import type { Scenario } from '@breakwater/simulator/scenarios';
import type { Loopback } from '@breakwater/simulator';
import { influxConfigOf, type DrillInflux } from './drill-series.ts';
import type { ReceiverPlaces } from './receivers.ts';

/** Brokers of a drill, and what begins its names there. */
export interface KafkaPlace {
  readonly brokers: readonly string[];
  readonly prefix: string;
}

/** Addresses and files of one drill. */
export interface DrillPlaces {
  readonly addresses: Loopback['addresses'];
  readonly chainUrl: string;
  readonly token: string;
  readonly store: string;
  readonly warnings: string;
  /** Where the console is served, the same after every restart. */
  readonly apiPort: number;
  readonly receivers: ReceiverPlaces;
  /** Where series go; into the store when absent. */
  readonly influx?: DrillInflux | undefined;
  /** Where the stages meet; in memory when absent. */
  readonly kafka?: KafkaPlace | undefined;
}

/** The config a daemon watches a scenario with; it differs from a real one by addresses and pace only. */
export function drillConfig(scenario: Scenario, places: DrillPlaces): Record<string, unknown> {
  const { config } = scenario;
  return {
    assets: { [config.asset]: { float: config.floatUnits, tokens: [{ chain: config.chain, address: places.token, decimals: config.token.decimals }] } },
    // Only the market types that are simulated: the others have no address but the public one.
    venues: Object.fromEntries(config.venues.map((venue) => {
      const endpoints = endpointsOf(venue, places.addresses);
      // What accounts hold is read one after the other, so a run with kills would know other readings of it than one without.
      return [venue, { markets: Object.keys(endpoints), endpoints, accounts: false }];
    })),
    chains: {
      [config.chain]: {
        endpoints: [places.chainUrl], labels: Object.fromEntries(config.labels.map(({ address, label }) => [address, label])),
        // One block a step. Polls fall before the watermarks of a step, so that a score always has what they read.
        feed: { pollEveryMs: 5_000, watermarkDelayMs: 0, stallAfterMs: 600_000, startBlock: 0, finality: { confirmations: 32 } },
      },
    },
    collect: { watermarkEveryMs: 10_000, watermarkDelayMs: 0, deepEveryMs: 5_000, pollEveryMs: 5_000 },
    // Steps are up to two minutes apart and every source passes each: nothing is ever forced.
    scoring: { everyMs: 10_000, latenessMs: 600_000, staleAfterMs: 300_000 },
    alerting: {
      notifiers: {
        file: { path: places.warnings },
        webhooks: { exchange: { url: places.receivers.webhookUrl, secret: places.receivers.webhookSecret, allowHosts: ['127.0.0.1'] } },
        // Nobody asks the bot anything here.
        telegram: { token: places.receivers.telegramToken, apiRoot: places.receivers.telegramRoot, chats: [places.receivers.telegramChat], commands: false },
      },
      // Market time runs a thousand times faster than a reader's.
      heartbeat: { everySeconds: 600 },
      api: { port: places.apiPort },
    },
    store: { path: places.store, ...(places.influx === undefined ? {} : influxConfigOf(places.influx)) },
    // Each of its processes takes any port that is free.
    ...(places.kafka === undefined ? {} : { bus: { kafka: { brokers: places.kafka.brokers, prefix: places.kafka.prefix } }, probes: { port: 0 } }),
    log: { level: 'info' },
  };
}

/** Where the markets of a simulated venue are, in the terms of the venue's own addresses. */
function endpointsOf(venue: string, addresses: Loopback['addresses']): Record<string, { rest: string; ws: Record<string, string> }> {
  const at = (name: string): { http: string; ws: string } => defined(addresses[name], `simulated ${name}`);
  switch (venue) {
    case 'binance': {
      const [spot, usdm] = [at('binance-spot'), at('binance-usdm')];
      return { spot: { rest: spot.http, ws: { spot: spot.ws } }, usdm: { rest: usdm.http, ws: { public: `${usdm.ws}/public`, market: `${usdm.ws}/market` } } };
    }
    case 'bybit': {
      const { http, ws } = at('bybit');
      return { spot: { rest: http, ws: { spot: `${ws}/v5/public/spot` } }, linear: { rest: http, ws: { linear: `${ws}/v5/public/linear` } } };
    }
    case 'okx': {
      const okx = { rest: at('okx').http, ws: { public: `${at('okx').ws}/ws/v5/public` } };
      return { spot: okx, swap: okx };
    }
    default: return { perp: { rest: at(venue).http, ws: { public: `${at(venue).ws}/ws` } } };
  }
}
