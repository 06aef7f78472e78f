import type { ProducersMessage, ReserveMessage } from '@breakwater/contracts';
import type { Result } from '@breakwater/models/core';
import type { BlockRef, ChainMessage, ChainView, Entry, Header, ReserveEvent } from './node.ts';

/** What stands in a `reserve` message before it is published. */
export type ReserveReading = Omit<ReserveMessage, 'seq' | 'receivedAt' | 'eventTime'>;

/** What stands in a `producers` message before it is published. */
export type ProducersReading = Omit<ProducersMessage, 'seq' | 'receivedAt' | 'eventTime'>;

/** Who makes a chain's blocks, watched beside its transfers with the same endpoints. */
export interface ProducerWatch<E extends Entry> {
  /** What is to be told of them now that the head is `at`; asked after every poll that has followed it. Rejects only when the caller stopped. */
  readonly read: (view: Pick<ChainView<E>, 'producers'>, at: BlockRef) => Promise<readonly ProducersReading[]>;
  /** Readings that could not be used, by reason. */
  readonly rejects: () => Readonly<Record<string, number>>;
}

/** The reserves behind tokens, watched beside their transfers: with the same endpoints, and their events in the same window. */
export interface ReserveWatch<E extends Entry> {
  /** The events that an entry is, of the block whose entries are `ofBlock`; a failure says why it is none although it should be. */
  readonly events: (entry: E, header: Header, ofBlock: readonly E[]) => readonly Result<ReserveEvent, string>[];
  /** Told of what was published. */
  readonly note: (messages: readonly ChainMessage[]) => void;
  /** What is to be told of the reserves after the block `at`; asked after every poll that has followed the head. Rejects only when the caller stopped. */
  readonly read: (view: Pick<ChainView<E>, 'read'>, at: BlockRef) => Promise<readonly ReserveReading[]>;
  /** Readings that could not be used, by reason. */
  readonly rejects: () => Readonly<Record<string, number>>;
}
