import type { Rng } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { Network, Socket } from '@breakwater/platform/network';
import { supervise } from '@breakwater/platform/supervise';
import type { Intake } from '../intake/intake.ts';
import type { SocketPlan } from '../venue.ts';
import type { PacedSender } from './paced-sender.ts';
import { createPacedSender } from './paced-sender.ts';
import { openPlannedSocket } from './planned-socket.ts';

/** One planned socket, kept up: reopened with growing waits, replaced before the venue closes it. */
export interface Connection {
  /** What it carries, or will once the successor that was asked for by `adopt` takes over. */
  readonly plan: SocketPlan;
  /** Runs until the signal aborts. */
  run(): Promise<void>;
  /** Queues frames on the live socket within its rate; false when there is none, or when too many wait already. */
  send(frames: readonly string[]): boolean;
  /** Answers on the open socket of that id (live or a successor) what the venue asked there; false when it is none of this connection's. */
  reply(id: string, text: string): boolean;
  /** Closes the live socket so that it is opened anew. */
  reconnect(reason: string): void;
  /** Opens a successor of the live socket and hands over without a gap, as before the venue closes it; nothing without a live socket. */
  replace(): void;
  /**
   * Carries another plan of the same name from now on. Where it subscribes otherwise, the live socket is replaced by one with that plan without a gap; otherwise
   * nothing is sent.
   */
  adopt(plan: SocketPlan): void;
  /** Whether the live socket is open. */
  up(): boolean;
}

/** What a connection needs. */
export interface ConnectionDeps {
  readonly plan: SocketPlan;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly network: Network;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly intake: Pick<Intake, 'frame' | 'prepare' | 'ready' | 'handOver' | 'closed'>;
  readonly maxFrameBytes: number;
  /** Told when the live socket opens, is replaced or ends. */
  readonly onState: (state: 'up' | 'down' | 'rotated', reason: string) => void;
}

interface Link {
  readonly id: string;
  readonly plan: SocketPlan;
  readonly socket: Socket;
  readonly sender: PacedSender;
  open: boolean;
  ended: boolean;
  cancel: (() => void)[];
}

/** A design assumption: a first wait of up to half a second, then doubling to half a minute, spread at random. */
const BACKOFF = { baseMs: 500, maxMs: 30_000 } as const;
/** How often a successor is asked whether its books are ready, and how long before it takes over without them. */
const READY_EVERY_MS = 250;
const READY_WITHIN_MS = 30_000;
/** After a failed rotation. */
const ROTATE_AGAIN_MS = 60_000;
/** Close codes: normal, and "going away" for a replaced socket. RFC 6455 section 7.4.1. */
const NORMAL = 1000;

/** Makes a connection that is not open yet. */
export function createConnection(deps: ConnectionDeps): Connection {
  const { clock, network, intake, signal } = deps;
  let plan = deps.plan;
  let live: Link | undefined;
  let count = 0;
  const open = new Map<string, Link>();
  let closing: string | undefined;

  const openLink = (replaces: Link | undefined, onOpen: (link: Link) => void, onEnd: (link: Link, code: number, reason: string) => void): Link => {
    const id = `${plan.name}#${count++}`;
    if (replaces !== undefined) intake.prepare(id, replaces.id);
    const own = plan;
    const socket = openPlannedSocket(network, own, {
      onOpen: (pingEveryMs) => {
        link.open = true;
        open.set(id, link);
        link.sender.push(own.subscribe);
        if (own.ping !== undefined) keepAlive(link, own.ping.text, pingEveryMs ?? own.ping.everyMs);
        onOpen(link);
      },
      // A replaced socket may still deliver while it closes; its successor has the same.
      onFrame: (bytes) => {
        if (!link.ended) intake.frame(bytes, clock.now(), id);
      },
      onClose: (code, reason) => {
        if (!link.open && !link.ended && !signal.aborted) deps.log.warn('socket-not-opened', { socket: plan.name, reason });
        stopLink(link);
        onEnd(link, code, reason);
      },
    }, { signal, maxFrameBytes: deps.maxFrameBytes, label: id, ...(own.pingFrameEveryMs === undefined ? {} : { pingFrameEveryMs: own.pingFrameEveryMs }) });
    const link: Link = { id, plan: own, socket, sender: createPacedSender({ clock, perSecond: own.maxSendPerSecond, send: (text) => socket.send(text) }), open: false, ended: false, cancel: [] };
    return link;
  };
  const stopLink = (link: Link): void => {
    link.open = false;
    open.delete(link.id);
    link.ended = true;
    link.sender.stop();
    for (const cancel of link.cancel) cancel();
    link.cancel = [];
  };
  const keepAlive = (link: Link, text: string, everyMs: number): void => {
    link.cancel.push(clock.after(everyMs, () => {
      link.sender.push([text]);
      keepAlive(link, text, everyMs);
    }));
  };

  /** Opens the successor, lets it build its books aside, and hands over. */
  const rotate = (old: Link, adopt: (link: Link) => void): void => {
    deps.log.info('rotate', { socket: plan.name });
    const openedAt = clock.now();
    const successor = openLink(old, () => undefined, (link, code) => {
      if (live === link) {
        adopted(link, code);
        return;
      }
      intake.closed(link.id, clock.now(), 'socket-closed');
      if (!old.ended) old.cancel.push(clock.after(ROTATE_AGAIN_MS, () => rotate(old, adopt)));
    });
    const adopted = (link: Link, code: number): void => endOfLive(link, code);
    // The socket it was to replace ended first: what is opened next starts anew, and this one would be left over.
    old.cancel.push(() => {
      if (live === successor || successor.ended) return;
      stopLink(successor);
      intake.closed(successor.id, clock.now(), 'socket-closed');
      successor.socket.close(NORMAL, 'not needed');
    });
    const check = (): void => {
      if (successor.ended || old.ended) return;
      const late = clock.now() - openedAt >= READY_WITHIN_MS;
      if (successor.open && successor.sender.idle() && (late || intake.ready(successor.id))) {
        live = successor;
        intake.handOver(successor.id, clock.now());
        adopt(successor);
        stopLink(old);
        old.socket.close(NORMAL, 'replaced');
        return;
      }
      old.cancel.push(clock.after(READY_EVERY_MS, check));
    };
    check();
  };

  let endOfLive: (link: Link, code: number) => void = () => undefined;
  let replaceLive: (link: Link) => void = () => undefined;
  /** The link whose successor is being opened. */
  let replacing: Link | undefined;
  const runOnce = (): Promise<void> =>
    new Promise<void>((_resolve, reject) => {
      const armRotation = (link: Link): void => {
        // A share of the age at random, so that the sockets of a venue are not replaced together.
        const age = plan.rotateAfterMs * (0.9 + 0.1 * deps.rng.next());
        link.cancel.push(clock.after(age, () => replaceLive(link)));
      };
      replaceLive = (link) => {
        if (replacing === link) return;
        replacing = link;
        rotate(link, (next) => {
          deps.onState('rotated', 'socket-rotated');
          armRotation(next);
          // The plan changed while the successor was being opened.
          if (!sameSubscription(next.plan, plan)) replaceLive(next);
        });
      };
      endOfLive = (link, code) => {
        live = undefined;
        const reason = closing ?? 'socket-closed';
        closing = undefined;
        intake.closed(link.id, clock.now(), reason);
        deps.onState('down', reason);
        reject(new BreakwaterError('socket-failed', `socket ${plan.name} ended: code ${code}`));
      };
      live = openLink(undefined, (link) => {
        armRotation(link);
        deps.onState('up', 'socket-open');
        if (!sameSubscription(link.plan, plan)) replaceLive(link);
      }, (link, code) => {
        // A replaced socket's end is expected.
        if (live === link) endOfLive(link, code);
      });
    });

  return {
    get plan() {
      return plan;
    },
    run: () => supervise({ name: `socket ${plan.name}`, clock, rng: deps.rng, log: deps.log, signal, backoff: BACKOFF }, runOnce),
    send: (frames) => {
      if (live?.open !== true) return false;
      return live.sender.push(frames);
    },
    reply: (id, text) => {
      const link = open.get(id);
      link?.sender.push([text]);
      return link !== undefined;
    },
    reconnect: (reason) => {
      if (live === undefined || live.ended) return;
      closing = reason;
      const link = live;
      link.socket.close(NORMAL, reason);
      // A socket that says nothing may not answer its closing either: nobody waits for it.
      stopLink(link);
      endOfLive(link, NORMAL);
    },
    replace: () => {
      if (live?.open === true) replaceLive(live);
    },
    adopt: (next) => {
      plan = next;
      if (live?.open === true && !sameSubscription(live.plan, next)) replaceLive(live);
    },
    up: () => live?.open === true,
  };
}

/** Whether two plans open the same socket and subscribe alike, so that nothing has to be done on the wire to go from one to the other. */
export function sameSubscription(a: SocketPlan, b: SocketPlan): boolean {
  return a.url === b.url && a.handshake?.request.url === b.handshake?.request.url && a.subscribe.length === b.subscribe.length && a.subscribe.every((frame, i) => frame === b.subscribe[i]);
}
