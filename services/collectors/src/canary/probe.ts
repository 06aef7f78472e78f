import type { EpochMs } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import { messageOf } from '@breakwater/platform/errors';
import type { Network } from '@breakwater/platform/network';
import { openPlannedSocket } from '../session/planned-socket.ts';
import type { Requests } from '../session/requests.ts';
import type { PlanOptions, PollPlan, SocketPlan, Venue, VenueInstrument } from '../venue.ts';
import type { CanaryReason } from './findings.ts';
import { lackOf } from './findings.ts';

/** One thing that was tried at a venue. */
export interface Probe {
  /** e.g. `GET https://fapi.binance.com/fapi/v1/depth` or `wss://fstream.binance.com/public/stream`. */
  readonly name: string;
  /** Absent when all is as expected. */
  readonly reason?: CanaryReason;
  readonly detail: string;
}

/** What probing needs. */
export interface ProbeDeps {
  readonly venue: Venue;
  /** A market to ask about, as the venue lists it. */
  readonly instrument: VenueInstrument;
  readonly options: PlanOptions;
  readonly requests: Requests;
  readonly network: Network;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A socket that is not open by then is not reachable, milliseconds (the network's own limit of an opening is no longer). */
const OPEN_WITHIN_MS = 10_000;
/** A socket that stays open so long was accepted, milliseconds (a design assumption). */
const STAYS_MS = 1_000;

/**
 * Tries one of everything that the plan of a market has: each address of a socket answers an upgrade, each kind of poll (and of resync) answers, is
 * understood and has what it is for. Nothing is subscribed and nothing of it is published. A few requests; never rejects but when the signal aborts.
 */
export async function probeVenue(deps: ProbeDeps): Promise<readonly Probe[]> {
  const { venue, instrument } = deps;
  const plan = venue.plan([instrument], deps.options);
  const resync = plan.resync(instrument.symbol);
  const polls = firstOf([...(resync.kind === 'request' ? [resync.poll] : []), ...plan.polls], addressOf);
  const probes: Probe[] = [];
  for (const poll of polls) probes.push(await askPoll(deps, poll));
  for (const socket of firstOf(plan.sockets, (s) => s.handshake?.request.url ?? s.url)) probes.push(await openSocket(deps, socket));
  return probes;
}

function firstOf<T>(items: readonly T[], keyOf: (item: T) => string): readonly T[] {
  const seen = new Map<string, T>();
  for (const item of items) if (!seen.has(keyOf(item))) seen.set(keyOf(item), item);
  return [...seen.values()];
}

/** Polls of one path and channel are one kind. */
function addressOf({ request, channel }: PollPlan): string {
  const url = new URL(request.url);
  return `${request.method} ${url.origin}${url.pathname} ${channel}`;
}

async function askPoll({ requests, signal }: ProbeDeps, poll: PollPlan): Promise<Probe> {
  const name = addressOf(poll);
  try {
    const { body, receivedAt } = await requests.get(poll.request, poll.weight);
    const lack = lackOf(poll.parse(body, receivedAt), poll.channel);
    return lack === undefined ? { name, detail: 'answers as expected' } : { name, ...lack };
  } catch (error) {
    if (signal.aborted) throw error;
    return { name, reason: 'request-failed', detail: messageOf(error).slice(0, 160) };
  }
}

function openSocket({ network, clock, signal }: ProbeDeps, plan: SocketPlan): Promise<Probe> {
  const name = plan.handshake?.request.url ?? plan.url;
  const startedAt: EpochMs = clock.now();
  return new Promise((resolve) => {
    let over = false;
    const end = (probe: Probe): void => {
      if (over) return;
      over = true;
      cancel();
      socket.close(1000, 'probed');
      resolve(probe);
    };
    let cancel = clock.after(OPEN_WITHIN_MS, () => end({ name, reason: 'socket-unreachable', detail: `not open after ${String(OPEN_WITHIN_MS / 1_000)} s` }));
    const socket = openPlannedSocket(network, plan, {
      onOpen: () => {
        cancel();
        const detail = `opens in ${String(Math.round(clock.now() - startedAt))} ms`;
        // Some venues accept and close at once.
        cancel = clock.after(STAYS_MS, () => end({ name, detail }));
      },
      onFrame: () => undefined,
      onClose: (code, reason) => end({ name, reason: 'socket-unreachable', detail: `closed with ${String(code)} ${reason}`.trim().slice(0, 160) }),
    }, { signal, label: 'canary' });
  });
}
