import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { barMs, mostBars, type Bar } from './bars.ts';
import { volatilityOf } from './volatility.ts';

const still = (n: number): Bar[] => Array.from({ length: n }, (_, i) => ({ at: epochMs(barMs * i), open: 1, high: 1, low: 1, close: 1, volume: 1 }));

describe('volatility of bars', () => {
  it('is undefined where the price rested for all bars that are kept, and a figure again after one move', () => {
    expect(volatilityOf(still(mostBars))).toBeUndefined();
    const moved: Bar = { at: epochMs(barMs * mostBars), open: 1, high: 1.001, low: 1, close: 1.001, volume: 1 };
    const volatility = volatilityOf([...still(mostBars).slice(1), moved]);
    expect(volatility?.sigma).toBeGreaterThan(0);
    expect(volatility?.longRun).toBeGreaterThan(0);
    expect(volatility?.innovations.every(Number.isFinite)).toBe(true);
  });
  it('is undefined before an hour of bars, and known from then on', () => {
    expect(volatilityOf(still(11))).toBeUndefined();
    expect(volatilityOf(still(12))?.sigma).toBeGreaterThan(0);
  });
});
