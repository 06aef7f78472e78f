import { describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import type { Sender } from './pace.ts';
import { createPace, isGroup, telegramLimits } from './pace.ts';

const start = Date.UTC(2025, 3, 13, 18, 0, 0);

/** The most arrivals in any stretch of `perMs`, by brute force. */
function most(times: readonly number[], perMs: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted.reduce((worst, from, i) => Math.max(worst, sorted.slice(i).filter((t) => t < from + perMs).length), 0);
}

interface Arrival {
  readonly chat: string;
  readonly at: number;
}

/** Lets `chats` send whenever they may, for `seconds`; each message takes up to `slowMs` and arrives at some time within. Returns the arrivals. */
function play(seed: number, chats: readonly string[], seconds: number, slowMs: number, askFirst: number, limited: number = 0.01): readonly Arrival[] {
  const rng = createRng(seed);
  const pace = createPace();
  const arrivals: Arrival[] = [];
  const underWay: { readonly chat: string; readonly ends: number; readonly end: (at: ReturnType<typeof epochMs>) => void }[] = [];
  for (let now = start; now < start + seconds * 1_000; now += 1 + rng.int(60)) {
    for (const sent of underWay.filter((s) => s.ends <= now)) {
      underWay.splice(underWay.indexOf(sent), 1);
      sent.end(epochMs(sent.ends));
    }
    for (const chat of chats) {
      const sender: Sender = rng.chance(0.8) ? 'warnings' : 'answers';
      if (rng.chance(limited)) pace.limited(chat, epochMs(now), rng.int(3_000));
      if (sender === 'warnings' && rng.chance(askFirst) && pace.reserve(chat, epochMs(now)) > now) continue;
      const turn = pace.begin(chat, epochMs(now), sender);
      if (turn.kind === 'wait') {
        expect(turn.until).toBeGreaterThan(now);
        continue;
      }
      const ends = now + rng.int(slowMs + 1);
      arrivals.push({ chat, at: now + rng.int(ends - now + 1) });
      underWay.push({ chat, ends, end: turn.end });
    }
  }
  return arrivals;
}

describe('createPace', () => {
  it('never lets more through than Telegram allows, in any stretch of time, wherever on its way a message counts', () => {
    const chat = fc.constantFrom('-1001', '-1002', '@channel', '7', '8', ...Array.from({ length: 40 }, (_, i) => String(100 + i)));
    fc.assert(
      fc.property(fc.nat(), fc.uniqueArray(chat, { minLength: 1, maxLength: 45 }), fc.constantFrom(0, 300, 2_500), fc.constantFrom(0, 0.5, 1), (seed, chats, slowMs, askFirst) => {
        const arrivals = play(seed, chats, 6, slowMs, askFirst);
        expect(most(arrivals.map((a) => a.at), telegramLimits.all.perMs)).toBeLessThanOrEqual(telegramLimits.all.count);
        for (const name of chats) {
          const own = arrivals.filter((a) => a.chat === name).map((a) => a.at);
          expect(most(own, telegramLimits.chat.perMs)).toBeLessThanOrEqual(1);
          if (isGroup(name)) expect(most(own, telegramLimits.group.perMs)).toBeLessThanOrEqual(telegramLimits.group.count);
        }
      }),
      { numRuns: 40 },
    );
  });
  it('keeps a group at 20 a minute over minutes, and lets a person have 60', () => {
    for (const [name, fewest, highest] of [['-1001', 55, 60], ['7', 150, 180]] as const) {
      const arrivals = play(5, [name], 180, 0, 1, 0);
      expect(arrivals.length).toBeGreaterThanOrEqual(fewest);
      expect(arrivals.length).toBeLessThanOrEqual(highest);
    }
  });
  it('shares one second out to chats that ask at the same moment', () => {
    const pace = createPace();
    const chats = Array.from({ length: 64 }, (_, i) => String(i));
    const at = chats.map((chat) => pace.reserve(chat, epochMs(start)) - start);
    expect(at).toEqual(chats.map((_, i) => Math.floor(i / 30) * 1_000));
    // Asked again at its time, a chat has the place it was promised, whoever asks first.
    expect([...chats].reverse().map((chat) => pace.reserve(chat, epochMs(start + 1_000)) - start).filter((t) => t === 1_000)).toHaveLength(30);
    const begun = chats.filter((chat) => pace.begin(chat, epochMs(start + 1_000), 'warnings').kind === 'go');
    expect(begun).toHaveLength(30);
  });
  it('gives up a place that was not used', () => {
    const pace = createPace();
    for (let i = 0; i < 30; i++) pace.reserve(String(i), epochMs(start));
    expect(pace.reserve('a', epochMs(start))).toBe(start + 1_000);
    expect(pace.reserve('b', epochMs(start + 6_001))).toBe(start + 6_001);
  });
  it('holds up the chat that was limited, and every chat when two are', () => {
    const pace = createPace();
    pace.limited('7', epochMs(start), 20_000);
    expect([pace.reserve('7', epochMs(start)), pace.reserve('8', epochMs(start))]).toEqual([start + 20_000, start]);
    pace.limited('8', epochMs(start + 1_000), 30_000);
    expect(pace.reserve('9', epochMs(start + 1_000))).toBe(start + 31_000);
  });
  it('waits no longer than an hour, also when the clock is set back', () => {
    const pace = createPace();
    pace.hold(null, epochMs(start), 1e12);
    expect(pace.reserve('7', epochMs(start))).toBe(start + 3_600_000);
    expect(pace.reserve('7', epochMs(start - 86_400_000))).toBe(start - 86_400_000 + 3_600_000);
    const sent = createPace();
    const turn = sent.begin('7', epochMs(start), 'warnings');
    if (turn.kind === 'go') turn.end(epochMs(start));
    expect(sent.reserve('7', epochMs(start - 86_400_000))).toBe(start - 86_400_000 + 1_000);
  });
  it('answers with half of a limit and never in the place of a warning', () => {
    const pace = createPace();
    const go = (now: number): boolean => {
      const turn = pace.begin('-1001', epochMs(now), 'answers');
      if (turn.kind === 'go') turn.end(epochMs(now));
      return turn.kind === 'go';
    };
    const answered = Array.from({ length: 30 }, (_, i) => go(start + i * 1_000)).filter((yes) => yes);
    expect(answered).toHaveLength(10);
    expect(pace.reserve('-1001', epochMs(start + 30_000))).toBe(start + 30_000);
    const other = createPace();
    other.hold('7', epochMs(start), 500);
    expect(other.reserve('7', epochMs(start))).toBe(start + 500);
    const turn = other.begin('7', epochMs(start), 'answers');
    expect(turn).toEqual({ kind: 'wait', until: start + 1_500 });
  });
});
