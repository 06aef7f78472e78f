import type { ScoreMessage } from '@breakwater/contracts';
import { shapeSeriesEveryMs } from '@breakwater/contracts';

/** Figures that only now and then are in a score, and how long they count after the one that told them, milliseconds: two may be missed; branching is fitted once in five minutes. */
const keptMs = { tail: 3 * shapeSeriesEveryMs, liquidationMap: 3 * shapeSeriesEveryMs, addresses: 3 * shapeSeriesEveryMs, settlement: 3 * shapeSeriesEveryMs, hawkes: 900_000 } as const;
type Slow = keyof typeof keptMs;
const slow = Object.keys(keptMs) as readonly Slow[];

/** The figures of an asset that are told more seldom than its scores. */
export interface SlowFigures {
  /** Keeps what a score tells. */
  take(score: ScoreMessage): void;
  /** The score with what was told before it and still counts, where it says nothing of it. */
  within(score: ScoreMessage): ScoreMessage;
}

/** Holds the last of each, in memory. */
export function createSlowFigures(): SlowFigures {
  const held = new Map<Slow, ScoreMessage>();
  return {
    take: (score) => {
      for (const name of slow) if (score[name] !== undefined) held.set(name, score);
    },
    within: (score) => {
      const known = slow.flatMap((name): readonly Partial<ScoreMessage>[] => {
        const told = held.get(name);
        return score[name] !== undefined || told === undefined || score.eventTime - told.eventTime > keptMs[name] ? [] : [{ [name]: told[name] }];
      });
      return known.length === 0 ? score : Object.assign({}, score, ...known) as ScoreMessage;
    },
  };
}
