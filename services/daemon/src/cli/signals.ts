/** npm hands a Ctrl-C on to what it runs, which the terminal has told of it too: a second signal this soon is the same Ctrl-C, milliseconds. */
const sameMs = 300;

/** Calls `end` at the first Ctrl-C or SIGTERM; the second ends the process at once. Returns what forgets both. */
export function onSignals(end: (signal: NodeJS.Signals) => void): () => void {
  let askedAt: bigint | undefined;
  const handle = (signal: NodeJS.Signals): void => {
    const now = process.hrtime.bigint();
    if (askedAt !== undefined) {
      // 128 and the number of SIGINT, as shells have it (POSIX.1-2017, 2.8.2).
      if (now - askedAt > BigInt(sameMs) * 1_000_000n) process.exit(130);
      return;
    }
    askedAt = now;
    end(signal);
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return () => {
    process.off('SIGINT', handle);
    process.off('SIGTERM', handle);
  };
}

/** Calls `reload` at every SIGHUP, which by custom tells a daemon to read its configuration anew. Returns what forgets it. */
export function onHangUp(reload: () => void): () => void {
  process.on('SIGHUP', reload);
  return () => {
    process.off('SIGHUP', reload);
  };
}
