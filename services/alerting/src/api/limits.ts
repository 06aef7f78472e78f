import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Problem } from './problems.ts';

/** How often one address may ask, and guess. */
export interface Limits {
  /** Counts a request; a problem when there were too many. */
  request(request: FastifyRequest): Promise<Problem | null>;
  /** A problem when too many wrong tokens came from the address; counts nothing. */
  login(request: FastifyRequest): Promise<Problem | null>;
  /** Counts a wrong token. */
  wrongLogin(request: FastifyRequest): Promise<void>;
}

/** Wrong tokens of one address in a minute; a person mistypes, a program guesses. */
export const maxWrongLogins = 10;
const minuteMs = 60_000;
/** Addresses counted at once; the one not heard of for longest makes room. */
const maxAddresses = 10_000;

/**
 * Makes the limits of a server. An address is that of the caller, behind a proxy as the proxy says it; of IPv6 the first 64 bits, which one
 * subscriber has. While an address is over its limit of wrong tokens nothing of it is answered, a right token neither: else guessing could go on.
 */
export async function createLimits(app: FastifyInstance, requestsPerMinute: number): Promise<Limits> {
  await app.register(rateLimit, { global: false, cache: maxAddresses, timeWindow: minuteMs });
  const requests = app.createRateLimit({ max: requestsPerMinute, timeWindow: minuteMs });
  const logins = app.createRateLimit({ max: maxWrongLogins - 1, timeWindow: minuteMs });
  return {
    request: async (request) => {
      const counted = await requests(request);
      return !counted.isAllowed && counted.isExceeded ? { code: 'too-many-requests', retryAfterSeconds: Math.max(1, counted.ttlInSeconds) } : null;
    },
    login: async (request) => {
      const counted = await logins(request, { increment: false });
      return !counted.isAllowed && counted.isExceeded ? { code: 'too-many-logins', retryAfterSeconds: Math.max(1, counted.ttlInSeconds) } : null;
    },
    wrongLogin: async (request) => {
      await logins(request);
    },
  };
}
