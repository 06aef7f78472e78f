import type { HeartbeatMessage, WarningMessage } from '@breakwater/contracts';
import { formatDuration, formatUtc, helpText, phrasesOf, statusText, unknownAssetText, whyText } from '@breakwater/contracts';
import type { WarningId } from '@breakwater/models/core';
import { assertNever, epochMs } from '@breakwater/models/core';
import { BreakwaterError, messageOf } from '@breakwater/platform/errors';
import type { IncomingMessage } from './api.ts';
import type { Bot } from './bot.ts';
import { lastWarning, mute } from './chat-memory.ts';
import type { Command } from './command.ts';
import { findAsset, parseHours, parseWarningId } from './command.ts';

/** What answers are made of. */
export interface Sources {
  /** The last sign of life; null before the first. */
  status(): HeartbeatMessage | null;
  /** Every revision of a warning, oldest first; none when there is no such warning. */
  warning(id: WarningId): Promise<readonly WarningMessage[]>;
}

/** What answering needs. */
export interface AnswerDeps {
  readonly bot: Bot;
  readonly sources: Sources;
  /** Hours that `/mute` lasts when none are given. */
  readonly muteHours: number;
}

/** The longest mute, hours: what `muteHours` may be at most. */
const maxMuteHours = 168;
const language = 'en';

/** Answers a command from the chat that the config names `chat`; where the world fails, says so. Rejects with our own bugs and when `signal` aborts. */
export async function answerTo(deps: AnswerDeps, chat: string, message: IncomingMessage, command: Command, signal: AbortSignal): Promise<string> {
  const phrases = phrasesOf(language).commands;
  try {
    switch (command.name) {
      case 'help':
        return helpText(language);
      case 'status':
        return await status(deps, chat, command);
      case 'why':
        return await why(deps, chat, message, command);
      case 'mute':
      case 'unmute':
        return await changeMute(deps, chat, message, command, signal);
      default:
        return assertNever(command.name);
    }
  } catch (error) {
    if (signal.aborted || !(error instanceof BreakwaterError)) throw error;
    deps.bot.log.warn('a command could not be answered', { command: command.name, error: messageOf(error) });
    return phrases.failed;
  }
}

async function status({ bot, sources }: AnswerDeps, chat: string, command: Command): Promise<string> {
  const now = bot.clock.now();
  const [named] = command.args;
  const asset = named === undefined ? undefined : findAsset(named, bot.assets);
  if (named !== undefined && asset === undefined) return unknownAssetText(named, bot.assets, language);
  const mutes = [...(await bot.chats.read(chat)).mutes].filter(([, until]) => until > now).map(([muted, until]) => ({ asset: muted, until }));
  return statusText(sources.status(), mutes, { language, now }, asset);
}

/** A warning by its id, by the message that the command answers, or, when neither is given, the one that was last sent to the chat. */
async function why({ bot, sources }: AnswerDeps, chat: string, message: IncomingMessage, command: Command): Promise<string> {
  const phrases = phrasesOf(language).commands;
  const written = command.args.join(' ');
  const id = parseWarningId(written) ?? (written === '' ? (parseWarningId(message.repliesTo ?? '') ?? lastWarning(await bot.chats.read(chat))) : undefined);
  if (id === undefined) return phrases.whyUsage;
  const revisions = await sources.warning(id);
  return revisions.length === 0 ? phrases.unknownWarning(id) : whyText(revisions, { language, now: bot.clock.now() });
}

async function changeMute({ bot, muteHours }: AnswerDeps, chat: string, message: IncomingMessage, command: Command, signal: AbortSignal): Promise<string> {
  const phrases = phrasesOf(language).commands;
  const isMute = command.name === 'mute';
  const [named, span] = command.args;
  const hours = span === undefined ? muteHours : parseHours(span, maxMuteHours);
  if (named === undefined || (isMute && hours === undefined)) return isMute ? phrases.muteUsage(maxMuteHours) : phrases.unmuteUsage;
  const asset = findAsset(named, bot.assets);
  if (asset === undefined) return unknownAssetText(named, bot.assets, language);
  const may = await mayMute(bot, message, signal);
  if (may !== true) return may === false ? phrases.onlyAdministrators : phrases.administratorsUnknown;
  const now = bot.clock.now();
  const wasMuted = ((await bot.chats.read(chat)).mutes.get(asset) ?? 0) > now;
  if (!isMute && !wasMuted) return phrases.notMuted(asset);
  const until = isMute ? epochMs(now + (hours ?? muteHours) * 3_600_000) : null;
  try {
    await bot.chats.change(chat, (memory) => mute(memory, asset, until, now));
  } catch (error) {
    if (!(error instanceof BreakwaterError)) throw error;
    bot.log.warn('a mute was not stored', { chat, asset, error: messageOf(error) });
    return phrases.notStored;
  }
  bot.log.info(isMute ? 'asset muted in a chat' : 'asset unmuted in a chat', { chat, asset, until });
  return until === null ? phrases.unmuted(asset) : phrases.muted(asset, formatUtc(until, now).replace(/,.*$/, ''), formatDuration(until - now));
}

/** Whether the sender may decide for the chat: a person in private; in a group an administrator, also one who writes as the group; in a channel whoever posts. Null: Telegram did not say. */
async function mayMute(bot: Bot, message: IncomingMessage, signal: AbortSignal): Promise<boolean | null> {
  if (message.chat.kind === 'private' || message.chat.kind === 'channel' || message.asChat) return true;
  if (message.from === null) return false;
  const answer = await bot.api.isAdministrator(message.chat.id, message.from, signal);
  return answer.ok ? answer.value : null;
}
