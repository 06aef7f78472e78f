import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { barMs, createBars, mostBars, type Bars } from './bars.ts';

const t0 = 1_700_000_100_000;
const at = (seconds: number) => epochMs(t0 + seconds * 1_000);
/** Ticks a second apart, from the first second on. */
const run = (bars: Bars, prices: readonly (number | undefined)[], from = 1): Bars => {
  prices.forEach((price, i) => bars.sample(at(from + i), price));
  return bars;
};

describe('bars', () => {
  it('hold what ticks said within five minutes; the tick on the edge ends the bar', () => {
    expect(t0 % barMs).toBe(0);
    const bars = createBars();
    run(bars, Array.from({ length: 299 }, (_, i) => (i === 0 ? 5 : i === 7 ? 4 : i === 9 ? 7 : 6)));
    expect(bars.closed()).toEqual([]);
    bars.trade(30);
    run(bars, [5.5], 300);
    expect(bars.closed()).toEqual([{ at: t0, open: 5, high: 7, low: 4, close: 5.5, volume: 30 }]);
    bars.trade(4);
    run(bars, [5.6], 301);
    bars.trade(5);
    // No tick fell on the edge: the next one ends what is over.
    run(bars, [5.7], 603);
    expect(bars.closed()[1]).toEqual({ at: t0 + barMs, open: 5.6, high: 5.6, low: 5.6, close: 5.6, volume: 4 });
    expect(bars.saveOpen()).toEqual({ at: t0 + 2 * barMs, open: 5.7, high: 5.7, low: 5.7, close: 5.7, volume: 5 });
  });

  it('leave out five minutes in which nobody said a price, and keep a week', () => {
    const bars = createBars();
    for (let n = 1; n <= mostBars + 3; n++) bars.sample(epochMs(t0 + n * barMs), n === 3 ? undefined : n);
    expect(bars.closed()).toHaveLength(mostBars);
    expect(bars.closed().at(-1)).toMatchObject({ at: t0 + (mostBars + 2) * barMs, close: mostBars + 3 });
    expect(bars.closed()[0]).toMatchObject({ close: 4 });
  });

  it('go on from what was saved as if nothing had been', () => {
    const prices = Array.from({ length: 1_000 }, (_, i) => (i % 97 === 0 ? undefined : 5 + Math.sin(i) / 3));
    const whole = run(createBars(), prices);
    for (const cut of [1, 150, 299, 300, 301, 700]) {
      const first = run(createBars(), prices.slice(0, cut));
      const saved = JSON.parse(JSON.stringify({ bars: first.save(), open: first.saveOpen() })) as { readonly bars: ReturnType<Bars['save']>; readonly open: ReturnType<Bars['saveOpen']> };
      const second = run(createBars(saved.bars, saved.open), prices.slice(cut), cut + 1);
      expect([cut, second.closed(), second.saveOpen()]).toEqual([cut, whole.closed(), whole.saveOpen()]);
    }
    expect(whole.closed()).toHaveLength(3);
  });
});
