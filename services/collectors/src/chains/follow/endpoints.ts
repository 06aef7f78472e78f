import type { Rng } from '@breakwater/models/core';
import { defined } from '@breakwater/models/core';
import type { Clock } from '@breakwater/platform/clock';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { ChainNode, Entry } from './node.ts';

/**
 * What an endpoint is accused of. `wrong-chain`: it serves another chain. `wrong-answer`: blocks or entries of another block than asked for.
 * `other-hash`: again and again another block at a height than the quorum. `other-history`, `finality-violation`: another block below the deepest
 * reorganisation, or where blocks were final. `omitted-entries`, `other-entries`: fewer entries of a block, or others, than the quorum.
 */
export type Accusation = 'wrong-chain' | 'wrong-answer' | 'other-hash' | 'other-history' | 'finality-violation' | 'omitted-entries' | 'other-entries';

/** Times of back-off and quarantine, milliseconds. */
export interface EndpointTimes {
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  readonly quarantineMs: number;
  readonly maxQuarantineMs: number;
  /** An endpoint that has answered nothing for so long is taken for gone. */
  readonly deadAfterMs: number;
}

/** One endpoint and what is known of it. */
export interface Member<E extends Entry> {
  readonly node: ChainNode<E>;
  readonly index: number;
  readonly name: string;
}

/** What an endpoint answered, or how it failed; the failure is already noted. */
export type Asked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: BreakwaterError };

/** The endpoints of one chain: who may be asked now, who waits and who is in quarantine. */
export interface Endpoints<E extends Entry> {
  readonly size: number;
  /** Those neither waiting nor in quarantine, in the order of the config. */
  usable(): readonly Member<E>[];
  /** Those that count when a majority is asked for: neither in quarantine nor gone. One that failed a moment ago counts, or a liar would be the majority of the rest. */
  present(): readonly Member<E>[];
  /**
   * Asks one endpoint and notes how it did: a failure makes it wait (as long as it asks, ever longer in a row), a `chain-mismatch` accuses it of
   * `wrong-answer`. Rethrows `aborted` and what is no `BreakwaterError`.
   */
  ask<T>(member: Member<E>, work: (node: ChainNode<E>) => Promise<T>): Promise<Asked<T>>;
  /** As `ask`, for what the chain can be followed without: an endpoint that fails at it is neither made to wait nor accused, and one that answers is no better for it. */
  askAside<T>(member: Member<E>, work: (node: ChainNode<E>) => Promise<T>): Promise<Asked<T>>;
  /** Puts an endpoint in quarantine, each time for longer; it is then asked again from the beginning. */
  accuse(member: Member<E>, of: Accusation, detail: string): void;
  /** Notes that an endpoint agrees with the others again. */
  cleared(member: Member<E>): void;
  /** Milliseconds until the next endpoint may be asked; 0 when one may be now. */
  nextIn(): number;
  /** Those accused that have not agreed with the others since, as `<host>: <accusation>`. */
  quarantined(): readonly string[];
  /** Failed requests since the start. */
  failures(): number;
  /** The last failure, undefined before the first. */
  lastError(): BreakwaterError | undefined;
}

/** What endpoints need. `onQuarantine` and `onBack` are told of each change. */
export interface EndpointsDeps<E extends Entry> {
  readonly nodes: readonly ChainNode<E>[];
  readonly chain: string;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly times: EndpointTimes;
  readonly onFailure: (name: string, error: BreakwaterError) => void;
  readonly onQuarantine: (name: string, of: Accusation, detail: string) => void;
  readonly onBack: (name: string) => void;
}

interface State {
  answeredAt: number;
  failures: number;
  waitUntil: number;
  quarantineUntil: number;
  quarantines: number;
  accusation: Accusation | undefined;
  verified: boolean;
}

/** A node's wish to wait is honoured up to this, so that one bad header cannot stop it for good. Design assumption. */
export const MAX_RETRY_AFTER_MS = 600_000;

/** Keeps the endpoints of a chain. Bounded by their number. */
export function createEndpoints<E extends Entry>(deps: EndpointsDeps<E>): Endpoints<E> {
  const { clock, rng, times } = deps;
  const members = deps.nodes.map((node, index): Member<E> => ({ node, index, name: nameOf(deps.nodes, index) }));
  const states = members.map((): State => ({ answeredAt: clock.now(), failures: 0, waitUntil: 0, quarantineUntil: 0, quarantines: 0, accusation: undefined, verified: false }));
  let failed = 0;
  let lastError: BreakwaterError | undefined;
  const stateOf = (member: Member<E>): State => defined(states[member.index], 'a state of each endpoint');
  const readyAt = (state: State): number => Math.max(state.waitUntil, state.quarantineUntil);

  const accuse = (member: Member<E>, of: Accusation, detail: string): void => {
    const state = stateOf(member);
    state.quarantineUntil = clock.now() + Math.min(times.maxQuarantineMs, times.quarantineMs * 2 ** Math.min(state.quarantines, 30));
    state.quarantines++;
    state.accusation = of;
    state.verified = false;
    deps.onQuarantine(member.name, of, detail);
  };
  const fail = (member: Member<E>, error: BreakwaterError): void => {
    const state = stateOf(member);
    failed++;
    lastError = error;
    state.verified = false;
    if (error.code === 'chain-mismatch') {
      accuse(member, 'wrong-answer', error.message);
      return;
    }
    state.failures++;
    const longest = Math.min(times.maxBackoffMs, times.backoffMs * 2 ** Math.min(state.failures - 1, 30));
    state.waitUntil = clock.now() + Math.max(Math.min(error.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS), longest * (0.5 + rng.next() / 2));
    deps.onFailure(member.name, error);
  };
  const attempt = async <T>(work: () => Promise<T>): Promise<Asked<T>> => {
    try {
      return { ok: true, value: await work() };
    } catch (error) {
      if (!(error instanceof BreakwaterError) || error.code === 'aborted') throw error;
      return { ok: false, error };
    }
  };
  const guarded = async <T>(member: Member<E>, work: () => Promise<T>): Promise<Asked<T>> => {
    const answer = await attempt(work);
    if (!answer.ok) fail(member, answer.error);
    return answer;
  };
  /** Makes sure that an endpoint serves the chain; undefined when it does. */
  const verified = async (member: Member<E>): Promise<Extract<Asked<never>, { readonly ok: false }> | undefined> => {
    const state = stateOf(member);
    if (!state.verified) {
      const identity = await guarded(member, () => member.node.identity());
      if (!identity.ok) return identity;
      if (identity.value !== deps.chain) {
        const error = new BreakwaterError('chain-mismatch', `${member.name}: serves chain ${identity.value}, not ${deps.chain}`);
        failed++;
        lastError = error;
        accuse(member, 'wrong-chain', error.message);
        return { ok: false, error };
      }
      state.verified = true;
    }
    return undefined;
  };
  const askAside = async <T>(member: Member<E>, work: (node: ChainNode<E>) => Promise<T>): Promise<Asked<T>> => (await verified(member)) ?? attempt(() => work(member.node));
  const ask = async <T>(member: Member<E>, work: (node: ChainNode<E>) => Promise<T>): Promise<Asked<T>> => {
    const state = stateOf(member);
    const refused = await verified(member);
    if (refused !== undefined) return refused;
    const answer = await guarded(member, () => work(member.node));
    if (answer.ok) {
      state.failures = 0;
      state.answeredAt = clock.now();
    }
    return answer;
  };
  const cleared = (member: Member<E>): void => {
    const state = stateOf(member);
    if (state.accusation === undefined) return;
    state.accusation = undefined;
    deps.onBack(member.name);
  };
  return {
    size: members.length, ask, askAside, accuse, cleared,
    usable: () => members.filter((member) => readyAt(stateOf(member)) <= clock.now()),
    present: () => members.filter((member) => {
      const { quarantineUntil, failures, answeredAt } = stateOf(member);
      return quarantineUntil <= clock.now() && (failures === 0 || clock.now() - answeredAt < times.deadAfterMs);
    }),
    nextIn: () => Math.max(0, Math.min(...states.map(readyAt)) - clock.now()),
    quarantined: () => members.filter((member) => stateOf(member).accusation !== undefined).map((member) => `${member.name}: ${stateOf(member).accusation ?? ''}`),
    failures: () => failed,
    lastError: () => lastError,
  };
}

/** The host; two endpoints of one host are told apart by their place. */
function nameOf(nodes: readonly { readonly name: string }[], index: number): string {
  const name = nodes[index]?.name ?? '';
  return nodes.filter((node) => node.name === name).length > 1 ? `${name}#${index + 1}` : name;
}
