import type { Clock } from '@breakwater/platform/clock';
import { BreakwaterError } from '@breakwater/platform/errors';
import type { Outgoing, OutgoingResponse } from '@breakwater/platform/network/outgoing';
import { heartbeatEvent, warningEvent } from '../cloud-event.ts';
import type { Notifier } from '../notifier.ts';
import { deliveryId } from '../notifier.ts';
import type { WebhookConfig } from './config.ts';
import { retryAfterMs } from './retry-after.ts';
import { signWebhook } from './sign.ts';

/** What a receiver of the signed feed needs. */
export interface WebhookDeps {
  /** The receiver's name; the outbox knows it as `webhook:<name>`. */
  readonly name: string;
  readonly config: WebhookConfig;
  readonly outgoing: Outgoing;
  /** Dates the signatures. */
  readonly clock: Clock;
  /** For one request with its redirects, milliseconds; default 15,000 (Standard Webhooks says 15 to 30 s). */
  readonly timeoutMs?: number;
}

/**
 * Posts every revision as a CloudEvents document (JSON, under 20 kB) with the headers of Standard Webhooks. A status from 200 to 299
 * means that the receiver has it. 410 means that it wants nothing more of it: `delivery-refused`. Everything else is tried again,
 * 429 and 503 not before the time that `Retry-After` names. Id and body are the same on every try, time and signature are of the try. Errors
 * name the receiver and its host, never the rest of its address, which may hold a key.
 */
export function createWebhookNotifier(deps: WebhookDeps): Notifier {
  const { config, clock } = deps;
  const name = `webhook:${deps.name}`;
  const post = async (id: string, event: unknown, signal: AbortSignal): Promise<void> => {
    const body = JSON.stringify(event);
    // The one place where the secret is shown.
    const signed = signWebhook(config.secret.reveal(), id, clock.now(), body);
    const response = await deps.outgoing.post({
      url: config.url, body, allowHosts: config.allowHosts, timeoutMs: deps.timeoutMs ?? 15_000, signal,
      headers: { 'content-type': 'application/cloudevents+json', ...signed },
    });
    const error = errorOf(name, response, clock);
    if (error !== undefined) throw error;
  };
  return {
    name,
    deliver: (entry, signal) => post(deliveryId(entry), warningEvent(entry.warning), signal),
    ...(config.heartbeat
      ? {
          heartbeat: (beat, signal) => {
            const event = heartbeatEvent(beat);
            return post(event.id, event, signal);
          },
        }
      : {}),
  };
}

function errorOf(name: string, { status, headers }: OutgoingResponse, clock: Clock): BreakwaterError | undefined {
  if (status >= 200 && status < 300) return undefined;
  const message = `${name} did not take the event: it answered ${String(status)}`;
  // Standard Webhooks, specification, "Status codes": 410 Gone says that the receiver is no longer there.
  if (status === 410) return new BreakwaterError('delivery-refused', message);
  if (status !== 429 && status !== 503) return new BreakwaterError('http-status', message);
  const wait = retryAfterMs(headers, clock.now());
  return new BreakwaterError(status === 429 ? 'rate-limited' : 'http-status', message, wait === undefined ? {} : { retryAfterMs: wait });
}
