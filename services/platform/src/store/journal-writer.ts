import { BreakwaterError, messageOf } from '../errors.ts';
import type { Transactions } from '../kafka/transactions.ts';
import type { Journal } from './index.ts';
import type { JournalCopy, JournalStep } from './journal-copy.ts';
import { attemptStep, checkpointStep, commitStep } from './journal-copy.ts';
import type { JournalRecord } from './journal-log.ts';

/** What writing for the length of a turn needs. */
export interface JournalWriterDeps {
  readonly copy: JournalCopy;
  /** For messages. */
  readonly name: string;
  /** Opened for this turn; the copy has everything that was committed before. */
  readonly first: Transactions;
  /** Throws when the turn is over (`fenced`), or the log cannot be read. */
  readonly requireTurn: () => void;
  /** Opens another writer after one that broke, and reads to the end of the log, so that the copy knows what came of the last commit. */
  readonly begin: () => Promise<Transactions>;
  readonly commit: (writer: Transactions, records: readonly JournalRecord[]) => Promise<void>;
}

interface Waiting {
  readonly step: JournalStep;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Steps that share a transaction: what waits while one is written is written with the next (design assumption: far below what a batch may hold). */
const STEPS = 100;

/** The writing half of a shared journal, for one turn. One transaction is under way at a time; the copy takes it when the brokers have committed it. */
export function createJournalWriter(deps: JournalWriterDeps): Omit<Journal, keyof JournalCopy['reads']> {
  const { copy, name, requireTurn } = deps;
  let writer: Transactions | undefined = deps.first;
  let queue: Waiting[] = [];
  let working: Promise<void> | undefined;
  let closed = false;
  const put = async (steps: readonly JournalStep[]): Promise<readonly unknown[]> => {
    requireTurn();
    writer ??= await deps.begin();
    const { records, errors } = copy.plan(steps);
    const last = records.at(-1);
    if (last === undefined) return errors;
    try {
      await deps.commit(writer, records);
    } catch (error) {
      writer.close();
      writer = undefined;
      throw error;
    }
    // Unless it was read back first.
    if (last.kind === 'head' && last.commit > copy.head().commit) copy.apply(records);
    return errors;
  };
  /** What a failure means to whoever wrote: `fenced` when the turn is over, and otherwise that trying again can help. */
  const meaningOf = (error: unknown): unknown => {
    try {
      requireTurn();
    } catch (over) {
      return over;
    }
    // Shut out although the turn lasts: a transaction that took too long, or an older writer that was opened late. Another one is opened.
    if (!(error instanceof BreakwaterError) || (!error.retryable && error.code !== 'fenced')) return error;
    return new BreakwaterError('store-failed', `journal ${name} not written: ${messageOf(error)}`, { cause: error });
  };
  const work = async (): Promise<void> => {
    while (queue.length > 0) {
      const taken = queue.slice(0, STEPS);
      queue = queue.slice(STEPS);
      try {
        const errors = await put(taken.map(({ step }) => step));
        for (const [i, { resolve, reject }] of taken.entries()) {
          if (errors[i] === undefined) resolve();
          else reject(errors[i]);
        }
      } catch (error) {
        const meaning = meaningOf(error);
        for (const { reject } of taken) reject(meaning);
      }
    }
    working = undefined;
  };
  const write = (step: JournalStep): Promise<void> => new Promise((resolve, reject) => {
    if (closed) {
      reject(new BreakwaterError('store-failed', `journal ${name} not used: it is closed`));
      return;
    }
    queue.push({ step, resolve, reject });
    working ??= work();
  });
  return {
    saveCheckpoints: (values) => write(checkpointStep(values)),
    commitWarnings: (commit) => write(commitStep(commit)),
    recordAttempt: (entry, outcome) => write(attemptStep(entry, outcome)),
    close: async () => {
      closed = true;
      await working;
      writer?.close();
      writer = undefined;
    },
  };
}
