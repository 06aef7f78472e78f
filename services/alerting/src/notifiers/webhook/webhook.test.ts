import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { BreakwaterError } from '@breakwater/platform/errors';
import { createSecret } from '@breakwater/platform/config';
import type { OutgoingRequest, OutgoingResponse } from '@breakwater/platform/network/outgoing';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import { sampleTime } from '../../testing/sample.ts';
import { sampleHeartbeat } from '../../testing/sample-heartbeat.ts';
import { sampleEntry } from '../../testing/sample-warning.ts';
import { verifyWebhook } from '../../testing/verify-webhook.ts';
import { heartbeatEvent, warningEvent } from '../cloud-event.ts';
import { deliveryId } from '../notifier.ts';
import type { WebhookConfig } from './config.ts';
import { createWebhookNotifier } from './webhook.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const { signal } = new AbortController();

/** A notifier whose receiver answers what the test says. */
function world(answer: Partial<OutgoingResponse> | Error = {}, change: Partial<WebhookConfig> = {}) {
  const clock = createSimulatedClock({ start: epochMs(sampleTime + 1_500) });
  const sent: OutgoingRequest[] = [];
  const notifier = createWebhookNotifier({
    name: 'desk', clock, config: { url: 'https://hooks.example.org/x?key=hidden', secret: createSecret(secret), allowHosts: ['hooks.example.org'], heartbeat: true, ...change },
    outgoing: {
      post: async (request) => {
        sent.push(request);
        if (answer instanceof Error) throw answer;
        return { status: 204, headers: {}, ...answer };
      },
    },
  });
  return { clock, sent, notifier };
}
const failure = async (promise: Promise<void>): Promise<BreakwaterError> =>
  promise.then(() => { throw new Error('delivered'); }, (error: unknown) => {
    if (error instanceof BreakwaterError) return error;
    throw error;
  });

describe('createWebhookNotifier', () => {
  it('posts the document of the revision, signed at the time of the try', async () => {
    const w = world();
    expect(w.notifier.name).toBe('webhook:desk');
    await w.notifier.deliver(sampleEntry(), signal);
    await w.clock.advanceTo(epochMs(sampleTime + 31_900));
    await w.notifier.deliver(sampleEntry({}, 1), signal);
    expect(w.sent.map(({ headers }) => [headers['webhook-id'], headers['webhook-timestamp']])).toEqual([[deliveryId(sampleEntry()), String(sampleTime / 1_000 + 1)], [deliveryId(sampleEntry()), String(sampleTime / 1_000 + 31)]]);
    for (const request of w.sent) {
      expect(request).toMatchObject({ url: 'https://hooks.example.org/x?key=hidden', allowHosts: ['hooks.example.org'], timeoutMs: 15_000, signal });
      expect(Object.keys(request.headers).sort()).toEqual(['content-type', 'webhook-id', 'webhook-signature', 'webhook-timestamp']);
      expect(request.headers['content-type']).toBe('application/cloudevents+json');
      expect(verifyWebhook(secret, request, w.clock.now())).toEqual(JSON.parse(JSON.stringify(warningEvent(sampleEntry().warning))));
      expect(JSON.stringify(request)).not.toContain(secret.slice(6));
    }
    expect(w.sent[1]?.body).toBe(w.sent[0]?.body);
  });
  it('posts signs of life the same way, unless it is told not to', async () => {
    const w = world();
    await w.notifier.heartbeat?.(sampleHeartbeat(3), signal);
    const [request] = w.sent;
    expect(request?.headers['webhook-id']).toBe('heartbeat@2025-04-13T18:03:00.000Z');
    expect(verifyWebhook(secret, request ?? { headers: {}, body: '' }, w.clock.now())).toEqual(heartbeatEvent(sampleHeartbeat(3)));
    expect(world({}, { heartbeat: false }).notifier.heartbeat).toBeUndefined();
    const refusing = world({ status: 503 });
    expect((await failure(refusing.notifier.heartbeat?.(sampleHeartbeat(3), signal) ?? Promise.resolve())).code).toBe('http-status');
  });
  it.each([200, 201, 202, 204, 299])('takes %p for delivered', async (status) => {
    await world({ status }).notifier.deliver(sampleEntry(), signal);
  });
  it.each([
    [100, 'http-status', undefined], [300, 'http-status', undefined], [301, 'http-status', undefined], [302, 'http-status', undefined], [307, 'http-status', undefined], [400, 'http-status', undefined], [401, 'http-status', undefined],
    [404, 'http-status', undefined], [413, 'http-status', undefined], [429, 'rate-limited', 7_000], [500, 'http-status', undefined], [502, 'http-status', undefined], [503, 'http-status', 7_000], [599, 'http-status', undefined], [0, 'http-status', undefined],
  ] as const)('tries again after %p: %s', async (status, code, retryAfterMs) => {
    const error = await failure(world({ status, headers: { 'retry-after': '7' } }).notifier.deliver(sampleEntry(), signal));
    expect([error.code, error.retryable, error.retryAfterMs]).toEqual([code, true, retryAfterMs]);
    expect(error.message).toBe(`webhook:desk did not take the event: it answered ${String(status)}`);
  });
  it('gives up what a receiver says it is gone for, and waits no longer than an hour for one that asks', async () => {
    const gone = await failure(world({ status: 410 }).notifier.deliver(sampleEntry(), signal));
    expect([gone.code, gone.retryable]).toEqual(['delivery-refused', false]);
    expect((await failure(world({ status: 429, headers: { 'retry-after': '86400' } }).notifier.deliver(sampleEntry(), signal))).retryAfterMs).toBe(3_600_000);
    expect((await failure(world({ status: 503 }).notifier.deliver(sampleEntry(), signal))).retryAfterMs).toBeUndefined();
  });
  it('passes on why a request failed', async () => {
    const error = new BreakwaterError('address-refused', 'POST hooks.example.org failed', { retryAfterMs: 60_000 });
    expect(await failure(world(error).notifier.deliver(sampleEntry(), signal))).toBe(error);
  });
});
