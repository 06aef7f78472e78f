import { afterEach, describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import type { TelegramFaults, TelegramServer } from './telegram.ts';
import { startTelegramServer } from './telegram.ts';
import { readMarkdownV2 } from './telegram-markdown.ts';

const start = Date.UTC(2025, 3, 13, 18, 0, 0);
const token = '42:secret';
const [person, group, channel] = [7, -1001, -1002];
/** A picture of 900 x 420, as far as its header says. */
const png = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.from([0, 0, 3, 132, 0, 0, 1, 164]), Buffer.alloc(200)]);

const servers: TelegramServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function world(faults: TelegramFaults = {}, seed: number = 1) {
  const clock = createSimulatedClock({ start: epochMs(start) });
  const chats = [{ id: person, kind: 'private' }, { id: group, kind: 'supergroup', administrators: [11] }, { id: channel, kind: 'channel', username: 'Breakwater_OM' }, ...Array.from({ length: 31 }, (_, i) => ({ id: 100 + i, kind: 'private' as const }))] as const;
  const server = await startTelegramServer({ clock, rng: createRng(seed), token, chats, faults });
  servers.push(server);
  const post = async (method: string, body: unknown, as: string = token) => {
    const response = await fetch(`${server.root}/bot${as}/${method}`, { method: 'POST', ...(body instanceof FormData ? { body } : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) });
    return { status: response.status, body: (await response.json()) as { readonly description?: string; readonly result?: unknown; readonly parameters?: unknown } };
  };
  const photo = (caption: string, bytes: Buffer = png): FormData => {
    const form = new FormData();
    form.set('chat_id', String(person));
    form.set('caption', caption);
    form.set('photo', 'attach://abc');
    form.set('abc', new Blob([new Uint8Array(bytes)]), 'warning.png');
    return form;
  };
  return { clock, server, post, photo, at: (seconds: number) => clock.setNow(epochMs(start + seconds * 1_000)) };
}

describe('readMarkdownV2', () => {
  it('shows what Telegram shows and refuses what it refuses', () => {
    expect(readMarkdownV2('*a\\.b* \\(c\\) _d_ __e__ ~f~ ||g|| `h.` ```i.```\n>quote')).toEqual({ ok: true, value: { text: 'a.b (c) d e f g h. i.\nquote', bold: ['a.b'] } });
    for (const c of '()#+-=|{}.!>]') expect(readMarkdownV2(`a${c}`)).toEqual({ ok: false, error: `Character '${c}' is reserved and must be escaped with the preceding '\\'` });
    expect(readMarkdownV2('é*a')).toEqual({ ok: false, error: "Can't find end of Bold entity at byte offset 2" });
    expect(readMarkdownV2('[a](b)').ok).toBe(false);
    expect(readMarkdownV2('a\\')).toEqual({ ok: true, value: { text: 'a\\', bold: [] } });
  });
});

describe('startTelegramServer', () => {
  it('takes messages, pictures with their captions and answers to messages, in order', async () => {
    const w = await world();
    expect((await w.post('sendMessage', { chat_id: group, text: '*a\\.*', parse_mode: 'MarkdownV2' })).body.result).toMatchObject({ message_id: 1, text: 'a.' });
    w.at(1);
    await w.post('sendMessage', { chat_id: group, text: 'b.', reply_parameters: { message_id: 1 } });
    await w.post('sendPhoto', w.photo('c'));
    await w.post('sendMessage', { chat_id: '@breakwater_om', text: 'd' });
    expect(w.server.messages().map((m) => [m.chat, m.messageId, m.text, m.bold, m.markdown, m.pictureBytes, m.replyTo, m.at - start])).toEqual([
      [group, 1, 'a.', ['a.'], true, 0, null, 0],
      [group, 2, 'b.', [], false, 0, 1, 1_000],
      [person, 1, 'c', [], false, png.length, null, 1_000],
      [channel, 1, 'd', [], false, 0, null, 1_000],
    ]);
  });
  it('refuses what Telegram refuses', async () => {
    const w = await world();
    const refusals: readonly (readonly [string, unknown, number, RegExp, string?])[] = [
      ['sendMessage', { chat_id: 999, text: 'a' }, 400, /chat not found/],
      ['sendMessage', { chat_id: person, text: 'a.', parse_mode: 'MarkdownV2' }, 400, /can't parse entities: Character '\.' is reserved/],
      ['sendMessage', { chat_id: person, text: ' ' }, 400, /message text is empty/],
      ['sendMessage', { chat_id: person, text: 'a'.repeat(4_097) }, 400, /message is too long/],
      ['sendMessage', { chat_id: person, text: 'a\ud83d' }, 400, /must be encoded in UTF-8/],
      ['sendMessage', { chat_id: person, text: 'a', reply_parameters: { message_id: 9 } }, 400, /replied not found/],
      ['sendPhoto', w.photo('a'.repeat(1_025)), 400, /caption is too long/],
      ['sendPhoto', w.photo('a', Buffer.from('GIF89a, which is no PNG at all')), 400, /IMAGE_PROCESS_FAILED/],
      ['sendPhoto', { chat_id: person, caption: 'a' }, 400, /no photo/],
      ['sendMessage', { chat_id: person, text: 'a' }, 401, /Unauthorized/, '42:wrong'],
      ['sendMessage', { chat_id: person, text: 'a' }, 404, /Not Found/, 'wrong'],
      ['setMyCommands', { commands: [{ command: 'Not-allowed', description: 'a' }] }, 400, /BOT_COMMAND_INVALID/],
      ['sendDice', {}, 404, /method not found/],
    ];
    for (const [method, body, status, why, as] of refusals) {
      const answer = await w.post(method, body, as);
      expect([answer.status, answer.body.description]).toEqual([status, expect.stringMatching(why)]);
    }
    expect(w.server.messages()).toEqual([]);
    expect((await w.post('sendMessage', { chat_id: person, text: 'a', reply_parameters: { message_id: 9, allow_sending_without_reply: true } })).status).toBe(200);
  });
  it('lets chats be left, closed and moved', async () => {
    const w = await world();
    const states = [[{ kind: 'kicked' }, 403], [{ kind: 'blocked' }, 403], [{ kind: 'deleted' }, 403], [{ kind: 'unreachable' }, 400], [{ kind: 'migrated', to: -1009 }, 400]] as const;
    for (const [state, status] of states) {
      w.server.setChat(group, state);
      expect((await w.post('sendMessage', { chat_id: group, text: 'a' })).status).toBe(status);
    }
    expect((await w.post('sendMessage', { chat_id: group, text: 'a' })).body.parameters).toEqual({ migrate_to_chat_id: -1009 });
  });
  it('counts and answers what is over a published limit, over any stretch of time', async () => {
    const w = await world();
    const send = (chat: number) => w.post('sendMessage', { chat_id: chat, text: 'a' });
    await send(person);
    w.at(0.999);
    expect(await send(person)).toMatchObject({ status: 429, body: { description: 'Too Many Requests: retry after 1', parameters: { retry_after: 1 } } });
    w.at(1);
    expect((await send(person)).status).toBe(200);
    for (let i = 0; i < 20; i++) {
      w.at(2 + i * 2);
      await send(group);
    }
    w.at(42);
    expect((await send(group)).body.parameters).toEqual({ retry_after: 20 });
    w.at(62);
    expect((await send(group)).status).toBe(200);
    expect(w.server.violations()).toEqual({ all: 0, chat: 1, group: 1 });
    w.at(100);
    const statuses = await Promise.all(Array.from({ length: 31 }, async (_, i) => (await send(100 + i)).status));
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    expect(w.server.violations()).toEqual({ all: 1, chat: 1, group: 1 });
  });
  it('gives updates once they are there, again until they are confirmed, and to one reader', async () => {
    const w = await world();
    const waiting = w.post('getUpdates', { timeout: 20 });
    while (w.server.calls()['getUpdates 200'] === undefined) {
      w.server.say(group, { text: '/status', from: 11 });
      await new Promise((resolve) => setImmediate(resolve));
    }
    const got = (await waiting).body.result as readonly { readonly update_id: number }[];
    expect(got.length).toBeGreaterThan(0);
    expect(got[0]).toMatchObject({ message: { text: '/status', from: { id: 11 }, chat: { id: group, type: 'supergroup' } } });
    const last = Math.max(...((await w.post('getUpdates', {})).body.result as readonly { readonly update_id: number }[]).map((u) => u.update_id));
    expect((await w.post('getUpdates', { offset: last + 1 })).body.result).toEqual([]);
    const first = w.post('getUpdates', { offset: last + 1, timeout: 20 });
    let second: Promise<unknown> | undefined;
    while (w.server.calls()['getUpdates 409'] === undefined) {
      second ??= w.post('getUpdates', { offset: last + 1, timeout: 20 });
      await new Promise((resolve) => setImmediate(resolve));
    }
    w.server.say(group, { text: 'x', from: 11 });
    await second;
    await first.catch(() => undefined);
    expect((await w.post('getChatMember', { chat_id: group, user_id: 11 })).body.result).toMatchObject({ status: 'administrator' });
    expect((await w.post('getChatMember', { chat_id: group, user_id: 12 })).body.result).toMatchObject({ status: 'member' });
    expect((await w.post('getMe', {})).body.result).toMatchObject({ id: 42, username: 'breakwater_bot' });
    expect((await w.post('setMyCommands', { commands: [{ command: 'why', description: 'reasons' }] })).body.result).toBe(true);
    expect(w.server.menu()).toEqual([{ command: 'why', description: 'reasons' }]);
  });
  it('meets the faults it is told to meet next', async () => {
    const w = await world();
    w.server.force('rateLimited', 'lostAnswer', 'hang');
    expect((await w.post('sendMessage', { chat_id: person, text: 'a' })).status).toBe(429);
    await expect(w.post('sendMessage', { chat_id: person, text: 'b' })).rejects.toThrow();
    const stop = new AbortController();
    const hanging = fetch(`${w.server.root}/bot${token}/getMe`, { method: 'POST', signal: stop.signal });
    while (w.server.faults().hang === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await expect(hanging).rejects.toThrow();
    expect(w.server.messages().map((m) => m.text)).toEqual(['b']);
  });
  it('misbehaves as asked, the same with the same seed', async () => {
    const faults: TelegramFaults = { rateLimited: { probability: 0.2, retryAfterSeconds: [2, 4] }, serverError: 0.2, reset: 0.1, lostAnswer: 0.1, slow: { probability: 0.1, ms: 5 } };
    const play = async (seed: number): Promise<{ readonly answers: readonly string[]; readonly server: TelegramServer }> => {
      const w = await world(faults, seed);
      const answers: string[] = [];
      for (let i = 0; i < 80; i++) {
        w.at(i * 4);
        const answer = await fetch(`${w.server.root}/bot${token}/sendMessage`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ chat_id: person, text: String(i) }) }).then((r) => String(r.status), () => 'cut');
        answers.push(answer);
      }
      return { answers, server: w.server };
    };
    const [one, again, other] = [await play(3), await play(3), await play(4)];
    expect(again.answers).toEqual(one.answers);
    expect(other.answers).not.toEqual(one.answers);
    const { rateLimited, serverError, reset, lostAnswer, slow } = one.server.faults();
    for (const count of [rateLimited, serverError, reset, lostAnswer, slow]) expect(count).toBeGreaterThan(0);
    expect(one.answers.filter((a) => a === 'cut')).toHaveLength(reset + lostAnswer);
    expect(one.answers.filter((a) => a === '429')).toHaveLength(rateLimited);
    // What was taken: everything answered with 200, and what was answered into a cut connection.
    expect(one.server.messages()).toHaveLength(one.answers.filter((a) => a === '200').length + lostAnswer);
    expect(one.server.violations()).toEqual({ all: 0, chat: 0, group: 0 });
  });
});
