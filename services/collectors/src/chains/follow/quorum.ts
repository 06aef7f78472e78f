import type { Result } from '@breakwater/models/core';
import { defined, err } from '@breakwater/models/core';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { Accusation, Endpoints, Member } from './endpoints.ts';
import { createEntryQuorum } from './entry-quorum.ts';
import type { BlockRef, ChainView, ContractCall, Entry, Header, RangeRefusal, Settlement } from './node.ts';
import { agreedProducers } from './producer-quorum.ts';
import { best, type Answer } from './votes.ts';
import type { ChainWindow } from './window.ts';

/** What the endpoints say of the head together. */
export type Survey<E extends Entry> =
  | { readonly kind: 'agreed'; readonly head: Header; readonly view: QuorumView<E>; /** Who agrees, and whether nobody who was asked disagrees. */ readonly members: readonly number[]; readonly unanimous: boolean; /** Some endpoint knows blocks beyond the head. */ readonly ahead: boolean }
  | { readonly kind: 'no-quorum'; readonly detail: string }
  | { readonly kind: 'no-endpoint' };

/** A chain as a quorum of endpoints shows it. */
export interface QuorumView<E extends Entry> extends ChainView<E> {
  /** The newest block that as many endpoints as needed call safe or final; a block that contradicts the ones held counts for nothing. */
  settled(level: Settlement): Promise<BlockRef | undefined | 'unsupported'>;
}

/** How agreement is reached. */
export interface QuorumConfig {
  /** Endpoints that must agree; absent: more than half of those that are neither gone, in quarantine nor lagging. */
  readonly quorum?: number | undefined;
  /** An endpoint whose head is older than this, by our clock and by a head that enough others have reached, lags. */
  readonly lagAfterMs: number;
  readonly maxReorgDepth: number;
}

/** What a quorum needs. */
export interface QuorumDeps<E extends Entry> {
  readonly endpoints: Endpoints<E>;
  readonly window: ChainWindow;
  readonly config: QuorumConfig;
  readonly now: () => number;
  /** Waits a moment. */
  readonly pause: () => Promise<void>;
  /** Whether what a node says a block holds contradicts the block's own header, in words. It may be wrong: it makes others be asked, and counts as evidence only beside another node's answer. */
  readonly doubtful?: ((header: Header, entries: readonly E[]) => string | undefined) | undefined;
  /** Told when endpoints start and stop to lag. */
  readonly onLag: (name: string, lags: boolean, detail: string) => void;
}

/** The endpoints of a chain as one voice. */
export interface Quorum<E extends Entry> {
  /** Asks every usable endpoint for its head. */
  survey(): Promise<Survey<E>>;
  /** Blocks whose header claimed entries that no endpoint had: a bloom filter may. */
  doubts(): number;
}

/** Polls in a row in which an endpoint may name another block than the quorum: an ordinary fork at the head is over sooner. Design assumption. */
const STRIKES = 3;

/** Joins endpoints into one chain. Costs one request per endpoint and survey, one more per endpoint that is ahead, and as many per read as must agree. */
export function createQuorum<E extends Entry>(deps: QuorumDeps<E>): Quorum<E> {
  const { endpoints, window, config } = deps;
  const strikes = new Map<number, number>();
  const lagging = new Set<number>();
  /** Since when endpoints are behind a head that half of them have. */
  const behindSince = new Map<number, number>();
  let doubts = 0;
  const onDoubt = (): void => {
    doubts++;
  };
  const need = (): number => config.quorum ?? Math.floor(endpoints.present().filter(({ index }) => !lagging.has(index)).length / 2) + 1;

  const strike = async (member: Member<E>, detail: string): Promise<void> => {
    const [stranger] = await strangers([member]);
    if (stranger !== undefined) {
      endpoints.accuse(stranger.member, stranger.of, stranger.detail);
      strikes.delete(member.index);
      return;
    }
    const count = (strikes.get(member.index) ?? 0) + 1;
    strikes.set(member.index, count);
    if (count < STRIKES) return;
    strikes.delete(member.index);
    endpoints.accuse(member, 'other-hash', detail);
  };

  /** Those whose chain leaves the held one below the deepest reorganisation: this can be told without a majority. */
  const strangers = async (members: readonly Member<E>[]): Promise<readonly { readonly member: Member<E>; readonly of: Accusation; readonly detail: string }[]> => {
    const tip = window.tip()?.number ?? -1;
    const anchor = window.blocks().findLast((block) => block.number <= Math.max(window.settled('final'), tip - config.maxReorgDepth));
    if (anchor === undefined) return [];
    const answers = await Promise.all(members.map(async (member) => ({ member, answer: await endpoints.ask(member, (node) => node.block(anchor.number)) })));
    return answers.flatMap(({ member, answer }) => {
      if (!answer.ok || answer.value === undefined || answer.value.hash === anchor.hash) return [];
      const final = anchor.number > 0 && anchor.number <= window.settled('final');
      return [{ member, of: final ? 'finality-violation' as const : 'other-history' as const, detail: `block ${anchor.number} is ${answer.value.hash} there and ${anchor.hash} here${final ? ', where it is final' : ''}` }];
    });
  };

  /**
   * A head makes others late when more than half have reached it; when just half have, only those that stay behind it for `lagAfterMs` of our own clock: a
   * node that was asked a moment later, or saw the first block after a pause, is no reason to take its word alone. What a minority claims makes nobody late.
   */
  const withoutLaggards = (heads: readonly Voter<E>[]): readonly Voter<E>[] => {
    const now = deps.now();
    const times = heads.map(({ head }) => head.timestamp).sort((a, b) => b - a);
    // A head from the future makes no other one late, unless our own clock is behind them all.
    const plausible = times.filter((time) => time <= now + config.lagAfterMs);
    const counted = endpoints.present().length;
    const reached = (by: number): number => (plausible.length > 0 ? plausible : times)[by - 1] ?? -Infinity;
    const byMost = reached(Math.floor(counted / 2) + 1);
    const byHalf = reached(Math.ceil(counted / 2));
    return heads.filter(({ member, head }) => {
      const old = now - head.timestamp > config.lagAfterMs;
      if (!old || byHalf - head.timestamp <= config.lagAfterMs) behindSince.delete(member.index);
      else if (!behindSince.has(member.index)) behindSince.set(member.index, now);
      const lags = (old && byMost - head.timestamp > config.lagAfterMs) || now - (behindSince.get(member.index) ?? now) > config.lagAfterMs;
      if (lags !== lagging.has(member.index)) {
        if (lags) lagging.add(member.index);
        else lagging.delete(member.index);
        deps.onLag(member.name, lags, `its newest block is ${head.number}, ${Math.round((byHalf - head.timestamp) / 1000)} s behind`);
      }
      return !lags;
    });
  };

  /** The highest block that `needed` voters share: at the height that so many have reached, or one below it. */
  const agree = async (voters: readonly Voter<E>[], needed: number): Promise<{ readonly head: Header; readonly agreeing: readonly Member<E>[]; readonly others: readonly Answer<E, Header | undefined>[] } | undefined> => {
    const top = [...voters].sort((a, b) => b.head.number - a.head.number)[needed - 1]?.head.number ?? 0;
    for (const height of top > 0 ? [top, top - 1] : [top]) {
      const able = voters.filter(({ head }) => head.number >= height);
      const asked = await Promise.all(able.map(async ({ member, head }) => ({ member, answer: head.number === height ? { ok: true as const, value: head } : await endpoints.ask(member, (node) => node.block(height)) })));
      const answers = asked.flatMap(({ member, answer }): Answer<E, Header | undefined>[] => (answer.ok ? [{ member, value: answer.value, key: headerKey(answer.value) }] : []));
      const group = best(answers);
      const head = merged(group);
      if (head !== undefined && group.length >= needed) return { head, agreeing: group.map(({ member }) => member), others: answers.filter(({ key }) => key !== group[0]?.key) };
    }
    return undefined;
  };

  const survey = async (): Promise<Survey<E>> => {
    const asked = await Promise.all(endpoints.usable().map(async (member) => ({ member, answer: await endpoints.ask(member, (node) => node.head()) })));
    const answered = asked.flatMap(({ member, answer }) => (answer.ok ? [{ member, head: answer.value }] : []));
    if (answered.length === 0) return { kind: 'no-endpoint' };
    let voters = withoutLaggards(answered);
    for (let round = 0; round < 2 && voters.length >= need(); round++) {
      const needed = need();
      const agreed = await agree(voters, needed);
      if (agreed !== undefined) {
        const { head, agreeing, others } = agreed;
        for (const member of agreeing) {
          strikes.delete(member.index);
          endpoints.cleared(member);
        }
        for (const { member, value } of others) await strike(member, `block ${head.number} is ${value?.hash ?? 'missing'} there and ${head.hash} to ${agreeing.length} others`);
        return { kind: 'agreed', head, members: agreeing.map(({ index }) => index), unanimous: others.length === 0, ahead: voters.some((voter) => voter.head.number > head.number), view: createView(agreeing, needed, head.number - 1) };
      }
      const off = await strangers(voters.map(({ member }) => member));
      if (off.length === 0 || off.length === voters.length) break;
      for (const { member, of, detail } of off) endpoints.accuse(member, of, detail);
      voters = voters.filter(({ member }) => !off.some((one) => one.member === member));
    }
    const heads = answered.map(({ member, head }) => `${member.name} has ${head.number} ${head.hash.slice(0, 10)}`).join(', ');
    return { kind: 'no-quorum', detail: `${need()} of ${endpoints.size} endpoints must agree: ${heads}${endpoints.quarantined().map((one) => `; in quarantine ${one}`).join('')}` };
  };

  /** Asks members until `needed` say the same. */
  const vote = async <T>(members: readonly Member<E>[], needed: number, what: string, askOne: (member: Member<E>) => Promise<T>, keyOf: (value: T) => string, ask: 'ask' | 'askAside' = 'ask'): Promise<{ readonly value: T; readonly group: readonly Answer<E, T>[]; readonly others: readonly Answer<E, T>[] }> => {
    const answers: Answer<E, T>[] = [];
    let failure: BreakwaterError | undefined;
    for (const [index, member] of members.entries()) {
      if (answers.length + members.length - index < needed) break;
      const answer = await endpoints[ask](member, () => askOne(member));
      if (!answer.ok) {
        failure = answer.error;
        continue;
      }
      answers.push({ member, value: answer.value, key: keyOf(answer.value) });
      const group = best(answers);
      if (group.length >= needed) return { value: defined(group[0], 'an answer').value, group, others: answers.filter(({ key }) => key !== group[0]?.key) };
    }
    if (answers.length < needed) throw failure ?? endpoints.lastError() ?? new BreakwaterError('http-failed', `${what}: too few endpoints answered`);
    throw new BreakwaterError('chain-mismatch', `${what}: ${answers.map(({ member }) => member.name).join(', ')} say different things`);
  };

  /** What contracts answered, as `needed` say. Who answers otherwise is accused; who cannot answer, because it keeps no state of that block, is not, nor does anybody wait for having failed: the chain is followed without it. */
  const readOf = async (members: readonly Member<E>[], needed: number, at: BlockRef, calls: readonly ContractCall[]): Promise<readonly (string | undefined)[]> => {
    const { value, others } = await vote(members, needed, `contracts at block ${at.number}`, (member) => defined(member.node.read, 'a node that reads contracts')(at, calls), (answer) => JSON.stringify(answer), 'askAside');
    for (const { member, value: other } of others) {
      const differs = calls.findIndex((_, i) => other[i] !== undefined && value[i] !== undefined && other[i] !== value[i]);
      if (differs >= 0) endpoints.accuse(member, 'wrong-answer', `${calls[differs]?.to ?? ''} at block ${at.number} ${at.hash}: another answer than ${needed} others`);
    }
    return value;
  };

  const createView = (members: readonly Member<E>[], needed: number, newest: number): QuorumView<E> => {
    const entryQuorum = createEntryQuorum({ endpoints, doubtful: deps.doubtful, onDoubt, need, pause: async (header) => (header.number >= newest ? deps.pause() : undefined) });
    const range = async (from: number, to: number): Promise<Result<readonly E[], RangeRefusal>> => {
      const { value, others } = await vote(members, needed, `entries of blocks ${from} to ${to}`, (member) => defined(member.node.range, 'a node that reads ranges')(from, to), (answer) => (answer.ok ? entryQuorum.keyOf(answer.value) : 'refused')).catch((error: unknown) => {
        if (error instanceof BreakwaterError && error.code === 'chain-mismatch') return { value: err({ detail: error.message }), group: [], others: [] };
        throw error;
      });
      // Who differs is found out block by block: there the accusation can be proven.
      if (others.length > 0) return err({ detail: `endpoints differ on the entries of blocks ${from} to ${to}` });
      return value;
    };
    return {
      block: async (number) => {
        const { value, group, others } = await vote(members, needed, `block ${number}`, (member) => member.node.block(number), headerKey);
        for (const { member, value: other } of others) await strike(member, `block ${number} is ${other?.hash ?? 'missing'} there and ${value?.hash ?? 'missing'} to others`);
        return merged(group);
      },
      entries: (header) => entryQuorum.entries(members, needed, header),
      ...(members.every(({ node }) => node.range !== undefined) ? { range } : {}),
      ...(members.every(({ node }) => node.read !== undefined) ? { read: (at, calls) => readOf(members, needed, at, calls) } : {}),
      ...(members.every(({ node }) => node.producers !== undefined) ? { producers: () => agreedProducers(endpoints, members, needed) } : {}),
      settled: (level) => settledBy(members, needed, level),
    };
  };

  const settledBy = async (members: readonly Member<E>[], needed: number, level: Settlement): Promise<BlockRef | undefined | 'unsupported'> => {
    const answers: BlockRef[] = [];
    let unsupported = 0;
    for (const member of members) {
      const answer = await endpoints.ask(member, (node) => node.settled(level));
      if (!answer.ok) continue;
      if (answer.value === 'unsupported') unsupported++;
      else if (answer.value !== undefined) {
        const { number, hash } = answer.value;
        const held = window.hashAt(number);
        if (held === undefined || held === hash) answers.push(answer.value);
        else await strike(member, `${level} block ${number} is ${hash} there and ${held} here`);
      }
      if (answers.length >= needed) break;
    }
    if (answers.length >= needed) return answers.sort((a, b) => b.number - a.number)[needed - 1];
    return unsupported > members.length - needed ? 'unsupported' : undefined;
  };

  return { survey, doubts: () => doubts };
}

interface Voter<E extends Entry> {
  readonly member: Member<E>;
  readonly head: Header;
}

/** Two headers are the same when number, hash, parent and time are: a right hash with a wrong parent or time is a lie too. */
function headerKey(header: Header | undefined): string {
  return header === undefined ? 'none' : `${header.number} ${header.hash} ${header.parent} ${header.timestamp}`;
}

/**
 * The header that equal answers share. Its filter counts only where all have the same: kinds of nodes differ in what they put there, and a filter that one
 * made up must not testify against another.
 */
function merged<E extends Entry>(group: readonly Answer<E, Header | undefined>[]): Header | undefined {
  const first = group[0]?.value;
  if (first?.bloom === undefined || group.every(({ value }) => value?.bloom === first.bloom)) return first;
  const { number, hash, parent, timestamp } = first;
  return { number, hash, parent, timestamp };
}
