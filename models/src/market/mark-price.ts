import { assertNever } from '../core/index.ts';
import { median, weightedMedian } from './index-price.ts';
import { averageOf, emaOf, exponentialAverage, sampledAverage, withEmaSample, withSample, type ExponentialAverage, type SampledAverage } from './moving-average.ts';
import type { MarkRule } from './venue-rules.ts';

/** What a venue sees at one moment. A side of the book, a trade or another venue that does not exist is left out. */
export interface MarkInputs {
  /** Milliseconds of event time. */
  readonly atMs: number;
  readonly index: number;
  readonly bid?: number;
  readonly ask?: number;
  readonly last?: number;
  /** The last settled funding rate and how long until the next, in the same unit of time as the period. */
  readonly funding?: { readonly rate: number; readonly untilNext: number; readonly period: number };
  /** Mid prices of other venues' perpetuals by venue (`hyperliquid`). */
  readonly perpMids?: Readonly<Record<string, number>>;
}

/** The memory of a mark price: plain data, folded by `foldMark`. */
export interface MarkState {
  readonly rule: MarkRule;
  readonly basis: SampledAverage | ExponentialAverage;
  /** Average of the book's own price, for `hyperliquid` when one of its three prices is missing. */
  readonly book: ExponentialAverage;
}

/** Hyperliquid's average of median(bid, ask, last), in seconds (robust-price-indices, read 2026-11-27). */
const BOOK_EMA_SECONDS = 30;

/** A mark price without memory yet. */
export function markState(rule: MarkRule): MarkState {
  const sampled = rule.kind === 'median3' || rule.kind === 'indexPlusBasisAverage';
  return { rule, basis: sampled ? sampledAverage(rule.windowSeconds, rule.sampleSeconds) : exponentialAverage(rule.windowSeconds), book: exponentialAverage(BOOK_EMA_SECONDS) };
}

/** Takes in one moment: samples the basis mid - index when both sides of the book are there. */
export function foldMark(state: MarkState, inputs: MarkInputs): MarkState {
  const mid = midOf(inputs);
  const bookPrice = bookPriceOf(inputs);
  const book = state.rule.kind === 'hyperliquid' && bookPrice !== undefined ? withEmaSample(state.book, inputs.atMs, bookPrice) : state.book;
  if (mid === undefined) return { ...state, book };
  const basis = 'slots' in state.basis ? withSample(state.basis, inputs.atMs, mid - inputs.index) : withEmaSample(state.basis, inputs.atMs, mid - inputs.index);
  return { ...state, basis, book };
}

/**
 * The mark price after the moment was folded in. Prices that cannot be computed are left out of a median; without any the index itself. Non-decreasing
 * in index, bid, ask, last and the other venues' prices, for a given memory and also with the fold of the same moment before it: a sample takes the index
 * off the average with a weight of 1 at most, and the index is added whole.
 */
export function markPrice(state: MarkState, inputs: MarkInputs): number {
  const average = 'slots' in state.basis ? averageOf(state.basis) : emaOf(state.basis);
  const byBasis = inputs.index + (average ?? 0);
  switch (state.rule.kind) {
    case 'median3':
      return middleOf([byFunding(inputs), average === undefined ? undefined : byBasis, inputs.last], inputs.index);
    case 'indexPlusBasisAverage':
    case 'indexPlusBasisEma':
      return byBasis;
    case 'hyperliquid': {
      const prices = [average === undefined ? undefined : byBasis, bookPriceOf(inputs), perpsPriceOf(inputs, state.rule.perpWeights ?? {})].filter((p) => p !== undefined);
      // With exactly two of the three the slow book price joins them, so that there is a middle.
      return middleOf(prices.length === 2 ? [...prices, emaOf(state.book)] : prices, inputs.index);
    }
    default:
      return assertNever(state.rule.kind);
  }
}

/** Index x (1 + rate x time to the next funding / period): "Price 1" of Binance, Bybit, Bitget (there 2), Gate and KuCoin. */
export function fundingPrice(index: number, rate: number, untilNext: number, period: number): number {
  return index + (index * rate * untilNext) / period;
}

function byFunding(inputs: MarkInputs): number | undefined {
  const { funding, index } = inputs;
  return funding === undefined ? undefined : fundingPrice(index, funding.rate, funding.untilNext, funding.period);
}

function midOf({ bid, ask }: MarkInputs): number | undefined {
  return bid === undefined || ask === undefined ? undefined : (bid + ask) / 2;
}

function bookPriceOf({ bid, ask, last }: MarkInputs): number | undefined {
  return bid === undefined || ask === undefined || last === undefined ? undefined : median([bid, ask, last]);
}

function perpsPriceOf(inputs: MarkInputs, weights: Readonly<Record<string, number>>): number | undefined {
  const known = Object.entries(inputs.perpMids ?? {}).filter(([venue]) => (weights[venue] ?? 0) > 0);
  return known.length === 0 ? undefined : weightedMedian(known.map(([, mid]) => mid), known.map(([venue]) => weights[venue] ?? 0));
}

function middleOf(prices: readonly (number | undefined)[], otherwise: number): number {
  const known = prices.filter((p) => p !== undefined);
  return known.length === 0 ? otherwise : median(known);
}
