import { join } from 'node:path';
import type { EpochMs } from '@breakwater/models/core';
import { defined, epochMs } from '@breakwater/models/core';
import type { Loopback } from '@breakwater/simulator';
import { allStages, type StageChoice } from '../stages.ts';
import { startDaemonProcess, type DaemonProcess } from './daemon-process.ts';
import type { LockstepCommand, LockstepDriver, LockstepReply } from './lockstep.ts';

/** The daemon of a drill: one process, or one for each stage, whose clocks are moved together. */
export interface Fleet {
  /** What each process runs, in the order of the flow. */
  readonly parts: readonly StageChoice[];
  /** Starts processes, all by default, and lets them connect and read what there is before `t`. Rejects when one ends before it is ready. */
  start(t: EpochMs, only?: StageChoice): Promise<void>;
  /** The latest time of any of its clocks. */
  time(): EpochMs;
  /** Sets the time of every process to `t` and fires nothing. */
  now(t: EpochMs): Promise<void>;
  /** Everything that follows from the frames of `t`, which have been sent. */
  settle(t: EpochMs): Promise<void>;
  /** Ends one process at once; resolves when it is gone. */
  kill(part: StageChoice): Promise<void>;
  /** The process of a part, while it runs. */
  process(part: StageChoice): DaemonProcess | undefined;
  /** The parts of it that have ended by themselves. */
  ended(): readonly StageChoice[];
  /** Asks every process to end, and ends those that have not within `graceMs`. */
  end(graceMs: number): Promise<void>;
}

/** What a fleet is made of. */
export interface FleetDeps {
  readonly parts: readonly StageChoice[];
  /** The compiled command; that of this package by default. */
  readonly main?: string | undefined;
  readonly lockstep: LockstepDriver;
  readonly loopback: Pick<Loopback, 'barrier' | 'addresses'>;
  readonly configPath: string;
  /** Where the logs go: `daemon.log`, or `daemon-<stage>.log` each. */
  readonly out: string;
  readonly onLine: (line: string) => void;
}

/** One process for everything. */
export const oneProcess: readonly StageChoice[] = ['all'];
/** A process for each stage. */
export const aProcessEach: readonly StageChoice[] = allStages;

/** How far before the first step, or before the step it died in, a daemon's clock starts: time to connect and subscribe at the venues' pace. */
const warmUpMs = 3_999;
/** Rounds without quiet after which a drill gives up: something never stops. */
const maxRounds = 1_000;

interface Part {
  readonly name: StageChoice;
  readonly process: DaemonProcess;
  /** Whether it is still there; one that was killed is taken out of the list. */
  alive: boolean;
  clock: EpochMs;
  begun: number;
  next: number;
  /** What the parts before it had begun when it last had nothing more to do. */
  upstream: number;
}

/** The log of a part's process. */
export function logPathOf(out: string, part: StageChoice): string {
  return join(out, part === 'all' ? 'daemon.log' : `daemon-${part}.log`);
}

/** Makes a fleet of which nothing runs yet. */
export function createFleet(deps: FleetDeps): Fleet {
  const { lockstep, loopback } = deps;
  const running = new Map<StageChoice, Part>();
  const parts = (): readonly Part[] => deps.parts.flatMap((name) => running.get(name) ?? []);
  const channel = (name: StageChoice): string => (name === 'all' ? '' : name);
  const pathOf = (name: StageChoice): string => logPathOf(deps.out, name);

  const call = async (part: Part, op: LockstepCommand['op'], t: EpochMs): Promise<LockstepReply> => {
    const reply = await lockstep.call(channel(part.name), op, t);
    Object.assign(part, { begun: reply.begun, next: reply.next ?? Infinity });
    return reply;
  };
  const launch = async (name: StageChoice): Promise<Part> => {
    const started = startDaemonProcess({ main: deps.main, config: deps.configPath, stage: name, lockstep: `${defined(loopback.addresses['lockstep'], 'the lockstep socket').ws}/${channel(name)}`, logPath: pathOf(name), onLine: deps.onLine });
    const part: Part = { name, process: started, alive: true, clock: epochMs(0), begun: 0, next: Infinity, upstream: -1 };
    running.set(name, part);
    void started.exited.then(() => (part.alive = false));
    await Promise.race([lockstep.connected(channel(name)), started.exited.then((code) => Promise.reject(new Error(`the daemon ended before it was ready (exit code ${String(code)}): see ${pathOf(name)}`)))]);
    return part;
  };
  const moveTo = async (t: EpochMs): Promise<void> => {
    for (const part of parts()) {
      if (part.clock >= t) continue;
      await call(part, 'now', t);
      part.clock = t;
    }
  };
  /** Goes on until two rounds in a row find that no frame, request or piece of work moved, from the first process to the last. What nothing new came to is not asked again. */
  const quiet = async (t: EpochMs): Promise<void> => {
    let before = '';
    for (let round = 0; round < maxRounds; round++) {
      const moved = await loopback.barrier();
      const own = lockstep.frames();
      let upstream = 0;
      for (const [i, part] of parts().entries()) {
        if (i === 0 || part.upstream !== upstream) await call(part, 'idle', epochMs(0));
        part.upstream = upstream;
        upstream += part.begun;
      }
      const now = JSON.stringify([moved.framesSent - own.sent, moved.framesReceived - own.received, moved.requestsServed, moved.connectionsOpened, moved.connections, ...parts().map(({ begun }) => begun)]);
      if (now === before) return;
      before = now;
    }
    throw new Error(`the drill found no rest at ${new Date(t).toISOString()}`);
  };
  /** Fires what is due by `t`. In one process that is one command; of several the earliest moment is fired in each of them, and followed through to the last, before the next. */
  const fire = async (t: EpochMs): Promise<void> => {
    const [only, ...others] = parts();
    if (only !== undefined && others.length === 0) {
      await call(only, 'settle', t);
      only.clock = epochMs(Math.max(only.clock, t));
      return;
    }
    for (;;) {
      const moment = Math.min(...parts().map(({ next }) => next));
      if (!(moment <= t)) break;
      await moveTo(epochMs(moment));
      // Timers of one moment come before what follows from any of them.
      for (const part of [...parts()].reverse()) if (part.next <= moment) await call(part, 'moment', t);
      await quiet(t);
    }
    await moveTo(t);
  };
  return {
    parts: deps.parts,
    start: async (t, only) => {
      // The last one first: who listens is there before anything is published.
      for (const name of [...deps.parts].reverse()) {
        if (only !== undefined && name !== only) continue;
        const part = await launch(name);
        part.clock = epochMs(t - warmUpMs);
        await call(part, 'now', part.clock);
      }
      await quiet(t);
      await fire(epochMs(t - 1));
      await quiet(t);
    },
    time: () => epochMs(Math.max(0, ...parts().map(({ clock }) => clock))), now: moveTo,
    settle: async (t) => {
      await moveTo(t);
      await quiet(t);
      await fire(t);
      await quiet(t);
    },
    kill: async (name) => {
      const part = running.get(name);
      running.delete(name);
      part?.process.kill('SIGKILL');
      await part?.process.exited;
    },
    process: (name) => running.get(name)?.process,
    ended: () => parts().filter(({ alive }) => !alive).map(({ name }) => name),
    end: async (graceMs) => {
      await Promise.all(parts().filter(({ alive }) => alive).map(({ process: of }) => of.stop(graceMs)));
    },
  };
}
