import { afterEach, describe, expect, it } from '@jest/globals';
import { BreakwaterError } from '@breakwater/platform/errors';
import { WebSocket } from 'ws';
import type { Endpoint, EndpointPeer } from './endpoint.ts';
import type { Loopback } from './loopback.ts';
import { startLoopback } from './loopback.ts';

/** Says back what it hears, and lets the test send. */
function echo(): Endpoint & { readonly peers: Set<EndpointPeer> } {
  const peers = new Set<EndpointPeer>();
  return {
    peers,
    request: ({ method, url, body }) => ({ status: 201, headers: { 'x-seen': method }, body: `${url}|${body ?? ''}` }),
    accept: (path, peer) => {
      peers.add(peer);
      return { onFrame: (text) => peer.send(`${path}:${text}`), onClose: () => void peers.delete(peer) };
    },
  };
}

function open(url: string): Promise<{ readonly socket: WebSocket; readonly received: string[] }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    const received: string[] = [];
    socket.on('message', (data: Buffer) => received.push(data.toString()));
    socket.on('error', reject);
    socket.on('open', () => resolve({ socket, received }));
  });
}

describe('loopback', () => {
  let loopback: Loopback | undefined;
  afterEach(async () => {
    await loopback?.close();
    loopback = undefined;
  });
  const start = async (endpoints: Readonly<Record<string, Endpoint>>, ports?: Readonly<Record<string, number>>): Promise<Loopback> => {
    loopback = await startLoopback({ endpoints, ...(ports === undefined ? {} : { ports }) });
    return loopback;
  };
  const address = (of: Loopback, name: string): { http: string; ws: string; port: number } => {
    const found = of.addresses[name];
    if (found === undefined) throw new Error(`no host ${name}`);
    return found;
  };

  it('serves requests, one port a host', async () => {
    const running = await start({ a: echo(), b: echo() });
    expect(address(running, 'a').port).not.toBe(address(running, 'b').port);
    const answer = await fetch(`${address(running, 'a').http}/x?y=1`, { method: 'POST', body: 'hello' });
    expect([answer.status, answer.headers.get('x-seen'), await answer.text()]).toEqual([201, 'POST', '/x?y=1|hello']);
    expect((await fetch(`${address(running, 'b').http}/x`, { method: 'DELETE' })).status).toBe(405);
    expect((await fetch(`${address(running, 'b').http}/x`, { method: 'POST', body: 'x'.repeat(2 << 20) }).catch(() => ({ status: 413 }))).status).toBe(413);
    expect(await running.barrier()).toMatchObject({ requestsServed: 3, requestsInFlight: 0, connections: 0 });
  });

  it('resolves the barrier only when every client has all frames sent before it', async () => {
    const host = echo();
    const running = await start({ host });
    const clients = await Promise.all(Array.from({ length: 5 }, () => open(`${address(running, 'host').ws}/s`)));
    for (let round = 1; round <= 20; round++) {
      for (const peer of host.peers) for (let i = 0; i < 200; i++) peer.send(`${round}:${i}:${'x'.repeat(500)}`);
      await running.barrier();
      for (const { received } of clients) expect(received).toHaveLength(200 * round);
    }
    expect(clients[0]?.socket.extensions).toBe('');
    for (const { socket } of clients) socket.terminate();
  });

  it('counts frames both ways, so that equal counters mean quiet', async () => {
    const running = await start({ host: echo() });
    const { socket, received } = await open(`${address(running, 'host').ws}/path?q=1`);
    socket.send('one');
    socket.send('two');
    let before = await running.barrier();
    for (let now = await running.barrier(); now.framesReceived !== before.framesReceived || now.framesReceived < 2; now = await running.barrier()) before = now;
    expect(received).toEqual(['/path?q=1:one', '/path?q=1:two']);
    expect(await running.barrier()).toMatchObject({ framesSent: 2, framesReceived: 2, connections: 1, connectionsOpened: 1 });
    socket.terminate();
  });

  it('does not wait for a client that goes away, and lets the server end a session', async () => {
    const host = echo();
    const running = await start({ host });
    const { socket } = await open(`${address(running, 'host').ws}/`);
    socket.terminate();
    expect(await running.barrier()).toBeDefined();
    const other = await open(`${address(running, 'host').ws}/`);
    const closed = new Promise<number>((resolve) => other.socket.on('close', resolve));
    for (const peer of host.peers) peer.close(1008, 'enough');
    expect(await closed).toBe(1008);
  });

  it('comes back on its ports after a restart, and says which host found its port taken', async () => {
    const first = await start({ host: echo() });
    const { port } = address(first, 'host');
    await expect(startLoopback({ endpoints: { other: echo() }, ports: { other: port } })).rejects.toThrow(BreakwaterError);
    await expect(startLoopback({ endpoints: { other: echo() }, ports: { other: port } })).rejects.toThrow('cannot serve other on 127.0.0.1');
    await first.close();
    const second = await start({ host: echo() }, { host: port });
    expect(address(second, 'host').port).toBe(port);
    expect((await fetch(`${address(second, 'host').http}/`)).status).toBe(201);
  });
});
