import { describe, expect, it } from '@jest/globals';
import { createRng } from '../../core/index.ts';
import { usableLots } from '../cascade-market.ts';
import type { NetworkSystem } from '../network-system.ts';
import { randomSystem } from '../random-system.ts';
import { solveNetwork } from '../solve-network.ts';
import { systemAtRest } from './dynamic-state.ts';
import { dynamicSystemOf } from './dynamic-system.ts';
import { NO_POLICY } from './policy.ts';
import { scenario, type Clearing } from './scenario.ts';
import { simulate } from './simulate.ts';

/** Ticks, liquidated lots and unfilled lots of the dynamic engine after `seconds`. */
function dynamicOutcome(system: NetworkSystem, shocks: readonly number[], clearing: Clearing, seconds: number): unknown {
  const dynamic = dynamicSystemOf(system, usableLots);
  const state = systemAtRest(dynamic, { touch: system.side === 'sell' ? 'bid' : 'ask' });
  const orders = shocks.flatMap((lots, market) => (lots === 0 ? [] : [{ market, side: system.side, at: 0, lots, overSeconds: 1 }]));
  const path = simulate(dynamic, state, scenario(seconds, { orders, clearing }), NO_POLICY, createRng(1));
  return path.markets.map(({ endTick, longs, shorts, unfilledSellLots, unfilledBuyLots }) => {
    const liquidated = system.side === 'sell' ? longs : shorts;
    return { tick: endTick, liquidatedLots: liquidated.firedLots, unfilledLots: liquidated.openLots + (system.side === 'sell' ? unfilledSellLots : unfilledBuyLots) };
  });
}

const staticOutcome = (system: NetworkSystem, shocks: readonly number[]): readonly { tick: number; liquidatedLots: number; unfilledLots: number }[] =>
  solveNetwork(system, shocks).markets.map(({ tick, liquidatedLots, unfilledLots }) => ({ tick, liquidatedLots, unfilledLots }));

describe('the static limit of §3.2: kappa = 1, rho = 0, instantaneous marks, market orders', () => {
  it('600 random systems with edges, hedges and marks, each second cleared to its fixed point: ticks and lots of solveNetwork', () => {
    let fell = 0;
    for (let seed = 1; seed <= 600; seed++) {
      const { system, shocks } = randomSystem(createRng(seed), 8, 12);
      const expected = staticOutcome(system, shocks);
      expect({ seed, got: dynamicOutcome(system, shocks, { kind: 'fixedPoint', side: system.side }, 3) }).toEqual({ seed, got: expected });
      if (expected.some(({ liquidatedLots, unfilledLots }) => liquidatedLots > 0 && unfilledLots === 0)) fell++;
    }
    expect(fell).toBeGreaterThan(150);
  });

  it('600 random systems without edges: the cascade that takes its seconds ends there too', () => {
    let fell = 0;
    for (let seed = 1; seed <= 600; seed++) {
      const { system, shocks } = randomSystem(createRng(seed), 6, 12);
      const apart = { ...system, edges: [] };
      const expected = staticOutcome(apart, shocks);
      // Every second before the end fires or fills something: at most 12 triggers in each of 6 markets.
      expect({ seed, got: dynamicOutcome(apart, shocks, { kind: 'sequential' }, 90) }).toEqual({ seed, got: expected });
      if (expected.some(({ liquidatedLots, unfilledLots }) => liquidatedLots > 0 && unfilledLots === 0)) fell++;
    }
    expect(fell).toBeGreaterThan(150);
  });
});
