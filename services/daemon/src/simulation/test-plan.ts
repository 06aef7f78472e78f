import type { Rng } from '@breakwater/models/core';
import type { FaultPlan } from '@breakwater/platform/simulated';
import type { Scenario } from '@breakwater/simulator/scenarios';
import { courseSteps, stepMs, tickMs } from './test-scenario.ts';

/** What goes wrong at a server for a while. */
export interface ServerEpisode {
  readonly kind: 'server';
  /** Steps [from, until). */
  readonly from: number;
  readonly until: number;
  /** Name of the server. */
  readonly target: string;
  readonly plan: FaultPlan;
  /** Ends open sessions at the beginning. */
  readonly restart?: boolean;
}
/** What else goes wrong for a while. */
export interface OtherEpisode {
  readonly kind: 'partition' | 'disk-fails' | 'disk-loses-acks' | 'recipient-fails' | 'recipient-loses-acks' | 'recipient-hangs' | 'file-fails' | 'lie-foreign' | 'lie-chain-id';
  readonly from: number;
  readonly until: number;
  readonly target: string;
}
/** Something that happens once, within the step that begins at `at`. */
export type Incident =
  | { readonly kind: 'reorg'; readonly at: number; readonly depth: number; readonly reinclude: boolean }
  /**
   * The daemon dies at the `points`-th crash point (write, publication, delivery) after `afterMs`, or after the next commit of warnings
   * from then on; with 0 points at `afterMs`. `downSteps` steps later it starts again.
   */
  | { readonly kind: 'crash'; readonly at: number; readonly afterMs: number; readonly points: number; readonly from: 'now' | 'warnings'; readonly downSteps: number };

/** Everything that goes wrong in a run. */
export interface Faults {
  readonly episodes: readonly (ServerEpisode | OtherEpisode)[];
  readonly incidents: readonly Incident[];
  /** Clocks of venues against ours, milliseconds. */
  readonly clockOffsets: Readonly<Record<string, number>>;
}

/** Nothing goes wrong. */
export const noFaults: Faults = { episodes: [], incidents: [], clockOffsets: {} };

/** Books of every venue, for silent subscriptions. */
const bookFrames = /depthUpdate|"orderbook\.|"channel":"books"|"channel":"l2Book"/;

/**
 * Characters are changed only where the venue's own protocol heals it: whole snapshots (Hyperliquid). A changed digit in an update of a
 * venue without checksums cannot be told from a true one by anybody; transport checksums keep it away in reality.
 */
const mutable = new Set(['hyperliquid']);

function serverFault(rng: Rng, host: string): Pick<ServerEpisode, 'plan' | 'restart'> {
  const kind = rng.int(12);
  switch (kind) {
    case 0: return { plan: { drop: 0.2 } };
    case 1: return { plan: { duplicate: 0.3 } };
    case 2: return { plan: { delay: { probability: 0.3, ms: [200, 7_000] } } };
    case 3: return { plan: { reorder: 0.3 } };
    case 4: return { plan: { corrupt: { probability: 0.15, kinds: mutable.has(host) ? ['mutate', 'truncate', 'oversize'] : ['truncate', 'oversize'], oversizeBytes: 300_000 } } };
    case 5: return { plan: { disconnect: 0.05 } };
    case 6: return { plan: { silence: { match: bookFrames } } };
    case 7: return { plan: { refuse: true }, restart: true };
    case 8: return { plan: { stall: true } };
    case 9: return { plan: { http: { rateLimited: { probability: 0.6, retryAfterSeconds: 7 } } }, restart: rng.chance(0.5) };
    case 10: return { plan: { http: { serverError: 0.6 } }, restart: rng.chance(0.5) };
    default: return { plan: { http: { truncate: 0.6 } }, restart: rng.chance(0.5) };
  }
}

function span(rng: Rng): { readonly from: number; readonly until: number } {
  const from = 1 + rng.int(courseSteps - 8);
  return { from, until: Math.min(courseSteps, from + 2 + rng.int(16)) };
}

/** Draws crashes: two fifths around a commit of warnings, two fifths at a crash point of other work, the others at rest. */
export function drawCrashes(rng: Rng, count: number, mayStayDown: boolean): readonly Incident[] {
  return Array.from({ length: count }, (): Incident => {
    const where = rng.pick(['warnings', 'warnings', 'now', 'now', 'rest'] as const);
    return {
      // Armed early enough that a warning mostly follows.
      kind: 'crash', at: 1 + rng.int(where === 'warnings' ? courseSteps / 2 : courseSteps - 2), afterMs: rng.int(stepMs - 100), points: where === 'rest' ? 0 : 1 + rng.int(where === 'now' ? 16 : 6),
      from: where === 'warnings' ? 'warnings' : 'now', downSteps: mayStayDown && rng.chance(0.4) ? 1 + rng.int(12) : 0,
    };
  });
}

/** Draws crashes between the steps of a tick that follow its score: deliveries, checkpoints and the chain's work are cut, no score is. */
export function drawCrashesBetweenTicks(rng: Rng, count: number): readonly Incident[] {
  const stepsOfTick = tickMs / stepMs;
  return drawCrashes(rng, count, false).map((crash) => ({ ...crash, from: 'now', at: Math.floor(crash.at / stepsOfTick) * stepsOfTick + 1 + rng.int(2) }));
}

/** A block that holds a large deposit is lost some steps after it was mined, so that warnings may rest on it. */
function drawReorgs(rng: Rng, scenario: Scenario): readonly Incident[] {
  const large = [...scenario.transfers].sort((a, b) => b.units - a.units)[0];
  const incidents: Incident[] = [];
  if (large !== undefined && rng.chance(0.6)) {
    const mined = Math.ceil((large.at - scenario.start) / stepMs);
    const depth = 2 + rng.int(8);
    if (mined + depth < courseSteps) incidents.push({ kind: 'reorg', at: mined + depth - 1, depth, reinclude: rng.chance(0.4) });
  }
  for (let n = rng.int(3); n > 0; n--) incidents.push({ kind: 'reorg', at: 12 + rng.int(courseSteps - 14), depth: 1 + rng.int(8), reinclude: rng.chance(0.5) });
  return incidents;
}

/** Draws what goes wrong in a run over `hosts` (venue servers) of a scenario. Everything is over by the end of its course. */
export function drawFaults(rng: Rng, hosts: readonly string[], scenario: Scenario): Faults {
  const episodes: (ServerEpisode | OtherEpisode)[] = [];
  for (let n = 2 + rng.int(6); n > 0; n--) {
    const target = rng.pick(hosts);
    if (rng.chance(0.1)) episodes.push({ kind: 'partition', target, ...span(rng) });
    else episodes.push({ kind: 'server', target, ...span(rng), ...serverFault(rng, target) });
  }
  for (const target of ['node-a', 'node-b']) {
    if (!rng.chance(0.4)) continue;
    const http: FaultPlan = rng.pick<FaultPlan>([{ stall: true }, { http: { serverError: 0.5 } }, { http: { truncate: 0.5 } }, { http: { rateLimited: { probability: 0.5, retryAfterSeconds: 4 } } }]);
    episodes.push({ kind: 'server', target, ...span(rng), plan: http });
  }
  if (rng.chance(0.35)) {
    const when = span(rng);
    const { until } = when;
    episodes.push({ kind: rng.pick(['lie-foreign', 'lie-chain-id']), target: 'node-b', from: when.from, until });
    episodes.push({ kind: 'server', target: 'node-a', from: when.from, until, plan: { http: { serverError: 0.5 } } });
  }
  if (rng.chance(0.35)) episodes.push({ kind: 'disk-fails', target: '', ...span(rng) });
  if (rng.chance(0.35)) episodes.push({ kind: 'disk-loses-acks', target: '', ...span(rng) });
  for (const kind of ['recipient-fails', 'recipient-loses-acks', 'recipient-hangs', 'file-fails'] as const) if (rng.chance(0.4)) episodes.push({ kind, target: '', ...span(rng) });
  return {
    episodes,
    incidents: [...drawReorgs(rng.fork('reorgs'), scenario), ...drawCrashes(rng.fork('crashes'), rng.int(4), true)],
    clockOffsets: Object.fromEntries(hosts.map((host) => [host, rng.pick([0, 0, 0, 400, -400])])),
  };
}

/** The plan of a server at a step: all that is wrong with it together. */
export function planAt(faults: Faults, target: string, step: number): FaultPlan {
  let plan: FaultPlan = {};
  for (const episode of faults.episodes) {
    if (episode.kind !== 'server' || episode.target !== target || step < episode.from || step >= episode.until) continue;
    plan = { ...plan, ...episode.plan, http: { ...plan.http, ...episode.plan.http } };
  }
  return plan;
}
