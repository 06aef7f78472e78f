import { pino } from 'pino';

/** Structured logging. Levels as usual; `fields` are flat and must not hold secrets (secrets of the config print as `***`). */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** The same log with fixed fields added to every line. */
  with(fields: LogFields): Log;
}
/** Flat, printable fields. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;
/** How much is written. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** JSON lines on stderr, so that stdout stays free for results. */
export function createLog(level: LogLevel): Log {
  return wrap(pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true })));
}

/** A log that writes nothing. */
export const silentLog: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, with: () => silentLog };

function wrap(base: pino.Logger): Log {
  return {
    debug: (event, fields) => base.debug(fields ?? {}, event),
    info: (event, fields) => base.info(fields ?? {}, event),
    warn: (event, fields) => base.warn(fields ?? {}, event),
    error: (event, fields) => base.error(fields ?? {}, event),
    with: (fields) => wrap(base.child(fields)),
  };
}
