import type { HttpResponse } from '@breakwater/platform/network';
import { diffSide } from '../world/book.ts';
import type { Level, MarketState } from '../world/market.ts';
import type { World } from '../world/world.ts';

/** A JSON answer. */
export function json(body: unknown, status: number = 200): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** An object, when `text` is the JSON of one; undefined otherwise. */
export function parseObject(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** The strings of an array; undefined when it is not an array of strings. */
export function stringsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((item): item is string => typeof item === 'string') ? value : undefined;
}

/** Path and query of a request's `url`. */
export function route(url: string): { readonly path: string; readonly query: URLSearchParams } {
  const parsed = new URL(url, 'http://simulated');
  return { path: parsed.pathname, query: parsed.searchParams };
}

/** The whole number `text` stands for, within [low, high]; `otherwise` when absent; undefined when unlawful. */
export function wholeNumber(text: string | null, otherwise: number, low: number, high: number): number | undefined {
  if (text === null || text === '') return otherwise;
  const value = Number(text);
  return Number.isInteger(value) && value >= low && value <= high ? value : undefined;
}

/** The latest funding time strictly after `t` on a grid of `periodMs`. */
export function nextFunding(t: number, periodMs: number): number {
  return (Math.floor(t / periodMs) + 1) * periodMs;
}

/** The change of the first `depth` levels since the step before; everything when there is none. */
export function bookChange(state: MarketState, depth: number): { readonly bids: readonly Level[]; readonly asks: readonly Level[] } {
  const { book, previous } = state;
  return {
    bids: diffSide(previous?.bids.slice(0, depth) ?? [], book.bids.slice(0, depth)),
    asks: diffSide(previous?.asks.slice(0, depth) ?? [], book.asks.slice(0, depth)),
  };
}

/** Builds each frame once a step, however many sessions want it. */
export function createFrameMemo(world: World): (key: string, build: () => readonly string[]) => readonly string[] {
  let step = -1;
  const frames = new Map<string, readonly string[]>();
  return (key, build) => {
    if (step !== world.step()) {
      frames.clear();
      step = world.step();
    }
    const known = frames.get(key);
    if (known !== undefined) return known;
    const made = build();
    frames.set(key, made);
    return made;
  };
}
