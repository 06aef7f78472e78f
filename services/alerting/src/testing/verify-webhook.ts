import { Webhook } from 'standardwebhooks';

/**
 * Checks a request by the library's own `Webhook.verify`, all of it, with the time tolerance, as a receiver whose clock stands at `nowMs`
 * would. The library reads the machine's clock, so that is made to say `nowMs` for the length of the one synchronous call.
 * Returns the body, parsed; throws the library's error.
 */
export function verifyWebhook(secret: string, request: { readonly headers: Readonly<Record<string, string>>; readonly body: string }, nowMs: number): unknown {
  const machine = Object.getOwnPropertyDescriptor(Date, 'now');
  Object.defineProperty(Date, 'now', { configurable: true, writable: true, value: () => nowMs });
  try {
    return new Webhook(secret).verify(request.body, { ...request.headers });
  } finally {
    if (machine !== undefined) Object.defineProperty(Date, 'now', machine);
  }
}
