import type { AssetId } from '@breakwater/models/core';
import type { TailEntry, WarningTail } from './warning-tail.ts';

/** Where a stream's text goes, as a port: a socket, or a test. */
export interface StreamSink {
  write(text: string): void;
  /** Bytes given and not yet taken by the system. */
  buffered(): number;
  /** Called whenever a buffer that had grown has become empty. */
  onDrain(fn: () => void): void;
  /** Called once when the reader has gone or the sink was ended. */
  onClose(fn: () => void): void;
  /** Ends the connection at once, whatever is buffered. */
  end(): void;
}

/** One reader of the stream. */
export interface Connection {
  /** The asset whose detail it follows. */
  readonly asset: AssetId | undefined;
  /** Sends what shows the present; left out while the reader is behind, and sent whole once it has caught up. */
  show(text: string): void;
  /** Sends the warnings that were committed after its cursor. */
  follow(): void;
  /** Sends a comment. Ends a reader that has taken nothing since the last one. */
  ping(text: string): void;
}

/** How a connection behaves. */
export interface ConnectionTerms {
  readonly sink: StreamSink;
  readonly tail: WarningTail;
  /** Only warnings after this row are sent. */
  readonly after: number;
  readonly asset: AssetId | undefined;
  /** Everything that shows the present, for a reader that was behind. */
  readonly present: () => readonly string[];
  /** A reader with more than a quarter of this in the buffer is behind, and with more than all of it is ended, bytes. */
  readonly maxBuffered: number;
  /** Told why, once, when it ended by itself. */
  readonly onEnd: (reason: 'slow' | 'failed') => void;
}

/**
 * Makes a connection. Warnings are read from the log by cursor, one page at a time and no faster than the reader takes them, so none is lost or
 * sent twice however long it was away; the present is only ever the latest, so a reader that is behind misses states and not events.
 */
export function createConnection(terms: ConnectionTerms): Connection {
  const { sink, tail } = terms;
  let cursor = terms.after;
  let closed = false;
  let isBehind = false;
  let missed = false;
  /** Whether a ping has passed while it was behind. */
  let warned = false;
  /** Read and not yet sent. */
  let read: TailEntry[] = [];
  let isPumping = false;
  let asked = 0;

  const end = (reason: 'slow' | 'failed'): void => {
    if (closed) return;
    closed = true;
    terms.onEnd(reason);
    sink.end();
  };
  const send = (text: string): void => {
    if (closed) return;
    sink.write(text);
    const waiting = sink.buffered();
    if (waiting > terms.maxBuffered) end('slow');
    else if (waiting > terms.maxBuffered / 4) isBehind = true;
  };
  const canSend = (): boolean => !closed && !isBehind;
  const sendWarnings = async (): Promise<void> => {
    while (canSend() && cursor < tail.end()) {
      if (read.length === 0) read = [...(await tail.read(cursor))];
      if (read.length === 0) return;
      // What it does not take now is not read again.
      for (let next = canSend() ? read.shift() : undefined; next !== undefined; next = canSend() ? read.shift() : undefined) {
        send(next.text);
        cursor = next.row;
      }
    }
  };
  const pump = async (): Promise<void> => {
    asked++;
    if (isPumping) return;
    isPumping = true;
    try {
      // What is asked for meanwhile is looked for once more.
      for (let done = 0; done !== asked;) {
        done = asked;
        await sendWarnings();
      }
    } catch {
      end('failed');
    } finally {
      isPumping = false;
    }
  };
  const follow = (): void => void pump();
  sink.onClose(() => (closed = true));
  sink.onDrain(() => {
    isBehind = false;
    warned = false;
    if (missed) {
      missed = false;
      for (const text of terms.present()) send(text);
    }
    follow();
  });
  return {
    asset: terms.asset,
    show: (text) => {
      if (isBehind) missed = true;
      else send(text);
    },
    follow,
    ping: (text) => {
      if (isBehind && warned) end('slow');
      else if (isBehind) warned = true;
      else send(text);
    },
  };
}
