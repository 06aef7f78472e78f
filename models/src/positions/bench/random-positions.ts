import { createRng, defined, type Rng } from '../../core/index.ts';
import type { LiquidationBlock, PositionSide } from '../../market/index.ts';
import { gammaDraw } from '../gamma-draw.ts';
import type { ObservedMinute } from '../inference-types.ts';

/** A trader's position that is still open: which price liquidates it (log-price; -Infinity or Infinity: none) and its size. */
export interface HiddenPosition {
  readonly side: PositionSide;
  readonly trigger: number;
  readonly size: number;
}

/** A market with positions nobody sees and what everybody sees of it. */
export interface RandomMarket {
  readonly minutes: readonly ObservedMinute[];
  readonly sampling: 'complete' | 'last';
  /** Open at the end; what makers hold is not in it. */
  readonly positions: readonly HiddenPosition[];
  /** Number and quantity of positions liquidated while observed. */
  readonly liquidated: { readonly orders: number; readonly quantity: number };
}

/** Nominal leverages that venues offer, and what is usual to open with each; every market differs. */
const nominal: readonly (readonly [leverage: number, weight: number])[] = [
  [1, 0.14], [2, 0.16], [3, 0.14], [5, 0.18], [10, 0.16], [20, 0.09], [25, 0.05], [50, 0.05], [75, 0.015], [100, 0.015],
];
const minutesOfDay = 1440;
const stepsOfMinute = 4;
const atStart = 1_760_000_000_000;

interface Open {
  readonly side: 1 | -1;
  readonly entry: number;
  readonly trigger: number;
  readonly size: number;
  closesAt: number;
}

/**
 * A random market: prices with changing volatility and jumps, traders of several kinds who open with a market's own mix of leverages, add margin, hold for times spread over orders of magnitude,
 * hold on to losers, and are liquidated where the price crosses them. Makers are the other side of whatever is not matched. It has run for `burnInDays` before anybody listens. None of its laws is
 * the inference's: leverages are a few round numbers in proportions of two crowds, holding times are log-normal, openings follow the volatility, and the volume has day trading in it.
 */
export function randomMarket(seed: number, days: number = 3, burnInDays: number = 3): RandomMarket {
  const rng = createRng(seed).fork('market');
  const habits = drawHabits(rng);
  const makePrice = pricePath(rng);
  const open: Open[] = [];
  const observed: ObservedMinute[] = [];
  const seconds = rng.fork('seconds');
  let liquidatedOrders = 0;
  let liquidatedQuantity = 0;
  const burnIn = Math.round(burnInDays * minutesOfDay);
  const total = burnIn + Math.round(days * minutesOfDay);
  for (let minute = 0; minute < total; minute++) {
    const { prices, activity } = makePrice();
    const low = Math.min(...prices);
    const high = Math.max(...prices);
    const forced: { side: 1 | -1; size: number }[] = [];
    const traded = [0, 0];
    const trade = (direction: 1 | -1, size: number): void => void (traded[direction === 1 ? 0 : 1] = (traded[direction === 1 ? 0 : 1] ?? 0) + size);
    const last = defined(prices.at(-1), 'price');
    let kept = 0;
    const drop = (p: Open): boolean => {
      if (p.side === 1 ? low <= p.trigger : high >= p.trigger) {
        forced.push({ side: p.side, size: p.size });
        trade(-p.side as 1 | -1, p.size);
        return true;
      }
      if (minute < p.closesAt) return false;
      if (p.side * (last - p.entry) < 0 && rng.chance(habits.holdsLosers)) {
        p.closesAt = minute + habits.hold(rng);
        return false;
      }
      trade(-p.side as 1 | -1, p.size);
      return true;
    };
    for (const p of open) if (!drop(p)) open[kept++] = p;
    open.length = kept;
    // Openings of either side, each at a price of the minute; those the rest of the minute crosses are liquidated at once.
    for (const side of [1, -1] as const) {
      for (let n = poisson(habits.rate * activity, rng); n > 0; n--) {
        const step = rng.int(prices.length);
        const entry = defined(prices[step], 'price');
        const distance = habits.distance(side, rng);
        const p: Open = { side, entry, trigger: entry - side * distance, size: habits.size(rng), closesAt: minute + habits.hold(rng) };
        trade(side, p.size);
        if (prices.slice(step).some((x) => (side === 1 ? x <= p.trigger : x >= p.trigger))) {
          forced.push({ side, size: p.size });
          trade(-side as 1 | -1, p.size);
        } else open.push(p);
      }
    }
    if (minute < burnIn) continue;
    liquidatedOrders += forced.length;
    liquidatedQuantity += forced.reduce((sum, f) => sum + f.size, 0);
    const quantity = [0, 0];
    for (const p of open) quantity[p.side === 1 ? 0 : 1] = (quantity[p.side === 1 ? 0 : 1] ?? 0) + p.size;
    const openInterest = Math.max(quantity[0] ?? 0, quantity[1] ?? 0) + habits.hedged;
    const [buys = 0, sells = 0] = traded;
    const volume = Math.max(buys, sells) * (1 + habits.scalping * rng.next());
    const logs = [Math.exp(defined(prices[0], 'price')), Math.exp(high), Math.exp(low), Math.exp(last)] as const;
    observed.push({ at: atStart + minute * 60_000, open: logs[0], high: logs[1], low: logs[2], close: logs[3], openInterest, volume, liquidations: publish(forced, habits.sampling, seconds) });
  }
  return {
    minutes: observed, sampling: habits.sampling, liquidated: { orders: liquidatedOrders, quantity: liquidatedQuantity },
    positions: open.map((p) => ({ side: p.side === 1 ? 'long' : 'short', trigger: p.trigger, size: p.size })),
  };
}

interface Habits {
  readonly rate: number;
  readonly sampling: 'complete' | 'last';
  readonly holdsLosers: number;
  readonly scalping: number;
  /** Long against short of hedgers and makers that is never liquidated. */
  readonly hedged: number;
  hold(rng: Rng): number;
  size(rng: Rng): number;
  distance(side: 1 | -1, rng: Rng): number;
}

function drawHabits(rng: Rng): Habits {
  const highest = rng.pick([20, 50, 75, 100, 100]);
  // Who trades here: people at ten times and more, and funds at five and less, in any proportion; and how much each venue's crowd is its own.
  const people = rng.next();
  const firmness = 5 + 45 * rng.next();
  const mixOf = (): readonly number[] => {
    const base = nominal.map(([leverage, weight]) => (leverage > highest ? 0 : weight * (leverage >= 10 ? 2 * people : 2 * (1 - people) + 0.1)));
    const sum = base.reduce((a, b) => a + b, 0);
    const drawn = base.map((w) => gammaDraw((firmness * w) / sum, rng));
    const total = drawn.reduce((a, b) => a + b, 0);
    return drawn.map((x) => x / total);
  };
  const mixes = { 1: mixOf(), [-1]: mixOf() } as Record<1 | -1, readonly number[]>;
  const medianHold = Math.exp(Math.log(60) + Math.log(24) * rng.next());
  const holdSpread = 1 + 0.7 * rng.next();
  const sizeSpread = 0.7 + 0.6 * rng.next();
  const adds = 0.2 + 0.4 * rng.next();
  const maintenance = 0.2 + 0.3 * rng.next();
  // Open at a time if nobody were liquidated.
  const many = 300 * 10 ** rng.next();
  const rate = many / (2 * medianHold * Math.exp((holdSpread * holdSpread) / 2));
  const hold = (r: Rng): number => 1 + medianHold * Math.exp(holdSpread * r.normal());
  const size = (r: Rng): number => 100 * Math.exp(sizeSpread * r.normal());
  return {
    rate, sampling: rng.chance(0.5) ? 'complete' : 'last', holdsLosers: 0.6 * rng.next(), scalping: 4 * rng.next(), hedged: many * 30 * rng.next(), hold, size,
    distance: (side, r) => {
      let u = r.next();
      let leverage = 1;
      for (const [i, w] of mixes[side].entries()) {
        leverage = nominal[i]?.[0] ?? 1;
        u -= w;
        if (u < 0) break;
      }
      // Maintenance is a share of the initial margin; margin may be added, or shared with others.
      const margin = (1 / leverage) * (1 - maintenance * Math.min(1, leverage / highest)) * (r.chance(adds) ? 1 + 3 * r.next() : 1);
      if (side === 1) return margin >= 1 ? Infinity : -Math.log1p(-margin);
      return Math.log1p(margin);
    },
  };
}

/** Log-prices within each minute and how busy it is: volatility that reverts slowly, and jumps of both signs. */
function pricePath(rng: Rng): () => { readonly prices: readonly number[]; readonly activity: number } {
  const sigmaDaily = 0.05 * Math.exp(0.4 * rng.normal());
  const jumpsPerDay = 3 * rng.next();
  const jumpSize = 0.02 + 0.04 * rng.next();
  let level = 0;
  let mood = 0;
  return () => {
    mood += -mood / 720 + 0.5 * Math.sqrt(2 / 720) * rng.normal();
    const sigma = sigmaDaily * Math.exp(mood);
    const prices = [level];
    if (rng.chance(jumpsPerDay / minutesOfDay)) {
      level += jumpSize * rng.normal();
      prices.push(level);
    }
    for (let i = 0; i < stepsOfMinute; i++) {
      level += (sigma / Math.sqrt(minutesOfDay * stepsOfMinute)) * rng.normal();
      prices.push(level);
    }
    return { prices, activity: Math.exp(mood) };
  };
}

/** What the venue publishes of a minute's forced orders: all, or the last of each second. */
function publish(forced: readonly { readonly side: 1 | -1; readonly size: number }[], sampling: 'complete' | 'last', rng: Rng): { readonly long: LiquidationBlock; readonly short: LiquidationBlock } {
  const timed = forced.map((f) => ({ ...f, second: rng.int(60) }));
  const shown = sampling === 'complete' ? timed : timed.filter((f, i) => !timed.some((other, j) => j > i && other.second === f.second));
  const block = (side: 1 | -1): LiquidationBlock => {
    const sizes = shown.filter((f) => f.side === side).map((f) => f.size);
    return { windows: 60, count: sizes.length, volume: sizes.reduce((a, b) => a + b, 0), squares: sizes.reduce((a, b) => a + b * b, 0) };
  };
  return { long: block(1), short: block(-1) };
}

function poisson(mean: number, rng: Rng): number {
  let n = 0;
  for (let p = rng.next(); p > Math.exp(-mean); p *= rng.next()) n++;
  return n;
}
