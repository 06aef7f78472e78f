import { describe, expect, it } from '@jest/globals';
import { createRng, type Rng } from '../../core/index.ts';
import { referenceNetwork } from '../reference-network.ts';
import { answerStress, type StressAnswer } from './answer-stress.ts';
import { parseSnapshot, type StressCase } from './parse-snapshot.ts';

const market = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: 'a', kind: 'linear', tickSize: 1, lotSize: 1, bids: [[100, 10], [99, 10], [98, 10], [90, 100]], asks: [[101, 10], [102, 10], [103, 10], [111, 100]],
  longTriggers: [[99, 15, 95]], shortTriggers: [[102, 15, 106]], ...over,
});
const snapshot = (over: Record<string, unknown> = {}, ...markets: readonly Record<string, unknown>[]): Record<string, unknown> =>
  ({ asset: 'OM', asOf: '2025-04-13T18:20:00Z', markets: markets.length === 0 ? [market()] : markets, ...over });
function parsed(document: unknown): StressCase {
  const read = parseSnapshot(document);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}
const answer = (document: unknown): StressAnswer => answerStress(parsed(document));
const problems = (document: unknown): readonly string[] => {
  const read = parseSnapshot(document);
  return read.ok ? [] : read.error.map(({ path, rule, got }) => `${path}: ${rule}, got ${got}`);
};

describe('the answer to a snapshot, by hand', () => {
  // H: 10 at 100; 20 - 15 = 5 at 99; 30 - 15 = 15 at 98; 130 - 15 = 115 at 90.
  // Running maximum: 10 -> 100, 15 -> 98, 115 -> 90.
  it('has the profile, the threshold and the landing of one market', () => {
    const [only] = answer(snapshot({ shocks: [{ market: 'a', side: 'sell', qty: 12 }] })).markets;
    expect(only).toEqual({
      id: 'a', price: 98, dropTicks: 2, liquidatedQty: 15, fundQty: 0, unfilledQty: 0, exhausted: false, soldQty: 27,
      profile: [[10, 100], [15, 98], [115, 90]], ignitedAtZero: false,
      // 10 -> 100, then 98: |100 - 98| / 100 = 2 % with 15 lots fired between.
      ignitionQty: 10, landingPrice: 98, ignitionQuote: 1_000, gainNow: 15 / 20, amplification: 2,
    });
  });
  it('of a purchase is its mirror', () => {
    // Asks: 10 at 101; 20 - 15 at 102; 30 - 15 = 15 at 103; 130 - 15 = 115 at 111. 103 / 101 is 1.94 %: the gap comes with 111.
    const { side, markets } = answer(snapshot({ shocks: [{ market: 'a', side: 'buy', qty: 12 }] }));
    expect(side).toBe('buy');
    expect(markets[0]).toMatchObject({ price: 103, dropTicks: 2, liquidatedQty: 15, soldQty: 27, profile: [[10, 101], [15, 103], [115, 111]], ignitionQty: null, landingPrice: null, gainNow: 15 / 20, amplification: 2 });
  });
  it('says that visible depth ended, and what is left over', () => {
    const [only] = answer(snapshot({ shocks: [{ market: 'a', side: 'sell', qty: 100 }, { market: 'a', side: 'sell', qty: 20 }] })).markets;
    expect(only).toMatchObject({ price: 90, exhausted: true, unfilledQty: 5, soldQty: 130, liquidatedQty: 15, amplification: 1 });
  });
  it('honours bankruptcy prices in a market of its own, and says where it cannot', () => {
    const limited = market({ liquidationOrder: 'limitAtBankruptcy', longTriggers: [[99, 30, 98.5]] });
    // Levels: 10 at 100 to the shock (12 - 10 = 2 left); at 99 30 fire, 2 go to the shock, 8 fill, 22 left; at 98 their price of 98 (98.5 floored) still stands: 10 fill; at 90 it has passed: 12 to the fund.
    const shocks = [{ market: 'a', side: 'sell', qty: 12 }];
    const alone = answer(snapshot({ shocks }, limited));
    expect(alone.markets[0]).toMatchObject({ price: 90, liquidatedQty: 30, fundQty: 12, soldQty: 30, unfilledQty: 0, exhausted: false });
    expect(alone.notes).toEqual([]);
    const joined = answer(snapshot({ shocks, edges: [{ from: 'b', to: 'a', capacityQty: 0, slopeQtyPerLog: 0, costLog: 0 }] }, limited, market({ id: 'b', kind: 'spot', longTriggers: [] })));
    expect(joined.notes).toEqual(['limit-as-market: a']);
    expect(joined.markets[0]).toMatchObject({ price: 90, liquidatedQty: 30, fundQty: 0, soldQty: 42 });
  });
  it('carries a fall over a mark, an edge and a hedge', () => {
    // b takes a's price as its mark. Selling 12 in a ends at 98: b's positions at 98 fire (6 lots), half of whose hedges are sold in c.
    const document = snapshot({
      shocks: [{ market: 'a', side: 'sell', qty: 12 }], marks: { b: { rule: 'mean', weights: { a: 1 } } }, hedges: [{ from: 'b', to: 'c', share: 0.25 }, { from: 'b', to: 'c', share: 0.25 }],
      edges: [{ from: 'd', to: 'c', capacityQty: 5, slopeQtyPerLog: 1e9, costLog: 0 }],
    }, market(), market({ id: 'b', longTriggers: [[98, 6, 90]] }), market({ id: 'c', kind: 'spot', bids: [[100, 2], [99, 10]], longTriggers: [] }), market({ id: 'd', kind: 'spot', longTriggers: [] }));
    const { markets } = answer(document);
    expect(markets.map(({ price }) => price)).toEqual([98, 100, 99, 100]);
    // 3 lots in c: 2 at 100, so down to 99. Nothing is bought in d while c is the cheaper one: an edge buys where it is cheap and sells where it is dear.
    expect(markets.map(({ liquidatedQty }) => liquidatedQty)).toEqual([15, 6, 0, 0]);
    expect(markets.map(({ soldQty }) => soldQty)).toEqual([27, 6, 3, 0]);
    // The other way round: d is dear once c is at 99, so 5 are bought in c and sold in d, and c stays at 100.
    const { markets: eased } = answer({ ...document, edges: [{ from: 'c', to: 'd', capacityQty: 5, slopeQtyPerLog: 1e9, costLog: 0.001 }] });
    expect(eased.map(({ price }) => price)).toEqual([98, 100, 99, 100]);
    expect(eased.map(({ soldQty }) => soldQty)).toEqual([27, 6, 0, 5]);
  });
  it('has no reproduction where nothing ignites anything', () => {
    const { network } = answer(snapshot({}, market({ longTriggers: [] })));
    expect(network).toMatchObject({ reproductionNumber: 0, eigenvector: null, venueReproduction: { a: 0 } });
    // 15 lots at 99 are worth 1,500 at the best bid; depth down to 99 is 1,000 + 990.
    expect(answer(snapshot()).network).toMatchObject({ reproductionNumber: 1_500 / 1_990, eigenvector: { a: 1 }, venueReproduction: { a: 1_500 / 1_990 } });
  });
  it('ignites at zero where the first sale of nothing already falls', () => {
    const [only] = answer(snapshot({}, market({ longTriggers: [[100, 25, 90]] }))).markets;
    // H: -15 at 100, -5 at 99, 5 at 98: X = 0 ends at 98.
    expect(only).toMatchObject({ ignitedAtZero: true, ignitionQty: 0, landingPrice: 98, ignitionQuote: 0, price: 98 });
    const [empty] = answer(snapshot({}, market({ longTriggers: [[100, 500, 90]] }))).markets;
    expect(empty).toMatchObject({ profile: [], ignitedAtZero: true, ignitionQty: 0, landingPrice: null, exhausted: true, unfilledQty: 370 });
  });
});

describe('a snapshot that breaks rules', () => {
  it('names every one at once, with its path', () => {
    const bad = snapshot({
      asOf: 'soon', ignitionGap: 1, extra: 1, shocks: [{ market: 'zz', side: 'sell', qty: 1 }, { market: 'a', side: 'buy', qty: 0.5 }, { market: 'a', side: 'hold', qty: -1 }],
      edges: [{ from: 'a', to: 'a', capacityQty: -1, slopeQtyPerLog: 0 }], hedges: [{ from: 'a', to: 'inv', share: 2 }], marks: { a: { rule: 'mode', weights: {} }, q: { rule: 'mean', weights: { a: 0 } } },
    }, market({ bids: [[100, 10], [100, 1], [99.5, -1]], asks: [[100, 1]], tickSize: 1 }), market({ id: 'inv', kind: 'inverse', lotSize: 10, bids: [[50, 10]], asks: [] }), market({ id: 'a', kind: 'swap', withdrawal: { kappaMin: 2, beta: 0 } }));
    expect(problems(bad)).toEqual([
      'extra: unknown field; there are asset, asOf, ignitionGap, markets, edges, hedges, marks, shocks, got 1',
      'asOf: must be a time, as in 2025-04-13T18:20:00Z, got "soon"',
      'ignitionGap: must be above 0 and below 1, got 1',
      'markets[0].bids[1][0]: levels must be in strict order, best first, got 100',
      'markets[0].bids[2][0]: must be a whole number of ticks of 1, got 99.5',
      'markets[0].bids[2][1]: a quantity must be 0 or more, got -1',
      'markets[1].asks: must have at least one level, got []',
      'markets[1].longTriggers[0][1]: must be a whole number of lots of 10, got 15',
      'markets[1].shortTriggers[0][1]: must be a whole number of lots of 10, got 15',
      'markets[2].kind: must be one of linear, inverse, spot, got "swap"',
      'markets[2].withdrawal.kappaMin: must lie in 0 to 1, got 2',
      'markets[2].withdrawal.sigmaDaily: must be above 0, got nothing',
      'markets[2].id: must be unique, got "a"',
      'edges[0].to: must differ from `from`, got "a"',
      'edges[0].capacityQty: must be 0 or more, got -1',
      'edges[0].costLog: must be 0 or more, got nothing',
      'hedges[0].share: must lie in 0 to 1, got 2',
      'marks.a.rule: must be one of mean, median, clip2, got "mode"',
      'marks.a.weights: must have at least one source, got {}',
      'marks.q: must be the id of a market, got "q"',
      'marks.q.weights.a: a weight must be above 0, got 0',
      'shocks[0].market: must be the id of a market, got "zz"',
      'shocks[1].side: all shocks must have one side, the first is sell, got "buy"',
      'shocks[2].side: must be one of sell, buy, got "hold"',
      'shocks[2].qty: a quantity must be 0 or more, got -1',
    ]);
  });
  it('keeps inverse markets and unequal lots apart', () => {
    const join = { edges: [{ from: 'a', to: 'b', capacityQty: 1, slopeQtyPerLog: 1, costLog: 0 }] };
    expect(problems(snapshot(join, market(), market({ id: 'b', kind: 'inverse' })))).toEqual(['edges[0].to: must be a linear or spot market: inverse ones join others through marks only, got "b"']);
    expect(problems(snapshot(join, market(), market({ id: 'b', lotSize: 0.5 })))).toEqual(['edges[0].to: must have the lot size of `from`, 1, got "b"']);
    expect(problems(snapshot({ marks: { b: { rule: 'median', weights: { a: 1 } } } }, market(), market({ id: 'b', kind: 'inverse' })))).toEqual([]);
  });
  it('crossed books, no markets, and things that are no documents', () => {
    expect(problems(snapshot({}, market({ bids: [[101, 1]] })))).toEqual(['markets[0].bids[0][0]: the best bid must be below the best ask, got [[101,1]]']);
    expect(problems({ asset: 'OM', asOf: '2025-04-13', markets: [] })).toEqual(['markets: must have at least one market, got []']);
    for (const nothing of [null, 3, 'x', []]) expect(problems(nothing)).toEqual([`: must be an object, got ${JSON.stringify(nothing)}`]);
  });
  it('any single field of a good snapshot replaced by something else is refused or changes nothing it should not: never a crash', () => {
    const whole = snapshot({
      ignitionGap: 0.02, shocks: [{ market: 'a', side: 'sell', qty: 12 }], marks: { a: { rule: 'mean', weights: { a: 1, b: 2 } } }, hedges: [{ from: 'a', to: 'b', share: 0.5 }],
      edges: [{ from: 'a', to: 'b', capacityQty: 1, slopeQtyPerLog: 1, costLog: 0 }],
    }, market({ withdrawal: { kappaMin: 0.1, beta: 1, sigmaDaily: 0.05 } }), market({ id: 'b' }));
    const text = JSON.stringify(whole);
    const junk: readonly unknown[] = [null, -1, 'x', [], {}, true, 1e300, 0.123456789];
    const paths = pathsOf(whole);
    expect(paths.length).toBeGreaterThan(80);
    for (const path of paths) {
      for (const value of junk) {
        const copy = JSON.parse(text) as Record<string, unknown>;
        replace(copy, path, value);
        const read = parseSnapshot(copy);
        if (read.ok) answerStress(read.value);
        else expect(read.error.length).toBeGreaterThan(0);
      }
    }
  });
});

describe('random snapshots', () => {
  it('end where one step at a time in random order ends', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const rng = createRng(seed);
      const read = parsed(randomDocument(rng));
      const expected = referenceNetwork(read.system, read.shockLots, rng);
      const got = answerStress(read).markets;
      expect(got.map(({ dropTicks, liquidatedQty, unfilledQty }) => [dropTicks, liquidatedQty, unfilledQty])).toEqual(
        expected.map(({ dropTicks, liquidatedLots, unfilledLots }) => [dropTicks, Number((liquidatedLots * 0.1).toPrecision(15)), Number((unfilledLots * 0.1).toPrecision(15))]));
    }
  });
});

function randomDocument(rng: Rng): Record<string, unknown> {
  const count = 1 + rng.int(5);
  const ids = Array.from({ length: count }, (_, i) => `m${String(i)}`);
  const tidy = (x: number): number => Number(x.toPrecision(12));
  const levels = (best: number, step: number): number[][] => Array.from({ length: 1 + rng.int(15) }, (_, i) => [tidy(best + step * (i * 3 + (i === 0 ? 0 : rng.int(3)))), tidy(0.1 * rng.int(40))]);
  const triggers = (best: number, step: number): number[][] => Array.from({ length: rng.int(12) }, () => [tidy(best + step * rng.int(50)), tidy(0.1 * rng.int(60)), tidy(best + step * (50 + rng.int(40)) + 0.003)]);
  const pick = (): string => rng.pick(ids);
  const pairs = Array.from({ length: count === 1 ? 0 : rng.int(6) }, () => ({ from: pick(), to: pick() })).filter(({ from, to }) => from !== to);
  return {
    asset: 'X', asOf: '2026-01-01T00:00:00Z',
    markets: ids.map((id) => ({ id, kind: rng.pick(['linear', 'spot']), tickSize: 0.01, lotSize: 0.1, bids: levels(10, -0.01), asks: levels(10.01, 0.01), longTriggers: triggers(10, -0.01), shortTriggers: triggers(10.01, 0.01) })),
    edges: pairs.map((pair) => ({ ...pair, capacityQty: rng.pick([0, 1, 5]), slopeQtyPerLog: rng.pick([0, 100, 1_000]), costLog: rng.pick([0, 0.001]) })),
    hedges: [...new Map(pairs.map((pair) => [`${pair.from}/${pair.to}`, { ...pair, share: rng.pick([0, 0.25, 1]) }])).values()],
    marks: Object.fromEntries(ids.filter(() => rng.chance(0.6)).map((id) => [id, { rule: rng.pick(['mean', 'median', 'clip2']), weights: Object.fromEntries(ids.filter((other) => other === id || rng.chance(0.5)).map((other) => [other, rng.pick([1, 2, 0.3])])) }])),
    shocks: ids.filter(() => rng.chance(0.6)).map((id) => ({ market: id, side: seedSide(rng), qty: tidy(0.1 * rng.int(100)) })).map((shock, _, all) => ({ ...shock, side: all[0]?.side ?? 'sell' })),
  };
}
function seedSide(rng: Rng): string {
  return rng.chance(0.5) ? 'sell' : 'buy';
}

type Path = readonly (string | number)[];
function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Array.isArray(value) ? value.map((item: unknown, i) => [i, item] as const) : Object.entries(value);
  return [...(path.length === 0 ? [] : [path]), ...entries.flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}
function replace(target: unknown, path: Path, value: unknown): void {
  const [key, ...rest] = path;
  const holder = target as Record<string | number, unknown>;
  if (key === undefined) return;
  if (rest.length === 0) holder[key] = value;
  else replace(holder[key], rest, value);
}
