/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-argument -- frames are JSON of other parties, read here field by field */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { connectDirectly } from '../client.ts';
import type { Endpoint } from '../endpoint.ts';
import { randomScenario } from '../scenarios/index.ts';
import type { MarketState } from '../world/market.ts';
import { createWorld } from '../world/world.ts';
import { venueEndpoints } from './index.ts';

/** A book as a client keeps it from the venue's documented rule. */
interface Kept {
  readonly bids: Map<number, number>;
  readonly asks: Map<number, number>;
}
type Rows = readonly (readonly string[])[];

function put(kept: Kept, snapshot: boolean, bids: Rows, asks: Rows): void {
  for (const [side, rows] of [[kept.bids, bids], [kept.asks, asks]] as const) {
    if (snapshot) side.clear();
    for (const [price, size] of rows) {
      if (Number(size) === 0) side.delete(Number(price));
      else side.set(Number(price), Number(size));
    }
  }
}

function printed(kept: Kept): string {
  return JSON.stringify([[...kept.bids].sort((a, b) => b[0] - a[0]), [...kept.asks].sort((a, b) => a[0] - b[0])]);
}

async function rest(endpoint: Endpoint, url: string): Promise<any> {
  return JSON.parse((await endpoint.request({ method: 'GET', url })).body);
}

/** For one market: how to follow it, and what REST says of it. Each rule fails on a break of the sequence. */
function follow(endpoints: ReturnType<typeof venueEndpoints>, { spec }: MarketState): { next(): Promise<{ kept: string; told: string }> } | undefined {
  const kept: Kept = { bids: new Map(), asks: new Map() };
  const told: Kept = { bids: new Map(), asks: new Map() };
  let last: number | undefined;
  switch (spec.venue) {
    case 'binance': {
      const usdm = spec.marketType === 'usdm';
      const endpoint = usdm ? endpoints['binance-usdm'] : endpoints['binance-spot'];
      const url = usdm ? `/fapi/v1/depth?symbol=${spec.symbol}&limit=1000` : `/api/v3/depth?symbol=${spec.symbol}&limit=5000`;
      const client = connectDirectly(endpoint, `${usdm ? '/public' : ''}/ws/${spec.symbol.toLowerCase()}@depth@100ms`);
      let seed: number | undefined;
      return {
        next: async () => {
          for (const event of client.take() as any[]) {
            if (seed === undefined || event.u < seed) continue;
            if (last === undefined) expect(event.U <= seed && seed <= event.u).toBe(true);
            else expect(usdm ? event.pu : event.U - 1).toBe(last);
            put(kept, false, event.b, event.a);
            last = event.u;
          }
          const book = await rest(endpoint, url);
          if (seed === undefined) {
            seed = book.lastUpdateId;
            put(kept, true, book.bids, book.asks);
          }
          put(told, true, book.bids, book.asks);
          return { kept: printed(kept), told: printed(told) };
        },
      };
    }
    case 'bybit': {
      const client = connectDirectly(endpoints.bybit, `/v5/public/${spec.marketType}`);
      client.send({ op: 'subscribe', args: [`orderbook.200.${spec.symbol}`] });
      return {
        next: async () => {
          for (const { type, data } of (client.take() as any[]).filter(({ topic }) => topic !== undefined)) {
            if (type === 'delta') expect(data.u).toBe((last ?? 0) + 1);
            put(kept, type === 'snapshot', data.b, data.a);
            last = data.u;
          }
          const { result } = await rest(endpoints.bybit, `/v5/market/orderbook?category=${spec.marketType}&symbol=${spec.symbol}&limit=200`);
          expect(result.u).toBe(last);
          put(told, true, result.b, result.a);
          return { kept: printed(kept), told: printed(told) };
        },
      };
    }
    case 'okx': {
      const client = connectDirectly(endpoints.okx, '/ws/v5/public');
      client.send({ op: 'subscribe', args: [{ channel: 'books', instId: spec.symbol }] });
      return {
        next: async () => {
          for (const { action, data: [book] } of (client.take() as any[]).filter(({ arg, event }) => arg.channel === 'books' && event === undefined)) {
            expect(book.prevSeqId).toBe(action === 'snapshot' ? -1 : last);
            put(kept, action === 'snapshot', book.bids, book.asks);
            last = book.seqId;
          }
          const { data: [book] } = await rest(endpoints.okx, `/api/v5/market/books?instId=${spec.symbol}&sz=400`);
          put(told, true, book.bids, book.asks);
          return { kept: printed(kept), told: printed(told) };
        },
      };
    }
    case 'hyperliquid':
      return undefined;
  }
}

describe('books of every venue', () => {
  it('kept from the stream by the documented rule equal the REST snapshot at every step', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(5_000), fc.nat(30), async (seed, joinAt) => {
      const scenario = { ...randomScenario(seed), silences: [] };
      const world = createWorld(scenario);
      const endpoints = venueEndpoints(world);
      const steps = scenario.steps();
      // Sockets open at some step in the middle, as after a restart.
      for (const t of steps.slice(0, joinAt)) world.advance(t);
      const followers = world.markets().map((state) => follow(endpoints, state)).filter((each) => each !== undefined);
      expect(followers.length).toBeGreaterThan(0);
      for (const t of steps.slice(joinAt, joinAt + 40)) {
        world.advance(t);
        for (const follower of followers) {
          const { kept, told } = await follower.next();
          expect(kept).toBe(told);
        }
      }
    }), { numRuns: 15, seed: 2 });
  });
});
