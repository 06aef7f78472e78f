import { describe, expect, it } from '@jest/globals';
import { triggersFromRows } from '../../market/index.ts';
import { cascadeMarket } from '../cascade-market.ts';
import type { NetworkSystem } from '../network-system.ts';
import { cascadeHitTimes } from './hit-times.ts';
import type { SettlingTransfer } from './scenario.ts';

/** Ten lots a tick from 1,000 down, and longs of 60 lots each 5 ticks from 970 on: 12 lots of positions a tick of 10 lots. */
function system(): NetworkSystem {
  const bids = { ticks: Int32Array.from({ length: 900 }, (_, i) => 1_000 - i), lots: new Float64Array(900).fill(10) };
  const asks = { ticks: Int32Array.from([1_001]), lots: Float64Array.of(10) };
  const ticks = Array.from({ length: 40 }, (_, k) => 970 - 5 * k);
  const longTriggers = triggersFromRows(ticks.map((tick) => [tick, 60, tick - 10] as const), 'long');
  const market = cascadeMarket({ id: 'm', kind: 'linear', tickSize: 0.01, lotSize: 1, contractSize: 1, bids, asks, longTriggers, liquidationOrder: 'market' });
  return { side: 'sell', markets: [market], edges: [], hedges: [], marks: [null] };
}

describe('how long a cascade takes', () => {
  it('a sale of the threshold takes its time, then the cascade some seconds; one below it never gets there', () => {
    const ask = (lots: number): readonly number[] => cascadeHitTimes(system(), { lots: [lots], priceWeights: [1], price: 8, saleSeconds: [1, 60, 300], seconds: 600 });
    const [fast, slower, slowest] = ask(310);
    expect(fast).toBeGreaterThan(2);
    expect(fast).toBeLessThan(60);
    for (const [sale, time] of [[60, slower], [300, slowest]] as const) expect({ sale, isAfter: (time ?? 0) > sale * 0.9 && (time ?? 0) < sale + 60 }).toEqual({ sale, isAfter: true });
    expect(ask(290)).toEqual([Infinity, Infinity, Infinity]);
  });

  it('capital that buys in time puts it off, or holds the price; what comes too late changes nothing', () => {
    const ask = (lots: number, delay: number): number => {
      const help: readonly SettlingTransfer[] = [{ to: { kind: 'trade', market: 0, side: 'buy', lots }, sentAt: 0, usd: 1, fast: null, slow: { delays: Float64Array.of(delay) }, halt: 0, arrival: 'expected' }];
      return cascadeHitTimes(system(), { lots: [310], priceWeights: [1], price: 8, saleSeconds: [300], seconds: 600, help })[0] ?? NaN;
    };
    const without = ask(0, 60);
    expect(without).toBeLessThan(360);
    expect(ask(200, 60)).toBe(Infinity);
    expect(ask(200, 500)).toBe(without);
  });

  it('refuses a question that does not fit the system', () => {
    expect(() => cascadeHitTimes(system(), { lots: [], priceWeights: [], price: 8, saleSeconds: [1], seconds: 10 })).toThrow();
  });
});
