import { assert } from '../../core/index.ts';
import { at, type Ladder } from '../../market/index.ts';
import { isWithin } from '../cascade-market.ts';

/**
 * A ladder with fewer levels: those within `keepWithin` of the best price as they are, beyond it one for every `logStep` of log-price, at the farthest level it
 * stands for. No depth is nearer than it was, so an outcome is never better than with the full ladder, and no level is moved by `logStep`. Defaults 1 % and
 * one basis point. O(levels).
 */
export function aggregateDepth({ ticks, lots }: Ladder, keepWithin: number = 0.01, logStep: number = 1e-4): Ladder {
  assert(keepWithin >= 0 && logStep > 0, 'depth is kept within >= 0 and gathered over a step > 0');
  const n = ticks.length;
  const [toTicks, toLots] = [new Int32Array(n), new Float64Array(n)];
  let count = 0;
  let end = -1;
  for (let i = 0; i < n; i++) {
    const [tick, best] = [at(ticks, i), at(ticks, 0)];
    const step = isWithin(tick, best, keepWithin) ? -1 : Math.floor(Math.abs(Math.log(tick / best)) / logStep);
    const isNew = step < 0 || step !== end;
    if (isNew) count++;
    toTicks[count - 1] = tick;
    toLots[count - 1] = (isNew ? 0 : at(toLots, count - 1)) + at(lots, i);
    end = step;
  }
  return { ticks: toTicks.slice(0, count), lots: toLots.slice(0, count) };
}
