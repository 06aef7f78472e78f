import { randomUUID } from 'node:crypto';
import type { Rng } from '@breakwater/models/core';
import type { Clock } from '../clock/index.ts';
import { sleep } from '../clock/index.ts';
import { BreakwaterError, messageOf } from '../errors.ts';
import type { KafkaClient, KafkaConnection, OutgoingRecord } from '../kafka/client.ts';
import { createKafkaClient } from '../kafka/client.ts';
import type { Transactions } from '../kafka/transactions.ts';
import { backoffDelay, type Backoff } from '../supervise.ts';
import type { JournalReads, JournalTurn, SharedJournal } from './index.ts';
import { createJournalCopy } from './journal-copy.ts';
import type { JournalFollower } from './journal-follower.ts';
import { followJournal } from './journal-follower.ts';
import type { JournalRecord } from './journal-log.ts';
import { encodeRecord, keyOfRecord } from './journal-log.ts';
import { createJournalWriter } from './journal-writer.ts';

/** What a journal on Kafka needs. */
export interface KafkaJournalOptions {
  readonly connection: KafkaConnection;
  /** Begins the name of the topic and the transactional id, as for the bus. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly rng: Rng;
  /** Copies of the log; the brokers' own default where it is not given. */
  readonly replicas?: number;
  /** How long one commit, or reading back that a turn has begun, may take before it counts as failed, milliseconds; default 8,000: a lease has run out by then. */
  readonly timeoutMs?: number;
}

/**
 * Compacted: the last record of each key for good. Small segments, because only closed ones are compacted; a record batch may be as large as on the bus. That a key was deleted is kept for
 * four weeks, in milliseconds, because a process that was cut off reads on where it was: longer than one may be cut off and live (design assumption); Kafka's default is a day.
 */
export const journalTopicConfig = { 'cleanup.policy': 'compact', 'segment.bytes': '67108864', 'max.message.bytes': '16777216', 'delete.retention.ms': String(28 * 86_400_000) } as const;
const beginBackoff: Backoff = { baseMs: 50, maxMs: 1_000 };

/**
 * A journal in one partition of one compacted topic, `<prefix>journal`. Every write is a transaction of the one producer `<prefix>alerting`, and counts when the brokers have
 * committed it; a producer that is opened shuts out every earlier one (KIP-98), so an older writer cannot write, however long it was asleep. Who that is, the log says: each
 * turn begins with a record of its term, and whoever finds a higher one than its own gives up for good, while a writer that the brokers shut out for another reason (its
 * transaction took too long, or an older one opened its producer late) opens its producer again. Reads are answered from a copy in memory that every process makes from the log.
 */
export function createKafkaJournal(options: KafkaJournalOptions): SharedJournal {
  const { clock, rng } = options;
  const { log } = options.connection;
  const topic = `${options.prefix}journal`;
  const client = createKafkaClient(options.connection);
  const copy = createJournalCopy();
  const open = (): Promise<unknown> => client.ensureTopics([{ topic, partitions: 1, replicas: options.replicas ?? -1, config: journalTopicConfig }]);
  const follower = followJournal({ client, topic, open, copy, clock, rng, log });
  const desk = openDesk({ client, follower, clock, topic, writerId: `${options.prefix}alerting`, open, timeoutMs: options.timeoutMs ?? 8_000 });
  const reads = readsWhen(() => follower.ready().then(() => {
    const failure = follower.failure();
    if (failure !== undefined) throw failure;
  }), copy.reads);
  const refuse = (): Promise<never> => Promise.reject(new BreakwaterError('standby', `journal ${topic} not written: this instance is not the active one`));
  const close = async (): Promise<void> => {
    await follower.close();
    await client.close();
    copy.close();
  };
  return {
    copy: { ...reads, saveCheckpoints: refuse, commitWarnings: refuse, recordAttempt: refuse, close },
    ready: () => follower.ready(),
    writer: () => follower.latestTurn(),
    take: async (turn) => {
      for (let attempt = 0; ; attempt++) {
        desk.requireTurn(turn);
        try {
          const first = await desk.begin(turn);
          log.info('journal-taken', { term: turn.term, commits: copy.head().commit });
          const writer = createJournalWriter({
            copy, name: topic, first, requireTurn: () => desk.requireTurn(turn), begin: () => desk.begin(turn), commit: (of, records) => desk.commit(turn, of, records),
          });
          return { ...reads, ...writer };
        } catch (error) {
          if (!(error instanceof BreakwaterError) || (!error.retryable && error.code !== 'fenced')) throw error;
          log.warn('journal-not-taken', { term: turn.term, attempt, error: messageOf(error) });
        }
        await sleep(clock, backoffDelay(attempt, rng, beginBackoff), turn.signal).catch(() => undefined);
      }
    },
    close,
  };
}

/** What every turn does to become and to stay the writer. */
interface Desk {
  /** Throws when the turn is over, a later one has begun (`fenced`), or the log cannot be read. */
  requireTurn(turn: JournalTurn): void;
  /** Shuts out everybody else and reads to the end. */
  begin(turn: JournalTurn): Promise<Transactions>;
  commit(turn: JournalTurn, writer: Transactions, records: readonly JournalRecord[]): Promise<void>;
}

interface DeskDeps {
  readonly client: KafkaClient;
  readonly follower: JournalFollower;
  readonly clock: Clock;
  readonly topic: string;
  readonly writerId: string;
  readonly open: () => Promise<unknown>;
  readonly timeoutMs: number;
}

function openDesk({ client, follower, clock, topic, writerId, open, timeoutMs }: DeskDeps): Desk {
  const outgoing = (record: JournalRecord): OutgoingRecord => ({ topic, partition: 0, key: keyOfRecord(record), value: encodeRecord(record) });
  const requireTurn = (turn: JournalTurn): void => {
    const failure = follower.failure();
    if (failure !== undefined) throw failure;
    const latest = follower.latestTurn();
    if (latest !== null && latest.term > turn.term) throw new BreakwaterError('fenced', `journal ${topic} not written: turn ${latest.term} has begun, this is ${turn.term}`);
    if (turn.signal.aborted || !turn.held()) throw new BreakwaterError('fenced', `journal ${topic} not written: turn ${turn.term} is over`);
  };
  const limited = <T>(turn: JournalTurn, what: string, work: Promise<T>): Promise<T> => whileTurn(clock, turn, timeoutMs, what, work);
  const begin = async (turn: JournalTurn): Promise<Transactions> => {
    await limited(turn, 'making the journal', open());
    const opening = client.transactions(writerId, timeoutMs);
    const writer = await limited(turn, 'opening the journal', opening).catch((error: unknown) => {
      void opening.then((late) => late.close(), () => undefined);
      throw error;
    });
    // Nothing else is open from here on: what is before this record is all there is.
    const mark = randomUUID();
    let forget = (): void => undefined;
    const seen = new Promise<void>((resolve) => (forget = follower.onTurn(mark, resolve)));
    try {
      await limited(turn, 'beginning a turn', writer.commit([outgoing({ kind: 'turn', term: turn.term, address: turn.address, mark })]));
      await limited(turn, 'reading to the end of the journal', seen).catch((error: unknown) => {
        follower.replace();
        throw error;
      });
      requireTurn(turn);
      return writer;
    } catch (error) {
      writer.close();
      throw error;
    } finally {
      forget();
    }
  };

  return { requireTurn, begin, commit: (turn, writer, records) => limited(turn, 'writing the journal', writer.commit(records.map(outgoing))) };
}

/** Waits for `work` no longer than a turn lasts, nor than `ms`: brokers that do not answer hold nobody up. What becomes of the work is then not known. */
async function whileTurn<T>(clock: Clock, turn: JournalTurn, ms: number, what: string, work: Promise<T>): Promise<T> {
  const limit = new AbortController();
  const end = (): void => limit.abort();
  turn.signal.addEventListener('abort', end, { once: true });
  if (turn.signal.aborted) end();
  const late = sleep(clock, ms, limit.signal).catch(() => undefined).then(() => {
    throw new BreakwaterError('bus-failed', `${what} failed: no answer within ${ms} ms, or the turn ended first`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    // Whichever of them is later, nobody hears of it.
    for (const other of [work, late]) other.catch(() => undefined);
    turn.signal.removeEventListener('abort', end);
    end();
  }
}

/** Reads that wait first. */
function readsWhen(ready: () => Promise<void>, reads: JournalReads): JournalReads {
  return {
    checkpoint: (name) => ready().then(() => reads.checkpoint(name)),
    openWarnings: (asset) => ready().then(() => reads.openWarnings(asset)),
    warnings: (after, limit) => ready().then(() => reads.warnings(after, limit)),
    latestWarnings: (query) => ready().then(() => reads.latestWarnings(query)),
    warning: (id) => ready().then(() => reads.warning(id)),
    pending: (recipient, now, limit, order) => ready().then(() => reads.pending(recipient, now, limit, order)),
    nextDue: (recipient, order) => ready().then(() => reads.nextDue(recipient, order)),
  };
}
