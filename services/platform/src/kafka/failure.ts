import { BreakwaterError, messageOf } from '../errors.ts';

/** What the brokers say to a writer of transactions of which a later one was opened, or whose transaction they have taken back. Page as below. */
const fences = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED']);
/** Refusals of a record for what it is: sending it again cannot help. https://kafka.apache.org/protocol#protocol_error_codes (read 2026-11-27). */
const refusals = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'CORRUPT_MESSAGE']);

/** What an error of kafkajs says of itself; the cause counts where it has given up repeating. */
function detailOf(error: unknown): { readonly type?: string; readonly retriable: boolean } {
  if (!(error instanceof Error)) return { retriable: false };
  const own = error as Error & { readonly type?: unknown; readonly retriable?: unknown; readonly cause?: unknown; readonly errors?: unknown };
  const cause = own.cause instanceof Error && own.cause !== error ? detailOf(own.cause) : undefined;
  const type = typeof own.type === 'string' ? own.type : cause?.type;
  return { ...(type === undefined ? {} : { type }), retriable: own.retriable === true || cause?.retriable === true };
}

/** Whether sending or asking again may help, by what kafkajs says. */
export function isRetriable(error: unknown): boolean {
  return detailOf(error).retriable;
}

/** An error of kafkajs as one of ours: `bus-refused` for a record that the brokers will never take, `fenced` for a writer that was shut out, else `bus-failed`. `what` was under way. */
export function failure(what: string, error: unknown): BreakwaterError {
  if (error instanceof BreakwaterError) return error;
  const { type } = detailOf(error);
  const code = type !== undefined && refusals.has(type) ? 'bus-refused' : type !== undefined && fences.has(type) ? 'fenced' : 'bus-failed';
  return new BreakwaterError(code, `${what} failed: ${type === undefined ? '' : `${type}: `}${messageOf(error)}`, { cause: error });
}
