import type { Member } from './endpoints.ts';
import type { Entry } from './node.ts';

/** What one endpoint answered; answers with one key are the same. */
export interface Answer<E extends Entry, T> {
  readonly member: Member<E>;
  readonly value: T;
  readonly key: string;
}

/** The largest group of equal answers, the earlier one of two as large; empty when there are none. */
export function best<E extends Entry, T>(answers: readonly Answer<E, T>[]): readonly Answer<E, T>[] {
  const groups = new Map<string, Answer<E, T>[]>();
  for (const answer of answers) groups.set(answer.key, [...(groups.get(answer.key) ?? []), answer]);
  return [...groups.values()].reduce<readonly Answer<E, T>[]>((a, b) => (b.length > a.length ? b : a), []);
}
