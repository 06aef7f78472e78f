import { describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import type { HttpRequest, SocketOptions } from '../network/index.ts';
import { createSimulatedClock } from './clock.ts';
import type { Endpoint, EndpointPeer } from './endpoint.ts';
import { LINK_CAPACITY } from './link.ts';
import { createSimulatedNetwork } from './network.ts';

const at = epochMs;

/** Echoes frames in upper case, answers requests with their path; `log` is what it saw. */
function echo(log: string[], peers: EndpointPeer[] = []): Endpoint {
  return {
    request: (request) => ({ status: 200, headers: { 'X-Method': request.method }, body: request.body ?? request.url }),
    accept: (path, peer) => {
      log.push(`accept ${path}`);
      peers.push(peer);
      return {
        onFrame: (text) => {
          log.push(`server ${text}`);
          peer.send(text.toUpperCase());
        },
        onClose: () => log.push('server closed'),
      };
    },
  };
}

function setup(endpoint: Endpoint, latencyMs: readonly [number, number] = [5, 15], seed = 1) {
  const clock = createSimulatedClock({ start: at(0) });
  const network = createSimulatedNetwork({ clock, rng: createRng(seed), latencyMs, resolve: (url) => (new URL(url).hostname === 'venue.test' ? endpoint : undefined) });
  const seen: string[] = [];
  const open = (url = 'wss://venue.test/ws?x=1', options: SocketOptions = {}) => network.openSocket(url, {
    onOpen: () => seen.push(`open@${String(clock.now())}`),
    onFrame: (bytes) => seen.push(`${Buffer.from(bytes).toString()}@${String(clock.now())}`),
    onClose: (code, reason) => seen.push(`close ${String(code)} ${reason}@${String(clock.now())}`),
  }, options);
  const request = (more: Partial<HttpRequest> = {}) => {
    const outcome: string[] = [];
    network.request({ method: 'GET', url: 'https://venue.test/a?b=1', ...more }).then(
      (r) => outcome.push(`${String(r.status)} ${r.body} ${JSON.stringify(r.headers)}@${String(clock.now())}`),
      (e: unknown) => outcome.push(`${(e as { code: string }).code}: ${(e as Error).message}@${String(clock.now())}`));
    return outcome;
  };
  return { clock, network, seen, open, request };
}

describe('simulated sockets', () => {
  it('opens, sends, receives and closes with the latency of each way', async () => {
    const log: string[] = [];
    const { clock, seen, open, network } = setup(echo(log), [10, 10]);
    const socket = open();
    expect(socket.send('early')).toBe(false);
    await clock.advanceTo(at(20));
    expect(socket.send('a')).toBe(true);
    expect(socket.send('b')).toBe(true);
    await clock.advanceTo(at(40));
    socket.close(1000, 'done');
    expect(socket.send('late')).toBe(false);
    await clock.advanceTo(at(1_000));
    expect(seen).toEqual(['open@20', 'A@40', 'B@40', 'close 1000 done@60']);
    expect(log).toEqual(['accept /ws?x=1', 'server a', 'server b', 'server closed']);
    expect(clock.nextTimer()).toBeUndefined();
    expect(network.stats()).toMatchObject({ socketsOpened: 1, framesDelivered: 2, refused: 0 });
  });

  it('keeps the order whatever the latencies', async () => {
    const log: string[] = [];
    const { clock, seen, open } = setup(echo(log), [0, 100]);
    const socket = open();
    await clock.advanceTo(at(300));
    const names = Array.from({ length: 50 }, (_, i) => `M${String(i)}`);
    for (const name of names) {
      socket.send(name);
      await clock.advanceTo(at(clock.now() + 3));
    }
    await clock.advanceTo(at(5_000));
    expect(seen.slice(1).map((s) => s.split('@')[0])).toEqual(names);
  });

  it('refuses unknown hosts', async () => {
    const { clock, seen, open, request } = setup(echo([]), [10, 10]);
    open('wss://other.test/');
    const outcome = request({ url: 'https://other.test/' });
    await clock.advanceTo(at(100));
    expect(seen).toEqual(['close 1006 other.test: connection refused@10']);
    expect(outcome).toEqual(['http-failed: GET other.test failed: connection refused@10']);
  });

  it('is closed by the server after the frames sent before', async () => {
    const peers: EndpointPeer[] = [];
    const log: string[] = [];
    const { clock, seen, open } = setup(echo(log, peers), [10, 10]);
    open();
    await clock.advanceTo(at(30));
    peers[0]?.send('last');
    peers[0]?.close(1008, 'bye');
    peers[0]?.send('never');
    await clock.advanceTo(at(100));
    expect(seen).toEqual(['open@20', 'last@40', 'close 1008 bye@40']);
    expect(log.at(-1)).toBe('server closed');
  });

  it('aborts before, while opening and when open', async () => {
    const log: string[] = [];
    const { clock, seen, open } = setup(echo(log), [10, 10]);
    open(undefined, { signal: AbortSignal.abort() });
    const opening = new AbortController();
    open(undefined, { signal: opening.signal });
    opening.abort();
    const later = new AbortController();
    open(undefined, { signal: later.signal });
    await clock.advanceTo(at(50));
    later.abort();
    await clock.advanceTo(at(100));
    expect(seen).toEqual(['close 1006 aborted@0', 'close 1006 aborted@0', 'open@20', 'close 1000 aborted@70']);
    expect(log.filter((l) => l === 'server closed').length).toBe(2);
  });

  it('never opens once it was closed, even at the moment it would have', async () => {
    const log: string[] = [];
    const { clock, seen, open } = setup(echo(log), [10, 10]);
    const holder: { close?: () => void } = {};
    clock.after(20, () => holder.close?.());
    const socket = open();
    holder.close = () => socket.close();
    await clock.advanceTo(at(100));
    expect(seen).toEqual(['close 1006 closed before it opened@20']);
    expect(log).toEqual(['accept /ws?x=1', 'server closed']);
  });

  it('ends with 1009 on a frame that is too large, and calls nothing after', async () => {
    const peers: EndpointPeer[] = [];
    const { clock, seen, open } = setup(echo([], peers), [1, 1]);
    open(undefined, { maxFrameBytes: 3 });
    await clock.advanceTo(at(5));
    for (const text of ['abc', 'äb', 'äbc', 'x']) peers[0]?.send(text);
    await clock.advanceTo(at(50));
    expect(seen).toEqual(['open@2', 'abc@6', 'äb@6', 'close 1009 a frame is larger than 3 bytes@6']);
  });

  it('a server that fails to accept closes with 1011', async () => {
    const failing: Endpoint = {
      request: () => { throw new Error('no route'); },
      accept: () => { throw new Error('broken'); },
    };
    const { clock, seen, open, request } = setup(failing, [1, 1]);
    open();
    const outcome = request();
    await clock.advanceTo(at(50));
    expect(seen).toEqual(['open@2', 'close 1011 broken@2']);
    expect(outcome).toEqual(['http-failed: GET venue.test failed: no route@2']);
  });

  it('cuts a socket whose backlog grows without bound', async () => {
    const peers: EndpointPeer[] = [];
    const log: string[] = [];
    const { clock, seen, open, network } = setup(echo(log, peers), [1, 1]);
    open();
    await clock.advanceTo(at(5));
    network.partition(/venue/, at(100_000));
    for (let i = 0; i <= LINK_CAPACITY; i++) peers[0]?.send('x');
    expect(seen).toEqual(['open@2', 'close 1006 too many frames under way@5']);
    expect(network.stats().overflowed).toBe(1);
    await clock.advanceTo(at(200_000));
    expect(log.at(-1)).toBe('server closed');
  });
});

describe('partitions', () => {
  it('hold what is sent, in order, and let openings and requests time out', async () => {
    const peers: EndpointPeer[] = [];
    const { clock, seen, open, request, network } = setup(echo([], peers), [10, 10]);
    open();
    await clock.advanceTo(at(25));
    peers[0]?.send('a'); // under way when the partition begins
    network.partition(/venue\.test/g, at(60_000));
    peers[0]?.send('b');
    open(undefined, { openTimeoutMs: 1_000 });
    const short = request({ timeoutMs: 500 });
    const long = request({ timeoutMs: 100_000 });
    await clock.advanceTo(at(59_999));
    expect(seen).toEqual(['open@20', 'close 1006 open timeout@1025']);
    expect(short).toEqual(['http-timeout: GET venue.test failed: no answer in 500 ms@525']);
    await clock.advanceTo(at(70_000));
    expect(seen.slice(2)).toEqual(['a@60000', 'b@60000']);
    expect(long).toEqual(['200 /a?b=1 {"x-method":"GET"}@60010']);
  });
});

describe('simulated requests', () => {
  it('answer, are bounded and can be aborted', async () => {
    const { clock, request } = setup(echo([]), [10, 10]);
    const posted = request({ method: 'POST', body: 'hello' });
    const tooLarge = request({ maxBytes: 5 });
    const controller = new AbortController();
    const stopped = request({ signal: controller.signal });
    await clock.advanceTo(at(10));
    controller.abort();
    await clock.advanceTo(at(20));
    expect(posted).toEqual(['200 hello {"x-method":"POST"}@20']);
    expect(tooLarge).toEqual(['http-too-large: GET venue.test failed: the answer is larger than 5 bytes@20']);
    expect(stopped).toEqual(['aborted: GET venue.test failed: the caller stopped@10']);
    expect(clock.nextTimer()).toBeUndefined();
  });
});

it('gives the same trace for the same seed and another for another', async () => {
  const trace = async (seed: number): Promise<string[]> => {
    const { clock, seen, open, request } = setup(echo([]), [0, 50], seed);
    const sockets = [open(), open(), open()];
    await clock.advanceTo(at(200));
    const outcomes: string[][] = [];
    for (let i = 0; i < 30; i++) {
      sockets[i % 3]?.send(`m${String(i)}`);
      if (i % 10 === 0) outcomes.push(request());
      await clock.advanceTo(at(clock.now() + 7));
    }
    await clock.advanceTo(at(2_000));
    return [...seen, ...outcomes.flat()];
  };
  const first = await trace(42);
  expect(first.length).toBe(36);
  expect(await trace(42)).toEqual(first);
  expect(await trace(43)).not.toEqual(first);
});
