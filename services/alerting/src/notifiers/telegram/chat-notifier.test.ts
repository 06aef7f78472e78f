import { describe, expect, it } from '@jest/globals';
import { warningText } from '@breakwater/contracts';
import { defined, epochMs, warningId } from '@breakwater/models/core';
import { sampleTime } from '../../testing/sample.ts';
import { sampleEntry, sampleWarning } from '../../testing/sample-warning.ts';
import type { Notifier } from '../notifier.ts';
import { titledMarkdown } from './markdown.ts';
import type { BotTerms } from './testing/bot-world.ts';
import { botWorld } from './testing/bot-world.ts';

const signal = new AbortController().signal;
const png = new Uint8Array([1, 2, 3]);
const english = { language: 'en', audience: 'community', commands: true } as const;

function world(terms: BotTerms = {}) {
  const w = botWorld(terms);
  const notifiers = w.telegram.notifiers;
  const [notifier] = notifiers;
  const at = (seconds: number): void => w.clock.setNow(epochMs(sampleTime + seconds * 1_000));
  return { ...w, at, notifier: defined(notifier, 'a notifier'), notifiers };
}
const failing = (notifier: Notifier, attempts: number = 0) => notifier.deliver(sampleEntry({}, attempts), signal).then(() => undefined, (error: unknown) => error);

describe('createChatNotifier', () => {
  it('is one notifier a chat, that keeps the order of all, named as the config has it', () => {
    const { notifiers } = world({ chats: [7, -1001, '@breakwater', '7'] });
    expect(notifiers.map((n) => [n.name, n.order])).toEqual([['telegram:7', 'all'], ['telegram:-1001', 'all'], ['telegram:@breakwater', 'all']]);
  });
  it('sends the one wording, its title bold, under 900 characters, with id and revision', async () => {
    const w = world();
    await w.notifier.deliver(sampleEntry({ revision: 3 }), signal);
    const text = warningText(sampleWarning({ revision: 3 }), english);
    expect(w.api.sent).toEqual([{ chat: '7', text: titledMarkdown(text), markdown: true }]);
    expect(text.length).toBeLessThan(900);
    expect(text).toContain(`${sampleWarning().id}#3 · `);
    expect(w.api.sent[0]?.text).toMatch(/^\*🔴 CRITICAL · OM\*\n/);
  });
  it('says how old it is when it comes late, and names no commands that nobody answers', async () => {
    const w = world({ commands: false });
    w.at(720);
    await w.notifier.deliver(sampleEntry(), signal);
    expect(w.api.sent[0]?.text).toContain('18:00:00 UTC, 12 min ago');
    expect(w.api.sent[0]?.text).not.toContain('/why');
  });
  it('answers the first message about a warning with all that follow, retractions too', async () => {
    const w = world();
    const other = warningId('BW-TIA-20250413-00000000');
    for (const [i, change] of [{}, { id: other }, { revision: 2, state: 'retracted' as const }, { revision: 3, state: 'resolved' as const }].entries()) {
      w.at(i);
      await w.notifier.deliver(sampleEntry(change), signal);
    }
    expect(w.api.sent.map((m) => m.replyTo)).toEqual([undefined, undefined, 1, 1]);
  });
  it('draws a picture once for all chats, and goes without one that fails or is too large', async () => {
    let drawn = 0;
    const w = world({ chats: [7, 8], picture: () => (drawn++, png) });
    for (const notifier of w.notifiers) await notifier.deliver(sampleEntry(), signal);
    expect(w.api.sent.map((m) => m.picture)).toEqual([png, png]);
    expect(drawn).toBe(1);
    const failures = [() => {
      throw new Error('no font');
    }, () => new Uint8Array(10_000_001), () => undefined];
    for (const [i, picture] of failures.entries()) {
      const bad = world({ picture });
      await bad.notifier.deliver(sampleEntry(), signal);
      expect(bad.api.sent).toEqual([expect.not.objectContaining({ picture: expect.anything() })]);
      expect(await bad.counted(/breakwater_telegram_picture_failures_total (\d+)/)).toBe(i < 2 ? 1 : 0);
    }
  });
  it('waits for nothing: says when, and turns down what comes before', async () => {
    const w = world({ chats: [7, 8] });
    const [seven, eight] = w.notifiers;
    await seven?.deliver(sampleEntry(), signal);
    expect([seven?.notBefore?.(w.clock.now()), eight?.notBefore?.(w.clock.now())]).toEqual([sampleTime + 1_000, sampleTime]);
    await expect(seven?.deliver(sampleEntry({ revision: 2 }), signal)).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: 1_000 });
    expect(w.api.sent).toHaveLength(1);
  });
});

describe('a refusal', () => {
  it('429: as late as asked, this chat, and every chat when two are limited', async () => {
    const w = world({ chats: [7, 8, 9] });
    const [seven, eight, nine] = w.notifiers;
    w.api.answers.push({ kind: 'limited', why: '429', retryAfterMs: 20_000 }, { kind: 'limited', why: '429', retryAfterMs: 30_000 });
    expect(await failing(defined(seven, 'seven'))).toMatchObject({ code: 'rate-limited', retryAfterMs: 20_000 });
    expect([seven?.notBefore?.(w.clock.now()), nine?.notBefore?.(w.clock.now())]).toEqual([sampleTime + 20_000, sampleTime]);
    await failing(defined(eight, 'eight'));
    expect(nine?.notBefore?.(w.clock.now())).toBe(sampleTime + 30_000);
  });
  it('a bad token: every chat waits, nothing is given up, log and metric say so, and are clear again', async () => {
    const w = world({ chats: [7, 8] });
    w.api.answers.push({ kind: 'token', why: '401 Unauthorized' });
    expect(await failing(w.notifier)).toMatchObject({ code: 'delivery-failed', retryable: true, retryAfterMs: 60_000 });
    expect(w.notifiers[1]?.notBefore?.(w.clock.now())).toBe(sampleTime + 60_000);
    expect(w.lines.join('\n')).toMatch(/refuses the token/);
    expect(await w.counted(/^breakwater_telegram_token_refused (\d)/m)).toBe(1);
    w.at(61);
    await w.notifier.deliver(sampleEntry(), signal);
    expect(await w.counted(/^breakwater_telegram_token_refused (\d)/m)).toBe(0);
  });
  it('a closed chat waits alone and is kept; one where nobody is any more is given up', async () => {
    const w = world({ chats: [7, 8] });
    w.api.answers.push({ kind: 'closed', why: '403 Forbidden: bot was kicked from the group chat' });
    expect(await failing(w.notifier)).toMatchObject({ retryable: true, retryAfterMs: 300_000 });
    expect([w.notifier.notBefore?.(w.clock.now()), w.notifiers[1]?.notBefore?.(w.clock.now())]).toEqual([sampleTime + 300_000, sampleTime]);
    w.at(301);
    w.api.answers.push({ kind: 'gone', why: '403 Forbidden: bot was blocked by the user' });
    expect(await failing(w.notifier)).toMatchObject({ code: 'delivery-refused', retryable: false });
  });
  it('of a message: again without its picture, then without markup, and given up at last so that the next ones come through', async () => {
    const w = world({ picture: () => png });
    const codes: unknown[] = [];
    for (let attempts = 0; attempts < 6; attempts++) {
      w.api.answers.push({ kind: 'rejected', why: "400 Bad Request: can't parse entities" });
      codes.push(((await failing(w.notifier, attempts)) as { code: string }).code);
      w.at(attempts + 1);
    }
    expect(codes).toEqual([...Array.from({ length: 5 }, () => 'delivery-failed'), 'delivery-refused']);
    expect(w.api.sent.map((m) => [m.picture !== undefined, m.markdown])).toEqual([[true, true], [false, true], [false, false], [false, false], [false, false], [false, false]]);
    expect(w.api.sent[2]?.text).toBe(warningText(sampleWarning(), english));
    await w.notifier.deliver(sampleEntry({ revision: 2 }), signal);
    expect(w.api.sent.at(-1)?.picture).toBe(png);
  });
  it('a group that became a supergroup: there from then on, also after a restart, and without the numbers of the old messages', async () => {
    const w = world({ chats: [-5] });
    await w.notifier.deliver(sampleEntry(), signal);
    w.at(1);
    w.api.answers.push({ kind: 'migrated', why: '400', chat: '-1001' });
    expect(await failing(w.notifier)).toMatchObject({ retryable: true });
    w.at(3);
    await w.notifier.deliver(sampleEntry({ revision: 2 }), signal);
    expect(w.api.sent.at(-1)).toMatchObject({ chat: '-1001' });
    expect(w.api.sent.at(-1)?.replyTo).toBeUndefined();
    await w.store.close();
    const again = world({ chats: [-5], disk: w.disk });
    again.at(4);
    await again.notifier.deliver(sampleEntry({ revision: 3 }), signal);
    expect(again.api.sent).toEqual([expect.objectContaining({ chat: '-1001', replyTo: 3 })]);
  });
  it('counts what was sent before a restart, and what may have been taken', async () => {
    const w = world({ chats: [-1001] });
    for (let i = 0; i < 20; i++) {
      w.at(i);
      if (i === 19) w.api.answers.push('lost');
      await failing(w.notifier);
    }
    await w.store.close();
    const again = world({ chats: [-1001], disk: w.disk });
    again.at(30);
    expect(await failing(again.notifier)).toMatchObject({ code: 'rate-limited', retryAfterMs: 30_000 });
    again.at(60);
    expect(await failing(again.notifier)).toBeUndefined();
  });
  it('of the server or the network: tried again', async () => {
    const w = world();
    w.api.answers.push('lost');
    expect(await failing(w.notifier)).toMatchObject({ code: 'delivery-failed', retryable: true });
  });
});
