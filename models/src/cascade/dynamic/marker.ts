import { assertNever } from '../../core/index.ts';
import { at, fundingPrice } from '../../market/index.ts';
import { markOf } from '../mark-of.ts';
import type { DynamicMark, DynamicMarket } from './dynamic-system.ts';
import { createIndex, createWeightedMedian, SUB_TICKS, type PriceBoard } from './index-source.ts';
import { averageAfter, emaAverage, ringAverage, type WindowAverage } from './window-average.ts';

/** Rounds a mark that arithmetic left just below a tick up to it (the stress contract). */
const markSlack = 1e-6;
/** Seconds of Hyperliquid's average of the book's own price, as in the market package. */
const bookEmaSeconds = 30;

/** Index and mark of a market, read anew by `updateMarker` once a second. */
export interface Marker {
  /** In sub-ticks, whole. */
  index: number;
  /** The mark in whole ticks: rounded down for longs, up for shorts (both fire early), and to the nearest. */
  long: number;
  short: number;
  nearest: number;
  readonly m: number;
  readonly tickSize: number;
  readonly mark: DynamicMark;
  /** Seconds of a funding period; 0 without funding. */
  readonly period: number;
  readonly board: PriceBoard;
  readonly readIndex: () => number;
  /** Of the basis, and of the book's own price (both in sub-ticks). */
  readonly basis: WindowAverage;
  readonly slow: WindowAverage;
  /** Other venues' perpetuals in sub-ticks; null without. */
  readonly perps: (() => number) | null;
  /** Room for the prices of `sources`. */
  readonly scratch: Float64Array;
}

/** The marker of market `m`. Prices on the board are those at the start: windows begin as if the basis had always been theirs. */
export function createMarker(market: DynamicMarket, m: number, board: PriceBoard): Marker {
  const { mark, tickSize, funding } = market;
  const readIndex = createIndex(market.index, m, tickSize, board);
  const index = readIndex();
  const start = at(board.ticks, m);
  const own = start * SUB_TICKS;
  const rule = mark.kind === 'venue' ? mark.rule : { kind: 'indexPlusBasisEma' as const, windowSeconds: 1, sampleSeconds: 1 };
  const isSampled = rule.kind === 'median3' || rule.kind === 'indexPlusBasisAverage';
  return {
    index, long: start, short: start, nearest: start, m, tickSize, mark, period: funding?.period ?? 0, board, readIndex,
    basis: (isSampled ? ringAverage : emaAverage)(rule.windowSeconds, rule.sampleSeconds, own - index), slow: emaAverage(bookEmaSeconds, rule.sampleSeconds, own),
    perps: mark.kind === 'venue' && mark.perps !== undefined ? createWeightedMedian(Int32Array.from(mark.perps.markets), Float64Array.from(mark.perps.weights), board, tickSize / SUB_TICKS) : null,
    scratch: new Float64Array(mark.kind === 'sources' ? mark.sources.markets.length : 0),
  };
}

/** Reads index and mark of a second. `rate` and `until`: the funding rate last paid and seconds to the next. */
export function updateMarker(marker: Marker, second: number, rate: number, until: number): void {
  marker.index = marker.readIndex();
  const { mark, m, board } = marker;
  switch (mark.kind) {
    case 'own':
      marker.long = marker.short = marker.nearest = at(board.ticks, m);
      return;
    case 'sources':
      updateFromSources(marker, mark);
      return;
    case 'venue': {
      // Index and average basis can add up to less than nothing after a collapse: a mark is a price all the same.
      const ticks = Math.max(1, venueMark(marker, mark, second, rate, until) / SUB_TICKS);
      marker.long = Math.floor(ticks + markSlack);
      marker.short = Math.ceil(ticks - markSlack);
      marker.nearest = Math.round(ticks);
      return;
    }
    default:
      assertNever(mark);
  }
}

function updateFromSources(marker: Marker, { sources: { rule, markets, weights } }: DynamicMark & { readonly kind: 'sources' }): void {
  const { scratch, board, tickSize } = marker;
  for (let i = 0; i < scratch.length; i++) scratch[i] = at(board.prices, markets[i] ?? 0);
  const fromAbove = markOf(rule, scratch, weights, 1) / tickSize;
  marker.long = Math.floor(fromAbove + markSlack);
  marker.short = -Math.floor(-(rule === 'mean' ? fromAbove : markOf(rule, scratch, weights, -1) / tickSize) + markSlack);
  marker.nearest = Math.round(fromAbove);
}

/** The operations of `foldMark` and `markPrice` on bid = ask = last, in sub-ticks. */
function venueMark(marker: Marker, { rule }: DynamicMark & { readonly kind: 'venue' }, second: number, rate: number, until: number): number {
  const { index, period, perps } = marker;
  const own = at(marker.board.ticks, marker.m) * SUB_TICKS;
  const byBasis = index + averageAfter(marker.basis, second, own - index);
  switch (rule.kind) {
    case 'indexPlusBasisAverage':
    case 'indexPlusBasisEma':
      return byBasis;
    case 'median3':
      return period === 0 ? (byBasis + own) / 2 : medianOf3(fundingPrice(index, rate, until, period), byBasis, own);
    case 'hyperliquid':
      return medianOf3(byBasis, own, perps === null ? averageAfter(marker.slow, second, own) : perps());
    default:
      return assertNever(rule.kind);
  }
}

function medianOf3(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
