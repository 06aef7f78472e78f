import type { Result } from '@breakwater/models/core';
import { err } from '@breakwater/models/core';
import { messageOf } from '@breakwater/platform/errors';
import type { Network, Socket, SocketHandlers, SocketOptions } from '@breakwater/platform/network';
import type { SocketAddress, SocketHandshake, SocketPlan } from '../venue.ts';

/** As `SocketHandlers`; told with the opening how often the venue wants a ping, where its handshake says so. */
export interface PlannedSocketHandlers extends Omit<SocketHandlers, 'onOpen'> {
  onOpen(pingEveryMs?: number): void;
}

/** Close code of a socket that did not open. RFC 6455 section 7.4.1. */
const ABNORMAL = 1006;

/**
 * Opens a planned socket, asking the venue for its address first where the plan says so. A handshake that fails ends as an opening that fails:
 * `onClose` with code 1006 and the reason, without `onOpen`. Its request is outside the venue's budget of polls: whoever opens again waits.
 */
export function openPlannedSocket(network: Network, plan: Pick<SocketPlan, 'url' | 'handshake' | 'headers'>, handlers: PlannedSocketHandlers, options: SocketOptions): Socket {
  const withHeaders = plan.headers === undefined ? options : { ...options, headers: plan.headers };
  const { handshake } = plan;
  if (handshake === undefined) return network.openSocket(plan.url, { ...handlers, onOpen: () => handlers.onOpen() }, withHeaders);
  let socket: Socket | undefined;
  let over = false;
  const end = (reason: string): void => {
    if (over) return;
    over = true;
    handlers.onClose(ABNORMAL, reason);
  };
  void ask(network, handshake, options.signal).then((address) => {
    if (over) return;
    if (!address.ok) end(`handshake: ${address.error}`);
    else socket = network.openSocket(address.value.url, { ...handlers, onOpen: () => handlers.onOpen(address.value.pingEveryMs) }, withHeaders);
  });
  return {
    send: (text) => socket?.send(text) ?? false,
    close: (code, reason) => {
      if (socket !== undefined) socket.close(code, reason);
      // Not at once: whoever closes does not expect to be called back meanwhile.
      else void Promise.resolve().then(() => end('closed before it opened'));
    },
  };
}

async function ask(network: Network, handshake: SocketHandshake, signal: AbortSignal | undefined): Promise<Result<SocketAddress, string>> {
  try {
    const answer = await network.request({ ...handshake.request, ...(signal === undefined ? {} : { signal }) });
    return answer.status === 200 ? handshake.open(answer.body) : err(`status ${answer.status}`);
  } catch (error) {
    return err(messageOf(error));
  }
}
