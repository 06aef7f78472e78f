import { request } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createRng } from '@breakwater/models/core';
import type { WebhookFaults, WebhookReceiver } from './webhook.ts';
import { startWebhookReceiver } from './webhook.ts';

const open: WebhookReceiver[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((receiver) => receiver.close()));
});
async function start(seed: number, faults: Partial<WebhookFaults> = {}, port?: number): Promise<WebhookReceiver> {
  const receiver = await startWebhookReceiver({ rng: createRng(seed), faults, ...(port === undefined ? {} : { port }) });
  open.push(receiver);
  return receiver;
}
/** Status and `Retry-After` of one request on a connection of its own, or `failed`. */
const post = (receiver: WebhookReceiver, id: string, body = '{}', signal?: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    const sent = request(receiver.url, { method: 'POST', headers: { 'webhook-id': id }, agent: false, ...(signal === undefined ? {} : { signal }) });
    sent.on('error', () => resolve('failed'));
    sent.on('response', (answer) => {
      answer.resume();
      resolve(`${String(answer.statusCode)}${answer.headers['retry-after'] ?? ''}`);
    });
    sent.end(body);
  });

describe('startWebhookReceiver', () => {
  it('records what it is sent, byte for byte', async () => {
    const receiver = await start(1);
    expect(await post(receiver, 'a#1', '{"é": 1}')).toBe('204');
    expect(receiver.requests).toEqual([{ method: 'POST', path: '/hooks/breakwater', headers: expect.objectContaining({ 'webhook-id': 'a#1' }), body: '{"é": 1}', fate: 'taken', attempt: 1 }]);
    expect(await post(receiver, 'big', 'x'.repeat(2 << 20))).toMatch(/413|failed/);
    expect(receiver.requests.length).toBe(1);
  });
  it('fails in the shares it is told, the same for the same seed in any order of arrival', async () => {
    const faults = { errors: 0.15, resets: 0.1, lostAnswers: 0.1, rateLimited: 0.1, slow: 0.1, slowMs: 1 };
    const [one, two, other] = [await start(5, faults), await start(5, faults), await start(6, faults)];
    const ids = Array.from({ length: 200 }, (_, i) => `w#${String(i)}`);
    const answers = new Map<string, string>();
    for (const id of ids) answers.set(id, await post(one, id));
    await Promise.all([...ids].reverse().map((id) => post(two, id)));
    await Promise.all(ids.map((id) => post(other, id)));
    const fates = (of: WebhookReceiver): readonly string[] => of.requests.map(({ headers, fate }) => `${headers['webhook-id'] ?? ''} ${fate}`).sort();
    expect(fates(two)).toEqual(fates(one));
    expect(fates(other)).not.toEqual(fates(one));
    const count = (fate: string): number => one.requests.filter((each) => each.fate === fate).length;
    for (const [fate, share] of [['error', 0.15], ['reset', 0.1], ['lost-answer', 0.1], ['rate-limited', 0.1], ['slow', 0.1], ['taken', 0.45]] as const) expect([fate, Math.abs(count(fate) / 200 - share) < 0.08]).toEqual([fate, true]);
    expect(one.taken().length).toBe(count('taken') + count('slow') + count('lost-answer'));
    const answered = { taken: '204', slow: '200', error: '501', reset: 'failed', 'lost-answer': 'failed', 'rate-limited': '4295' } as const;
    for (const { headers, fate } of one.requests) expect([fate, answers.get(headers['webhook-id'] ?? '')]).toEqual([fate, answered[fate]]);
  });
  it('draws anew for each attempt', async () => {
    const receiver = await start(1, { errors: 0.5 });
    for (let i = 0; i < 12; i++) await post(receiver, 'a#1');
    expect(receiver.requests.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(new Set(receiver.requests.map(({ fate }) => fate)).size).toBe(2);
  });
  it('is down and up again on the same port, and does as it is told', async () => {
    const receiver = await start(1);
    receiver.setDown(true);
    expect(await post(receiver, 'a#1')).toBe('failed');
    receiver.setDown(false);
    expect(await post(receiver, 'a#1')).toBe('204');
    receiver.failNext('error', 2);
    expect([await post(receiver, 'a#1'), await post(receiver, 'a#1'), await post(receiver, 'a#1')]).toEqual(['502', '503', '204']);
    receiver.hangNext();
    const controller = new AbortController();
    const hanging = post(receiver, 'a#1', '{}', controller.signal);
    setTimeout(() => controller.abort(), 30);
    expect(await hanging).toBe('failed');
    receiver.setFaults({ rateLimited: 1, retryAfterSeconds: 9 });
    expect(await post(receiver, 'a#1')).toBe('4299');
    await receiver.close();
    const again = await start(1, {}, receiver.port);
    expect([again.url, await post(again, 'b#1')]).toEqual([receiver.url, '204']);
    await expect(startWebhookReceiver({ rng: createRng(1), port: again.port })).rejects.toMatchObject({ code: 'socket-failed' });
  });
});
