import type { HttpRequest, HttpResponse } from '../network/index.ts';

/**
 * A server without a transport: what a simulated venue or chain is. The loopback server puts it on real sockets, the simulated network
 * calls it directly, and `withFaults` wraps it; its code is the same in all three.
 */
export interface Endpoint {
  /** Answers one HTTP request. `url` is the path and query, e.g. `/api/v3/depth?symbol=OMUSDT&limit=5000`. */
  request(request: Pick<HttpRequest, 'method' | 'url' | 'body'>): HttpResponse | Promise<HttpResponse>;
  /** A client opened a WebSocket on `path` (with query). Frames for it go through `peer`. */
  accept(path: string, peer: EndpointPeer): EndpointSession;
}

/** The client's end of a session, as the server sees it. */
export interface EndpointPeer {
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** The server's end of a session. */
export interface EndpointSession {
  onFrame(text: string): void;
  onClose(): void;
}
