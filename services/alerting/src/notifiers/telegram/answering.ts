import type { BotCommandName } from '@breakwater/contracts';
import { sleep } from '@breakwater/platform/clock';
import type { AnswerDeps } from './answers.ts';
import { answerTo } from './answers.ts';
import type { IncomingMessage } from './api.ts';
import { migrated, sentAny } from './chat-memory.ts';
import type { Command } from './command.ts';
import { parseCommand } from './command.ts';
import { titledMarkdown } from './markdown.ts';
import type { UpdateReader } from './updates.ts';

/** Takes commands and answers them, beside everything else. */
export interface Answering extends UpdateReader {
  /** Resolves when nothing is being answered. */
  settled(): Promise<void>;
}

/** Commands of one chat that are answered in a minute, and that may wait at one time; more are dropped and counted. [A] */
const perMinute = 10;
const maxWaiting = 5;
/** A command that is older than this when it is read is not answered: the daemon was away, and who wrote it has long looked elsewhere. [A] */
const maxAgeMs = 600_000;
/** An answer is tried this often, and for no longer than this. [A] */
const maxTries = 4;
const maxWaitMs = 120_000;
const retryMs = 2_000;

/** How an answer ended; a metric label. */
type Outcome = 'answered' | 'unanswered';

interface Turns {
  /** When commands were taken, the last minute's. */
  taken: readonly number[];
  waiting: number;
  last: Promise<void>;
}

/** Makes it for the chats of the config, whose memories have been read. `signal` ends every answer; `onBug` hears of what is not of the world. */
export function createAnswering(deps: AnswerDeps, chats: readonly string[], signal: AbortSignal, onBug: (error: unknown) => void): Answering {
  const { bot } = deps;
  const { clock, metrics, pace } = bot;
  const turns = new Map<string, Turns>(chats.map((chat) => [chat, { taken: [], waiting: 0, last: Promise.resolve() }]));
  const nameOf = (message: IncomingMessage): string | undefined => {
    const { id, username } = message.chat;
    const wanted = username === null ? undefined : `@${username}`.toLowerCase();
    return chats.find((chat) => chat === id || chat.toLowerCase() === wanted || bot.chats.known(chat)?.migratedTo === id);
  };
  const count = (command: BotCommandName, outcome: Outcome | 'other-chat' | 'late' | 'flood'): void => metrics.commands.inc({ command, outcome });

  const say = async (chat: string, message: IncomingMessage, text: string): Promise<Outcome> => {
    // The same name as the notifier's, so that both keep one account of what was sent there.
    const target = bot.chats.known(chat)?.migratedTo ?? chat;
    const until = clock.now() + maxWaitMs;
    let markdown = true;
    for (let tried = 0; tried < maxTries; ) {
      const turn = pace.begin(target, clock.now(), 'answers');
      if (turn.kind === 'wait') {
        if (turn.until > until) return 'unanswered';
        await sleep(clock, turn.until - clock.now(), signal);
        continue;
      }
      tried++;
      const answer = await bot.api
        .send({ chat: target, text: markdown ? titledMarkdown(text) : text, markdown, replyTo: message.messageId }, signal)
        .finally(() => turn.end(clock.now()));
      if (answer.ok) {
        await bot.chats.note(chat, (memory) => sentAny(memory, clock.now()));
        return 'answered';
      }
      bot.log.warn('an answer was not sent', { chat, error: answer.error.why });
      if (answer.error.kind === 'limited') pace.limited(target, clock.now(), answer.error.retryAfterMs);
      else if (answer.error.kind === 'rejected') markdown = false;
      else if (answer.error.kind !== 'failed') return 'unanswered';
      if (clock.now() + retryMs > until) return 'unanswered';
      await sleep(clock, retryMs, signal);
    }
    return 'unanswered';
  };
  const answer = async (chat: string, message: IncomingMessage, command: Command): Promise<void> => {
    try {
      count(command.name, await say(chat, message, await answerTo(deps, chat, message, command, signal)));
    } catch (error) {
      // Only stopping ends an answer early.
      if (!signal.aborted) throw error;
    }
  };
  const isMigration = (message: IncomingMessage): boolean => message.migratedTo !== null;

  return {
    wants: (message, identity) => {
      const command = parseCommand(message.text, identity.username);
      const chat = nameOf(message);
      if (chat !== undefined) return command !== undefined || isMigration(message);
      if (command !== undefined) count(command.name, 'other-chat');
      return false;
    },
    take: (message, identity) => {
      const chat = nameOf(message);
      const turn = chat === undefined ? undefined : turns.get(chat);
      if (chat === undefined || turn === undefined) return;
      const { migratedTo } = message;
      if (migratedTo !== null) {
        turn.last = turn.last.then(() => bot.chats.note(chat, (memory) => migrated(memory, migratedTo))).catch(onBug);
        return;
      }
      const command = parseCommand(message.text, identity.username);
      if (command === undefined) return;
      const now = clock.now();
      turn.taken = turn.taken.filter((at) => at > now - 60_000 && at <= now);
      if (now - message.date > maxAgeMs) count(command.name, 'late');
      else if (turn.taken.length >= perMinute || turn.waiting >= maxWaiting) count(command.name, 'flood');
      else {
        turn.taken = [...turn.taken, now];
        turn.waiting++;
        turn.last = turn.last.then(() => answer(chat, message, command)).catch(onBug).finally(() => turn.waiting--);
      }
    },
    settled: async () => {
      await Promise.all([...turns.values()].map((turn) => turn.last));
    },
  };
}
