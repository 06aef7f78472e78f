import { describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { BreakwaterError } from '@breakwater/platform/errors';
import { silentLog } from '@breakwater/platform/log';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import { createTokenBucket } from '@breakwater/platform/supervise';
import type { ParsedFrame, ResyncPlan } from '../venue.ts';
import { createLiveness } from './liveness.ts';
import { createPacedSender } from './paced-sender.ts';
import { createRequests } from './requests.ts';
import { createResyncer } from './resync.ts';

const START = epochMs(1_786_310_400_000);

function setUp(kind: ResyncPlan['kind'], answers: (attempt: number) => 'fits' | 'old' | 'error') {
  const clock = createSimulatedClock({ start: START, activity: createActivity() });
  const stop = new AbortController();
  const usable = new Set<string>();
  const log: string[] = [];
  let asked = 0;
  const fate = (symbol: string): void => {
    const answer = answers(asked++);
    log.push(`${symbol} ${answer}`);
    if (answer === 'error') throw new BreakwaterError('http-status', 'status 500');
    if (answer === 'fits') usable.add(symbol);
    else resyncer.ask(symbol, 'no-snapshot');
  };
  const poll = (symbol: string) => ({ name: symbol, request: { method: 'GET' as const, url: symbol }, everyMs: 1, channel: 'book' as const, weight: 1, parse: (body: string): ParsedFrame => ({ kind: 'ignored', channel: body }) });
  const resyncer = createResyncer({
    plan: { resync: (symbol) => (kind === 'request' ? { kind, poll: poll(symbol) } : { kind, socket: 's', frames: [symbol] }) },
    clock, rng: createRng(3), log: silentLog, signal: stop.signal,
    requests: { get: async ({ url }) => ({ body: url, receivedAt: clock.now() }) },
    intake: { inUse: (symbol) => usable.has(symbol), wantsSeed: () => false, answer: (parsed) => { if (parsed.kind === 'ignored') fate(parsed.channel); } },
    send: (_socket, frames) => {
      for (const f of frames) fate(f);
      return true;
    },
    onExhausted: (symbol) => log.push(`${symbol} exhausted`),
  });
  const pass = (ms: number) => clock.advanceTo(epochMs(clock.now() + ms));
  return { resyncer, log, usable, pass, stop };
}

describe('resync', () => {
  it('asks once for a snapshot that fits, however often the break is reported', async () => {
    const s = setUp('request', () => 'fits');
    s.resyncer.ask('A', 'sequence-gap');
    s.resyncer.ask('A', 'sequence-gap');
    await s.pass(60_000);
    expect(s.log).toEqual(['A fits']);
    expect(s.resyncer.pending()).toEqual([]);
  });

  it('asks again at once, after a short wait, when the snapshot was too old', async () => {
    const s = setUp('request', (n) => (n < 2 ? 'old' : 'fits'));
    s.resyncer.ask('A', 'sequence-gap');
    await s.pass(3_000);
    expect(s.log).toEqual(['A old', 'A old', 'A fits']);
  });

  it('gives up being quick after five tries, says so once, and goes on slowly', async () => {
    const s = setUp('request', () => 'old');
    s.resyncer.ask('A', 'sequence-gap');
    await s.pass(3_600_000);
    expect(s.log.indexOf('A exhausted')).toBe(5);
    expect(s.log.filter((l) => l === 'A exhausted')).toHaveLength(1);
    // Waits of at most a minute, half of it on average: some 120 tries an hour.
    expect(s.log.length).toBeGreaterThan(60);
    expect(s.log.length).toBeLessThan(250);
    s.stop.abort();
    await s.pass(1);
  });

  it('gives a new subscription its time', async () => {
    const s = setUp('resubscribe', () => 'old');
    s.resyncer.ask('A', 'crossed-book');
    s.resyncer.ask('A', 'no-snapshot');
    await s.pass(9_000);
    expect(s.log).toEqual(['A old']);
    await s.pass(2_000);
    expect(s.log).toEqual(['A old', 'A old']);
    s.resyncer.forget(new Set(['A']));
    await s.pass(60_000);
    expect(s.log).toHaveLength(2);
  });
});

describe('requests', () => {
  it('pauses everything as long as the venue asks', async () => {
    const clock = createSimulatedClock({ start: START, activity: createActivity() });
    const at: number[] = [];
    const requests = createRequests({
      clock, maxWeight: 10, signal: new AbortController().signal, bucket: createTokenBucket({ clock, perSecond: 10, burst: 10 }),
      network: {
        openSocket: () => { throw new Error('not used'); },
        request: async () => {
          at.push(clock.now() - START);
          return at.length === 1 ? { status: 429, headers: { 'retry-after': '7' }, body: '' } : { status: 200, headers: {}, body: 'ok' };
        },
      },
    });
    const request = { method: 'GET' as const, url: 'http://venue.test/x' };
    await expect(requests.get(request, 1)).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: 7_000 });
    const second = requests.get(request, 1);
    await clock.advanceTo(epochMs(START + 10_000));
    expect((await second).body).toBe('ok');
    expect(at).toEqual([0, 7_000]);
  });
});

describe('paced sender', () => {
  it('never sends faster than the venue allows', async () => {
    const clock = createSimulatedClock({ start: START, activity: createActivity() });
    const at: number[] = [];
    const sender = createPacedSender({ clock, perSecond: 4, send: () => at.push(clock.now() - START) > 0 });
    sender.push(['a', 'b', 'c']);
    sender.push(['d']);
    await clock.advanceTo(epochMs(START + 10_000));
    expect(at).toEqual([0, 250, 500, 750]);
    expect(sender.idle()).toBe(true);
  });
});

describe('liveness', () => {
  const book = { symbol: 'A', channel: 'book', sparse: false, expectedEveryMs: 20_000 } as const;
  const trades = { symbol: 'A', channel: 'trades', sparse: true, expectedEveryMs: 1_000 } as const;
  const event = { kind: 'book', symbol: 'A', eventTime: START, origin: 'live', snapshot: false, bids: [], asks: [] } as const;

  it('learns how often a channel speaks, never accuses a sparse one, and counts from the opening of the socket', () => {
    const said: string[] = [];
    const watch = createLiveness([book, trades], {
      onSilent: (channel, { never, sinceMs }) => said.push(`${channel.channel} silent ${sinceMs} ${never ? 'never heard' : ''}`.trim()),
      onHeard: (channel) => said.push(`${channel.channel} heard`),
    });
    const at = (ms: number) => epochMs(START + ms);
    watch.check(at(1_000_000));
    expect(said).toEqual([]);
    watch.opened([book, trades], at(0));
    watch.check(at(60_000));
    expect(said).toEqual([]);
    watch.check(at(60_001));
    expect(said).toEqual(['book silent 60001 never heard']);
    watch.heard(event, at(70_000));
    // Two messages a second for a minute: learned, but never below a second, so three seconds of silence are too long.
    for (let t = 70_000; t <= 130_000; t += 500) watch.heard(event, at(t));
    watch.check(at(133_000));
    expect(said).toEqual(['book silent 60001 never heard', 'book heard']);
    watch.check(at(133_001));
    expect(said.at(-1)).toBe('book silent 3001');
    expect(watch.silent()).toEqual([book]);
  });
});
