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
   * header's filter is the second witness: who it contradicts is accused. By the filter alone nobody is accused.
   *
   * What it guarantees where the header has a filter: while one honest endpoint answers and fewer lie than must agree, no block
   * whose filter claims an entry is passed over as one that holds none. An answer that the filter contradicts is waited with and asked for again, then everybody who has
   * the block is asked, then their receipts (`accounted`), until as many as must agree account for the whole filter; who cannot be reached then makes the call
   * reject, and the block is asked for again. Only where nodes have no receipts to show does their answer stand as it is, counted as a doubt. Without a filter, and
   * where a range is read at once, it is the quorum's word alone.
   */
  entries(members: readonly Member<E>[], needed: number, header: Header): Promise<readonly E[]>;
  /** The same text for the same entries in any order. */
  keyOf(entries: readonly E[]): string;
}

/** Makes the agreement on entries. Costs as many requests as must agree; where the filter claims what they lack, two from everybody and as many readings of receipts as must agree. */
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
    const first = best(answers)[0];
    if (first === undefined) throw endpoints.lastError() ?? new BreakwaterError('http-failed', `entries of block ${header.number}: no endpoint answered`);
    if (doubt(header, first.value) === undefined) return decide(answers, needed, header);
    if (!second) {
      // Nodes show a new block before they have indexed its logs: a moment later they do.
      await deps.pause(header);
      return entries(members, needed, header, true);
    }
    return doubted([...answers, ...(await outside(members, header))], needed, header);
  };

  /** What those say who are no members (they lag, or are on another fork) and yet have this very block. */
  const outside = async (members: readonly Member<E>[], header: Header): Promise<readonly Answer<E, readonly E[]>[]> => {
    const answers: Answer<E, readonly E[]>[] = [];
    for (const member of endpoints.usable().filter((one) => !members.includes(one))) {
      const block = await endpoints.ask(member, (node) => node.block(header.number));
      if (!block.ok || block.value?.hash !== header.hash) continue;
      const answer = await endpoints.ask(member, (node) => node.entries(header));
      if (answer.ok) answers.push({ member, value: answer.value, key: keyOf(answer.value) });
    }
    return answers;
  };

  /** The filter contradicts what most say, and waiting did not help: what accounts for the whole filter decides, from each in turn until as many as must agree have shown it. */
  const doubted = async (answers: readonly Answer<E, readonly E[]>[], needed: number, header: Header): Promise<readonly E[]> => {
    const credible = answers.filter(({ value }) => doubt(header, value) === undefined);
    if (best(answers).length < needed && credible.length > 0) return decide(answers, needed, header);
    const shown: Answer<E, readonly E[]>[] = [];
    for (const { member, value } of answers) {
      if (doubt(header, value) === undefined) continue;
      const reading = await endpoints.ask(member, async (node) => node.accounted?.(header));
      // It may hold the transfer: without its word the block is not passed over, but asked for again.
      if (!reading.ok) throw reading.error;
      if (reading.value !== undefined) shown.push({ member, value: reading.value, key: keyOf(reading.value) });
      const group = best(shown);
      if (group.length < needed || group.length <= credible.length) continue;
      const right = group[0]?.value ?? [];
      // Who was not asked for receipts may be as late with its index as these were, and is accused of nothing.
      if (doubt(header, right) === undefined) return decide([...shown, ...credible], needed, header);
      accuseOthers(header, right, answers);
      deps.onDoubt();
      return right;
    }
    // A node's own receipts are better than its index.
    return decide(answers.map((answer) => shown.find(({ member }) => member === answer.member) ?? answer), needed, header);
  };

  const decide = (answers: readonly Answer<E, readonly E[]>[], needed: number, header: Header): readonly E[] => {
    const group = best(answers);
    const right = group[0]?.value ?? [];
    const doubtful = doubt(header, right) !== undefined;
    // A filter that contradicts everybody claims what is not there; one that only the majority contradicts is a witness against it.
    if (group.length < needed || (doubtful && answers.some(({ value }) => doubt(header, value) === undefined))) return arbitrate(answers, needed, header);
    accuseOthers(header, right, answers);
    if (doubtful) deps.onDoubt();
    return right;
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
