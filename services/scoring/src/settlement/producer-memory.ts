import type { ProducersMessage } from '@breakwater/contracts';
import { HOUR, type ChainId, type EpochMs } from '@breakwater/models/core';

/** What was read longer ago is told no more: six times what passes between two readings by default, so that nodes that answer late do not blank it [A]. */
export const producersKeptMs = HOUR;

/** What survives a restart: the last message of each chain. */
export type SavedProducers = readonly ProducersMessage[];

/** Who makes the blocks of the chains of an asset, as was told last. Bounded by the chains that tell. */
export interface ProducerMemory {
  /** Folding one twice changes nothing; of two of a chain the later one counts, whatever their order. */
  fold(message: ProducersMessage): void;
  /** By chain, however old. */
  chains(): readonly ProducersMessage[];
  /** By chain, what was read within `producersKeptMs` before `at`: nothing of chains whose nodes have stopped answering, or that are read no more. */
  recent(at: EpochMs): readonly ProducersMessage[];
  /** Grows with every change of what `save` gives. */
  version(): number;
  save(): SavedProducers;
}

/** Nothing known but what was saved. */
export function createProducerMemory(saved: SavedProducers = []): ProducerMemory {
  const last = new Map<ChainId, ProducersMessage>(saved.map((message) => [message.chain, message]));
  let version = 0;
  const chains = (): readonly ProducersMessage[] => [...last.values()].sort((a, b) => (a.chain < b.chain ? -1 : 1));
  return {
    fold: (message) => {
      const held = last.get(message.chain);
      if (held !== undefined && (held.eventTime > message.eventTime || (held.eventTime === message.eventTime && held.receivedAt >= message.receivedAt))) return;
      last.set(message.chain, message);
      version++;
    },
    chains, recent: (at) => chains().filter(({ eventTime }) => eventTime > at - producersKeptMs), version: () => version, save: chains,
  };
}
