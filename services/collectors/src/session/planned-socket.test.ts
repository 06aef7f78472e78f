import { afterEach, describe, expect, it } from '@jest/globals';
import { createRng, epochMs, err, ok } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { silentLog } from '@breakwater/platform/log';
import type { Network } from '@breakwater/platform/network';
import type { EndpointPeer } from '@breakwater/platform/simulated';
import { createSimulatedClock, createSimulatedNetwork } from '@breakwater/platform/simulated';
import { isRecord, parseJson } from '../numbers.ts';
import type { SocketPlan } from '../venue.ts';
import { createConnection } from './connection.ts';
import { openPlannedSocket } from './planned-socket.ts';

const START = epochMs(1_786_310_400_000);
const plan: SocketPlan = {
  name: 'public-0', url: '', subscribe: ['subscribe'], channels: [], ping: { text: 'ping', everyMs: 50_000 }, rotateAfterMs: 3_600_000, maxSendPerSecond: 10,
  handshake: {
    request: { method: 'POST', url: 'http://venue.test/token' },
    open: (body) => {
      const answer = parseJson(body);
      return isRecord(answer) && typeof answer['token'] === 'string' ? ok({ url: `ws://venue.test/socket?token=${answer['token']}`, pingEveryMs: 18_000 }) : err('no token');
    },
  },
};
const stop = new AbortController();
afterEach(() => stop.abort());

function setUp() {
  const clock = createSimulatedClock({ start: START, activity: createActivity() });
  const state = { asked: 0, status: 200, body: undefined as string | undefined };
  const sessions: { readonly path: string; readonly peer: EndpointPeer; readonly frames: { readonly at: number; readonly text: string }[] }[] = [];
  const network = createSimulatedNetwork({
    clock, rng: createRng(1), latencyMs: [1, 5],
    resolve: () => ({
      request: ({ method, url }) => {
        expect([method, url]).toEqual(['POST', '/token']);
        state.asked++;
        return { status: state.status, headers: {}, body: state.body ?? JSON.stringify({ token: `t${state.asked}` }) };
      },
      accept: (path, peer) => {
        const session = { path, peer, frames: [] as { at: number; text: string }[] };
        sessions.push(session);
        return { onFrame: (text) => void session.frames.push({ at: clock.now() - START, text }), onClose: () => undefined };
      },
    }),
  });
  const heard: string[] = [];
  const states: string[] = [];
  const own = new AbortController();
  stop.signal.addEventListener('abort', () => own.abort());
  const connection = createConnection({
    plan, clock, rng: createRng(2), network, log: silentLog, signal: own.signal, maxFrameBytes: 1_000,
    intake: {
      frame: (bytes) => void heard.push(Buffer.from(bytes).toString()), prepare: () => undefined, ready: () => true, handOver: () => undefined, closed: () => undefined,
    },
    onState: (state_, reason) => void states.push(`${state_} ${reason}`),
  });
  const done = connection.run();
  const pass = (ms: number): Promise<void> => clock.advanceTo(epochMs(clock.now() + ms));
  const finish = async (): Promise<void> => {
    own.abort();
    await pass(100);
    await done;
  };
  return { state, sessions, heard, states, connection, pass, finish };
}

describe('a socket whose address the venue gives out', () => {
  it('asks for it, opens it, subscribes, and pings as often as the venue wants', async () => {
    const s = setUp();
    await s.pass(1_000);
    expect(s.sessions.map((x) => x.path)).toEqual(['/socket?token=t1']);
    s.sessions[0]?.peer.send('hello');
    await s.pass(39_000);
    expect(s.heard).toEqual(['hello']);
    expect(s.states).toEqual(['up socket-open']);
    const frames = s.sessions[0]?.frames ?? [];
    expect(frames.map((f) => f.text)).toEqual(['subscribe', 'ping', 'ping']);
    expect((frames[2]?.at ?? 0) - (frames[1]?.at ?? 0)).toBeGreaterThan(17_900);
    expect((frames[2]?.at ?? 0) - (frames[1]?.at ?? 0)).toBeLessThan(18_100);
    await s.finish();
  });

  it('asks anew for every opening: after an end, and for a successor', async () => {
    const s = setUp();
    await s.pass(1_000);
    s.sessions[0]?.peer.close(1001, 'going away');
    await s.pass(2_000);
    expect(s.states).toEqual(['up socket-open', 'down socket-closed', 'up socket-open']);
    s.connection.replace();
    await s.pass(2_000);
    expect(s.sessions.map((x) => x.path)).toEqual(['/socket?token=t1', '/socket?token=t2', '/socket?token=t3']);
    expect(s.states.at(-1)).toBe('rotated socket-rotated');
    await s.finish();
  });

  it.each([['a refusal', 429, '{}'], ['an answer that is none', 200, '{"code":"400"}'], ['no JSON', 200, '<html>']])('tries again with growing waits after %s', async (_name, status, body) => {
    const s = setUp();
    s.state.status = status;
    s.state.body = body;
    await s.pass(60_000);
    expect(s.sessions).toEqual([]);
    expect(s.connection.up()).toBe(false);
    expect(s.state.asked).toBeGreaterThan(3);
    // Up to 0.5, 1, 2, 4, 8, 16, 30 s: by chance fewer than half of it, but never hammering.
    expect(s.state.asked).toBeLessThan(25);
    s.state.status = 200;
    s.state.body = undefined;
    await s.pass(31_000);
    expect(s.connection.up()).toBe(true);
    await s.finish();
  });

  it('ends quietly when stopped while it asks', async () => {
    const s = setUp();
    await s.finish();
    expect(s.sessions).toEqual([]);
  });
});

describe('a planned socket', () => {
  /** A network that answers the token when told to, and opens nothing. */
  function fake() {
    const opened: { readonly url: string; readonly headers: unknown }[] = [];
    const told: string[] = [];
    let answer: (body: string) => void = () => undefined;
    const network: Network = {
      openSocket: (url, _handlers, options) => {
        opened.push({ url, headers: options?.headers });
        return { send: () => true, close: () => undefined };
      },
      request: () => new Promise((resolve) => (answer = (body) => resolve({ status: 200, headers: {}, body }))),
    };
    const handlers = { onOpen: () => told.push('open'), onFrame: () => told.push('frame'), onClose: (code: number, reason: string) => told.push(`${code} ${reason}`) };
    return { network, handlers, opened, told, answer: (body: string) => answer(body) };
  }
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('is opened with the headers of the plan, at the planned address or at the one given out', async () => {
    const f = fake();
    openPlannedSocket(f.network, { url: 'ws://fixed.test/', headers: { 'X-Size': '1' } }, f.handlers, { label: 'a' });
    const socket = openPlannedSocket(f.network, { ...plan, headers: { 'X-Size': '2' } }, f.handlers, {});
    expect(socket.send('too early')).toBe(false);
    f.answer('{"token":"t"}');
    await settle();
    expect(f.opened).toEqual([{ url: 'ws://fixed.test/', headers: { 'X-Size': '1' } }, { url: 'ws://venue.test/socket?token=t', headers: { 'X-Size': '2' } }]);
    expect(socket.send('now')).toBe(true);
    expect(f.told).toEqual([]);
  });

  it('ends once, and is not opened, when it is closed while the address is awaited', async () => {
    const f = fake();
    const socket = openPlannedSocket(f.network, plan, f.handlers, {});
    socket.close(1000, 'replaced');
    expect(f.told).toEqual([]);
    await settle();
    f.answer('{"token":"t"}');
    await settle();
    expect(f.told).toEqual(['1006 closed before it opened']);
    expect(f.opened).toEqual([]);
  });
});
