import type { Group } from './group.ts';
import type { PartitionMessage, PartitionReader, PartitionTerms, Subscription } from './index.ts';

/** A member of the group, in the order of joining: the first holds the partition, the others wait for it. */
interface Member {
  readonly terms: PartitionTerms;
  opening: Promise<PartitionReader> | undefined;
  /** The batch it is handling. */
  handling: Promise<void> | undefined;
}

/** The one partition of a memory bus: everything on `assets` and `global` in the order of publication, at one member of the group at a time. */
export interface MemoryPartition {
  join(terms: PartitionTerms): Subscription;
}

/**
 * Makes the partition on a group that takes both topics. Nothing is kept: positions count what was handed over, and a member begins with what
 * is published from then on, or with what its predecessor did not handle. `begin` is how much was published before the group was made, so that a gap between two groups shows.
 */
export function createMemoryPartition(group: Group<'assets' | 'global'>, name: string, begin: number): MemoryPartition {
  let members: Member[] = [];
  let membership: { stop(): Promise<void> } | undefined;
  let position = begin;
  let handled: number | undefined;
  /** Whoever failed with nobody left to go on. */
  let last: Member | undefined;
  /** The last holder's farewell: the next one is opened after it. */
  let released: Promise<unknown> = Promise.resolve();

  const readerOf = (member: Member): Promise<PartitionReader> =>
    (member.opening ??= released.then(() => member.terms.open({ partition: 0, holds: () => true, handled, kept: { from: position, until: position } })));
  const leave = (member: Member): void => {
    members = members.filter((other) => other !== member);
    const [next] = members;
    // Opening that fails is told when the first batch comes.
    if (next !== undefined) readerOf(next).catch(() => undefined);
  };
  const close = async (member: Member): Promise<void> => {
    await member.handling;
    const reader = await member.opening?.catch(() => undefined);
    await reader?.close('stopped');
  };
  const give = async (member: Member, batch: readonly PartitionMessage[]): Promise<void> => {
    const reader = await readerOf(member);
    await reader.handler(batch, position + batch.length);
    position += batch.length;
    handled = position;
  };
  /** Whoever fails is out, and the batch goes to the next; with nobody left the group hears of it. */
  const handler = async (batch: readonly PartitionMessage[]): Promise<void> => {
    for (;;) {
      const [holder] = members;
      if (holder === undefined) return;
      const work = give(holder, batch);
      holder.handling = work.catch(() => undefined);
      try {
        await work;
        return;
      } catch (error) {
        leave(holder);
        if (members.length === 0) {
          last = holder;
          throw error;
        }
        holder.terms.onError?.(error);
      } finally {
        holder.handling = undefined;
      }
    }
  };
  return {
    join: (terms) => {
      const own: Member = { terms, opening: undefined, handling: undefined };
      members.push(own);
      membership ??= group.join({ group: name, handler, onError: (error) => (last ?? own).terms.onError?.(error) });
      if (members[0] === own) readerOf(own).catch(() => undefined);
      return {
        stop: async () => {
          if (!members.includes(own)) return;
          const closed = close(own);
          released = Promise.all([released, closed.catch(() => undefined)]);
          leave(own);
          // The group's batch at hand is this member's: it ends before the group does.
          if (members.length === 0) await membership?.stop();
          await closed;
        },
      };
    },
  };
}
