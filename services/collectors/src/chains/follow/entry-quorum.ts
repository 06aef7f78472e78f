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
  /** True when the number that must agree is fixed by config and does not shrink with an endpoint that was accused. */
  readonly fixed: boolean;
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

  const entries = async (members: readonly Member<E>[], needed: number, header: Header): Promise<readonly E[]> => {
    const answers: Answer<E, readonly E[]>[] = [];
    for (const member of members) {
      const answer = await endpoints.ask(member, (node) => node.entries(header));
      if (!answer.ok) continue;
      answers.push({ member, value: answer.value, key: keyOf(answer.value) });
      const group = best(answers);
      // One voice alone is enough where one is needed, unless the filter contradicts it: then the next endpoint is heard.
      if (group.length >= needed && (group.length > 1 || doubt(header, group[0]?.value ?? []) === undefined)) break;
    }
    const group = best(answers);
    const first = group[0];
    if (first === undefined) throw endpoints.lastError() ?? new BreakwaterError('http-failed', `entries of block ${header.number}: no endpoint answered`);
    if (group.length < needed || (group.length === 1 && answers.length > 1)) return arbitrate(answers, needed, header);
    accuseOthers(header, first.value, answers);
    if (group.length === 1 && doubt(header, first.value) !== undefined) return askAgain(first.member, header);
    if (doubt(header, first.value) !== undefined) deps.onDoubt();
    return first.value;
  };

  /** There is nobody else: the same one again, and what it says then stands. */
  const askAgain = async (member: Member<E>, header: Header): Promise<readonly E[]> => {
    const again = await endpoints.ask(member, (node) => node.entries(header));
    if (!again.ok) throw again.error;
    if (doubt(header, again.value) !== undefined) deps.onDoubt();
    return again.value;
  };

  /** Endpoints differ and no group is large enough: the header's filter is one more witness. */
  const arbitrate = (answers: readonly Answer<E, readonly E[]>[], needed: number, header: Header): readonly E[] => {
    const credible = answers.filter(({ value }) => doubt(header, value) === undefined);
    const right = best(credible);
    const first = right[0];
    if (first !== undefined && right.length === credible.length && credible.length < answers.length) {
      accuseOthers(header, first.value, answers);
      if (!deps.fixed || right.length >= needed) return first.value;
    }
    throw new BreakwaterError('chain-mismatch', `entries of block ${header.number}: ${answers.map(({ member, value }) => `${member.name} has ${value.length}`).join(', ')}, and ${needed} must agree`);
  };

  return { entries, keyOf };
}
