import type { HawkesScore, NetworkScore } from '@breakwater/contracts';
import { hash32, ratio, type AssetId, type EpochMs } from '@breakwater/models/core';
import { branchingDisagrees, fitHawkesChoosing, groupTimes, leastHawkesEvents } from '@breakwater/models/cascade';
import type { ForcedEvents } from './forced-events.ts';

/** How often liquidations of an asset are fitted, milliseconds: a fit of thousands takes about a tenth of a second. */
const fitEveryMs = 300_000;
/** Fits of different assets are spread over this many parts of that time. */
const slots = 10;
/** Marks move about once a second: orders of one moment were set off together by one of them, and not by each other [A]. */
const resolutionSeconds = 1;

/** Whether liquidations of an asset are fitted at `at`: once in five minutes, each asset at its own time of them. */
export function isFittedAt(asset: AssetId, at: EpochMs): boolean {
  return at % fitEveryMs === ((hash32(asset) % slots) * fitEveryMs) / slots;
}

/**
 * The second opinion on the reproduction number: the branching ratio of the liquidations that were published in the last hours, over all markets. Null while there are fewer than 50 or no reproduction
 * number, and where the fits did not converge. Venues that show one order a second hide those that follow within it, and what follows within a second counts as set off by the same mark,
 * so in the thickest of a cascade the ratio is too low rather than too high. About a tenth of a second for thousands of events.
 */
export function branchingOf(forced: ForcedEvents, at: EpochMs, network: NetworkScore | null | undefined): HawkesScore | null {
  const { from, at: times } = forced.window(at);
  if (network === null || network === undefined || times.length < leastHawkesEvents) return null;
  const seconds = groupTimes(times.map((time) => (time - from) / 1_000), resolutionSeconds);
  const fit = fitHawkesChoosing({ times: seconds, step: resolutionSeconds, from: 0, to: (at - from) / 1_000 });
  if (!fit.ok || !fit.value.converged) return null;
  const { value, low, high } = fit.value.ratio;
  return {
    branching: { value: ratio(value), low: ratio(low), high: ratio(high), status: 'inferred' }, events: fit.value.events,
    disagreement: branchingDisagrees(fit.value.ratio, network.reproduction),
  };
}
