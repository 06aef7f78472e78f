import type { EpochMs } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';
import type { Activity } from '@breakwater/platform/activity';
import type { Endpoint, EndpointPeer } from '@breakwater/platform/simulated';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import type { Clock } from '@breakwater/platform/clock';
import type { Network } from '@breakwater/platform/network';
import { BreakwaterError } from '@breakwater/platform/errors';

/**
 * Lockstep: daemons whose clocks are moved by the drill, each over one extra socket, so that market time runs as fast as all sides can work
 * and waits while a daemon is down.
 *
 * drill -> daemon: `{op: 'now', t}` sets the time without firing timers; `{op: 'settle', t}` fires every timer due by t, one moment at a
 * time, each after everything in flight has ended; `{op: 'moment', t}` fires the first of these moments only; `{op: 'idle'}` only waits, also for what the bus still has for
 * it. Each is answered by `{done: <number>, begun: <work begun so far>, next: <when its next timer is due>}`.
 */
export interface LockstepCommand {
  readonly id: number;
  readonly op: 'now' | 'settle' | 'moment' | 'idle' | 'stop';
  readonly t: number;
}

/** The answer to a command. */
export interface LockstepReply {
  readonly done: number;
  /** Pieces of work begun since the daemon started: unchanged over a round means that nothing happens any more. */
  readonly begun: number;
  /** When the next timer is due; null when there is none. */
  readonly next: number | null;
}

/** The drill's end. */
export interface LockstepDriver {
  /** Serve this to the daemons; each connects at `/<name>`. */
  readonly endpoint: Endpoint;
  /** Resolves when the daemon of that name is connected. */
  connected(name: string): Promise<void>;
  /** Sends a command; rejects with `socket-failed` when the daemon goes away before it has answered. */
  call(name: string, op: LockstepCommand['op'], t: EpochMs): Promise<LockstepReply>;
  /** Commands sent and answers received so far: frames that are of no market. */
  frames(): { readonly sent: number; readonly received: number };
}

interface Connection {
  readonly peer: EndpointPeer;
  readonly calls: Map<number, { resolve: (reply: LockstepReply) => void; reject: (error: unknown) => void }>;
}

/** Makes the drill's end; one daemon of a name at a time. */
export function createLockstepDriver(): LockstepDriver {
  const connections = new Map<string, Connection>();
  const frames = { sent: 0, received: 0 };
  let next = 1;
  let waiting: { readonly name: string; readonly wake: () => void }[] = [];
  return {
    endpoint: {
      request: () => ({ status: 404, headers: {}, body: '' }),
      accept: (path, peer) => {
        const name = path.slice(1);
        const own: Connection = { peer, calls: new Map() };
        connections.set(name, own);
        for (const { wake } of waiting.filter((one) => one.name === name)) wake();
        waiting = waiting.filter((one) => one.name !== name);
        return {
          onFrame: (text) => {
            frames.received++;
            const reply = JSON.parse(text) as LockstepReply;
            own.calls.get(reply.done)?.resolve(reply);
            own.calls.delete(reply.done);
          },
          onClose: () => {
            if (connections.get(name) === own) connections.delete(name);
            for (const { reject } of own.calls.values()) reject(new BreakwaterError('socket-failed', 'the daemon went away: its lockstep socket closed'));
            own.calls.clear();
          },
        };
      },
    },
    connected: (name) => (connections.has(name) ? Promise.resolve() : new Promise((wake) => waiting.push({ name, wake }))),
    call: (name, op, t) =>
      new Promise((resolve, reject) => {
        const connection = connections.get(name);
        if (connection === undefined) {
          reject(new BreakwaterError('socket-failed', 'no daemon is connected: wait for it first'));
          return;
        }
        const id = next++;
        frames.sent++;
        connection.calls.set(id, { resolve, reject });
        connection.peer.send(JSON.stringify({ id, op, t } satisfies LockstepCommand));
      }),
    frames: () => ({ ...frames }),
  };
}

/** The daemon's end: a clock that the drill moves. */
export interface LockstepClock {
  readonly clock: Clock;
  /** Resolves with the first command that sets the time; the daemon starts its stages then. */
  readonly started: Promise<void>;
  /** Ends the connection; the time stands still from then on. */
  close(): void;
}

/** What the daemon's end is made of. */
export interface LockstepDeps {
  readonly network: Network;
  /** Work in flight: sockets opening, requests, queues, deliveries. */
  readonly activity: Activity;
  /** Resolves when the bus has nothing more for this process. */
  readonly idle: () => Promise<void>;
  /** Called when the drill ends or asks to stop. */
  readonly onEnd: () => void;
}

/** Connects to the drill. */
export function connectLockstep(url: string, { network, activity, idle, onEnd }: LockstepDeps): LockstepClock {
  const simulated = createSimulatedClock({ start: epochMs(0), activity });
  let begin = (): void => undefined;
  const started = new Promise<void>((resolve) => (begin = resolve));
  const handle = async (command: LockstepCommand): Promise<void> => {
    const t = epochMs(command.t);
    let fired = 0;
    switch (command.op) {
      case 'stop': onEnd(); return;
      case 'now':
        simulated.setNow(t);
        begin();
        break;
      case 'settle': await simulated.advanceTo(t); break;
      case 'moment': await simulated.runUntil(t, () => fired++ > 0); break;
      case 'idle': await idle(); break;
    }
    await activity.idle();
    socket.send(JSON.stringify({ done: command.id, begun: activity.begun(), next: simulated.nextTimer() ?? null } satisfies LockstepReply));
  };
  const socket = network.openSocket(url, {
    onOpen: () => undefined,
    onFrame: (bytes) => void handle(JSON.parse(new TextDecoder().decode(bytes)) as LockstepCommand),
    onClose: onEnd,
  });
  return { clock: simulated, started, close: () => socket.close() };
}
