/** The client's own retries are few and quick; whoever calls repeats for as long as is right. */
export const retry = { retries: 4, initialRetryTime: 50, maxRetryTime: 1_000, factor: 0.2, multiplier: 2 };
/** A member outlives a restart of the broker, about half a minute: one that is replaced waits until the group has given its predecessor up. */
export const memberRetry = { ...retry, retries: 30 };
/** How long a farewell to the brokers may take. */
const CLOSE_TIMEOUT_MS = 5_000;

/** Waits for a farewell, but not for ever: a broker that is away does not answer one. */
export async function farewell(work: Promise<unknown> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
