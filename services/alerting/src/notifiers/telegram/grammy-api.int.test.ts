import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import { createSecret } from '@breakwater/platform/config';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import type { TelegramFault, TelegramServer } from '@breakwater/simulator';
import { startTelegramServer } from '@breakwater/simulator';
import { sampleTime } from '../../testing/sample.ts';
import { createGrammyApi, withoutToken } from './grammy-api.ts';
import { greyPng } from './testing/png.ts';

const token = '42:AAE-not_a_real_secret';
const { signal } = new AbortController();
const clock = createSimulatedClock({ start: epochMs(sampleTime) });
let server: TelegramServer;
beforeAll(async () => {
  const chats = [{ id: 7, kind: 'private' }, { id: -1001, kind: 'supergroup', administrators: [11] }, { id: -1002, kind: 'channel', username: 'breakwater' }] as const;
  server = await startTelegramServer({ clock, rng: createRng(1), token, chats });
});
afterAll(() => server.close());
const open = (apiRoot: string = server.root, timeoutSeconds: number = 5) => createGrammyApi({ token: createSecret(token), apiRoot, timeoutSeconds });
const text = { chat: '7', text: 'a', markdown: false } as const;
const later = (): void => clock.setNow(epochMs(clock.now() + 1_000));

describe('createGrammyApi', () => {
  it('sends texts, pictures and answers over real HTTP', async () => {
    const api = open(`${server.root}/`);
    expect(await api.send({ chat: '-1001', text: '*a\\.*', markdown: true }, signal)).toEqual({ ok: true, value: { messageId: 1 } });
    later();
    const picture = greyPng(900, 420);
    expect(await api.send({ chat: '-1001', text: 'b', markdown: false, picture, replyTo: 1 }, signal)).toEqual({ ok: true, value: { messageId: 2 } });
    later();
    expect(await api.send({ chat: '-1001', text: 'c', markdown: false, replyTo: 999 }, signal)).toEqual({ ok: true, value: { messageId: 3 } });
    expect(await api.send({ chat: '@breakwater', text: 'd', markdown: false }, signal)).toEqual({ ok: true, value: { messageId: 1 } });
    expect(server.messages(-1001).map((m) => [m.text, m.bold, m.pictureBytes, m.replyTo])).toEqual([['a.', ['a.'], 0, null], ['b', [], picture.length, 1], ['c', [], 0, null]]);
  });
  it('reads what is written, who the bot is and who may decide', async () => {
    const api = open();
    expect(await api.me(signal)).toEqual({ ok: true, value: { id: 42, username: 'breakwater_bot' } });
    expect([await api.isAdministrator('-1001', 11, signal), await api.isAdministrator('-1001', 12, signal)]).toEqual([{ ok: true, value: true }, { ok: true, value: false }]);
    expect(await api.setCommands([{ command: 'why', description: 'reasons' }], signal)).toEqual({ ok: true, value: true });
    server.say(-1001, { text: '/why', from: 11, replyTo: 2 });
    server.say(-1001, { text: '/why', asChat: true });
    server.say(-1002, { text: '/status' });
    const got = await api.updates(null, 5, signal);
    const shared = { messageId: expect.any(Number), date: expect.any(Number), migratedTo: null };
    expect(got).toEqual({ ok: true, value: [
      { id: expect.any(Number), message: { ...shared, text: '/why', chat: { id: '-1001', kind: 'supergroup', username: null }, from: 11, asChat: false, repliesTo: 'b' } },
      { id: expect.any(Number), message: { ...shared, text: '/why', chat: { id: '-1001', kind: 'supergroup', username: null }, from: null, asChat: true, repliesTo: null } },
      { id: expect.any(Number), message: { ...shared, text: '/status', chat: { id: '-1002', kind: 'channel', username: 'breakwater' }, from: null, asChat: true, repliesTo: null } },
    ] });
    const last = got.ok ? (got.value.at(-1)?.id ?? 0) : 0;
    const stop = new AbortController();
    const waiting = api.updates(last + 1, 20, stop.signal);
    setImmediate(() => stop.abort());
    expect((await waiting).ok).toBe(false);
    expect(await api.updates(null, 0, signal)).toEqual({ ok: true, value: [] });
  });
  it('says what was refused, and what was lost on the way', async () => {
    const api = open();
    const kinds: (string | undefined)[] = [];
    const tryIt = async (forced: TelegramFault | undefined): Promise<void> => {
      if (forced !== undefined) server.force(forced);
      const answer = await api.send(text, signal);
      kinds.push(answer.ok ? undefined : answer.error.kind);
      later();
    };
    for (const forced of ['rateLimited', 'serverError', 'serverError', 'serverError', 'reset', 'lostAnswer', undefined] as const) await tryIt(forced);
    expect(kinds).toEqual(['limited', 'failed', 'failed', 'failed', 'failed', 'failed', undefined]);
    expect(await api.send({ chat: '99', text: 'a', markdown: false }, signal)).toMatchObject({ ok: false, error: { kind: 'closed', why: '400 Bad Request: chat not found' } });
    expect(await api.send({ chat: '7', text: 'a.', markdown: true }, signal)).toMatchObject({ ok: false, error: { kind: 'rejected' } });
    server.setChat(-1001, { kind: 'migrated', to: -1009 });
    expect(await api.send({ chat: '-1001', text: 'a', markdown: false }, signal)).toMatchObject({ ok: false, error: { kind: 'migrated', chat: '-1009' } });
    expect(await createGrammyApi({ token: createSecret('42:other'), apiRoot: server.root }).me(signal)).toMatchObject({ ok: false, error: { kind: 'token' } });
    server.force('hang');
    expect(await open(server.root, 0.1).send(text, signal)).toMatchObject({ ok: false, error: { kind: 'failed', why: expect.stringContaining('timed out') } });
  });
  it('names the token in nothing it says', async () => {
    const answers: unknown[] = [];
    const elsewhere = createServer((request, response) => {
      if ((request.url ?? '').endsWith('getMe')) response.writeHead(302, { location: `http://127.0.0.1:1${request.url ?? ''}` }).end();
      else if ((request.url ?? '').endsWith('sendMessage')) response.writeHead(200).end(`{"ok":false,"error_code":400,"description":"no ${request.url ?? ''}"}`);
      else response.writeHead(200, { 'content-type': 'application/json' }).end(`{"ok":true,"result":"${'a'.repeat(9_000_000)}"}`);
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const root = `http://127.0.0.1:${String((elsewhere.address() as AddressInfo).port)}`;
    for (const api of [open('http://127.0.0.1:1'), open('http://host.invalid'), open(root)]) answers.push(await api.me(signal), await api.send(text, signal), await api.isAdministrator('7', 7, signal));
    await new Promise<void>((resolve) => {
      elsewhere.close(() => resolve());
      elsewhere.closeAllConnections();
    });
    expect(answers).toHaveLength(9);
    for (const answer of answers) {
      expect(answer).toMatchObject({ ok: false, error: { why: expect.stringMatching(/./) } });
      expect(JSON.stringify(answer)).not.toContain('not_a_real_secret');
    }
    expect(withoutToken(`x/bot${token}/y bot${encodeURIComponent(token)} AAE-not_a_real_secret`, token)).toBe('x/bot***/y bot*** ***');
  });
});
