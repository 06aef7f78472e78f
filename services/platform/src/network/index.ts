/** The network as a port. `network/node` is the real one (ws, fetch); `simulated` has a twin with seeded faults. */
export interface Network {
  /**
   * Opens a WebSocket. Handlers are called in order; after `onClose` none is called again. A failed connection calls `onClose`
   * without `onOpen`. Aborting `signal` closes the socket.
   */
  openSocket(url: string, handlers: SocketHandlers, options?: SocketOptions): Socket;
  /**
   * One HTTP request. Resolves with any status; rejects with a `BreakwaterError` (`http-failed`, `http-timeout`, `http-too-large`, `aborted`).
   */
  request(request: HttpRequest): Promise<HttpResponse>;
}

/** What a socket's owner is told. */
export interface SocketHandlers {
  onOpen(): void;
  /** One text or binary frame, as received. The bytes are valid during the call only. */
  onFrame(bytes: Uint8Array): void;
  /** The end, whoever ended it. `code` is the WebSocket close code, 1006 without a closing handshake. */
  onClose(code: number, reason: string): void;
}

/** Options of a socket. */
export interface SocketOptions {
  readonly signal?: AbortSignal;
  /** Connections that do not open in this time end with `onClose(1006, 'open timeout')`. Default 10,000. */
  readonly openTimeoutMs?: number;
  /** Larger frames close the socket with 1009. Default 16 MiB. */
  readonly maxFrameBytes?: number;
  /** Headers of the opening request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How often a ping frame (RFC 6455 section 5.5.2) is sent while the socket is open, milliseconds (> 0); never by default. Its pongs are not told. */
  readonly pingFrameEveryMs?: number;
  /** What its owner calls it, for whoever records what goes over the network. */
  readonly label?: string;
}

/** A socket, from the moment it begins to open. */
export interface Socket {
  /** Sends a text frame; false when the socket is not open (nothing is queued). */
  send(text: string): boolean;
  /** Starts the closing handshake; `onClose` follows. */
  close(code?: number, reason?: string): void;
}

/** One HTTP request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Default 10,000. */
  readonly timeoutMs?: number;
  /** Default 32 MiB. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

/** An HTTP answer, read whole. Header names are lower case. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
