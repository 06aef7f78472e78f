import type { EpochMs } from '@breakwater/models/core';
import { epochMs } from '@breakwater/models/core';
import type { Activity } from '@breakwater/platform/activity';
import type { Endpoint, EndpointPeer } from '@breakwater/platform/simulated';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import type { Clock } from '@breakwater/platform/clock';
import type { Network } from '@breakwater/platform/network';
import { BreakwaterError } from '@breakwater/platform/errors';

/**
 * Lockstep: a daemon whose clock is moved by the drill over one extra socket, so that market time runs as fast as both sides can work
 * and waits while the daemon is down.
 *
 * drill -> daemon: `{op: 'now', t}` sets the time without firing timers; `{op: 'settle', t}` fires every timer due by t, one moment at a
 * time, each after everything in flight has ended; `{op: 'idle'}` only waits. Each is answered by `{done: <number>, begun: <work begun so far>}`.
 */
export interface LockstepCommand {
  readonly id: number;
  readonly op: 'now' | 'settle' | 'idle' | 'stop';
  readonly t: number;
}

/** The answer to a command. */
export interface LockstepReply {
  readonly done: number;
  /** Pieces of work begun since the daemon started: unchanged over a round means that nothing happens any more. */
  readonly begun: number;
}

/** The drill's end. */
export interface LockstepDriver {
  /** Serve this to the daemon. */
  readonly endpoint: Endpoint;
  /** Resolves when a daemon is connected. */
  connected(): Promise<void>;
  /** Sends a command; rejects with `socket-failed` when the daemon goes away before it has answered. */
  call(op: LockstepCommand['op'], t: EpochMs): Promise<LockstepReply>;
}

/** Makes the drill's end; one daemon at a time. */
export function createLockstepDriver(): LockstepDriver {
  let peer: EndpointPeer | undefined;
  let next = 1;
  let waiting: (() => void)[] = [];
  const calls = new Map<number, { resolve: (reply: LockstepReply) => void; reject: (error: unknown) => void }>();
  const gone = (): void => {
    peer = undefined;
    for (const { reject } of calls.values()) reject(new BreakwaterError('socket-failed', 'the daemon went away: its lockstep socket closed'));
    calls.clear();
  };
  return {
    endpoint: {
      request: () => ({ status: 404, headers: {}, body: '' }),
      accept: (_path, opened) => {
        peer = opened;
        for (const wake of waiting) wake();
        waiting = [];
        return {
          onFrame: (text) => {
            const reply = JSON.parse(text) as LockstepReply;
            calls.get(reply.done)?.resolve(reply);
            calls.delete(reply.done);
          },
          onClose: () => {
            if (peer === opened) gone();
          },
        };
      },
    },
    connected: () => (peer === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
    call: (op, t) =>
      new Promise((resolve, reject) => {
        if (peer === undefined) {
          reject(new BreakwaterError('socket-failed', 'no daemon is connected: wait for it first'));
          return;
        }
        const id = next++;
        calls.set(id, { resolve, reject });
        peer.send(JSON.stringify({ id, op, t } satisfies LockstepCommand));
      }),
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

/** Connects to the drill. `idle` resolves when nothing is in flight (sockets opening, requests, queues, deliveries). `onEnd` is called when the drill ends or asks to stop. */
export function connectLockstep(url: string, network: Network, activity: Activity, onEnd: () => void): LockstepClock {
  const simulated = createSimulatedClock({ start: epochMs(0), activity });
  let begin = (): void => undefined;
  const started = new Promise<void>((resolve) => (begin = resolve));
  const handle = async (command: LockstepCommand): Promise<void> => {
    if (command.op === 'stop') {
      onEnd();
      return;
    }
    if (command.op === 'now') {
      simulated.setNow(epochMs(command.t));
      begin();
    } else if (command.op === 'settle') await simulated.advanceTo(epochMs(command.t));
    await activity.idle();
    socket.send(JSON.stringify({ done: command.id, begun: activity.begun() } satisfies LockstepReply));
  };
  const socket = network.openSocket(url, {
    onOpen: () => undefined,
    onFrame: (bytes) => void handle(JSON.parse(new TextDecoder().decode(bytes)) as LockstepCommand),
    onClose: onEnd,
  });
  return { clock: simulated, started, close: () => socket.close() };
}
