import type { BookMessage, DeepBookMessage } from '@breakwater/contracts';
import type { Rng } from '@breakwater/models/core';
import type { Activity } from '@breakwater/platform/activity';
import type { Bus } from '@breakwater/platform/bus';
import type { Clock } from '@breakwater/platform/clock';
import type { Log } from '@breakwater/platform/log';
import type { Metrics } from '@breakwater/platform/metrics';
import type { Network } from '@breakwater/platform/network';
import type { Journal, SeriesStore } from '@breakwater/platform/store';

/** Everything the stages stand on. `compose.ts` chooses the real ones, simulations their twins. */
export interface Adapters {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly network: Network;
  readonly bus: Bus;
  readonly journal: Journal;
  readonly series: SeriesStore;
  readonly activity: Activity;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Address labels by the path of the file they were read from. */
  readonly labels: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Sets who is told of a book update that was dropped because a stage could not keep up: its book must be published anew. */
  readonly onConflated: (heal: (message: BookMessage | DeepBookMessage) => void) => void;
}
