/**
 * The one table of what can go wrong outside our process. A code is also the metric label of the error.
 * `retryable` says whether the same call may succeed later without anyone changing anything.
 */
export const errorCodes = {
  'socket-failed': { retryable: true, todo: 'Check the network and the venue address; the connection is retried.' },
  'socket-timeout': { retryable: true, todo: 'Check the network; the connection is retried.' },
  'http-failed': { retryable: true, todo: 'Check the network and the address; the request is retried.' },
  'http-timeout': { retryable: true, todo: 'The server did not answer in time; the request is retried.' },
  'http-status': { retryable: true, todo: 'The server answered with an error status; the request is retried.' },
  'http-too-large': { retryable: false, todo: 'The answer was larger than allowed; raise the limit for this source if the size is right.' },
  'rate-limited': { retryable: true, todo: 'The venue asked to slow down; requests wait as long as it said.' },
  'bad-answer': { retryable: true, todo: 'The server answered with something that is not what its documentation says.' },
  'chain-mismatch': { retryable: true, todo: 'The node disagrees with the blocks already held; check it against a second node.' },
  'store-failed': { retryable: true, todo: 'Check the disk (space, permissions) of the data folder; nothing is sent before it is stored.' },
  'store-newer': { retryable: false, todo: 'The data folder was written by a newer version; run that version or use another folder.' },
  'store-corrupt': { retryable: false, todo: 'Restore the data folder from a backup or move it away; it will be rebuilt.' },
  'delivery-failed': { retryable: true, todo: 'The recipient did not take the message; it is tried again.' },
  'delivery-refused': { retryable: false, todo: 'The recipient will not take the message however often it is sent (gone, blocked, unreadable for it); the log says why.' },
  'worker-failed': { retryable: true, todo: 'A worker thread ended; it is started again.' },
  'queue-full': { retryable: true, todo: 'A stage is slower than its input; give it more machine or fewer assets.' },
  'bus-failed': { retryable: true, todo: 'Check the Kafka brokers and the way to them; messages wait, within their bound, until they answer.' },
  'bus-refused': { retryable: false, todo: 'The brokers will not take the message (too large, not allowed); the log says why.' },
  'fenced': { retryable: false, todo: 'Another instance has taken this one\'s place; it stands by, and nothing is lost.' },
  'standby': { retryable: true, todo: 'Ask the instance that is active; this one stands by.' },
  'listen-failed': { retryable: false, todo: 'Free the port or set another one (alerting.api.port), and check that the address belongs to this machine.' },
  // Retryable: names move, and a warning that was promised is not dropped for an answer of the name server that was wrong for an hour. The error
  // asks for a minute between tries, so that nothing is hammered.
  'address-refused': { retryable: true, todo: 'The address, or one it redirects to, is not of the public internet; correct it, or name its host in allowHosts. It is looked up again every minute or more.' },
  'aborted': { retryable: false, todo: 'The operation was cancelled.' },
} as const;

/** A code of `errorCodes`. */
export type ErrorCode = keyof typeof errorCodes;

/** The world broke: a socket, a server, a disk. The message has the form `what happened: why`. */
export class BreakwaterError extends Error {
  override readonly name = 'BreakwaterError';
  readonly code: ErrorCode;
  /** How long the other side asked us to wait before the next try, milliseconds. */
  readonly retryAfterMs: number | undefined;
  constructor(code: ErrorCode, message: string, options: { readonly cause?: unknown; readonly retryAfterMs?: number } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }
  /** What a person should do, one sentence. */
  get todo(): string {
    return errorCodes[this.code].todo;
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
