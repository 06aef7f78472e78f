import { assert } from '@breakwater/models/core';

/** `spans` equal parts of [from, to], each `[start, end)`; the last takes `to` in. None when `to` is before `from`. */
export function spansOf(from: number, to: number, spans: number): readonly (readonly [number, number])[] {
  assert(Number.isInteger(spans) && spans >= 1, `extremes need at least one span, got ${spans}`);
  if (to < from) return [];
  // A microsecond past `to`, so that every bound is exclusive.
  const bound = (i: number): number => (i === spans ? to + 0.001 : from + ((to - from) * i) / spans);
  return Array.from({ length: spans }, (_, i) => [bound(i), bound(i + 1)] as const);
}
