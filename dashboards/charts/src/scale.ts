/** The ends of an axis and the distance between its labels. */
export interface Scale {
  readonly min: number;
  readonly max: number;
  readonly interval: number;
}

/** The largest magnitude drawn, far beyond any amount there is: sums and products of two such values do not overflow. */
const largest = 1e150;

/** `value` where it can be drawn, else undefined. */
export function drawable(value: number | null | undefined): number | undefined {
  return value !== null && value !== undefined && Number.isFinite(value) && Math.abs(value) <= largest ? value : undefined;
}

/** 1, 2 or 5 times a power of ten, so that about `count` of them, never many more, fill `range`. Labels in short dollars then lose no digit. */
export function niceStep(range: number, count: number): number {
  const raw = range / Math.max(1, count);
  if (!(raw > 0 && raw < Infinity)) return 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((m) => m * power >= raw * (1 - 1e-9)) ?? 10;
  return step * power;
}

/** An axis from exactly 0 to exactly `max`, > 0, with about `count` labels. */
export function fromZero(max: number, count: number): Scale {
  const end = max > 0 && max < Infinity ? max : 1;
  return { min: 0, max: end, interval: niceStep(end, count) };
}

/** Below this share of the highest value the lowest one needs an axis from zero: a smaller fall would be flat there. */
const fromZeroBelow = 0.6;
/** An axis spans at least this share of its highest value, so that noise does not look like a fall. */
const leastSpan = 0.1;

/**
 * An axis for prices between `low` and `high`, > 0, whose top `headroom` (share of its length, 0 to 0.6) stays free. It begins at zero when the fall is
 * deep, else at a round number so far below the lowest price that prices take `share` of what is not headroom (0.2 to 1).
 */
export function priceScale(low: number, high: number, headroom: number, count: number, share = 1): Scale {
  const top = high > 0 && high < Infinity ? high : 1;
  const bottom = low >= 0 && low <= top ? low : 0;
  const free = 1 / (1 - Math.min(0.6, Math.max(0, headroom)));
  if (bottom < fromZeroBelow * top) return { min: 0, max: top * free, interval: niceStep(top * free, count) };
  const wanted = Math.max(0, top - (top - Math.min(bottom, top * (1 - leastSpan))) / share);
  const interval = niceStep((top - wanted) * free, count);
  const min = Math.max(0, Math.floor(wanted / interval) * interval);
  return { min, max: min + (top - min) * free, interval };
}

/** Whether the last label of a scale falls on its end, so that it is a round number. */
export function endsRound({ min, max, interval }: Scale): boolean {
  const steps = (max - min) / interval;
  return Math.abs(steps - Math.round(steps)) < 1e-6;
}
