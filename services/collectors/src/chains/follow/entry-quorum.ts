import { BreakwaterError } from '@breakwater/platform/errors';
import type { Endpoints, Member } from './endpoints.ts';
import type { Entry, Header } from './node.ts';
import { transferKey } from './node.ts';
import { best, type Answer } from './votes.ts';

/** What agreement on the entries of a block needs. */
export interface EntryQuorumDeps<E extends Entry> {
  readonly endpoints: Endpoints<E>;
  readonly doubtful?: ((header: Header, entries: readonly E[]) => string | undefined) | undefined;
  /** Told when a header claimed entries that nobody had. */
  readonly onDoubt: () => void;
  /** A moment before a block is asked for once more, where it is new. */
  readonly pause: (header: Header) => Promise<void>;
  /** How many must agree now: fewer than before when an endpoint was accused, unless the number is fixed by config. */
  readonly need: () => number;
}

/** Agreement on what a block holds. */
export interface EntryQuorum<E extends Entry> {
  /**
   * The entries that `needed` of `members` give for a block. Who gives others than so many do is accused. Where two differ and no third is there, the
   * header's filter is the second witness: who it contradicts is accused. One node alone is asked again, or another one, when the filter contradicts it;
   * by the filter alone nobody is accused.
   */
  entries(members: readonly Member<E>[], needed: number, header: Header): Promise<readonly E[]>;
  /** The same text for the same entries in any order. */
  keyOf(entries: readonly E[]): string;
}

/** Makes the agreement on entries. Costs as many requests as must agree, and one more where something is doubtful. */
export function createEntryQuorum<E extends Entry>(deps: EntryQuorumDeps<E>): EntryQuorum<E> {
  const { endpoints } = deps;
  const doubt = (header: Header, entries: readonly E[]): string | undefined => deps.doubtful?.(header, entries);
  const keyOf = (entries: readonly E[]): string => JSON.stringify([...entries].sort((a, b) => a.logIndex - b.logIndex || (a.tx < b.tx ? -1 : 1)));

  const accuseOthers = (header: Header, right: readonly E[], answers: readonly Answer<E, readonly E[]>[]): void => {
    const known = new Set(right.map((entry) => keyOf([entry])));
    for (const { member, value } of answers) {
      if (keyOf(value) === keyOf(right)) continue;
      const omitted = value.every((entry) => known.has(keyOf([entry])));
      const missing = right.filter((entry) => !value.some((other) => transferKey(other) === transferKey(entry)));
      endpoints.accuse(member, omitted ? 'omitted-entries' : 'other-entries', `block ${header.number} ${header.hash}: ${value.length} entries there and ${right.length} to others${missing[0] === undefined ? '' : `, ${missing[0].tx} is missing`}`);
    }
  };

  const entries = async (members: readonly Member<E>[], needed: number, header: Header, second = false): Promise<readonly E[]> => {
    const answers: Answer<E, readonly E[]>[] = [];
    for (const member of members) {
      const answer = await endpoints.ask(member, (node) => node.entries(header));
      if (!answer.ok) continue;
      answers.push({ member, value: answer.value, key: keyOf(answer.value) });
      const group = best(answers);
      // So many voices are enough unless the filter contradicts them: then every endpoint is heard.
      if (group.length >= needed && doubt(header, group[0]?.value ?? []) === undefined) break;
    }
    const group = best(answers);
    const first = group[0];
    if (first === undefined) throw endpoints.lastError() ?? new BreakwaterError('http-failed', `entries of block ${header.number}: no endpoint answered`);
    const doubtful = doubt(header, first.value) !== undefined;
    if (doubtful && !second) {
      // Nodes show a new block before they have indexed its logs: a moment later they do.
      await deps.pause(header);
      return entries(members, needed, header, true);
    }
    // A filter that contradicts everybody claims what is not there; one that only the majority contradicts is a witness against it.
    if (group.length < needed || (doubtful && answers.some(({ value }) => doubt(header, value) === undefined))) return arbitrate(answers, needed, header);
    accuseOthers(header, first.value, answers);
    if (doubtful) deps.onDoubt();
    return first.value;
  };

  /** Endpoints differ and no group is large enough: the header's filter is one more witness. */
  const arbitrate = (answers: readonly Answer<E, readonly E[]>[], needed: number, header: Header): readonly E[] => {
    const credible = answers.filter(({ value }) => doubt(header, value) === undefined);
    const right = best(credible);
    const first = right[0];
    if (first !== undefined && right.length === credible.length && credible.length < answers.length) {
      accuseOthers(header, first.value, answers);
      if (right.length >= deps.need()) return first.value;
    }
    throw new BreakwaterError('chain-mismatch', `entries of block ${header.number}: ${answers.map(({ member, value }) => `${member.name} has ${value.length}`).join(', ')}, and ${needed} must agree`);
  };

  return { entries: (members, needed, header) => entries(members, needed, header), keyOf };
}
