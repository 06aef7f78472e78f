import { BreakwaterError } from '@breakwater/platform/errors';
import type { Endpoints, Member } from './endpoints.ts';
import type { Entry, ProducerTable } from './node.ts';

/** What part of all votes two nodes may place otherwise and still say the same: they are asked a moment apart, and anybody may vote between. Design assumption. */
const VOTES_APART = 0.01;

/** Whether two nodes say the same: one schedule, and votes that differ by no more than what is cast within moments. Symmetric. O(candidates). */
export function areNear(a: ProducerTable, b: ProducerTable): boolean {
  if (a.scheduleVersion !== b.scheduleVersion || a.scheduled.length !== b.scheduled.length || a.scheduled.some((producer, i) => producer !== b.scheduled[i])) return false;
  const [left, right] = [sharesOf(a), sharesOf(b)];
  let apart = 0;
  for (const producer of new Set([...left.keys(), ...right.keys()])) apart += Math.abs((left.get(producer) ?? 0) - (right.get(producer) ?? 0));
  return apart / 2 <= VOTES_APART;
}

function sharesOf({ candidates }: ProducerTable): ReadonlyMap<string, number> {
  const total = candidates.reduce((sum, { votes }) => sum + votes, 0);
  return new Map(candidates.map(({ producer, votes }) => [producer, total > 0 ? votes / total : 0]));
}

/**
 * What so many of the endpoints say of a chain's producers. Nobody is accused, since the answer is of no block: what differs is left, and where too few say the same it rejects (`chain-mismatch`), else with what failed first. One request an endpoint, all at once.
 */
export async function agreedProducers<E extends Entry>(endpoints: Pick<Endpoints<E>, 'askAside'>, members: readonly Member<E>[], needed: number): Promise<ProducerTable> {
  const answers = await Promise.all(members.map((member) => endpoints.askAside(member, async ({ producers }) => {
    if (producers === undefined) throw new BreakwaterError('bad-answer', `${member.name}: names no producers`);
    return producers();
  })));
  const tables = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
  const agreed = tables.find((table) => tables.filter((other) => areNear(table, other)).length >= needed);
  if (agreed !== undefined) return agreed;
  const failures = answers.flatMap((answer) => (answer.ok ? [] : [answer.error]));
  if (tables.length < needed && failures[0] !== undefined) throw failures[0];
  throw new BreakwaterError('chain-mismatch', `producers: ${String(needed)} of ${members.map(({ name }) => name).join(', ')} must say the same, and do not`);
}
