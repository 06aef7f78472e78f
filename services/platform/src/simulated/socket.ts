import type { Clock } from '../clock/index.ts';
import { messageOf } from '../errors.ts';
import type { Socket, SocketHandlers, SocketOptions } from '../network/index.ts';
import type { Endpoint, EndpointSession } from './endpoint.ts';
import type { Link } from './link.ts';

/** What a simulated socket is made of. */
export interface SimulatedSocketDeps {
  readonly clock: Clock;
  readonly handlers: SocketHandlers;
  readonly options: SocketOptions;
  readonly host: string;
  readonly path: string;
  readonly endpoint: Endpoint | undefined;
  readonly link: (direction: 'up' | 'down', onOverflow: () => void) => Link;
  readonly stats: { socketsOpened: number; refused: number; framesDelivered: number; overflowed: number };
}

/** How long a side waits for the other's close frame, as the `ws` package does (lib/websocket.js `closeTimeout`, 8.x). */
const CLOSE_TIMEOUT_MS = 30_000;

/** Opens a socket between a client's handlers and an endpoint. */
export function openSimulatedSocket(deps: SimulatedSocketDeps): Socket {
  const { clock, handlers, options, stats } = deps;
  let state: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting';
  let cancelClose = (): void => undefined;
  const server = createServerSide(deps, () => ({ up, down }), (code, reason) => finish(code, reason));
  const overflow = (): void => {
    stats.overflowed++;
    finish(1006, 'too many frames under way');
  };
  const up = deps.link('up', () => {
    overflow();
    // The link is gone, so the server cannot learn of the end through it.
    clock.after(0, () => server.closed());
  });
  const down = deps.link('down', overflow);

  const finish = (code: number, reason: string): void => {
    if (state === 'closed') return;
    state = 'closed';
    cancelOpen();
    cancelClose();
    options.signal?.removeEventListener('abort', onAbort);
    down.close();
    // The server learns of the end in its turn; later frames of the client are not taken.
    up.push(() => {
      server.closed();
      up.close();
    });
    handlers.onClose(code, reason);
  };
  // Ends an opening that is no longer wanted: asynchronously, as a real socket does, and without opening in between.
  const giveUp = (reason: string): void => {
    state = 'closing';
    down.close();
    clock.after(0, () => finish(1006, reason));
  };
  const close = (code = 1000, reason = ''): void => {
    if (state === 'connecting') {
      giveUp('closed before it opened');
      return;
    }
    if (state !== 'open') return;
    state = 'closing';
    up.push(() => server.closing(code, reason));
    cancelClose = clock.after(CLOSE_TIMEOUT_MS, () => finish(1006, 'close timeout'));
  };
  const onAbort = (): void => (state === 'connecting' ? giveUp('aborted') : close(1000, 'aborted'));
  const cancelOpen = clock.after(options.openTimeoutMs ?? 10_000, () => finish(1006, 'open timeout'));

  const onOpen = (): void => {
    if (state !== 'connecting') return;
    state = 'open';
    cancelOpen();
    stats.socketsOpened++;
    handlers.onOpen();
  };
  const onText = (text: string): void => {
    if (state !== 'open' && state !== 'closing') return;
    const bytes = Buffer.from(text);
    const limit = options.maxFrameBytes ?? 16 * 1024 * 1024;
    if (bytes.length > limit) {
      finish(1009, `a frame is larger than ${String(limit)} bytes`);
      return;
    }
    stats.framesDelivered++;
    handlers.onFrame(bytes);
  };

  if (options.signal?.aborted === true) giveUp('aborted');
  else {
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const { endpoint } = deps;
    if (endpoint === undefined) {
      stats.refused++;
      down.push(() => finish(1006, `${deps.host}: connection refused`));
    } else up.push(() => server.accept(endpoint, onOpen, onText));
  }
  return {
    send: (text) => {
      if (state !== 'open') return false;
      up.push(() => server.frame(text));
      return true;
    },
    close,
  };
}

interface ServerSide {
  accept(endpoint: Endpoint, onOpen: () => void, onText: (text: string) => void): void;
  frame(text: string): void;
  /** The client's close frame arrived: it is answered. */
  closing(code: number, reason: string): void;
  /** The connection is gone. */
  closed(): void;
}

function createServerSide(deps: SimulatedSocketDeps, links: () => { up: Link; down: Link }, toClient: (code: number, reason: string) => void): ServerSide {
  let session: EndpointSession | undefined;
  let open = false;
  let told = false;
  const closed = (): void => {
    open = false;
    if (told || session === undefined) return;
    told = true;
    session.onClose();
  };
  const closePeer = (code: number, reason: string): void => {
    if (!open) return;
    open = false;
    links().down.push(() => toClient(code, reason));
  };
  return {
    accept: (endpoint, onOpen, onText) => {
      open = true;
      links().down.push(onOpen);
      try {
        session = endpoint.accept(deps.path, {
          send: (text) => {
            if (open) links().down.push(() => onText(text));
          },
          close: closePeer,
        });
      } catch (error) {
        // As a server whose handler fails: the connection ends with "internal error" (RFC 6455, 7.4.1).
        closePeer(1011, messageOf(error));
      }
    },
    frame: (text) => {
      if (open) session?.onFrame(text);
    },
    closing: (code, reason) => {
      closePeer(code, reason);
      closed();
    },
    closed,
  };
}
