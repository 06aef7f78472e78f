import { describe, expect, it } from '@jest/globals';
import { assetId, createStreams, defined, epochMs } from '@breakwater/models/core';
import { assetOutcome, assetResponse, reproductionOf } from '@breakwater/models/cascade';
import { totalLots, totalTriggerLots } from '@breakwater/models/market';
import { answerDraws, bandOf, curveBand, quantileOf, thresholdOf, type DrawnOutcome } from './asset-band.ts';
import { assetFigures, ceilingFall } from './asset-figures.ts';
import { drawAt, type AssumptionDraw } from './assumptions.ts';
import { createAssetState, fold, type AssetState } from './asset-state.ts';
import { scoringDefaults, type ScoringConfig } from './config.ts';
import { createDrawModel, type DrawModel } from './draw-model.ts';
import { modelAsset, partsOf, type Part } from './modelled-market.ts';
import { joinMarkets } from './network-model.ts';
import { createRates } from './rates.ts';
import { book, health, instrument, ladder, rate, ticker } from './testing/messages.ts';

const t0 = Date.UTC(2025, 3, 13, 12);
const now = epochMs(t0 + 1_000);
const config: ScoringConfig = { ...scoringDefaults, assets: [{ asset: assetId('OM') }] };
const rates = createRates(config.staleAfterMs);
rates.fold(rate('okx:spot', t0, 1));
const question = { ignitionGap: config.ignitionGap, timesIgnition: 3, fallOfInterest: ceilingFall };

function worldOf(openInterest: number): AssetState {
  const state = createAssetState();
  for (let hour = 24; hour >= 1; hour--) state.history.add({ at: epochMs(t0 - hour * 3_600_000), price: 6 + 0.02 * hour, ignitionUsd: null, depth2pctUsd: null, complete: true });
  for (const [venue, count, size, kind] of [['binance', 150, 20_000, 'linear'], ['bybit', 90, 12_000, 'linear'], ['okx', 200, 4_000, 'inverse'], ['kraken', 120, 9_000, 'spot']] as const) {
    const { bids, asks } = ladder(6, count, 0.004, size);
    fold(state, instrument(venue, t0, { marketKind: kind, contractSize: kind === 'inverse' ? 10 : 1 }));
    fold(state, book(venue, t0, bids, asks));
    if (kind !== 'spot') fold(state, ticker(venue, t0, 6, openInterest));
  }
  return state;
}
const parts = (state: AssetState): readonly Part[] => partsOf(modelAsset(state, rates, now, config));
function joined(of: readonly Part[]): NonNullable<ReturnType<typeof joinMarkets>> {
  return defined(joinMarkets(of.map((part) => ({ ...defined(part.state.definition, 'definition'), market: part.usable.value, usdPerQuote: part.rate.usd }))), 'network');
}
function modelOf(of: readonly Part[]): DrawModel {
  const sources = of.map((part) => {
    const { instrument: id, marketKind } = defined(part.state.definition, 'definition');
    return { id, isSpot: marketKind === 'spot', hasBook: part.model.bookStatus === 'exact', model: part.model, usdPerQuote: part.rate.usd };
  });
  return defined(createDrawModel(sources, defined(joined(of).system.markets[0], 'market'), defined(assetResponse(joined(of).system, question), 'answer').bestPrice), 'model');
}

describe('a quantile of a few values', () => {
  it('takes each for the middle of its share', () => {
    expect(quantileOf([3, 1, 2, 4], 0.5)).toBe(2.5);
    // The lowest of four stands for 0 to 25 %.
    expect([0.05, 0.125, 0.25, 0.95].map((p) => quantileOf([1, 2, 3, 4], p))).toEqual([1, 1, 1.5, 4]);
    expect(quantileOf([], 0.5)).toBeNaN();
  });
});

describe('the model that draws are made of', () => {
  it('gives the exact answer again at the centre of every assumption, to what its coarser grid costs', () => {
    for (const openInterest of [4e6, 8e6, 2e7]) {
      const world = parts(worldOf(openInterest));
      const exact = joined(world).system;
      const coarse = modelOf(world).systemOf(drawAt([0.5, 0.5, 0.5, 0.5]));
      const [a, b] = [assetOutcome(exact, question), assetOutcome(coarse, question)];
      expect(a?.ignitionQuote ?? 0).toBeGreaterThan(0);
      expect((b?.ignitionQuote ?? NaN) / (a?.ignitionQuote ?? NaN)).toBeCloseTo(1, 1);
      expect((b?.landingPrice ?? NaN) / (a?.landingPrice ?? NaN)).toBeCloseTo(1, 1);
      expect((b?.mostQuote ?? NaN) / (a?.mostQuote ?? NaN)).toBeCloseTo(1, 1);
      expect(reproductionOf(coarse).number / reproductionOf(exact).number).toBeCloseTo(1, 0);
    }
  });
  it('keeps depth and positions under every draw to what the draw says', () => {
    const world = parts(worldOf(8e6));
    const model = modelOf(world);
    const units = (draw: AssumptionDraw, of: 'bids' | 'longTriggers'): number => model.systemOf(draw).markets.reduce((sum, market) => sum + (of === 'bids' ? totalLots(market.bids) : totalTriggerLots(market.longTriggers)) * market.lotSize, 0);
    const centre = drawAt([0.5, 0.5, 0.5, 0.5]);
    expect(units({ ...centre, tailFactor: 1 }, 'bids')).toBeGreaterThan(units(centre, 'bids'));
    expect(units({ ...centre, withdrawal: { ...centre.withdrawal, beta: 0.3 } }, 'bids')).toBeLessThan(units(centre, 'bids'));
    // Never more positions than there are, and nearer ones in the pessimistic end.
    const exact = joined(world).system.markets.reduce((sum, market) => sum + totalTriggerLots(market.longTriggers) * market.lotSize, 0);
    expect(units(centre, 'longTriggers') / exact).toBeCloseTo(1, 3);
    expect(units(drawAt([0.05, 0.5, 0.5, 0.5]), 'longTriggers')).toBeLessThanOrEqual(exact * 1.001);
    const near = (place: number): number => [...defined(model.systemOf({ ...centre, positions: place }).markets[0], 'market').longTriggers.lots.subarray(0, 10)].reduce((a, b) => a + b, 0);
    expect(near(1)).toBeGreaterThan(near(0));
    expect(near(-1)).toBeLessThan(near(0));
  });
});

describe('the band of an asset', () => {
  it('ends near the 5 and 95 % points of two hundred independent draws', () => {
    const streams = createStreams(7, ['positions', 'tail', 'makers', 'arbitrage']);
    const many = Array.from({ length: 200 }, (_, i) => {
      const [a, b, c, d] = streams.map((stream) => Math.min(1 - 1e-9, Math.max(1e-9, stream.uniform(i))));
      return drawAt([a ?? NaN, b ?? NaN, c ?? NaN, d ?? NaN]);
    });
    for (const openInterest of [4e6, 2e7]) {
      const world = parts(worldOf(openInterest));
      const model = modelOf(world);
      const few = answerDraws(model, question);
      const all = answerDraws(model, question, many);
      for (const pick of [(one: DrawnOutcome): number => thresholdOf(one, 0), ({ reproduction }: DrawnOutcome): number => reproduction]) {
        const values = all.map(pick);
        const [low, high] = [quantileOf(few.map(pick), 0.05), quantileOf(few.map(pick), 0.95)];
        // Many draws may have one answer, nothing sold being enough for instance.
        const share = (holds: (value: number) => boolean): number => values.filter(holds).length / values.length;
        expect(share((value) => value < low)).toBeLessThan(0.13);
        expect(share((value) => value <= low)).toBeGreaterThan(0.005);
        expect(share((value) => value > high)).toBeLessThan(0.13);
        expect(share((value) => value >= high)).toBeGreaterThan(0.002);
      }
    }
  });
  it('is in the score, holds its value, and is narrower than all assumptions at their ends together', () => {
    const world = parts(worldOf(8e6));
    const figures = assetFigures(world, config.ignitionGap, 6, 'inferred');
    const outcomes = answerDraws(modelOf(world), { ...question, timesIgnition: 1 });
    const value = figures.ignitionUsd?.value ?? NaN;
    expect(figures.ignitionUsd).toMatchObject(bandOf([outcomes], value, (one) => thresholdOf(one, value)));
    expect(value).toBe(assetResponse(joined(world).system, question)?.ignitionQuote);
    const ends = answerDraws(modelOf(world), question, [drawAt([0.001, 0, 0, 0]), drawAt([0.999, 1, 1, 1])]).map((one) => thresholdOf(one, value));
    expect(figures.ignitionUsd?.low ?? NaN).toBeGreaterThan(ends[0] ?? NaN);
    expect(figures.ignitionUsd?.high ?? NaN).toBeLessThanOrEqual(ends[1] ?? NaN);
  });
  it('keeps a book that is not current in its optimistic end alone', () => {
    const state = worldOf(8e6);
    const whole = assetFigures(parts(state), config.ignitionGap, 6, 'inferred').ignitionUsd;
    fold(state, health('binance', t0 + 10, 'resyncing'));
    const out = assetFigures(parts(state), config.ignitionGap, 6, 'inferred').ignitionUsd;
    expect(out?.value ?? NaN).toBeLessThan(whole?.value ?? NaN);
    expect(out?.low ?? NaN).toBeLessThan(whole?.low ?? NaN);
    expect((out?.high ?? NaN) / (whole?.high ?? NaN)).toBeGreaterThan(1 - 1e-9);
  });
  it('puts the band of the rates on top', () => {
    const world = parts(worldOf(8e6));
    const at = (low: number, high: number): NonNullable<ReturnType<typeof assetFigures>['landingPrice']> =>
      defined(assetFigures(world.map((part) => ({ ...part, rate: { ...part.rate, low: low as typeof part.rate.low, high: high as typeof part.rate.high } })), config.ignitionGap, 6, 'inferred').landingPrice, 'landing');
    expect(at(0.97, 1.03).low / at(1, 1).low).toBeCloseTo(0.97, 9);
    expect(at(0.97, 1.03).high / at(1, 1).high).toBeCloseTo(1.03, 9);
  });
  it('of a response never crosses the centre, and falls as the sale grows', () => {
    const world = parts(worldOf(8e6));
    const central = defined(assetResponse(joined(world).system, question), 'answer');
    const { pessimistic, optimistic } = curveBand([answerDraws(modelOf(world), { ...question, reachQuote: central.steps.at(-1)?.quote ?? 0 })], central.steps);
    const priceAt = (steps: typeof central.steps, sale: number): number => steps.find((step) => step.quote >= sale * (1 - 1e-9))?.price ?? NaN;
    for (const { quote } of pessimistic) expect(priceAt(pessimistic, quote)).toBeLessThanOrEqual(priceAt(central.steps, quote));
    for (const { quote } of optimistic) expect(priceAt(optimistic, quote)).toBeGreaterThanOrEqual(priceAt(central.steps, quote));
    for (const steps of [pessimistic, optimistic]) steps.forEach((step, i) => expect(i === 0 || (step.quote > (steps[i - 1]?.quote ?? NaN) && step.price < (steps[i - 1]?.price ?? NaN))).toBe(true));
  });
});
