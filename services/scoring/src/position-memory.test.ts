import { describe, expect, it } from '@jest/globals';
import type { InstrumentMessage } from '@breakwater/contracts';
import { createRng, epochMs, qty, venueId, type Rng } from '@breakwater/models/core';
import { createPositionMemory, inferredShare, type OpenMinute, type PositionMemory, type SavedPositions } from './position-memory.ts';
import { instrument } from './testing/messages.ts';

const t0 = Date.UTC(2025, 3, 12);
const definition: InstrumentMessage = instrument('bybit', t0);
const patience = { first: 360, all: 2_880 };
const create = (saved?: SavedPositions, open?: OpenMinute | null): PositionMemory => createPositionMemory(definition.instrument, venueId('bybit'), saved, open, patience);

/** Plays a minute in ticks of twenty seconds: a walk, trades, open interest and now and then a forced order. */
function playMinute(memory: PositionMemory, minute: number, ticks = true): void {
  for (let tick = 0; tick < 3; tick++) {
    const rng: Rng = createRng(7).fork(`${String(minute)} ${String(tick)}`);
    const at = epochMs(t0 + minute * 60_000 + (tick + 1) * 20_000);
    memory.mark(at, 6 * Math.exp(0.05 * Math.sin(minute / 90) + 0.003 * rng.normal()));
    memory.openInterest(at, 2_000_000 + 100_000 * Math.sin(minute / 50));
    memory.trade(at, 10_000 * rng.next());
    if (rng.chance(0.05)) memory.liquidation({ eventTime: at, qty: qty(500 + rng.int(5_000)), side: rng.chance(0.6) ? 'sell' : 'buy' });
    if (ticks) memory.tick(at, true);
  }
}
const play = (memory: PositionMemory, from: number, to: number): void => {
  for (let minute = from; minute < to; minute++) playMinute(memory, minute);
};

describe('the positions of a market that is watched', () => {
  it('count for nothing at first, then more and more beside the prior', () => {
    expect([0, 360, 1_620, 2_880, 9_999].map((minutes) => inferredShare(minutes, patience))).toEqual([0, 0, 0.5, 1, 1]);
    expect([0, 2_880, 10_080].map((minutes) => inferredShare(minutes))).toEqual([0, 0, 1]);
    const memory = create();
    play(memory, 0, 300);
    expect(memory.inferred()).toBeUndefined();
    play(memory, 300, 400);
    const inferred = memory.inferred();
    expect(inferred?.share ?? NaN).toBeGreaterThan(0.01);
    for (const side of ['long', 'short'] as const) {
      const triggers = inferred?.triggers(side, definition);
      const lots = Array.from(triggers?.lots ?? []).reduce((sum, count) => sum + count, triggers?.unreachableLots ?? 0);
      // Of both sides there is as much as there is open interest.
      expect(Math.abs(lots / 2_000_000 - 1)).toBeLessThan(0.06);
      expect(triggers?.ticks.length ?? 0).toBeGreaterThan(50);
      expect(Array.from(triggers?.ticks ?? []).every((tick) => (side === 'long' ? tick < 6_600 : tick > 5_400))).toBe(true);
    }
  });

  it('go on from what was saved to the last bit, wherever they were cut off', () => {
    const whole = create();
    play(whole, 0, 500);
    let memory = create();
    const text = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
    for (let minute = 0, cut = 0; minute < 500; minute++) {
      // In the middle of a minute, before and after fits.
      const isCut = [3, 57, 58, 61, 200, 301, 419, 420, 421, 480][cut] === minute;
      playMinute(memory, minute);
      if (!isCut) continue;
      cut++;
      memory = create(text(memory.save()), text(memory.saveOpen()));
    }
    expect(memory.save()).toEqual(whole.save());
    expect(memory.saveOpen()).toEqual(whole.saveOpen());
    for (const side of ['long', 'short'] as const) expect(memory.inferred()?.triggers(side, definition)).toEqual(whole.inferred()?.triggers(side, definition));
    // What is written with each minute is of the last hour at most.
    expect(whole.save().minutes.length).toBeLessThan(60);
    expect(JSON.stringify(whole.save().minutes).length).toBeLessThan(30_000);
    expect(whole.save().state?.length ?? Infinity).toBeLessThan(400_000);
  }, 240_000);

  it('are the same whatever ticks there were, and of minutes between which nothing was said', () => {
    const [often, seldom] = [create(), create()];
    for (let minute = 0; minute < 40; minute++) {
      if (minute % 7 > 4) continue;
      playMinute(often, minute);
      playMinute(seldom, minute, false);
    }
    for (const memory of [often, seldom]) memory.tick(epochMs(t0 + 45 * 60_000), true);
    expect(seldom.save()).toEqual(often.save());
    expect(seldom.saveOpen()).toEqual(often.saveOpen());
    expect(often.versions().minutes).toBeGreaterThan(38);
  });

  it('pass over minutes without a mark or open interest, and what was saved by other rules', () => {
    const memory = create();
    const at = (minute: number) => epochMs(t0 + minute * 60_000);
    memory.trade(at(0), 5);
    for (let minute = 0; minute < 10; minute++) memory.tick(at(minute), true);
    memory.mark(at(10), 6);
    memory.tick(at(12), true);
    expect(memory.versions()).toEqual({ minutes: 0, fits: 0 });
    memory.openInterest(at(13), 1_000);
    memory.tick(at(15), true);
    const { minutes } = memory.versions();
    expect(minutes).toBeGreaterThanOrEqual(1);
    expect(memory.save().minutes[0]).toMatchObject({ open: 6, close: 6, openInterest: 1_000, volume: 0 });
    // Five minutes later open interest is old, and after a long silence nothing is made up.
    memory.tick(at(25), true);
    expect(memory.versions().minutes).toBeLessThanOrEqual(minutes + 5);
    memory.openInterest(at(600), 900);
    memory.tick(at(602), true);
    expect(memory.versions().minutes).toBeLessThanOrEqual(minutes + 8);
    expect(create({ ...memory.save(), settings: 1 }).versions().minutes).toBe(0);
    expect(create(memory.save()).versions().minutes).toBe(memory.versions().minutes);
  });
});
