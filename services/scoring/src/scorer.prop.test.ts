import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { scoreMessage, type AssetMessage, type GlobalMessage } from '@breakwater/contracts';
import { assetId, currencyCode, epochMs, sourceId } from '@breakwater/models/core';
import { createAssetState, fold, type AssetState } from './asset-state.ts';
import { computeScore, type Computed } from './compute-score.ts';
import { scoringDefaults, type ScoringConfig } from './config.ts';
import { createRates } from './rates.ts';
import { createScorer } from './scorer.ts';
import { book, crossRate, deepBook, health, instrument, rate, socket, ticker, transfer, watermark } from './testing/messages.ts';

const t0 = 1_700_000_000_000;
const asset = { asset: assetId('OM'), float: 1e9 };
const config: ScoringConfig = { ...scoringDefaults, assets: [asset] };

/** Bids and asks of one market: distances between levels in ticks of 0.001 and sizes. */
interface RandomBook { readonly top: number; readonly bids: readonly (readonly [number, number])[]; readonly asks: readonly (readonly [number, number])[] }
const side = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 50_000 })), { minLength: 0, maxLength: 40 });
const randomBook: fc.Arbitrary<RandomBook> = fc.record({ top: fc.integer({ min: 4_000, max: 8_000 }), bids: side, asks: side });
function levelsOf({ top, bids, asks }: RandomBook): { bids: number[]; asks: number[] } {
  const walk = (steps: RandomBook['bids'], sign: 1 | -1): number[] => {
    let tick = top;
    return steps.flatMap(([step, size]) => {
      tick += sign * step;
      return [tick / 1_000, size];
    });
  };
  return { bids: walk(bids, -1), asks: walk(asks, 1) };
}

const venues = ['binance', 'bybit', 'okx'] as const;
const kindOf = { binance: 'linear', bybit: 'spot', okx: 'inverse' } as const;
const definitionOf = (venue: (typeof venues)[number]): AssetMessage => instrument(venue, t0, { marketKind: kindOf[venue], ...(venue === 'okx' ? { contractSize: 10 } : {}), ...(venue === 'bybit' ? { quote: currencyCode('EUR') } : {}) });

/** A sound score: every figure finite and in its contract, every band around its value. */
function check(score: Computed): void {
  const parsed = scoreMessage.safeParse({ ...score, seq: 0, receivedAt: score.eventTime });
  expect(parsed.success ? [] : parsed.error.issues).toEqual([]);
  for (const part of [score, ...score.markets]) {
    for (const band of [part.ignitionUsd, part.landingPrice, part.amplification]) {
      if (band !== null) expect(band.low <= band.value && band.value <= band.high).toBe(true);
    }
  }
  if (score.price !== null) expect(score.price.low <= score.price.value && score.price.value <= score.price.high).toBe(true);
  for (const share of [score.extendedShare, score.forcedShare]) if (share !== null) expect(share >= 0 && share <= 1).toBe(true);
}

const event = fc.oneof(
  fc.record({ kind: fc.constant('book' as const), venue: fc.constantFrom(...venues), at: fc.nat(4_999), book: randomBook, snapshot: fc.boolean() }),
  fc.record({ kind: fc.constant('deep' as const), venue: fc.constantFrom(...venues), at: fc.nat(4_999), book: randomBook, layer: fc.nat(2) }),
  fc.record({ kind: fc.constant('ticker' as const), venue: fc.constantFrom(...venues), at: fc.nat(4_999), mark: fc.integer({ min: 3_000, max: 9_000 }), openInterest: fc.integer({ min: 0, max: 5_000_000 }) }),
  fc.record({ kind: fc.constant('health' as const), venue: fc.constantFrom(...venues), at: fc.nat(4_999), status: fc.constantFrom('ok', 'resyncing', 'stale', 'silent') }),
  fc.record({ kind: fc.constant('socket' as const), venue: fc.constantFrom(...venues), at: fc.nat(4_999), status: fc.constantFrom('ok', 'stale') }),
  fc.record({ kind: fc.constant('rate' as const), venue: fc.constantFrom(...venues), at: fc.nat(4_999), usd: fc.double({ min: 0.5, max: 1.5, noNaN: true }) }),
  fc.record({ kind: fc.constant('cross' as const), venue: fc.constantFrom(...venues), at: fc.nat(4_999), against: fc.constantFrom('USDT', 'USDC', 'USD'), price: fc.double({ min: 0.5, max: 1.5, noNaN: true }), spread: fc.double({ min: 0, max: 0.04, noNaN: true }) }),
  fc.record({ kind: fc.constant('transfer' as const), at: fc.nat(4_999), tx: fc.nat(5), units: fc.nat(1_000_000), state: fc.constantFrom('included', 'final', 'reverted') }),
);
type Event = typeof event extends fc.Arbitrary<infer E> ? E : never;

function messageOf(e: Event): AssetMessage | GlobalMessage {
  const at = t0 + e.at;
  switch (e.kind) {
    case 'book': {
      const { bids, asks } = levelsOf(e.book);
      return book(e.venue, at, bids, asks, e.snapshot);
    }
    case 'deep': {
      const { bids, asks } = levelsOf(e.book);
      return deepBook(e.venue, at, bids, asks, e.layer);
    }
    case 'ticker': return ticker(e.venue, at, e.mark / 1_000, e.openInterest);
    case 'health': return health(e.venue, at, e.status);
    case 'socket': return socket(e.venue, at, e.status);
    case 'rate': return rate(`${e.venue}:perp`, at, e.usd);
    case 'cross': return crossRate(`${e.venue}:perp`, at, 'EUR', e.against, e.price, e.spread);
    case 'transfer': return transfer(`0x${e.tx}`, at, e.units, { state: e.state });
  }
}

/** The scores of five ticks of messages that arrive in the given order. */
function scoresOf(messages: readonly (AssetMessage | GlobalMessage)[]): Computed[] {
  const scorer = createScorer(config, epochMs(t0), { startGraceMs: 0 });
  scorer.watch(asset);
  for (const venue of venues) scorer.aligner.expect(sourceId(`${venue}:perp`));
  for (const message of messages) scorer.push(message);
  const scores: Computed[] = [];
  for (let at = t0 + 1_000; at <= t0 + 5_000; at += 1_000) {
    for (const venue of venues) scorer.push(watermark(venue, at));
    const due = scorer.due(epochMs(at));
    if (due !== undefined) scores.push(...due.scores);
  }
  return scores;
}

describe('the scores', () => {
  it('do not depend on the order of arrival across sources, and are sound whatever arrives', () => {
    fc.assert(fc.property(fc.array(event, { minLength: 1, maxLength: 40 }), fc.infiniteStream(fc.nat()), (events, random) => {
      const ordered = [...events].sort((a, b) => a.at - b.at);
      const messages = [...venues.map(definitionOf), ...ordered.map(messageOf)];
      const queues = [...new Set(messages.map((m) => m.source))].map((source) => messages.filter((m) => m.source === source));
      const shuffled: (AssetMessage | GlobalMessage)[] = [];
      for (let left = queues; left.length > 0; left = queues.filter((queue) => queue.length > 0)) {
        const next = left[(random.next().value as number) % left.length]?.shift();
        if (next !== undefined) shuffled.push(next);
      }
      const straight = scoresOf(messages);
      expect(scoresOf(shuffled)).toEqual(straight);
      for (const score of straight) check(score);
    }), { numRuns: 25, endOnFailure: true });
  });
});

describe('thresholds of a market', () => {
  const rates = createRates(config.staleAfterMs);
  rates.fold(rate('okx:spot', t0, 1));
  interface World { readonly one: RandomBook; readonly two: RandomBook; readonly openInterest: number; readonly factor: number }
  /** Lots are small against sizes, so that rounding to lots is nothing. */
  const stateOf = (world: World, bidFactor: (index: number) => number, openInterest: number): AssetState => {
    const state = createAssetState();
    for (const [venue, random] of [['binance', world.one], ['bybit', world.two]] as const) {
      const { bids, asks } = levelsOf({ ...random, top: world.one.top });
      fold(state, instrument(venue, t0, { lotSize: 0.001 }));
      fold(state, book(venue, t0, bids.map((x, i) => (i % 2 === 0 ? x : x * bidFactor(i >> 1))), asks));
      fold(state, ticker(venue, t0, world.one.top / 1_000, openInterest));
    }
    return state;
  };
  const score = (state: AssetState): Computed => computeScore(state, rates, asset, epochMs(t0 + 1_000), config);
  /**
   * Of each market alone; no threshold is an infinite one. Over several markets only the outcome of a given sale is monotone (the laws of the network engine, `models/cascade`): more bids also
   * change how a sale is split, and where it first jumps by the gap.
   */
  const bandsOf = (s: Computed): number[] => s.markets.flatMap(({ ignitionUsd: band }) => (band === null ? [Infinity, Infinity, Infinity] : [band.low, band.value, band.high]));
  const notBelow = (more: readonly number[], less: readonly number[]): void => {
    expect(more.length).toBe(less.length);
    more.forEach((x, i) => expect(x).toBeGreaterThanOrEqual((less[i] ?? NaN) * (1 - 1e-5) - 1));
  };
  const full = side.filter((levels) => levels.length >= 2);
  const deepEnough = fc.record({ top: fc.integer({ min: 4_000, max: 8_000 }), bids: full, asks: full });
  const world = fc.record({ one: deepEnough, two: deepEnough, openInterest: fc.integer({ min: 1_000, max: 5_000_000 }), factor: fc.double({ min: 1.05, max: 5, noNaN: true }) });

  it('are never lower with more bids', () => {
    fc.assert(fc.property(world, fc.nat(40), (w, only) => {
      const before = bandsOf(score(stateOf(w, () => 1, w.openInterest)));
      notBelow(bandsOf(score(stateOf(w, () => w.factor, w.openInterest))), before);
      notBelow(bandsOf(score(stateOf(w, (i) => (i === only ? w.factor : 1), w.openInterest))), before);
    }), { numRuns: 25, endOnFailure: true });
  });
  it('are never higher with more open interest', () => {
    fc.assert(fc.property(world, (w) => {
      notBelow(bandsOf(score(stateOf(w, () => 1, w.openInterest))), bandsOf(score(stateOf(w, () => 1, Math.round(w.openInterest * w.factor)))));
    }), { numRuns: 25, endOnFailure: true });
  });
});
