import type { Clock } from '@breakwater/platform/clock';
import { messageOf } from '@breakwater/platform/errors';
import type { Network } from '@breakwater/platform/network';
import { createTokenBucket } from '@breakwater/platform/supervise';
import { isEnabled } from '../collector.ts';
import type { CollectorsConfig } from '../config.ts';
import { assetRules } from '../config.ts';
import type { Feed } from '../feeds.ts';
import { endpointsOf } from '../feeds.ts';
import { createRegistry } from '../registry.ts';
import { createRequests } from '../session/requests.ts';
import type { PlanOptions } from '../venue.ts';
import { readInstrumentList } from './instrument-list.ts';
import type { Probe } from './probe.ts';
import { probeVenue } from './probe.ts';

/** What was found at one market type, as it is asked for from the command line. */
export interface CanaryReport {
  readonly source: string;
  /** Markets listed and markets of the config's assets among them; absent when the list could not be read. */
  readonly listed?: number;
  readonly watched?: number;
  readonly probes: readonly Probe[];
}

/** What a run needs. */
export interface CanaryRunDeps {
  readonly feeds: readonly Feed[];
  readonly config: CollectorsConfig;
  readonly network: Network;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Of a market type's request limit, at most (a design assumption: a daemon may run beside). */
const SHARE = 0.1;
/** Weight that may be spent at once: the heaviest request of any venue (Binance spot's depth, 250). */
const BURST = 300;

/**
 * Checks every built-in feed of the config now, one after the other, and tells each as it is done: its list is read, and one of everything that the plan of a
 * market has is tried, for a watched market or else for the first that trades. There is nothing to compare the list with: what changed since yesterday
 * is known to a daemon that runs. Rejects only when the signal aborts.
 */
export async function runCanary(deps: CanaryRunDeps, onReport: (report: CanaryReport) => void): Promise<void> {
  for (const feed of deps.feeds) if (isEnabled(feed, deps.config)) onReport(await checkFeed(feed, deps));
}

async function checkFeed(feed: Feed, { config, network, clock, signal }: CanaryRunDeps): Promise<CanaryReport> {
  const { venue, weightPerMinute } = feed;
  const endpoints = endpointsOf(feed, config);
  const bucket = createTokenBucket({ clock, perSecond: (weightPerMinute * SHARE) / 60, burst: BURST });
  const requests = createRequests({ network, clock, signal, maxWeight: BURST, bucket });
  const listName = `list of ${venue.source}`;
  try {
    const list = await readInstrumentList(venue, endpoints, requests);
    const { watched } = createRegistry(venue, list, assetRules(config.assets), clock.now());
    const [first] = watched.values();
    const instrument = first?.listing ?? list.find((listing) => listing.trading && !listing.dated);
    const found: Probe = { name: listName, detail: `${String(list.length)} markets, ${String(watched.size)} of them watched` };
    const options: PlanOptions = { endpoints, rates: false, ...config.collect };
    const probes = instrument === undefined ? [] : await probeVenue({ venue, instrument, options, requests, network, clock, signal });
    return { source: venue.source, listed: list.length, watched: watched.size, probes: [found, ...probes] };
  } catch (error) {
    if (signal.aborted) throw error;
    return { source: venue.source, probes: [{ name: listName, reason: 'list-failed', detail: messageOf(error).slice(0, 160) }] };
  }
}
