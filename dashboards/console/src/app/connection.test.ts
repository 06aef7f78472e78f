import { describe, expect, it } from '@jest/globals';
import type { StreamEvent } from '@breakwater/contracts';
import { cannedStatus } from '../testing/canned.ts';
import type { Answer } from './api.ts';
import { backoff, createConnection, silenceMs, type ConnectionChange } from './connection.ts';

const statusText = `: hi\n\nevent: status\ndata: ${JSON.stringify({ kind: 'status', status: cannedStatus() })}\n\n`;
const settled = async (): Promise<void> => {
  for (let i = 0; i < 40; i++) await Promise.resolve();
};

/** One stream that a test writes to. */
interface Line {
  readonly asset: string | undefined;
  readonly signal: AbortSignal;
  write(text: string): void;
  end(): void;
  fail(): void;
}

/** A connection to a daemon the test plays, on a clock the test moves. */
function setting() {
  const lines: Line[] = [];
  const events: StreamEvent['kind'][] = [];
  const changes: ConnectionChange[] = [];
  const waits: { ms: number; done: () => void; signal: AbortSignal }[] = [];
  let refuse: Answer<never> | null = null;
  const connection = createConnection({
    api: {
      stream: async (asset, signal) => {
        if (refuse !== null) return refuse;
        let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
        const value = new ReadableStream<Uint8Array>({
          start: (c) => {
            controller = c;
          },
        });
        signal.addEventListener('abort', () => {
          try {
            controller?.error(new DOMException('stopped', 'AbortError'));
          } catch {
            // It had ended.
          }
        });
        lines.push({
          asset, signal, write: (text) => controller?.enqueue(new TextEncoder().encode(text)), end: () => controller?.close(), fail: () => controller?.error(new TypeError('network')),
        });
        return { ok: true, value };
      },
    },
    now: () => 5_000, random: () => 1, onEvent: (event) => void events.push(event.kind), onChange: (change) => void changes.push(change),
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) {
          resolve();
          return;
        }
        waits.push({ ms, done: resolve, signal });
        signal.addEventListener('abort', () => resolve());
      }),
  });
  const pass = async (ms: number): Promise<void> => {
    const due = waits.filter((wait) => wait.ms === ms && !wait.signal.aborted);
    for (const wait of due) {
      waits.splice(waits.indexOf(wait), 1);
      wait.done();
    }
    await settled();
  };
  return { connection, lines, events, changes, waits, pass, refuse: (answer: Answer<never> | null) => (refuse = answer) };
}
const line = (lines: readonly Line[], i: number): Line => {
  const found = lines[i];
  if (found === undefined) throw new Error(`there is no stream ${String(i)}`);
  return found;
};

describe('the live stream', () => {
  it('is live with its first event and hands every event on', async () => {
    const { connection, lines, events, changes } = setting();
    connection.follow('OM');
    await settled();
    expect([line(lines, 0).asset, changes]).toEqual(['OM', []]);
    line(lines, 0).write(statusText);
    line(lines, 0).write('data: {"kind":"nonsense"}\n\n');
    await settled();
    expect([events, changes]).toEqual([['status'], [{ kind: 'live' }]]);
    connection.stop();
  });
  it('is tried again with growing waits after a loss, at once when it stood in between', async () => {
    const { connection, lines, changes, pass, refuse } = setting();
    connection.follow(undefined);
    await settled();
    line(lines, 0).write(statusText);
    await settled();
    refuse({ ok: false, status: 0, problem: { code: 'console.unreachable', message: 'm', todo: 't' } });
    line(lines, 0).fail();
    await settled();
    await pass(500);
    await pass(1_000);
    expect(changes.map((change) => (change.kind === 'lost' ? change.retryAt - 5_000 : change.kind))).toEqual(['live', 500, 1_000, 2_000]);
    refuse(null);
    await pass(2_000);
    line(lines, 1).write(statusText);
    await settled();
    line(lines, 1).end();
    await settled();
    expect(changes.slice(4).map((change) => (change.kind === 'lost' ? change.retryAt - 5_000 : change.kind))).toEqual(['live', 500]);
    connection.stop();
  });
  it('is taken for lost when nothing comes for too long', async () => {
    const { connection, lines, changes, pass } = setting();
    connection.follow('OM');
    await settled();
    line(lines, 0).write(statusText);
    await settled();
    await pass(silenceMs);
    expect(changes.at(-1)?.kind).toBe('lost');
    connection.stop();
  });
  it('is not taken for lost while comments come', async () => {
    const { connection, lines, changes, waits } = setting();
    connection.follow('OM');
    await settled();
    line(lines, 0).write(statusText);
    await settled();
    const first = waits.filter(({ ms, signal }) => ms === silenceMs && !signal.aborted);
    line(lines, 0).write(': ping\n\n');
    await settled();
    expect(first.every(({ signal }) => signal.aborted)).toBe(true);
    expect(changes).toEqual([{ kind: 'live' }]);
    connection.stop();
  });
  it('turns to another asset without a gap: the old stream ends when the new one stands', async () => {
    const { connection, lines, changes } = setting();
    connection.follow('OM');
    await settled();
    line(lines, 0).write(statusText);
    await settled();
    connection.follow('TIA');
    await settled();
    expect([line(lines, 1).asset, line(lines, 0).signal.aborted]).toEqual(['TIA', false]);
    line(lines, 1).write(statusText);
    await settled();
    expect([line(lines, 0).signal.aborted, changes]).toEqual([true, [{ kind: 'live' }]]);
    connection.follow('TIA');
    await settled();
    expect(lines).toHaveLength(2);
    connection.stop();
  });
  it('stops when a token is wanted, until it is told to try again', async () => {
    const { connection, lines, changes, refuse } = setting();
    const problem = { code: 'no-token', message: 'm', todo: 't' };
    refuse({ ok: false, status: 401, problem });
    connection.follow('OM');
    await settled();
    expect(changes).toEqual([{ kind: 'refused', problem }]);
    refuse(null);
    connection.retry();
    await settled();
    line(lines, 0).write(statusText);
    await settled();
    expect(changes.at(-1)).toEqual({ kind: 'live' });
    connection.stop();
    connection.retry();
    await settled();
    expect(lines).toHaveLength(1);
  });
  it('says that it is live again when it was told to try again while it stood', async () => {
    const { connection, lines, changes } = setting();
    connection.follow('OM');
    await settled();
    line(lines, 0).write(statusText);
    await settled();
    connection.retry();
    await settled();
    line(lines, 1).write(statusText);
    await settled();
    expect([changes, line(lines, 0).signal.aborted]).toEqual([[{ kind: 'live' }, { kind: 'live' }], true]);
    connection.stop();
  });
});

describe('the wait before a try', () => {
  it('doubles up to ten seconds, half of it spread', () => {
    expect([0, 1, 2, 3, 4, 5, 60].map((attempt) => backoff(attempt, 1))).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    expect([backoff(0, 0), backoff(9, 0)]).toEqual([250, 5_000]);
  });
});
