import type { AssetMessage } from '@breakwater/contracts';
import type { EpochMs, SourceId } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';
import type { Bus } from '@breakwater/platform/bus';
import type { Intake } from '../intake/intake.ts';
import { createIntake } from '../intake/intake.ts';
import type { CaptureLine } from '../replay/capture.ts';
import type { Stage } from '../replay/stages.ts';
import { answerSeeds } from '../replay/stages.ts';
import type { Source } from '../source.ts';
import { createSource } from '../source.ts';
import type { Venue } from '../venue.ts';
import type { BenchCapture, BenchFrame, BenchStep } from './capture-run.ts';
import { prepareCapture } from './capture-run.ts';

/** How to soak. */
export interface SoakOptions {
  readonly captures: readonly { readonly name: string; readonly lines: readonly CaptureLine[] }[];
  readonly venues: readonly Venue[];
  /** Instruments of each market type that are kept at once; recorded ones are repeated until there are as many. */
  readonly instruments: number;
  readonly framesPerSecond: number;
  readonly minutes: number;
  /** The bus published to; the soak is its only subscriber. */
  readonly bus: Bus;
  /** Milliseconds of a steady clock with a resolution of microseconds. */
  readonly now: () => number;
  /** A turn of the event loop. */
  readonly turn: () => Promise<void>;
  /** Collects garbage and says what is left. */
  readonly memory: () => SoakMemory;
  readonly onMinute?: (minute: SoakMinute) => void;
}

/** Memory of the process, bytes. */
export interface SoakMemory {
  /** Held by live objects, in the heap and outside it. */
  readonly memoryBytes: number;
  /** Resident: room that the engine keeps for garbage to come included. */
  readonly residentBytes: number;
}

/** One minute of a soak. */
export interface SoakMinute extends SoakMemory {
  readonly minute: number;
  readonly frames: number;
  readonly messages: number;
  /** From the moment a frame was due to the moment the subscriber has its message, milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly worstMs: number;
}

/** What a soak found. */
export interface SoakResult {
  readonly bench: 'soak';
  readonly marketTypes: number;
  readonly books: number;
  readonly framesPerSecond: number;
  readonly minutes: readonly SoakMinute[];
  /** Over all minutes but the first, in which the process warms up. */
  readonly p99Ms: number;
  readonly worstMs: number;
  /** Memory held after the last minute over that after the first, minus 1. */
  readonly growth: number;
}

/** One market type with a part of its instruments: a connection's worth that plays its capture again and again. */
interface Player {
  readonly steps: readonly BenchStep[];
  readonly stage: Stage;
  readonly lines: ReadonlyMap<SourceId, Stage>;
  step: number;
  frame: number;
  pass: number;
  /** Time of the last frame. */
  at: EpochMs;
  /** By the recorded connection, the one of this pass. */
  readonly connections: Map<string, string>;
  /** Does work while the clock of the soak stands still. */
  readonly aside: (work: () => void) => void;
}

/** Most frames between two turns of the event loop, as one read of busy sockets brings them. */
const FRAMES_PER_TURN = 200;
/** Frames from this size on are whole books at the beginning of a connection, bytes. */
const WHOLE_BOOK_BYTES = 32_768;
/** Steps of the histogram of delays, milliseconds, and how far it reaches. */
const BUCKET_MS = 0.05;
const BUCKETS = 200_000;

/**
 * Feeds recorded frames at a steady rate through as many books as asked for, for minutes on end: whether memory grows, and how long a frame takes from the moment it was due to
 * the subscriber. Every player begins somewhere else in its capture; at the end of a capture its connections end and open anew, and its trades count as new ones.
 * Captures are half a minute long, so whole books come a thousand times as often as in a day's connection: they are taken in too, while the clock of the soak stands still.
 */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { bus } = options;
  let stoodStillMs = 0;
  const now = (): number => options.now() - stoodStillMs;
  /** Does work while the clock of the soak stands still. */
  const aside = (work: () => void): void => {
    const from = options.now();
    work();
    stoodStillMs += options.now() - from;
  };
  const due: number[] = [];
  let read = 0;
  let current = 0;
  const delays = createDelays();
  const subscription = bus.subscribe('assets', {
    group: 'soak',
    handler: (batch: readonly AssetMessage[]) => {
      const at = now();
      for (let i = 0; i < batch.length; i++) delays.add(at - (due[read++] ?? at));
      if (read === due.length) {
        due.length = 0;
        read = 0;
      }
    },
  });
  const other = bus.subscribe('global', { group: 'soak', handler: () => undefined });
  const publish = ((topic, message) => {
    if (topic === 'assets') due.push(current);
    bus.publish(topic, message);
  }) as Bus['publish'];
  const players = options.captures.flatMap(({ lines }) => playersOf(prepareCapture(lines, options.venues), options.instruments, publish, aside));
  // What was played to begin somewhere else is not measured.
  await bus.idle();
  delays.reset();
  const minutes: SoakMinute[] = [];
  const begin = now();
  let sent = 0;
  let turnOf = 0;
  for (let minute = 1; minute <= options.minutes; minute++) {
    const [firstFrame, firstMessage] = [sent, delays.count()];
    delays.beginMinute();
    const end = begin + minute * 60_000;
    for (let at = now(); at < end; at = now()) {
      const target = Math.floor(((at - begin) * options.framesPerSecond) / 1_000);
      const most = Math.min(target, sent + FRAMES_PER_TURN);
      while (sent < most) {
        current = begin + (sent * 1_000) / options.framesPerSecond;
        const player = players[turnOf++ % players.length];
        if (player !== undefined) playFrame(player);
        sent++;
      }
      await options.turn();
    }
    const found: SoakMinute = { minute, frames: sent - firstFrame, messages: delays.count() - firstMessage, ...delays.minute(), ...options.memory() };
    minutes.push(found);
    if (minute === 1 && options.minutes > 1) delays.forget();
    options.onMinute?.(found);
  }
  await bus.idle();
  await subscription.stop();
  await other.stop();
  const [first, last] = [minutes[0], minutes.at(-1)];
  return {
    bench: 'soak', marketTypes: new Set(players.map((p) => p.stage.venue.source)).size, books: players.reduce((sum, p) => sum + p.stage.registry.watched.size, 0), framesPerSecond: options.framesPerSecond,
    minutes, ...delays.all(), growth: first === undefined || last === undefined ? 0 : Math.round((last.memoryBytes / first.memoryBytes - 1) * 1_000) / 1_000,
  };
}

function playersOf(capture: BenchCapture, instruments: number, publish: Bus['publish'], aside: (work: () => void) => void): readonly Player[] {
  return [...capture.stages.values()].flatMap((recorded): Player[] => {
    const steps = capture.steps.flatMap((step): BenchStep[] => {
      if (step.kind === 'answer') return [step];
      const frames = step.frames.filter((frame) => frame.source === recorded.venue.source);
      return frames.length === 0 ? [] : [{ kind: 'frames', frames }];
    });
    if (!steps.some((step) => step.kind === 'frames') || recorded.registry.watched.size === 0) return [];
    const copies = Math.ceil(instruments / recorded.registry.watched.size);
    return Array.from({ length: copies }, (_, copy) => {
      const player = createPlayer(recorded, steps, publish, aside);
      // Apart from each other, as venues are.
      const skip = Math.floor((copy * capture.frames.length) / copies / 2);
      for (let i = 0; i < skip; i++) playFrame(player);
      return player;
    });
  });
}

function createPlayer(recorded: Stage, steps: readonly BenchStep[], publish: Bus['publish'], aside: (work: () => void) => void): Player {
  const inner = createSource(recorded.venue.source, publish);
  const source: Source = {
    ...inner,
    recentTrades: (instrument) => {
      const ids = inner.recentTrades(instrument);
      return { add: (id) => ids.add(`${player.pass}.${id}`) };
    },
  };
  const intake: Intake = createIntake({ venue: recorded.venue, registry: recorded.registry, source });
  const stage: Stage = { ...recorded, source, intake };
  const player: Player = { steps, stage, aside, lines: new Map([[recorded.venue.source, stage]]), step: 0, frame: 0, pass: 0, at: epochMs(0), connections: new Map() };
  return player;
}

/** Plays the next frame, and the answers that come before it. */
function playFrame(player: Player): void {
  for (;;) {
    const step = player.steps[player.step];
    if (step === undefined) {
      player.aside(() => rewind(player));
      continue;
    }
    if (step.kind === 'answer') {
      player.aside(() => answerSeeds(player.lines, step.line, step.at));
      player.step++;
      continue;
    }
    const frame: BenchFrame | undefined = step.frames[player.frame++];
    if (frame === undefined) {
      player.step++;
      player.frame = 0;
      continue;
    }
    let connection = player.connections.get(frame.conn);
    if (connection === undefined) {
      connection = `${frame.conn}#${player.pass}`;
      player.connections.set(frame.conn, connection);
    }
    player.at = frame.at;
    if (frame.bytes.length >= WHOLE_BOOK_BYTES) {
      takeAside(player, frame, connection);
      continue;
    }
    player.stage.intake.frame(frame.bytes, frame.at, connection);
    return;
  }
}

function takeAside({ aside, stage }: Player, frame: BenchFrame, connection: string): void {
  aside(() => stage.intake.frame(frame.bytes, frame.at, connection));
}

/** The capture is over: its connections end, and it begins again on new ones. */
function rewind(player: Player): void {
  for (const connection of player.connections.values()) player.stage.intake.closed(connection, player.at, 'socket-closed');
  player.connections.clear();
  player.step = 0;
  player.frame = 0;
  player.pass++;
}

interface Delays {
  add(ms: number): void;
  count(): number;
  reset(): void;
  /** Leaves what was so far out of the figures over all minutes. */
  forget(): void;
  beginMinute(): void;
  minute(): { readonly p50Ms: number; readonly p99Ms: number; readonly worstMs: number };
  all(): { readonly p99Ms: number; readonly worstMs: number };
}

function createDelays(): Delays {
  const [total, own] = [new Uint32Array(BUCKETS), new Uint32Array(BUCKETS)];
  let [count, worst, worstOfMinute] = [0, 0, 0];
  const quantile = (counts: Uint32Array, q: number): number => {
    const all = counts.reduce((sum, n) => sum + n, 0);
    let seen = 0;
    for (let i = 0; i < counts.length; i++) {
      seen += counts[i] ?? 0;
      if (seen >= q * all) return round((i + 1) * BUCKET_MS);
    }
    return Infinity;
  };
  return {
    add: (ms) => {
      const bucket = Math.min(BUCKETS - 1, Math.max(0, Math.floor(ms / BUCKET_MS)));
      total[bucket] = (total[bucket] ?? 0) + 1;
      own[bucket] = (own[bucket] ?? 0) + 1;
      worst = Math.max(worst, ms);
      worstOfMinute = Math.max(worstOfMinute, ms);
      count++;
    },
    count: () => count,
    reset: () => {
      total.fill(0);
      own.fill(0);
      [count, worst, worstOfMinute] = [0, 0, 0];
    },
    forget: () => {
      total.fill(0);
      worst = 0;
    },
    beginMinute: () => {
      own.fill(0);
      worstOfMinute = 0;
    },
    minute: () => ({ p50Ms: quantile(own, 0.5), p99Ms: quantile(own, 0.99), worstMs: round(worstOfMinute) }),
    all: () => ({ p99Ms: quantile(total, 0.99), worstMs: round(worst) }),
  };
}

function round(x: number): number {
  return Math.round(x * 100) / 100;
}
