import { describe, expect, it } from '@jest/globals';
import { createRng, defined } from '../../core/index.ts';
import { fundFlow } from '../../market/index.ts';
import type { Fill } from './path.ts';
import { NO_POLICY } from './policy.ts';
import { randomDynamicCase, typicalDynamicCase, type DynamicCase } from './random-dynamic.ts';
import { referenceDynamic } from './reference-dynamic.ts';
import { simulate } from './simulate.ts';

const small = { markets: 4, levels: 14, positions: 10, seconds: 40 };
const run = ({ system, state, scenario, policy }: DynamicCase, seed: number): ReturnType<typeof simulate> => simulate(system, state, { ...scenario, recordFills: true }, policy, createRng(seed));

describe('the dynamic engine, properties', () => {
  it('250 random cases of every rule and event: bit for bit the reference that keeps an array of positions and computes everything anew', () => {
    const seen = { liquidated: 0, taken: 0, deleveraged: 0, carried: 0, arbitraged: 0 };
    for (let seed = 1; seed <= 250; seed++) {
      const made = randomDynamicCase(createRng(seed), small);
      const got = run(made, seed + 1e6);
      const expected = referenceDynamic(made.system, made.state, { ...made.scenario, recordFills: true }, made.policy, createRng(seed + 1e6));
      expect({ seed, got }).toEqual({ seed, got: expected });
      for (const { longs, shorts, accounts } of got.markets) {
        seen.liquidated += longs.firedLots + shorts.firedLots > 0 ? 1 : 0;
        seen.taken += longs.takenOverLots + shorts.takenOverLots > 0 ? 1 : 0;
        seen.deleveraged += longs.adlLots + shorts.adlLots > 0 ? 1 : 0;
        seen.carried += accounts.carry.lots === 0 ? 0 : 1;
        seen.arbitraged += accounts.arbitrage.lots === 0 ? 0 : 1;
      }
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(40);
  });

  it('1,000 random runs: cash and lots of every fill add up to 0, every account is the sum of its fills, and all lots are accounted for', () => {
    let fills = 0;
    for (let seed = 1; seed <= 1_000; seed++) {
      const made = randomDynamicCase(createRng(seed + 5_000), small);
      const path = run(made, seed);
      for (const fill of path.fills) if (!isConserved(fill)) throw new Error(`seed ${seed}: ${JSON.stringify(fill)}`);
      fills += path.fills.length;
      for (const [m, market] of path.markets.entries()) {
        for (const { firedLots, filledLots, takenOverLots, adlLots, openLots } of [market.longs, market.shorts]) expect(firedLots).toBe(filledLots + takenOverLots + adlLots + openLots);
        const gross = path.fills.filter((f) => f.market === m).flatMap((f) => f.postings).reduce((sum, { cash }) => sum + Math.abs(cash), 1);
        const [start, definition] = [defined(made.state.markets[m], 'state'), defined(made.system.markets[m], 'market')];
        const cash = Object.values(market.accounts).reduce((sum, account) => sum + account.cash, 0) - (start.fund.cash - start.fund.cost) / market.unit;
        const lots = Object.values(market.accounts).reduce((sum, account) => sum + account.lots, 0) - Math.round(start.fund.inventory / definition.lotSize);
        expect(Math.abs(cash)).toBeLessThan(1e-9 * gross + 1e-9);
        expect(lots).toBe(0);
      }
    }
    expect(fills).toBeGreaterThan(20_000);
  });

  it('what a liquidation pays: the fund and the fee get the difference to the bankruptcy price, winners take exactly the lots that positions give', () => {
    const seen = { whole: 0, adl: 0, takeover: 0 };
    for (let seed = 1; seed <= 200; seed++) {
      const made = randomDynamicCase(createRng(seed), small);
      for (const { market, kind, lots, tick, liquidated, postings } of run(made, seed).fills) {
        if (liquidated === undefined) continue;
        const definition = defined(made.system.markets[market], 'market');
        const of = (account: string): { readonly cash: number; readonly lots: number } => postings.find((p) => p.account === account) ?? { cash: 0, lots: 0 };
        const sign = liquidated.side === 'long' ? 1 : -1;
        expect(of('positions').lots).toBe(-sign * lots);
        expect(of(kind === 'adl' ? 'winners' : kind === 'takeover' ? 'fund' : 'makers').lots).toBe(sign * lots);
        if (kind === 'adl') seen.adl++;
        if (kind === 'takeover') {
          expect(tick).toBe(liquidated.bankruptcyTick);
          seen.takeover++;
        } else if (liquidated.whole && definition.kind !== 'inverse') {
          const flow = fundFlow(liquidated.side, lots, tick, liquidated.bankruptcyTick);
          const toTrader = of('positions').cash - sign * lots * liquidated.bankruptcyTick;
          expect(of('fund').cash + of('fees').cash + toTrader).toBeCloseTo(flow, 6);
          expect(of('fund').cash).toBeLessThanOrEqual(fundFlow(liquidated.side, lots, tick, liquidated.bankruptcyTick, definition.margin.surplus) + 1e-9);
          if (kind === 'adl' || definition.margin.liquidationFee === 0) expect(of('fees').cash).toBe(0);
          seen.whole++;
        }
      }
    }
    expect(Math.min(seen.whole, seen.adl, seen.takeover)).toBeGreaterThan(200);
  });

  it('the same arguments give the same bytes, another seed does not, and nothing given is changed', () => {
    const made = typicalDynamicCase(createRng(3), { markets: 6, levels: 300, positions: 100, seconds: 1_200 }, 5);
    const before = JSON.stringify(made);
    const bytes = (seed: number): string => JSON.stringify(run(made, seed));
    expect(bytes(1)).toBe(bytes(1));
    expect(bytes(2)).not.toBe(bytes(1));
    expect(JSON.stringify(made)).toBe(before);
  });

  it('random numbers are shared between policies: a buffer period changes the liquidations and not one order from outside', () => {
    const typical = typicalDynamicCase(createRng(3), { markets: 4, levels: 300, positions: 100, seconds: 1_200 }, 20);
    // Without arbitrage and hedges all that is left unfilled beside liquidations is from outside.
    const made = { ...typical, system: { ...typical.system, edges: [], adlHedges: [] } };
    const outside = (policy: DynamicCase['policy']): { readonly asked: readonly number[]; readonly firstFill: number } => {
      const path = run({ ...made, policy }, 9);
      const asked = path.markets.map(({ accounts, unfilledSellLots, unfilledBuyLots }) => accounts.exogenous.lots + unfilledBuyLots - unfilledSellLots);
      return { asked, firstFill: path.fills.find(({ liquidated }) => liquidated !== undefined)?.second ?? NaN };
    };
    const [venues, buffered] = [outside(NO_POLICY), outside({ ...NO_POLICY, bufferSeconds: 30 })];
    expect(buffered).toEqual({ asked: venues.asked, firstFill: venues.firstFill + 30 });
  });
});

function isConserved({ postings }: Fill): boolean {
  const gross = postings.reduce((sum, { cash }) => sum + Math.abs(cash), 0);
  const cash = postings.reduce((sum, posting) => sum + posting.cash, 0);
  return Math.abs(cash) <= 1e-9 * Math.max(1, gross) && postings.reduce((sum, { lots }) => sum + lots, 0) === 0 && postings.length >= 2;
}
