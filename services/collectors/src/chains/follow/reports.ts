import type { FeedStatus } from '@breakwater/contracts';
import type { ChainId, EpochMs } from '@breakwater/models/core';
import { epochMs, sourceId } from '@breakwater/models/core';
import type { Publish } from '@breakwater/platform/bus';
import type { Clock } from '@breakwater/platform/clock';
import type { ErrorCode } from '@breakwater/platform/errors';
import { REPEAT_EVERY_MS } from '../../source.ts';
import type { SnapshotNews } from '../holders/snapshot-check.ts';

/**
 * What a chain feed says of itself. The code of a failed request, or: catching up, no block for too long, too few endpoints that agree, all endpoints in
 * quarantine, nodes that leave our chain too early. The `endpoint-` reasons are news of one endpoint, the others of a token's snapshots; they leave the feed's status as it is.
 */
export type ChainHealthReason = ErrorCode | 'following' | 'backfill' | 'no-new-block' | 'no-quorum' | 'all-quarantined' | 'chain-mismatch' | EndpointNews | SnapshotNews['reason'];
/** What happened to one endpoint; the detail begins with its host. */
export type EndpointNews = 'endpoint-quarantined' | 'endpoint-back' | 'endpoint-lagging' | 'endpoint-caught-up';

/** What the feed says of itself on topic `global`, and the numbers it stamps its messages with. */
export interface ChainReports {
  /** Stamp of the next message of this source. */
  stamp(eventTime: EpochMs): { readonly seq: number; readonly eventTime: EpochMs; readonly receivedAt: EpochMs };
  /** Publishes a change of health; the same status and reason twice is published once. */
  health(status: FeedStatus, reason: ChainHealthReason, detail?: string): void;
  /** Publishes news of an endpoint, or of who holds a token, with the status the feed has. */
  news(reason: EndpointNews | SnapshotNews['reason'], detail: string): void;
  /** Publishes the progress of a backfill, at most every `PROGRESS_EVERY_MS`; true when it did. */
  progress(detail: string): boolean;
  /** Publishes a watermark when it is later than the last and, every `REPEAT_EVERY_MS`, after it the health that was said last. */
  watermark(eventTime: number): void;
  /** The last watermark, 0 before the first. */
  lastWatermark(): number;
}

/** Least time between two progress reports. */
const PROGRESS_EVERY_MS = 5_000;

/** Makes the reports of one chain. `seq` counts from 0 for as long as the object lives. */
export function createReports(deps: { readonly chain: ChainId; readonly clock: Clock; readonly publish: Publish }): ChainReports {
  const { clock, publish } = deps;
  const source = sourceId(deps.chain);
  let seq = 0;
  let said = '';
  let current: FeedStatus = 'ok';
  let progressAt = -Infinity;
  let watermark = 0;
  let repeatedAt: number | undefined;
  /** What says how the feed is: news of an endpoint do where it is not well. */
  let told: () => void = () => undefined;
  const stamp = (eventTime: EpochMs) => ({ seq: seq++, eventTime, receivedAt: clock.now() });
  const say = (status: FeedStatus, reason: ChainHealthReason, detail?: string): void => {
    said = `${status} ${reason}`;
    current = status;
    tell(status, reason, detail);
    told = () => tell(status, reason, detail);
  };
  const tell = (status: FeedStatus, reason: ChainHealthReason, detail?: string): void => {
    publish('global', { kind: 'feed.health', source, ...stamp(clock.now()), channel: 'blocks', status, reason, ...(detail === undefined ? {} : { detail }) });
  };
  return {
    stamp,
    health: (status, reason, detail) => {
      if (said !== `${status} ${reason}`) say(status, reason, detail);
    },
    // Before the first poll has ended nothing is known to be well.
    news: (reason, detail) => {
      const status = said === '' ? 'resyncing' : current;
      tell(status, reason, detail);
      if (status !== 'ok') told = () => tell(status, reason, detail);
    },
    progress: (detail) => {
      if (clock.now() - progressAt < PROGRESS_EVERY_MS) return false;
      progressAt = clock.now();
      say('resyncing', 'backfill', detail);
      return true;
    },
    watermark: (eventTime) => {
      if (!(eventTime > watermark)) return;
      watermark = eventTime;
      publish('global', { kind: 'watermark', source, ...stamp(epochMs(eventTime)) });
      repeatedAt ??= eventTime;
      if (eventTime - repeatedAt < REPEAT_EVERY_MS) return;
      repeatedAt = eventTime;
      told();
    },
    lastWatermark: () => watermark,
  };
}
