import { describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import { createSimulatedClock } from './clock.ts';
import type { Endpoint, EndpointPeer } from './endpoint.ts';
import { FAULT_BACKLOG, withFaults } from './faults.ts';
import type { FaultPlan } from './faults.ts';

const at = epochMs;

function setup(plan: FaultPlan, seed = 1) {
  const clock = createSimulatedClock({ start: at(0) });
  const log: string[] = [];
  const servers: EndpointPeer[] = [];
  const inner: Endpoint = {
    request: (request) => ({ status: 200, headers: {}, body: `answer to ${request.url}` }),
    accept: (path, peer) => {
      log.push(`accept ${path}`);
      servers.push(peer);
      return { onFrame: (text) => log.push(`got ${text}`), onClose: () => log.push('closed') };
    },
  };
  const faulty = withFaults(inner, plan, { clock, rng: createRng(seed) });
  const seen: string[] = [];
  const connect = () => faulty.accept('/ws', {
    send: (text) => seen.push(`${text.length > 40 ? `${String(text.length)} characters` : text}@${String(Math.round(clock.now()))}`),
    close: (code, reason) => seen.push(`close ${String(code)} ${reason}`),
  });
  const say = (...texts: string[]): void => texts.forEach((text) => servers.at(-1)?.send(text));
  return { clock, log, faulty, seen, connect, say };
}
const numbers = (n: number): string[] => Array.from({ length: n }, (_, i) => `{"u":${String(i)}}`);

describe('faults of frames', () => {
  it('none: everything passes at once', () => {
    const { log, faulty, seen, connect, say } = setup({});
    const session = connect();
    say('a', 'b');
    session.onFrame('sub');
    session.onClose();
    say('c');
    expect(seen).toEqual(['a@0', 'b@0']);
    expect(log).toEqual(['accept /ws', 'got sub', 'closed']);
    expect(faulty.counts()).toEqual({});
  });

  it('drop about as many as asked, and count them', () => {
    const { faulty, seen, connect, say } = setup({ drop: 0.2 });
    connect();
    say(...numbers(2_000));
    const dropped = faulty.counts().drop ?? 0;
    // Binomial(2000, 0.2): mean 400, standard deviation 17.9; four of them on either side.
    expect(Math.abs(dropped - 400)).toBeLessThan(72);
    expect(seen.length).toBe(2_000 - dropped);
  });

  it('duplicate', () => {
    const { seen, connect, say } = setup({ duplicate: 1 });
    connect();
    say('a', 'b');
    expect(seen).toEqual(['a@0', 'a@0', 'b@0', 'b@0']);
  });

  it('reorder: the frame follows its successor, or a second when there is none', async () => {
    const { clock, faulty, seen, connect, say } = setup({ reorder: 1 });
    connect();
    say('a', 'b');
    say('c');
    await clock.advanceTo(at(5_000));
    expect(seen).toEqual(['b@0', 'a@0', 'c@1000']);
    expect(faulty.counts().reorder).toBe(2);
  });

  it('delay: holds back and keeps the order', async () => {
    const { clock, faulty, seen, connect, say } = setup({ delay: { probability: 1, ms: [100, 100] } });
    connect();
    say('a');
    faulty.set({});
    await clock.advanceTo(at(50));
    say('b');
    expect(seen).toEqual([]);
    await clock.advanceTo(at(150));
    say('c');
    expect(seen).toEqual(['a@100', 'b@100', 'c@150']);
  });

  it('corrupt: changed, cut short or padded', () => {
    const text = '{"u":123456,"b":[]}';
    const mutated = setup({ corrupt: { probability: 1, kinds: ['mutate'] } });
    mutated.connect();
    mutated.say(...Array.from({ length: 50 }, () => text));
    for (const frame of mutated.seen) {
      const got = frame.slice(0, frame.lastIndexOf('@'));
      expect(got.length).toBe(text.length);
      expect(got).not.toBe(text);
    }
    const cut = setup({ corrupt: { probability: 1, kinds: ['truncate'] } });
    cut.connect();
    cut.say(...Array.from({ length: 50 }, () => text));
    for (const frame of cut.seen) {
      const got = frame.slice(0, frame.lastIndexOf('@'));
      expect(got.length).toBeLessThan(text.length);
      expect(text.startsWith(got)).toBe(true);
    }
    const large = setup({ corrupt: { probability: 1, kinds: ['oversize'], oversizeBytes: 1_000 } });
    large.connect();
    large.say(text);
    expect(large.seen).toEqual(['1000 characters@0']);
    expect(large.faulty.counts()).toEqual({ oversize: 1 });
  });

  it('disconnect: the session ends on both sides and sends nothing more', () => {
    const { log, faulty, seen, connect, say } = setup({ disconnect: 1 });
    const session = connect();
    say('a', 'b');
    session.onClose();
    expect(seen).toEqual(['close 1012 service restart']);
    expect(log).toEqual(['accept /ws', 'closed']);
    expect(faulty.counts().disconnect).toBe(1);
  });

  it('disconnectAll ends every open session', () => {
    const { faulty, seen, connect } = setup({});
    connect();
    connect().onClose();
    connect();
    faulty.disconnectAll();
    expect(seen).toEqual(['close 1012 service restart', 'close 1012 service restart']);
  });
});

describe('faults of a server', () => {
  it('silence: acknowledges and then sends nothing that matches', () => {
    const { faulty, seen, connect, say } = setup({ silence: { match: /"books"/ } });
    connect();
    say('{"event":"subscribe","arg":"books"}', '{"arg":"books"}', '{"arg":"trades"}', '{"arg":"books"}');
    expect(seen).toEqual(['{"event":"subscribe","arg":"books"}@0', '{"arg":"trades"}@0']);
    expect(faulty.counts().silence).toBe(2);
    faulty.set({});
    say('{"arg":"books"}');
    expect(seen.length).toBe(3);
  });

  it('refuse: closes at once and the server behind never hears of it', () => {
    const { log, seen, connect } = setup({ refuse: true });
    const session = connect();
    session.onFrame('x');
    session.onClose();
    expect(seen).toEqual(['close 1012 refused']);
    expect(log).toEqual([]);
  });

  it('stall: nothing moves until it is lifted, then everything in order', async () => {
    const { clock, log, faulty, seen, connect, say } = setup({});
    const session = connect();
    say('a');
    faulty.set({ stall: true });
    say('b', 'c');
    session.onFrame('ping');
    connect();
    const answers: string[] = [];
    void Promise.resolve(faulty.request({ method: 'GET', url: '/x' })).then((r) => answers.push(r.body));
    await clock.advanceTo(at(60_000));
    expect(seen).toEqual(['a@0']);
    expect(log).toEqual(['accept /ws']);
    expect(answers).toEqual([]);
    faulty.set({});
    await clock.advanceTo(at(60_001));
    expect(seen).toEqual(['a@0', 'b@60000', 'c@60000']);
    expect(log).toEqual(['accept /ws', 'got ping', 'accept /ws']);
    expect(answers).toEqual(['answer to /x']);
  });

  it('stall: a backlog beyond the bound ends the session', () => {
    const { faulty, seen, connect, say } = setup({});
    connect();
    faulty.set({ stall: true });
    say(...numbers(FAULT_BACKLOG + 1));
    expect(seen).toEqual(['close 1012 too many frames under way']);
    expect(faulty.counts().overflow).toBe(1);
  });

  it('HTTP: 429 with retry-after, 500, bodies cut short', async () => {
    const { faulty } = setup({ http: { rateLimited: { probability: 1, retryAfterSeconds: 7 } } });
    const ask = async () => faulty.request({ method: 'GET', url: '/depth' });
    expect(await ask()).toMatchObject({ status: 429, headers: { 'retry-after': '7' } });
    faulty.set({ http: { serverError: 1 } });
    expect(await ask()).toMatchObject({ status: 500 });
    faulty.set({ http: { truncate: 1 } });
    const { status, body } = await ask();
    expect(status).toBe(200);
    expect('answer to /depth'.startsWith(body) && body.length < 16).toBe(true);
    faulty.set({});
    expect((await ask()).body).toBe('answer to /depth');
  });
});

it('gives the same trace for the same seed and another for another', async () => {
  const everything: FaultPlan = {
    drop: 0.1, duplicate: 0.1, reorder: 0.1, delay: { probability: 0.2, ms: [1, 400] }, corrupt: { probability: 0.1, oversizeBytes: 64 }, disconnect: 0.002,
  };
  const trace = async (seed: number): Promise<string[]> => {
    const { clock, faulty, seen, connect, say } = setup(everything, seed);
    connect();
    for (const text of numbers(400)) {
      if (text === '{"u":300}') faulty.set({ drop: 0.5 });
      say(text);
      await clock.advanceTo(at(clock.now() + 5));
    }
    await clock.advanceTo(at(10_000));
    return [...seen, JSON.stringify(faulty.counts())];
  };
  const first = await trace(9);
  expect(first.length).toBeGreaterThan(100);
  expect(await trace(9)).toEqual(first);
  expect(await trace(10)).not.toEqual(first);
});
