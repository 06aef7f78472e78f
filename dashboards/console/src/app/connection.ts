import type { ApiProblem, StreamEvent } from '@breakwater/contracts';
import type { Api } from './api.ts';
import { decodeEvent } from './decode.ts';
import { createEventReader } from './sse.ts';

/** What the connection stands on. Times are in milliseconds on a clock that only counts up. */
export interface ConnectionDeps {
  readonly api: Pick<Api, 'stream'>;
  readonly now: () => number;
  /** Resolves after a while, or at once when aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** A number from 0 to 1, to spread many pages that lost one daemon. */
  readonly random: () => number;
  readonly onEvent: (event: StreamEvent) => void;
  /** Called with every change; `lost` is said at once, with the time of the next try. */
  readonly onChange: (change: ConnectionChange) => void;
}

/** How the connection is. */
export type ConnectionChange =
  /** Events come again, or for the first time: what was missed in between has to be read. */
  | { readonly kind: 'live' }
  | { readonly kind: 'lost'; readonly retryAt: number; readonly problem: ApiProblem | null }
  | { readonly kind: 'refused'; readonly problem: ApiProblem };

/** The live stream, kept up. */
export interface Connection {
  /** Listens for an asset, or for none; the stream before it is ended once the new one stands. */
  follow(asset: string | undefined): void;
  /** Tries again at once, after a token was given or the reader asked. */
  retry(): void;
  stop(): void;
}

/** First and longest wait between tries: short enough that a restart is seen within seconds, long enough not to load a daemon that cannot answer. */
const firstWaitMs = 500;
const longestWaitMs = 10_000;
/** A stream without a byte for this long is dead: the daemon sends a comment every 15 s and its feeds more often. */
export const silenceMs = 45_000;

/** The wait before a try, doubling from the first: half of it is fixed, half is spread. */
export function backoff(attempt: number, random: number): number {
  const whole = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(attempt, 10));
  return whole / 2 + (whole / 2) * random;
}

/**
 * Keeps one live stream open, over `fetch` and not `EventSource`, which can neither send a token nor tell that one is wanted. After a loss it
 * tries again with growing waits; when the daemon refuses, only `retry` does.
 */
export function createConnection(deps: ConnectionDeps): Connection {
  let asset: string | undefined;
  let current: AbortController | undefined;
  let stopped = false;
  let live = false;

  const start = (): void => {
    const before = current;
    const mine = new AbortController();
    current = mine;
    void run(mine.signal, () => {
      before?.abort();
    }).finally(() => before?.abort());
  };

  const run = async (signal: AbortSignal, onStanding: () => void): Promise<void> => {
    for (let attempt = 0; !signal.aborted; attempt++) {
      const onFirst = (): void => {
        attempt = 0;
        onStanding();
        // A stream that takes over from another leaves no gap: nothing has to be read again.
        if (!live) deps.onChange({ kind: 'live' });
        live = true;
      };
      const problem = await listen(deps, asset, signal, onFirst).catch((): null => null);
      // A stream that was replaced or ended on purpose is no loss. (An await may have let it happen.)
      if (isAborted(signal)) return;
      onStanding();
      live = false;
      if (problem !== null && problem.status === 401) {
        deps.onChange({ kind: 'refused', problem: problem.problem });
        return;
      }
      const ms = backoff(attempt, deps.random());
      deps.onChange({ kind: 'lost', retryAt: deps.now() + ms, problem: problem?.problem ?? null });
      await deps.wait(ms, signal);
    }
  };

  return {
    follow: (wanted) => {
      if (stopped || (current !== undefined && wanted === asset)) return;
      asset = wanted;
      start();
    },
    retry: () => {
      // Whoever asks for it wants to be told how it went, also where a stream still stands.
      live = false;
      if (!stopped) start();
    },
    stop: () => {
      stopped = true;
      current?.abort();
    },
  };
}

/** One stream from its opening to its end; the problem where it did not open. `onFirst` is called before its first event. */
async function listen(deps: ConnectionDeps, asset: string | undefined, signal: AbortSignal, onFirst: () => void): Promise<{ readonly status: number; readonly problem: ApiProblem } | null> {
  const opened = await deps.api.stream(asset, signal);
  if (!opened.ok) return opened;
  const bytes = opened.value.getReader();
  const text = new TextDecoder();
  const events = createEventReader();
  let first = true;
  try {
    while (!signal.aborted) {
      const piece = await nextPiece(bytes, deps.wait);
      if (piece === undefined || piece.done) return null;
      for (const { data } of events.push(text.decode(piece.value, { stream: true }))) {
        const event = decodeEvent(data);
        if (event === undefined || isAborted(signal)) continue;
        if (first) onFirst();
        first = false;
        deps.onEvent(event);
      }
    }
    return null;
  } finally {
    await bytes.cancel().catch(() => undefined);
  }
}

/** The next piece of a stream; undefined when none came in time. */
async function nextPiece(bytes: ReadableStreamDefaultReader<Uint8Array>, wait: ConnectionDeps['wait']): Promise<ReadableStreamReadResult<Uint8Array> | undefined> {
  const timer = new AbortController();
  try {
    return await Promise.race([bytes.read(), wait(silenceMs, timer.signal).then(() => undefined)]);
  } finally {
    timer.abort();
  }
}

function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
