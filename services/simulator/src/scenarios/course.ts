import { assert, createRng, defined } from '@breakwater/models/core';

/** A point of a course: at `at` (milliseconds since the epoch) the figure is `value`. */
export type Anchor = readonly [at: number, value: number];

/** Straight between anchors, level before the first and after the last. Anchors are in order of time. O(anchors). */
export function interpolate(anchors: readonly Anchor[], t: number): number {
  const next = anchors.findIndex(([at]) => at > t);
  if (next === 0) return defined(anchors[0], 'first anchor')[1];
  if (next < 0) return defined(anchors.at(-1), 'last anchor')[1];
  const [t0, v0] = defined(anchors[next - 1], 'anchor before');
  const [t1, v1] = defined(anchors[next], 'anchor after');
  return v0 + ((v1 - v0) * (t - t0)) / (t1 - t0);
}

/** Over this long from an anchor the noise grows to its full size, so that anchors are met exactly. */
const NOISE_GROWS_MS = 10 * 60_000;

/** A price course: straight in log price between anchors, with seeded noise of standard deviation `noise` (log price) that vanishes at each anchor. Pure. */
export function priceCourse(anchors: readonly Anchor[], seed: number, noise: number): (t: number) => number {
  const logs = anchors.map(([at, value]): Anchor => [at, Math.log(value)]);
  assert(logs.every(([at], i) => i === 0 || at > defined(logs[i - 1], 'anchor before')[0]), 'anchors are in order of time');
  const stream = createRng(seed);
  const draw = (minute: number): number => stream.fork(`price:${minute}`).normal();
  return (t) => {
    const minute = Math.floor(t / 60_000);
    const share = t / 60_000 - minute;
    const wave = draw(minute) * (1 - share) + draw(minute + 1) * share;
    const near = Math.min(...logs.map(([at]) => Math.abs(at - t)));
    return Math.exp(interpolate(logs, t) + noise * wave * Math.min(1, near / NOISE_GROWS_MS));
  };
}

/** A value around 1 that wanders slowly: deterministic in (seed, name, t), within about three `size`s. */
export function wander(seed: number, name: string, t: number, size: number): number {
  const stream = createRng(seed).fork(name);
  const slot = Math.floor(t / 900_000);
  const share = t / 900_000 - slot;
  return 1 + size * (stream.fork(String(slot)).normal() * (1 - share) + stream.fork(String(slot + 1)).normal() * share);
}

/** An address that belongs to nobody: 20 bytes drawn from a name. */
export function inventedAddress(name: string): string {
  const stream = createRng(0x0a11).fork(name);
  return `0x${Array.from({ length: 20 }, () => stream.int(256).toString(16).padStart(2, '0')).join('')}`;
}
