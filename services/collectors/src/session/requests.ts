import type { EpochMs } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { HttpRequest, Network } from '@breakwater/platform/network';
import type { TokenBucket } from '@breakwater/platform/supervise';

/** REST requests to one market type of a venue, under its rate limit. */
export interface Requests {
  /**
   * The body of an answer with status 200. Rejects with a `BreakwaterError`: `rate-limited` (and every request pauses as long as the venue
   * asks), `http-status`, or what the network or the bucket reject with.
   */
  get(request: HttpRequest, weight: number): Promise<{ readonly body: string; readonly receivedAt: EpochMs }>;
}

/** How long to pause when a venue says "too many requests" without saying how long. A design assumption. */
const PAUSE_MS = 10_000;

/** Makes the requests of one market type. */
export function createRequests(deps: { readonly network: Network; readonly clock: Clock; readonly bucket: TokenBucket; readonly maxWeight: number; readonly signal: AbortSignal; /** Told how long the venue wants to be left alone; by default only this budget waits. */ readonly onLimited?: (ms: number) => void }): Requests {
  return {
    get: async (request, weight) => {
      await deps.bucket.take(Math.min(weight, deps.maxWeight), deps.signal);
      const answer = await deps.network.request({ ...request, signal: deps.signal });
      if (answer.status === 200) return { body: answer.body, receivedAt: deps.clock.now() };
      // 418 is Binance's: an address banned for not heeding 429.
      if (answer.status === 429 || answer.status === 418) {
        const seconds = Number(answer.headers['retry-after']);
        const retryAfterMs = seconds > 0 ? seconds * 1_000 : PAUSE_MS;
        deps.bucket.pause(retryAfterMs);
        deps.onLimited?.(retryAfterMs);
        throw new BreakwaterError('rate-limited', `request to ${new URL(request.url).host} refused: status ${answer.status}`, { retryAfterMs });
      }
      throw new BreakwaterError('http-status', `request to ${new URL(request.url).host} failed: status ${answer.status}`);
    },
  };
}

/** What one budget is refused for, every budget of the same address waits for: a venue counts by the address it is asked from, and bans who goes on asking. */
export interface SharedLimits {
  /** Joins a budget; the result makes all of that address wait. */
  join(rest: string, bucket: TokenBucket): (ms: number) => void;
}

/** Makes limits that nobody has joined. */
export function createSharedLimits(): SharedLimits {
  const buckets = new Map<string, TokenBucket[]>();
  return {
    join: (rest, bucket) => {
      const shared = buckets.get(rest) ?? [];
      buckets.set(rest, shared);
      shared.push(bucket);
      return (ms) => shared.forEach((each) => each.pause(ms));
    },
  };
}
