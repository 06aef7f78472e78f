import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { sampleTime } from '../../testing/sample.ts';
import { verifyWebhook } from '../../testing/verify-webhook.ts';
import { isWebhookSecret, signWebhook, webhookProblem } from './sign.ts';

const secretOf = (bytes: number): string => `whsec_${randomBytes(bytes).toString('base64')}`;
const secret = secretOf(32);
const at = epochMs(sampleTime + 789);

describe('signWebhook', () => {
  it('signs id, time and body as the specification says', () => {
    // The example of the specification's own libraries.
    expect(signWebhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'msg_p5jXN8AQM9LWM0D4loKWxJek', epochMs(1_614_265_330_000), '{"test": 2432232314}')).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek', 'webhook-timestamp': '1614265330', 'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
    const signed = signWebhook(secret, 'BW-OM-20250413-0123abcd#1', at, '{"é":1}');
    const hmac = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64')).update(`BW-OM-20250413-0123abcd#1.${String(sampleTime / 1_000)}.{"é":1}`).digest('base64');
    expect(signed['webhook-signature']).toBe(`v1,${hmac}`);
  });
  it('property: what it signs is verified by the library, and both checks agree on what was tampered with', () => {
    const tamper = fc.constantFrom('nothing', 'body', 'id', 'time', 'signature', 'secret', 'late', 'early', 'no id', 'no signature', 'bad time', 'other version', 'two signatures');
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.json(), tamper, fc.integer({ min: 0, max: 299 }), (id, body, change, lateSeconds) => {
        const headers: Record<string, string> = { ...signWebhook(secret, id, at, body) };
        let [given, key, now] = [body, secret, epochMs(at + lateSeconds * 1_000)];
        const signature = headers['webhook-signature'] ?? '';
        if (change === 'body') given = `${body} `;
        if (change === 'id') headers['webhook-id'] = `${id}x`;
        if (change === 'time') headers['webhook-timestamp'] = String(Number(headers['webhook-timestamp']) + 1);
        if (change === 'signature') headers['webhook-signature'] = `v1,${randomBytes(32).toString('base64')}`;
        if (change === 'secret') key = secretOf(24);
        if (change === 'late') now = epochMs(at + 301_000);
        if (change === 'early') now = epochMs(at - 301_000);
        if (change === 'no id') headers['webhook-id'] = '';
        if (change === 'no signature') headers['webhook-signature'] = '';
        if (change === 'bad time') headers['webhook-timestamp'] = 'now';
        if (change === 'other version') headers['webhook-signature'] = signature.replace('v1,', 'v1a,');
        if (change === 'two signatures') headers['webhook-signature'] = `v1,AAAA ${signature}`;
        const byLibrary = ((): boolean => {
          try {
            verifyWebhook(key, { headers, body: given }, now);
            return true;
          } catch {
            return false;
          }
        })();
        expect([change, webhookProblem(key, headers, given, now) === undefined]).toEqual([change, byLibrary]);
        expect([change, byLibrary]).toEqual([change, change === 'nothing' || change === 'two signatures']);
      }),
    );
  });
});

describe('isWebhookSecret', () => {
  it.each([secretOf(24), secretOf(25), secretOf(26), secretOf(64), 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])('takes 24 to 64 bytes', (text) => {
    expect(isWebhookSecret(text)).toBe(true);
  });
  it.each([
    '', 'whsec_', secretOf(23), secretOf(65), secret.slice('whsec_'.length), secret.replace('whsec_', 'whsec-'), secret.replace('whsec_', 'WHSEC_'), ` ${secret}`, `${secret}\n`, secretOf(32).replace(/=+$/, ''), `${secretOf(24)}=`,
    `whsec_${randomBytes(32).toString('hex')}g=`, `whsec_${'-_'.repeat(16)}`, `whsec_${'A'.repeat(32)}!`, 'correct horse battery staple',
  ])('refuses everything else', (text) => {
    expect(isWebhookSecret(text)).toBe(false);
  });
});
