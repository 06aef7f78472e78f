import { describe, expect, it } from '@jest/globals';
import { defined } from '@breakwater/models/core';
import { sampleTime } from '../../testing/sample.ts';
import { sampleEntry, sampleWarning } from '../../testing/sample-warning.ts';
import type { BotTerms } from './testing/bot-world.ts';
import { botWorld } from './testing/bot-world.ts';

const signal = new AbortController().signal;
const group = { id: '-1001', kind: 'supergroup', username: null } as const;
const plain = (text: string | undefined): string => (text ?? '').replace(/\\(.)/g, '$1').replaceAll('*', '');

/** A bot that listens. `ask` writes and gives the answers that came within some seconds. */
function world(terms: BotTerms = {}) {
  const w = botWorld({ chats: [7, -1001, '@breakwater'], ...terms });
  const running = w.telegram.run(w.stop.signal);
  let now = 0;
  const ask = async (message: Parameters<typeof w.api.write>[0], seconds: number = 5): Promise<readonly string[]> => {
    const before = w.api.sent.length;
    w.api.write(message);
    now += seconds;
    await w.run(now);
    return w.api.sent.slice(before).map((m) => plain(m.text));
  };
  const pass = (seconds: number): Promise<void> => w.run((now += seconds));
  return { ...w, ask, pass, end: async () => {
    w.stop.abort();
    await running;
    await w.store.close();
  } };
}

describe('commands', () => {
  it('are answered where the config says, to who asked, and nowhere else', async () => {
    const w = world();
    expect((await w.ask({ text: '/status' }))[0]).toMatch(/^Status · 18:00:00 UTC\nLast sign of life: .*\nOM: last good score /s);
    expect(w.api.sent[0]).toMatchObject({ chat: '7', markdown: true, replyTo: expect.any(Number) });
    expect(await w.ask({ text: '/status', chat: { id: '99', kind: 'private', username: null } })).toEqual([]);
    expect(await w.ask({ text: '/status@other_bot' })).toEqual([]);
    expect(await w.ask({ text: 'hello' })).toEqual([]);
    expect(await w.ask({ text: '/help', chat: { id: '-1002', kind: 'channel', username: 'Breakwater' }, asChat: true, from: null })).toEqual([expect.stringContaining('/mute OM 12')]);
    expect(w.api.sent.at(-1)?.chat).toBe('@breakwater');
    expect(await w.counted(/telegram_commands_total\{command="status",outcome="other-chat"\} (\d+)/)).toBe(1);
    expect(w.api.menu).toEqual(['status', 'why', 'mute', 'unmute', 'help']);
    await w.end();
  });
  it('/status names one asset, or says which are watched', async () => {
    const w = world();
    expect((await w.ask({ text: '/status om' }))[0]).toContain('OM: last good score');
    expect(await w.ask({ text: '/status INJ' })).toEqual(['INJ is not watched here. Watched: OM, TIA.']);
    await w.end();
  });
  it('/why knows an id in any form, the message it answers, and the last warning of the chat', async () => {
    const warning = sampleWarning();
    const w = world({ warnings: [warning] });
    expect(await w.ask({ text: '/why' })).toEqual([expect.stringContaining('Which warning?')]);
    expect(await w.ask({ text: '/why something' })).toEqual([expect.stringContaining('Which warning?')]);
    expect(await w.ask({ text: '/why BW-OM-20250413-00000000' })).toEqual([expect.stringMatching(/^There is no warning BW-OM-20250413-00000000\. An id looks like BW-/)]);
    const full = /^🔴 CRITICAL · OM\n.*\nHow sure: .*\nSale that would set it off on each venue alone:/s;
    expect(await w.ask({ text: `/why ${warning.id.toLowerCase().replaceAll('-', '\\-')}` })).toEqual([expect.stringMatching(full)]);
    expect(await w.ask({ text: '/why', repliesTo: `title\n${warning.id}#2 · 18:00:00 UTC` })).toEqual([expect.stringMatching(full)]);
    await defined(w.telegram.notifiers[0], 'a notifier').deliver(sampleEntry(), signal);
    expect(await w.ask({ text: '/why' })).toEqual([expect.stringMatching(full)]);
    await w.end();
  });
  it('/mute silences watch and warning durably, for administrators only', async () => {
    const w = world();
    w.api.administrators = [11];
    expect(await w.ask({ text: '/mute OM 2', chat: group, from: 12 })).toEqual(['Only administrators of this chat can do that.']);
    expect(await w.ask({ text: '/mute OM 2', chat: group, from: null })).toEqual(['Only administrators of this chat can do that.']);
    expect(await w.ask({ text: '/mute', chat: group, from: 11 })).toEqual([expect.stringMatching(/^Which asset/)]);
    expect(await w.ask({ text: '/mute OM 1000', chat: group, from: 11 })).toEqual([expect.stringMatching(/^Which asset/)]);
    expect(await w.ask({ text: '/unmute OM', chat: group, from: 11 })).toEqual(['OM is not muted in this chat.']);
    expect(await w.ask({ text: '/mute om 2', chat: group, from: 11 })).toEqual([expect.stringMatching(/^OM is muted in this chat until 20:00:\d\d UTC \(2 h\)\./)]);
    expect((await w.ask({ text: '/status', chat: group, from: 12 }, 15))[0]).toContain('Muted here: OM until 20:00');
    await w.end();

    const again = world({ disk: w.disk, firstUpdate: 600 });
    await again.pass(120);
    const notifier = defined(again.telegram.notifiers[1], 'the group');
    await notifier.deliver(sampleEntry({ severity: 'watch' }), signal);
    expect(again.api.sent).toEqual([]);
    expect(await again.counted(/telegram_muted_total\{chat="-1001"\} (\d+)/)).toBe(1);
    await notifier.deliver(sampleEntry({ severity: 'critical', revision: 2 }), signal);
    expect(again.api.sent).toHaveLength(1);
    expect(await again.ask({ text: '/unmute OM', chat: group, from: 0, asChat: true })).toEqual(['OM is no longer muted in this chat.']);
    await again.end();
  });
  it('a mute that cannot be stored is said not to be', async () => {
    const w = world({ forgetful: true });
    expect(await w.ask({ text: '/mute OM' })).toEqual(['That could not be stored, so nothing has changed. Try again.']);
    expect((await w.ask({ text: '/status' }))[0]).not.toContain('Muted here');
    await w.end();
  });
  it('are bounded: a flood is answered in part, what is old not at all', async () => {
    const w = world();
    for (let i = 0; i < 40; i++) w.api.write({ text: '/help' });
    await w.run(60);
    expect(w.api.sent.length).toBeLessThanOrEqual(10);
    expect(w.api.sent.length).toBeGreaterThanOrEqual(5);
    expect(await w.counted(/telegram_commands_total\{command="help",outcome="flood"\} (\d+)/)).toBe(40 - w.api.sent.length);
    const before = w.api.sent.length;
    w.api.write({ text: '/help', date: sampleTime - 3_600_000 });
    await w.run(120);
    expect(w.api.sent).toHaveLength(before);
    expect(await w.counted(/telegram_commands_total\{command="help",outcome="late"\} (\d+)/)).toBe(1);
    await w.end();
  });
  it('are answered within half of the limits, after the warnings', async () => {
    const w = world();
    const notifier = defined(w.telegram.notifiers[0], 'a notifier');
    await w.run(1);
    expect(notifier.notBefore?.(w.clock.now())).toBe(sampleTime + 1_000);
    const answered = w.ask({ text: '/help' }, 0.5);
    await answered;
    expect(w.api.sent).toEqual([]);
    await notifier.deliver(sampleEntry(), signal);
    await w.run(10);
    expect(w.api.sent.map((m) => plain(m.text).slice(0, 4))).toEqual([expect.stringContaining('🔴'), 'Brea']);
    await w.end();
  });
  it('try again what was lost, without markup what was refused, and give up in the end', async () => {
    const w = world();
    w.api.answers.push('lost', { kind: 'limited', why: '429', retryAfterMs: 7_000 }, { kind: 'rejected', why: '400' });
    expect(await w.ask({ text: '/help' }, 30)).toHaveLength(4);
    expect(w.api.sent.map((m) => m.markdown)).toEqual([true, true, true, false]);
    w.api.answers.push('lost', 'lost', 'lost', 'lost');
    expect(await w.ask({ text: '/help' }, 60)).toHaveLength(4);
    expect(await w.counted(/telegram_commands_total\{command="help",outcome="unanswered"\} (\d+)/)).toBe(1);
    await w.end();
  });
  it('follow a group that became a supergroup', async () => {
    const w = world();
    await w.ask({ text: '', chat: group, migratedTo: '-1009' });
    expect(await w.ask({ text: '/help', chat: { ...group, id: '-1009' }, from: 11 })).toHaveLength(1);
    expect(w.api.sent[0]?.chat).toBe('-1009');
    await w.end();
  });
});

describe('reading updates', () => {
  it('answers no command twice, and stores that it read one before it answers', async () => {
    const w = world();
    w.api.write({ text: '/help' });
    await w.run(5);
    expect(w.api.sent).toHaveLength(1);
    await w.end();
    const again = world({ disk: w.disk });
    // Telegram gives what was not confirmed once more: the fake starts with the same number.
    again.api.write({ text: '/help' });
    again.api.write({ text: '/status' });
    await again.run(5);
    expect(again.api.sent.map((m) => plain(m.text).slice(0, 6))).toEqual(['Status']);
    expect(again.api.offsets[0]).toBeNull();
    await again.end();
  });
  it('answers nothing while it cannot be stored that it was read, and then once', async () => {
    const w = world();
    await w.run(1);
    w.disk.setFaults({ failBefore: 1 });
    w.api.write({ text: '/help' });
    await w.run(20);
    expect(w.api.sent).toEqual([]);
    w.disk.setFaults({ failBefore: 0 });
    await w.run(120);
    expect(w.api.sent).toHaveLength(1);
    await w.end();
  });
  it('does not hammer a server that does not wait, or that gives the same again and again', async () => {
    for (const stuck of [[], [{ id: 9, message: null }]]) {
      const w = botWorld();
      let polls = 0;
      w.api.updates = async () => {
        polls++;
        return { ok: true, value: stuck };
      };
      const running = w.telegram.run(w.stop.signal);
      await w.run(60);
      expect(polls).toBeLessThan(65);
      expect(polls).toBeGreaterThan(50);
      w.stop.abort();
      await running;
    }
  });
  it('does not trust numbers a week old', async () => {
    const w = world();
    w.api.write({ text: '/help' });
    await w.run(5);
    await w.end();
    const again = botWorld({ disk: w.disk });
    await again.run(7 * 86_400);
    const running = again.telegram.run(again.stop.signal);
    again.api.write({ text: '/help' });
    await again.run(7 * 86_400 + 5);
    expect(again.api.sent).toHaveLength(1);
    again.stop.abort();
    await running;
  });
  it('goes on after the token was refused, and needs no commands for warnings', async () => {
    const w = botWorld();
    w.api.meRefusal = { kind: 'token', why: '401 Unauthorized' };
    const running = w.telegram.run(w.stop.signal);
    await w.run(30);
    await defined(w.telegram.notifiers[0], 'a notifier').deliver(sampleEntry(), signal);
    expect(w.api.sent).toHaveLength(1);
    w.api.meRefusal = undefined;
    w.api.write({ text: '/help', date: sampleTime });
    await w.run(200);
    expect(w.api.sent).toHaveLength(2);
    w.stop.abort();
    await running;
  });
  it('is not begun where the config wants no commands', async () => {
    const w = botWorld({ commands: false });
    await w.telegram.run(w.stop.signal);
    expect(w.api.offsets).toEqual([]);
  });
});
