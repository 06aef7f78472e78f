import type { Endpoint, EndpointSession } from './endpoint.ts';

/** A client of an endpoint without any transport, for tests: every frame is kept. */
export interface DirectClient {
  /** Frames received and not yet taken. */
  readonly frames: string[];
  /** Frames received since the last call, parsed; a frame that is not JSON stays a string. */
  take(): readonly unknown[];
  send(message: unknown): void;
  closed(): boolean;
  close(): void;
}

/** Opens a session on `path`. */
export function connectDirectly(endpoint: Endpoint, path: string): DirectClient {
  const frames: string[] = [];
  let closed = false;
  const session: EndpointSession = endpoint.accept(path, { send: (text) => void frames.push(text), close: () => void (closed = true) });
  return {
    frames,
    take: () => frames.splice(0).map(parsed),
    send: (message) => session.onFrame(typeof message === 'string' ? message : JSON.stringify(message)),
    closed: () => closed,
    close: () => session.onClose(),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
