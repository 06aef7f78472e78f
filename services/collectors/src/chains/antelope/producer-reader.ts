import { mostProducers } from '@breakwater/contracts';
import { votingConcentration, type VotingConcentration } from '@breakwater/models/address-risk';
import { ratio, sourceId, type AssetId, type ChainId } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { Log } from '@breakwater/platform/log';
import type { BlockRef, ProducerTable } from '../follow/node.ts';
import type { ProducersReading, ProducerWatch } from '../follow/reserve-watch.ts';
import type { TransferAction } from './map.ts';

/** How long a reading that failed first waits, milliseconds [A]. */
const FIRST_WAIT_MS = 2_000;

/** Why a reading could not be used: an answer was malformed or not there, too few nodes said the same, or they could not be asked. A closed list; also a metric label. */
export type ProducersReject = 'producers-malformed' | 'producers-differ' | 'producers-unread';

/** What a reader of producers needs. `assets` is not empty. */
export interface ProducerReaderDeps {
  readonly chain: ChainId;
  readonly assets: readonly AssetId[];
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Reads who makes the blocks of a chain beside its feed: once it has followed the head, then every `everyMs`. What could not be read is counted, named in the log the first time, and asked for again after a while that grows
 * with each failure in a row, up to `everyMs`; the feed goes on all the same. Two small requests a node and reading.
 */
export function createProducerReader({ chain, assets, everyMs, clock, log }: ProducerReaderDeps): ProducerWatch<TransferAction> {
  const rejects: Record<string, number> = {};
  let due = -Infinity;
  let failures = 0;
  const reject = (reason: ProducersReject, detail: string): void => {
    due = clock.now() + Math.min(everyMs, FIRST_WAIT_MS * 2 ** Math.min(failures, 30));
    failures++;
    if (rejects[reason] === undefined) log.warn('chain.producers-rejected', { chain, reason, detail });
    rejects[reason] = (rejects[reason] ?? 0) + 1;
  };
  return {
    read: async (view, at) => {
      if (view.producers === undefined || clock.now() < due) return [];
      const table = await view.producers().catch((error: unknown) => {
        if (!(error instanceof BreakwaterError) || error.code === 'aborted') throw error;
        reject(error.code === 'bad-answer' ? 'producers-malformed' : error.code === 'chain-mismatch' ? 'producers-differ' : 'producers-unread', error.message);
        return undefined;
      });
      if (table === undefined) return [];
      failures = 0;
      due = clock.now() + everyMs;
      return assets.map((asset) => producersReading(chain, asset, at, table));
    },
    rejects: () => rejects,
  };
}

/** What is told of a table: how votes are spread, and who has most. O(n log n) in candidates. */
export function producersReading(chain: ChainId, asset: AssetId, at: BlockRef, { scheduleVersion, scheduled, candidates, complete }: ProducerTable): ProducersReading {
  const seats = new Set(scheduled);
  const total = candidates.reduce((sum, { votes }) => sum + votes, 0);
  const share = (votes: number): ProducersReading['scheduledShare'] => ratio(total > 0 ? Math.min(1, votes / total) : 0);
  const elected = candidates.filter(({ producer }) => seats.has(producer));
  const byVotes = [...candidates].sort((a, b) => b.votes - a.votes || (a.producer < b.producer ? -1 : 1));
  return {
    kind: 'producers', source: sourceId(chain), asset, chain, block: at.number, blockHash: at.hash, candidates: candidates.length, complete, scheduled: scheduled.length, scheduleVersion,
    votes: shapeOf(votingConcentration(candidates.map(({ votes }) => votes))), scheduledVotes: shapeOf(votingConcentration(elected.map(({ votes }) => votes))),
    scheduledShare: share(elected.reduce((sum, { votes }) => sum + votes, 0)),
    top: byVotes.slice(0, mostProducers).map(({ producer, votes }) => ({ producer, share: share(votes), scheduled: seats.has(producer) })),
  };
}

function shapeOf(spread: VotingConcentration | undefined): ProducersReading['votes'] {
  return spread === undefined ? null : { ...spread, hhi: ratio(spread.hhi) };
}
