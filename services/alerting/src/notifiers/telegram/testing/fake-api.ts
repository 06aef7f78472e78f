import type { Result } from '@breakwater/models/core';
import { err, ok } from '@breakwater/models/core';
import type { IncomingMessage, IncomingUpdate, OutgoingMessage, SentMessage, TelegramApi } from '../api.ts';
import type { Refusal } from '../refusal.ts';

/** A Bot API without a server, for tests of one part at a time. */
export interface FakeApi extends TelegramApi {
  /** Every message it was given, in order. */
  readonly sent: OutgoingMessage[];
  /** What it answers to the next messages, in order; when none is left it takes them. */
  readonly answers: (Refusal | 'lost')[];
  /** Somebody writes; the next poll has it. */
  write(message: Partial<IncomingMessage> & { readonly text: string }): void;
  /** Offsets it was polled with. */
  readonly offsets: (number | null)[];
  administrators: readonly number[];
  /** What `me` answers instead of the bot. */
  meRefusal: Refusal | undefined;
  menu: readonly string[];
}

/** Makes one for the bot `breakwater_bot`, number 42. Polls end when `signal` aborts or somebody writes. */
export function createFakeApi(now: () => number, firstUpdate: number = 500): FakeApi {
  const updates: IncomingUpdate[] = [];
  let nextId = firstUpdate;
  let wake = (): void => undefined;
  const fake: FakeApi = {
    sent: [], answers: [], offsets: [], administrators: [], meRefusal: undefined, menu: [],
    write: (message) => {
      updates.push({ id: nextId++, message: { messageId: nextId, chat: { id: '7', kind: 'private', username: null }, from: 7, asChat: false, date: now(), repliesTo: null, migratedTo: null, ...message } });
      wake();
    },
    send: async (message): Promise<Result<SentMessage, Refusal>> => {
      fake.sent.push(message);
      const answer = fake.answers.shift();
      if (answer === undefined) return ok({ messageId: fake.sent.length });
      return err(answer === 'lost' ? { kind: 'failed', why: 'connection reset' } : answer);
    },
    updates: async (offset, _seconds, signal) => {
      fake.offsets.push(offset);
      const found = (): readonly IncomingUpdate[] => updates.filter((u) => u.id >= (offset ?? 0));
      if (offset !== null) updates.splice(0, updates.findIndex((u) => u.id >= offset) < 0 ? updates.length : updates.findIndex((u) => u.id >= offset));
      if (found().length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
      return ok(found());
    },
    me: async () => (fake.meRefusal === undefined ? ok({ id: 42, username: 'breakwater_bot' }) : err(fake.meRefusal)),
    isAdministrator: async (_chat, user) => ok(fake.administrators.includes(user)),
    setCommands: async (commands) => {
      fake.menu = commands.map((c) => c.command);
      return ok(true);
    },
  };
  return fake;
}
