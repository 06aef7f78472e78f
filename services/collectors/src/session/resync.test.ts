import { describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { BreakwaterError } from '@breakwater/platform/errors';
import { silentLog } from '@breakwater/platform/log';
import { createRecordingTracer, createSimulatedClock } from '@breakwater/platform/simulated';
import { createTokenBucket } from '@breakwater/platform/supervise';
import type { ParsedFrame, ResyncPlan } from '../venue.ts';
import { createPacedSender } from './paced-sender.ts';
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
  const tracer = createRecordingTracer();
  const resyncer = createResyncer({
    tracer,
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
  return { resyncer, tracer, log, usable, pass, stop };
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

  it('is one span, from the break to the book that is back or given up', async () => {
    const s = setUp('request', (n) => (n < 2 ? 'old' : 'fits'));
    s.resyncer.ask('A', 'sequence-gap');
    expect(s.tracer.spans).toEqual([]);
    await s.pass(60_000);
    expect(s.tracer.spans).toEqual([{ name: 'resync', place: undefined, attributes: { symbol: 'A', reason: 'sequence-gap', mended: true }, error: undefined }]);
    s.usable.clear();
    s.resyncer.ask('B', 'crossed-book');
    s.resyncer.forget(new Set(['B']));
    await s.pass(60_000);
    expect(s.tracer.spans.slice(1)).toMatchObject([{ attributes: { symbol: 'B', mended: false } }]);
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

describe('a mass break', () => {
  /** 300 books that break in one second, each mended by a request of some weight, under a limit of `perSecond`. */
  function breakAll(options: { readonly perSecond: number; readonly burst: number; readonly importance?: (symbol: string) => number }) {
    const clock = createSimulatedClock({ start: START, activity: createActivity() });
    const stop = new AbortController();
    const usable = new Set<string>();
    const mended: { readonly symbol: string; readonly at: number }[] = [];
    let under = 0;
    let most = 0;
    const bucket = createTokenBucket({ clock, perSecond: options.perSecond, burst: options.burst });
    const resyncer = createResyncer({
      plan: { resync: (symbol) => ({ kind: 'request', poll: { name: symbol, request: { method: 'GET', url: symbol }, everyMs: 1, channel: 'book', weight: 20, parse: (body): ParsedFrame => ({ kind: 'ignored', channel: body }) } }) },
      clock, rng: createRng(3), log: silentLog, signal: stop.signal,
      requests: {
        get: async ({ url }, weight) => {
          under++;
          most = Math.max(most, under);
          await bucket.take(weight, stop.signal);
          await new Promise<void>((resolve) => void clock.after(80, resolve));
          under--;
          return { body: url, receivedAt: clock.now() };
        },
      },
      intake: { inUse: (symbol) => usable.has(symbol), wantsSeed: () => false, answer: (parsed) => {
        if (parsed.kind !== 'ignored') return;
        usable.add(parsed.channel);
        mended.push({ symbol: parsed.channel, at: clock.now() - START });
      } },
      send: () => false, onExhausted: () => undefined, ...(options.importance === undefined ? {} : { importance: options.importance }),
    });
    return { clock, resyncer, mended, stop, most: () => most };
  }
  const symbols = Array.from({ length: 300 }, (_, i) => `S${i}`);

  it('of 300 books keeps the limit with few requests under way, and mends each once', async () => {
    // Binance USD-M: a quarter of 2,400 a minute, 300 at once, a snapshot of weight 20.
    const s = breakAll({ perSecond: 10, burst: 300 });
    for (const symbol of symbols) s.resyncer.ask(symbol, 'sequence-gap');
    await s.clock.advanceTo(epochMs(START + 900_000));
    expect(s.mended.map((m) => m.symbol)).toEqual(symbols);
    expect(s.most()).toBe(16);
    expect(s.resyncer.stats()).toEqual({ started: 300, attempts: 300, exhausted: 0 });
    // 15 at once, then one in two seconds: the last after 570 s, and never more than the limit in any stretch.
    expect(s.mended.at(-1)?.at).toBeGreaterThan(569_000);
    expect(s.mended.at(-1)?.at).toBeLessThan(572_000);
    for (const from of [0, 60_000, 300_000]) expect(s.mended.filter((m) => m.at > from && m.at <= from + 60_000).length).toBeLessThanOrEqual(15 + 31);
  });

  it('mends what is traded most first, though it broke last', async () => {
    const s = breakAll({ perSecond: 10, burst: 20, importance: (symbol) => Number(symbol.slice(1)) });
    for (const symbol of symbols) s.resyncer.ask(symbol, 'sequence-gap');
    await s.clock.advanceTo(epochMs(START + 120_000));
    const order = s.mended.map((m) => Number(m.symbol.slice(1)));
    // The first sixteen had their place before the others asked; from then on the largest.
    expect(order.slice(0, 16)).toEqual(Array.from({ length: 16 }, (_, i) => i));
    expect(order.slice(16, 40)).toEqual(Array.from({ length: 24 }, (_, i) => 299 - i));
  });

  it('asks for nothing more once the socket ended or the session stops', async () => {
    const s = breakAll({ perSecond: 10, burst: 20 });
    for (const symbol of symbols) s.resyncer.ask(symbol, 'sequence-gap');
    await s.clock.advanceTo(epochMs(START + 10_000));
    s.resyncer.forget(new Set(symbols.slice(0, 250)));
    await s.clock.advanceTo(epochMs(START + 120_000));
    // What had its place and its turn at the limit is answered and not taken; of the others only the fifty remain.
    expect(s.mended.slice(8).every((m) => Number(m.symbol.slice(1)) >= 250)).toBe(true);
    expect(s.resyncer.stats().attempts).toBeLessThanOrEqual(16 + 8 + 50);
    s.stop.abort();
    await s.clock.advanceTo(epochMs(START + 600_000));
    expect(s.resyncer.pending()).toEqual([]);
  });

  it('by new subscriptions gives a place on as soon as a snapshot has come, and never overfills the sender', async () => {
    const clock = createSimulatedClock({ start: START, activity: createActivity() });
    const usable = new Set<string>();
    const sender = createPacedSender({ clock, perSecond: 20, send: (text) => {
      if (text.startsWith('+')) void clock.after(100, () => usable.add(text.slice(1)));
      return true;
    } });
    const resyncer = createResyncer({
      plan: { resync: (symbol) => ({ kind: 'resubscribe', socket: 's', frames: [`-${symbol}`, `+${symbol}`] }) },
      clock, rng: createRng(3), log: silentLog, signal: new AbortController().signal, requests: { get: () => Promise.reject(new Error('not used')) },
      intake: { inUse: (symbol) => usable.has(symbol), wantsSeed: () => false, answer: () => undefined },
      send: (_socket, frames) => sender.push(frames), onExhausted: () => undefined,
    });
    for (const symbol of symbols) resyncer.ask(symbol, 'sequence-gap');
    // 600 frames at 20 a second.
    await clock.advanceTo(epochMs(START + 33_000));
    expect(usable.size).toBe(300);
    expect(resyncer.pending()).toEqual([]);
    expect(resyncer.stats()).toEqual({ started: 300, attempts: 300, exhausted: 0 });
    expect(sender.refused()).toBe(0);
  });
});
